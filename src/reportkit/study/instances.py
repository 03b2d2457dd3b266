"""Fan-out: a chapter and its parameters become instances."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from reportkit.errors import Diagnostic, error
from reportkit.model.study import Cell, Code, Instance, Prose, Scalar
from reportkit.study.config import CHAPTERS, ChapterParameters, ChapterSpec
from reportkit.study.expressions import Marking
from reportkit.study.includes import Expansion
from reportkit.study.slugs import slug
from reportkit.study.sources import Sources

HEADING = re.compile(r"#+\s+(.*?)\s*(\{[^{}]*\})?\s*$")


def fan_out(
    chapters: Sequence[ChapterSpec], parameters_of: Mapping[str, ChapterParameters], sources: Sources
) -> tuple[Instance, ...]:
    """Return the instances of chapters in their order; two that make the same page are a fault."""
    made: dict[str, Instance] = {}
    for chapter in chapters:
        for parameters in _combinations(parameters_of.get(chapter.path, {})):
            instance = _instance(chapter, parameters, sources)
            other = made.setdefault(instance.name, instance)
            if other is not instance:
                sources.faults.append(_clash(chapter, instance, other))
    return tuple(made.values())


def _combinations(parameters: ChapterParameters) -> Iterator[Mapping[str, Scalar]]:
    """Yield every set of values, the last parameter changing fastest; one empty set without parameters."""
    for values in product(*(spec.values for spec in parameters.values())):
        yield dict(zip(parameters, values, strict=True))


def _instance(chapter: ChapterSpec, parameters: Mapping[str, Scalar], sources: Sources) -> Instance:
    suffix = "".join(f"-{slug(value)}" for value in parameters.values())
    name = posixpath.splitext(posixpath.basename(chapter.path))[0] + suffix
    part, own = _part(chapter, sources)
    bare = Instance(name, chapter.path, parameters, suffix, (), (), (), part, chapter.appendix)
    expansion = Expansion(sources.files, sources.partial, parameters, bare.described)
    marking = Marking()
    cells = marking.mark(expansion.expand(sources.chapter(chapter.path)))
    cells = cells if parameters else tuple(map(_shown, cells))
    sources.faults.extend(expansion.faults)
    return replace(
        bare,
        cells=cells,
        expressions=tuple(marking.expressions),
        files=(chapter.path, *expansion.partials),
        metadata={**sources.metadata.get(chapter.path, {}), **own},
    )


def _shown(cell: Cell) -> Cell:
    """Return a cell of a chapter without parameters, in which the cell that names them is one like others."""
    return replace(cell, tags=cell.tags - {"parameters"}) if isinstance(cell, Code) else cell


def _part(chapter: ChapterSpec, sources: Sources) -> tuple[str | None, Mapping[str, Any]]:
    """Return the title of a chapter's part, and what holds for the chapter if it opens the part: it has no number."""
    if chapter.part is None or not chapter.part.endswith(CHAPTERS):
        return chapter.part, {}
    cells = sources.chapter(chapter.part)
    headings = (HEADING.match(line.text) for cell in cells if isinstance(cell, Prose) for line in cell.lines)
    title = next((heading[1] for heading in headings if heading), chapter.part)
    return title, {"number-sections": False, "opens-part": True} if chapter.part == chapter.path else {}


def _clash(chapter: ChapterSpec, instance: Instance, other: Instance) -> Diagnostic:
    first, second = (f"`{one.chapter}`" + (f" ({one.described})" if one.described else "") for one in (other, instance))
    return error("RK122", f"{first} and {second} both make the page `{instance.name}`", chapter.place)
