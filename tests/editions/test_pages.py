"""What readers do with the pages: search, look closer, find the source, print; with and without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser, Page, expect

from editions.serving import serving
from test_chapter import contrast

ROOT = Path(__file__).parents[2]
LANGUAGES = ("de", "en-GB")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What depends on colours.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PHONE = {"width": 320, "height": 640}
WIDTHS = (320, 768, 1440)
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
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


@pytest.fixture(scope="session")
def served(editions: Path) -> Iterator[str]:
    """Return where the editions are served."""
    with serving(editions) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def opened(page: Page, editions: Path, name: str = "city-hagen", language: str = "de") -> Page:
    page.goto((editions / language / "html" / f"{name}.html").as_uri())
    return page


def violations(page: Page, **options: object) -> list[str]:
    # Of what passes axe would else describe every element, which takes twice the time.
    options = options or {"runOnly": {"type": "tag", "values": STANDARDS}}
    options |= {"preload": False, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def test_axe_finds_no_violation_on_any_page(folder: Path, page: Page) -> None:
    for path in sorted(folder.glob("*.html")):
        page.emulate_media(color_scheme="light")
        page.goto(path.as_uri())
        page.evaluate(OPEN_ALL)
        assert violations(page) == [], path.name
        page.emulate_media(color_scheme="dark")
        assert violations(page, **COLOURS) == [], path.name


def test_axe_finds_no_violation_on_a_phone(constructs: Path, page: Page) -> None:
    page.set_viewport_size(PHONE)
    for path in sorted(constructs.glob("*.html")):
        page.goto(path.as_uri())
        page.evaluate(OPEN_ALL)
        assert violations(page) == [], path.name


def test_axe_would_find_what_is_wrong(page: Page) -> None:
    page.set_content("<html><body><img src='data:,'><p style='color: #999; background: #fff'>Pale</p></body></html>")
    assert [one.partition(":")[0] for one in violations(page, **COLOURS)] == ["color-contrast"]
    assert any(one.startswith("image-alt") for one in violations(page))


def test_no_element_is_wider_than_the_page(folder: Path, page: Page) -> None:
    for path in sorted(folder.glob("*.html")):
        page.goto(path.as_uri())
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(OPEN_ALL)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path.name, width)
            assert page.evaluate(WIDER_THAN_THE_PAGE) == [], (path.name, width)


@pytest.mark.parametrize("is_served", [False, True])
def test_no_page_asks_another_host_or_logs_anything(folder: Path, page: Page, is_served: bool) -> None:
    asked: list[str] = []
    logged: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.on("console", lambda message: logged.append(message.text))
    page.context.on("weberror", lambda fault: logged.append(str(fault.error)))
    with serving(folder) as address:
        start = address if is_served else folder.as_uri()
        # A tab for each page: they wait at the same time for half a second in which nothing is asked.
        tabs = {path.name: page.context.new_page() for path in folder.glob("*.html")}
        for name, tab in tabs.items():
            tab.goto(f"{start}/{name}")
        for tab in tabs.values():
            tab.wait_for_load_state("networkidle")
    assert f"{start}/index.html" in asked and all(url.startswith((f"{start}/", "data:")) for url in asked)
    assert logged == []


def test_readers_turn_the_pages_from_the_first_to_the_last_and_back(folder: Path, page: Page) -> None:
    page.goto((folder / "index.html").as_uri())
    listed = page.eval_on_selector_all(".chapters li > a", "all => all.map(a => a.pathname.split('/').at(-1))")
    turned = [page.url.rpartition("/")[2]]
    for side in (".next", ".previous"):
        while page.locator(f".turn {side}").count():
            with page.expect_navigation():
                page.click(f".turn {side}")
            turned.append(page.url.rpartition("/")[2])
            assert page.locator(".chapters [aria-current=page]").get_attribute("href") == turned[-1]
    assert turned == [*listed, *listed[-2::-1]] and sorted(listed) == sorted(
        path.name for path in folder.glob("*.html")
    )


def test_every_link_and_anchor_leads_somewhere(folder: Path) -> None:
    editions = folder.parents[1]
    trees = {path: html.parse(str(path)) for path in editions.glob("*/html/*.html")}
    names = {path: {one.get("id") for one in tree.iter() if one.get("id")} for path, tree in trees.items()}
    broken = []
    for path in folder.glob("*.html"):
        for one in trees[path].xpath("//@href | //@src"):
            target, fragment = urldefrag(str(one))
            if ":" in target:
                continue
            there = (folder / unquote(target)).resolve() if target else path
            if not there.is_file() or (fragment and unquote(fragment) not in names[there]):
                broken.append((path.name, str(one)))
    assert broken == []


def test_readers_search_where_the_pages_are_served_and_nothing_else_is_asked(served: str, page: Page) -> None:
    asked, logged = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: logged.append(message.text))
    page.goto(f"{served}/de/html/city-hagen.html")
    page.fill(".search input", "Wohnungen")
    page.wait_for_selector(".found li mark")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/html/*.html*#*")
    assert all(url.startswith(served) or url.startswith("data:") for url in asked)
    assert logged == []


def test_every_place_that_is_found_is_listed(served: str, page: Page) -> None:
    page.goto(f"{served}/de/html/city-hagen.html")
    page.fill(".search input", "Roma")
    page.wait_for_selector(".found li mark")
    count = page.locator(".found li").count()
    assert page.locator(".found-count").inner_text() == f"Fundstellen: {count}" and count > 12
    assert page.locator(".found li a[href*='city-gladbeck']").count() >= 1


def test_the_keyboard_waits_for_what_is_found_and_finds_it_again(served: str, page: Page) -> None:
    page.goto(f"{served}/de/html/index.html")
    page.fill(".search input", "Roma")
    page.keyboard.press("Enter")
    expect(page.locator(".found a").first).to_be_focused()
    expect(page.locator("[role=status]")).to_have_text(re.compile("Fundstellen: "))
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".found a").first).to_be_focused()
    page.fill(".search input", "Roma Marxloh")
    page.keyboard.press("Enter")
    expect(page.locator(".found a").first).to_be_focused()
    assert ":~:text=" in (page.locator(".found a").first.get_attribute("href") or "")


def test_ways_back_are_not_found(served: str, page: Page) -> None:
    page.goto(f"{served}/de/html/index.html")
    page.fill(".search input", "Wochenschau")
    page.wait_for_selector(".found li mark")
    assert "↩" not in page.locator(".found").inner_text()


def test_what_is_found_can_be_seen_on_a_phone(served: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{served}/de/html/city-hagen.html")
    search, switch = page.locator(".search").bounding_box(), page.locator(".languages").bounding_box()
    assert search and switch and switch["y"] < search["y"] + search["height"]
    page.fill(".search input", "Jobcenter")
    page.wait_for_selector(".found li mark")
    hidden = page.locator(".found li p:has(mark)").evaluate_all(
        "all => all.filter(one => one.querySelector('mark').getBoundingClientRect().bottom"
        " > one.getBoundingClientRect().bottom + 2).map(one => one.textContent)"
    )
    assert hidden == []


@pytest.mark.parametrize("width", [320, 360, 667, 740, 800, 900, 1280])
@pytest.mark.parametrize("language", ["de", "en-GB"])
def test_what_is_found_stands_on_the_screen(served: str, page: Page, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 375})
    page.goto(f"{served}/{language}/html/city-essen.html")
    page.fill(".search input", "Jobcenter")
    page.wait_for_selector(".found li mark")
    box, head = page.locator(".found").bounding_box(), page.locator(".top").bounding_box()
    assert box and head and box["x"] >= 0 and box["x"] + box["width"] <= width
    assert head["y"] < box["y"] < head["y"] + head["height"] + 8


def test_a_note_is_on_the_screen_however_low_its_call_stands(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    calls = opened(page, editions, "city-duisburg", "en-GB").locator("a[data-entry]")
    for call in calls.all()[:12]:
        call.evaluate("one => { one.scrollIntoView({ block: 'end' }); one.click(); }")
        box = page.locator(".note-box").bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 256
        page.keyboard.press("Escape")


def test_a_word_that_is_nowhere_is_told_and_escape_closes(served: str, page: Page) -> None:
    page.goto(f"{served}/en-GB/html/index.html")
    page.fill(".search input", "xyzzyqwert")
    page.wait_for_selector("text=Nothing found")
    page.keyboard.press("Escape")
    expect(page.locator(".found")).to_be_hidden()


def test_a_word_that_only_begins_like_one_letter_is_not_found(served: str, page: Page) -> None:
    page.goto(f"{served}/en-GB/html/city-hagen.html")
    page.fill(".search input", "advice")
    expect(page.locator(".found-count")).to_have_text("Nothing found")
    page.fill(".search input", "Duisburg")
    expect(page.locator(".found li").nth(5)).to_be_visible()


def test_a_page_opened_as_a_file_has_no_search(editions: Path, page: Page) -> None:
    assert opened(page, editions).locator(".search").count() == 0


def test_the_page_turns_dark_and_stays_so(editions: Path, page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = opened(page, editions).evaluate(ground)
    page.click(".theme")
    dark = page.evaluate(ground)
    assert dark != light and opened(page, editions, "index").evaluate(ground) == dark
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_without_scripts_everything_can_be_read_and_reached(editions: Path, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    plain = opened(context.new_page(), editions)
    assert plain.locator(".chapters li a").first.is_visible()
    assert plain.locator("button").count() == 0
    plain.locator(".origin summary").first.click()
    assert plain.locator(".origin dl").first.is_visible()
    assert "Hagen (2019)" in str(plain.locator("a[href$='#ref-hagen2019']").first.get_attribute("title"))
    context.close()


def test_notes_and_citations_open_where_they_are_called(editions: Path, page: Page) -> None:
    opened(page, editions).locator(".footnote-ref").first.click()
    expect(page.locator(".note-box")).to_contain_text("Ausgangskapitel")
    assert page.locator(".note-box").get_attribute("aria-label") == "Anmerkung 1"
    page.keyboard.press("Escape")
    expect(page.locator(".note-box")).to_be_hidden()
    page.locator("a[href$='#ref-hagen2019']").first.click()
    expect(page.locator(".note-box")).to_contain_text("Integrationskonzept")
    page.click(".note-place")
    page.wait_for_url("**/references.html#ref-hagen2019")


def test_a_figure_is_enlarged_and_tells_where_it_comes_from(editions: Path, page: Page) -> None:
    opened(page, editions).click("#fig-timeline-hagen svg")
    picture = page.locator("dialog svg").bounding_box()
    small = page.locator("#fig-timeline-hagen svg").bounding_box()
    assert picture and small and picture["width"] > 1.5 * small["width"]
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.locator(".origin summary").first.click()
    said = page.locator(".origin").first.inner_text()
    assert "chapters/city.ipynb, Zelle" in said and "city = hagen" in said and "data/events.csv" in said
    record = json.loads((editions / "de" / "record.json").read_text(encoding="utf-8"))
    assert record["artifacts"]["city-hagen/fig-timeline-hagen"]["digest"] in said


def test_a_claim_and_the_address_of_a_source_can_be_read_in_place(editions: Path, page: Page) -> None:
    opened(page, editions, "city-duisburg").locator("sup a[href*='#row-']").first.click()
    expect(page.locator(".note-box")).to_contain_text("✓ trifft zu: In Duisburg hat sich die Zahl")
    expect(page.locator(".note-box")).to_have_accessible_name(re.compile("✓.trifft zu: In Duisburg"))
    assert page.locator(".note-box p").first.get_attribute("lang") is None
    page.keyboard.press("Escape")
    page.locator("a[href$='#ref-duisburg2016']").first.click()
    address = page.locator(".note-box p a").get_attribute("href") or ""
    assert address.startswith("https://www.duisburg.de/") and address.endswith("2016.pdf")


def test_a_source_in_another_language_is_read_in_it(editions: Path, page: Page) -> None:
    opened(page, editions, "city-duisburg", "en-GB").locator("a[href$='#ref-duisburg2016']").first.click()
    expect(page.locator(".note-box p").first).to_have_attribute("lang", "de")


def test_the_tab_key_goes_on_from_a_note_and_closes_it(editions: Path, page: Page) -> None:
    call = opened(page, editions, "city-duisburg").locator(".footnote-ref").first
    expect(call).to_have_attribute("aria-haspopup", "dialog")
    call.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.note-box') !== null")
    page.locator(".note-place").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".note-box")).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_citation_is_heard_by_its_name_alone_and_shown_to_a_pointer(editions: Path, page: Page) -> None:
    cited = opened(page, editions, "city-duisburg").locator("a[href$='#ref-duisburg2016']").first
    expect(cited).to_have_accessible_description("")
    cited.hover()
    expect(cited).to_have_attribute("title", re.compile("Integrationskonzept"))


def test_a_figure_that_a_link_leads_to_has_a_frame_and_its_own_ground(editions: Path, page: Page) -> None:
    page.goto(f"{(editions / 'de' / 'html' / 'city-hagen.html').as_uri()}#fig-timeline-hagen")
    looks = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).outlineStyle]"
    assert page.locator("#fig-timeline-hagen").evaluate(looks) == ["rgba(0, 0, 0, 0)", "solid"]


def test_a_figure_says_that_it_can_be_enlarged(editions: Path, page: Page) -> None:
    link = opened(page, editions).locator("a:has(> .drawing)").first
    expect(link).to_have_accessible_description("Vergrößern")


def test_only_a_table_that_scrolls_stops_the_tab_key(editions: Path, page: Page) -> None:
    box = opened(page, editions).locator(".table-box", has=page.locator("#tbl-staff-hagen"))
    expect(box).to_have_accessible_name("Tabelle\u00a05.2")
    expect(box).not_to_have_attribute("tabindex", "0")
    page.set_viewport_size({"width": 320, "height": 800})
    expect(box).to_have_attribute("tabindex", "0")


@pytest.mark.parametrize("width", [1264, 1280, 1345, 1440])
def test_no_figure_scrolls_beside_the_lists_of_a_wide_page(editions: Path, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    boxes = opened(page, editions).locator("figure a:has(> .drawing)")
    assert max(boxes.evaluate_all("all => all.map(one => one.scrollWidth - one.clientWidth)")) <= 0


@pytest.mark.parametrize("selector", ["#fig-network-hagen a:has(> .drawing)", ".table-box:has(#tbl-events-hagen)"])
def test_what_goes_on_at_a_side_fades_there(editions: Path, page: Page, selector: str) -> None:
    box, faded = opened(page, editions).locator(selector), "one => getComputedStyle(one).maskImage !== 'none'"
    assert not box.evaluate(faded)
    page.set_viewport_size({"width": 320, "height": 800})
    expect(box).to_have_class(re.compile("goes-right"))
    assert box.evaluate(faded)
    box.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    expect(box).to_have_class(re.compile("goes-left"))
    expect(box).not_to_have_class(re.compile("goes-right"))
    page.keyboard.press("Tab")
    box.focus()
    assert not box.evaluate(faded)


def test_boxes_notes_and_tabs_have_names(editions: Path, constructs: Path, page: Page) -> None:
    expect(opened(page, editions).locator("[role=doc-endnotes]")).to_have_accessible_name("Anmerkungen")
    box = opened(page, editions, "data").locator("#tbl-claims .table-box")
    expect(box).to_have_accessible_name("Tabelle\u00a0A.1")
    expect(box.locator("table")).to_have_accessible_name("Tabelle\u00a0A.1")
    page.goto((constructs / "boxes.html").as_uri())
    expect(page.get_by_role("tablist").first).to_have_accessible_name("Morning, Evening")


def test_a_box_of_origins_is_named_for_what_it_tells_of(constructs: Path, page: Page) -> None:
    page.goto((constructs / "cells.html").as_uri())
    names = page.locator(".origin > summary").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert "Where from? Figure\u00a01.2" in names and names.count("Where from? (a)") < 4


def test_the_ties_of_a_network_can_be_read_as_a_list(editions: Path, page: Page) -> None:
    ties = opened(page, editions).locator("details:has-text('Alle Beziehungen als Liste')")
    ties.locator("summary").click()
    expect(ties.locator(".table-box")).to_have_accessible_name("Alle Beziehungen als Liste")
    count = re.search(r"Von (\d+) Beziehungen", page.locator("#fig-network-hagen figcaption").inner_text())
    assert count and ties.locator("tbody tr").count() == int(count[1])
    row = ties.locator("tr", has_text="Romano Drom").first
    expect(row).to_contain_text("2019")


def test_the_title_is_as_high_as_a_finger_needs(editions: Path, page: Page) -> None:
    box = opened(page, editions).locator(".top .title a").bounding_box()
    assert box and box["height"] >= 24


def test_the_text_of_a_figure_is_selected_without_opening_it(editions: Path, page: Page) -> None:
    text = opened(page, editions).locator("#fig-timeline-hagen text", has_text="Rahmen in").first
    text.scroll_into_view_if_needed()
    box = text.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, middle, steps=5)
    page.mouse.up()
    assert page.evaluate("getSelection().toString()").startswith("Rahmen i")
    assert page.is_hidden("dialog")


def test_a_figure_is_heard_by_its_alternative_text_alone(editions: Path, page: Page) -> None:
    opened(page, editions, "city-duisburg")
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    heard = [str(node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    assert sum(name.startswith("Zeitleiste mit waagerechter Jahresachse") for name in heard) >= 1
    assert page.locator("#fig-timeline-duisburg text", has_text="Sozialbericht mit").count() == 1
    within = page.locator("#fig-network-duisburg text", has_text="Schrottimmobilien").first.text_content()
    assert within == "Schrottimmobilien" and within not in heard


def heard(page: Page, role: str) -> list[str]:
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [node["name"]["value"] for node in nodes if not node["ignored"] and node["role"]["value"] == role]


def test_headings_and_ways_back_are_heard_by_their_own_names(editions: Path, page: Page) -> None:
    assert "5.2 Wahrnehmung" in heard(opened(page, editions), "heading")
    assert "Link zu dieser Stelle: 5.2 Wahrnehmung" in heard(page, "link")
    assert heard(page, "doc-backlink") == [f"Zurück zu Stelle {number}" for number in range(1, 5)]


READ = """colours => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    return colours.map(colour => {
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map(part => part / 255);
    });
}"""
SHOWN = """[...document.querySelectorAll("main svg :is(path, text)")].flatMap(one => {
    const style = getComputedStyle(one);
    return [style.fill, style.stroke].filter(paint => paint !== "none" && !paint.startsWith("url"));
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_figures_are_seen_on_every_paper(editions: Path, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    paper = opened(page, editions, "city-oer-erkenschwick").evaluate("getComputedStyle(document.body).backgroundColor")
    text = page.locator("main svg text").first.evaluate("one => getComputedStyle(one).fill")
    lines = page.locator("#fig-network-oer-erkenschwick path[stroke-width='1.1']")
    drawn = set(lines.evaluate_all("all => all.map(one => getComputedStyle(one).stroke)"))
    ground, ink, *colours = map(tuple, page.evaluate(READ, [paper, text, *drawn]))
    assert len(colours) >= 4
    assert contrast(ink, ground) >= 7
    assert min(contrast(colour, ground) for colour in colours) >= 3
    assert paper in page.evaluate(SHOWN)


def test_the_letters_of_figures_can_be_read_on_a_phone(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for path in sorted((editions / "de" / "html").glob("*.html")):
        page.goto(path.as_uri())
        sizes = page.locator("main svg text").evaluate_all(
            "all => all.map(one => [one.getScreenCTM(), parseFloat(one.getAttribute('font-size'))])"
            ".map(([turned, size]) => size * Math.hypot(turned.a, turned.b))"
        )
        assert [size for size in sizes if size < 11] == [], path.name
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_formula_is_as_wide_as_the_page_however_large_its_letters(constructs: Path, page: Page) -> None:
    page.set_viewport_size({"width": 195, "height": 420})
    page.goto((constructs / "text.html").as_uri())
    assert page.locator("math[display='block']").count() >= 2
    assert page.evaluate(WIDER_THAN_THE_PAGE) == []


def test_a_drawing_without_letters_fits_on_a_phone(constructs: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto((constructs / "references.html").as_uri())
    widths = page.locator("main .drawing").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert len(widths) == 4 and max(widths) <= 320


def test_the_chosen_colours_of_a_reader_leave_one_tab_underlined(constructs: Path, page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto((constructs / "boxes.html").as_uri())
    style = "all => all.map(one => getComputedStyle(one)).map(style => [style.borderBottomColor, style.color])"
    (chosen, ink), (other, _) = page.get_by_role("tab").evaluate_all(style)[:2]
    assert chosen != other != ink


def test_words_in_a_figure_are_found(served: str, page: Page) -> None:
    page.goto(f"{served}/de/html/index.html")
    page.fill(".search input", "Schrottimmobilien")
    page.wait_for_selector(".found li a[href*='city-duisburg.html#']")


@pytest.mark.parametrize("kept", ["file", "served"])
def test_a_figure_can_be_had_as_png(served: str, editions: Path, page: Page, kept: str) -> None:
    place = served if kept == "served" else editions.as_uri()
    page.goto(f"{place}/de/html/city-hagen.html")
    page.locator(".origin summary").first.click()
    with page.expect_download() as got:
        page.locator(".origin .as-link").first.click()
    assert got.value.suggested_filename == "fig-timeline-hagen.png"
    assert Path(got.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_table_is_sorted_by_its_numbers_and_back(editions: Path, page: Page) -> None:
    column = "[...document.querySelectorAll('#tbl-staff-hagen tbody tr')].map(row => row.cells[2].textContent.trim())"
    before = opened(page, editions).evaluate(column)
    head = page.locator("#tbl-staff-hagen .sort").nth(2)
    head.click()
    ascending = page.evaluate(column)
    assert (
        ascending.index("5,5") < ascending.index("10") < ascending.index("44") < ascending.index("knapp\u00a050\u00a0%")
    )
    head.click()
    assert page.evaluate(column)[0] == "knapp\u00a050\u00a0%"
    head.click()
    assert page.evaluate(column) == before


def test_a_table_is_sorted_by_its_years(editions: Path, page: Page) -> None:
    opened(page, editions, "city-dortmund").locator("#tbl-events-dortmund .sort").first.click()
    times = page.locator("#tbl-events-dortmund tbody tr > :first-child").all_inner_texts()
    years = [int(re.findall(r"\d{4}", time)[0]) for time in times]
    assert years == sorted(years) and "14. November 2018" in times


@pytest.mark.parametrize("name", ["comparison", "data", "codebook"])
def test_what_has_the_focus_is_not_covered_on_a_phone(editions: Path, page: Page, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    opened(page, editions, name, "en-GB")
    page.wait_for_timeout(300)
    covered = """() => { const one = document.activeElement, at = one.getBoundingClientRect();
        const found = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
        const isSeen = at.height > innerHeight / 2 || one.contains(found) || (found && found.contains(one));
        return isSeen ? '' : one.outerHTML.slice(0, 120); }"""
    page.locator(".turn a").last.focus()
    seen = []
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        page.wait_for_timeout(30)
        seen.append(page.evaluate(covered))
    page.locator(".table-box .sort").first.focus()
    for _ in range(8):
        page.keyboard.press("Tab")
        page.wait_for_timeout(30)
        seen.append(page.evaluate(covered))
    assert [one for one in seen if one] == []


def test_the_order_of_a_table_is_said(editions: Path, page: Page) -> None:
    button = opened(page, editions).locator("#tbl-staff-hagen .sort").first
    for order in ("aufsteigend geordnet", "absteigend geordnet", "in der ersten Reihenfolge"):
        button.click()
        expect(page.locator("[role=status]")).to_have_text(f"Was gezählt wird: {order}")


def test_what_a_row_is_about_is_its_head_and_stays_in_sight(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 740})
    head = opened(page, editions).locator("#tbl-staff-hagen").get_by_role("rowheader").first
    page.locator(".table-box:has(#tbl-staff-hagen)").evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    box = head.bounding_box()
    assert box and box["x"] >= 0


@pytest.mark.parametrize("width", [195, 260, 360, 390])
def test_the_column_that_stays_leaves_room_for_the_others(editions: Path, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    boxes = opened(page, editions).locator(".table-box:has(tbody th)")
    shares = """all => all.filter(box => getComputedStyle(box.querySelector('tbody th')).position === 'sticky')
        .map(box => box.querySelector('tbody th').offsetWidth / box.clientWidth)"""
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    found = boxes.evaluate_all(shares)
    assert (width > 300) == bool(found)
    assert max(found, default=0) <= 0.5


def test_a_head_that_is_cut_at_the_side_is_sorted_by_the_first_click(editions: Path, page: Page) -> None:
    opened(page, editions, "comparison")
    cut = """all => all.findIndex(one => {
        const at = one.getBoundingClientRect(), edge = one.closest('.table-box').getBoundingClientRect().right;
        return at.left + 4 < edge && edge < at.right - 4; })"""
    heads = page.locator("#tbl-shares .sort")
    for width in range(320, 420, 4):
        page.set_viewport_size({"width": width, "height": 740})
        if (at := heads.evaluate_all(cut)) >= 0:
            break
    assert at >= 0
    head = heads.nth(at)
    head.evaluate("one => one.closest('tr').scrollIntoView({ block: 'center' })")
    button = head.bounding_box()
    edge = head.evaluate("one => one.closest('.table-box').getBoundingClientRect().right")
    assert button and button["x"] < edge < button["x"] + button["width"]
    page.mouse.click((button["x"] + edge) / 2, button["y"] + button["height"] / 2)
    expect(head.locator("xpath=ancestor::th")).to_have_attribute("aria-sort", "ascending")


def test_words_among_numbers_come_last(editions: Path, page: Page) -> None:
    sort = opened(page, editions).locator("#tbl-staff-hagen .sort").nth(1)
    for first in ("seit 1996", "2022"):
        sort.click()
        times = page.locator("#tbl-staff-hagen tbody tr td:nth-child(2)").all_inner_texts()
        assert times[0] == first and set(times[-2:]) == {"–", "zum Erhebungszeitpunkt"}


def test_an_enlarged_figure_scrolls_by_keys(editions: Path, page: Page) -> None:
    opened(page, editions).click("#fig-network-hagen .drawing rect >> nth=0", force=True)
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.locator("dialog")).not_to_have_js_property("scrollTop", 0)


def test_a_figure_is_whole_on_a_phone_and_large_by_a_tap(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, editions).locator("#fig-timeline-hagen .drawing").click(position={"x": 100, "y": 100})
    drawing = page.locator("dialog .drawing")
    for least, most in ((250, 360), (900, 1500), (250, 360)):
        box = drawing.bounding_box()
        assert box and least < box["width"] <= most
        drawing.click(position={"x": 100, "y": 100})
    page.get_by_role("button", name="Vergrößern", pressed=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Vergrößern", pressed=False)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Vergrößern", pressed=True)).to_be_visible()
    page.keyboard.press("PageDown")
    expect(page.locator("dialog")).not_to_have_js_property("scrollTop", 0)
    page.locator("dialog .close").click()
    expect(page.locator("dialog")).to_be_hidden()


@pytest.mark.parametrize("named", ["", "#sec-perception-hagen", "#content"])
def test_the_way_back_closes_a_figure_and_leaves_the_page_where_it_was(editions: Path, page: Page, named: str) -> None:
    page.set_viewport_size({"width": 390, "height": 740})
    opened(page, editions, "index")
    page.goto((editions / "de/html/city-hagen.html").as_uri() + named)
    page.locator("#fig-timeline-hagen").evaluate("one => one.scrollIntoView()")
    place = page.evaluate("scrollY")
    for leave in (page.go_back, page.locator("dialog .close").click, lambda: page.keyboard.press("Escape")):
        page.locator("#fig-timeline-hagen a:has(.drawing)").evaluate(
            "one => { one.focus({ preventScroll: true }); one.click(); }"
        )
        page.mouse.move(200, 400)
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(100)
        leave()
        expect(page.locator("dialog")).to_be_hidden()
        page.wait_for_timeout(200)
        assert "city-hagen.html" in page.url and abs(page.evaluate("scrollY") - place) < 2
        expect(page.locator("#fig-timeline-hagen a:has(.drawing)")).to_be_focused()
    page.go_back()
    page.wait_for_url("**/index.html")


def test_a_figure_is_in_sight_when_it_closes_on_a_turned_phone(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    figure = opened(page, editions, "comparison").locator("#fig-concentration a:has(.drawing)")
    for leave in (page.locator("dialog .close").click, page.go_back):
        figure.evaluate("one => { one.scrollIntoView(); one.click(); }")
        page.set_viewport_size({"width": 844, "height": 390})
        leave()
        page.wait_for_timeout(300)
        expect(figure).to_be_in_viewport()
        page.set_viewport_size({"width": 390, "height": 844})


def test_a_page_has_each_name_once_while_a_figure_is_enlarged(editions: Path, page: Page) -> None:
    opened(page, editions).click("#fig-timeline-hagen svg")
    names = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    shown = page.locator("dialog [clip-path]").first.get_attribute("clip-path") or ""
    assert len(names) == len(set(names)) and shown.removeprefix("url(#").rstrip(")") in names
    page.keyboard.press("Escape")


def test_a_printed_table_repeats_its_head(editions: Path, page: Page) -> None:
    opened(page, editions, "city-dortmund").emulate_media(media="print")
    document = pypdfium2.PdfDocument(page.pdf())
    sheets = [sheet.get_textpage().get_text_bounded() for sheet in document]
    document.close()
    parts = [text for text in sheets if "Rat beschließt Masterplan" in text or "MIA-DO-KI mit mehr Stellen" in text]
    assert len(parts) == 2 and all(re.search(r"Zeit\s+Ereignis\s+Art", text) for text in parts)


def test_tabs_show_one_part_at_a_time_and_answer_to_keys(constructs: Path, page: Page) -> None:
    page.goto((constructs / "boxes.html").as_uri())
    assert page.get_by_role("tab").all_text_contents() == ["Morning", "Evening"] * 2
    assert page.get_by_role("tabpanel", name="Morning").count() == 2
    assert [page.get_by_text(text).is_visible() for text in ("Mist.", "Midges.", "10 °C", "14 °C")] == [
        *(True, False), *(True, False),
    ]  # fmt: skip
    page.get_by_role("tab").first.focus()
    page.keyboard.press("ArrowRight")
    assert [page.get_by_text(text).is_visible() for text in ("Mist.", "Midges.", "14 °C")] == [False, True, True]
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    page.keyboard.press("ArrowRight")
    assert page.get_by_text("Mist.").is_visible()
    page.keyboard.press("End")
    assert page.get_by_text("Midges.").is_visible()
    assert violations(page) == []


def test_no_key_leads_to_a_tab_that_is_not_shown_and_it_takes_no_room(constructs: Path, page: Page) -> None:
    page.goto((constructs / "boxes.html").as_uri())
    page.get_by_role("tab").first.focus()
    for text in ("Mist.", "Morning"):
        page.keyboard.press("Tab")
        assert text in page.evaluate("document.activeElement.textContent")
    assert page.evaluate("document.activeElement.role") == "tab"
    assert page.locator(".tab[hidden]").first.evaluate("one => one.getBoundingClientRect().height") == 0


def test_a_link_opens_the_tab_that_it_leads_to_and_print_shows_all(constructs: Path, page: Page) -> None:
    page.goto((constructs / "boxes.html").as_uri() + "#evening")
    assert page.get_by_text("Midges.").is_visible() and not page.get_by_text("Mist.").is_visible()
    page.emulate_media(media="print")
    for text in ("Mist.", "Midges.", "10 °C", "14 °C"):
        assert page.get_by_text(text).is_visible()
    assert not page.get_by_role("tablist").first.is_visible()
    assert page.locator(".tab > .box-title").first.is_visible()


@pytest.mark.parametrize(("width", "is_beside"), [(1440, True), (1000, False), (400, False)])
def test_a_note_stands_in_the_margin_where_there_is_one(
    constructs: Path, page: Page, width: int, is_beside: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((constructs / "boxes.html").as_uri())
    note, text = (page.get_by_text(text).bounding_box() for text in ("A note in the margin", "The text goes on"))
    assert note and text
    assert (note["x"] > text["x"] + 500 and abs(note["y"] - text["y"]) < 10) is is_beside
    assert note["x"] + note["width"] <= width
    listed = page.locator(".sections").bounding_box()
    assert not listed or note["x"] + note["width"] <= listed["x"]


def test_a_note_without_a_margin_leaves_its_sentence_whole(constructs: Path, page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 900})
    page.goto((constructs / "text.html").as_uri())
    note = page.get_by_text("with a note for the margin")
    assert note.evaluate("one => [getComputedStyle(one).display, getComputedStyle(one, '::before').content]") == [
        "inline",
        '"["',
    ]


def test_the_contents_follow_and_the_switch_keeps_the_place(editions: Path, page: Page) -> None:
    opened(page, editions).locator("#sec-actors-hagen").evaluate("one => one.scrollIntoView()")
    page.wait_for_selector(".sections a[href='#sec-actors-hagen'][aria-current]")
    # A click of the driver would scroll the page, as that of a reader does not.
    page.locator(".languages a").evaluate("one => one.click()")
    page.wait_for_url("**/en-GB/html/city-hagen.html#sec-actors-hagen")
    page.locator("#tbl-staff-hagen").evaluate("one => one.scrollIntoView()")
    page.locator(".languages a").evaluate("one => one.click()")
    page.wait_for_url("**/de/html/city-hagen.html#tbl-staff-hagen")
    page.set_viewport_size({"width": 320, "height": 256})
    page.locator("#tbl-events-hagen").evaluate("one => one.scrollIntoView()")
    page.wait_for_timeout(200)
    page.locator(".languages a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en-GB/html/city-hagen.html#tbl-events-hagen")


def test_the_switch_leads_to_the_paragraph_that_is_read(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, editions)
    middle = page.locator("p", has_text="Interview\u00a0I3.57")
    middle.evaluate("one => one.scrollIntoView()")
    page.locator(".languages a").evaluate("one => one.click()")
    page.wait_for_url("**/en-GB/html/city-hagen.html#place-*")
    seen = page.locator(page.evaluate("location.hash"))
    expect(seen).to_contain_text("Interview\u00a0I3.57")
    assert 0 <= seen.evaluate("one => one.getBoundingClientRect().top") < 300


def test_the_switch_leads_to_the_row_that_is_read(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    rows = opened(page, editions, "city-duisburg").locator("#tbl-events-duisburg tbody tr")
    rows.nth(25).evaluate("one => one.scrollIntoView()")
    page.locator(".languages a").evaluate("one => one.click()")
    page.wait_for_url("**/en-GB/html/city-duisburg.html#place-*")
    tops = rows.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert -100 < tops[25] < 400


def test_the_paragraphs_of_both_languages_are_the_same(editions: Path, page: Page) -> None:
    counts: dict[str, list[int]] = {}
    for language in ("de", "en-GB"):
        for path in sorted((editions / language / "html").glob("*.html")):
            page.goto(path.as_uri())
            counts.setdefault(path.name, []).append(page.locator("main :is(p, li, tbody tr)").count())
    assert len(counts) == 12 and [name for name, (one, other) in counts.items() if one != other] == []


def test_a_result_within_a_tab_opens_it(constructs: Path, page: Page) -> None:
    with serving(constructs) as address:
        page.goto(f"{address}/boxes.html")
        page.locator(".search input").fill("Midges")
        page.locator(".found a").first.click()
        expect(page.locator("#evening").get_by_text("Midges.")).to_be_visible()


def test_a_link_to_a_file_is_heard_by_its_name_and_where_from_by_its_figure(editions: Path, page: Page) -> None:
    files = opened(page, editions, "codebook").locator("main a[href$='.csv']")
    assert files.count() > 10 and files.evaluate_all("all => all.filter(one => one.title)") == []
    files.first.hover()
    assert (files.first.get_attribute("title") or "").startswith("SHA-256: ")
    origin = opened(page, editions).locator(".origin:has(a[href$='fig-timeline-hagen.svg'])")
    origin.locator("summary").click()
    names = origin.locator("p > *").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert "PNG, Abbildung\u00a05.1" in names and all("Abbildung\u00a05.1" in name for name in names)


def test_on_a_phone_the_head_comes_back_and_keeps_the_place(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    head = opened(page, editions).locator(".top")
    page.locator("#sec-actors-hagen").evaluate("one => one.scrollIntoView()")
    expect(head).to_have_class(re.compile("away"))
    page.mouse.wheel(0, -100)
    expect(head).not_to_have_class(re.compile("away"))
    page.locator(".languages a").click()
    page.wait_for_url("**/en-GB/html/city-hagen.html#sec-actors-hagen")
    page.locator("#sec-change-hagen").evaluate("one => one.scrollIntoView()")
    page.mouse.wheel(0, -100)
    page.get_by_role("button", name="Contents").click()
    expect(page.locator(".chapters summary")).to_be_focused()
    place = page.evaluate("scrollY")
    assert place > 1000 and page.locator(".chapters li a").first.is_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".chapters li a").first).to_be_hidden()
    assert page.evaluate("scrollY") == place


def test_the_page_stands_still_below_its_contents_which_close_for_who_leaves_them(editions: Path, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, editions).evaluate("scrollTo(0, 3000)")
    page.mouse.move(100, 300)
    page.mouse.wheel(0, -100)
    expect(page.locator(".top")).not_to_have_class(re.compile("away"))
    button, links = page.get_by_role("button", name="Inhalt"), page.locator(".chapters li a")
    place = page.evaluate("scrollY")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.mouse.move(100, 300)
    page.mouse.wheel(0, 3000)
    page.wait_for_timeout(100)
    page.mouse.click(350, 730)
    expect(links.first).to_be_hidden()
    assert page.evaluate("scrollY") == place
    button.click()
    links.last.focus()
    page.keyboard.press("Tab")
    expect(links.first).to_be_hidden()
    button.click()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("width", [360, 1280])
def test_what_is_focused_in_the_head_leaves_the_text_where_it_is(editions: Path, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, editions).evaluate("scrollTo(0, 5000)")
    page.locator(".languages a").focus()
    page.locator(".theme").focus()
    assert abs(page.evaluate("scrollY") - 5000) < 10


def test_chapters_fold_beside_the_text_and_on_a_phone(editions: Path, page: Page) -> None:
    opened(page, editions).click(".chapters > summary")
    assert opened(page, editions, "index").locator(".chapters li").first.is_hidden()
    page.click(".chapters > summary")
    assert page.locator(".chapters li").first.is_visible()
    page.set_viewport_size({"width": 320, "height": 640})
    assert opened(page, editions).locator(".chapters li").first.is_hidden()


def test_the_first_key_skips_to_the_text(editions: Path, page: Page) -> None:
    opened(page, editions).keyboard.press("Tab")
    middle = page.locator(".skip").bounding_box()
    assert (
        middle
        and page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).className",
            [middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2],
        )
        == "skip"
    )
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_the_sections_of_a_page_come_before_its_text(editions: Path, page: Page) -> None:
    opened(page, editions).locator(".sections a").last.focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    beside, text = page.locator(".sections").bounding_box(), page.locator("main").bounding_box()
    assert beside and text and beside["x"] > text["x"] + text["width"] and beside["y"] < 100


def test_print_shows_the_text_alone_and_all_of_it(editions: Path, page: Page) -> None:
    opened(page, editions).emulate_media(media="print")
    for hidden in (".chapters", ".sections", ".top", ".turn", ".origin", ".anchor"):
        assert page.locator(hidden).first.is_hidden(), hidden
    assert page.locator("main h1").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_print_shows_the_signs_of_boxes_and_no_mark_to_unfold_them(constructs: Path, page: Page) -> None:
    page.goto((constructs / "boxes.html").as_uri())
    page.emulate_media(media="print")
    style = "(one, [name, property]) => getComputedStyle(one, name)[property]"
    assert page.locator(".callout .box-title").first.evaluate(style, ["::before", "printColorAdjust"]) == "exact"
    assert page.locator(".callout > summary").first.evaluate(style, ["::after", "content"]) == "none"
