"""What a translator gets to see of one text."""

from __future__ import annotations

from dataclasses import dataclass

from reportkit.model.messages import Unit, describe
from reportkit.model.study import Line


@dataclass(frozen=True, slots=True)
class Message:
    """A text to translate and the line where it begins.

    `unit` is what a message of the prose was written from; labels of code and data have none: they are plain text.
    """

    msgid: str
    line: Line
    unit: Unit | None = None

    @property
    def place(self) -> tuple[int, int]:
        """The cell and line, to sort by."""
        return self.line.cell or 0, self.line.number

    @property
    def reference(self) -> tuple[str, int]:
        """File and line as a PO file names them; the lines of a notebook count in their cell."""
        file = self.line.file if self.line.cell is None else f"{self.line.file}#cell-{self.line.cell}"
        return file, self.line.number

    @property
    def comments(self) -> list[str]:
        """What the placeholders stand for."""
        parts = self.unit.parts if self.unit else ()
        return [f"{{{number}}} = {describe(part)}" for number, part in enumerate(parts, 1)]
