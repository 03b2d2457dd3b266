"""What a failed run tells its author: instance, cell, line, and nothing of reportkit's own frames."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from reportkit.errors import Diagnostic, Location, error
from reportkit.execute.engine import LARGEST_OUTPUT, OutputTooLargeError
from reportkit.execute.notebook import NotebookEndedError, RefusedReadError
from reportkit.model.study import Instance, Study

CELL_LINE = re.compile(r"Cell In\[(\d+)\], line (\d+)")
MODULE_LINE = re.compile(r"^File (.+?):(\d+),? in ", re.MULTILINE)
# What a run can end with; anything else is a fault of the machine or of reportkit.
FAULTS = (PapermillExecutionError, CellTimeoutError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that failed: the fault (one of `FAULTS`), its instance, the cell started last, where it is kept."""

    fault: Exception
    study: Study
    instance: Instance
    cell: int | None
    kept: Path

    def explain(self) -> Diagnostic:
        """Return the diagnostic: which cell, why, how to mend it, how to open the partial notebook."""
        code, message, hint = self._told()
        line = failed_line("\n".join(self.fault.traceback)) if isinstance(self.fault, PapermillExecutionError) else None
        cell = self.fault.cell if isinstance(self.fault, RefusedReadError) else self.cell
        opens = f"the notebook up to the failure is `{self.kept}`; `jupyter lab {self.kept}` opens it"
        place = cell_location(self.instance, cell, line)
        return error(code, message, place, "; ".join(filter(None, [hint, opens])))

    def _told(self) -> tuple[str, str, str | None]:
        fault, options = self.fault, self.study.options
        match fault:
            case PapermillExecutionError(ename="RefusedError"):
                return "RK407", f"a cell asked for {fault.evalue}", None
            case PapermillExecutionError() if "MemoryError" in fault.ename and "reportkit.memory" in options:
                limit = options["reportkit.memory"]
                return "RK408", f"a cell needs more memory than {limit} MB", _sets("memory")
            case PapermillExecutionError():
                return "RK401", f"a cell failed: {fault.ename}: {fault.evalue}", self._frames(fault)
            case RefusedReadError():
                return "RK407", f"a cell asked for {fault}", None
            case CellTimeoutError():
                return "RK403", f"a cell ran longer than {options['reportkit.timeout']} s", _sets("timeout")
            case NotebookEndedError():
                return "RK404", "a cell ended the notebook", "leave `exit()` out: every cell of a chapter must run"
            case DeadKernelError():
                return "RK402", "the kernel died", "a cell that ends the process or uses up the memory does this"
            case OutputTooLargeError():
                message = f"a cell printed or showed more than {LARGEST_OUTPUT // 1_000_000} MB"
                return "RK411", message, "print less, or write it to a file below `_build`"
        return "RK405", f"the kernel did not start: {fault}", _sets("start-timeout")

    def _frames(self, fault: PapermillExecutionError) -> str | None:
        """Return where in the study's own modules the fault was raised, if it was there."""
        found = MODULE_LINE.findall("\n".join(fault.traceback))
        root = self.study.root.resolve()
        own = [(Path(path).expanduser(), line) for path, line in found]
        frames = [f"`{path.relative_to(root)}:{line}`" for path, line in own if path.is_relative_to(root)]
        return (
            f"raised in {frames[-1]}" + "".join(f", called from {frame}" for frame in reversed(frames[:-1]))
            if frames
            else None
        )


def _sets(key: str) -> str:
    return f"`reportkit: {key}:` in `_quarto.yml` sets the limit"


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
