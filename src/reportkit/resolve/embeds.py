"""`{{< embed chapter.ipynb#fig-x >}}`: what another chapter of the book shows, once more and without a number."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import partial

from reportkit.errors import Diagnostic, warning
from reportkit.model import ast
from reportkit.model.book import Blocks, Node
from reportkit.resolve.chapters import Chapter

CLASS = "embed"
HINT = "name a chapter of this book and the label of a figure, table or listing in it: `chapter.ipynb#fig-x`"


def embed_outputs(chapters: Sequence[Chapter]) -> tuple[list[Chapter], list[Diagnostic]]:
    """Return chapters with the figures, tables and listings of others where they embed them.

    What cannot be found is a link to that chapter, and a warning (RK105).
    """
    faults: list[Diagnostic] = []
    blocks = {chapter.instance.chapter: chapter.blocks for chapter in reversed(chapters)}
    made = [
        one.with_blocks(ast.rewrite(one.blocks, partial(_embedded, one, blocks, faults), "Para"))
        if one.mentions(CLASS)
        else one
        for one in chapters
    ]
    return made, faults


def _embedded(chapter: Chapter, blocks: Mapping[str, Blocks], faults: list[Diagnostic], node: Node) -> Node:
    if len(node["c"]) != 1 or not ast.has_class(node["c"][0], CLASS):
        return node
    written = node["c"][0]["c"][1]
    path, _, label = written.partition("#")
    there = posixpath.normpath(posixpath.join(posixpath.dirname(chapter.instance.chapter), path))
    shown = ast.nodes(blocks.get(there, []), "Figure", "Table", "Div")
    found = next((one for one in shown if label and ast.identifier(one) == label), None)
    if found:
        bare: Node = ast.change_attributes(found, lambda own: ["", *own[1:]])
        return bare
    place = chapter.locate(rf"{re.escape(written)}(?![\w-])")
    faults.append(warning("RK105", f"`{written}` cannot be embedded", place, HINT))
    return ast.para([ast.link(ast.text_inlines(written), path)]) if there in blocks else node
