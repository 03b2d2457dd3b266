"""Compiling: a book becomes the files of a format; nothing is numbered or looked up any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reportkit.compile.documents import only_for
from reportkit.compile.html import write_html
from reportkit.compile.pdf import write_pdf
from reportkit.model.book import Book
from reportkit.process import Pandoc

WRITERS: Mapping[str, Callable[[Book, Pandoc], dict[str, bytes]]] = {"html": write_html, "pdf": write_pdf}


def compile_book(book: Book, fmt: str, pandoc: Pandoc) -> dict[str, bytes]:
    """Return the files of a book in a format (`html`, `pdf`), by their name within the edition's folder.

    The bytes depend on the book alone. Raises `CompileError` if Typst refuses a page.
    """
    return WRITERS[fmt](only_for(book, fmt), pandoc)
