"""Where runs are executed: in threads of this process, or by the workers of a Dask scheduler."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from reportkit.errors import Diagnostic, ExecutionError, error

# Seconds to wait for a scheduler's answer.
PATIENCE = 10


@contextmanager
def open_executor(jobs: int | None, scheduler: str | None) -> Iterator[Executor]:
    """Give an executor for the time of a `with` block.

    Without a scheduler it runs `jobs` at once, as many as there are cores by default. `scheduler` is the address
    (`tcp://HOST:PORT`) of a Dask scheduler, whose workers must see the study's folder at the same path.
    Raises `ExecutionError` (RK413) if there is no such scheduler.
    """
    if scheduler is None:
        with ThreadPoolExecutor(jobs or os.cpu_count()) as executor:
            yield executor
        return
    try:
        from distributed import Client
    except ImportError as fault:
        hint = 'install it on all machines: `pip install "reportkit[dask]"`'
        raise ExecutionError([_unreached("`--scheduler` needs `dask.distributed`", hint)]) from fault
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as fault:
        hint = f"`dask scheduler` starts one, `dask worker {scheduler}` a worker for it"
        raise ExecutionError([_unreached(f"no scheduler answers at `{scheduler}`", hint)]) from fault
    with client:
        # A run is no pure function of its arguments: it reads files.
        yield client.get_executor(pure=False)


def _unreached(message: str, hint: str) -> Diagnostic:
    return error("RK413", message, None, hint)
