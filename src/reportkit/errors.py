"""What reportkit tells its users when something is wrong.

A fault is data: a `Diagnostic`. A stage collects all of its faults and raises one `ReportkitError`
holding them; only the command line catches and prints it.

    ReportkitError
    ├── StudyError        the study on disk is not well formed      exit status 2
    ├── DataError         a table breaks its schema                 exit status 3
    ├── ExecutionError    an instance did not run to its end        exit status 4
    ├── ResolveError      labels, citations, values, translations   exit status 5
    ├── CompileError      pandoc or Typst refused a document        exit status 6
    └── VerifyError       a build differs from `editions.lock`      exit status 7
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic matters: an error fails the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a fault is: a file of the study (relative path), with its line, cell and instance if known.

    `cell` counts a notebook's cells from 1, as Jupyter shows them; `line` counts within the cell for
    notebooks and within the file otherwise.
    """

    file: str
    line: int | None = None
    cell: int | None = None
    instance: str | None = None

    def __str__(self) -> str:
        parts = [self.file if self.line is None or self.cell is not None else f"{self.file}:{self.line}"]
        if self.cell is not None:
            parts.append(f"cell {self.cell}")
            if self.line is not None:
                parts.append(f"line {self.line}")
        return ", ".join(parts) + (f" ({self.instance})" if self.instance else "")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: a stable code (`RK301`), what is wrong, where, and how to mend it; `also` are others like it."""

    code: str
    severity: Severity
    message: str
    location: Location | None = None
    hint: str | None = None
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.severity}[{self.code}]: {self.message}"]
        if self.location is not None:
            lines.append(f"  --> {self.location}")
        if self.hint is not None:
            lines.append(f"  hint: {self.hint}")
        lines += [f"  {'also:' if not at else '     '} {other}" for at, other in enumerate(self.also)]
        return "\n".join(lines)


def error(code: str, message: str, location: Location | None = None, hint: str | None = None) -> Diagnostic:
    """Return a diagnostic that fails the build."""
    return Diagnostic(code, Severity.ERROR, message, location, hint)


def warning(code: str, message: str, location: Location | None = None, hint: str | None = None) -> Diagnostic:
    """Return a diagnostic that is printed and does not fail the build."""
    return Diagnostic(code, Severity.WARNING, message, location, hint)


def did_you_mean(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the hint that names the candidate nearest to a mistyped word, if one is as like it (0 to 1) at least."""
    near = get_close_matches(word, sorted(set(candidates)), n=1, cutoff=likeness)
    return f"did you mean `{near[0]}`?" if near else None


class ReportkitError(Exception):
    """Faults that end a build; holds every diagnostic of the stage that found them.

    `before` is how many warnings were told before.
    """

    exit_status = 1
    before = 0

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        # What ended the build comes first.
        self.diagnostics = tuple(sorted(diagnostics, key=lambda found: found.severity is Severity.WARNING))
        super().__init__("\n".join(map(str, self.diagnostics)))


class StudyError(ReportkitError):
    """The study on disk is not well formed."""

    exit_status = 2


class DataError(ReportkitError):
    """A table of the study breaks its schema."""

    exit_status = 3


class ExecutionError(ReportkitError):
    """An instance did not run to its end."""

    exit_status = 4


class ResolveError(ReportkitError):
    """A label, citation, value or translation cannot be resolved."""

    exit_status = 5


class CompileError(ReportkitError):
    """A writer refused a document."""

    exit_status = 6


class VerifyError(ReportkitError):
    """A build differs from `editions.lock`."""

    exit_status = 7


# What Quarto lets pass and a plain Quarto book may therefore do: unknown keys, fonts that are not here, references that
# lead nowhere, headings out of order, pictures without a text, a label for several figures or none, widgets, variables
# that are not there.
FORGIVEN = frozenset(
    {"RK102", "RK133", "RK320", "RK323", "RK324", "RK326", "RK327", "RK330", "RK331", "RK332", "RK338"}
)
NAMED = re.compile(r"`[^`]*`")
# What differs in messages that say the same of several things.
VARYING = re.compile(rf" ?{NAMED.pattern}|\d+")


def forgiven(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the faults of a plain Quarto book: what Quarto lets pass are warnings, and what they say is said once."""
    alike: dict[object, list[Diagnostic]] = {}
    for found in dict.fromkeys(diagnostics):
        if found.code == "RK114":
            continue  # RK330 tells of the picture itself
        is_warning = found.severity is Severity.WARNING or found.code in FORGIVEN
        kind = (found.code, VARYING.sub("", found.message), found.hint) if is_warning else found
        alike.setdefault(kind, []).append(replace(found, severity=Severity.WARNING) if is_warning else found)
    in_order = (sorted(found, key=_position) for found in alike.values())
    return [replace(first, also=tuple(filter(None, map(_also, others)))) for first, *others in in_order]


def _position(fault: Diagnostic) -> tuple[str, int, int]:
    place = fault.location or Location("")
    return place.file, place.cell or 0, place.line or 0


def _also(fault: Diagnostic) -> str:
    """Return what a further fault names, and where."""
    name = NAMED.search(fault.message)
    return " ".join(([name[0]] if name else []) + ([f"({fault.location})"] if fault.location else []))


def raise_errors(kind: type[ReportkitError], diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Raise `kind` with all diagnostics if one of them is an error, else return them (warnings)."""
    found = tuple(dict.fromkeys(diagnostics))
    if any(item.severity is Severity.ERROR for item in found):
        raise kind(found)
    return found
