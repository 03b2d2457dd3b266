"""Citations over real pandoc."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reportkit.errors import Location
from reportkit.process import PandocError, run_pandoc
from reportkit.resolve.bibliography import read_bibliography
from reportkit.resolve.citations import check_citations, citation_of, cite, cited_keys

STYLE = Path(__file__).parents[2] / "styles" / "sozialwissenschaft.csl"
WORKS = """\
@report{alpha, author = {{Stadt Dortmund}}, title = {Alpha}, date = {2018}, langid = {ngerman}}
@report{beta, author = {{Stadt Dortmund}}, title = {Beta}, date = {2018}, langid = {english}}
@book{smith2019, author = {Smith, Ann}, title = {Gamma}, date = {2019}}
"""
BIBLIOGRAPHY = read_bibliography(WORKS, "works.bib")


def blocks(markdown: str) -> list[dict[str, Any]]:
    document = json.loads(run_pandoc([{"op": "read", "text": markdown, "format": "markdown"}])[0])
    return list(document["blocks"])


def written(document: list[dict[str, Any]], form: str) -> str:
    text = json.dumps({"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": document})
    return run_pandoc([{"op": "write", "document": text, "format": form}])[0].strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "works.bib").write_text(WORKS, encoding="utf-8")
    (tmp_path / "style.csl").write_text(STYLE.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def cited(root: Path, *chapters: str, language: str = "de") -> list[list[dict[str, Any]]]:
    """Return each chapter, the reference list last."""
    read = [blocks(chapter) for chapter in chapters]
    done, references = cite(
        read,
        BIBLIOGRAPHY,
        root=root,
        style="style.csl",
        language=language,
        named=["*"],
        pages=["references"] * len(read),
        pandoc=run_pandoc,
    )
    return [*done, references]


def printed(root: Path, *chapters: str, language: str = "de") -> list[str]:
    """Return each chapter as plain text, the reference list last."""
    return [written(chapter, "plain") for chapter in cited(root, *chapters, language=language)]


def test_year_suffixes_hold_over_chapters(root: Path) -> None:
    first, second, _ = printed(root, "[@beta]", "[@alpha, 3; @beta]")
    assert (first, second) == ("(Stadt Dortmund 2018b)", "(Stadt Dortmund 2018a:\u00a03; Stadt Dortmund 2018b)")


def test_the_source_line_of_a_figure_is_read_on_its_own(root: Path) -> None:
    text, _ = printed(root, "A [@smith2019].\n\n::: {.source}\nQuelle: @smith2019.\n:::\n\nB [@smith2019, 2].")
    assert text == "A (Smith 2019).\n\nQuelle: Smith (2019).\n\nB (ebd.:\u00a02)."


def test_ebd_starts_anew_in_each_chapter(root: Path) -> None:
    first, second, _ = printed(root, "[@smith2019, 1], [@smith2019, 2]", "[@smith2019, 3]\n\n[@smith2019, 4]")
    assert (first, second) == ("(Smith 2019:\u00a01), (ebd.:\u00a02)", "(Smith 2019:\u00a03)\n\n(ebd.:\u00a04)")


def test_note_is_read_apart_from_the_text(root: Path) -> None:
    text, _ = printed(root, "A [@smith2019, 1].^[B @smith2019 [2], [@smith2019, 3].] C [@smith2019, 4].")
    assert text == "A (Smith 2019:\u00a01).[1] C (ebd.:\u00a04).\n\n[1] B Smith (2019:\u00a02), (ebd.:\u00a03)."


def test_figure_and_table_are_read_apart_from_the_text(root: Path) -> None:
    figure = "![Caption [@smith2019, 2]](a.svg)"
    table = "| a |\n|---|\n| b [@smith2019, 3] |\n\n: Caption [@smith2019, 4]"
    text, _ = printed(root, f"[@smith2019, 1]\n\n{figure}\n\n{table}\n\n[@smith2019, 5]")
    assert text.startswith("(Smith 2019:\u00a01)")
    assert "Caption (Smith 2019:\u00a02)" in text
    assert "Caption (Smith 2019:\u00a04)" in text
    assert "b (ebd.:\u00a03)" in text
    assert text.endswith("(ebd.:\u00a05)")


def test_reference_list_holds_works_nobody_cites(root: Path) -> None:
    *_, references = printed(root, "Nothing cited.")
    assert references.split("\n\n") == [
        "Smith, Ann (2019): Gamma.",
        "Stadt Dortmund (2018a): Alpha.",
        "Stadt Dortmund (2018b): Beta.",
    ]


def test_language_of_the_edition(root: Path) -> None:
    text, _ = printed(root, "[@smith2019, 1] [@smith2019, 2]", language="en")
    assert text == "(Smith 2019:\u00a01) (ibid.:\u00a02)"


def test_links_lead_to_the_page_of_the_reference_list(root: Path) -> None:
    chapter, _ = cited(root, "See [@alpha; @smith2019] and [a link](#ref-alpha).")
    html = written(chapter, "html")
    assert '<span class="citation" data-cites="alpha smith2019">' in html
    assert '<a href="references.html#ref-alpha">Stadt Dortmund 2018a</a>' in html
    assert '<a href="#ref-alpha">a link</a>' in html


@pytest.mark.parametrize(("language", "foreign"), [("en", {"ref-alpha": "de"}), ("de", {"ref-beta": "en"})])
def test_entries_in_another_language_are_marked(root: Path, language: str, foreign: dict[str, str]) -> None:
    ((listed,),) = cited(root, language=language)
    attributes = {entry["c"][0][0]: dict(entry["c"][0][2]) for entry in listed["c"][1]}
    assert {key: found["lang"] for key, found in attributes.items() if "lang" in found} == foreign


def test_text_without_citations_is_untouched(root: Path) -> None:
    text = "# Head {#sec-a}\n\nA *b* `c` $d$.\n\n- e^[f]\n- [g](h.html)\n"
    assert cited(root, text)[0] == blocks(text)


def test_damaged_style_is_an_error(root: Path) -> None:
    (root / "style.csl").write_text("<style>", encoding="utf-8")
    with pytest.raises(PandocError):
        printed(root, "[@alpha]")


def test_unknown_key_is_told_with_its_place_and_nearest_match() -> None:
    keys = cited_keys(blocks("A [@smth2019, 3; @alpha].^[And @smth2019, @alpha.]"))
    place = Location("chapters/a.md", 2, None, "city=hagen")
    found = check_citations([(key, place) for key in keys], BIBLIOGRAPHY)
    assert keys == ("smth2019", "alpha")
    assert [str(diagnostic) for diagnostic in found] == [
        "error[RK301]: citation key `smth2019` is not in `works.bib`\n"
        "  --> chapters/a.md:2 (city=hagen)\n"
        "  hint: did you mean `smith2019`?"
    ]


def test_an_unknown_key_like_no_other_is_told_how_to_mend() -> None:
    (found,) = check_citations([("sch-plan", None)], BIBLIOGRAPHY)
    assert found.hint == "put its entry into the bibliography, or write `\\@` if no work is meant"


@pytest.mark.parametrize(
    ("text", "found"),
    [("[@key]", True), ("@key.", True), ("@{key}", True), ("[-@key, 3]", True), ("@key2", False), ("@key:b", False)],
)
def test_citation_is_located_by_its_whole_key(text: str, found: bool) -> None:
    assert bool(re.search(citation_of("key"), text)) is found
