"""A book as the one document that pandoc's writers of EPUB and DOCX get.

Its identifiers are unique in the book, its links lead to them, a part has a heading of its own, notes for the margin
are footnotes, code that folds is open, and what is written for another format is left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reportkit.compile.documents import citation, printed_date
from reportkit.digest import digest_bytes
from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Node
from reportkit.model.quarto import take_title

# Word takes no longer name of a place; XML wants a letter first.
NAME = re.compile(r"[A-Za-z]\w{,39}", re.ASCII)
# Links that lead out of the book; any other scheme might run something.
ELSEWHERE = re.compile(r"(https?|ftp|mailto|tel):", re.IGNORECASE)
MARGIN = frozenset({"aside", "column-margin"})
Names = Mapping[tuple[str, str], str]
Writer = Callable[[Node], Node | list[Node]]


def whole_blocks(book: Book, raw: str, write: Writer) -> Blocks:
    """Return the blocks of all pages; `raw` is the raw markup that is kept, `write` changes each node at last."""
    names, opened = anchors(book), parts(book)
    titles = {page.name: page.headings[0].id for page in book.pages if page.headings}
    made: Blocks = []
    for page in book.pages:
        for anchor, part in opened.get(page.name, {}).items():
            made.append({"t": "Header", "c": [1, [anchor, ["part"], []], ast.text_inlines(part)]})
        made += ast.rewrite(page.blocks, _Page(page.name, names, titles, raw, write).change)
    return made


def parts(book: Book) -> dict[str, dict[str, str]]:
    """Return for each page before which the heading of a part stands that part's anchor and title."""
    before = [None, *(page.part for page in book.pages)]
    return {
        page.name: {f"part_{number}": page.part}
        for number, (page, part) in enumerate(zip(book.pages, before, strict=False))
        if page.part and page.part != part and not page.opens_part
    }


def anchors(book: Book) -> Names:
    """Return for each page and identifier the name that it has in the whole book."""
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for page in book.pages:
        for identifier in dict.fromkeys(filter(None, map(ast.identifier, ast.nodes(page.blocks, *ast.ATTRIBUTES_AT)))):
            name = re.sub(r"\W", "_", f"{page.name}_{identifier}", flags=re.ASCII)
            if not NAME.fullmatch(name) or name in taken:
                name = f"x{digest_bytes(f'{page.name}:{identifier}'.encode())[:16]}"
            taken.add(name)
            found[page.name, identifier] = name
    return found


def metadata(book: Book) -> dict[str, Any]:
    """Return what both formats tell of a book, as pandoc's metadata."""
    texts = {
        "title": book.title,
        "subtitle": book.subtitle,
        "date": book.date,
        "printed-date": printed_date(book),
        "lang": book.language,
        "rights": book.option("rights", "epub", "docx"),
        "cite-as": f"{book.terms['cite-as']}: {citation(book)}",
        "state": f"{book.terms['source']} {book.source_digest[:12]}",
    }
    told: dict[str, Any] = {name: text_value(text) for name, text in texts.items() if text}
    return told | {"author": {"t": "MetaList", "c": [text_value(author) for author in book.authors]}}


def text_value(text: str) -> Node:
    """Return a text as a value of metadata."""
    return {"t": "MetaString", "c": text}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return files in one archive, the same bytes at any time; `mimetype` is not compressed, as EPUB demands."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as new:
        for name, data in files.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(zipfile.ZipInfo(name), data, kind)
    return archive.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Return the files of an archive in their order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return {name: files.read(name) for name in files.namelist()}


@dataclass(frozen=True, slots=True)
class _Page:
    """Changes the nodes of one page, innermost first."""

    name: str
    names: Names
    titles: Mapping[str, str]
    raw: str
    write: Writer

    def change(self, node: Node) -> Node | list[Node]:
        kind = node["t"]
        if kind in {"RawBlock", "RawInline"}:
            return node if node["c"][0] == self.raw else []
        if kind == "Link":
            return self._link(node)
        if kind == "Span" and MARGIN & set(node["c"][0][1]):
            return {"t": "Note", "c": [ast.para(node["c"][1])]}
        if ast.has_class(node, "code-fold"):
            return take_title(node["c"][1])[1]
        if kind == "Figure" and ast.identifier(node).startswith("tbl-"):
            # The caption of a table stands above it, whatever it is made of.
            (identifier, classes, pairs), *content = node["c"]
            node = {"t": "Figure", "c": [[identifier, [*classes, "caption-top"], pairs], *content]}
        return self.write(self._named(node))

    def _named(self, node: Node) -> Node:
        found = ast.attributes(node)
        if not found or not found[0]:
            return node
        return ast.with_attributes(node, [self.names[self.name, found[0]], *found[1:]])

    def _link(self, node: Node) -> Node | list[Node]:
        """Return a link to where its target is in the whole book; one that leads nowhere becomes text."""
        attributes, inlines, (target, title) = node["c"]
        if ELSEWHERE.match(target):
            return node
        path, _, fragment = target.partition("#")
        page = path.removesuffix(".html") or self.name
        name = self.names.get((page, fragment or self.titles.get(page, "")))
        return {"t": "Link", "c": [attributes, inlines, [f"#{name}", title]]} if name else list(inlines)
