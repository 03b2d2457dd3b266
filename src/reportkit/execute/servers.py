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

_lock = Lock()
_running: dict[str, tuple[Server, Path]] = {}


def fork_server(environment: Mapping[str, str], preload: Sequence[str] = PRELOAD) -> Path:
    """Return the socket of a server that has the libraries `preload` loaded, starting it if there is none.

    `environment` is the server's; a kernel is given its own. Raises `ExecutionError` (RK409) if a library cannot
    be preloaded.
    """
    key = digest_json([dict(environment), list(preload)])
    with _lock:
        if key not in _running:
            _running[key] = _start(environment, preload)
        return _running[key][1] / "socket"


def _start(environment: Mapping[str, str], preload: Sequence[str]) -> tuple[Server, Path]:
    folder = Path(tempfile.mkdtemp(prefix="rk-"))
    arguments = [str(folder / "socket"), json.dumps(list(preload))]
    server = Server([sys.executable, "-P", "-m", "reportkit.execute.forkserver", *arguments], environment)
    fault = server.first_line()
    if fault != "ready":
        _end(server, folder)
        hint = "`reportkit: preload:` in `_quarto.yml` names installed packages, or is left out"
        raise ExecutionError([error("RK409", f"kernels cannot be prepared: {fault}", None, hint)])
    return server, folder


def _end(server: Server, folder: Path) -> None:
    server.close()
    shutil.rmtree(folder, ignore_errors=True)


def end_servers() -> None:
    """End every fork server of this process, and with it its kernels."""
    with _lock:
        while _running:
            _end(*_running.popitem()[1])


atexit.register(end_servers)


@contextmanager
def warm_kernels() -> Iterator[None]:
    """Keep the servers that are started in a `with` block no longer than it."""
    try:
        yield
    finally:
        end_servers()
