"""Both PDF editions: tagged, valid, complete, every letter in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from prints import MM, elements, layout_faults, read, refused, tag_faults, titles

RAW_MARKUP = re.compile(
    r"\?\?|:::|\{\{<|\{python\}|`\{|(?<!\w)@(fig|tbl|sec|eq|lst)-|\[@|\{#|<NA>|\bnan\b|\bNone\b|\ufffd"
)
CITIES = ("Dortmund", "Duisburg", "Essen", "Hagen", "Oer-Erkenschwick", "Gladbeck")


@pytest.fixture(params=("de", "en-GB"))
def pdf(request: pytest.FixtureRequest, editions: Path) -> tuple[str, Path]:
    (found,) = (editions / str(request.param) / "pdf").glob("*.pdf")
    return str(request.param), found


def pages(path: Path) -> Iterator[tuple[Any, Any]]:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        yield page, page.get_textpage()
    document.close()


def text(path: Path) -> str:
    return "\n".join(texts.get_text_bounded() for _, texts in pages(path))


def test_no_raw_markup_is_left_and_every_city_is_there(pdf: tuple[str, Path]) -> None:
    words = text(pdf[1])
    assert RAW_MARKUP.findall(words) == []
    assert [city for city in CITIES if city not in words] == []


def test_a_validator_finds_it_accessible_and_fit_for_archives(pdf: tuple[str, Path]) -> None:
    assert refused(pdf[1].read_bytes()) == set()


def test_headings_figures_and_tables_are_tagged_as_listeners_need_them(pdf: tuple[str, Path]) -> None:
    assert tag_faults(pdf[1].read_bytes()) == []


def test_no_letter_lies_in_a_margin(pdf: tuple[str, Path]) -> None:
    assert layout_faults(pdf[1].read_bytes()) == []


def test_its_text_reads_in_the_order_of_its_bookmarks(pdf: tuple[str, Path]) -> None:
    words = read(pdf[1].read_bytes())
    at = words.index(titles(pdf[1].read_bytes())[3], words.index("10 "))
    for title in titles(pdf[1].read_bytes())[3:]:
        at = words.index(title, at)


def test_no_page_but_the_last_of_a_chapter_is_half_empty(pdf: tuple[str, Path]) -> None:
    """A page that begins a chapter follows a short one, and a table that is kept whole may leave a third."""
    filled = []
    for page, texts in pages(pdf[1]):
        height = page.get_size()[1]
        boxes = [texts.get_charbox(at) for at in range(texts.count_chars())]
        lowest = min((box[1] for box in boxes if box[1] > 30 * MM and box[3] < height - 26 * MM), default=height)
        title = max((box[3] - box[1] for box in boxes), default=0)
        filled.append((lowest, title > 13))
    half_empty = [
        number
        for number, ((lowest, _), (_, is_next_chapter)) in enumerate(pairwise(filled), start=1)
        if number > 2 and lowest > 0.55 * 297 * MM and not is_next_chapter
    ]
    assert half_empty == []


def test_the_document_is_tagged_in_its_language_with_alternative_texts(pdf: tuple[str, Path]) -> None:
    language, path = pdf
    with pikepdf.open(path) as document:
        root = document.Root
        assert str(root.Lang).startswith(language)
        assert bool(root.MarkInfo.Marked)
        tags = list(elements(root.StructTreeRoot.K))
        figures = [tag for tag in tags if tag.S == "/Figure"]
        assert len(figures) >= 23
        assert [tag for tag in figures if not str(tag.get("/Alt", "")).strip()] == []
        assert {"/H1", "/H2", "/Table", "/TH", "/Caption"} <= {str(tag.S) for tag in tags}


def test_the_document_tells_what_it_is_in_its_language(pdf: tuple[str, Path]) -> None:
    language, path = pdf
    title, word = {"de": ("Sechs Städte", "Integrationspolitik"), "en-GB": ("Six Cities", "integration policy")}[
        language
    ]
    with pikepdf.open(path) as document, document.open_metadata() as told:
        assert (told["dc:title"], list(told["dc:language"])) == (title, [language])
        assert told["dc:creator"] == ["Redaktion reportkit"]
        assert word in told["pdf:Keywords"]
        assert told["xmp:CreateDate"].startswith("2026-11-20")


def test_bookmarks_lead_to_every_chapter(pdf: tuple[str, Path]) -> None:
    with pikepdf.open(pdf[1]) as document, document.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert [city for city in CITIES if not any(city in title for title in titles)] == []


def test_figures_are_vector_graphics(pdf: tuple[str, Path]) -> None:
    with pikepdf.open(pdf[1]) as document:
        pictures = [name for page in document.pages for name in page.get_images()]
    assert pictures == []
