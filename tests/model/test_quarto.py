"""Passes over pandoc's tree leave alone what is none of theirs, and are done after one time."""

from __future__ import annotations

import json

import pytest

from compile.sample import read
from reportkit.model.layout import read_layout
from reportkit.model.quarto import as_quarto

PLAIN = [
    "# A {#sec-a .b}\n\nText with *emphasis*, `code`{.x}, $a$, [link](b.md#c), a note[^n] and @key.\n\n[^n]: Note.",
    "- a\n- [ ] b\n\n1. c\n\nTerm\n:   Definition\n\n> quote\n\n| verse\n\n---\n",
    "| a | b |\n|---|--:|\n| 1 | 2 |\n\n: Cap {#tbl-a}\n\n![C](a.svg){#fig-a}\n\n``` {.python}\nx\n```\n",
    "::: {.note}\nA\n\n::: {#b}\nC\n:::\n:::\n\n[x]{.y} $$z$$ \n",
]
QUARTO = [
    "::: {.panel-tabset}\n## A\n\nB\n:::",
    "::: {#fig-x layout-ncol=2}\n![A](a.svg)\n\n![B](a.svg)\n\nCap\n:::",
    "``` {#lst-a .python lst-cap='A' filename='b'}\nx\n```",
    "$$a$$ {#eq-a}\n\n\\begin{align}a\\end{align}",
    "::: {layout='[[1,2],[3]]'}\nA\n\nB\n\nC\n:::",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_pandoc_knows_is_left_as_pandoc_reads_it(text: str) -> None:
    assert json.dumps(as_quarto(read(text), {})) == json.dumps(read(text))


@pytest.mark.parametrize("text", QUARTO)
def test_what_was_changed_once_is_not_changed_again(text: str) -> None:
    once = as_quarto(read(text), {})
    assert once != read(text)
    assert as_quarto(once, {}) == once


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ({}, []),
        ({"layout-ncol": "2"}, [[1.0, 1.0]]),
        ({"layout-ncol": 3}, [[1.0, 1.0, 1.0]]),
        ({"layout-nrow": "2"}, [[1.0, 1.0, 1.0]]),
        ({"layout": "[[1, 2], [-1, 3]]"}, [[1.0, 2.0], [-1.0, 3.0]]),
        ({"layout": [70, 30]}, [[70.0, 30.0]]),
        ({"layout": "[["}, []),
        ({"layout": "[[-1]]"}, []),
        ({"layout": "7"}, []),
        ({"layout-ncol": "two"}, []),
    ],
)
def test_a_layout_is_read_or_left(written: dict[str, object], rows: list[list[float]]) -> None:
    assert read_layout(written, 5) == rows
