"""The HTML edition: its frame, its links, what must not happen to text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from compile.sample import figure, instance, prose, read, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.errors import CompileError
from reportkit.model.study import EditionSpec
from reportkit.process import index_pages, run_pandoc

HOSTILE = '# Chapter\n\n\\<script\\>alert(1)\\</script\\> & `<b>` "quoted"\n'


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    made = study(
        instance("index", prose("# Preface {.unnumbered}\n\nSee @fig-a in @sec-one.\n")),
        instance("one", prose("# One {#sec-one}\n\n## Part\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n"), figure("fig-a")),
        instance("two", prose(HOSTILE)),
        editions=(EditionSpec("de", "Zwei <Städte>"), EditionSpec("en", "Two Towns", None, "translations/en")),
    )
    return compile_book(resolve(made, {"one": svg_result(1)}), "html", run_pandoc)


def test_there_is_a_page_for_each_chapter_with_its_style_and_figures(files: dict[str, bytes]) -> None:
    shown = {name for name in files if not name.startswith("pagefind/")}
    assert shown == {"index.html", "one.html", "two.html", "book.css", "book.js", "figures/fig-a.svg"}


def test_the_search_knows_the_language_and_has_the_same_bytes_each_time(files: dict[str, bytes]) -> None:
    index = {name: data for name, data in files.items() if name.startswith("pagefind/")}
    assert {"pagefind/pagefind.js", "pagefind/wasm.de.pagefind"} <= set(index)
    assert sum(name.startswith("pagefind/fragment/de_") for name in index) == 3
    pages = {name: data for name, data in files.items() if name.endswith(".html")}
    assert index_pages(pages) == index


def test_a_search_that_cannot_be_made_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: Path("/bin/false"))
    with pytest.raises(CompileError, match="RK506"):
        index_pages({})


def test_every_page_is_complete(files: dict[str, bytes]) -> None:
    for name in ("index.html", "one.html", "two.html"):
        tags = Tags(files[name].decode())
        assert tags.all("html") == [{"lang": "de"}]
        assert len(tags.all("h1")) == 1 and len(tags.all("main")) == 1
        assert {"href": "#content", "class": "skip"} in tags.all("a")
        assert [a["aria-current"] for a in tags.all("a") if "aria-current" in a] == ["page"]
        assert tags.all("script") == [{"src": "book.js"}]


def test_nothing_is_loaded_from_elsewhere_and_the_policy_forbids_it(files: dict[str, bytes]) -> None:
    tags = Tags(files["one.html"].decode())
    assert tags.all("img") == [] and len(tags.all("svg")) == 1
    assert {link["href"] for link in tags.all("link") if link["rel"] == "stylesheet"} == {"book.css"}
    policy = next(meta["content"] for meta in tags.all("meta") if meta.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")


def test_text_stays_text(files: dict[str, bytes]) -> None:
    page = files["two.html"].decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "Zwei &lt;Städte&gt;" in page and "<Städte>" not in page


def test_links_between_pages_lead_to_what_is_there(files: dict[str, bytes]) -> None:
    links = re.findall(r'href="([\w-]+\.html)#([\w-]+)"', files["index.html"].decode())
    assert set(links) == {("one.html", "fig-a"), ("one.html", "sec-one")}
    assert all(f'id="{fragment}"' in files[page].decode() for page, fragment in links)


def test_a_figure_says_what_is_seen_and_a_table_scrolls_in_its_box(files: dict[str, bytes]) -> None:
    tags = Tags(files["one.html"].decode())
    assert tags.all("svg")[0]["aria-label"] == "A blue box"
    assert any(box.get("class") == "table-box" and box.get("tabindex") == "0" for box in tags.all("div"))
    assert [cell.get("class") for cell in tags.all("td")] == [None, "right"]
    assert not [attributes for _, attributes in tags.found if "style" in attributes]


def test_the_list_of_chapters_names_parts_once_and_unfolds_the_page() -> None:
    book = resolve(study(*(instance(name, prose(f"# {name}\n\n## Within\n")) for name in ("a", "b", "c"))))
    parted = replace(book, pages=(book.pages[0], *(replace(page, part="Part") for page in book.pages[1:])))
    page = compile_book(parted, "html", run_pandoc)["b.html"].decode()
    nav = page[page.index('class="chapters"') : page.index("</nav>")]
    assert nav.count('<li class="part">Part</li>') == 1
    assert nav.index("a.html") < nav.index('class="part"') < nav.index("b.html")
    assert re.findall(r'href="(#[^"]+)"', nav) == ["#within"]


def test_a_reader_is_told_what_is_not_translated_and_what_a_table_without_caption_is() -> None:
    book = resolve(study(instance("one", prose("# One\n\n| a |\n|---|\n| 1 |\n"))))
    fallback = {"t": "Div", "c": [["", ["untranslated"], [["lang", "en"]]], read("Text\n")]}
    page = replace(book.pages[0], blocks=[*book.pages[0].blocks, fallback])
    tags = Tags(compile_book(replace(book, pages=(page,)), "html", run_pandoc)["one.html"].decode())
    (marked,) = [attributes for attributes in tags.all("div") if attributes.get("class") == "untranslated"]
    assert marked == {"class": "untranslated", "lang": "en", "title": book.terms["untranslated"]}
    assert [attributes["aria-label"] for attributes in tags.all("div") if "role" in attributes] == ["Tabelle"]


def test_the_other_edition_is_one_click_away(files: dict[str, bytes]) -> None:
    assert [a["href"] for a in Tags(files["one.html"].decode()).all("a") if a.get("hreflang") == "en"] == [
        "../../en/html/one.html"
    ]


@pytest.mark.parametrize(
    ("switch", "shown"),
    [
        (("en-GB",), ["English"]),
        (("en-GB", "en-US"), ["English (United Kingdom)", "English (United States)"]),
        (("fr", "rom"), ["français", "rom"]),
    ],
)
def test_languages_are_called_what_they_call_themselves(switch: Sequence[str], shown: list[str]) -> None:
    made = resolve(study(instance("one", prose("# One\n"))))
    page = compile_book(replace(made, switch=dict.fromkeys(switch, "A title")), "html", run_pandoc)["one.html"]
    assert re.findall(r'hreflang="[^"]*" lang="[^"]*" title="A title">([^<]*)', page.decode()) == shown


def test_a_book_without_an_index_begins_with_its_first_page(tmp_path: Path) -> None:
    files = compile_book(resolve(study(instance("one", prose("# One\n")))), "html", run_pandoc)
    assert files["index.html"] == files["one.html"]


def test_pages_lead_to_the_other_formats_of_the_edition() -> None:
    made = study(instance("one", prose("# One\n")), formats=("html", "pdf", "epub", "docx"))
    page = compile_book(resolve(made), "html", run_pandoc)["one.html"].decode()
    others = [a["href"] for a in Tags(page).all("a") if str(a["href"]).startswith("../")]
    assert others == [f"../{fmt}/zwei-staedte.{fmt}" for fmt in ("pdf", "epub", "docx")]
