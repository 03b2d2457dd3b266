"""What all writers share: the book's date in words."""

from __future__ import annotations

from datetime import date

from reportkit.model.book import Book


def printed_date(book: Book) -> str:
    """Return the book's date as its language writes it: "20. November 2026"."""
    from babel.dates import format_date

    return str(format_date(date.fromisoformat(book.date), format="long", locale=book.language.replace("-", "_")))
