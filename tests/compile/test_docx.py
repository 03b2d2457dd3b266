"""The DOCX edition: styles, pictures, tables, notes, links and languages, the same bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from compile.sample import SVG, figure, instance, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.errors import CompileError
from reportkit.model.book import Book
from reportkit.process import run_pandoc

ONE = (
    "# One & *all* {#sec-one}\n\n## Part\n\nSee @fig-a, @tbl-rows, @eq-x and [two](two.md).[^n] [so]{lang=en} "
    "[Aside]{.aside}\n\n[^n]: A note.\n\n::: {.callout-tip title='Look'}\nInside.\n\n- item\n:::\n\n"
    "$$a^2$$ {#eq-x}\n\n<b>Raw</b>\n\n::: {layout-ncol=2}\nLeft\n\nRight\n:::\n\n"
    "::: {.panel-tabset}\n## First\n\nText\n:::\n"
)
TABLE = "| a | b |\n|---|--:|\n| 1 | a longer text |\n| 2 | b |\n\n: Rows {#tbl-rows}\n"
TWO = (
    "# Two {#sec-two}\n\n## Part\n\nSee @fig-a.\n\n| a | b |\n|---|--:|\n| 1 | a longer text |\n\n: Rows {#tbl-rows}\n"
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = {
    "w": W[1:-1],
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}


@pytest.fixture(scope="module")
def book() -> Book:
    made = study(instance("1-one", prose(ONE, "1-one.md"), figure("fig-a")), instance("two", prose(TWO)))
    return resolve(made, {"1-one": svg_result(1)})


@pytest.fixture(scope="module")
def docx(book: Book) -> dict[str, bytes]:
    return unpacked_docx(book)


def unpacked_docx(book: Book) -> dict[str, bytes]:
    files = compile_book(book, "docx", run_pandoc)
    assert list(files) == ["zwei-staedte.docx"]
    with zipfile.ZipFile(io.BytesIO(files["zwei-staedte.docx"])) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def found(docx: dict[str, bytes], path: str, name: str = "document") -> list[Any]:
    made: list[Any] = etree.fromstring(docx[f"word/{name}.xml"]).xpath(path, namespaces=NAMES)
    return made


def styled(docx: dict[str, bytes], style: str) -> list[str]:
    return ["".join(one.itertext()) for one in found(docx, f'//w:p[w:pPr/w:pStyle/@w:val="{style}"]')]


def test_title_page_and_headings_are_in_their_styles(docx: dict[str, bytes]) -> None:
    assert styled(docx, "Title") == ["Zwei #Städte"] and styled(docx, "Author") == ["Ada $Beispiel"]
    assert styled(docx, "Date") == ["31. Januar 2026"]
    assert styled(docx, "Heading1") == ["1 One & all", "2 Two"] and styled(docx, "Heading2") == ["1.1 Part", "2.1 Part"]
    assert styled(docx, "Toc1") == ["1 One & all", "2 Two"]
    assert styled(docx, "TableOfFigures") == ["1.1 A figure", "2.1 Rows"]


def test_every_style_is_one_of_our_own(docx: dict[str, bytes]) -> None:
    used = set(found(docx, "//w:pStyle/@w:val | //w:tblStyle/@w:val | //w:rStyle/@w:val"))
    there = set(found(docx, "//w:style/@w:styleId", "styles"))
    assert used <= there, used - there
    assert "CalloutTip" in used


def test_every_link_leads_to_a_place_in_the_document(docx: dict[str, bytes]) -> None:
    places = found(docx, "//w:bookmarkStart/@w:name")
    targets = found(docx, "//w:hyperlink/@w:anchor")
    assert len(places) == len(set(places)) and all(len(place) <= 40 for place in places)
    assert len(targets) >= 8 and set(targets) <= set(places)
    assert {"two_tbl_rows", "two_sec_two"} <= set(targets)


def test_drawings_are_pictures_with_alternative_texts(docx: dict[str, bytes]) -> None:
    assert found(docx, "//wp:docPr/@descr") == ["A blue box"]
    assert found(docx, "//wp:inline/@distL") == ["0"]
    (picture,) = [data for name, data in docx.items() if name.startswith("word/media/")]
    assert picture.startswith(b"\x89PNG")
    # 96 units of a drawing make an inch, as do 300 pixels of a picture.
    assert int.from_bytes(picture[16:20]) == pytest.approx(200 / 96 * 300, abs=1)
    assert int(found(docx, "//wp:extent/@cx")[0]) == pytest.approx(200 / 96 * 914400, rel=0.01)
    assert styled(docx, "ImageCaption") == ["Abbildung\u00a01.1: A figure"]


def test_a_table_has_a_head_a_caption_and_widths(docx: dict[str, bytes]) -> None:
    (table,) = found(docx, '//w:tbl[w:tblPr/w:tblStyle/@w:val="Table"]')
    assert len(table.xpath("w:tr[1]/w:trPr/w:tblHeader", namespaces=NAMES)) == 1
    assert styled(docx, "TableCaption") == ["Tabelle\u00a02.1: Rows"]
    first, second = (int(one) for one in table.xpath("w:tblGrid/w:gridCol/@w:w", namespaces=NAMES))
    assert first < second


def test_rows_do_not_break_and_what_belongs_together_keeps_together() -> None:
    source = "\n\n::: {.source}\nSource: us.\n:::\n"
    box = "\n::: {.callout-tip}\nInside.\n:::\n\n"
    text = f"# One\n\n{TABLE}{source}{box}{TABLE.replace('tbl-rows', 'tbl-more')}\nText.\n"
    made = unpacked_docx(resolve(study(instance("1-one", prose(text, "1-one.md")))))
    rows = found(made, '//w:tbl[w:tblPr/w:tblStyle/@w:val="Table"]/w:tr')
    assert [len(row.xpath("w:trPr/w:cantSplit", namespaces=NAMES)) for row in rows] == [1] * 6
    # The head and the rows keep together, the last one with what ends the table, this with the source.
    assert [len(row.xpath(".//w:pPr[w:keepNext]", namespaces=NAMES)) for row in rows] == [2, 2, 2, 2, 2, 0]
    assert not found(made, '//w:tbl[w:tblPr/w:tblStyle/@w:val="CalloutTip"]//w:cantSplit')
    assert [
        bool(found(made, f"(//w:p[w:pPr/w:pStyle/@w:val='TableEnd'])[{at}]/w:pPr/w:keepNext")) for at in (1, 2, 3)
    ] == [
        True,
        False,
        False,
    ]
    assert found(made, "//w:style[@w:styleId='ImageCaption']/w:pPr/w:keepNext", "styles")


def test_the_contents_name_the_parts_and_lead_to_them(book: Book) -> None:
    first, *others = book.pages
    made = unpacked_docx(replace(book, pages=(first, *(replace(page, part="Part #1") for page in others))))
    assert styled(made, "Toc1") == ["1 One & all", "Part #1", "2 Two"]
    (anchor,) = found(made, "//w:p[w:hyperlink//w:t='Part #1']/w:hyperlink/@w:anchor")
    assert found(made, f"//w:bookmarkStart[@w:name='{anchor}']")


def test_lists_name_the_first_sentence_of_a_caption() -> None:
    text = f"# One\n\n{TABLE.replace(': Rows', ': Rows of all kinds, cf. some others. And more: of it.')}"
    made = unpacked_docx(resolve(study(instance("1-one", prose(text, "1-one.md")))))
    assert styled(made, "TableOfFigures") == ["1.1 Rows of all kinds, cf.\u00a0some others"]


def test_notes_formulas_boxes_tabs_and_layouts(docx: dict[str, bytes]) -> None:
    notes = ["".join(one.itertext()).strip() for one in found(docx, "//w:footnote", "footnotes")]
    assert [note for note in notes if note] == ["A note.", "Aside"]
    assert len(found(docx, '//w:p[w:pPr/w:pStyle/@w:val="Equation"]//m:oMath')) == 1
    assert styled(docx, "Equation")[0].endswith("(1.1)")
    box, layout = found(docx, '//w:tbl[w:tblPr/w:tblStyle[@w:val="CalloutTip" or @w:val="Layout"]]')
    assert "".join(box.itertext()) == "LookInside.item"
    assert ["".join(cell.itertext()) for cell in layout.iter(f"{W}tc")] == ["Left", "Right"]
    assert styled(docx, "TabTitle") == ["First"]


def test_contents_go_as_deep_as_is_said_and_name_only_what_is_there() -> None:
    hidden = (
        '::: {.content-visible when-format="html"}\n## Hidden\n\n| a |\n|---|\n| 1 |\n\n: Gone {#tbl-gone}\n:::\n\n'
    )
    text = f"# One\n\n{hidden}## Two\n\n### Three\n\n#### Four\n\n##### Five\n"
    made = resolve(study(instance("one", prose(text)), options={"toc-depth": 5, "format.docx.toc-title": "All"}))
    (data,) = compile_book(made, "docx", run_pandoc).values()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {
            "word/document.xml": packed.read("word/document.xml"),
            "word/styles.xml": packed.read("word/styles.xml"),
        }
    styles = [(style, text) for n in range(1, 6) for style in [f"Toc{n}"] for text in styled(files, style)]
    assert [style for style, _ in styles] == ["Toc1", "Toc2", "Toc3", "Toc4", "Toc5"]
    assert styled(files, "TOCHeading") == ["All"] and styled(files, "TableOfFigures") == []
    assert set(found(files, "//w:pStyle/@w:val")) <= set(found(files, "//w:style/@w:styleId", "styles"))


def test_languages_and_facts_are_told(docx: dict[str, bytes]) -> None:
    assert found(docx, "//w:docDefaults//w:lang/@w:val", "styles") == ["de"]
    assert found(docx, '//w:r[w:rPr/w:lang/@w:val="en"]/w:t/text()') == ["so"]
    core = docx["docProps/core.xml"].decode()
    assert "Zwei #Städte" in core and "2026-01-31T00:00:00Z" in core
    head = docx["word/header1.xml"].decode()
    assert "Zwei #Städte" in head and " STYLEREF 1 " in head


def test_a_drawing_that_cannot_be_read_is_told_by_name() -> None:
    made = resolve(study(instance("one", prose("# One\n"), figure("fig-a"))), {"one": svg_result(1)})
    assert made.assets == {"figures/fig-a.svg": SVG.encode()}
    object.__setattr__(made, "assets", {"figures/fig-a.svg": b"<svg>"})
    with pytest.raises(CompileError, match=r"Typst refused `figures/fig-a.svg` of the de edition"):
        compile_book(made, "docx", run_pandoc)


def test_the_same_book_gives_the_same_bytes(book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compile_book(book, "docx", run_pandoc)
    for name, value in {"TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1", "LC_ALL": "C", "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert compile_book(book, "docx", run_pandoc) == made


def test_a_table_in_a_cell_is_as_wide_as_on_a_page_of_its_own() -> None:
    table = "| Fach | n |\n|---|--:|\n| Biologie | 38 |\n"
    parts = f"{table}\n: A {{#tbl-a}}\n\n{table}\n: B {{#tbl-b}}\n\nC\n"
    text = f"# One\n\n{table}\n\n::: {{#tbl-x layout-ncol=2}}\n{parts}:::\n"
    book = resolve(study(instance("one", prose(text))))
    (made,) = compile_book(book, "docx", run_pandoc).values()
    tree = etree.fromstring(zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml"))
    free, left, right = tree.xpath(
        "//w:tbl[not(.//w:tbl) and .//w:t='Fach']/w:tblPr/w:tblW/@w:w", namespaces=tree.nsmap
    )
    assert left == right and abs(int(left) - 2 * int(free)) <= 2
