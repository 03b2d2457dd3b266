"""A chapter begins with its one title; headings go down level by level."""

from __future__ import annotations

import pytest

from compile.sample import instance, lines, prose, resolve, study
from reportkit.model.study import Code
from resolve.told import book_of, faults, told


def test_the_title_comes_first_whatever_the_notebook_begins_with() -> None:
    setup = Code(lines("import this", "one.ipynb"))
    (page,) = resolve(study(instance("one", setup, prose("Before.\n\n# One\n\nAfter.")))).pages

    assert [block["t"] for block in page.blocks] == ["Header", "CodeBlock", "Para", "Para"]
    assert page.title == "One"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("Text only.", "RK326", "one.md"),
        ("::: {.note}\n# Within\n:::", "RK326", "one.md"),
        ("# One\n\n# Two\n\n## Three", "RK326", "one.md:3"),
        ("# One\n\n### Deep", "RK327", "one.md:3"),
        ("# One\n\n## Two\n\n##### Deep", "RK327", "one.md:5"),
    ],
)
def test_headings_that_make_no_chapter_are_told(text: str, code: str, place: str) -> None:
    assert told(book_of(text)) == [(code, place)]


def test_the_hint_of_a_skipped_level_says_how_to_write_it() -> None:
    assert [fault.hint for fault in faults(book_of("# One\n\n#### Deep"))] == ["write it with `##`"]
