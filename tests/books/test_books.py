"""Quarto books as their authors have them, without a word for reportkit: they build, and say what is different."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from lxml import html
from playwright.sync_api import Browser

from reportkit.cli import main

BOOKS = Path(__file__).parent
RAW = re.compile(r"\{\{<|:::|#\||@(fig|tbl|sec|eq)-|\{python\}|\?\?")


@pytest.fixture
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(BOOKS / request.param, tmp_path / "book"))


def pages(book: Path) -> dict[str, Any]:
    return {path.stem: html.parse(path).getroot() for path in (book / "_build/editions").glob("*/html/*.html")}


def printed(book: Path) -> str:
    (path,) = (book / "_build/editions").glob("*/pdf/*.pdf")
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def warned(told: str) -> list[tuple[str, str]]:
    """Return codes and places of the warnings."""
    return re.findall(r"^warning\[(RK\d+)\].*(?:\n  --> (\S+))?", told, re.M)


def texts(found: Sequence[Any]) -> list[str]:
    """Return what elements say."""
    return [" ".join(one.text_content().split()) for one in found]


def checked(book: Path) -> dict[str, Any]:
    """Return the pages after asserting that no markup is left in them or the PDF, and that links lead somewhere."""
    made = pages(book)
    for page in made.values():
        text = html.fromstring(html.tostring(page))
        for code in text.xpath("//pre|//code[not(ancestor::a)]"):
            code.drop_tree()
        assert RAW.findall(text.text_content()) == []
        for target in page.xpath("//main//a/@href"):
            if "://" not in target and target.partition("#")[0].endswith((".html", "")):
                name, _, anchor = target.partition("#")
                there = made[name.removesuffix(".html")] if name.endswith(".html") else page
                assert not anchor or there.xpath(f'//*[@id="{anchor}"]'), target
    return made


@pytest.mark.parametrize("book", ["cooking"], indirect=True)
def test_a_book_with_code_builds_as_it_is(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--study", str(book), "build"]) == 0
    assert sorted(warned(capsys.readouterr().err)) == [
        ("RK105", "_quarto.yml:24"),
        ("RK105", "_quarto.yml:28"),
        ("RK105", "_quarto.yml:7"),
        ("RK105", "soup.qmd:25"),
        ("RK326", "bread.qmd:5"),
        ("RK327", "bread.qmd:19"),
        ("RK330", "bread.qmd:10"),
        ("RK331", "bread.qmd:33"),
    ]
    made = checked(book)
    assert set(made) == {"index", "bread", "soup", "summary", "references", "tables"}
    headings = [
        (found.tag, " ".join(found.text_content().split())) for found in made["bread"].xpath("//main//h1|//main//h2")
    ]
    assert headings == [("h1", "1 Bread"), ("h2", "1.1 Loaves"), ("h2", "1.2 Crumbs")]
    assert [" ".join(caption.text_content().split()) for caption in made["bread"].iter("figcaption")] == [
        "Figure 1.1: Loaves by weekday",
        "Figure 1.2: Two views of an oven",
    ]
    assert all(image.get("alt") or image.get("aria-label") for image in made["bread"].iter("img", "svg"))
    assert "Write to ada@example.org." in made["index"].xpath("//main")[0].text_content()
    text = printed(book)
    assert RAW.findall(text) == []
    assert "What is left over is counted in 5 bowls." in " ".join(text.split())


@pytest.mark.parametrize("book", ["field-report"], indirect=True)
def test_a_book_is_made_of_the_outputs_that_its_notebooks_hold(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--study", str(book), "build", "--no-execute"]
    assert main(command) == 0
    told = capsys.readouterr().err
    assert re.findall(r"^warning\[(RK\d+)\]", told, re.M) == ["RK416", "RK330"]
    assert "code of `wind.qmd` and inline expressions of `rain.ipynb` stand without results" in told
    made = checked(book)
    rain, wind = made["rain"], made["wind"]
    assert [found.text_content().strip() for found in rain.xpath("//main//th|//main//td")] == [
        "month",
        "mm",
        "May",
        "41",
    ]
    assert rain.xpath('//figure[@id="fig-rain"]//img/@alt') == ["Rain by month"]
    assert "The sum is [total] mm." in rain.text_content()
    references = ["Figure 2.1", "Table 2.1", "Figure 2.2", "Figure 2.2 (b)"]
    assert [" ".join(link.text_content().split()) for link in wind.xpath("//main/p/a")] == references
    assert wind.xpath('//figure/div[@class="not-run"]/p/text()') == ["The code for this has not been run."] * 4
    assert wind.xpath('//details[@class="origin"]') == [] and len(rain.xpath('//details[@class="origin"]')) == 2
    assert RAW.findall(printed(book)) == []
    assert main(command) == 0
    assert "everything is up to date" in capsys.readouterr().out


@pytest.mark.parametrize("book", ["field-report"], indirect=True)
def test_stored_results_are_never_taken_for_executed_ones(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--study", str(book), "build", "--no-execute", "--format", "html"]) == 0
    assert main(["--study", str(book), "build", "--format", "html"]) == 4
    assert "missing_library" in capsys.readouterr().err


def test_chapters_with_parameters_must_be_executed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = shutil.copytree(BOOKS.parent / "studies/two-cities", tmp_path / "study")
    assert main(["--study", str(study), "build", "--no-execute"]) == 4
    assert "error[RK415]" in capsys.readouterr().err


# Next Door: a book that somebody wrote who knew Quarto's documentation alone.
CAPTIONS = {
    "checks": ["Table B.1. Missing values"],
    "intro": ["Diagram 1.1. The plan of the book"],
    "measures": [
        *("Table 3.1. The three scales", "(a) Frequency", "(b) Consent", "Table 3.2. How answers became numbers"),
        *("Table 3.3. A grid table with blocks", "Table 3.4. Loans by points", "A simple table, unnumbered"),
        "Fig. 3.1. Map of the four areas",
    ],
    "model": [
        *("(a) The door", "(b) The fence", "Fig. 5.1. Two ways to meet: at Fig. 5.1 (a), or over the fence"),
        *("A row of its own", "Table 5.1. Coefficients of Equation 5.1", "Fig. 5.2. Residuals"),
        *("Table 5.2. A raw table, used in both editions", "Fig. 5.3. A film about streets"),
        "Table 5.3. A wide table",
    ],
    "questionnaire": ["Fig. A.1. The form’s first page, Fig. 3.1 being the second"],
    "sample": ["Table 2.1. The four areas", "Fig. 2.1. Age and years at the address"],
    "visits": [
        *("Fig. 6.1. Visits by month", "Table 6.1. Seasons", "Table 6.2. Visits, months by area"),
        *("Table 6.3. Two levels of columns", "(a) First half", "(b) Second half", "Fig. 6.2. Two halves", "Map again"),
    ],
}
CONTENTS = [
    *("Preface", "Looking at the Ties", "1 Whom Would You Ask?", "2 Who Was Asked", "3 What Was Counted"),
    *("4 Ties, Area by Area", "Explaining the Ties", "5 A Model of Ties", "6 Visits Through the Year"),
    *("7 Place and Distance", "8 What We Learned", "References", "Appendices", "A The Questionnaire", "B Checks"),
]
PANEL = '//figure[@id="fig-wide"]//div[@class="layout-row"]/div/@class'


@pytest.fixture(scope="module", params=[(), ("--no-execute",)], ids=["run", "not-run"])
def neighbours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, bool]:
    """Return where the book is built, what was told, and whether it was executed."""
    book = shutil.copytree(BOOKS / "neighbourhood", tmp_path_factory.mktemp("neighbours") / "book")
    told = io.StringIO()
    with redirect_stderr(told):
        assert main(["--study", str(book), "build", *request.param]) == 0, told.getvalue()
    return book, told.getvalue(), not request.param


def test_a_book_of_many_constructs_says_what_is_different(neighbours: tuple[Path, str, bool]) -> None:
    _, told, is_run = neighbours
    assert [place for code, place in warned(told) if code == "RK105"] == [
        *("_quarto.yml:3", "_quarto.yml:117", "index.qmd:2", "intro.qmd:87", "model.qmd:81", "model.qmd:117"),
        "model.qmd:124",
    ]
    others = [("RK327", "model.qmd:56"), ("RK330", "model.qmd:38")]
    assert [one for one in warned(told) if one[0] != "RK105"] == ([] if is_run else [("RK416", "")]) + others
    assert not re.search(r"more$|\bNone\b|figures/", told, re.M)


def test_a_book_of_many_constructs_has_its_numbers(neighbours: tuple[Path, str, bool]) -> None:
    book, _, _ = neighbours
    made = checked(book)
    found = {name: texts(list(page.iter("figcaption", "caption"))) for name, page in made.items()}
    assert {name: captions for name, captions in found.items() if name in CAPTIONS} == CAPTIONS
    assert [caption for caption in found["place"] if "." in caption][:3] == [
        *("Fig. 7.1. Distance to the bridge", "Fig. 7.2. Four areas and their paths"),
        "Fig. 7.3. Borrowing, step by step",
    ]
    assert [caption[:9] for caption in found["ties"] if caption.startswith(("Fig", "Table"))] == [
        *("Fig. 4.1.", "Table 4.1", "Fig. 4.2.", "Table 4.2", "Table 4.3", "Table 4.4", "Table 4.5", "Fig. 4.3."),
        "Fig. 4.4.",
    ]
    assert texts(made["index"].xpath('//details[@class="chapters"]//li[not(ancestor::li)]')) == [
        f"Preface {' '.join(texts(made['index'].xpath('//main//h2')))}".replace(" #", ""),
        *CONTENTS[1:],
    ]
    assert texts(made["ties"].xpath("//main/p/a"))[:3] == ["Fig. 4.1", "Table 4.1", "Fig. 4.2 (b)"]
    assert made["ties"].xpath(PANEL) == ["layout-cell w-50", "layout-cell w-50", "layout-cell w-100"]
    alts = [alt for page in made.values() for alt in page.xpath("//main//img/@alt|//main//svg/@aria-label")]
    assert alts and not [alt for alt in alts if not alt.strip() or "@" in alt or "*" in alt]


def test_a_book_of_many_constructs_is_printed(neighbours: tuple[Path, str, bool]) -> None:
    book, _, is_run = neighbours
    text = " ".join(printed(book).split())
    # A cell with its fence, and a shortcode that is meant to be shown.
    assert [found[0] for found in RAW.finditer(text)] == ["{python}", "#|", "{{<"]
    assert "Looking at the Ties The first part describes: who was asked" in text
    assert "hence this chapter, Place and Distance." in text
    assert "A raw table, used in both editions Model R² Years only 0.41 Both 0.52" in text
    assert "https://www.youtube.com/embed/wo9vZccmqwc Fig. 5.3. A film about streets" in text
    assert ("An extra year adds 0.11 ties." in text) is is_run
    assert 'An extra year adds [f"{beta[1]:.2f}"] ties.' in text or is_run


def test_a_book_of_many_constructs_shows_what_was_run(neighbours: tuple[Path, str, bool]) -> None:
    book, _, is_run = neighbours
    made = pages(book)
    outputs = texts(made["ties"].xpath('//pre[contains(@class, "output")]'))
    lines = texts([line for page in made.values() for line in page.xpath('//*[@class="not-run"]')])
    formulas = [text for name in ("ties", "model", "checks") for text in made[name].xpath("//annotation/text()")]
    if is_run:
        warning, missing = outputs[1:3]
        assert "UserWarning: Some households gave no trust score." in warning and missing == "missing: 2"
        assert {"0.11", r"\bar x = 4.7", r"\sum_i t_i = 227"} <= set(formulas) and lines == []
        (wide,) = made["place"].xpath('//figure[@id="fig-distance"]//svg/@viewbox')
        _, _, width, height = map(float, wide.split())
        assert 2 < width / height < 2.6
    else:
        assert outputs == [] and set(lines) == {"The code for this has not been run."} and len(lines) == 24
        assert r"\text{[round(mean\_ties, 1)]}" in next(text for text in formulas if "bar x" in text)
    made_by_cells = {name: len(page.xpath('//details[@class="origin"]')) for name, page in made.items()}
    assert {name: count for name, count in made_by_cells.items() if count} == (
        {"checks": 1, "model": 2, "place": 1, "sample": 2, "ties": 8, "visits": 4} if is_run else {}
    )


def test_the_pages_of_a_book_have_room(neighbours: tuple[Path, str, bool], browser: Browser) -> None:
    (folder,) = (neighbours[0] / "_build/editions").glob("*/html")
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def box(selector: str) -> dict[str, float]:
        found = page.locator(selector).first.bounding_box()
        assert found is not None, selector
        return dict(found)

    page.goto((folder / "index.html").as_uri())
    label = page.locator(".task-list label").first
    assert label.evaluate("(e) => parseFloat(getComputedStyle(e.querySelector('input')).marginRight)") > 4
    marker = "(e) => getComputedStyle(e, '::marker').content"
    assert "(" in page.locator(".example > li").first.evaluate(marker)
    for name, label in (("measures", "tbl-pair"), ("ties", "tbl-two"), ("ties", "tbl-styled")):
        page.goto((folder / f"{name}.html").as_uri())
        caption, content = box(f"#{label} > :is(figcaption, caption)"), box(f"#{label} > :not(figcaption, caption)")
        assert caption["y"] + caption["height"] <= content["y"] + 1, label
    for origin in page.locator(".origin").all():
        below = origin.evaluate(
            "(e) => e.nextElementSibling && e.nextElementSibling.getBoundingClientRect().top"
            " - e.getBoundingClientRect().bottom"
        )
        assert below is None or below >= 8
    page.goto((folder / "visits.html").as_uri())
    figure, caption = box("figure:has(.align-right)"), box("figure:has(.align-right) > figcaption")
    align = page.locator("figure:has(.align-right) > figcaption").evaluate("(e) => getComputedStyle(e).textAlign")
    assert align == "right" and caption["x"] + caption["width"] == figure["x"] + figure["width"]
    page.close()
