"""The files of prose of a study: each is read, split into cells and checked once, however often it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportkit.errors import error
from reportkit.model.study import Cell, Prose, SourceFile, decode
from reportkit.study.cells import read_chapter, read_partial
from reportkit.study.config import CHAPTERS, ChapterSpec
from reportkit.study.expressions import Marking
from reportkit.study.files import Files
from reportkit.study.metadata import folder_tree
from reportkit.study.pieces import Faults
from reportkit.study.shortcodes import check_shortcodes

Read = Callable[[str, str, Faults], tuple[Cell, ...]]


@dataclass
class Sources:
    """Chapters and partials by path, in the order of their first use; inline expressions as they were written.

    `metadata` is the front matter of the chapters.
    """

    files: Files
    faults: Faults
    cells: dict[str, tuple[Cell, ...]] = field(default_factory=dict)
    metadata: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def has(self, chapter: ChapterSpec) -> bool:
        """Whether a chapter can be read; if not, that is a fault."""
        place = chapter.place
        fault = self.files.fault(chapter.path, "chapter", place)
        if fault is None and not chapter.path.endswith(CHAPTERS):
            known = ", ".join(f"`{ending}`" for ending in CHAPTERS)
            fault = error("RK106", f"chapter `{chapter.path}` must end in one of {known}", place)
        if fault is not None:
            self.faults.append(fault)
        return fault is None

    def chapter(self, path: str) -> tuple[Cell, ...]:
        """Return the cells of a chapter that is there."""
        return self._cells(path, self._read_chapter)

    def _read_chapter(self, path: str, text: str, faults: Faults) -> tuple[Cell, ...]:
        defaults = folder_tree(self.files, path, faults)
        cells, self.metadata[path] = read_chapter(path, text, faults, defaults)
        return cells

    def partial(self, path: str) -> Sequence[Cell]:
        """Return the cells of a partial, whose path has been checked."""
        return self._cells(path, read_partial)

    def source_files(self) -> tuple[SourceFile, ...]:
        """Return all files used so far, inline expressions marked by their number in the file."""
        return tuple(self._source_file(path, cells) for path, cells in self.cells.items())

    def _cells(self, path: str, read: Read) -> tuple[Cell, ...]:
        if path not in self.cells:
            text = decode(self.files.read(path), path)
            if isinstance(text, str):
                self.cells[path] = read(path, text, self.faults)
            else:
                self.faults.append(text)
                self.cells[path] = ()
        return self.cells[path]

    def _source_file(self, path: str, cells: tuple[Cell, ...]) -> SourceFile:
        marking = Marking()
        marked = marking.mark(cells)
        self.faults.extend(marking.faults)
        for cell in cells:
            self.faults.extend(check_shortcodes(cell.lines) if isinstance(cell, Prose) else ())
        return SourceFile(path, marked, self.files.digest(path))
