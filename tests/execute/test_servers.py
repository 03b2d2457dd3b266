"""A fork server serves as many kernels as a study has."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from reportkit.execute.servers import ForkServer


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells where a process writes to")
def test_what_kernels_print_at_their_start_fills_no_pipe() -> None:
    server = ForkServer(dict(os.environ), ())
    try:
        server.socket()
        (process,) = [child for child in psutil.Process().children() if "forkserver" in " ".join(child.cmdline())]

        assert Path(f"/proc/{process.pid}/fd/1").readlink() == Path(os.devnull)
    finally:
        server.end()
