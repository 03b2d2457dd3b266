"""The headings of a chapter: its title first, then sections level by level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from reportkit.errors import Diagnostic, Location, error
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.resolve.chapters import Chapter, Resolved

LOWEST = 6


def put_title_first(chapter: Chapter) -> Resolved:
    """Return a chapter that begins with its title, the only heading of level 1; no heading skips a level.

    No title or several (RK326) are errors: the first heading is taken for one, and others become sections. So is a
    heading that skips a level (RK327), which is raised.
    """
    headings = [block for block in chapter.blocks if block["t"] == "Header"]
    titles = [heading for heading in headings if heading["c"][0] == 1]
    title = next(iter(titles or headings), None) or _named_by_file(chapter)
    others = [block for block in chapter.blocks if block is not title]
    first = _at_level(title, 1)
    faults = [*_title_faults(chapter, titles), *_level_faults(chapter.with_blocks([first, *others]))]
    blocks = [first, *_below_title(others)]
    if faults:
        levels = _levels([heading["c"][0] for heading in ast.nodes(blocks, "Header")])
        blocks = ast.rewrite(blocks, lambda heading: _at_level(heading, next(levels)), "Header")
    return chapter.with_blocks(blocks), faults


def _named_by_file(chapter: Chapter) -> Node:
    name = chapter.instance.name
    return {"t": "Header", "c": [1, [name, [], []], ast.text_inlines(name)]}


def _at_level(heading: Node, level: int) -> Node:
    return {"t": "Header", "c": [min(level, LOWEST), *heading["c"][1:]]}


def _below_title(blocks: list[Node]) -> Iterator[Node]:
    """Yield blocks in which what a second title heads is one level lower."""
    lower = 0
    for block in blocks:
        lower = lower or int(block["t"] == "Header" and block["c"][0] == 1)
        yield _at_level(block, block["c"][0] + lower) if block["t"] == "Header" else block


def _levels(written: list[int]) -> Iterator[int]:
    """Yield for each heading the level at which it skips none: one below the nearest heading above it."""
    above: list[int] = []
    for level in (max(level, 2) if index else level for index, level in enumerate(written)):
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        yield len(above)


def _title_faults(chapter: Chapter, titles: list[Node]) -> list[Diagnostic]:
    if not titles:
        hint = "begin it with `# Title`"
        return [error("RK326", f"chapter `{chapter.instance.chapter}` has no title", chapter.place, hint)]
    hint = "one file is one chapter: write `##` for its sections"
    return [
        error("RK326", f"chapter `{chapter.instance.chapter}` has a second title", _heading_place(chapter, title), hint)
        for title in titles[1:]
    ]


def _level_faults(chapter: Chapter) -> list[Diagnostic]:
    headings = list(ast.nodes(chapter.blocks, "Header"))
    return [
        error(
            "RK327",
            f"a heading of level {below['c'][0]} follows one of level {above['c'][0]}",
            _heading_place(chapter, below),
            f"write it with `{'#' * (above['c'][0] + 1)}`",
        )
        for above, below in pairwise(headings)
        if below["c"][0] > above["c"][0] + 1
    ]


def _heading_place(chapter: Chapter, heading: Node) -> Location:
    level, _, inlines = heading["c"]
    words = ast.plain_text(inlines[:1])
    return chapter.locate(rf"^#{{{level}}}\s+{re.escape(words)}")
