"""Executing: instances go to kernels, outputs and typed values come back. Papermill lives here only."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

from reportkit.errors import Diagnostic, ExecutionError, error, warning
from reportkit.execute.executors import open_executor
from reportkit.execute.notebook import Notebook, cell_of, make_notebook, result_from_json, result_to_json, trace_to_json
from reportkit.execute.servers import FORKS, PRELOAD, ForkServer, fork_server, warm_kernels
from reportkit.execute.stored import stored_execution
from reportkit.model.execution import Execution, Result
from reportkit.model.plan import Plan, Run
from reportkit.model.study import Code, Instance, Study
from reportkit.store import Store
from reportkit.world import (
    kernel_code_digest,
    kernel_environment,
    packages_digest,
    source_date_epoch,
    study_folders,
    write_atomic,
)

__all__ = [
    "FORKS",
    "Watcher",
    "Workspace",
    "execute_plan",
    "load_execution",
    "open_executor",
    "saved_seconds",
    "stored_execution",
    "warm_kernels",
]

MATPLOTLIBRC = Path(__file__).with_name("matplotlibrc")
FAILED = Path("_build", "failed")
EXECUTED = "executed.ipynb"
# Seconds between two looks at what is running.
PULSE = 0.2

Json = dict[str, Any]
Labels = Callable[[str], Mapping[str, str]]


class Watcher(Protocol):
    """Whoever watches runs."""

    def running(self, runs: Iterable[Run]) -> None:
        """Take what is running now, several times a second."""

    def ran(self, run: Run, succeeded: bool) -> None:
        """Take a run that ended."""

    def warn(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take warnings about a run."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What every run needs: the study, the store that keeps its result, how kernels start.

    Plain data: a run may be sent to a process on another machine that has the same folders.
    """

    study: Study
    store: Store
    cold: bool = False

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the environment of a process with a scratch folder of its own."""
        epoch, caches = source_date_epoch(self.study.date), self.store.folder / "matplotlib"
        fixed = kernel_environment(epoch, scratch, caches, self.study.allowed("environment"))
        return {**self.study.environment, **fixed, "MATPLOTLIBRC": str(MATPLOTLIBRC)}

    def server(self) -> ForkServer | None:
        """Return the server that forks this machine's kernels, None for kernels started anew."""
        if self.cold or not FORKS:
            return None
        libraries = self.study.options.get("reportkit.preload", PRELOAD)
        return fork_server(self.environment(self.store.folder), tuple(libraries))


@dataclass(frozen=True, slots=True)
class _Task:
    """A run with all that it is told: its instance, the labels of its language, the folders to watch."""

    run: Run
    instance: Instance
    messages: Mapping[str, str]
    folders: tuple[str, ...]


def execute_plan(plan: Plan, workspace: Workspace, labels: Labels, executor: Executor, watcher: Watcher) -> None:
    """Run what the plan says; the results are in the store.

    `labels` gives the labels of a language. A failing instance does not stop the others; when all are done,
    `ExecutionError` holds a diagnostic for each that failed.
    """
    instances = {instance.name: instance for instance in workspace.study.instances}
    folders = tuple(study_folders(str(workspace.study.root.resolve())))
    running: dict[Future[list[Diagnostic]], Run] = {}
    failures: list[Diagnostic] = []
    try:
        for run in plan.runs:
            task = _Task(run, instances[run.instance], dict(labels(run.language)), folders)
            running[executor.submit(run_task, task, workspace)] = run
        waiting = set(running)
        while waiting:
            watcher.running([running[future] for future in running if future in waiting and future.running()])
            done, waiting = wait(waiting, timeout=PULSE, return_when=FIRST_COMPLETED)
            for future in done:
                failures += _outcome(running[future], future, watcher)
    except BaseException:
        _stop(running)
        raise
    if failures:
        raise ExecutionError(sorted(dict.fromkeys(failures), key=str))


def _outcome(run: Run, future: Future[list[Diagnostic]], watcher: Watcher) -> tuple[Diagnostic, ...]:
    fault = future.exception()
    if fault is not None and not isinstance(fault, ExecutionError):
        raise fault
    watcher.ran(run, fault is None)
    if fault is not None:
        return fault.diagnostics
    watcher.warn(future.result())
    return ()


def _stop(running: Iterable[Future[list[Diagnostic]]]) -> None:
    """Start nothing more and end the kernels of what runs: nobody waits for it."""
    from reportkit.execute.engine import end_kernels

    for future in running:
        future.cancel()
    while wait(running, timeout=PULSE).not_done:
        end_kernels()


def load_execution(plan: Plan, study: Study, store: Store) -> Execution:
    """Return the results that a plan with nothing left to run reuses."""
    instances = {instance.name: instance for instance in study.instances}
    results = {key: _load(store, instances[key[0]], language) for key, language in plan.reused.items()}
    return Execution(results)


def _load(store: Store, instance: Instance, language: str) -> Result:
    kept = store.get_json("traces", f"{instance.name}.{language}")
    data = None if kept is None else store.find(kept["result"])
    if kept is None or data is None:
        raise LookupError(f"the result of {instance.name} in {language} left the store while it was needed")
    return result_from_json(json.loads(data), kept["trace"], instance)


def saved_seconds(plan: Plan, store: Store) -> float:
    """Return how long the runs took whose results a plan reuses."""
    kept = {f"{instance}.{language}" for (instance, _), language in plan.reused.items()}
    return sum(float(store.get_json("seconds", key) or 0) for key in kept)


def run_task(task: _Task, workspace: Workspace) -> list[Diagnostic]:
    """Run an instance and keep its result; return warnings, raise `ExecutionError` with what ended it."""
    run, store = task.run, workspace.store
    _check_installation(run)
    begun = perf_counter()
    with tempfile.TemporaryDirectory(prefix="rk-", ignore_cleanup_errors=True) as scratch:
        result, trace, left = _finish(task, workspace, Path(scratch))
    key = f"{run.instance}.{run.language}"
    digest = store.put_json("results", key, result)
    store.put_json("seconds", key, round(perf_counter() - begun, 2))
    # The trace comes last and names its result: what is found under it was made from what it says.
    store.put_json("traces", key, {"parts": dict(run.parts), "trace": trace, "result": digest})
    hint = "it was ended with the notebook, which should wait for it"
    return [warning("RK410", f"`{run.instance}` left a program running: `{name}`", None, hint) for name in left]


def _check_installation(run: Run) -> None:
    """Raise `ExecutionError` if this process has other packages than the one that planned the run."""
    here = {"packages": packages_digest(), "reportkit": kernel_code_digest()}
    if any(run.parts[name] != digest for name, digest in here.items()):
        message = "a worker of the scheduler has other packages installed than the machine that plans"
        raise ExecutionError([error("RK412", message, None, "install the same locked packages on all machines")])


def _finish(task: _Task, workspace: Workspace, scratch: Path) -> tuple[Json, Json, list[str]]:
    """Return result, trace and programs left running; a failed notebook is kept, and `ExecutionError` raised."""
    from reportkit.execute.failures import FAULTS, Failed

    run, study = task.run, workspace.study
    partial = FAILED / f"{run.instance}.{run.language}.ipynb"
    try:
        notebook = _execute(task, workspace, scratch)
        (study.root / partial).unlink(missing_ok=True)
        return result_to_json(notebook, study.root), *trace_to_json(notebook, task.instance)
    except FAULTS as fault:
        executed = scratch / EXECUTED
        if executed.exists():
            write_atomic(study.root / partial, executed.read_bytes())
        cell = _last_cell(executed, task.instance)
        raise ExecutionError([Failed(fault, study, task.instance, cell, partial).explain()]) from fault


def _execute(task: _Task, workspace: Workspace, scratch: Path) -> Notebook:
    # It gets ready while this process loads what it needs itself.
    server = workspace.server()
    import nbformat
    import papermill

    study, options = workspace.study, workspace.study.options
    folder = _working_folder(study, task.instance)
    for own in ("home", "tmp"):
        (scratch / own).mkdir()
    session = scratch / "session.json"
    told = _session(task, study, folder, scratch, server is None)
    session.write_text(json.dumps(told), encoding="utf-8")
    return dict(
        papermill.execute_notebook(
            nbformat.from_dict(make_notebook(task.instance, options)),
            str(scratch / EXECUTED),
            parameters=dict(task.instance.parameters),
            engine_name="reportkit",
            kernel_name="python3",
            progress_bar=False,
            scratch=scratch,
            environment=workspace.environment(scratch) | {"REPORTKIT_SESSION": str(session)},
            folder=folder,
            server=None if server is None else server.socket(),
            cell_timeout=options.get("reportkit.timeout"),
            start_timeout=options.get("reportkit.start-timeout"),
        )
    )


def _session(task: _Task, study: Study, folder: Path, scratch: Path, cold: bool) -> dict[str, object]:
    """Return what a kernel is told beside its environment, as JSON data."""
    return {
        "language": task.run.language,
        "messages": dict(task.messages),
        "root": str(study.root),
        "folder": str(folder),
        "scratch": str(scratch),
        "folders": task.folders,
        "files": [str(study.root / Path(path).expanduser()) for path in study.allowed("files")],
        "hosts": study.allowed("connections"),
        # What pandas has loaded of it is known only by its name in the code.
        "arrow": any(isinstance(cell, Code) and "pyarrow" in cell.text for cell in task.instance.cells),
        "cold": cold,
        "memory": study.options.get("reportkit.memory"),
    }


def _working_folder(study: Study, instance: Instance) -> Path:
    if study.options.get("project.execute-dir") == "project":
        return study.root
    return (study.root / instance.chapter).parent


def _last_cell(executed: Path, instance: Instance) -> int | None:
    """Return the index in the instance of the cell that was started last, as Papermill noted in the notebook."""
    if not executed.exists():
        return None
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    started = [cell["metadata"] for cell in cells if cell["metadata"].get("papermill", {}).get("start_time")]
    return cell_of(started[-1], instance) if started else None
