"""PDF through Typst: tagged (PDF/UA-1), vector figures, the book's own date as its timestamp."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportkit.compile.documents import contents_depth, file_name, printed_date, timestamp
from reportkit.compile.typst_tree import TypstTree, string
from reportkit.errors import CompileError, Diagnostic, error
from reportkit.model.ast import document
from reportkit.model.book import Book, Page
from reportkit.process import Pandoc
from reportkit.world import write_files

TEMPLATE = Path(__file__).with_name("templates") / "book.typ"
MAIN = "main.typ"
FONTS = "fonts"
# Words that Typst takes for a heading, list or term where they stand first; pandoc escapes them in paragraphs alone.
WORD = re.compile(r'\{"t": "Str", "c": "(=+|[-+/]|\d+\.)"\}')
# A fault as Typst tells it: what is wrong, in which file of ours, and how to mend it.
FAULT = re.compile(r"^error: (.+)\n(?: *┌─ (.+):\d+:\d+\n)?(?:.*│.*\n)*(?: *= hint: (.+))?", re.M)


def write_pdf(book: Book, pandoc: Pandoc) -> dict[str, bytes]:
    """Return the book as one PDF, named by its language and title."""
    sources = typst_sources(book, pandoc)
    # Accessible (ISO 14289-1) and archivable (ISO 19005-2, level A): a missing glyph is refused.
    # PDF/A must tell a date.
    standards = ["ua-1", *(["a-2a"] if book.date else [])]
    (made,) = compile_typst(
        book, sources | dict(book.assets), format="pdf", pdf_standards=standards, timestamp=timestamp(book)
    )
    return {file_name(book, "pdf"): made}


def typst_sources(book: Book, pandoc: Pandoc) -> dict[str, bytes]:
    """Return the Typst files of a book: the template, one file for each page, and the main file."""
    tree = TypstTree(book)
    documents = [
        WORD.sub(r'{"t": "RawInline", "c": ["typst", "\\\\\1"]}', document(tree.blocks(page))) for page in book.pages
    ]
    texts = pandoc([{"op": "write", "document": text, "format": "typst"} for text in documents])
    pages = {_page_file(page): f"{HEAD}{text}\n".encode() for page, text in zip(book.pages, texts, strict=True)}
    return {**pages, "book.typ": TEMPLATE.read_bytes(), MAIN: _main(book).encode()}


HEAD = '#import "/book.typ": *\n\n'


def _page_file(page: Page) -> str:
    return f"pages/{page.name}.typ"


def _main(book: Book) -> str:
    facts = {
        "title": book.title,
        "subtitle": book.subtitle or "",
        "date": printed_date(book),
        "digest": book.source_digest[:12],
        "language": book.language.split("-")[0],
    }
    words = {**book.terms, "contents": str(book.option("toc-title", "typst", "pdf") or book.terms["contents"])}
    terms = ", ".join(f"{string(name)}: {string(word)}" for name, word in sorted(words.items()))
    settings = [f"{name}: {string(value)}," for name, value in facts.items()]
    authors = "".join(f"{string(author)}, " for author in book.authors)
    day = "none"
    if book.date:
        day = "datetime(year: {}, month: {}, day: {})".format(*map(int, book.date.split("-")))
    kinds = {found.kind for found in book.floats}
    lists = "".join(f"{string(kind)}, " for kind in ("fig", "tbl") if kind in kinds)
    return "\n".join(
        [
            '#import "book.typ": *',
            "#show: book.with(",
            *(f"  {setting}" for setting in settings),
            f"  authors: ({authors}),",
            f"  day: {day},",
            f"  terms: ({terms}),",
            f"  lists: ({lists}),",
            f"  depth: {contents_depth(book, 'typst', 'pdf')},",
            ")",
            *_includes(book.pages),
            "",
        ]
    )


def _includes(pages: Iterable[Page]) -> Iterator[str]:
    part = None
    for page in pages:
        if page.part and page.part != part and not page.opens_part:
            yield f"#part({string(page.part)})"
        part = page.part
        yield f"#include {string(_page_file(page))}"


def compile_typst(book: Book, files: Mapping[str, bytes], **settings: Any) -> list[bytes]:
    """Return what Typst makes of files, of which `MAIN` is the first: a PDF, or a picture for each page.

    Raises `CompileError` with all that Typst refuses.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="rk-") as name:
        folder = Path(name)
        write_files(folder, {**files, **_fonts()})
        settings |= {"root": folder, "font_paths": [folder / FONTS], "ignore_system_fonts": True}
        try:
            made = typst.compile(folder / MAIN, **settings)
        except typst.TypstError as fault:
            raise CompileError(_faults(fault.diagnostic, book)) from fault
    return made if isinstance(made, list) else [made]


@cache
def _fonts() -> dict[str, bytes]:
    """Return the faces of figures, DejaVu Sans as Matplotlib brings it along, as files.

    Its folder cannot be given to Typst: a font in there has a sign for every letter, so that none would be missing.
    """
    found = find_spec("matplotlib")
    assert found is not None and found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0], "mpl-data", "fonts", "ttf")
    faces = sorted(path for path in folder.glob("DejaVuSans*.ttf") if "Mono" not in path.name)
    return {f"{FONTS}/{path.name}": path.read_bytes() for path in faces}


def _faults(told: str, book: Book) -> list[Diagnostic]:
    """Return all that Typst says is wrong, each with the page or picture where it is if Typst knows."""
    places = {_page_file(page): f"page `{page.name}`" for page in book.pages} | {
        name: f"`{name}`" for name in book.assets
    }
    made = []
    for message, path, hint in FAULT.findall(told) or [(told, "", "")]:
        place = next((f"{shown} of " for name, shown in places.items() if path.endswith(f"/{name}")), "")
        made.append(error("RK501", f"Typst refused {place}the {book.language} edition: {message}", hint=hint or None))
    return made
