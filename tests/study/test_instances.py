from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.model.markdown import chapter_markdown
from reportkit.model.study import Code, Scalar
from reportkit.study import load_study
from reportkit.study.slugs import slug


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("oer-erkenschwick", "oer-erkenschwick"),
        ("Groß Köris", "gross-koeris"),
        ("Đà Nẵng!", "a-nang"),
        (2014, "2014"),
        (0.5, "0-5"),
        (True, "true"),
    ],
)
def test_a_value_in_a_name(value: Scalar, expected: str) -> None:
    assert slug(value) == expected


@given(st.text())
def test_a_slug_is_safe_and_stays_as_it_is(value: str) -> None:
    assert set(slug(value)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug(slug(value)) == slug(value)


def test_several_parameters_are_combined_the_last_one_fastest(study_at: Callable[[str], Path]) -> None:
    root = study_at("minimal")
    config = (root / "_quarto.yml").read_text(encoding="utf-8").replace("- index.md", "- index.md\n    - city.qmd")
    config += "reportkit:\n  parameters:\n    city.qmd:\n      city: [a, b]\n      year: [2010, 2020]\n"
    (root / "_quarto.yml").write_text(config, encoding="utf-8")
    cell = "```{python}\n#| tags: [parameters]\ncity, year = 'a', 2010\n```\n"
    (root / "city.qmd").write_text(f"# Stadt\n\n{cell}", encoding="utf-8")
    instances = load_study(root).instances[1:]
    assert [instance.name for instance in instances] == ["city-a-2010", "city-a-2020", "city-b-2010", "city-b-2020"]
    assert instances[1].described == "city=a, year=2020"
    assert [cell.tags for cell in instances[1].cells if isinstance(cell, Code)] == [{"parameters"}]


def test_a_cell_of_parameters_that_nobody_gives_is_one_like_others(study_at: Callable[[str], Path]) -> None:
    root = study_at("minimal")
    config = (root / "_quarto.yml").read_text(encoding="utf-8").replace("- index.md", "- index.md\n    - city.qmd")
    (root / "_quarto.yml").write_text(config, encoding="utf-8")
    (root / "city.qmd").write_text("# C\n\n```{python}\n#| tags: [parameters, x]\nn = 1\n```\n", encoding="utf-8")
    one = load_study(root).instances[1]
    assert [cell.tags for cell in one.cells if isinstance(cell, Code)] == [{"x"}]
    assert "n = 1" in chapter_markdown(one.cells, {})
