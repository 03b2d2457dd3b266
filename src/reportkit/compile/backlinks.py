"""Links from the list of references back to where a work is cited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Inlines, Node, Page

# What has a name of its own; and what stands in one may be printed again, in a list of contents or of figures.
NAMED = frozenset({"Figure", "Header", "Table"})
SPAN = frozenset({"Span"})
ENTRY = "ref-"
Places = dict[str, list[str]]


def link_back(book: Book) -> Book:
    """Return a book in which each entry of a list of references ends with links to where it is cited.

    A citation becomes a place that can be linked to; one in a caption or a heading is found by the figure's, table's
    or heading's own name. The links stand in a `Span` of class `backlinks`.
    """
    places: Places = {}
    numbers = count(1)
    pages = [replace(page, blocks=_with_places(page.blocks, page.name, None, numbers, places)) for page in book.pages]
    listing = [page.name for page in pages if any(_entries(page.blocks))]
    linked = (_with_links(page, places, len(listing) < 2, book) if page.name in listing else page for page in pages)
    return replace(book, pages=tuple(linked))


def _with_places(node: Any, page: str, name: str | None, numbers: Iterator[int], places: Places) -> Any:
    """Return a tree whose citations have identifiers; `name` is that of what stands around it."""
    if isinstance(node, list):
        return [
            item if ast.is_without(item, SPAN) else _with_places(item, page, name, numbers, places) for item in node
        ]
    if not isinstance(node, dict) or not any(map(_is_citation, ast.nodes(node, "Span"))):
        return node
    if _is_citation(node):
        return _place(node, page, name, numbers, places)
    within = ast.identifier(node) if node["t"] in NAMED else name
    return ast.with_content(node, _with_places(node["c"], page, within, numbers, places))


def _is_citation(node: Node) -> bool:
    return node["t"] == "Span" and ast.has_class(node, "citation")


def _place(node: Node, page: str, name: str | None, numbers: Iterator[int], places: Places) -> Node:
    target = f"cite-{next(numbers)}" if name is None else name
    for key in (ast.attribute(node, "cites") or "").split() if target else ():
        found = places.setdefault(key, [])
        if f"{page}.html#{target}" not in found:
            found.append(f"{page}.html#{target}")
    return node if name is not None else ast.with_attributes(node, [target, *node["c"][0][1:]])


def _entries(blocks: Blocks) -> Iterator[Node]:
    return (node for node in ast.nodes(blocks, "Div") if ast.has_class(node, "csl-entry"))


def _with_links(page: Page, places: Places, alone: bool, book: Book) -> Page:
    """Return a page with links in its entries: to all places if its list is the book's, otherwise to its own."""

    def change(node: Node) -> Node:
        if not ast.has_class(node, "csl-entry"):
            return node
        found = places.get(ast.identifier(node).removeprefix(ENTRY), [])
        own = [place for place in found if alone or place.startswith(f"{page.name}.html#")]
        return {"t": "Div", "c": [node["c"][0], _ending(node["c"][1], _links(own, book))]} if own else node

    return replace(page, blocks=ast.rewrite(page.blocks, change, "Div"))


def _links(places: Sequence[str], book: Book) -> Inlines:
    titles = {f"{page.name}.html": page.title for page in book.pages}
    shown = ["↩"] if len(places) == 1 else [f"↩{number}" for number in range(1, len(places) + 1)]
    links: Inlines = []
    for number, (place, text) in enumerate(zip(places, shown, strict=True), 1):
        name = f"{book.terms['back-to']} {number}: {titles[place.partition('#')[0]]}"
        named = [["aria-label", name], ["role", "doc-backlink"]]
        links += [{"t": "Space"}, {"t": "Link", "c": [["", ["backlink"], named], [ast.word(text)], [place, ""]]}]
    return [{"t": "Space"}, ast.span(links[1:], "backlinks", lang=book.language)]


def _ending(blocks: Blocks, inlines: Inlines) -> Blocks:
    """Return blocks whose last paragraph ends with some more inlines."""
    *before, last = blocks
    if last["t"] == "Div":
        return [*before, {"t": "Div", "c": [last["c"][0], _ending(last["c"][1], inlines)]}]
    return [*before, {**last, "c": [*last["c"], *inlines]}]
