"""The messages of source files: units of their prose, captions and alt texts."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from typing import Any

from reportkit.model.book import Blocks, Node
from reportkit.model.markdown import READER_FORMAT, TEXT_OPTIONS, chapter_markdown, option_texts, read_blocks
from reportkit.model.messages import PLACEHOLDER, Unit, describe, find_units, write_msgids
from reportkit.model.study import Cell, Code, Line, Prose, SourceFile
from reportkit.process import Pandoc
from reportkit.translate.message import Message

INCLUDE = re.compile(r"\s*\{\{<\s*include\s.*>\}\}\s*")
WORD = re.compile(r"\w+")
# So many words and pieces of markup find a unit in its file again.
ENOUGH = 8
BETWEEN_WORDS = r"[\W_]+?"
# What follows a link, value or footnote mark in its paragraph: target, attributes or name.
MARKUP = r"(?s:(?!\n\n).){0,200}?"


def prose_messages(sources: Sequence[SourceFile], options: Mapping[str, Any], pandoc: Pandoc) -> list[list[Message]]:
    """Return the messages of each source file; `options` are the book's."""
    units = [
        [unit for unit in find_units(blocks) if unit.is_message] for blocks in read_sources(sources, options, pandoc)
    ]
    msgids = write_msgids(units, pandoc)
    return [_located(*one) for one in zip(sources, units, msgids, strict=True)]


def read_sources(sources: Iterable[SourceFile], options: Mapping[str, Any], pandoc: Pandoc) -> list[Blocks]:
    """Return source files as pandoc reads them, each by itself, lines with an include left empty."""
    texts = [chapter_markdown(map(_without_includes, source.cells), options) for source in sources]
    replies = pandoc([{"op": "read", "text": text, "format": READER_FORMAT} for text in texts])
    return [read_blocks(reply, options) for reply in replies]


def _without_includes(cell: Cell) -> Cell:
    if isinstance(cell, Code):
        return cell
    return Prose(tuple(replace(line, text="") if INCLUDE.fullmatch(line.text) else line for line in cell.lines))


def _located(source: SourceFile, units: Sequence[Unit], msgids: Sequence[str]) -> list[Message]:
    places = _Places(source)
    return [Message(msgid, places.find(unit), unit) for unit, msgid in zip(units, msgids, strict=True)]


class _Places:
    """Finds the line where a unit begins; pandoc does not tell, so its first words are looked for, in order."""

    def __init__(self, source: SourceFile) -> None:
        shown = list(shown_lines(source.cells))
        self._lines = [line for _, line in shown]
        self._text = "\n".join(text for text, _ in shown)
        self._starts = [0, *accumulate(len(text) + 1 for text, _ in shown)][: len(shown)]
        self._after = 0

    def find(self, unit: Unit) -> Line:
        """Return the line where a unit's words stand: after the last unit's, else anywhere, else the last unit's."""
        pattern = re.compile(_opening(unit))
        match = pattern.search(self._text, self._after) or pattern.search(self._text)
        if match:
            self._after = match.end()
        return self._lines[bisect_right(self._starts, match.start() if match else self._after) - 1]


def shown_lines(cells: Iterable[Cell]) -> Iterator[tuple[str, Line]]:
    """Yield the text that readers see, line by line: prose, captions and alt texts, inline expressions marked."""
    for cell in cells:
        if isinstance(cell, Prose):
            yield from ((line.text, line) for line in cell.lines)
        else:
            named = {name for names in TEXT_OPTIONS.values() for name in names} | {"code-summary"}
            shown = [name for name in cell.option_lines if name in named]
            yield from ((text, cell.option_lines[name]) for name in shown for text in option_texts(cell, [name]))


def _opening(unit: Unit) -> str:
    """Return the pattern of a unit's first words as its author wrote them."""
    words = "".join(islice(_words(unit.text, unit.parts), ENOUGH))
    return r"(?<!\w)" + words.removeprefix(MARKUP).removesuffix(MARKUP).removesuffix(BETWEEN_WORDS)


def _words(node: Any, parts: Sequence[Node]) -> Iterator[str]:
    """Yield the words of a tree as patterns, each with what stands after it."""
    if isinstance(node, list):
        for item in node:
            yield from _words(item, parts)
    elif isinstance(node, dict) and node["t"] == "Str":
        for piece in re.split(r"(\{\d+\})", node["c"]):
            number = PLACEHOLDER.fullmatch(piece)
            written = _written(parts[int(number[1]) - 1]) if number else piece
            yield from (re.escape(word) + BETWEEN_WORDS for word in WORD.findall(written))
            if number:
                yield MARKUP
    elif isinstance(node, dict) and "c" in node:
        yield from _words(node["c"], parts)
        if node["t"] in {"Link", "Span"}:
            yield MARKUP


def _written(part: Node) -> str:
    """Return what the author wrote for a protected part, as far as its words are known."""
    return "" if part["t"] in {"Image", "Note"} else describe(part)
