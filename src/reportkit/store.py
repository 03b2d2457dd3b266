"""The store: what was computed before, as files under `_build/store`.

`objects/` holds bytes named by their digest; `<kind>/` holds pointers, small files with the digest of an object.
Everything is written beside its place and renamed. An object whose bytes do not have its digest (truncated,
damaged) counts as absent and is made anew, so no fault of the store can reach a reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.digest import canonical_json, digest_bytes, digest_json
from reportkit.world import age_in_days, write_atomic

if TYPE_CHECKING:
    from reportkit.process import Pandoc, PandocJob

# Where a study's store lies in its folder.
STORE = Path("_build", "store")
# Folders of the store that hold no pointers: the objects, and the caches of kernels.
UNKEYED = ("objects", "matplotlib")
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Store:
    """A store in a folder; any number of builds may use it at once."""

    folder: Path

    def put(self, kind: str, key: str, data: bytes) -> str:
        """Keep bytes under a kind and a key; return their digest."""
        digest = digest_bytes(data)
        target = self._object(digest)
        if not target.exists() or digest_bytes(target.read_bytes()) != digest:
            write_atomic(target, data)
        write_atomic(self._pointer(kind, key), digest.encode())
        return digest

    def get(self, kind: str, key: str) -> bytes | None:
        """Return what was kept under a kind and a key, or None if nothing sound is there."""
        digest = self.digest(kind, key)
        return None if digest is None else self.find(digest)

    def find(self, digest: str) -> bytes | None:
        """Return the bytes that have a digest, or None if nothing sound is there."""
        try:
            data = self._object(digest).read_bytes()
        except FileNotFoundError:
            return None
        return data if digest_bytes(data) == digest else None

    def digest(self, kind: str, key: str) -> str | None:
        """Return the digest of what was kept under a kind and a key, or None if nothing sound is there."""
        try:
            digest = self._pointer(kind, key).read_text(encoding="ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return digest if DIGEST.fullmatch(digest) else None

    def put_json(self, kind: str, key: str, data: Any) -> str:
        """Keep JSON data under a kind and a key; return its digest."""
        return self.put(kind, key, canonical_json(data).encode())

    def get_json(self, kind: str, key: str) -> Any:
        """Return JSON data kept under a kind and a key, or None."""
        data = self.get(kind, key)
        return None if data is None else json.loads(data)

    def remove_older(self, days: float) -> None:
        """Remove what was kept more than so many days ago; whoever needs it makes it anew."""
        pointers = [path for path in self.folder.glob("*/*") if path.is_file() and path.parent.name not in UNKEYED]
        for path in pointers:
            if age_in_days(path) > days:
                path.unlink(missing_ok=True)
        named = {path.read_text(encoding="ascii", errors="replace") for path in pointers if path.exists()}
        for path in (self.folder / "objects").glob("*/*"):
            if f"{path.parent.name}{path.name}" not in named and age_in_days(path) > days:
                path.unlink(missing_ok=True)

    def _object(self, digest: str) -> Path:
        return self.folder / "objects" / digest[:2] / digest[2:]

    def _pointer(self, kind: str, key: str) -> Path:
        return self.folder / kind / key


def remembering(store: Store) -> Pandoc:
    """Return a pandoc that answers from the store what it has answered before (same job, same pandoc)."""
    # Loaded here: a build with nothing to do asks no pandoc.
    from reportkit.process import pandoc_version, run_pandoc

    version = pandoc_version()

    def answer(jobs: Sequence[PandocJob]) -> list[str]:
        keys = [digest_json([version, _short(job)]) for job in jobs]
        known = [store.get("pandoc", key) for key in keys]
        asked = [index for index, reply in enumerate(known) if reply is None]
        fresh = dict(zip(asked, run_pandoc([jobs[index] for index in asked]), strict=True))
        for index, reply in fresh.items():
            store.put("pandoc", keys[index], reply.encode())
        return [fresh[index] if reply is None else reply.decode() for index, reply in enumerate(known)]

    return answer


def _short(job: PandocJob) -> dict[str, Any]:
    """Return a job with its texts, which may be large, as digests."""
    return {name: digest_bytes(value.encode()) if isinstance(value, str) else value for name, value in job.items()}
