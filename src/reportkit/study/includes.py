"""Includes: `{{< include path >}}` on a line of its own becomes the lines and code cells of that file.

Within code that is not run it becomes the text of any file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from reportkit.errors import Diagnostic, Location, did_you_mean, error
from reportkit.model.study import Cell, Code, Line, Prose, Scalar, decode
from reportkit.study.fences import find_fences
from reportkit.study.files import Files
from reportkit.study.shortcodes import INCLUDE

PARAMETER = re.compile(r"\{([^{}]*)\}")

# Returns the cells of a partial, whose path has been checked.
ReadPartial = Callable[[str], Sequence[Cell]]
PARTIALS = (".md", ".qmd")


@dataclass
class Expansion:
    """Expands the includes of one instance; collects the partials it met and what is wrong."""

    files: Files
    read: ReadPartial
    parameters: Mapping[str, Scalar]
    instance: str | None
    partials: dict[str, None] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def expand(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """Return the cells with those of included files in the place of includes."""
        return tuple(made for cell in cells for made in self._cell(cell))

    def _cell(self, cell: Cell) -> list[Cell]:
        if not isinstance(cell, Prose) or not any("{{<" in line.text for line in cell.lines):
            return [cell]
        parts = self._parts(cell.lines, (cell.lines[0].file,))
        made: list[Cell] = []
        for _, run in groupby(parts, lambda part: isinstance(part, Line)):
            found = list(run)
            lines = tuple(part for part in found if isinstance(part, Line))
            made += [Prose(lines)] if lines else [part for part in found if isinstance(part, Code)]
        return made or [Prose(())]

    def _parts(self, lines: Sequence[Line], within: tuple[str, ...]) -> Iterator[Line | Code]:
        """Yield the lines with those of included files in their place, and their code cells."""
        fences = list(find_fences([line.text for line in lines]))
        for number, line in enumerate(lines):
            fence = next((one for one in fences if one.start <= number < one.end), None)
            include = None if fence and "shortcodes=" in fence.info else INCLUDE.fullmatch(line.text)
            if include is None:
                yield line
            else:
                yield from self._included(include["path"].strip("\"'"), line, within, fence is not None)

    def _included(self, written: str, line: Line, within: tuple[str, ...], is_code: bool) -> Iterator[Line | Code]:
        place = line.location(self.instance if "{" in written else None)
        path = self._path(written, line, place)
        if path is None:
            return
        fault = self._fault(path, place, within, is_code)
        text = decode(self.files.read(path), path) if is_code and fault is None else ""
        if fault is not None or isinstance(text, Diagnostic):
            self.faults.extend(found for found in (fault, text) if isinstance(found, Diagnostic))
        elif is_code:
            yield from (Line(one, path, number) for number, one in enumerate(text.removesuffix("\n").split("\n"), 1))
        else:
            yield from self._partial(path, within)

    def _partial(self, path: str, within: tuple[str, ...]) -> Iterator[Line | Code]:
        self.partials[path] = None
        for cell in self.read(path):
            yield from self._parts(cell.lines, (*within, path)) if isinstance(cell, Prose) else [cell]

    def _path(self, written: str, line: Line, place: Location) -> str | None:
        unknown = [name for name in PARAMETER.findall(written) if name not in self.parameters]
        for name in unknown:
            hint = did_you_mean(name, self.parameters)
            self.faults.append(error("RK119", f"include names the unknown parameter `{name}`", place, hint))
        if unknown:
            return None
        path = PARAMETER.sub(lambda match: str(self.parameters[match[1]]), written)
        base = "" if path.startswith("/") else posixpath.dirname(line.file)
        return posixpath.normpath(posixpath.join(base, path.removeprefix("/")))

    def _fault(self, path: str, place: Location, within: tuple[str, ...], is_code: bool) -> Diagnostic | None:
        fault = self.files.fault(path, "included file", place)
        if fault is not None or is_code:
            return fault
        if not path.endswith(PARTIALS):
            return error("RK119", f"`{path}` cannot be included; only `.md` and `.qmd` files can", place)
        if path in within:
            circle = " → ".join(f"`{file}`" for file in (*within[within.index(path) :], path))
            return error("RK118", f"includes go in a circle: {circle}", place)
        return None
