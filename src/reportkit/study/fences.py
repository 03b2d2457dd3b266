"""Fenced code in Markdown: where it begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

OPENING = re.compile(r"^\s*(?P<ticks>`{3,}(?=[^`]*$)|~{3,})\s*(?P<info>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: the index of its opening line, the one after its last line, its info string."""

    start: int
    end: int
    info: str
    closed: bool

    @property
    def inside(self) -> slice:
        """The lines between the fences."""
        return slice(self.start + 1, self.end - 1 if self.closed else self.end)


def find_fences(lines: Sequence[str]) -> Iterator[Fence]:
    """Yield the fenced blocks in order; one that is never closed reaches to the end."""
    opening: re.Match[str] | None = None
    start = 0
    for index, line in enumerate(lines):
        if opening is None:
            opening, start = OPENING.match(line), index
        elif _closes(line, opening["ticks"]):
            yield Fence(start, index + 1, opening["info"], closed=True)
            opening = None
    if opening is not None:
        yield Fence(start, len(lines), opening["info"], closed=False)


def outside_fences(lines: Sequence[str]) -> list[bool]:
    """Return for each line whether it is prose; fences and what they hold are not."""
    outside = [True] * len(lines)
    for fence in find_fences(lines):
        outside[fence.start : fence.end] = [False] * (fence.end - fence.start)
    return outside


def _closes(line: str, ticks: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(ticks) and not bare.strip(ticks[0])
