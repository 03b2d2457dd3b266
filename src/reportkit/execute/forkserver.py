"""A process that has the heavy libraries loaded and forks a kernel for each run: start-up and imports are paid once.

Run as `python -P -m reportkit.execute.forkserver SOCKET ["pandas"]`, it serves connections on a Unix socket once it
has printed `ready` (any other line says what went wrong). A client sends one line of JSON (`argv`, `env`, `cwd`)
and gets one line with the `pid` of the kernel, and another with its exit `status` when it ends. A connection that
breaks ends its kernel; the end of standard input ends everything.
Only installed libraries are preloaded, never the study's own modules, which may change.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from reportkit.execute.observe import count_machinery, count_preloaded

# What every kernel needs, and what comes with a library that a study preloads.
ALWAYS = ("ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.ipkernel", "numpy", "psutil")
WITH = {"matplotlib": ("matplotlib.pyplot", "matplotlib.backends.backend_svg")}
# Seconds that a client may take to say what it wants; it says so at once.
PATIENCE = 5
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class _Server:
    """One socket, one child for each connection."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.clients: dict[int, socket.socket] = {}
        self.ended, ended = os.pipe()
        os.set_blocking(ended, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ended)
        for waited in (self.ended, sys.stdin.fileno(), listener.fileno()):
            self.selector.register(waited, selectors.EVENT_READ)

    def serve(self) -> None:
        """Answer until standard input ends, then end every kernel."""
        while True:
            for key, _ in self.selector.select():
                if key.fd == sys.stdin.fileno():
                    self._end_all()
                    return
                if key.fd == self.listener.fileno():
                    self._accept()
                elif key.fd == self.ended:
                    self._reap()
                else:
                    self._hang_up(key.fd)

    def _end_all(self) -> None:
        """End every kernel, then what these leave."""
        for pid in self.clients:
            _kill(pid)
        for pid in self.clients:
            os.waitpid(pid, 0)
        self.clients.clear()
        self._end_orphans()

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        connection.settimeout(PATIENCE)
        try:
            request = json.loads(connection.makefile("r", encoding="utf-8").readline())
        except (OSError, ValueError):  # a client that went away before it said anything
            connection.close()
            return
        connection.settimeout(None)
        # Objects made so far are never freed in a child; unfrozen, its first collection would copy their pages.
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            self._become_kernel(request)
        self.clients[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ)
        _send(connection, {"pid": pid})

    def _become_kernel(self, request: dict[str, Any]) -> None:
        """Leave everything of the server behind and run the kernel in this child; never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            _prctl(PR_SET_CHILD_SUBREAPER, 1)
            self.selector.close()
            self.listener.close()
            for connection in self.clients.values():
                connection.close()
            _run_kernel(request)
            status = 0
        finally:
            os._exit(status)

    def _reap(self) -> None:
        os.read(self.ended, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid in self.clients:
                self._tell(pid, status)
            self._end_orphans()

    def _tell(self, pid: int, status: int) -> None:
        connection = self.clients.pop(pid)
        if connection.fileno() in self.selector.get_map():
            self.selector.unregister(connection)
        _send(connection, {"status": os.waitstatus_to_exitcode(status)})
        connection.close()

    def _end_orphans(self) -> None:
        """End what a kernel has started and left: it belongs to this process since the kernel's end."""
        for child in psutil.Process().children():
            if child.pid not in self.clients:
                _kill(child.pid)

    def _hang_up(self, descriptor: int) -> None:
        """End the kernel whose client went away."""
        for pid, connection in self.clients.items():
            if connection.fileno() == descriptor:
                self.selector.unregister(connection)
                _kill(pid)


def _kill(pid: int) -> None:
    """End a process and its group, if it has one of its own."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _send(connection: socket.socket, message: dict[str, int]) -> None:
    with suppress(BrokenPipeError):
        connection.sendall(f"{json.dumps(message)}\n".encode())


def _run_kernel(request: dict[str, Any]) -> None:
    """Take on the request's environment, folder and arguments, and a random state of one's own; run the kernel."""
    import locale
    import random
    import tempfile

    import numpy

    from reportkit.execute import kernel

    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    locale.setlocale(locale.LC_ALL, "")
    tempfile.tempdir = None
    os.chdir(request["cwd"])
    sys.argv = ["kernel", *request["argv"]]
    random.seed()
    numpy.random.seed()
    kernel.main()


def preload(names: Sequence[str]) -> str:
    """Load libraries; return `ready`, or why no kernel can be forked from this process."""
    wanted = [module for name in names for module in (name, *WITH.get(name, ()))]
    for name in ALWAYS:
        importlib.import_module(name)
    count_machinery()
    for name in wanted:
        try:
            importlib.import_module(name)
        except ImportError as fault:
            return f"`{name}` cannot be preloaded: {fault}"
        if psutil.Process().num_threads() > 1:
            return f"`{name}` starts threads, which a forked kernel would lack"
    count_preloaded()
    if sys.platform == "linux":
        # The first watch looks for the C library, which takes a process of its own.
        from inotify_simple import INotify

        INotify().close()
    return "ready"


def main() -> None:
    """Preload the libraries and serve on the socket that the command line names."""
    state = preload(json.loads(sys.argv[2]))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        # Programs that a kernel leaves come to this process when the kernel ends.
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        _say(state)
        if state == "ready":
            _Server(listener).serve()


def _say(state: str) -> None:
    """Print one line; what kernels print later is dropped, since nobody reads on and a full pipe would stop them."""
    output = sys.stdout.fileno()
    with os.fdopen(os.dup(output), "w", encoding="utf-8") as told, Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), output)
        print(state, file=told)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


if __name__ == "__main__":
    main()
