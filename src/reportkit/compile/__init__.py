"""Compiling: a book becomes the files of a format; nothing is numbered or looked up any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reportkit.compile.backlinks import link_back
from reportkit.compile.documents import only_for
from reportkit.compile.docx import write_docx
from reportkit.compile.epub import write_epub
from reportkit.compile.html import write_html
from reportkit.compile.pdf import write_pdf
from reportkit.model.book import Book
from reportkit.process import Pandoc

WRITERS: Mapping[str, Callable[[Book, Pandoc], dict[str, bytes]]] = {
    "html": write_html,
    "pdf": write_pdf,
    "epub": write_epub,
    "docx": write_docx,
}


def compile_book(book: Book, fmt: str, pandoc: Pandoc) -> dict[str, bytes]:
    """Return the files of a book in a format (`html`, `pdf`, `epub`, `docx`), by their name in the edition's folder.

    The bytes depend on the book alone. Raises `CompileError` if Typst or pandoc refuses something.
    """
    return WRITERS[fmt](link_back(only_for(book, fmt)), pandoc)
