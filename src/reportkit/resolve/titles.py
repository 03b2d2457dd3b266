"""The headings of a chapter: its title first, then sections level by level."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from reportkit.errors import Diagnostic, Location, error
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.resolve.chapters import Chapter, Resolved


def put_title_first(chapter: Chapter) -> Resolved:
    """Return a chapter that begins with its title, the only heading of level 1, below which no level is skipped.

    No title or several (RK326) are errors, and so is a heading that skips a level (RK327). A second title becomes a
    section, and what follows it moves down with it.
    """
    titles = [block for block in chapter.blocks if block["t"] == "Header" and block["c"][0] == 1]
    others = [block for block in chapter.blocks if not titles or block is not titles[0]]
    first = titles[:1] or [{"t": "Header", "c": [1, [chapter.instance.name, [], []], [ast.word(_stem(chapter))]]}]
    done = chapter.with_blocks([*first, *others])
    faults = [*_title_faults(chapter, titles), *_level_faults(done)]
    return (chapter.with_blocks(ast.rewrite(done.blocks, _Levels().change, "Header")) if faults else done), faults


def _stem(chapter: Chapter) -> str:
    return PurePosixPath(chapter.instance.chapter).stem


@dataclass
class _Levels:
    """Changes headings one after the other into those of one title and sections that skip no level."""

    last: int = 0
    deeper: int = 0

    def change(self, node: Node) -> Node:
        if node["t"] != "Header":
            return node
        level, *content = node["c"]
        self.deeper |= level == 1 and self.last > 0
        self.last = min(level + self.deeper, self.last + 1)
        return {"t": "Header", "c": [self.last, *content]}


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
