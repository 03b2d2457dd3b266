"""Executing: instances go to kernels, outputs and typed values come back. Papermill lives here only."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reportkit.errors import Diagnostic, ExecutionError
from reportkit.execute.notebook import Notebook, code_cells, make_notebook, result_from_json, result_to_json
from reportkit.model.execution import Execution, Result
from reportkit.model.plan import Plan, Run
from reportkit.model.study import Instance, Study
from reportkit.process import serving
from reportkit.store import Store
from reportkit.world import kernel_environment, source_date_epoch, write_atomic

MATPLOTLIBRC = Path(__file__).with_name("matplotlibrc")
FAILED = Path("_build", "failed")
EXECUTED = "executed.ipynb"

Labels = Callable[[str], Mapping[str, str]]
Progress = Callable[[Run, bool], None]


@dataclass(frozen=True, slots=True)
class Workspace:
    """What every run needs: the study, the store that keeps its result, the labels of a language."""

    study: Study
    store: Store
    labels: Labels
    server: Path | None = None

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the environment of a process with a scratch folder of its own."""
        fixed = kernel_environment(source_date_epoch(self.study.date), scratch, self.store.folder / "matplotlib")
        return fixed | {"MATPLOTLIBRC": str(MATPLOTLIBRC)}


@contextmanager
def warm(workspace: Workspace) -> Iterator[Workspace]:
    """Give the workspace a server that forks kernels, for the time of a `with` block (nothing changes without fork)."""
    if not hasattr(os, "fork"):
        yield workspace
        return
    with tempfile.TemporaryDirectory(prefix="rk-") as folder:
        scratch = Path(folder)
        socket = scratch / "server"
        command = [sys.executable, "-P", "-m", "reportkit.execute.forkserver", str(socket)]
        with serving(command, workspace.environment(scratch)):
            yield replace(workspace, server=socket)


def execute_plan(plan: Plan, workspace: Workspace, executor: Executor, progress: Progress) -> None:
    """Run what the plan says; the results are in the store.

    A failing instance does not stop the others; when all are done, `ExecutionError` holds a diagnostic for each
    that failed. `progress` is called with a run when it ends, and whether it succeeded.
    """
    instances = {instance.name: instance for instance in workspace.study.instances}
    running = {executor.submit(_run, run, instances[run.instance], workspace): run for run in plan.runs}
    failures: list[Diagnostic] = []
    try:
        for done in as_completed(running):
            fault = done.exception()
            progress(running[done], fault is None)
            if isinstance(fault, ExecutionError):
                failures += fault.diagnostics
            elif fault is not None:
                raise fault
    except BaseException:
        _stop(running)
        raise
    if failures:
        raise ExecutionError(sorted(failures, key=str))


def _stop(running: Iterable[Future[None]]) -> None:
    """Start nothing more and end the kernels of what runs: nobody waits for it."""
    from reportkit.execute.engine import end_kernels

    for future in running:
        future.cancel()
    while wait(running, timeout=0.2).not_done:
        end_kernels()


def load_execution(plan: Plan, study: Study, store: Store) -> Execution:
    """Return the results that a plan with nothing left to run reuses."""
    instances = {instance.name: instance for instance in study.instances}
    results = {key: _load(store, instances[key[0]], language) for key, language in plan.reused.items()}
    return Execution(results)


def _load(store: Store, instance: Instance, language: str) -> Result:
    kept = store.get_json("results", f"{instance.name}.{language}")
    if kept is None:
        raise LookupError(f"the result of {instance.name} in {language} left the store while it was needed")
    return result_from_json(kept["result"], instance)


def _run(run: Run, instance: Instance, workspace: Workspace) -> None:
    from reportkit.execute.failures import FAULTS, explain

    study = workspace.study
    with tempfile.TemporaryDirectory(prefix="rk-", ignore_cleanup_errors=True) as scratch:
        try:
            result = result_to_json(_execute(run, instance, workspace, Path(scratch)), study.root)
        except FAULTS as fault:
            executed, partial = Path(scratch, EXECUTED), FAILED / f"{run.instance}.{run.language}.ipynb"
            if executed.exists():
                write_atomic(study.root / partial, executed.read_bytes())
            timeout = study.options.get("reportkit.timeout")
            raise ExecutionError(
                [explain(fault, instance, _last_cell(executed, instance), timeout, partial)]
            ) from fault
    workspace.store.put_json("results", f"{run.instance}.{run.language}", {"parts": dict(run.parts), "result": result})


def _execute(run: Run, instance: Instance, workspace: Workspace, scratch: Path) -> Notebook:
    import nbformat
    import papermill

    study = workspace.study
    folder = _working_folder(study, instance)
    session = scratch / "session.json"
    told = {"language": run.language, "messages": dict(workspace.labels(run.language))}
    session.write_text(json.dumps({**told, "root": str(study.root), "folder": str(folder)}), encoding="utf-8")
    return dict(
        papermill.execute_notebook(
            nbformat.from_dict(make_notebook(instance, study.options)),
            str(scratch / EXECUTED),
            parameters=dict(instance.parameters),
            engine_name="reportkit",
            kernel_name="python3",
            progress_bar=False,
            scratch=scratch,
            environment=workspace.environment(scratch) | {"REPORTKIT_SESSION": str(session)},
            folder=folder,
            server=workspace.server,
            cell_timeout=study.options.get("reportkit.timeout"),
        )
    )


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
    origin = started[-1].get("reportkit", {}) if started else {}
    return code_cells(instance)[origin["cell"]] if "cell" in origin else origin.get("values")
