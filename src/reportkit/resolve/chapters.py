"""A chapter on its way through the stage: its instance, its blocks, what was found wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from reportkit.errors import Diagnostic, Location
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

    @property
    def place(self) -> Location:
        """The place of the chapter as a whole."""
        return Location(self.instance.chapter, instance=self.instance.described)

    def lines(self) -> Iterator[Line]:
        """Yield the lines that hold Markdown: prose, and the options of code cells."""
        for cell in self.instance.cells:
            yield from cell.option_lines.values() if isinstance(cell, Code) else cell.lines

    def mentions(self, *marks: str) -> bool:
        """Return whether a line holds one of these marks: what is nowhere written needs no walk over the tree."""
        return any(mark in line.text for line in self.lines() for mark in marks)

    def locate(self, pattern: str) -> Location:
        """Return the place of the first line that matches, or the chapter's if none does."""
        return self.places(pattern)[0]

    def places(self, pattern: str) -> list[Location]:
        """Return the place of each line that matches, or the chapter's if none does."""
        return list(self.locate_all(pattern)) or [self.place]

    def locate_all(self, pattern: str) -> Iterator[Location]:
        """Yield the place of each line that matches."""
        wanted = re.compile(pattern)
        return (line.location(self.instance.described) for line in self.lines() if wanted.search(line.text))

    def code_cell(self, index: int) -> Code | None:
        """Return a code cell by its index, or None if no code cell has it."""
        cell = self.instance.cells[index] if 0 <= index < len(self.instance.cells) else None
        return cell if isinstance(cell, Code) else None

    def cell_location(self, index: int) -> Location:
        """Return the place of a code cell by its index."""
        cell = self.instance.cells[index]
        options = cell.option_lines.values() if isinstance(cell, Code) else ()
        place = next((line.location(self.instance.described) for line in (*options, *cell.lines)), self.place)
        return place if place.cell is None else Location(place.file, None, place.cell, place.instance)


Resolved = tuple[Chapter, list[Diagnostic]]


def each(
    chapters: Iterable[Chapter], resolve: Callable[[Chapter], Resolved], faults: list[Diagnostic]
) -> list[Chapter]:
    """Return every chapter resolved; what is wrong is added to `faults`."""
    done = [resolve(chapter) for chapter in chapters]
    faults.extend(fault for _, found in done for fault in found)
    return [chapter for chapter, _ in done]
