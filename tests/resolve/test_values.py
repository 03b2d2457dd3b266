"""Values in their places, and what is told of those that have none."""

from __future__ import annotations

from typing import Any

import pytest

from compile.sample import instance, read
from reportkit.model import ast
from reportkit.model.execution import Result, Trace
from reportkit.model.study import Expression, Line
from reportkit.process import run_pandoc
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.values import place_values
from reportkit.resolve.wording import Wording

EVERYWHERE = """# `x`{.value n=1}

Text[^n] and *`x`{.value n=1}*.

| `x`{.value n=1} |
|---|
| `x`{.value n=1} |

: `x`{.value n=1} {#tbl-a}

![`x`{.value n=1}](a.svg)

::: {.caption}
`x`{.value n=1}
:::

[^n]: `x`{.value n=1}
"""


GERMAN = Wording("de", {}, "de")


def chapter(markdown: str, **values: dict[str, Any]) -> Chapter:
    expressions = tuple(Expression(number, "x", 0, Line("", "one.md", number + 10)) for number in range(1, 4))
    made = instance("one", expressions=expressions, parameters={"city": "hagen"})
    found = {int(name.removeprefix("v")): value for name, value in values.items()}
    return Chapter(made, read(markdown), Result({}, found, Trace({}, {}, None)))


def told(one: Chapter) -> list[tuple[str, str]]:
    return [(fault.code, str(fault.location)) for fault in place_values(one, GERMAN, run_pandoc)[1]]


def test_values_print_wherever_text_stands() -> None:
    done, faults = place_values(chapter(EVERYWHERE, v1={"kind": "number", "value": 3700}), GERMAN, run_pandoc)

    assert faults == []
    assert not list(ast.nodes(done.blocks, "Code"))
    assert sum(node["c"].count("3.700") for node in ast.nodes(done.blocks, "Str")) == 9


def test_a_value_stands_in_the_address_of_a_link() -> None:
    text = (
        "[Here](https://a.example/`x`{.value n=1}/b), [there](`x`{.value n=2}) and [`x`{.value n=3}](`x`{.value n=3})."
    )
    values = {"v1": {"kind": "number", "value": 7}, "v2": {"kind": "text", "text": "two.html?q=a%20b#c"}}
    values["v3"] = {"kind": "text", "text": 'a "b" <c>'}
    done, faults = place_values(chapter(text, **values), GERMAN, run_pandoc)
    assert faults == []
    assert [link["c"][2][0] for link in ast.nodes(done.blocks, "Link")] == [
        "https://a.example/7/b",
        "two.html?q=a%20b#c",
        "a%20%22b%22%20%3Cc%3E",
    ]


def test_a_no_break_space_stays_within_its_word() -> None:
    share = {"kind": "number", "value": 17, "qualifier": "about", "unit": "percent"}
    done, _ = place_values(chapter("`x`{.value n=1}", v1=share), GERMAN, run_pandoc)
    assert done.blocks[0]["c"] == [ast.word("rund\u00a017\u00a0%")]


def test_words_and_gaps_are_translated() -> None:
    one = chapter(
        "`x`{.value n=1}; `x`{.value n=2}",
        v1={"kind": "words", "words": ["Stadt", "Kreis"]},
        v2={"kind": "missing", "reason": "keine Angabe"},
    )
    done, _ = place_values(
        one, Wording("en", {"Stadt": "city", "Kreis": "district", "keine Angabe": "not stated"}, "de"), run_pandoc
    )
    assert ast.plain_text(done.blocks) == "city and district; not stated\n"


def test_text_of_a_value_is_not_markup() -> None:
    done, _ = place_values(chapter("`x`{.value n=1}", v1={"kind": "text", "text": "*a* [b](c)"}), GERMAN, run_pandoc)
    assert {node["t"] for node in ast.nodes(done.blocks)} == {"Para", "Str", "Space"}


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "error", "error": "NameError: x"},
        {"kind": "none such"},
        {"kind": "number"},
        {"kind": "number", "value": float("nan")},
        {"kind": "number", "value": float("inf")},
        {"kind": "number", "value": "many"},
        {"kind": "date", "iso": "2018-13-40"},
        {"kind": "date", "iso": "soon"},
        {"kind": "interval", "low": None, "high": None},
    ],
)
def test_a_value_that_cannot_be_printed_is_told_at_its_expression(value: dict[str, Any]) -> None:
    assert told(chapter("`x`{.value n=2}", v2=value)) == [("RK312", "one.md:12 (city=hagen)")]


def test_a_value_that_was_never_computed_is_told() -> None:
    assert told(chapter("`x`{.value n=3}")) == [("RK311", "one.md:13 (city=hagen)")]


@pytest.mark.parametrize("text", ["`x`", "`x`{.value}", "`x`{.value n=9}", "`x`{.value n=no}", "`x`{n=1}"])
def test_code_that_is_no_value_is_left(text: str) -> None:
    one = chapter(text, v1={"kind": "text", "text": "wrong"})
    assert place_values(one, GERMAN, run_pandoc) == (one, [])


def test_markdown_of_a_value_is_text_of_its_sentence() -> None:
    value = {"kind": "markdown", "text": "1. *May*, [x](y), $a$<b>c</b>`<i>`{=html}"}
    done, faults = place_values(chapter("On `x`{.value n=1}.", v1=value), GERMAN, run_pandoc)
    assert faults == []
    assert ast.plain_text(done.blocks) == "On 1. May, x, a<b>c</b><i>{=html}.\n"
    kinds = {node["t"] for node in ast.nodes(done.blocks)} - {"Str", "Space"}
    assert {"Para", "Emph", "Link", "Math"} <= kinds and not kinds & {"RawInline", "OrderedList"}


@pytest.mark.parametrize("text", ["One.\n\nTwo.", "a\n\n* b", "```\na\n```"])
def test_markdown_that_is_no_sentence_is_told(text: str) -> None:
    assert told(chapter("`x`{.value n=2}", v2={"kind": "markdown", "text": text})) == [
        ("RK312", "one.md:12 (city=hagen)")
    ]


def formulas(one: Chapter, wording: Wording = GERMAN) -> list[str]:
    return [node["c"][1] for node in ast.nodes(place_values(one, wording, run_pandoc)[0].blocks, "Math")]


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        ({"kind": "text", "text": r"\frac{1}{2}"}, r"\frac{1}{2}"),
        ({"kind": "markdown", "text": "x^2"}, "x^2"),
        ({"kind": "number", "value": 12}, "12"),
        ({"kind": "number", "value": -3700.5}, r"-\text{3.700,5}"),
        ({"kind": "number", "value": 5, "unit": "percent"}, "\\text{5\u00a0\\%}"),
        ({"kind": "number", "value": 3, "qualifier": "about"}, "\\text{rund\u00a03}"),
        ({"kind": "missing", "reason": r"[d['{x}\n']]"}, r"\text{[d['\{x\}\textbackslash n']]}"),
    ],
)
def test_a_value_in_a_formula_is_tex(value: dict[str, Any], tex: str) -> None:
    one = chapter('A $\\bar x = `x`{.value n="1"}$.\n\n$$y = `x`{.value n="1"} + 1$$', v1=value)
    assert formulas(one) == [rf"\bar x = {tex}", f"y = {tex} + 1"]


def test_a_failed_value_in_a_formula_has_its_line() -> None:
    assert told(chapter('A $`x`{.value n="2"}$.')) == [("RK311", "one.md:12 (city=hagen)")]
