"""A process that has the heavy libraries loaded and forks a kernel for each run: start-up and imports are paid once.

Run as `python -P -m reportkit.execute.forkserver SOCKET`, it serves connections on a Unix socket. A client sends
one line of JSON (`argv`, `env`, `cwd`) and gets one line with the `pid` of the kernel, and another with its exit
`status` when it ends. A connection that breaks ends its kernel; the end of standard input ends everything.
Only third-party libraries are preloaded, never the study's own modules, which may change.
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
from contextlib import suppress
from typing import Any

PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "seaborn",
)
PR_SET_PDEATHSIG = 1


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
                    for pid in self.clients:
                        _kill(pid)
                    return
                if key.fd == self.listener.fileno():
                    self._accept()
                elif key.fd == self.ended:
                    self._reap()
                else:
                    self._hang_up(key.fd)

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        request = json.loads(connection.makefile("r", encoding="utf-8").readline())
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
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
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
        for pid in list(self.clients):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                connection = self.clients.pop(pid)
                if connection.fileno() in self.selector.get_map():
                    self.selector.unregister(connection)
                _send(connection, {"status": os.waitstatus_to_exitcode(status)})
                connection.close()

    def _hang_up(self, descriptor: int) -> None:
        """End the kernel whose client went away."""
        for pid, connection in self.clients.items():
            if connection.fileno() == descriptor:
                self.selector.unregister(connection)
                _kill(pid)


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)


def _send(connection: socket.socket, message: dict[str, int]) -> None:
    with suppress(BrokenPipeError):
        connection.sendall(f"{json.dumps(message)}\n".encode())


def _run_kernel(request: dict[str, Any]) -> None:
    """Take on the request's environment, folder and arguments, and a random state of one's own; run the kernel."""
    import locale
    import random

    import numpy

    from reportkit.execute import kernel

    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    locale.setlocale(locale.LC_ALL, "")
    os.chdir(request["cwd"])
    sys.argv = ["kernel", *request["argv"]]
    random.seed()
    numpy.random.seed()
    kernel.main()


def main() -> None:
    """Preload the libraries and serve on the socket that the command line names."""
    for name in PRELOADED:
        importlib.import_module(name)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen()
        print("ready", flush=True)
        _Server(listener).serve()


if __name__ == "__main__":
    main()
