"""Watches a kernel from within: which files of the study it reads, which of its modules it imports.

An audit hook (PEP 578) sees every `open` of Python code; the study's own modules are loaded without bytecode
caches, so that reading one is an `open` of its source. Readers written in C which open files themselves escape.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from reportkit.digest import digest_bytes

TRACE_MIME = "application/vnd.reportkit.trace+json"
BUILD_FOLDER = "_build"
ACCESS_MASK = os.O_WRONLY | os.O_RDWR
# The virtual environment may lie in the study. Its packages are no files of the study: they count by their versions.
INSTALLED = tuple({os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib")})


# What this process read: paths within the study to the digest of what was read, None for a missing file.
_files: dict[str, str | None] = {}


class Observer:
    """Notes in `files` what is read within the study, whose folder is `root`."""

    def __init__(self, root: Path, files: dict[str, str | None]) -> None:
        self.root = root
        self.files = files
        self._busy = threading.local()

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a file that is opened for reading (the audit event `open`: path, mode, flags)."""
        if event != "open" or getattr(self._busy, "now", False):
            return
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and _reads(flags or 0):
            self._busy.now = True
            try:
                self._note(os.fsdecode(path))
            finally:
                self._busy.now = False

    def _note(self, path: str) -> None:
        absolute = Path(os.path.realpath(path))
        if not _in_study(absolute, self.root):
            return
        inside = absolute.relative_to(self.root)
        if inside.parts[:1] == (BUILD_FOLDER,) or str(inside) in self.files:
            return
        try:
            self.files[inside.as_posix()] = digest_bytes(absolute.read_bytes())
        except FileNotFoundError:
            self.files[inside.as_posix()] = None
        except IsADirectoryError:
            return


def _reads(flags: int) -> bool:
    return flags & ACCESS_MASK != os.O_WRONLY and not flags & os.O_TRUNC


def _in_study(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and not any(path.is_relative_to(folder) for folder in INSTALLED)


class _FreshLoader(SourceFileLoader):
    """Compiles a module from its source each time: a stale bytecode cache must not hide a change."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _study_finder(root: Path) -> Any:
    make = FileFinder.path_hook((_FreshLoader, [".py"]))

    def finder(path: str) -> Any:
        if not _in_study(Path(os.path.realpath(path)), root):
            raise ImportError(path)
        return make(path)

    return finder


def install(root: Path) -> None:
    """Observe this process from now on; `root` is the study's folder."""
    observer = Observer(Path(os.path.realpath(root)), _files)
    sys.path_hooks.insert(0, _study_finder(observer.root))
    sys.path_importer_cache.clear()
    sys.addaudithook(observer.hook)


def emit_trace() -> None:
    """Hand the observed trace to the build (called by the build's last cell)."""
    from IPython.display import display

    from reportkit.chapter import session

    trace = {
        "files": dict(sorted(_files.items())),
        "messages": session.looked_up,
        "language": session.language if session.language_asked else None,
    }
    display({TRACE_MIME: trace}, raw=True)
