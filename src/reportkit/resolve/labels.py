"""Labels: what a chapter calls `fig-timeline` is `fig-timeline-hagen` for the book.

Labels that can be referred to begin with the kind of what they name. They are unique over the book, all other
identifiers within their page.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from reportkit.errors import Diagnostic, Location, error
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.model.conditions import FORMATS, visible
from reportkit.model.quarto import CALLOUT_LABELS, THEOREMS
from reportkit.resolve.chapters import Chapter, Resolved

BOXES = (*THEOREMS, *CALLOUT_LABELS)
LABEL = re.compile(rf"(?P<kind>fig|tbl|sec|eq|lst|{'|'.join(BOXES)})-")
# The nodes that a label of each kind may stand on, and what an author calls it.
NAMED = {
    "fig": (("Figure",), "a figure with a caption"),
    "tbl": (("Table", "Figure"), "a table"),
    "sec": (("Header",), "a heading"),
    "eq": (("Span",), "a formula between `$$`"),
    "lst": (("Div",), "code with `lst-cap`"),
    "float": (("Figure",), "a division with a caption"),
    **{kind: (("Div",), f"a division, `::: {{#{kind}-…}}`") for kind in BOXES},
}
# Where the list of references goes; a book has one.
REFERENCE_LIST = "refs"
# Where the list of claims goes.
CLAIM_LIST = "claims"


def publish_labels(chapter: Chapter) -> Resolved:
    """Return a chapter with its identifiers in their public form, each but the labels made unique in its page.

    A label on something of another kind is an error (RK325).
    """
    faults: list[Diagnostic] = []
    taken: set[str] = set()

    def publish(node: Node) -> Node:
        found = ast.attributes(node)
        if not found or not found[0] or found[0] in {REFERENCE_LIST, CLAIM_LIST}:
            return node
        kind = label_kind(node)
        if kind is None:
            return ast.with_attributes(node, [_free(public(found[0], chapter), taken), *found[1:]])
        wanted, called = NAMED.get(kind, NAMED["float"])
        if node["t"] not in wanted:
            faults.append(error("RK325", f"label `{found[0]}` does not name {called}", defined(found[0], chapter)))
        return ast.with_attributes(node, [public(found[0], chapter), *found[1:]])

    return chapter.with_blocks(ast.rewrite(chapter.blocks, publish, *ast.ATTRIBUTES_AT)), faults


def label_kind(node: Node) -> str | None:
    """Return the kind of a node's label, such as `fig`; a heading that happens to begin with `Tip` has none."""
    if ast.has_class(node, "float"):
        return ast.identifier(node).partition("-")[0]
    kind = LABEL.match(ast.identifier(node))
    is_box = ast.has_class(node, "theorem") or ast.has_class(node, "callout")
    return None if kind is None or (kind["kind"] in BOXES and not is_box) else kind["kind"]


def referred(key: str, kinds: Container[str]) -> str:
    """Return the label that a citation key refers to, "" if it names a work; `Fig-x` begins a sentence."""
    label = key[:1].lower() + key[1:]
    return label if LABEL.match(label) or label.partition("-")[0] in kinds else ""


def public(label: str, chapter: Chapter) -> str:
    """Return an identifier of a chapter as the book knows it."""
    return f"{label}{chapter.instance.suffix}"


def own(label: str, chapter: Chapter) -> str:
    """Return a public identifier as its author wrote it in its chapter."""
    return label.removesuffix(chapter.instance.suffix) if chapter.instance.suffix else label


def _free(identifier: str, taken: set[str]) -> str:
    again = (f"{identifier}-{number}" for number in range(2, len(taken) + 3))
    free = identifier if identifier not in taken else next(name for name in again if name not in taken)
    taken.add(free)
    return free


def find_clashes(chapters: Sequence[Chapter]) -> Iterator[Diagnostic]:
    """Yield an error (RK322) for each label that the book has twice in one format."""
    if any(True for _ in _clashes(chapters)):
        shown = ([one.with_blocks(visible(one.blocks, fmt)) for one in chapters] for fmt in FORMATS)
        yield from dict.fromkeys(fault for book in shown for fault in _clashes(book))


def _clashes(chapters: Sequence[Chapter]) -> Iterator[Diagnostic]:
    first: dict[str, Chapter] = {}
    for chapter in chapters:
        for node in ast.nodes(chapter.blocks, *ast.ATTRIBUTES_AT):
            label = ast.identifier(node)
            if label and label_kind(node) and label in first:
                yield _clash(label, first[label], chapter)
            elif label and label_kind(node):
                first[label] = chapter


def _clash(label: str, before: Chapter, chapter: Chapter) -> Diagnostic:
    places = list(chapter.locate_all(_definition(own(label, chapter))))
    place = places[1] if before is chapter and len(places) > 1 else defined(own(label, chapter), chapter)
    hint = f"it stands in {defined(own(label, before), before)} too; labels are unique over the book"
    return error("RK322", f"label `{label}` is used twice", place, hint)


def defined(label: str, chapter: Chapter) -> Location:
    """Return the place where a chapter gives something a label."""
    return chapter.locate(_definition(label))


def _definition(label: str) -> str:
    return rf"(\{{[^{{}}]*#|label:\s*['\"]?){re.escape(label)}(?![\w-])"
