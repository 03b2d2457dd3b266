"""The book in `examples/every-construct`: it uses whatever the language has, and builds without a word."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import html

from compile.test_pdf import tags
from language.made import squeezed
from prints import layout_faults, refused, tag_faults

BOOK = Path(__file__).parents[2] / "examples" / "every-construct"
USED = (
    *("label:", "fig-cap:", "fig-alt:", "fig-subcap:", "tbl-cap:", "tbl-subcap:", "layout-ncol:", "layout-nrow:"),
    *("layout:", "echo: true", "echo: fenced", "eval: false", "output: false", "output: asis", "warning: true"),
    *("error: true", "include: false", "code-fold: true", "code-fold: show", "code-summary:", "lst-label:", "lst-cap:"),
    *("tbl-colwidths:", "filename:", "code-line-numbers:", "fig-align:", "execute:", "crossref:", "`{python} "),
    *("@fig-", "@Fig-", "@tbl-", "@sec-", "@eq-", "@lst-", "@thm-", "@tip-", "[-@fig-", "[Picture @fig-", "; @tbl-"),
    *("{#fig-pond", "::: {#fig-", "::: {#tbl-", "::: {#lst-", "{#tbl-depths", "- part:", "appendices:", ".unnumbered"),
    *("number-depth:", "toc-depth:", "toc-title:", "subtitle:", ".callout-note", ".callout-tip", ".callout-warning"),
    *(".callout-caution", ".callout-important", "collapse=", "appearance=", "title=", 'layout="', "[^gauge]", "^["),
    *("$a^2", "$$", "begin{align}", "|---", "+====", ".list-table", "- [x]", ":   A rod", ".numberLines", "startFrom"),
    *("when-format", "unless-format", "when-meta", ".panel-tabset", ".column-margin", ".aside", "::: {#thm-"),
    *(
        "::: {.proof}",
        "{{< include",
        "{{< meta",
        "{{< var",
        "{{< pagebreak",
        ".landscape",
        "papersize:",
        "margin:",
        "# <1>",
        "```{{python}}",
        "{=html}",
    ),
    *("{=typst}", "<table>", "[@frog2019, p. 30", "[-@newt2021", "::: {#refs}", "{{{<", "{{< kbd"),
    *("custom:", "::: {#map-", "code-annotations:", "\\newpage", ".hidden", "fig-subcap: true", "group=", "width=240"),
)


@pytest.fixture(scope="module")
def root(built_once: Callable[[Path], Path]) -> Path:
    return built_once(BOOK)


def page(root: Path, name: str) -> Any:
    return html.parse(root / f"_build/editions/en/html/{name}.html").getroot().find(".//main")


def pdf(root: Path) -> bytes:
    (path,) = (root / "_build/editions/en/pdf").glob("*.pdf")
    return path.read_bytes()


def sources() -> str:
    written = [
        path.read_text(encoding="utf-8") for path in sorted(BOOK.rglob("*.[mqy]*")) if "_build" not in path.parts
    ]
    cells = json.loads((BOOK / "chapters/outputs.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n".join([*written, *("".join(cell["source"]) for cell in cells)])


def test_the_book_uses_every_construct() -> None:
    text = sources()
    assert [name for name in USED if name not in text] == []


def test_the_book_is_plain_quarto_and_builds_without_a_warning(tmp_path: Path) -> None:
    from reportkit.study import load_study

    assert "reportkit:" not in sources()
    study = load_study(BOOK)
    assert study.warnings == ()
    assert {Path(one.chapter).suffix for one in study.instances} == {".ipynb", ".md", ".qmd"}


EXPECTED = {
    "cells": {
        "//figure[@id]": 1 + 3 + 4 + 3 + 3, "//div[@class='layout-row']": 1 + 2 + 2 + 1, "//table": 3,
        "//details[not(@class='origin')]": 2,
        "//pre[contains(@class, 'numberLines')]": 1, "//pre[@class='output stderr']": 1, "/ul/li": 2,
        "//div[@class='filename']": 1, "/ol/li": 2, "//h1": 1, "//h2": 4,
    },
    "outputs": {"//img": 2, "//svg": 1, "//table": 3, "//math": 1, "//th[@colspan='2']": 1, "/ul/li": 2, "//h2": 3},
    "references": {"//figure[@id]": 1 + 3 + 1 + 3 + 1, "//math": 1, "//div[@class='listing']": 2, "//h3": 1},
    "text": {
        "//table": 6, "//li//input": 2,
        "//dl[not(ancestor::details)]/dt": 2, "//blockquote": 1, "//mark": 1, "//del": 1, "//u": 1,
        "//sub": 1, "//math": 3, "//pre[contains(@class, 'from-10')]": 1, "//section//li[@id]": 2,
        "//span[@class='citation']": 3,
    },
    "boxes": {
        "//*[@role='note' or self::details[not(@class='origin')]]": 7,
        "//div[@class='tab']": 4, "//div[@class='theorem lem']": 1,
        "//div[@class='proof']": 1, "//div[@class='column-margin']": 1, "//div[@class='aside']": 1,
    },
    "data": {"//figure[@id='fig-range']": 1, "//div[@class='csl-entry']": 2},
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_each_page_has_what_its_chapter_holds(root: Path, name: str) -> None:
    main = page(root, name)
    found = {path: len(main.xpath(f".{path}")) for path in EXPECTED[name]}
    assert found == EXPECTED[name]
    assert main.xpath(".//@style | .//script") == []


def test_no_page_shows_markup(root: Path) -> None:
    for name in ("index", *EXPECTED):
        main = page(root, name)
        for code in main.xpath(".//code | .//annotation"):
            code.clear()
        text = squeezed(main.text_content())
        marks = (":::", "{#", "{.", "](", "@fig", "@tbl", "@sec", "**", "``", "{python}", "$$", "\\begin", "shortcode")
        assert [mark for mark in marks if mark in text] == [], name


def test_the_print_is_tagged_and_says_the_same(root: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf(root))) as document:
        found = Counter(str(tag.S) for tag in tags(document.Root.StructTreeRoot.K))
        alts = [tag for tag in tags(document.Root.StructTreeRoot.K) if str(tag.S) == "/Figure" and "/Alt" not in tag]
    assert alts == []
    assert (
        found["/Table"] == 3 + 3 + 3 + 6
        and found["/Formula"] >= 5
        and found["/Note"] == 3
        and found["/BlockQuote"] == 1
    )
    document = pypdfium2.PdfDocument(pdf(root))
    text = squeezed(" ".join(one.get_textpage().get_text_bounded() for one in document))
    document.close()
    for said in (
        "1 Cells of a pond with 6 readings", "Figure 1.1: The level fell to 97 cm in August",
        "(b) Rain in mm, 201 in all",
        "Program 1.1: The mean of a column", "# ②", "LookupError: nobody measured at the shore", "A Data", "Figure A.1",
        "Map of the garden 3.1: A book may", "Map 3.1 counts",
        "Tip 5.1: Frogs", "Definition 5.1 (Pond)", "10 level = read(gauge)", "This one is Typst.", "A word for paper.",
    ):  # fmt: skip
        assert said in text
    assert "This paragraph is in the pages only." not in text and "This one is nowhere." not in text
    assert "/lib/python" not in text


def test_a_validator_finds_the_print_accessible_and_fit_for_archives(root: Path) -> None:
    assert refused(pdf(root)) == set()
    assert tag_faults(pdf(root)) == []


def test_no_letter_of_the_print_lies_in_a_margin(root: Path) -> None:
    assert layout_faults(pdf(root)) == []
