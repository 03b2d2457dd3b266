"""Every page of both HTML editions in a real browser, wide and narrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

LANGUAGES = ("de", "en")
WIDTHS = (320, 768, 1440)
RAW_MARKUP = re.compile(
    r"\?\?|:::|\{\{<|\{python\}|`\{|(?<!\w)@(fig|tbl|sec|eq|lst)-|\[@|\{#|\\@|<NA>|\bnan\b|\bNone\b"
)

WIDER_THAN_THE_PAGE = """() => {
  const scrolls = element => {
    for (let e = element.parentElement; e; e = e.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  return [...document.body.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().width > 0 && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
    .map(e => e.tagName + '.' + e.className);
}"""
BROKEN_LINKS = """() => [...document.querySelectorAll('a[href^="#"]')]
  .map(a => decodeURIComponent(a.getAttribute('href').slice(1)))
  .filter(id => id && !document.getElementById(id))"""
EMPTY_PICTURES = "() => [...document.images].filter(i => !i.complete || i.naturalWidth < 50 || !i.alt).map(i => i.src)"


def pages(editions: Path, language: str) -> list[Path]:
    found = sorted((editions / language / "html").glob("*.html"))
    assert len(found) >= 11
    return found


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page()


def test_no_element_is_wider_than_the_page(editions: Path, language: str, page: Page) -> None:
    for path in pages(editions, language):
        page.goto(path.as_uri())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width)
            assert page.evaluate(WIDER_THAN_THE_PAGE) == [], (path.name, width)


def test_no_page_asks_another_host_or_logs_an_error(editions: Path, language: str, page: Page) -> None:
    asked: list[str] = []
    logged: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: logged.append(message.text))
    for path in pages(editions, language):
        page.goto(path.as_uri())
    assert asked and all(url.startswith("file://") for url in asked)
    assert logged == []


def test_no_raw_markup_and_no_empty_figure_is_left(editions: Path, language: str, page: Page) -> None:
    for path in pages(editions, language):
        page.goto(path.as_uri())
        text = page.inner_text("body")
        assert RAW_MARKUP.findall(text) == [], path.name
        assert page.evaluate(EMPTY_PICTURES) == [], path.name


def test_every_link_within_the_edition_leads_somewhere(editions: Path, language: str, page: Page) -> None:
    for path in pages(editions, language):
        page.goto(path.as_uri())
        assert page.evaluate(BROKEN_LINKS) == [], path.name
        for href in page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
            if not href.startswith(("#", "http:", "https:", "mailto:")):
                target, _, fragment = href.partition("#")
                assert (path.parent / target).is_file(), (path.name, href)
                if fragment:
                    assert f'id="{fragment}"' in (path.parent / target).read_text(encoding="utf-8"), (path.name, href)


def test_the_comparison_leads_to_hagens_timeline_by_number(editions: Path, page: Page) -> None:
    page.goto((editions / "de/html/comparison.html").as_uri())
    link = page.locator('main a[href="city-hagen.html#fig-timeline-hagen"]').first
    number = re.fullmatch(r"Abbildung\s(\d+\.\d+)", link.inner_text())
    assert number is not None
    link.click()
    assert page.url.endswith("city-hagen.html#fig-timeline-hagen")
    assert f"Abbildung\u00a0{number[1]}" in page.locator("#fig-timeline-hagen figcaption").inner_text()


def test_the_language_switch_leads_to_the_same_page(editions: Path, page: Page) -> None:
    page.goto((editions / "de/html/city-essen.html").as_uri())
    page.locator('a[hreflang="en"]').first.click()
    assert page.url.endswith("en/html/city-essen.html")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_city_chapters_differ(editions: Path, page: Page) -> None:
    seen: dict[str, str] = {}
    for path in (editions / "de/html").glob("city-*.html"):
        page.goto(path.as_uri())
        for paragraph in page.locator("main p").all_inner_texts():
            if len(paragraph) > 120:
                assert seen.setdefault(paragraph, path.name) == path.name, paragraph
    assert len(set(seen.values())) == 6


def test_everything_can_be_reached_by_keyboard(editions: Path, page: Page) -> None:
    page.goto((editions / "de/html/city-hagen.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
