"""What is wrong with the text whatever the cells show: told before anybody waits for them."""

from __future__ import annotations

import re

from reportkit.errors import NAMED, Diagnostic, ResolveError, raise_errors
from reportkit.model.execution import Execution
from reportkit.model.study import Code, Study
from reportkit.process import Pandoc
from reportkit.resolve import resolve_edition

# Citations, labels given twice, links to files, headings, pictures of the text, footnotes, divisions, variables.
CODES = frozenset(
    {"RK301", "RK302", "RK303", "RK305", "RK306", "RK322", "RK323", "RK326", "RK327", "RK328", "RK333", "RK335"}
    | {"RK336", "RK338"}
)
UNKNOWN_LABEL = "RK320"
# Code that may print Markdown with labels of its own.
PRINTS_LABELS = re.compile(r"\{#|:::|Markdown")


def check_text(study: Study, blank: Execution, pandoc: Pandoc) -> None:
    """Raise `ResolveError` with what is wrong with the text; `blank` has something for each cell with a label."""
    try:
        resolve_edition(study, study.editions[0], blank, pandoc)
    except ResolveError as fault:
        cells = [cell for one in study.instances for cell in one.cells if isinstance(cell, Code)]
        raise_errors(ResolveError, [found for found in fault.diagnostics if _is_certain(found, cells)])


def _is_certain(fault: Diagnostic, cells: list[Code]) -> bool:
    if fault.code != UNKNOWN_LABEL:
        return fault.code in CODES
    name = NAMED.search(fault.message)
    label = name[0].strip("`") if name else ""
    made = tuple(cell.label for cell in cells if cell.label)
    # The parts of a figure have labels that begin with its own.
    return not label.startswith(made) and not any(PRINTS_LABELS.search(cell.text) for cell in cells)
