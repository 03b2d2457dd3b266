"""Where a path lies that a run reads: in the study, in the installation, among what the study allows, or outside."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

BUILD_FOLDER = "_build"
PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
# Asked for once, before kernels are forked: the first answer takes milliseconds.
STANDARD = tuple(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
# What belongs to the machine and to no study: libraries, time zones, fonts, devices.
SYSTEM = {
    "linux": ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/dev", "/proc", "/sys", "/var/cache/fontconfig"),
    "darwin": (
        "/usr",
        "/bin",
        "/sbin",
        "/etc",
        "/private/etc",
        "/private/var/db/timezone",
        "/dev",
        "/System",
        "/Library",
    ),
}


class Place(Enum):
    """How a read counts."""

    STUDY = "study"  # noted by its path within the study
    TRACKED = "tracked"  # outside the study, noted by its full path
    FREE = "free"  # counts by other means: packages by their versions, the run's own scratch
    OUTSIDE = "outside"  # must not be read


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of a run, all as real paths: the study, what is `free`, what is `tracked` outside the study."""

    root: str
    free: tuple[str, ...]
    tracked: tuple[str, ...]
    machine: tuple[str, ...]

    @classmethod
    def of(cls, root: Path, own: Iterable[str], allowed: Iterable[str]) -> Places:
        """Return the places of this process; `own` are folders that the run may use, `allowed` the study's exceptions.

        The installation is what `sys.path` names: folders of packages, which count by their versions, and the
        folders of packages installed to be edited, whose files are tracked.
        """
        entries = [os.path.realpath(path) for path in sys.path if os.path.isdir(path)]
        packages = [path for path in entries if path.endswith(("site-packages", "dist-packages"))]
        edited = [path for path in entries if not _below(path, (*packages, *STANDARD, os.path.realpath(root)))]
        free = (*packages, *STANDARD, PACKAGE, *map(os.path.realpath, own))
        machine = (*SYSTEM.get(sys.platform, ()), *map(os.path.realpath, (sys.prefix, sys.base_prefix)))
        return cls(os.path.realpath(root), free, (*edited, *map(os.path.realpath, allowed)), machine)

    def find(self, path: str) -> Place:
        """Return where a real path lies."""
        if _below(path, self.free):
            return Place.FREE
        if _below(path, (self.root,)):
            return Place.OUTSIDE if _below(path, (os.path.join(self.root, BUILD_FOLDER),)) else Place.STUDY
        if _below(path, self.tracked):
            return Place.TRACKED
        return Place.FREE if _below(path, self.machine) else Place.OUTSIDE

    def installed(self, path: str) -> bool:
        """Whether a path is named as one of the installation, wherever links lead."""
        return _below(path, self.free)

    def name(self, path: str) -> str:
        """Return the name that a trace gives a real path: within the study from its folder, otherwise in full."""
        return Path(path).relative_to(self.root).as_posix() if _below(path, (self.root,)) else path


def _below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}{os.sep}") for folder in folders)
