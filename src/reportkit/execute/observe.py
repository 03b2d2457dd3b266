"""Watches a kernel from within: which files of the study it reads, which of its modules it imports.

An audit hook (PEP 578) sees every `open` of Python code; the study's own modules are loaded without bytecode
caches, so that reading one is an `open` of its source. Readers written in C which open files themselves escape.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from reportkit.digest import digest_bytes

TRACE_MIME = "application/vnd.reportkit.trace+json"
BUILD_FOLDER = "_build"
READ_ONLY_MASK = os.O_WRONLY | os.O_RDWR


class Observer:
    """The files that a run read: paths within the study to the digest of what was read, None for a missing file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, str | None] = {}
        self._busy = threading.local()

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a file that is opened for reading (the audit event `open`: path, mode, flags)."""
        if event != "open" or getattr(self._busy, "now", False):
            return
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and not (flags or 0) & READ_ONLY_MASK:
            self._busy.now = True
            try:
                self._note(os.fsdecode(path))
            finally:
                self._busy.now = False

    def _note(self, path: str) -> None:
        absolute = Path(os.path.realpath(path))
        if not absolute.is_relative_to(self.root):
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


class _FreshLoader(SourceFileLoader):
    """Compiles a module from its source each time: a stale bytecode cache must not hide a change."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _study_finder(root: Path) -> Any:
    make = FileFinder.path_hook((_FreshLoader, [".py"]))

    def finder(path: str) -> Any:
        if not Path(os.path.realpath(path)).is_relative_to(root):
            raise ImportError(path)
        return make(path)

    return finder


_observers: list[Observer] = []


def install(root: Path) -> None:
    """Observe this process from now on; `root` is the study's folder."""
    observer = Observer(Path(os.path.realpath(root)))
    _observers.append(observer)
    sys.path_hooks.insert(0, _study_finder(observer.root))
    sys.path_importer_cache.clear()
    sys.addaudithook(observer.hook)


def emit_trace() -> None:
    """Hand the observed trace to the build (called by the build's last cell)."""
    from IPython.display import display

    from reportkit.chapter import session

    trace = {
        "files": merged(_observers),
        "messages": session.looked_up,
        "language": session.language if session.language_asked else None,
    }
    display({TRACE_MIME: trace}, raw=True)


def merged(observers: Sequence[Observer]) -> dict[str, str | None]:
    """Return the files of all observers, sorted by path."""
    return dict(sorted(item for observer in observers for item in observer.files.items()))
