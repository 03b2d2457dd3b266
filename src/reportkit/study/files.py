"""The files of a study: each is read once, none from outside."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path

from reportkit.digest import digest_bytes
from reportkit.errors import Diagnostic, Location, did_you_mean, error


class Files:
    """Reads a study's files by their path in the study (with `/`) and remembers their digests."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._contents: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """Return the bytes of a file; the path has been checked by `fault`."""
        if path not in self._contents:
            self._contents[path] = (self.root / path).read_bytes()
        return self._contents[path]

    def digest(self, path: str) -> str:
        """Return the digest of a file."""
        return digest_bytes(self.read(path))

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of every file read so far."""
        return {path: digest_bytes(self._contents[path]) for path in sorted(self._contents)}

    def fault(self, path: str, what: str, location: Location) -> Diagnostic | None:
        """Return what is wrong with a path as a file of the study, if anything."""
        if self._is_outside(path):
            return error("RK108", f"{what} `{path}` leads outside the study", location)
        place = self.root / path
        if not _is_file(place):
            return error("RK107", f"{what} `{path}` does not exist", location, self.nearest(path))
        if not os.access(place, os.R_OK):
            return error("RK107", f"{what} `{path}` may not be read", location, "change its permissions")
        return None

    def folder_fault(self, path: str, what: str, location: Location) -> Diagnostic | None:
        """Return what is wrong with a path as a folder of the study, if anything."""
        if self._is_outside(path):
            return error("RK108", f"{what} `{path}` leads outside the study", location)
        if not (self.root / path).is_dir():
            folders = {posixpath.dirname(file) for file in self.under("")} - {""}
            return error("RK107", f"{what} `{path}` does not exist", location, did_you_mean(path, folders))
        return None

    def nearest(self, path: str) -> str | None:
        """Return the hint that names the file nearest to a missing one."""
        ending = posixpath.splitext(path)[1]
        return did_you_mean(path, (file for file in self.under("") if file.endswith(ending)))

    def under(self, folder: str) -> Iterator[str]:
        """Yield the files below a folder in order; hidden folders and those of builds (`_build`) are left out."""
        for place, folders, names in os.walk(self.root / folder):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "_build")
            for name in sorted(names):
                yield (Path(place) / name).relative_to(self.root).as_posix()

    def _is_outside(self, path: str) -> bool:
        if posixpath.isabs(path) or posixpath.normpath(path).split("/")[0] == "..":
            return True
        # `Path.resolve` raises where links go in a circle.
        return not Path(os.path.realpath(self.root / path.replace("\0", ""))).is_relative_to(self.root)


def _is_file(place: Path) -> bool:
    try:
        return place.is_file()
    except OSError:  # a name too long for the file system, a folder that may not be entered
        return False
