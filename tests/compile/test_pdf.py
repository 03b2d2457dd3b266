"""The PDF edition: tagged, in its language, with figures as vectors, the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pypdfium2
import pytest

from compile.sample import figure, instance, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.compile.pdf import typst_sources
from reportkit.errors import CompileError
from reportkit.model.book import Book
from reportkit.model.record import Origin, Record
from reportkit.process import run_pandoc

SPECIAL = r"\# \$5 \* \_ \@ \< \> \\ [x]{lang=en} „ü“ – …"
TEXT = f"# One {{#sec-one}}\n\n{SPECIAL}\n\n## Part\n\nSee @fig-a and @sec-two.[^n]\n\n[^n]: A note.\n"
ROWS = "".join(f"| row {n} | {n} |\n" for n in range(90))
TABLE = f"# Two {{#sec-two}}\n\n| a | b |\n|---|--:|\n{ROWS}\n: Ninety rows {{#tbl-rows}}\n"
TALL = b'<svg xmlns="http://www.w3.org/2000/svg" width="500" height="2000"><rect width="500" height="2000"/></svg>'
BOTTOM_MARGIN = 26 * 72 / 25.4


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


def test_what_is_in_another_language_says_so(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        marks = [
            str(operands[1].get("/Lang", ""))
            for page in document.pages
            for operands, operator in pikepdf.parse_content_stream(page, "BDC")
            if isinstance(operands[1], pikepdf.Dictionary)
        ]
        marks += [str(tag.get("/Lang", "")) for tag in tags(document.Root.StructTreeRoot.K)]
    assert any(mark.startswith("en") for mark in marks)


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return found


def test_special_characters_and_numbers_read_as_written(pdf: bytes) -> None:
    text = " ".join(texts(pdf))
    assert "# $5 * _ @ < > \\ x „ü“ – …" in text
    assert "See Abbildung\u00a01.1 and Kapitel\u00a02" in text.replace("Abbildung 1.1", "Abbildung\u00a01.1").replace(
        "Kapitel 2", "Kapitel\u00a02"
    )


def test_a_long_table_goes_on_over_pages_with_its_head(pdf: bytes) -> None:
    with_rows = [text for text in texts(pdf) if "row " in text]
    assert len(with_rows) >= 2
    assert all(re.search(r"\ba\s+b\s+row", text) for text in with_rows)
    goes_on = ["Tabelle\u00a02.1: Fortsetzung" in " ".join(text.split(" ")) for text in with_rows]
    assert goes_on == [False] + [True] * (len(with_rows) - 1)


def test_a_long_table_begins_where_it_stands(pdf: bytes) -> None:
    opening = next(text for text in texts(pdf) if text.startswith("2 Two"))
    assert "Ninety rows" in opening and "row 0" in opening


def test_the_letters_of_a_table_are_nearly_as_large_as_those_of_its_caption(pdf: bytes) -> None:
    with pypdfium2.PdfDocument(pdf) as document:
        page = next(page for page in document if page.get_textpage().get_text_bounded().startswith("2 Two"))
        text, height = page.get_textpage(), {}
        for word in ("Ninety", "row 7"):
            at = text.get_text_range().index(word)
            height[word] = text.get_charbox(at, loose=True)[3] - text.get_charbox(at, loose=True)[1]
    assert 0.9 < height["row 7"] / height["Ninety"] < 0.96


def test_a_note_in_a_title_or_a_caption_is_printed_once() -> None:
    noted = "# One[^t]\n\n| a |\n|---|\n| 1 |\n\n: Rows[^c] {#tbl-rows}\n\n[^t]: Of a title.\n\n[^c]: Of a caption.\n"
    filler = "\n\n".join(["A sentence."] * 80)
    (pdf,) = compile_book(resolve(study(instance("one", prose(f"{noted}\n{filler}\n")))), "pdf", run_pandoc).values()
    text = " ".join(texts(pdf))
    assert (text.count("Of a title."), text.count("Of a caption.")) == (1, 1)
    assert text.count("1 One") == 3 + 1  # contents, chapter, running heads


@pytest.mark.parametrize("lines", range(28, 36))
def test_a_last_page_is_not_a_line_or_two_of_a_paragraph(lines: int) -> None:
    filler = "\n\n".join(["Filler."] * lines)
    text = f"# One\n\n{filler}\n\nBeginning {'and so on ' * 60} end."
    (pdf,) = compile_book(resolve(study(instance("one", prose(text)))), "pdf", run_pandoc).values()
    assert ["Beginning" in page for page in texts(pdf) if "and so on" in page] == [True]


@pytest.mark.parametrize("lines", range(30, 40))
def test_what_leads_to_a_list_stands_on_its_page(lines: int) -> None:
    filler, items = "\n\n".join(["Filler."] * lines), "\n".join(["- Item, one of them."] * 8)
    text = f"# One\n\n{filler}\n\nLeading to it:\n\n{items}\n\nLast.\n"
    (pdf,) = compile_book(resolve(study(instance("one", prose(text)))), "pdf", run_pandoc).values()
    assert ["Item" in page for page in texts(pdf) if "Leading" in page] == [True]


def test_a_head_names_the_chapter_and_the_first_section_that_begins_on_the_page_or_goes_on() -> None:
    filler = "\n\n".join(["Sentence."] * 60)
    text = f"# One\n\n## A\n\n{filler}\n\n## B\n\n## C\n\n{filler}\n"
    chapters = instance("one", prose(text)), instance("two", prose(f"# Two\n\n{filler}\n"))
    (pdf,) = compile_book(resolve(study(*chapters)), "pdf", run_pandoc).values()

    heads = [" ".join(page.split("Sentence.")[0].split()) for page in texts(pdf) if "Sentence." in page]

    # Where a chapter begins there is no head: its title and its first section come first.
    assert heads == ["1 One 1.1 A", "1 One 1.2 B", "1 One 1.3 C", "1 One 1.3 C", "2 Two", "2 Two"]


def test_a_part_has_a_page_and_a_bookmark_of_its_own(book: Book) -> None:
    first, *others = book.pages
    parted = replace(book, pages=(first, *(replace(page, part="Part #1") for page in others)))
    (pdf,) = compile_book(parted, "pdf", run_pandoc).values()
    assert [text.split() for text in texts(pdf) if text.startswith("Part #1")] == [["Part", "#1"]]
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        assert "Part #1" in [item.title for item in outline.root]


def test_a_picture_leaves_room_for_its_caption(book: Book) -> None:
    (pdf,) = compile_book(replace(book, assets=dict.fromkeys(book.assets, TALL)), "pdf", run_pandoc).values()
    number = max(index for index, text in enumerate(texts(pdf)) if ": A figure" in text)
    document = pypdfium2.PdfDocument(pdf)
    page = document[number].get_textpage()
    bottom = page.get_charbox(page.get_text_range().index(": A figure"))[1]
    document.close()
    assert bottom > BOTTOM_MARGIN


def test_the_same_book_gives_the_same_bytes(book: Book, pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert compile_book(book, "pdf", run_pandoc)["zwei-staedte.pdf"] == pdf


def test_links_lead_to_labels_that_are_unique_in_the_book(book: Book) -> None:
    text = "".join(data.decode() for name, data in typst_sources(book, run_pandoc).items() if name.endswith(".typ"))
    assert '#link(label("one:fig-a"))' in text
    assert text.count('#label("one:fig-a")') == 1


def test_every_glyph_that_no_font_has_is_told_with_its_page() -> None:
    # The names of our own Typst files are no names that a page could take from them.
    made = study(
        *(instance(name, prose("# One\n\n\U0001f9ff and `\u6f22`, \U0001f9ff\n")) for name in ("book", "main"))
    )
    with pytest.raises(CompileError) as caught:
        compile_book(resolve(made), "pdf", run_pandoc)
    found = sorted(str(item) for item in caught.value.diagnostics)
    said = [
        "error[RK507]: no font has the character `\u6f22` (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) in page `{}`",
        "error[RK507]: no font has the character `\U0001f9ff` (U+1F9FF NAZAR AMULET) in page `{}`",
    ]
    assert [item.split(" of the de edition")[0] for item in found] == [
        line.format(name) for line in said for name in ("book", "main")
    ]
    assert all("font-paths" in item for item in found)


def test_languages_of_europe_and_arabic_have_letters_in_the_fonts_that_come_along() -> None:
    words = "Ștefan și țara, İğdır ve çalışma, Добър ден, مرحبا, Ελλάδα, \U0001f600"
    made = study(instance("one", prose(f"# One\n\n{words}\n\n[مرحبا بالعالم]{{lang=ar}}\n")))
    (pdf,) = compile_book(resolve(made), "pdf", run_pandoc).values()
    text = " ".join(texts(pdf))
    assert [word for word in words.split() if word not in text and not word.startswith("م")] == []


def test_what_typst_refuses_in_a_page_is_told_with_its_line() -> None:
    source = b"# One\n\n```{=typst}\n#nope(1)\n```\n"
    record = Record("de", "", {}, {"one": Origin({}, ("one.md",))}, {})
    made = resolve(study(instance("one", prose(source.decode()))))
    with pytest.raises(CompileError) as caught:
        compile_book(replace(made, record=record, sources={"one.md": source}), "pdf", run_pandoc)
    assert [str(item.location) for item in caught.value.diagnostics] == ["one.md:4"]


def test_a_picture_that_typst_cannot_read_is_told_by_name(book: Book) -> None:
    with pytest.raises(CompileError, match=r"Typst refused `figures/fig-a.svg` of the de edition: failed to parse SVG"):
        compile_book(replace(book, assets=dict.fromkeys(book.assets, b"<svg>")), "pdf", run_pandoc)


SAYING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="99" font-family="DejaVu Sans">'
    '<text x="9" y="30">Träger {}</text><text x="9" y="60" font-weight="700">fett</text></svg>'
)


def test_the_text_of_a_figure_is_text_in_the_letters_of_figures(book: Book) -> None:
    drawn = dict.fromkeys(book.assets, SAYING.format("ș").encode())
    pdf = compile_book(replace(book, assets=drawn), "pdf", run_pandoc)["zwei-staedte.pdf"]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {str(font.BaseFont)[8:] for page in document.pages for font in page.Resources.get("/Font", {}).values()}
    assert {"DejaVuSans", "DejaVuSans-Bold"} <= fonts
    document = pypdfium2.PdfDocument(pdf)
    assert "Träger ș" in "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()


def test_a_letter_of_a_figure_that_no_font_has_is_told(book: Book) -> None:
    with pytest.raises(CompileError, match="漢"):
        drawn = dict.fromkeys(book.assets, SAYING.format("漢").encode())
        compile_book(replace(book, assets=drawn), "pdf", run_pandoc)


def test_a_formula_reads_as_it_was_written() -> None:
    made = study(instance("one", prose("# One\n\nSo $a_1 = \\frac{b}{2}$ and\n\n$$E = m c^2$$\n")))
    (pdf,) = compile_book(resolve(made), "pdf", run_pandoc).values()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        formulas = [str(tag.Alt) for tag in tags(document.Root.StructTreeRoot.K) if str(tag.S) == "/Formula"]
    assert formulas == ["a_1 = \\frac{b}{2}", "E = m c^2"]
