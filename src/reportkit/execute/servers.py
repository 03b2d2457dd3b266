"""The fork servers of this process: started when first asked for, ended with it, or with a `warm_kernels` block."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from reportkit.digest import digest_json
from reportkit.errors import ExecutionError, error
from reportkit.process import Server

PRELOAD = ("pandas", "matplotlib", "seaborn")
FORKS = hasattr(os, "fork") and sys.platform != "darwin"


class ForkServer:
    """A process that forks kernels; it gets ready while others go on."""

    def __init__(self, environment: Mapping[str, str], preload: Sequence[str]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rk-"))
        self._lock = Lock()
        self._state: str | None = None
        arguments = [str(self._folder / "socket"), json.dumps(list(preload))]
        self._server = Server([sys.executable, "-P", "-m", "reportkit.execute.forkserver", *arguments], environment)

    def socket(self) -> Path:
        """Wait until it is ready and return the path of its socket.

        Raises `ExecutionError` (RK409) if a library cannot be preloaded.
        """
        with self._lock:
            self._state = self._state or self._server.first_line() or "it ended"
        if self._state != "ready":
            hint = "`reportkit: preload:` in `_quarto.yml` names installed packages, or is left out"
            raise ExecutionError([error("RK409", f"kernels cannot be prepared: {self._state}", None, hint)])
        return self._folder / "socket"

    def end(self) -> None:
        """End it, and with it its kernels."""
        self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)


_lock = Lock()
_running: dict[str, ForkServer] = {}


def fork_server(environment: Mapping[str, str], preload: Sequence[str] = PRELOAD) -> ForkServer:
    """Return the server that has the libraries `preload` loaded, starting it if there is none.

    `environment` is the server's; a kernel is given its own.
    """
    key = digest_json([dict(environment), list(preload)])
    with _lock:
        if key not in _running:
            _running[key] = ForkServer(environment, preload)
        return _running[key]


def end_servers() -> None:
    """End every fork server of this process, and with it its kernels."""
    with _lock:
        while _running:
            _running.popitem()[1].end()


atexit.register(end_servers)


@contextmanager
def warm_kernels() -> Iterator[None]:
    """Keep the servers that are started in a `with` block no longer than it."""
    try:
        yield
    finally:
        end_servers()
