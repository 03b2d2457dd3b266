"""Marks of Markdown that have no effect; pandoc prints them, or closes them, without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reportkit.errors import Diagnostic, Location, did_you_mean, error, warning
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.model.study import Line
from reportkit.resolve.chapters import Chapter, Resolved

# Stands behind the text of a chapter. It is the last block, unless a division before it is never closed.
END = "`end`{.chapter}"
NOTE = re.compile(r"\[\^([^\]\s]+)\]")
DEFINITION = re.compile(r"^\s*\[\^([^\]\s]+)\]:")
DIVISION = re.compile(r"^:{3,}\s*(?P<name>.*?)[\s:]*$")
# What opens a division or a heading, unless pandoc reads it as text.
OPENING = re.compile(r"\s*(?P<mark>:{3,}(?=\s*[{\w])|#{2,6}(?=\s))")
# The line below the head of a table; what may hold bars that part no cells.
DELIMITER = re.compile(r"(?=.*\|)\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
WITH_BARS = re.compile(r"(`+).*?\1|\$[^$]*\$|\\.|<[^>]*>")
# How blocks of code and tables begin.
BLOCKS = ("```", "~~~", "|")
OPENING_HINT = "an empty line stands before it; within a list it is indented as far as the text of its item"
DIVISION_HINT = "a division opens with `::: {.name}` after a blank line, and closes with `:::`"


def check_marks(chapter: Chapter) -> Resolved:
    """Return a chapter without the mark of its end, and its marks without effect.

    They are footnotes that are never defined (RK335), divisions without beginning or end (RK336), inline expressions
    that are never closed (RK117), divisions, headings, tables and blocks of code that are read as text (RK344), and
    cells beyond the head of their table (RK345).
    """
    halves = list(_halves_of_divisions(chapter)) or list(_read_as_text(chapter))
    blocks = [*_blocks_as_text(chapter), *_faults_of_tables(chapter)]
    faults = [*_undefined_notes(chapter), *_open_expressions(chapter), *blocks, *halves]
    if chapter.blocks and _is_end(chapter.blocks[-1]):
        return chapter.with_blocks(chapter.blocks[:-1]), faults
    return chapter.with_blocks(ast.rewrite(chapter.blocks, lambda node: [] if _is_end(node) else node, "Para")), faults


def _undefined_notes(chapter: Chapter) -> Iterator[Diagnostic]:
    if not chapter.mentions("[^"):
        return
    defined = [found[1] for line in chapter.lines() if (found := DEFINITION.match(line.text))]
    for name in dict.fromkeys(name for text in _printed(chapter) for name in NOTE.findall(text)):
        hint = did_you_mean(name, defined) or f"write `[^{name}]: …` on a line of its own in this chapter"
        for place in chapter.locate_all(rf"(?<!\\)\[\^{re.escape(name)}\](?!:)"):
            yield error("RK335", f"footnote `{name}` is never defined", place, hint)


def _open_expressions(chapter: Chapter) -> Iterator[Diagnostic]:
    if chapter.mentions("`{python}") and any(text.startswith("`{python}") for text in _printed(chapter)):
        place = chapter.locate(r"`\{python\}[^`]*$")
        yield error("RK117", "an inline expression is never closed", place, "it ends with a backtick")


def _halves_of_divisions(chapter: Chapter) -> Iterator[Diagnostic]:
    for node in ast.nodes(chapter.blocks, "Div") if chapter.mentions(":::") else ():
        if any(name.startswith("{") for name in node["c"][0][1]):
            place = chapter.locate(r"^:{3,}\s*\{[^}]*$")
            yield error("RK336", "the `{` of a division is never closed", place, DIVISION_HINT)
    opened, closing = _unmatched(chapter)
    if not any(map(_is_end, chapter.blocks[-1:])):
        yield error("RK336", "a division is never closed", opened or chapter.place, DIVISION_HINT)
    elif closing and any(re.fullmatch(":{3,}", text) for text in _printed(chapter)):
        yield error("RK336", "`:::` closes nothing", closing, DIVISION_HINT)


def _unmatched(chapter: Chapter) -> tuple[Location | None, Location | None]:
    """Return where a division opens that is never closed, and where one is closed that never opened."""
    opened: list[Location] = []
    closing: Location | None = None
    before = ""
    for line in chapter.lines():
        mark = DIVISION.match(line.text)
        if mark and mark["name"] and (not before.strip() or DIVISION.match(before)):
            opened.append(line.location(chapter.instance.described))
        elif mark and not mark["name"] and opened:
            opened.pop()
        elif mark and not mark["name"]:
            closing = closing or line.location(chapter.instance.described)
        before = line.text
    return (opened[-1] if opened else None), closing


def _read_as_text(chapter: Chapter) -> Iterator[Diagnostic]:
    found: list[tuple[str, Location]] = []
    before, cell = "", None
    for line, is_code in _lines(chapter):
        before, cell = before if line.cell == cell else "", line.cell
        opening = None if is_code or DIVISION.match(before) else OPENING.match(line.text)
        if opening and (before.strip() or line.text[:1].isspace()):
            found.append((opening["mark"], line.location(chapter.instance.described)))
        before = line.text
    printed = set(_printed(chapter)) if found else set()
    for mark, place in found:
        if mark in printed:
            yield warning("RK344", f"`{mark}` is printed as text", place, OPENING_HINT)


def _blocks_as_text(chapter: Chapter) -> Iterator[Diagnostic]:
    for node in ast.nodes(chapter.blocks, "Para", "LineBlock") if any(map(chapter.mentions, BLOCKS)) else ():
        is_para = node["t"] == "Para"
        lines = [node["c"]] if is_para else node["c"]
        first = str(lines[0][0].get("c")) if lines[0] else ""
        if is_para and first.startswith(BLOCKS[:2]):
            place = chapter.places(rf"^\s*{re.escape(first)}")[-1]
            yield warning("RK344", f"`{first}` is printed as text", place, "this block of code is never closed")
        elif not is_para and all(line and line[-1] == ast.word("|") for line in lines):
            place = chapter.locate(rf"^\s*\|\s*{re.escape(first)}.*\|\s*$")
            yield warning("RK344", "a table is printed as text", place, "write `|---|---|` below its head")


def _faults_of_tables(chapter: Chapter) -> Iterator[Diagnostic]:
    """Yield rows whose last cells are left out, and tables that begin within a paragraph."""
    if not chapter.mentions("|"):
        return
    above, head, columns = "", "", 0
    for line, is_code in _lines(chapter):
        row, place = line.text.strip(), line.location(chapter.instance.described)
        if not is_code and "|" in head and DELIMITER.fullmatch(row):
            columns = _cells(row)
            if above and not DIVISION.match(above) and any(text.startswith("|") for text in _printed(chapter)):
                yield warning("RK344", "a table is printed as text", place, "an empty line stands before its head")
        elif is_code or not row.startswith("|"):
            columns = 0
        elif columns and (more := _cells(row) - columns) > 0:
            message = f"{more} cell{'s' if more > 1 else ''} of a row {'are' if more > 1 else 'is'} left out"
            yield warning("RK345", message, place, f"the head of the table has {columns}; `\\|` is a bar within a cell")
        above, head = head, row


def _lines(chapter: Chapter) -> Iterator[tuple[Line, bool]]:
    """Yield the lines of a chapter, and whether they are code."""
    is_code = False
    for line in chapter.lines():
        is_code ^= line.text.lstrip().startswith(BLOCKS[:2])
        yield line, is_code


def _cells(row: str) -> int:
    return WITH_BARS.sub("", row).strip().removeprefix("|").removesuffix("|").count("|") + 1


def _printed(chapter: Chapter) -> list[str]:
    return [node["c"] for node in ast.nodes(chapter.blocks, "Str")]


def _is_end(node: Node) -> bool:
    content: list[Any] = node.get("c", []) if node["t"] == "Para" else []
    return len(content) == 1 and content[0]["t"] == "Code" and ast.has_class(content[0], "chapter")
