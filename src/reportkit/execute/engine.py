"""Our Papermill engine, registered as `reportkit`: one kernel per instance, in an environment of its own."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Any
from weakref import WeakSet

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine

from reportkit.execute.notebook import ERROR_MIME

KERNEL = [sys.executable, "-P", "-m", "reportkit.execute.kernel", "-f", "{connection_file}"]

# What the client would log is told by diagnostics.
SILENT = logging.getLogger("reportkit.kernels")
SILENT.propagate = False
SILENT.addHandler(logging.NullHandler())
# The tasks that it leaves pending when a cell takes too long.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)

# Seconds: on a busy machine a kernel is slow to start, and to hand over what it printed.
START_TIMEOUT = 120
# Bytes of one cell: far beyond what a page or a printed book can take.
LARGEST_OUTPUT = 50_000_000

# An interrupted build ends these.
RUNNING: WeakSet[AsyncKernelManager] = WeakSet()


class StudyKernelManager(AsyncKernelManager):
    """Starts `reportkit.execute.kernel` and talks to it through sockets in the run's scratch folder.

    Sockets in a folder of their own cannot be taken by another kernel that starts at the same moment.
    """

    def __init__(self, scratch: Path, server: Path | None) -> None:
        super().__init__(transport="ipc", ip=str(scratch / "kernel"), connection_file=str(scratch / "kernel.json"))
        self.server = server
        RUNNING.add(self)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel is always ours, whatever is installed on the machine; forked from the server if there is one."""
        warm = {"provisioner_name": "reportkit-warm", "config": {"server": str(self.server)}}
        metadata = {"kernel_provisioner": warm} if self.server else {}
        return KernelSpec(argv=KERNEL, display_name="reportkit", language="python", metadata=metadata)


class OutputTooLargeError(RuntimeError):
    """A cell printed or showed more than can be published."""


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Runs the cells and refuses a flood of output."""

    shown: tuple[int, int] = (0, 0)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take a message of the kernel; of output, only so much as can be published."""
        content = msg["content"]
        size = len(content.get("text", "")) + sum(len(str(data)) for data in content.get("data", {}).values())
        before = self.shown[1] if self.shown[0] == cell_index else 0
        self.shown = (cell_index, before + size)
        if size and before + size > LARGEST_OUTPUT:
            return None
        return super().process_message(msg, cell, cell_index)

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        """Run a cell; raises `OutputTooLargeError` when it is done and was too loud."""
        done = super().execute_cell(cell, cell_index, **options)
        if self.shown[0] == cell_index and self.shown[1] > LARGEST_OUTPUT:
            raise OutputTooLargeError
        return done


class ReportkitEngine(Engine):  # type: ignore[misc]
    """Runs a parametrised notebook; what it gives is the same bytes each time."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        scratch: Path,
        environment: dict[str, str],
        folder: Path,
        server: Path | None = None,
        cell_timeout: float | None = None,
        start_timeout: float | None = None,
        **ignored: Any,
    ) -> None:
        """Run the notebook that Papermill manages.

        `scratch` is an empty folder for sockets and session, `environment` the whole environment of the kernel,
        `folder` its working directory, `server` the socket of the fork server (None: an ordinary kernel),
        `cell_timeout` and `start_timeout` in seconds. What else Papermill passes is not used.
        Raises `OutputTooLargeError` if a cell prints or shows more than can be published.
        """
        client = _Client(
            nb_man,
            km=StudyKernelManager(scratch, server),
            timeout=cell_timeout and ceil(cell_timeout),
            startup_timeout=ceil(start_timeout or START_TIMEOUT),
            iopub_timeout=START_TIMEOUT,
            shutdown_kernel="immediate",
            record_timing=False,
            log=SILENT,
        )
        client.owns_km = True
        client.execute(env=environment, cwd=str(folder))
        for cell in nb_man.nb.cells:
            if "raises-exception" in cell.metadata.get("tags", ()):
                cell.outputs = [_wanted_error(output) for output in cell.outputs]


def end_kernels() -> None:
    """End every kernel that this process runs, at once and with its children; their runs fail."""
    for manager in tuple(RUNNING):
        process: Any = manager.provisioner
        if manager.has_kernel and process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wanted_error(output: Any) -> Any:
    """Return an error that the author asked to show as an ordinary output: Papermill would fail at it."""
    if output.output_type != "error":
        return output
    from nbformat.v4 import new_output

    return new_output("display_data", {ERROR_MIME: "\n".join(output.traceback)})
