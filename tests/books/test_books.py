"""Quarto books as their authors have them, without a word for reportkit: they build, and say what is different."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from lxml import html

from reportkit.cli import main

BOOKS = Path(__file__).parent
RAW = re.compile(r"\{\{<|:::|#\||@(fig|tbl|sec|eq)-|\{python\}|\?\?")


@pytest.fixture
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(BOOKS / request.param, tmp_path / "book"))


def pages(book: Path) -> dict[str, Any]:
    return {path.stem: html.parse(path).getroot() for path in (book / "_build/editions/en/html").glob("*.html")}


def printed(book: Path) -> str:
    (path,) = (book / "_build/editions/en/pdf").glob("*.pdf")
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def warned(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return codes and places of the warnings."""
    return re.findall(r"^warning\[(RK\d+)\].*(?:\n  --> (\S+))?", capsys.readouterr().err, re.M)


def checked(book: Path) -> dict[str, Any]:
    """Return the pages after asserting that no markup is left in them or the PDF, and that links lead somewhere."""
    made = pages(book)
    for page in made.values():
        for code in page.xpath("//pre"):
            code.drop_tree()
        assert RAW.findall(page.text_content()) == []
        for target in page.xpath("//main//a/@href"):
            if "://" not in target and target.partition("#")[0].endswith((".html", "")):
                name, _, anchor = target.partition("#")
                there = made[name.removesuffix(".html")] if name.endswith(".html") else page
                assert not anchor or there.xpath(f'//*[@id="{anchor}"]'), target
    return made


@pytest.mark.parametrize("book", ["cooking"], indirect=True)
def test_a_book_with_code_builds_as_it_is(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--study", str(book), "build"]) == 0
    assert sorted(warned(capsys)) == [
        ("RK105", "_quarto.yml:24"),
        ("RK105", "_quarto.yml:28"),
        ("RK105", "_quarto.yml:7"),
        ("RK105", "soup.qmd:25"),
        ("RK326", "bread.qmd:5"),
        ("RK327", "bread.qmd:19"),
        ("RK330", "bread.qmd:30"),
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
