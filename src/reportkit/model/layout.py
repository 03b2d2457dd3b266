"""Things side by side: divisions with `layout-ncol`, `layout-nrow` or `layout`.

They become a `Div` of class `layout` that holds one of class `layout-row` for each row; its attribute `widths` gives
the percentages of its cells, which are `Div`s of class `layout-cell`.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Node

NAMES = ("layout", "layout-ncol", "layout-nrow")
Widths = list[float]


def arranged(node: Node) -> Node:
    """Return a division whose blocks are laid out as its attributes say, without these; others are left."""
    (identifier, classes, pairs), blocks = node["c"]
    written = {name: value for name, value in map(tuple, pairs) if name in NAMES}
    cells = split_cells(blocks)
    rows = read_layout(written, len(cells))
    if not rows or not cells:
        return node
    kept = [pair for pair in pairs if not pair[0].startswith("layout")]
    laid = lay_out(cells, rows)
    return {"t": "Div", "c": [[identifier, classes, kept], [laid]]}


def lay_out(cells: Sequence[Blocks], rows: Sequence[Widths]) -> Node:
    """Return cells in rows of widths; a negative width is empty space, the last row goes on for cells left over."""
    left = deque(cells)
    made: Blocks = []
    while left:
        widths = rows[min(len(made), len(rows) - 1)]
        total = sum(map(abs, widths))
        shown = [ast.div(left.popleft() if width > 0 else [], "layout-cell") for width in widths if left or width < 0]
        percent = " ".join(f"{round(100 * abs(width) / total)}" for width in widths)
        made.append(ast.div(shown, "layout-row", widths=percent))
    return ast.div(made, "layout")


def read_layout(written: dict[str, Any], count: int) -> list[Widths]:
    """Return the widths of each row for so many cells, none if nothing (or nothing that can be read) is written."""
    if "layout" in written:
        rows = _json(written["layout"])
        nested = rows if rows and all(isinstance(row, list) for row in rows) else [rows]
        widths = [[float(cell) for cell in row if isinstance(cell, int | float)] for row in nested]
        return widths if all(any(width > 0 for width in row) for row in widths) else []
    columns = _whole_number(written.get("layout-ncol"))
    rows_wanted = _whole_number(written.get("layout-nrow"))
    if not columns and rows_wanted:
        columns = -(-count // rows_wanted)
    return [[1.0] * columns] if columns else []


def _whole_number(value: Any) -> int:
    return int(value) if str(value).isdecimal() else 0


def _json(written: Any) -> list[Any]:
    if not isinstance(written, str):
        return list(written) if isinstance(written, list) else []
    try:
        found = json.loads(written)
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def read_numbers(written: Any) -> list[float]:
    """Return the numbers of a list such as `[60, 40]`, none if it is no such list."""
    found = _json(written)
    return [float(one) for one in found] if all(isinstance(one, int | float) for one in found) else []


def split_cells(blocks: Blocks) -> list[Blocks]:
    """Return the cells of a layout: a picture or block each; where there are headings, what follows each of them."""
    if any(block["t"] == "Header" for block in blocks):
        starts = [index for index, block in enumerate(blocks) if block["t"] == "Header"]
        bounds = [*([0] if starts[0] else []), *starts, len(blocks)]
        return [list(islice(blocks, start, end)) for start, end in pairwise(bounds)]
    return [[cell] for block in blocks for cell in _pictures(block)]


def is_pictures(blocks: Blocks) -> bool:
    """Return whether blocks hold nothing but pictures."""
    inlines = [node for block in blocks for node in (block["c"] if block["t"] in {"Para", "Plain"} else [block])]
    return bool(inlines) and all(node["t"] in {"Image", *ast.SPACES} for node in inlines)


def _pictures(block: Node) -> Blocks:
    """Return the pictures of a paragraph of pictures, each as a figure with its text as caption, or the block."""
    images = [node for node in block["c"] if node["t"] == "Image"] if is_pictures([block]) else []
    return [_figure(image) for image in images] if len(images) > 1 else [block]


def _figure(image: Node) -> Node:
    (identifier, *more), alt, target = image["c"]
    if not alt:
        return ast.para([image])
    return ast.figure(identifier, alt, {"t": "Image", "c": [["", *more], alt, target]})
