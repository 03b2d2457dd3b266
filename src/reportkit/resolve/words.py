"""Words that divisions carry without their author writing them: "Hinweis", "Beweis", "Code"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from reportkit.model import ast
from reportkit.model.book import Blocks, Node
from reportkit.model.quarto import CALLOUT_LABELS, CALLOUTS, PROOFS, take_title, titled
from reportkit.model.study import Code
from reportkit.resolve.chapters import Chapter


def put_words(chapter: Chapter, terms: Mapping[str, str]) -> Chapter:
    """Return a chapter in which callouts and folded code have a title, and proofs begin with their word.

    A callout that looks `simple` or `minimal` goes without a title, unless its author gave one or it folds.
    """
    if not chapter.mentions(":::") and not any(isinstance(cell, Code) for cell in chapter.instance.cells):
        return chapter
    change = partial(_worded, terms)
    return chapter.with_blocks(ast.rewrite(chapter.blocks, change, "Div"))


def _worded(terms: Mapping[str, str], node: Node) -> Node:
    attributes, blocks = node["c"]
    classes = set(attributes[1])
    title, body = take_title(blocks)
    if "proof" in classes:
        named = [{"t": "Space"}, ast.word("("), *title, ast.word(")")] if title else []
        kind = next(kind for kind in reversed(PROOFS) if kind in classes)
        label = ast.span([*ast.text_inlines(terms[kind]), *named, ast.word(".")], "proof-label")
        return {"t": "Div", "c": [attributes, opened(label, body)]}
    # A callout with a label is named by its number.
    is_callout = "callout" in classes and not classes.isdisjoint(CALLOUTS)
    is_free = is_callout and not title and attributes[0][:4] not in {f"{kind}-" for kind in CALLOUT_LABELS}
    if is_free and (classes & {"folded", "unfolded"} or not classes & {"simple", "minimal"}):
        title = ast.text_inlines(terms[next(kind for kind in CALLOUTS if kind in classes)])
    elif "code-fold" in classes and not title:
        title = ast.text_inlines(terms["code"])
    else:
        return node
    return {"t": "Div", "c": [attributes, [titled(title), *body]]}


def opened(label: Node, blocks: Blocks) -> Blocks:
    """Return blocks whose first paragraph begins with a label."""
    if blocks and blocks[0]["t"] in {"Para", "Plain"}:
        return [{"t": "Para", "c": [label, {"t": "Space"}, *blocks[0]["c"]]}, *blocks[1:]]
    return [ast.para([label]), *blocks]
