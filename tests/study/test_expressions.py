from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.model.study import Cell, Code, Line, Prose
from reportkit.study.cells import text_lines
from reportkit.study.expressions import Marking

MARKED = re.compile(r'`([^`]*)`\{\.value n="\d+"\}')
WORD = st.sampled_from(
    ["Wort", "`code`", "``x ` y``", "`{python} x + 1`", '`{python} f("a")`', "`{r}`", "", "```", "~~~"]
)
TEXT = st.lists(st.lists(WORD, max_size=5).map(" ".join), max_size=12).map("\n".join)


def mark(text: str) -> tuple[str, Marking]:
    marking = Marking()
    (cell,) = marking.mark([Prose(tuple(text_lines("a.md", text + "\n")))])
    return cell.text, marking


@given(TEXT)
def test_undoing_the_marks_gives_the_text_back(text: str) -> None:
    marked, marking = mark(text)
    assert MARKED.sub(r"`{python} \1`", marked) == text
    numbers = [int(number) for number in re.findall(r'\{\.value n="(\d+)"\}', marked)]
    assert numbers == [expression.number for expression in marking.expressions] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "text",
    [
        "```\n`{python} x`\n```",
        "~~~\n`{python} x`\n~~~",
        "So schreibt man es: `` `{python} x` ``.",
        "Ein `{python}` allein.",
        "Ein `{x} y`.",
        r"Ein \`{python} x`.",
    ],
)
def test_code_that_is_shown_is_left_alone(text: str) -> None:
    marked, marking = mark(text)
    assert marked == text
    assert marking.expressions == marking.faults == []


def test_an_expression_knows_its_line() -> None:
    _, marking = mark("Eins.\nZwei `{python} a` und `{python}  b `.\n\nDrei `{python} c`.")
    assert [(e.text, e.line.number) for e in marking.expressions] == [("a", 2), ("b", 2), ("c", 4)]


def test_expressions_in_texts_of_options_follow_their_own_cell() -> None:
    line = Line("#| x", "a.qmd", 3)
    options = {"fig-cap": "Von `{python} a`", "fig-subcap": ["`{python} b`", 1], "label": "`{python} c`"}
    code: Cell = Code((), options, dict.fromkeys(options, line))
    marking = Marking()
    _, marked = marking.mark([Prose(()), code])
    assert isinstance(marked, Code)
    assert marked.options == {
        "fig-cap": 'Von `a`{.value n="1"}',
        "fig-subcap": ['`b`{.value n="2"}', 1],
        "label": "`{python} c`",
    }
    assert [(e.text, e.cell, e.line) for e in marking.expressions] == [("a", 1, line), ("b", 1, line)]
