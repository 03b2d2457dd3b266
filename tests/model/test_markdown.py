"""Cells as one Markdown text, and what pandoc reads from it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compile.sample import lines, prose
from reportkit.model import ast
from reportkit.model.book import Blocks
from reportkit.model.markdown import READER_FORMAT, chapter_markdown, read_blocks
from reportkit.model.study import Cell, Code
from reportkit.process import run_pandoc


def blocks_of(markdown: str) -> Blocks:
    return read_blocks(run_pandoc([{"op": "read", "text": markdown, "format": READER_FORMAT}])[0], {})


def code(text: str = "draw()", tags: frozenset[str] = frozenset(), **options: object) -> Code:
    return Code(lines(text, "a.ipynb"), {name.replace("_", "-"): value for name, value in options.items()}, {}, tags)


def kinds(*cells: Cell, options: Mapping[str, object] | None = None) -> list[str]:
    """Return the kinds of blocks, those of divisions by their class."""
    blocks = blocks_of(chapter_markdown(cells, options or {}))
    return [block["c"][0][1][0] if block["t"] == "Div" else block["t"] for block in ast.nodes(blocks, *ast.BLOCK_TYPES)]


def test_a_code_cell_is_a_division_with_its_texts_and_its_code() -> None:
    text = chapter_markdown([prose("# A"), code(label="fig-a", fig_cap="A cap", fig_alt="An alt")], {})
    assert text == (
        '# A\n\n::: {.cell n="1" label="fig-a"}\n::: {.caption}\nA cap\n:::\n::: {.alt}\nAn alt\n:::\n'
        "``` {.python}\ndraw()\n```\n:::"
    )


@pytest.mark.parametrize(
    ("cell", "options", "expected"),
    [
        (code(), {}, ["cell", "CodeBlock"]),
        (code(echo=False), {}, ["cell"]),
        (code(), {"execute.echo": False}, ["cell"]),
        (code(echo=True), {"execute.echo": False}, ["cell", "CodeBlock"]),
        (code(include=False), {}, []),
        (code(), {"execute.include": False}, []),
        (code("city = 1", frozenset({"parameters"})), {}, ["cell"]),
    ],
)
def test_options_say_what_is_shown(cell: Code, options: Mapping[str, object], expected: list[str]) -> None:
    assert kinds(cell, options=options) == expected


def test_divisions_of_an_author_hold_cells_and_outlive_them() -> None:
    cells = [prose("::: {.note}\nA"), code(fig_cap="B"), prose("C\n:::\n\nD")]
    assert kinds(*cells) == ["note", "Para", "cell", "caption", "Para", "CodeBlock", "Para", "Para"]


def test_code_that_holds_fences_stays_code() -> None:
    (block,) = ast.nodes(blocks_of(chapter_markdown([code("s = '''\n````\n:::\n'''")], {})), "CodeBlock")
    assert block["c"][1] == "s = '''\n````\n:::\n'''"


def test_a_label_with_quotes_does_not_break_its_cell() -> None:
    (cell,) = blocks_of(chapter_markdown([code(label='a"b\\c')], {}))
    assert ast.attribute(cell, "label") == 'a"b\\c'


@pytest.mark.parametrize(
    "text", ["1. Mai 2014", "(a) Erstens", "# eins", "- ab", "> 100 Menschen", ">100", "| a", "*a* b"]
)
def test_a_caption_that_begins_like_a_list_is_text(text: str) -> None:
    (cell,) = blocks_of(chapter_markdown([code(tbl_cap=text, echo=False)], {}))
    (caption,) = cell["c"][1]
    assert [block["t"] for block in caption["c"][1]] == ["Para"]
    assert ast.plain_text(caption) == text.replace("*", "") + "\n"


@settings(max_examples=30, deadline=None)
@given(text=st.text("ab1 .)(#-+*>|", min_size=1, max_size=8).filter(str.strip))
def test_a_caption_never_leaves_its_cell(text: str) -> None:
    blocks = blocks_of(chapter_markdown([code(fig_cap=text), prose("End")], {}))
    assert [block["t"] for block in blocks] == ["Div", "Para"]


def test_an_image_takes_the_alt_text_of_quarto() -> None:
    (image,) = ast.nodes(blocks_of('![Caption](a.svg){#fig-a fig-alt="What is seen" width=50%}'), "Image")
    assert ast.plain_text(image["c"][1]) == "What is seen"
    assert image["c"][0][2] == [["width", "50%"]]


def test_a_formula_with_a_label_is_named_and_one_without_is_left() -> None:
    (named,) = ast.nodes(blocks_of("We have\n$$a = b$$ {#eq-a}, so\n\n$$c$$ {x}"), "Span")
    assert (ast.identifier(named), ast.has_class(named, "equation")) == ("eq-a", True)
    assert ast.plain_text(blocks_of("$$a$$ {#eq-a}, so")) == "a, so\n"


def test_code_with_a_caption_is_a_listing() -> None:
    (listing,) = blocks_of('``` {#lst-a .python lst-cap="How it is done"}\nx = 1\n```')
    assert (ast.identifier(listing), ast.has_class(listing, "listing")) == ("lst-a", True)
    assert [ast.plain_text(block).strip() for block in listing["c"][1]] == ["How it is done", "x = 1"]


def test_what_is_plain_markdown_is_read_as_pandoc_does() -> None:
    from compile.sample import read

    text = "# A\n\n![b](c.svg)\n\n``` {.python}\nx\n```\n\n$$a$$ and {#eq-a}"
    assert blocks_of(text) == read(text)
