"""Runs small studies in real kernels, for the tests of execution."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from compile.sample import instance, lines, study
from fonts import put_fonts
from reportkit.execute import Workspace, execute_plan, load_execution, open_executor, warm_kernels
from reportkit.execute.servers import PRELOAD
from reportkit.model.execution import Result, Trace
from reportkit.model.plan import Plan, Selection
from reportkit.model.study import Code, Instance, Study
from reportkit.plan import plan_build
from reportkit.store import Store
from watching import Silent

SELECTION = Selection(("de",), ("html",), {}, None, "_build/editions")
ENGLISH = {"Jahr": "Year"}


def code(text: str, **options: object) -> Code:
    return Code(lines(text, "one.qmd"), options)


def labels(language: str) -> Mapping[str, str]:
    return ENGLISH if language == "en" else {}


def at(root: Path, *instances: Instance, **options: object) -> Study:
    """Return a study in a folder. Kernels whose code names no heavy library are forked from a server without any."""
    put_fonts(root)
    written = "\n".join(line.text for one in instances for cell in one.cells for line in cell.lines)
    light = {} if any(name in written for name in PRELOAD) else {"reportkit.preload": []}
    return study(*instances, root=root, options={"project.execute-dir": "project", **light, **options})


def plan(made: Study, selection: Selection = SELECTION) -> Plan:
    return plan_build(made, Store(made.root / "_build/store"), labels, selection)


def run(
    made: Study,
    cold: bool = False,
    selection: Selection = SELECTION,
    watcher: Silent | None = None,
    scheduler: str | None = None,
) -> Mapping[tuple[str, str], Result]:
    store = Store(made.root / "_build/store")
    workspace = Workspace(made, store, cold)
    with warm_kernels(), open_executor(2, scheduler) as executor:
        while (wanted := plan(made, selection)).runs:
            execute_plan(wanted, workspace, labels, executor, watcher or Silent())
    return load_execution(wanted, made, store).results


def trace_of(root: Path, text: str, **options: object) -> Trace:
    return run(at(root, instance("one", code(text)), **options))["one", "de"].trace
