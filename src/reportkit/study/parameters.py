"""The parameters that `_quarto.yml` gives a chapter against those that its `parameters` cell names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from reportkit.errors import Diagnostic, did_you_mean, error
from reportkit.model.study import Cell, Code
from reportkit.study.config import ChapterParameters


def check_parameters(chapter: str, cells: Sequence[Cell], parameters: ChapterParameters) -> Iterator[Diagnostic]:
    """Yield what is wrong with the parameters given to a chapter; one without cells has its faults already."""
    if not cells or not parameters:
        return
    cell = next((cell for cell in cells if isinstance(cell, Code) and "parameters" in cell.tags), None)
    if cell is None:
        place = next(iter(parameters.values())).place
        names = ", ".join(f"`{name}`" for name in parameters)
        hint = f"tag the cell that assigns {names} with `parameters`"
        yield error("RK120", f"chapter `{chapter}` has no `parameters` cell", place, hint)
        return
    try:
        known = set(_assigned(ast.parse(cell.text)))
    except SyntaxError as fault:
        line = cell.lines[min(fault.lineno or 1, len(cell.lines)) - 1]
        yield error("RK120", f"the `parameters` cell is not Python: {fault.msg}", line.location())
        return
    for name, spec in parameters.items():
        if name not in known:
            message = f"the `parameters` cell of `{chapter}` does not name `{name}`"
            yield error("RK121", message, spec.place, did_you_mean(name, known))


def _assigned(module: ast.Module) -> Iterator[str]:
    for statement in module.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for target in targets:
                yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
