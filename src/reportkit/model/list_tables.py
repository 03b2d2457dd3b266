"""Tables written as lists: `::: {.list-table}` holds a list of rows, each a list of cells, and perhaps a caption first.

`header-rows` (1 by default), `widths="1,2"` and `aligns="l,r,c"` say what the list does not.
"""

from __future__ import annotations

from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Node
from reportkit.model.layout import read_numbers

ALIGNMENTS = {"c": "AlignCenter", "l": "AlignLeft", "r": "AlignRight"}


def as_table(node: Node) -> Node:
    """Return a division of class `list-table` as a table; one that is none is left."""
    (identifier, _, pairs), blocks = node["c"]
    caption, lists = (blocks[:1], blocks[1:]) if len(blocks) == 2 else ([], blocks)
    rows = _rows(lists[0]) if len(lists) == 1 and lists[0]["t"] == "BulletList" else []
    if not rows:
        return node
    written = dict(map(tuple, pairs))
    heads = int(written["header-rows"]) if written.get("header-rows", "").isdecimal() else 1
    count = max(map(len, rows))
    shown = [ast.plain(block["c"]) for block in caption]
    made = [[["", [], []], [_cell(cell) for cell in [*row, *[[]] * (count - len(row))]]] for row in rows]
    head, body = [["", [], []], made[:heads]], [["", [], []], 0, [], made[heads:]]
    columns = _columns(written, count)
    return {"t": "Table", "c": [[identifier, [], []], [None, shown], columns, head, [body], [["", [], []], []]]}


def _rows(found: Node) -> list[list[Blocks]]:
    """Return the cells of each row, none if an item is no list."""
    items: list[Blocks] = found["c"]
    is_sound = all([block["t"] for block in item] == ["BulletList"] for item in items)
    return [item[0]["c"] for item in items] if is_sound else []


def _cell(blocks: Blocks) -> list[Any]:
    return [["", [], []], {"t": "AlignDefault"}, 1, 1, blocks]


def _columns(written: dict[str, str], count: int) -> list[Any]:
    letters = [letter.strip() for letter in written.get("aligns", "").split(",")]
    aligns = [ALIGNMENTS.get(letter, "AlignDefault") for letter in letters[:count]]
    aligns += ["AlignDefault"] * (count - len(aligns))
    parts = read_numbers(f"[{written.get('widths', '')}]")
    is_sized = len(parts) == count and min(parts) > 0
    widths: list[Any] = [{"t": "ColWidthDefault"}] * count
    if is_sized:
        widths = [{"t": "ColWidth", "c": part / sum(parts)} for part in parts]
    return [[{"t": align}, width] for align, width in zip(aligns, widths, strict=True)]
