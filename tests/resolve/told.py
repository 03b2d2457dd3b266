"""What resolving a small book tells its author."""

from __future__ import annotations

from collections.abc import Mapping

from compile.sample import instance, prose, resolve, study
from reportkit.errors import Diagnostic, ResolveError
from reportkit.model.execution import Result
from reportkit.model.study import Study


def faults(made: Study, results: Mapping[str, Result] | None = None) -> list[Diagnostic]:
    """Return the errors of a study, all of them; none if it resolves."""
    try:
        resolve(made, results)
    except ResolveError as told:
        return list(told.diagnostics)
    return []


def told(made: Study, results: Mapping[str, Result] | None = None) -> list[tuple[str, str]]:
    """Return the code and place of each error."""
    return [(fault.code, str(fault.location)) for fault in faults(made, results)]


def book_of(*texts: str) -> Study:
    """Return a study of chapters `one.md`, `two.md`, ..."""
    names = ("one", "two", "three")
    return study(*(instance(name, prose(text, f"{name}.md")) for name, text in zip(names, texts, strict=False)))
