"""An instance as one Markdown text, as pandoc reads it.

One text, because a division or a list may span cells and a footnote may be defined in a later one. Where a code
cell's outputs belong stands a division of class `cell` that tells its index, its label, caption and alt text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reportkit.model.study import Cell, Code

READER_FORMAT = "markdown"
CAPTIONS = ("fig-cap", "tbl-cap", "lst-cap")
ALTERNATIVES = ("fig-alt",)


def chapter_markdown(cells: Iterable[Cell], options: Mapping[str, Any]) -> str:
    """Return the Markdown of cells; `options` are the book's (`execute.echo`, true by default, as in Quarto)."""
    return "\n\n".join(_cell(index, cell, options) for index, cell in enumerate(cells))


def _cell(index: int, cell: Cell, options: Mapping[str, Any]) -> str:
    if not isinstance(cell, Code):
        return cell.text
    if cell.options.get("include", options.get("execute.include", True)) is False:
        return ""
    label = f' label="{cell.label}"' if cell.label else ""
    return "\n".join([f'::: {{.cell n="{index}"{label}}}', *_parts(cell, options), ":::"])


def _parts(cell: Code, options: Mapping[str, Any]) -> Iterator[str]:
    yield from _division("caption", _first(cell, CAPTIONS))
    yield from _division("alt", _first(cell, ALTERNATIVES))
    # The cell that names the parameters is about the build, not about the study.
    if cell.options.get("echo", options.get("execute.echo", True)) is not False and "parameters" not in cell.tags:
        fence = "`" * max(3, _longest_run(cell.text) + 1)
        yield f"{fence} {{.python}}\n{cell.text}\n{fence}"


def _division(name: str, text: str | None) -> Iterator[str]:
    if text:
        yield f"::: {{.{name}}}\n{text}\n:::"


def _first(cell: Code, names: Iterable[str]) -> str | None:
    found = [" ".join(str(cell.options[name]).split()) for name in names if cell.options.get(name)]
    return found[0] if found else None


def _longest_run(text: str) -> int:
    runs = "".join(letter if letter == "`" else " " for letter in text).split()
    return max(map(len, runs), default=0)
