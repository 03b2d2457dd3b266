"""Inline expressions of prose, captions, alt text: `` `{python} expr` `` becomes `` `expr`{.value n="1"} ``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from typing import Any

from reportkit.errors import Diagnostic, error
from reportkit.model.study import Cell, Code, Expression, Line, Prose
from reportkit.study.fences import outside_fences
from reportkit.study.shortcodes import mark_shortcodes, mark_text

# A code span: a run of backticks up to the next run of the same length (CommonMark 6.1).
SPAN = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?P<text>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
INLINE = re.compile(r"\{(?P<language>python|r|julia)\}\s+(?P<text>\S.*?)\s*", re.DOTALL)
# What stands before a place within the quotation marks of an attribute, where no other such mark may stand.
WITHIN = re.compile(r'\{[^{}\n]*="[^"\n]*$')
QUOTE, APOSTROPHE = "\"'"
# Options of a cell that readers see as text.
TEXT_OPTIONS = ("title", "fig-cap", "fig-subcap", "fig-alt", "tbl-cap", "tbl-subcap", "lst-cap", "code-summary")


@dataclass
class Marking:
    """Rewrites cells one after the other and collects their expressions, numbered from 1, and what is wrong."""

    expressions: list[Expression] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)

    def mark(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """Return the cells with their inline expressions marked by number.

        What stands before the first code cell, such as a title, is evaluated behind the last one.
        """
        first = next((index for index, cell in enumerate(cells) if isinstance(cell, Code)), 0)
        return tuple(self._cell(len(cells) - 1 if index < first else index, cell) for index, cell in enumerate(cells))

    def _cell(self, index: int, cell: Cell) -> Cell:
        if isinstance(cell, Prose):
            return Prose(self._prose(index, mark_shortcodes(cell.lines)))
        if not any(mark in str(cell.options.get(name)) for name in TEXT_OPTIONS for mark in ("`{", "{{<")):
            return cell
        return replace(cell, options={name: self._option(index, cell, name) for name in cell.options})

    def _option(self, index: int, cell: Code, name: str) -> Any:
        value = cell.options[name]
        if name not in TEXT_OPTIONS:
            return value
        line = cell.option_lines[name]
        if isinstance(value, list):
            return [self._option_text(index, item, line) for item in value]
        return self._option_text(index, value, line)

    def _option_text(self, index: int, value: Any, line: Line) -> Any:
        return self._text(index, mark_text(value), lambda _: line) if isinstance(value, str) else value

    def _prose(self, index: int, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        if not any("`{" in line.text for line in lines):
            return lines
        marked: list[Line] = []
        for is_text, block in _paragraphs(lines):
            marked.extend(self._paragraph(index, block) if is_text else block)
        return tuple(marked)

    def _paragraph(self, index: int, block: Sequence[Line]) -> Iterable[Line]:
        text = "\n".join(line.text for line in block)
        marked = self._text(index, text, lambda start: block[text.count("\n", 0, start)])
        return (replace(line, text=new) for line, new in zip(block, marked.split("\n"), strict=True))

    def _text(self, index: int, text: str, line_at: Callable[[int], Line]) -> str:
        def number(span: re.Match[str]) -> str:
            inline = INLINE.fullmatch(span["text"]) if span["ticks"] == "`" else None
            within = WITHIN.search(text, 0, span.start()) is not None
            return span[0] if inline is None else self._number(index, inline, line_at(span.start()), within)

        return SPAN.sub(number, text)

    def _number(self, index: int, inline: re.Match[str], line: Line, within: bool) -> str:
        fault = _fault(inline, line)
        if fault is not None:
            self.faults.append(fault)
            return f"`{inline['text']}`"
        number = len(self.expressions) + 1
        self.expressions.append(Expression(number, inline["text"], index, line))
        if within:
            return f"`{inline['text'].replace(QUOTE, APOSTROPHE)}`{{.value n={number}}}"
        return f'`{inline["text"]}`{{.value n="{number}"}}'


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[bool, Sequence[Line]]]:
    """Yield the lines in blocks: paragraphs (True), and blank lines and fenced code (False)."""
    prose = outside_fences([line.text for line in lines])
    kinds = [bool(outside and line.text.strip()) for outside, line in zip(prose, lines, strict=True)]
    for is_text, block in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
        yield is_text, [line for _, line in block]


def _fault(inline: re.Match[str], line: Line) -> Diagnostic | None:
    text = inline["text"]
    if inline["language"] != "python":
        return error("RK116", f"inline expression in `{inline['language']}`; only Python runs", line.location())
    if "\n" in inline[0]:
        return error("RK117", "an inline expression must stand on one line", line.location())
    reason = _syntax_fault(text)
    if reason is not None:
        return error("RK117", f"inline expression `{text}` is not Python: {reason}", line.location())
    return None


@cache
def _syntax_fault(text: str) -> str | None:
    """Return why a text is not an expression; the same one stands in every instance of a chapter."""
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        return fault.msg if isinstance(fault, SyntaxError) else "it cannot be read"
    return None
