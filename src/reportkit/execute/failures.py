"""What a failed run tells its author: instance, cell, line, and nothing of reportkit's own frames."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from reportkit.errors import Diagnostic, Location, error
from reportkit.execute.notebook import NotebookEndedError
from reportkit.model.study import Instance

CELL_LINE = re.compile(r"Cell In\[(\d+)\], line (\d+)")
# What a run can end with; anything else is a fault of the machine or of reportkit.
FAULTS = (PapermillExecutionError, CellTimeoutError, RuntimeError)


def explain(fault: Exception, instance: Instance, cell: int | None, timeout: float | None, kept: Path) -> Diagnostic:
    """Return the diagnostic for one of `FAULTS`.

    `cell` is the index in the instance of the cell that was started last, `timeout` the study's limit in seconds,
    `kept` where the partial notebook is.
    """
    opens = f"the notebook up to the failure is `{kept}`; `jupyter lab {kept}` opens it"
    place = cell_location(instance, cell, None)
    match fault:
        case PapermillExecutionError():
            place = cell_location(instance, cell, failed_line("\n".join(fault.traceback)))
            return error("RK401", f"a cell failed: {fault.ename}: {fault.evalue}", place, opens)
        case CellTimeoutError():
            hint = f"`reportkit: timeout:` in `_quarto.yml` sets the limit; {opens}"
            return error("RK403", f"a cell ran longer than {timeout} s", place, hint)
        case NotebookEndedError():
            hint = f"leave `exit()` out: every cell of a chapter must run; {opens}"
            return error("RK404", "a cell ended the notebook", place, hint)
        case DeadKernelError():
            hint = f"a cell that ends the process or uses up the memory does this; {opens}"
            return error("RK402", "the kernel died", place, hint)
    return error("RK405", f"the kernel did not start: {fault}", place)


def failed_line(traceback: str) -> int | None:
    """Return the line, from 1, at which a cell failed: of its own frames the innermost."""
    found = CELL_LINE.findall(traceback)
    return next((int(line) for cell, line in reversed(found) if cell == found[0][0]), None)


def cell_location(instance: Instance, cell: int | None, line: int | None) -> Location:
    """Return the place of a line (from 1) of a cell (index in the instance) as its author counts."""
    found = instance.cells[cell] if cell is not None else None
    if found is None or not found.lines:
        return Location(instance.chapter, instance=instance.described)
    place = found.lines[min((line or 1), len(found.lines)) - 1].location(instance.described)
    return place if line is not None or place.cell is None else replace(place, line=None)
