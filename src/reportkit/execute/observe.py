"""Watches a kernel from within: what it reads, lists, imports, starts and connects to.

An audit hook (PEP 578) sees what Python code does; the study's own modules are loaded without bytecode caches, so
that reading one is an `open` of its source. Readers written in C and programs escape it: a run that has loaded
or started any is charged with every file of the study that was opened while it ran, whoever opened it.
It may run too much then, never too little. Not seen are mere checks whether something exists.
"""

from __future__ import annotations

import importlib
import os
import shlex
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from reportkit.execute.places import Place, Places
from reportkit.execute.watch import Watch
from reportkit.world import file_digest, folder_digest, program_digest

TRACE_MIME = "application/vnd.reportkit.trace+json"
ACCESS_MASK = os.O_WRONLY | os.O_RDWR
# Packages whose compiled parts read files through Python, or none at all. The others may open files unseen.
# fmt: off
SEEN = frozenset({
    "IPython", "PIL", "_pydevd_bundle", "_pydevd_frame_eval", "_pydevd_sys_monitoring", "contourpy",
    "debugpy", "ipykernel", "jupyter_client", "kiwisolver", "markupsafe", "matplotlib", "numpy",
    "pandas", "psutil", "scipy", "seaborn", "sklearn", "statsmodels", "tornado", "yaml", "zmq",
})
# fmt: on
# Of these, and of Python itself, what opens files in C all the same.
UNSEEN = frozenset({"PIL._imagingft", "_dbm", "_gdbm"})
# What pandas loads of it, wherever it is installed, opens nothing unless the study's own code asks for it.
ARROW = frozenset({"pyarrow.lib", "pyarrow._compute"})
IMPORT_SYSTEM = ("<frozen importlib", os.path.dirname(importlib.__file__))


class RefusedError(PermissionError):
    """The run asked for something outside the study that the study does not allow."""


class Observer:
    """Notes what a run depends on; `hosts` are the names that it may connect to."""

    def __init__(self, places: Places, hosts: Sequence[str], watch: Watch) -> None:
        self.places, self.hosts, self.watch = places, set(hosts), watch
        self.files: dict[str, str | None] = {}
        self.folders: dict[str, str | None] = {}
        self.programs: dict[str, str | None] = {}
        self.connections: set[str] = set()
        self.refused: list[tuple[int, str]] = []
        self.escapes = False
        self._busy = threading.local()
        self._handlers: dict[str, Callable[..., None]] = {
            "open": self._open,
            "import": self._import,
            "os.listdir": self._list,
            "os.scandir": self._list,
            "sqlite3.connect": self._database,
            "subprocess.Popen": self._program,
            "os.posix_spawn": self._program,
            "os.exec": self._program,
            "os.system": lambda command: self._program("sh" if os.name == "posix" else "cmd"),
            "os.fork": self._escape,
            "os.forkpty": self._escape,
            "pty.spawn": self._escape,
            "ctypes.dlopen": lambda name: None if name is None else self._escape(),
            "socket.getaddrinfo": lambda host, *_: self._name(host),
            "socket.gethostbyname": self._name,
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
        }

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event; raises `RefusedError` for what the study does not allow."""
        handler = self._handlers.get(event)
        if handler is None or getattr(self._busy, "now", False):
            return
        self._busy.now = True
        try:
            handler(*arguments)
        finally:
            self._busy.now = False

    def _open(self, path: Any, mode: Any, flags: int | None) -> None:
        if isinstance(path, (str, bytes)) and _reads(flags or 0):
            self._note(os.fsdecode(path))

    def _note(self, path: str) -> None:
        real = os.path.realpath(path)
        place = self.places.find(real)
        if place is Place.OUTSIDE and os.path.exists(real):
            self._refuse(f"`{path}` is outside the study", "files")
        name = self.places.name(real)
        if place in {Place.STUDY, Place.TRACKED} and name not in self.files and not os.path.isdir(real):
            self.files[name] = file_digest(Path(real))

    def _list(self, path: Any) -> None:
        if isinstance(path, int) or _by_import_system():
            return
        real = os.path.realpath(os.fsdecode(path or "."))
        place = self.places.find(real)
        if place is Place.OUTSIDE and os.path.exists(real):
            self._refuse(f"the folder `{real}` is outside the study", "files")
        if place in {Place.STUDY, Place.TRACKED}:
            self.folders.setdefault(self.places.name(real), folder_digest(Path(real)))

    def _database(self, database: Any) -> None:
        if isinstance(database, (str, bytes)) and os.fsdecode(database) != ":memory:":
            self._note(os.fsdecode(database))
            self._escape()

    def _program(self, program: Any, arguments: Any = None, *others: Any) -> None:
        self._escape()
        found = program or (arguments if isinstance(arguments, (str, bytes)) else next(iter(arguments or ()), ""))
        name = os.fsdecode(found)
        if os.name == "nt" and program is None:
            name = next(iter(shlex.split(name, posix=False)), name)
        if os.sep in name and self.places.find(os.path.realpath(name)) is Place.STUDY:
            self._note(name)
        else:
            self.programs.setdefault(name, program_digest(name))

    def _import(self, name: str, origin: Any, *others: Any) -> None:
        if isinstance(origin, str) and _opens_unseen(name, origin):
            self.watch.start()

    def _escape(self, *arguments: Any) -> None:
        self.escapes = True
        self.watch.start()

    def _name(self, host: Any, *others: Any) -> None:
        import socket

        name = os.fsdecode(host) if host else "localhost"
        self._contact(name)
        # The connection that follows names the address alone.
        self.hosts |= {str(found[4][0]) for found in socket.getaddrinfo(name, None)}

    def _connect(self, connection: Any, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        self._contact(os.fsdecode(host) if isinstance(host, (str, bytes)) else str(host))

    def _contact(self, host: str) -> None:
        if host not in self.hosts:
            self._refuse(f"a connection to `{host}`", "connections")
        self.connections.add(host)

    def _refuse(self, what: str, key: str) -> None:
        message = f"{what}; `reportkit: allow: {key}:` in `_quarto.yml` names what a notebook may use all the same"
        self.refused.append((_cell_number(), message))
        raise RefusedError(message)

    def trace(self) -> dict[str, Any]:
        """Return what the run depends on as JSON data, with what was refused and the processes it left running."""
        self._busy.now = True
        if self.escapes or _unseen_loaded() or self._names(b"pyarrow"):
            self._charge()
        return {
            "files": dict(sorted(self.files.items())),
            "folders": dict(sorted(self.folders.items())),
            "programs": dict(sorted(self.programs.items())),
            "connections": sorted(self.connections),
            "refused": self.refused,
        }

    def _names(self, package: bytes) -> bool:
        """Whether a cell or a module of the study names a package."""
        modules = [path for path, digest in self.files.items() if path.endswith(".py") and digest is not None]
        return any(
            package in text for text in (*_cells(), *(Path(self.places.root, path).read_bytes() for path in modules))
        )

    def _charge(self) -> None:
        for path in self.watch.opened():
            real = os.path.realpath(path)
            if self.places.find(real) is not Place.STUDY:
                continue
            if os.path.isdir(real):
                self.folders.setdefault(self.places.name(real), folder_digest(Path(real)))
            else:
                self.files.setdefault(self.places.name(real), file_digest(Path(real)))


def _reads(flags: int) -> bool:
    return flags & ACCESS_MASK != os.O_WRONLY and not flags & os.O_TRUNC


def _by_import_system() -> bool:
    """Whether a folder is listed to find a module or a package's version: what is found there is then opened."""
    return _caller((__file__,)).startswith(IMPORT_SYSTEM)


def _caller(skipped: tuple[str, ...]) -> str:
    """Return the file of the innermost frame that is not in files whose names begin so."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(skipped) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename


def _cell_number() -> int:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell.execution_count if shell is not None else 0


def _cells() -> list[bytes]:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return [] if shell is None else [text.encode(errors="replace") for text in shell.user_ns["In"]]


def _unseen_loaded() -> bool:
    loaded = set(sys.modules) - _machinery
    return any(_opens_unseen(name, getattr(sys.modules[name], "__file__", None)) for name in loaded)


def _opens_unseen(name: str, origin: str | None) -> bool:
    """Whether a module, loaded from `origin`, may open files that no audit event tells of."""
    if name in UNSEEN or name in ARROW:
        return name in UNSEEN
    if not origin or not origin.endswith((".so", ".pyd")) or name in _machinery:
        return False
    # Some modules are loaded under a short name, too.
    package = str(getattr(sys.modules.get(name), "__name__", name)).split(".")[0]
    return package not in SEEN and package not in sys.stdlib_module_names


class _FreshLoader(SourceFileLoader):
    """Compiles a module from its source each time: a stale bytecode cache must not hide a change."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        if b"pyarrow" in source:
            for observer in _observers:
                observer.watch.start()
        return self.source_to_code(source, path)


def _fresh_finder(places: Places) -> Any:
    make = FileFinder.path_hook((_FreshLoader, [".py"]))

    def finder(path: str) -> Any:
        if places.find(os.path.realpath(path)) not in {Place.STUDY, Place.TRACKED}:
            raise ImportError(path)
        return make(path)

    return finder


class _Missed:
    """The last finder: no other has found the module, so that its appearance would change the run."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Note where the module was looked for, and find nothing; libraries look for much that no study has."""
        last, asker = name.rpartition(".")[2], _caller((__file__, *IMPORT_SYSTEM))
        if not asker.startswith("<ipython") and self.observer.places.find(os.path.realpath(asker)) is not Place.STUDY:
            return
        for folder in map(os.path.realpath, sys.path if path is None else path):
            if self.observer.places.find(folder) is Place.STUDY:
                for file in (f"{last}.py", f"{last}/__init__.py"):
                    self.observer.files.setdefault(self.observer.places.name(os.path.join(folder, file)), None)


_observers: list[Observer] = []
_machinery: set[str] = set()
_preloaded: list[bool] = []


def count_machinery() -> None:
    """Count the modules loaded by now as those of the kernel itself: no cell has asked for them."""
    _machinery.update(sys.modules.keys() - UNSEEN)


def count_preloaded() -> None:
    """Remember, before a kernel is forked from this process, whether it has loaded what may open files unseen."""
    _preloaded[:] = [True] if _unseen_loaded() else []
    if not _preloaded:
        count_machinery()


def install(places: Places, hosts: Sequence[str], folders: Sequence[str], early: bool = False) -> Observer:
    """Observe this process from now on; `hosts` may be connected to, `folders` are those of the study to watch.

    The watch begins with the first thing that may open files unseen, or at once if `early`.
    """
    observer = Observer(places, hosts, Watch(folders))
    _observers.append(observer)
    if early or _preloaded:
        observer.watch.start()
    sys.path_hooks.insert(0, _fresh_finder(places))
    # The installation's finders stay: to free what a forked kernel has of them takes milliseconds.
    for path in [path for path in sys.path_importer_cache if not places.installed(path)]:
        del sys.path_importer_cache[path]
    sys.meta_path.append(_Missed(observer))
    sys.addaudithook(observer.hook)
    return observer


def emit_trace() -> None:
    """Hand the observed trace to the build (called by the build's last cell), and end what the run left running."""
    from IPython.display import display

    from reportkit.chapter import session

    (observer,) = _observers
    language = session.language if session.language_asked else None
    left = list(_end_children())
    display(
        {TRACE_MIME: {**observer.trace(), "messages": session.looked_up, "language": language, "left": left}}, raw=True
    )


def _end_children() -> Iterator[str]:
    """End the programs that the run started and left, and yield how they were called."""
    import psutil

    children = psutil.Process().children(recursive=True)
    for child in children:
        try:
            if child.status() != psutil.STATUS_ZOMBIE:
                yield " ".join(child.cmdline()) or child.name()
                child.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(children, timeout=1)
