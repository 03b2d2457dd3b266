"""A chapter on its way through the stage: its instance, its blocks, what was found wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from reportkit.errors import Location
from reportkit.model.book import Blocks
from reportkit.model.execution import Result
from reportkit.model.study import Code, Instance, Line


@dataclass(frozen=True, slots=True)
class Chapter:
    """An instance with its document as resolved so far, and the result of its run if it has one."""

    instance: Instance
    blocks: Blocks
    result: Result | None

    def with_blocks(self, blocks: Blocks) -> Chapter:
        """Return the chapter with other blocks."""
        return replace(self, blocks=blocks)

    def lines(self) -> Iterator[Line]:
        """Yield the lines that hold Markdown: prose, and the options of code cells."""
        for cell in self.instance.cells:
            yield from cell.option_lines.values() if isinstance(cell, Code) else cell.lines

    def locate(self, pattern: str) -> Location:
        """Return the place of the first line that matches, or the chapter's if none does."""
        wanted = re.compile(pattern)
        found = (line for line in self.lines() if wanted.search(line.text))
        place = next((line.location(self.instance.described) for line in found), None)
        return place or Location(self.instance.chapter, instance=self.instance.described)

    def cell_location(self, index: int) -> Location:
        """Return the place of a code cell by its index."""
        cell = self.instance.cells[index]
        lines: list[Line] = [*(cell.option_lines.values() if isinstance(cell, Code) else ()), *cell.lines]
        place = lines[0].location(self.instance.described)
        if place.cell is None:
            return place
        return Location(place.file, None, place.cell, place.instance)
