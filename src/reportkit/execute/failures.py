"""What a failed run tells its author: instance, cell, line, and nothing of reportkit's own frames."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from reportkit.errors import Diagnostic, Location, error
from reportkit.model.study import Code, Instance

CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


def cell_failed(instance: Instance, cell: int | None, fault: str, traceback: str, kept: Path) -> Diagnostic:
    """Return the diagnostic for an exception in a cell; `cell` is its index in the instance."""
    found = CELL_LINE.findall(traceback)
    location = cell_location(instance, cell, int(found[-1]) if found else None)
    return error("RK401", f"a cell failed: {fault}", location, partial_hint(kept))


def kernel_died(instance: Instance, cell: int | None, kept: Path) -> Diagnostic:
    """Return the diagnostic for a kernel that ended while a cell ran."""
    hint = f"a cell that ends the process or uses up the memory does this; {partial_hint(kept)}"
    return error("RK402", "the kernel died", cell_location(instance, cell, None), hint)


def notebook_ended(instance: Instance, cell: int | None, kept: Path) -> Diagnostic:
    """Return the diagnostic for a cell that ended the notebook before its end."""
    hint = f"leave `exit()` out: every cell of a chapter must run; {partial_hint(kept)}"
    return error("RK404", "a cell ended the notebook", cell_location(instance, cell, None), hint)


def timed_out(instance: Instance, cell: int | None, seconds: int | None, kept: Path) -> Diagnostic:
    """Return the diagnostic for a cell that took longer than the study allows."""
    hint = f"`reportkit: timeout:` in `_quarto.yml` sets the limit; {partial_hint(kept)}"
    return error("RK403", f"a cell ran longer than {seconds} s", cell_location(instance, cell, None), hint)


def partial_hint(kept: Path) -> str:
    """Return the hint that says how to look at what the run did until it failed."""
    return f"the notebook up to the failure is `{kept}`; `jupyter lab {kept}` opens it"


def cell_location(instance: Instance, cell: int | None, line: int | None) -> Location:
    """Return the place of a line (from 1) of a code cell (index in the instance) as its author counts."""
    code = instance.cells[cell] if cell is not None else None
    if not isinstance(code, Code) or not code.lines:
        return Location(instance.chapter, instance=instance.described)
    at = code.lines[min((line or 1), len(code.lines)) - 1]
    place = at.location(instance.described)
    return place if line is not None or place.cell is None else replace(place, line=None)
