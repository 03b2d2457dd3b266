"""What all writers share: the book's date in words, what of a book is for a format."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from reportkit.model import ast
from reportkit.model.book import DOWNLOAD, Book, Heading, Node, Page
from reportkit.model.conditions import visible
from reportkit.model.values import format_value
from reportkit.world import NO_DATE


def printed_date(book: Book) -> str:
    """Return the book's date as its language writes it: "20. November 2026"; "" if it has none."""
    return format_value({"kind": "date", "iso": book.date}, book.language) if book.date else ""


def citation(book: Book) -> str:
    """Return how to cite a book: authors, titles, version, date, address."""
    version, doi = book.option("version"), book.option("doi")
    said = [
        f"{', '.join(book.authors)}: {book.title}",
        book.subtitle,
        f"{book.terms['version']} {version}" if version else "",
        printed_date(book),
        f"https://doi.org/{doi}" if doi else "",
    ]
    return ". ".join(part for part in said if part).removesuffix(".") + ("" if doi else ".")


UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


def file_name(book: Book, fmt: str) -> str:
    """Return the name of a format's one file: the book's title in letters that every system takes."""
    folded = "".join(UMLAUTS.get(letter, letter) for letter in book.title.lower())
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in folded)
    return f"{'-'.join(kept.split()) or 'book'}.{fmt}"


def timestamp(book: Book) -> datetime:
    """Return the time that a file tells it was made: the first second of the book's date, of 1980 without one."""
    return datetime.fromisoformat(book.date or NO_DATE).replace(tzinfo=UTC)


# The word that ends a sentence or announces what follows; shorter ones are abbreviations.
SENTENCE = r"\w{4}\W?[.:;]"


def brief(caption: str) -> str:
    """Return a caption as lists have it: up to the end of its first sentence, or to its first colon."""
    end = re.search(rf"{SENTENCE}(?=\s)", caption)
    return caption[: end.end() - 1] if end else caption


def contents_depth(book: Book, *formats: str) -> int:
    """Return how many levels of headings the contents list, 0 if there are none (`toc`, `toc-depth`)."""
    depth = book.option("toc-depth", *formats)
    return 0 if book.option("toc", *formats) is False else depth if isinstance(depth, int) else 2


def only_for(book: Book, fmt: str) -> Book:
    """Return a book with what is for a format; a link to what is not becomes text, one to a download a file's name."""
    shown = [replace(page, blocks=visible(page.blocks, fmt)) for page in book.pages]
    if book.downloads and fmt != "html":
        shown = [replace(page, blocks=ast.rewrite(page.blocks, _file_named, "Link")) for page in shown]
    if all(page.blocks is before.blocks for page, before in zip(shown, book.pages, strict=True)):
        return book
    there = {f"{page.name}.html#{name}" for page in shown for name in _identifiers(page)}
    gone = {f"{page.name}.html#{name}" for page in book.pages for name in _identifiers(page)} - there

    def unlinked(node: Node) -> Node | list[Node]:
        return list(node["c"][1]) if node["c"][2][0] in gone else node

    linked = [replace(page, blocks=ast.rewrite(page.blocks, unlinked, "Link")) for page in shown]
    pages = [replace(page, headings=_headings(page)) for page in linked]
    return replace(book, pages=tuple(pages))


def _file_named(node: Node) -> Node | list[Node]:
    if not ast.has_class(node, DOWNLOAD):
        return node
    name = PurePosixPath(node["c"][2][0]).name
    is_named = name in ast.plain_text(node["c"][1])
    return [*node["c"][1], *([] if is_named else ast.text_inlines(f" ({name})"))]


def _identifiers(page: Page) -> set[str]:
    return {ast.identifier(node) for node in ast.nodes(page.blocks, *ast.ATTRIBUTES_AT)} - {""}


def _headings(page: Page) -> tuple[Heading, ...]:
    there = _identifiers(page)
    return tuple(heading for heading in page.headings if not heading.id or heading.id in there)


def column_texts(table: Node) -> list[list[str]]:
    """Return the texts of a table's columns, those of cells that span several left out."""
    _, _, columns, head, bodies, foot = table["c"]
    rows = [*head[1], *(row for _, _, heads, body in bodies for row in (*heads, *body)), *foot[1]]
    plain = [cells for _, cells in rows if len(cells) == len(columns)]
    return [[ast.plain_text(cells[at][4]).strip() for cells in plain] for at in range(len(columns))]
