"""What every chapter is split into, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from reportkit.errors import Diagnostic
from reportkit.model.study import PYTHON, Line

Faults = list[Diagnostic]
# What to do about code that does not run.
SHOWN = "`reportkit build --no-execute` shows it as code, with the outputs that a notebook holds"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of lines of one kind, `prose`, `code` or `raw`, with tags and language of its cell."""

    kind: str
    lines: tuple[Line, ...]
    tags: frozenset[str] = frozenset()
    language: str = PYTHON
