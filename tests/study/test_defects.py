"""One tiny study per defect, and what its author is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.errors import DataError, Diagnostic, StudyError
from reportkit.study import check_data, load_study
from reportkit.study.pieces import SHOWN

# study -> (code, place, words of the message, hint) of every diagnostic
Told = tuple[str, str, str, str | None]
DEFECTS: dict[str, list[Told]] = {
    "broken-yaml": [("RK101", "_quarto.yml:6", "mapping values are not allowed here", None)],
    "unknown-key": [
        ("RK102", "_quarto.yml:7", "`book.authr`", "did you mean `author`?"),
        ("RK102", "_quarto.yml:15", "`reportkit.edition`", "did you mean `editions`?"),
    ],
    "wrong-type": [
        ("RK103", "_quarto.yml:6", "`book.title` must be text", None),
        ("RK103", "_quarto.yml:8", "not `31. Januar 2026`", None),
    ],
    "missing-keys": [
        ("RK104", "_quarto.yml:1", "`project.type`", None),
        ("RK104", "_quarto.yml:1", "`book.chapters`", None),
        ("RK104", "_quarto.yml:1", "`book.date`", None),
    ],
    "not-a-book": [("RK103", "_quarto.yml:2", "must be `book`", None)],
    "wrong-editions": [
        ("RK103", "_quarto.yml:15", "source language, `de`", None),
        ("RK104", "_quarto.yml:16", "`reportkit.editions.en.catalog`", None),
        ("RK103", "_quarto.yml:17", "`de_DE` is not a language", None),
        ("RK104", "_quarto.yml:17", "`reportkit.editions.de_DE.catalog`", None),
    ],
    "missing-chapter": [
        ("RK107", "_quarto.yml:11", "`chapters/introdution.md`", "did you mean `chapters/introduction.md`?"),
    ],
    "missing-files": [
        ("RK103", "_quarto.yml:21", "`english` is not a language", None),
        ("RK107", "_quarto.yml:13", "bibliography `literature.bib`", None),
        ("RK107", "_quarto.yml:14", "csl `styles/hous.csl`", "did you mean `styles/house.csl`?"),
        ("RK107", "_quarto.yml:19", "catalog `translation/en`", "did you mean `translations/en`?"),
    ],
    "unknown-ending": [("RK106", "_quarto.yml:11", "`chapter.Rmd`", None)],
    "chapter-outside": [("RK108", "_quarto.yml:11", "`../two-cities/index.md` leads outside", None)],
    "include-outside": [("RK108", "chapter.md:3", "`../../../LICENSE.md` leads outside", None)],
    "duplicated-chapter": [("RK109", "_quarto.yml:11", "`index.md` is listed twice", None)],
    "not-utf8": [("RK110", "chapter.md:3", "not UTF-8", "save it as UTF-8")],
    "notebook-not-json": [("RK111", "city.ipynb:2", "not JSON: expecting value", None)],
    "notebook-without-cells": [("RK111", "city.ipynb", "no cells", "save it anew with Jupyter (format 4)")],
    "broken-cell-options": [("RK112", "chapter.qmd:5", "not YAML", None)],
    "missing-alt-text": [
        ("RK114", "city.ipynb, cell 2, line 2", "`fig-picture`", "say in `#| fig-alt:` what the figure shows"),
    ],
    "open-code-cell": [("RK115", "chapter.qmd:3", "never closed", None)],
    "other-language": [
        ("RK116", "chapter.qmd:3", "code in `r`", SHOWN),
        ("RK116", "plain.md:3", "`.md` file", "code runs in chapters that are notebooks or end in `.qmd`"),
        ("RK116", "chapter.qmd:7", "`julia`", None),
    ],
    "broken-expression": [
        ("RK117", "chapter.qmd:3", "`1 +` is not Python", None),
        ("RK117", "chapter.qmd:3", "must stand on one line", None),
    ],
    "missing-include": [
        (
            "RK107",
            "city.ipynb, cell 2, line 3 (city=neustadt)",
            "`_parts/neustadt.md` does not exist",
            "did you mean `_parts/nuestadt.md`?",
        ),
    ],
    "include-cycle": [("RK118", "two.md:1", "`one.md` → `two.md` → `one.md`", None)],
    "no-parameters-cell": [
        ("RK120", "_quarto.yml:18", "`city.ipynb`", "tag the cell that assigns `city` with `parameters`"),
    ],
    "broken-parameters-cell": [("RK120", "city.ipynb, cell 1, line 2", "not Python", None)],
    "unknown-parameter": [
        ("RK102", "_quarto.yml:19", "unknown chapter `ctiy.ipynb`", "did you mean `city.ipynb`?"),
        ("RK121", "_quarto.yml:18", "does not name `ctiy`", "did you mean `city`?"),
    ],
    "page-clash": [("RK122", "_quarto.yml:12", "`city.ipynb` (city=altdorf) and `more/city-altdorf.md`", None)],
    "several-faults": [
        ("RK102", "_quarto.yml:7", "`book.athor`", "did you mean `author`?"),
        ("RK107", "_quarto.yml:12", "`absent.md`", None),
        ("RK116", "chapter.qmd:3", "code in `r`", SHOWN),
        ("RK111", "broken.ipynb:2", "not JSON", None),
        ("RK107", "chapter.qmd:7", "`missing.md`", None),
    ],
}
# Those of `broken-includes` stand apart: one of them is a warning, told beside the errors.
DEFECTS["broken-includes"] = [
    ("RK119", "chapter.md:3", "unknown parameter `town`", None),
    ("RK119", "chapter.md:7", "`_quarto.yml` cannot be included", None),
    ("RK119", "chapter.md:5", "a line of its own", None),
    ("RK105", "chapter.md:5", "shortcode `video`", None),
]
WARNINGS: dict[str, list[Told]] = {
    "minimal": [],
    "not-honoured": [
        ("RK105", "_quarto.yml:8", "`book.cover-image`", None),
        ("RK105", "_quarto.yml:18", "`format.jats`", "`reportkit build --engine quarto` makes it"),
        ("RK105", "_quarto.yml:17", "`format.html.theme`", None),
    ],
    "unknown-cell-option": [
        ("RK113", "chapter.qmd:4", "unknown cell option `eco`", "did you mean `echo`?"),
        ("RK105", "chapter.qmd:5", "`code-overflow`", None),
    ],
}
DATA: dict[str, list[Told]] = {
    "broken-datapackage": [("RK201", "data/datapackage.json:3", "not JSON: expecting ',' delimiter", None)],
    "unknown-field-type": [("RK201", "data/datapackage.json", "field type `intger` is not supported", None)],
    "missing-data-file": [
        ("RK202", "data/datapackage.json:21", "`data/people.csv` does not exist", "did you mean `data/peple.csv`?"),
    ],
    "data-outside": [
        ("RK203", "data/datapackage.json:6", "path `../two-cities/data/cities.csv` leads outside", None),
        ("RK203", "data/datapackage.json:22", "schema `https://example.org/people.json` leads outside", None),
    ],
    "broken-data": [
        ("RK204", "data/people.csv:2", "column `people`, cell `-3`: constraint error", None),
        ("RK204", "data/people.csv:3", "column `people`, cell `viele`: type error: type is `integer`", None),
        ("RK204", "data/people.csv:4", "`neustatt` not found in the lookup table `cities`", None),
    ],
    "wrong-head": [("RK204", "data/people.csv:1", "column `people`, head `menschen`", None)],
}


def assert_told(diagnostics: tuple[Diagnostic, ...], expected: list[Told]) -> None:
    """Assert that exactly the expected diagnostics were given, in this order."""
    assert [(d.code, str(d.location), d.hint) for d in diagnostics] == [(c, p, h) for c, p, _, h in expected]
    for diagnostic, (_, _, words, _) in zip(diagnostics, expected, strict=True):
        assert words in diagnostic.message


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defective_study_is_refused_with_all_its_faults(name: str, study_at: Callable[[str], Path]) -> None:
    with pytest.raises(StudyError) as refused:
        load_study(study_at(name))
    assert_told(refused.value.diagnostics, DEFECTS[name])


@pytest.mark.parametrize("name", WARNINGS)
def test_what_has_no_effect_is_a_warning(name: str, study_at: Callable[[str], Path]) -> None:
    assert_told(load_study(study_at(name)).warnings, WARNINGS[name])


@pytest.mark.parametrize("name", DATA)
def test_defective_data_are_refused_with_all_their_faults(name: str, study_at: Callable[[str], Path]) -> None:
    root = study_at(name)
    load_study(root)
    with pytest.raises(DataError) as refused:
        check_data(root)
    assert_told(refused.value.diagnostics, DATA[name])


def test_a_link_may_not_lead_outside(study_at: Callable[[str], Path], tmp_path: Path) -> None:
    root = study_at("link-outside")
    (tmp_path / "secret.md").write_text("# Fremd\n", encoding="utf-8")
    (root / "linked.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(StudyError) as refused:
        load_study(root)
    assert_told(refused.value.diagnostics, [("RK108", "_quarto.yml:11", "`linked.md` leads outside", None)])


def test_a_link_within_the_study_is_followed(study_at: Callable[[str], Path]) -> None:
    root = study_at("link-outside")
    (root / "kept.md").write_text("# Eigen\n", encoding="utf-8")
    (root / "linked.md").symlink_to(root / "kept.md")
    assert [instance.name for instance in load_study(root).instances] == ["index", "linked"]


def test_links_in_a_circle_are_a_missing_file(study_at: Callable[[str], Path]) -> None:
    root = study_at("link-outside")
    (root / "linked.md").symlink_to(root / "linked.md")
    with pytest.raises(StudyError) as refused:
        load_study(root)
    assert [fault.code for fault in refused.value.diagnostics] == ["RK107"]


def test_a_folder_that_is_no_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as refused:
        load_study(tmp_path / "nowhere")
    assert_told(refused.value.diagnostics, [("RK107", "_quarto.yml", "`_quarto.yml` does not exist", None)])
