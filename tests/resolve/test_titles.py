"""A chapter begins with its one title; headings go down level by level."""

from __future__ import annotations

import json

import pytest

from compile.sample import instance, lines, prose, resolve, study
from reportkit.model import ast
from reportkit.model.study import Code
from reportkit.process import run_pandoc
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.titles import put_title_first
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


def test_headings_out_of_order_become_sections_that_skip_no_level() -> None:
    text = "## Early\n\n# One\n\n#### A\n\n#### B\n\n# Two\n\n## Below"
    done, _ = put_title_first(chapter_of(text))
    assert levels(done) == [(1, "One"), (2, "Early"), (3, "A"), (3, "B"), (2, "Two"), (3, "Below")]


def test_the_first_heading_is_the_title_where_there_is_none() -> None:
    done, _ = put_title_first(chapter_of("Text.\n\n### One\n\n### Two"))
    assert levels(done) == [(1, "One"), (2, "Two")]


def chapter_of(text: str) -> Chapter:
    (reply,) = run_pandoc([{"op": "read", "text": text, "format": "markdown"}])
    return Chapter(instance("one", prose(text)), json.loads(reply)["blocks"], None)


def levels(chapter: Chapter) -> list[tuple[int, str]]:
    return [(heading["c"][0], ast.plain_text(heading["c"][2])) for heading in ast.nodes(chapter.blocks, "Header")]
