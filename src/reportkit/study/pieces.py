"""What every chapter is split into, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from reportkit.errors import Diagnostic
from reportkit.model.study import Line

Faults = list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of lines of one kind, `prose`, `code` or `raw`, with the tags of its cell."""

    kind: str
    lines: tuple[Line, ...]
    tags: frozenset[str] = frozenset()
