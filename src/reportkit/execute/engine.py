"""Our Papermill engine, registered as `reportkit`: one kernel per instance, in an environment of its own."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from weakref import WeakSet

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
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


class StudyKernelClient(AsyncKernelClient):
    """Talks to a kernel, and knows without silent waits when it is ready.

    There are no heartbeats: a kernel of ours is known to have ended when its process has.
    """

    def start_channels(self, *channels: bool, **named: bool) -> None:
        """Connect to the kernel."""
        super().start_channels(*channels, **{**named, "hb": False})

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask for the kernel's state until its answer and the idleness after it arrive; `timeout` in seconds.

        Raises `RuntimeError` if it died or did not answer in time. That the idleness arrives shows that output will.
        """
        begun = monotonic()
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("it died before it was ready")
            if timeout is not None and monotonic() - begun > timeout:
                raise RuntimeError(f"it was not ready in {timeout} seconds")

    async def _answers(self) -> bool:
        asked = self.kernel_info()
        try:
            await self.get_shell_msg(timeout=1)
            while True:
                message = await self.get_iopub_msg(timeout=0.1)
                if (
                    message["parent_header"].get("msg_id") == asked
                    and message["content"].get("execution_state") == "idle"
                ):
                    return True
        except Empty:
            return False


class StudyKernelManager(AsyncKernelManager):
    """Starts `reportkit.execute.kernel` and talks to it through sockets in the run's scratch folder.

    Sockets in a folder of their own cannot be taken by another kernel that starts at the same moment.
    """

    client_factory = StudyKernelClient

    def __init__(self, scratch: Path, server: Path | None) -> None:
        super().__init__(transport="ipc", ip=str(scratch / "kernel"), connection_file=str(scratch / "kernel.json"))
        self.server = server
        # Milliseconds: the client is there before the kernel's sockets are.
        self.context.setsockopt(zmq.RECONNECT_IVL, 5)
        RUNNING.add(self)

    async def _async_wait(self, pollinterval: float = 0.003) -> None:
        """Wait for the end of the kernel, which is killed and gone at once."""
        await super()._async_wait(pollinterval)

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
        with _saved_once(nb_man):
            client.execute(env=environment, cwd=str(folder))
        for cell in nb_man.nb.cells:
            if "raises-exception" in cell.metadata.get("tags", ()):
                cell.outputs = [_wanted_error(output) for output in cell.outputs]


@contextmanager
def _saved_once(nb_man: Any) -> Iterator[None]:
    """Save the notebook at the end, whatever ends it: Papermill would write all of it twice for each cell."""
    save, nb_man.save = nb_man.save, lambda **options: None
    try:
        yield
    finally:
        nb_man.save = save
        save()


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

    return new_output("display_data", {ERROR_MIME: list(output.traceback)})
