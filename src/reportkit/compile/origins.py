"""Where the figures and tables of a page come from, one click away, and what of them can be downloaded."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import escape
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from reportkit.compile.documents import file_name
from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Node, Page
from reportkit.model.execution import NOT_RUN
from reportkit.model.record import Artifact

SHORT = 12
# Data are what is no text and no code of the study; the record names all.
WRITTEN = (".md", ".qmd", ".ipynb", ".py")
RECORD = "../record.json"
# What a spreadsheet would take for a formula; a number may have a sign.
FORMULA = re.compile(r"\s*[=@]|\s*[+-](?!\s*[\d.,])")


def table_files(book: Book) -> dict[str, bytes]:
    """Return the tables that have a label as CSV, by the name of their file."""
    found = book.record.artifacts.items() if book.record else ()
    return {
        _table_name(label): _csv(artifact.content)
        for label, artifact in ((name.partition("/")[2], artifact) for name, artifact in found)
        if artifact.kind == "table" and label.startswith("tbl-")
    }


def _table_name(label: str) -> str:
    return f"tables/{label}.csv"


def _csv(rows: list[list[str]]) -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows([[_harmless(cell) for cell in row] for row in rows])
    # Spreadsheets know UTF-8 by its mark.
    return made.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    text = cell.strip()
    return f"'{text}" if FORMULA.match(text) else text


def origin(book: Book, page: Page, node: Node) -> Blocks:
    """Return what folds out under a figure or table that a cell made: the cell, parameters, files, downloads."""
    label = ast.identifier(node)
    artifact = book.record.artifacts.get(f"{page.name}/{label}") if book.record and label else None
    if artifact is None or not _is_made(book, page, node, artifact):
        return []
    terms = book.terms
    said = "".join(
        f"<dt>{escape(terms[term])}</dt>\n<dd>{text}</dd>\n" for term, text in _facts(book, page, artifact) if text
    )
    links = " ".join(
        f'<a href="{escape(quote(target))}" download="{escape(PurePosixPath(target).name)}">{escape(name)}</a>'
        for name, target in _downloads(book, page, node, artifact)
    )
    text = f'<details class="origin" data-pagefind-ignore>\n<summary>{escape(terms["origin"])}</summary>\n'
    return [{"t": "RawBlock", "c": ["html", f"{text}<dl>\n{said}</dl>\n<p>{links}</p>\n</details>"]}]


def _is_made(book: Book, page: Page, node: Node, artifact: Artifact) -> bool:
    """Whether a cell made this; of what nobody labelled in a cell the record tells the chapter alone."""
    assert book.record is not None
    is_run = not any(ast.has_class(part, NOT_RUN) for part in ast.nodes(node["c"], "Div"))
    return is_run and artifact.place != book.record.instances[page.name].files[0]


def chapter_source(book: Book, page: Page) -> str | None:
    """Return where the source of a page's chapter lies in the edition, or None."""
    files = book.record.instances[page.name].files if book.record else ()
    return next((path for path in files[:1] if path in book.sources), None)


def _facts(book: Book, page: Page, artifact: Artifact) -> Iterator[tuple[str, str]]:
    assert book.record is not None
    origin = book.record.instances[page.name]
    place = artifact.place.partition(" (")[0].replace(", cell ", f", {book.terms['cell']} ")
    yield "origin-place", escape(place)
    yield "origin-parameters", escape(", ".join(f"{name} = {value}" for name, value in origin.parameters.items()))
    digests = {path: book.record.inputs.get(path) for path in origin.files if not path.endswith(WRITTEN)}
    files = "".join(f"<li>{_file(book, path)} {_digest(digest)}</li>\n" for path, digest in digests.items() if digest)
    yield "origin-data", f"<ul>\n{files}</ul>" if files else ""
    yield "origin-digest", f"<code>{artifact.digest}</code>"


def _file(book: Book, path: str) -> str:
    return f'<a href="{escape(quote(path))}" download>{escape(path)}</a>' if path in book.downloads else escape(path)


def _digest(digest: str) -> str:
    return f'<code title="SHA-256: {digest}">{digest[:SHORT]}</code>'


def _downloads(book: Book, page: Page, node: Node, artifact: Artifact) -> Iterator[tuple[str, str]]:
    """Yield what can be downloaded: its name and the file's."""
    for image in ast.nodes(node, "Image"):
        target = unquote(image["c"][2][0])
        if target in book.assets:
            yield PurePosixPath(target).suffix[1:].upper(), target
    label = ast.identifier(node)
    if artifact.kind == "table" and label.startswith("tbl-"):
        yield "CSV", _table_name(label)
    source = chapter_source(book, page)
    if source:
        yield book.terms["notebook"], source
    if "pdf" in book.formats:
        yield "PDF", f"../pdf/{file_name(book, 'pdf')}"
    yield book.terms["record"], RECORD
