"""What all writers share: the book's date in words, what of a book is for a format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reportkit.model import ast
from reportkit.model.book import Book, Heading, Node, Page
from reportkit.model.conditions import visible


def printed_date(book: Book) -> str:
    """Return the book's date as its language writes it: "20. November 2026"."""
    from babel.dates import format_date

    return str(format_date(date.fromisoformat(book.date), format="long", locale=book.language.replace("-", "_")))


def only_for(book: Book, fmt: str) -> Book:
    """Return a book with what is for a format; a link to what is not becomes text."""
    shown = [replace(page, blocks=visible(page.blocks, fmt)) for page in book.pages]
    if all(page.blocks is before.blocks for page, before in zip(shown, book.pages, strict=True)):
        return book
    there = {f"{page.name}.html#{name}" for page in shown for name in _identifiers(page)}
    gone = {f"{page.name}.html#{name}" for page in book.pages for name in _identifiers(page)} - there

    def unlinked(node: Node) -> Node | list[Node]:
        return list(node["c"][1]) if node["t"] == "Link" and node["c"][2][0] in gone else node

    pages = [replace(page, blocks=ast.rewrite(page.blocks, unlinked), headings=_headings(page)) for page in shown]
    return replace(book, pages=tuple(pages))


def _identifiers(page: Page) -> set[str]:
    return {ast.identifier(node) for node in ast.nodes(page.blocks)} - {""}


def _headings(page: Page) -> tuple[Heading, ...]:
    there = _identifiers(page)
    return tuple(heading for heading in page.headings if not heading.id or heading.id in there)
