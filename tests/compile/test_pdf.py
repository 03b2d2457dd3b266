"""The PDF edition: tagged, in its language, with figures as vectors, the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2
import pytest

from compile.sample import figure, instance, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.compile.pdf import typst_sources
from reportkit.errors import CompileError
from reportkit.model.book import Book
from reportkit.process import run_pandoc

SPECIAL = r"\# \$5 \* \_ \@ \< \> \\ [x]{lang=en} „ü“ – …"
TEXT = f"# One {{#sec-one}}\n\n{SPECIAL}\n\n## Part\n\nSee @fig-a and @sec-two.[^n]\n\n[^n]: A note.\n"
TABLE = "# Two {#sec-two}\n\n| a | b |\n|---|--:|\n" + "".join(f"| row {n} | {n} |\n" for n in range(90))


@pytest.fixture(scope="module")
def book() -> Book:
    made = study(instance("one", prose(TEXT), figure("fig-a")), instance("two", prose(TABLE)))
    return resolve(made, {"one": svg_result(1)})


@pytest.fixture(scope="module")
def pdf(book: Book) -> bytes:
    files = compile_book(book, "pdf", run_pandoc)
    assert list(files) == ["zwei-staedte.pdf"]
    return files["zwei-staedte.pdf"]


def tags(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from tags(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tags(node["/K"])


def test_it_is_tagged_in_its_language(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.Lang).startswith("de")
        assert str(document.docinfo["/Title"]) == "Zwei #Städte"
        kinds = [str(tag.S) for tag in tags(document.Root.StructTreeRoot.K)]
        alternatives = [str(tag.Alt) for tag in tags(document.Root.StructTreeRoot.K) if str(tag.S) == "/Figure"]
    assert {"/H1", "/H2", "/Table", "/TH", "/Note", "/Caption"} <= set(kinds)
    assert alternatives == ["A blue box"]


def test_special_characters_and_numbers_read_as_written(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "# $5 * _ @ < > \\ x „ü“ – …" in text
    assert "See Abbildung\u00a01.1 and Kapitel\u00a02" in text.replace("Abbildung 1.1", "Abbildung\u00a01.1").replace(
        "Kapitel 2", "Kapitel\u00a02"
    )


def test_a_long_table_goes_on_over_pages_with_its_head(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    with_rows = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert sum("row " in text for text in with_rows) >= 2


def test_the_same_book_gives_the_same_bytes(book: Book, pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert compile_book(book, "pdf", run_pandoc)["zwei-staedte.pdf"] == pdf


def test_links_lead_to_labels_that_are_unique_in_the_book(book: Book) -> None:
    text = "".join(data.decode() for name, data in typst_sources(book, run_pandoc).items() if name.endswith(".typ"))
    assert '#link(label("one:fig-a"))' in text
    assert text.count('#label("one:fig-a")') == 1


def test_a_glyph_that_no_font_has_is_an_error() -> None:
    with pytest.raises(CompileError, match="RK501"):
        compile_book(resolve(study(instance("one", prose("# One\n\n\U0001f9ff\n")))), "pdf", run_pandoc)


def test_a_formula_reads_as_it_was_written() -> None:
    made = study(instance("one", prose("# One\n\nSo $a_1 = \\frac{b}{2}$ and\n\n$$E = m c^2$$\n")))
    (pdf,) = compile_book(resolve(made), "pdf", run_pandoc).values()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        formulas = [str(tag.Alt) for tag in tags(document.Root.StructTreeRoot.K) if str(tag.S) == "/Formula"]
    assert formulas == ["a_1 = \\frac{b}{2}", "E = m c^2"]
