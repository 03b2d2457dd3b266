"""PDF through Typst: tagged (PDF/UA-1), vector figures, the book's own date as its timestamp."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from reportkit.compile.documents import citation, contents_depth, file_name, printed_date, timestamp
from reportkit.compile.typst_tree import TypstTree, length, string
from reportkit.errors import CompileError, Diagnostic, Location, error
from reportkit.model.ast import document
from reportkit.model.book import Book, Page
from reportkit.process import Pandoc
from reportkit.world import matplotlib_fonts, write_files

TEMPLATE = Path(__file__).with_name("templates") / "book.typ"
MAIN = "main.typ"
SETTINGS = "book.json"
# The margins of a page: which setting of Quarto's means them too, and what they are without.
MARGIN = {"left": ("x", "27mm"), "right": ("x", "27mm"), "top": ("y", "28mm"), "bottom": ("y", "26mm")}
# What Quarto calls these papers, lists and fonts.
PAPERS = {"letter": "us-letter", "legal": "us-legal"}
LISTS = {"fig": "lof", "tbl": "lot"}
FONTS = {"main": "mainfont", "code": "codefont", "math": "mathfont"}
# Words that Typst takes for a heading, list or term where they stand first; pandoc escapes them in paragraphs alone.
WORD = re.compile(r'\{"t": "Str", "c": "(=+|[-+/]|\d+\.)"\}')
# A fault as Typst tells it: what is wrong, in which file of ours, and how to mend it.
FAULT = re.compile(r"^error: (.+)\n(?: *┌─ (.+):(\d+):\d+\n)?(?:.*│.*\n)*(?: *= hint: (.+))?", re.M)
LACKING = re.compile(r"the text `\"(.+)\"` could not be displayed")
FONT_HINT = "put a font that has it into a folder of the study and name that: `format: typst: font-paths:`"


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
    settings = json.dumps(_settings(book), ensure_ascii=False, sort_keys=True)
    return {**pages, "book.typ": TEMPLATE.read_bytes(), SETTINGS: settings.encode(), MAIN: _main(book).encode()}


HEAD = '#import "/book.typ": *\n\n'


def _page_file(page: Page) -> str:
    return f"pages/{page.name}.typ"


def _main(book: Book) -> str:
    head = ['#import "book.typ": *', f"#show: book.with(..json({string(f'/{SETTINGS}')}))"]
    return "\n".join([*head, *_includes(book.pages), ""])


def _settings(book: Book) -> dict[str, Any]:
    """Return what the template is told: the book's facts and words, and its looks as `format: typst:` names them."""

    def option(name: str) -> Any:
        return book.option(name, "typst")

    given = option("margin") or {}
    margin = {side: length(given.get(side, given.get(axis))) or size for side, (axis, size) in MARGIN.items()}
    kinds = {found.kind for found in book.floats}
    return {
        "title": book.title,
        "subtitle": book.subtitle or "",
        "authors": book.authors,
        "date": printed_date(book),
        "day": [*map(int, book.date.split("-"))] if book.date else [],
        "keywords": words if isinstance(words := book.option("keywords") or [], list) else [words],
        "language": book.language,
        "terms": {**book.terms, "contents": book.option("toc-title", "typst", "pdf") or book.terms["contents"]},
        "imprint-lines": _imprint(book),
        "lists": [kind for kind, name in LISTS.items() if kind in kinds and option(name) is not False],
        "depth": contents_depth(book, "typst", "pdf"),
        "paper": PAPERS.get(paper := (option("papersize") or "a4").lower(), paper),
        "margin": margin,
        "size": length(option("fontsize")) or "10.5pt",
        "stretch": float(option("linestretch") or 1),
        "fonts": {use: [option(name)] if option(name) else [] for use, name in FONTS.items()},
    }


def _imprint(book: Book) -> list[list[str]]:
    """Return the lines of the imprint: what each is, and what it says."""
    told = {
        book.terms["cite-as"]: citation(book),
        book.terms["rights"]: book.option("rights", "typst", "pdf"),
        book.terms["source"].removesuffix(":"): book.source_digest[:12],
    }
    return [[name, str(text)] for name, text in told.items() if text]


def _includes(pages: Iterable[Page]) -> Iterator[str]:
    part = None
    for page in pages:
        if page.part and page.part != part and not page.opens_part:
            yield f"#part({string(page.part)})"
        part, shown = page.part, f"include {string(_page_file(page))}"
        yield f"#part-page({shown})" if page.opens_part else f"#{shown}"


def compile_typst(book: Book, files: Mapping[str, bytes], **settings: Any) -> list[bytes]:
    """Return what Typst makes of files, of which `MAIN` is the first: a PDF, or a picture for each page.

    Raises `CompileError` with all that Typst refuses.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="rk-") as name:
        folder = Path(name)
        write_files(folder, {**files, **book.files, **matplotlib_fonts()})
        try:
            made = typst.compile(folder / MAIN, root=folder, ignore_system_fonts=True, font_paths=[folder], **settings)
        except typst.TypstError as fault:
            raise CompileError(_faults(fault.diagnostic, book, files)) from fault
    return made if isinstance(made, list) else [made]


def _faults(told: str, book: Book, files: Mapping[str, bytes]) -> list[Diagnostic]:
    """Return all that Typst says is wrong, each with the page or picture where it is if Typst knows."""
    pages = {_page_file(page): page for page in book.pages}
    places = {name: f"page `{page.name}`" for name, page in pages.items()} | {name: f"`{name}`" for name in book.assets}
    made = []
    for message, path, line, hint in FAULT.findall(told) or [(told, "", "", "")]:
        name = next((name for name in places if path.endswith(f"/{name}")), "")
        where = f"{places[name]} of the {book.language} edition" if name else f"the {book.language} edition"
        place = _place(files[name].decode().split("\n")[int(line) - 1], pages[name], book) if name in pages else None
        character = LACKING.search(message)
        if character:
            code, named = f"U+{ord(character[1][0]):04X}", unicodedata.name(character[1][0], "without a name")
            message = f"no font has the character `{character[1]}` ({code} {named}) in {where}"
            made.append(error("RK507", message, place, FONT_HINT))
        else:
            made.append(error("RK501", f"Typst refused {where}: {message}", place, hint or None))
    return list(dict.fromkeys(made))


def _place(line: str, page: Page, book: Book) -> Location | None:
    """Return where a page's author wrote what became a line of Typst: the same line, or one that names its picture."""
    chapter = book.record.instances[page.name].files[0] if book.record else None
    if chapter is None:
        return None
    written = book.sources[chapter].decode().split("\n") if chapter.endswith("md") else []
    names = [line.strip(), *re.findall(r'"/(?:images|figures)/(.+?)(?:-\d+)?\.\w+"', line)]
    at = (number for name in names for number, text in enumerate(written, 1) if name in text)
    return Location(chapter, next(at, None))
