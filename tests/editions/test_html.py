"""What every page of both HTML editions says, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

LANGUAGES = ("de", "en-GB")
RAW_MARKUP = re.compile(
    r"\?\?|:::|\{\{<|\{python\}|`\{|(?<!\w)@(fig|tbl|sec|eq|lst)-|\[@|\{#|\\@|<NA>|\bnan\b|\bNone\b"
)

EMPTY_PICTURES = "() => [...document.images].filter(i => !i.complete || i.naturalWidth < 50 || !i.alt).map(i => i.src)"


def pages(editions: Path, language: str) -> list[Path]:
    found = sorted((editions / language / "html").glob("*.html"))
    assert len(found) >= 11
    return found


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_no_raw_markup_and_no_empty_figure_is_left(editions: Path, language: str, page: Page) -> None:
    for path in pages(editions, language):
        page.goto(path.as_uri())
        text = page.inner_text("body")
        assert RAW_MARKUP.findall(text) == [], path.name
        assert page.evaluate(EMPTY_PICTURES) == [], path.name


def test_the_comparison_leads_to_hagens_timeline_by_number(editions: Path, page: Page) -> None:
    page.goto((editions / "de/html/comparison.html").as_uri())
    link = page.locator('main a[href="city-hagen.html#fig-timeline-hagen"]').first
    number = re.fullmatch(r"Abbildung\s(\d+\.\d+)", link.inner_text())
    assert number is not None
    link.click()
    page.wait_for_url("**/city-hagen.html#fig-timeline-hagen")
    assert f"Abbildung\u00a0{number[1]}" in page.locator("#fig-timeline-hagen figcaption").inner_text()


def test_the_language_switch_leads_to_the_same_page(editions: Path, page: Page) -> None:
    page.goto((editions / "de/html/city-essen.html").as_uri())
    page.locator('a[hreflang="en-GB"]').first.click()
    page.wait_for_url("**/en-GB/html/city-essen.html")
    assert page.locator("html").get_attribute("lang") == "en-GB"


def test_the_city_chapters_differ(editions: Path, page: Page) -> None:
    seen: dict[str, str] = {}
    for path in (editions / "de/html").glob("city-*.html"):
        page.goto(path.as_uri())
        # A note tells in each of them what the source chapter is, for each is a brochure too.
        for paragraph in page.locator("main p:not(#footnotes p)").all_inner_texts():
            if len(paragraph) > 120:
                assert seen.setdefault(paragraph, path.name) == path.name, paragraph
    assert len(set(seen.values())) == 6
