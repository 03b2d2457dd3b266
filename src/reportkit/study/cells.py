"""Chapters split into cells: notebooks, Quarto documents and plain Markdown alike."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from reportkit.errors import error, warning
from reportkit.model.study import Cell, Line, Prose
from reportkit.study.fences import Fence, find_fences, outside_fences
from reportkit.study.notebooks import split_notebook
from reportkit.study.options import read_code
from reportkit.study.pieces import Faults, Piece
from reportkit.study.yaml_tree import Entry, YamlFault, parse_yaml

RUNS = re.compile(r"\{\s*(?P<language>[A-Za-z]\w*)\s*([ ,].*)?\}")
TITLE = re.compile(r"# |.*\n=+\s*$")


def read_cells(path: str, text: str, faults: Faults) -> tuple[Cell, ...]:
    """Return the cells of a chapter; what is wrong with it is added to `faults`."""
    pieces = READERS[posixpath.splitext(path)[1]](path, text, faults)
    return tuple(_cell(piece, faults) for piece in _with_title(pieces, faults))


def read_partial(path: str, text: str, faults: Faults) -> tuple[Cell, ...]:
    """Return the one cell of an included file."""
    return tuple(_cell(piece, faults) for piece in _plain(text_lines(path, text), faults))


def text_lines(path: str, text: str) -> list[Line]:
    """Return the lines of a text file."""
    return [Line(line, path, number) for number, line in enumerate(text.removesuffix("\n").split("\n"), 1)]


def split_document(lines: Sequence[Line], faults: Faults) -> list[Piece]:
    """Split a Quarto document at its `{python}` fences into prose and code by turns, prose first and last."""
    pieces: list[Piece] = []
    done = 0
    for fence in find_fences([line.text for line in lines]):
        if _runs(fence, lines[fence.start], faults):
            pieces.append(Piece("prose", tuple(lines[done : fence.start])))
            pieces.append(Piece("code", tuple(lines[fence.inside])))
            done = fence.end
    return [*pieces, Piece("prose", tuple(lines[done:]))]


def _runs(fence: Fence, opening: Line, faults: Faults) -> bool:
    match = RUNS.fullmatch(fence.info)
    if match is None:
        return False
    if match["language"] != "python":
        message = f"code in `{match['language']}` does not run; only Python does"
        faults.append(error("RK116", message, opening.location()))
        return False
    if not fence.closed:
        faults.append(error("RK115", "this code cell is never closed", opening.location()))
    return True


def _document(path: str, text: str, faults: Faults) -> list[Piece]:
    front, body = _front_matter(text_lines(path, text))
    return [Piece("raw", front), *split_document(body, faults)]


def _markdown(path: str, text: str, faults: Faults) -> list[Piece]:
    front, body = _front_matter(text_lines(path, text))
    return [Piece("raw", front), *_plain(body, faults)]


def _plain(lines: Sequence[Line], faults: Faults) -> list[Piece]:
    for fence in find_fences([line.text for line in lines]):
        if RUNS.fullmatch(fence.info):
            place = lines[fence.start].location()
            hint = "code runs in chapters that are notebooks or end in `.qmd`"
            faults.append(error("RK116", "code in a `.md` file does not run", place, hint))
    return [Piece("prose", tuple(lines))]


def _front_matter(lines: list[Line]) -> tuple[tuple[Line, ...], list[Line]]:
    if lines[0].text.rstrip() == "---":
        for index, line in enumerate(lines[1:], 1):
            if line.text.rstrip() in {"---", "..."}:
                return tuple(lines[: index + 1]), lines[index + 1 :]
    return (), lines


def _is_front_matter(lines: Sequence[Line]) -> bool:
    return bool(lines) and len(_front_matter(list(lines))[0]) == len(lines)


def _with_title(pieces: Sequence[Piece], faults: Faults) -> Iterator[Piece]:
    """Yield the pieces without raw ones; a title in the front matter becomes the heading if there is none."""
    for index, piece in enumerate(pieces):
        if piece.kind != "raw":
            yield piece
        elif index == 0 and _is_front_matter(piece.lines):
            title = _title(piece.lines, faults)
            if title is not None and not any(map(_has_title, pieces)):
                yield Piece("prose", (title, Line("", title.file, title.number, title.cell)))
        elif piece.lines:
            faults.append(warning("RK105", "a raw cell is not printed", piece.lines[0].location()))


def _title(front: Sequence[Line], faults: Faults) -> Line | None:
    try:
        tree = parse_yaml("\n".join(line.text for line in front[1:-1]))
    except YamlFault as fault:
        place = front[min(fault.line, len(front) - 1)].location()
        faults.append(error("RK101", f"the front matter is not YAML: {fault.message}", place))
        return None
    entries: Mapping[str, Entry] = tree.value if isinstance(tree.value, dict) else {}
    for name, entry in entries.items():
        if name != "title":
            place = front[entry.line].location()
            faults.append(warning("RK105", f"`{name}` in a chapter's front matter is not honoured yet", place))
    title = entries.get("title")
    if title is None or not isinstance(title.value, str):
        return None
    line = front[title.line]
    return Line(f"# {title.value}", line.file, line.number, line.cell)


def _has_title(piece: Piece) -> bool:
    if piece.kind != "prose":
        return False
    texts = [line.text for line in piece.lines]
    pairs = zip(texts, [*texts[1:], ""], outside_fences(texts), strict=False)
    return any(outside and TITLE.match(f"{text}\n{below}") for text, below, outside in pairs)


def _cell(piece: Piece, faults: Faults) -> Cell:
    return Prose(piece.lines) if piece.kind == "prose" else read_code(piece.lines, piece.tags, faults)


READERS: Mapping[str, Callable[[str, str, Faults], list[Piece]]] = {
    ".ipynb": split_notebook,
    ".md": _markdown,
    ".qmd": _document,
}
