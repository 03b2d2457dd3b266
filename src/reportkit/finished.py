"""What a finished build left: enough to see, without reading the study, that there is nothing to do.

A build is a function of files, of what folders hold, of programs and of the installation. When it is done it notes
all of them with its outputs; while none differs, the next one need not begin. Whatever differs, even a new file
that nothing reads, only means that the build is planned as ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportkit.digest import digest_json
from reportkit.model.plan import QUARTO, Request
from reportkit.store import Store
from reportkit.world import (
    code_digest,
    environment_digest,
    file_digest,
    folder_digest,
    packages_digest,
    program_digest,
    program_folders,
    source_date_override,
    study_folders,
)

KIND = "finished"
Digests = Mapping[str, str | None]
NONE: Digests = {}


def remember_build(store: Store, request: Request, allowed: Sequence[str], seen: Seen, told: Mapping[str, Any]) -> None:
    """Note a finished build: what was asked for, the variables that kernels are given by name, what it depends on.

    `told` is what to print next time, as JSON data. A build that saw one file in two states is not noted.
    """
    if not seen.settled:
        return
    noted = {
        "allowed": list(allowed),
        "files": seen.files,
        "names": seen.names,
        "folders": seen.folders,
        "installation": _installation(request, allowed),
        "programs": seen.programs,
        "told": dict(told),
    }
    store.put_json(KIND, _key(request), noted)


@dataclass
class Seen:
    """What a build depends on, in the state in which it was read: digests by path (from the study's folder) or name.

    `names` is the digest of what all of the study's folders held when the build began.
    """

    names: str
    files: dict[str, str | None] = field(default_factory=dict)
    folders: dict[str, str | None] = field(default_factory=dict)
    programs: dict[str, str | None] = field(default_factory=dict)
    settled: bool = True

    def add(self, files: Digests, folders: Digests = NONE, programs: Digests = NONE) -> None:
        """Add what was read, listed and started."""
        for known, more in ((self.files, files), (self.folders, folders), (self.programs, programs)):
            self.settled &= all(known.get(name, digest) == digest for name, digest in more.items())
            known.update(more)


def finished_build(root: Path, store: Store, request: Request) -> Mapping[str, Any] | None:
    """Return what a finished build told if another one would do nothing, otherwise None."""
    noted = store.get_json(KIND, _key(request))
    if noted is None or noted["installation"] != _installation(request, noted["allowed"]):
        return None
    folders = program_folders(noted["allowed"])
    same = (
        all(file_digest(root / path) == digest for path, digest in noted["files"].items())
        and all(program_digest(name, folders) == digest for name, digest in noted["programs"].items())
        and all(folder_digest(root / path) == digest for path, digest in noted["folders"].items())
        and names_digest(root) == noted["names"]
    )
    told: Mapping[str, Any] = noted["told"]
    return told if same else None


def _key(request: Request) -> str:
    where = dict(request.where)
    return digest_json([request.engine, request.languages, request.formats, where, request.execute])


def names_digest(root: Path) -> str:
    """Return the digest of what the folders of a study hold, by name."""
    listed = {folder: folder_digest(Path(folder)) for folder in study_folders(str(root))}
    return digest_json({Path(folder).relative_to(root).as_posix(): names for folder, names in listed.items()})


def _installation(request: Request, allowed: Sequence[str]) -> str:
    ours = [code_digest(), packages_digest(), environment_digest(allowed), source_date_override()]
    if request.engine == QUARTO:
        from reportkit.process import quarto_version

        ours.append(quarto_version())
    return digest_json(ours)
