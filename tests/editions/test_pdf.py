"""Both PDF editions: tagged, complete, every glyph on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

RAW_MARKUP = re.compile(
    r"\?\?|:::|\{\{<|\{python\}|`\{|(?<!\w)@(fig|tbl|sec|eq|lst)-|\[@|\{#|<NA>|\bnan\b|\bNone\b|\ufffd"
)
CITIES = ("Dortmund", "Duisburg", "Essen", "Hagen", "Oer-Erkenschwick", "Gladbeck")


@pytest.fixture(params=("de", "en"))
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


def elements(node: Any) -> Iterator[Any]:
    """Yield the structure elements of a tag tree in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def test_no_raw_markup_is_left_and_every_city_is_there(pdf: tuple[str, Path]) -> None:
    words = text(pdf[1])
    assert RAW_MARKUP.findall(words) == []
    assert [city for city in CITIES if city not in words] == []


def test_no_glyph_lies_outside_its_page(pdf: tuple[str, Path]) -> None:
    for number, (page, texts) in enumerate(pages(pdf[1]), start=1):
        width, height = page.get_size()
        for index in range(texts.count_chars()):
            left, bottom, right, top = texts.get_charbox(index)
            assert left >= -1 and bottom >= -1 and right <= width + 1 and top <= height + 1, f"page {number}"


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


def test_bookmarks_lead_to_every_chapter(pdf: tuple[str, Path]) -> None:
    with pikepdf.open(pdf[1]) as document, document.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert [city for city in CITIES if not any(city in title for title in titles)] == []


def test_figures_are_vector_graphics(pdf: tuple[str, Path]) -> None:
    with pikepdf.open(pdf[1]) as document:
        pictures = [name for page in document.pages for name in page.get_images()]
    assert pictures == []
