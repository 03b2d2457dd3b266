"""Builds a study again and again, each time ending at the next operation on its build folder, and recovers.

Run as `python dying.py STATE REFERENCE KIND FIRST LAST`: STATE is a study as each build finds it, REFERENCE the same
study built cold. KIND `killed` ends the process before the operation, `full` makes it fail for want of space, and all
that follow. It prints a line of JSON for each operation: how the build ended, how the next one did, and
what then differs from the reference. One server forks the kernels of all these builds.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat  # noqa: F401 (loaded once, for all builds)
import papermill  # noqa: F401

import reportkit.compile  # noqa: F401
from reportkit.build import Request, build_study, plan_study
from reportkit.cli import main
from reportkit.execute import Workspace, servers
from reportkit.store import STORE, Store
from reportkit.study import load_study
from reportkit.verify import compare_builds

WRITING = os.O_WRONLY | os.O_RDWR
PATIENCE = 60


class Operations:
    """Counts what a build does to files below a folder; at the chosen operation `strike` is called."""

    def __init__(self, folder: Path, chosen: int, strike: Callable[[], None]) -> None:
        self.folder, self.chosen, self.strike = str(folder), chosen, strike
        self.count = 0

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in {"os.rename", "os.mkdir", "os.remove", "os.rmdir"} or (event == "open" and self._writes(arguments)):
            path = arguments[0]
            if isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.folder):
                self.count += 1
                if self.count >= self.chosen:
                    self.strike()

    @staticmethod
    def _writes(arguments: tuple[object, ...]) -> bool:
        return isinstance(arguments[2], int) and bool(arguments[2] & WRITING)


def die() -> None:
    os._exit(137)


def fail() -> None:
    raise OSError(errno.ENOSPC, "no space left on device")


def in_child(act: Callable[[], int]) -> int:
    """Do something in a forked process and return its exit status; one that hangs is killed."""
    child = os.fork()
    if child == 0:
        try:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            os._exit(act())
        finally:
            os._exit(99)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return -1


def build(study: Path) -> int:
    return main(["--study", str(study), "build"])


def build_and_strike(study: Path, kind: str, chosen: int) -> int:
    strike = {"killed": die, "full": fail}[kind]
    sys.addaudithook(Operations(study / "_build", chosen, strike).hook)
    return build(study)


def count_operations(study: Path) -> int:
    """Build a study and return how many operations that takes."""
    operations = Operations(study / "_build", sys.maxsize, die)
    sys.addaudithook(operations.hook)
    build_study(study, Request(), Quiet())
    return operations.count


class Quiet:
    """Watches a build and says nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: None


def share_server(study: Path) -> None:
    """Start the server that every build of a study at this place asks for kernels; it ends with this process."""
    server = Workspace(load_study(study), Store(study / STORE)).server()
    assert server is not None
    server.socket()
    servers.end_servers = lambda: None


def try_all(state: Path, reference: Path, kind: str, first: int, last: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder).resolve() / "study"
        shutil.copytree(state, study)
        share_server(study)
        for chosen in range(first, last + 1):
            shutil.rmtree(study)
            shutil.copytree(state, study)
            struck = in_child(lambda: build_and_strike(study, kind, chosen))  # noqa: B023 (called at once)
            again = in_child(lambda: build(study))
            outputs = plan_study(study, Request())[1]
            differing = compare_builds(study, reference, outputs)
            tried = {"operation": chosen, "ended": struck, "again": again, "differing": differing}
            print(json.dumps(tried), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "count":
        print(count_operations(Path(sys.argv[2])))
    else:
        try_all(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
