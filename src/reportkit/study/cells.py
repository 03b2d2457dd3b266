"""Chapters split into cells: notebooks, Quarto documents and plain Markdown alike."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reportkit.errors import error, warning
from reportkit.model.study import PYTHON, Cell, Code, Line, Prose
from reportkit.study.fences import Fence, find_fences
from reportkit.study.front_matter import FrontMatter, read_front_matter
from reportkit.study.metadata import NOTHING
from reportkit.study.notebooks import split_notebook
from reportkit.study.options import read_code
from reportkit.study.pieces import SHOWN, Faults, Piece
from reportkit.study.yaml_tree import Entry

RUNS = re.compile(r"\{\s*(?P<language>[A-Za-z]\w*)\s*([ ,].*)?\}")
# Languages of diagrams and of pages' own scripts, which Quarto draws or runs in a browser.
DIAGRAMS = frozenset({"dot", "mermaid", "ojs"})
EMPTY = Line("", "", 0)
DRAWN = "name a picture of it instead, `![what is seen](diagram.svg){#fig-x}`, which editors for it write"
DIAGRAM_OPTION = re.compile(r"\s*(?:%%|//)\|\s*(?P<name>[\w-]+):\s*(?P<text>.*?)\s*$")


def read_cells(path: str, text: str, faults: Faults) -> tuple[Cell, ...]:
    """Return the cells of a chapter; what is wrong with it is added to `faults`."""
    return read_chapter(path, text, faults, NOTHING)[0]


def read_chapter(path: str, text: str, faults: Faults, defaults: Entry) -> tuple[tuple[Cell, ...], Mapping[str, Any]]:
    """Return the cells of a chapter and its front matter, which goes above the `defaults` of its folder.

    What its `execute` says holds for each of its code cells.
    """
    pieces = READERS[posixpath.splitext(path)[1]](path, text, faults)
    is_first = bool(pieces) and pieces[0].kind == "raw" and _is_front_matter(pieces[0].lines)
    front = read_front_matter(pieces[0].lines if is_first else (), defaults, faults)
    if path.endswith(".ipynb") and pieces and pieces[0].kind == "prose" and _front_matter([*pieces[0].lines, EMPTY])[0]:
        place, hint = pieces[0].lines[0].location(), "put it into a raw cell"
        faults.append(warning("RK105", "front matter in a Markdown cell is not read", place, hint))
    cells = [_cell(piece, faults) for piece in _with_title(pieces[is_first:], front, faults)]
    return tuple(_with_defaults(cell, front.execute) for cell in cells), front.metadata


def _with_defaults(cell: Cell, defaults: Mapping[str, Any]) -> Cell:
    return replace(cell, options={**defaults, **cell.options}) if defaults and isinstance(cell, Code) else cell


def read_partial(path: str, text: str, faults: Faults) -> tuple[Cell, ...]:
    """Return the cells of an included file; only one that ends in `.qmd` has code cells."""
    lines = text_lines(path, text)
    pieces = split_document(_front_matter(lines)[1], faults) if path.endswith(".qmd") else _plain(lines, faults)
    return tuple(_cell(piece, faults) for piece in pieces)


def text_lines(path: str, text: str) -> list[Line]:
    """Return the lines of a text file."""
    return [Line(line, path, number) for number, line in enumerate(text.removesuffix("\n").split("\n"), 1)]


def split_document(lines: Sequence[Line], faults: Faults) -> list[Piece]:
    """Split a Quarto document at its code cells into prose and code by turns, prose first and last."""
    pieces: list[Piece] = []
    done = 0
    for fence in find_fences([line.text for line in lines]):
        language = _language(fence, lines[fence.start], faults)
        if language is not None:
            pieces.append(Piece("prose", tuple(lines[done : fence.start])))
            pieces.append(Piece("code", tuple(lines[fence.inside]), language=language))
            done = fence.end
    return [*pieces, Piece("prose", tuple(lines[done:]))]


def _language(fence: Fence, opening: Line, faults: Faults) -> str | None:
    """Return the language of a code cell, None for a fence that is none."""
    match = RUNS.fullmatch(fence.info)
    if match is None or match["language"] in DIAGRAMS:
        return None
    if match["language"] != PYTHON:
        message = f"code in `{match['language']}` does not run; only Python does"
        faults.append(error("RK116", message, opening.location(), SHOWN))
    if not fence.closed:
        faults.append(error("RK115", "this code cell is never closed", opening.location()))
    return match["language"]


def _document(path: str, text: str, faults: Faults) -> list[Piece]:
    front, body = _front_matter(text_lines(path, text))
    return [Piece("raw", front), *split_document(body, faults)]


def _markdown(path: str, text: str, faults: Faults) -> list[Piece]:
    front, body = _front_matter(text_lines(path, text))
    return [Piece("raw", front), *_plain(body, faults)]


def _plain(lines: Sequence[Line], faults: Faults) -> list[Piece]:
    for fence in find_fences([line.text for line in lines]):
        match = RUNS.fullmatch(fence.info)
        if match and match["language"] not in DIAGRAMS:
            place = lines[fence.start].location()
            hint = "code runs in chapters that are notebooks or end in `.qmd`"
            faults.append(error("RK116", "code in a `.md` file does not run", place, hint))
    return split_document(lines, [])


def _front_matter(lines: list[Line]) -> tuple[tuple[Line, ...], list[Line]]:
    if lines[0].text.rstrip() == "---":
        for index, line in enumerate(lines[1:], 1):
            if line.text.rstrip() in {"---", "..."}:
                return tuple(lines[: index + 1]), lines[index + 1 :]
    return (), lines


def _is_front_matter(lines: Sequence[Line]) -> bool:
    return bool(lines) and len(_front_matter(list(lines))[0]) == len(lines)


def _with_title(pieces: Sequence[Piece], front: FrontMatter, faults: Faults) -> Iterator[Piece]:
    """Yield the pieces without raw ones; a title in the front matter becomes the first heading."""
    if front.title:
        yield Piece("prose", front.title)
    for piece in pieces:
        if piece.kind != "raw":
            yield piece
        elif piece.lines:
            faults.append(warning("RK105", "a raw cell is not printed", piece.lines[0].location()))


def _cell(piece: Piece, faults: Faults) -> Cell:
    if piece.kind == "prose":
        return Prose(_as_written(piece.lines, faults))
    return read_code(piece.lines, piece.tags, piece.language, faults)


def _as_written(lines: Sequence[Line], faults: Faults) -> tuple[Line, ...]:
    """Return lines of prose in which code that nothing runs is shown: diagrams, and cells in double braces."""
    shown = list(lines)
    for fence in reversed(list(find_fences([line.text for line in lines]))):
        opening, closing = lines[fence.start], lines[fence.end - 1]
        cell = RUNS.fullmatch(fence.info)
        before = opening.text.partition("{")[0]
        if cell and cell["language"] in DIAGRAMS:
            message = f"a diagram in `{cell['language']}` is shown as it is written"
            faults.append(warning("RK105", message, opening.location(), DRAWN))
            inside = list(lines[fence.start + 1 : fence.end - 1])
            fenced = replace(opening, text=f"{before}{{.{cell['language']}}}")
            shown[fence.start : fence.end] = _diagram(fenced, inside, closing)
        elif fence.closed and RUNS.fullmatch(fence.info[1:-1]):
            outer = f"{before.strip()}{before.strip()[0]}"
            shown[fence.end - 1 : fence.end] = [closing, replace(closing, text=outer)]
            inner = replace(opening, text=f"{before}{fence.info[1:-1]}")
            shown[fence.start : fence.start + 1] = [replace(opening, text=f"{outer} {{.markdown}}"), inner]
    return tuple(shown)


def _diagram(opening: Line, inside: Sequence[Line], closing: Line) -> Iterator[Line]:
    """Yield a diagram as written, but for its options `%%| …`: by a label and a caption among them it is a figure."""
    options = [DIAGRAM_OPTION.match(line.text) for line in inside]
    told = {option["name"]: option["text"].strip("\"'") for option in options if option}
    label, caption = told.get("label", ""), told.get("fig-cap", "")
    before, after = ([f"::: {{#{label}}}", ""], [":::"]) if label.startswith("fig-") else ([], [])
    yield from (replace(opening, text=text) for text in before)
    yield from (opening, *(line for line, option in zip(inside, options, strict=True) if not option), closing)
    yield from (replace(closing, text=text) for text in (*(["", caption, ""] if caption else []), *after))


READERS: Mapping[str, Callable[[str, str, Faults], list[Piece]]] = {
    ".ipynb": split_notebook,
    ".md": _markdown,
    ".qmd": _document,
}
