"""What authors import: values, labels and tables, in a build and without one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from IPython.display import Markdown
from matplotlib.colors import to_rgb

from analysis import drawing
from reportkit import chapter
from reportkit.chapter import STYLE, TABLE_MIME, TypedValue, number, percent, table, words


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(chapter, "session", chapter._Session())
    yield


def test_a_value_prints_itself_in_plain_jupyter() -> None:
    assert f"{number(3700, qualifier='about')}" == "rund\u00a03.700"
    assert str(percent(3.75)) == "3,75\u00a0%"


def test_a_looked_up_label_is_observed_with_the_text_it_got() -> None:
    chapter.session.messages = {"Einwohner": "inhabitants"}

    assert chapter.gettext("Einwohner") == "inhabitants"
    assert chapter.gettext("Jahr") == "Jahr"
    assert chapter.session.looked_up == {"Einwohner": "inhabitants", "Jahr": "Jahr"}
    assert not chapter.session.language_asked


def test_printing_a_value_ties_the_run_to_the_language_and_handing_it_over_does_not() -> None:
    value = number(3)
    assert dict(value)["value"] == 3
    assert not chapter.session.language_asked
    str(value)
    assert chapter.session.language_asked


def test_an_unknown_qualifier_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown qualifier `roughly`; known: exact, about"):
        number(3, qualifier="roughly")


def frame() -> pd.DataFrame:
    return pd.DataFrame({"year": ["2014", "2022"], "people": [3700, None], "event": ["Anfang", "Ende"]})


def cells(data: Any) -> Any:
    return data["rows"]


def test_a_table_keeps_its_cells_typed() -> None:
    made = table(frame(), heads={"year": "Jahr", "people": "Menschen", "event": "Ereignis"}, translate=["event"])

    assert [head["align"] for head in made.data["heads"]] == ["left", "right", "left"]
    assert cells(made.data)[0][0] == {"kind": "text", "text": "2014"}
    assert cells(made.data)[0][1]["value"] == 3700
    assert cells(made.data)[1][1] == {"kind": "text", "text": "–", "missing": True}
    assert cells(made.data)[0][2] == {"kind": "words", "words": ["Anfang"]}


def test_a_table_shown_in_a_build_depends_on_no_language() -> None:
    chapter.session.building = True
    bundle = table(frame(), heads={"year": "Jahr"})._repr_mimebundle_()

    assert set(bundle) == {TABLE_MIME}
    assert not chapter.session.language_asked


def test_a_table_shown_in_plain_jupyter_is_escaped_html() -> None:
    html = table(pd.DataFrame({"a": ["<script>"]}), heads={"a": "A & B"})._repr_mimebundle_()["text/html"]

    assert html == "<table><tr><th>A &amp; B</th></tr><tr><td>&lt;script&gt;</td></tr></table>"


def test_a_column_that_the_frame_lacks_is_refused() -> None:
    with pytest.raises(KeyError, match="nobody"):
        table(frame(), heads={"nobody": "Niemand"})


def test_expressions_are_all_evaluated_and_a_failing_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))

    chapter.emit_values({1: lambda: 2022, 2: lambda: 1 // 0, 3: lambda: words("a")})

    (values,) = shown[0].values()
    assert values["1"] == {"kind": "text", "text": "2022"}
    assert values["2"] == {"kind": "error", "error": "ZeroDivisionError: integer division or modulo by zero"}
    assert values["3"] == dict(TypedValue(kind="words", words=["a"]))


@pytest.mark.parametrize("value", [frame(), frame, Markdown, object()])
def test_what_is_no_text_of_one_line_cannot_stand_in_a_sentence(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    chapter.emit_values({1: lambda: value, 2: lambda: "<one>\ntwo", 3: lambda: [1, 2]})
    (values,) = shown[0].values()
    name = type(value).__name__
    assert values["1"] == {"kind": "error", "error": f"TypeError: a `{name}` is no text; a cell can show it"}
    assert [values[number]["text"] for number in "23"] == ["<one>\ntwo", "[1, 2]"]


def test_what_shows_itself_as_markdown_stays_markdown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    chapter.emit_values({1: lambda: Markdown("**x**"), 2: lambda: "**x**"})
    (values,) = shown[0].values()
    assert values == {"1": {"kind": "markdown", "text": "**x**"}, "2": {"kind": "text", "text": "**x**"}}


def test_a_claim_keeps_its_values_typed_and_prints_its_verdict() -> None:
    made = chapter.claim(
        "more", "Es wurden mehr.", holds=pd.Series([2]).gt(1).all(), values={"Faktor": 2, "Jahr": "2014"}
    )
    assert made["values"] == [["Faktor", dict(number(2))], ["Jahr", {"kind": "text", "text": "2014"}]]
    assert (made["holds"], made["expected"], made["by"]) == (True, True, "")
    assert str(made) == " (✓\u00a0trifft zu)"


@pytest.mark.parametrize("holds", ["yes", 1])
def test_a_claim_holds_or_does_not_or_cannot_be_decided(holds: Any) -> None:
    with pytest.raises(TypeError, match="whether claim `a` holds must be True, False or None"):
        chapter.claim("a", "A.", holds=holds, values={})


def test_a_claim_rests_on_numbers() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        chapter.claim("a", "A.", holds=True, values={"b": number(float("nan"))})


def test_a_value_shown_by_a_cell_stays_typed_in_a_build_and_prints_in_plain_jupyter() -> None:
    assert number(3700)._repr_mimebundle_()["text/markdown"] == "3.700"
    chapter.session = chapter._Session(building=True)
    assert number(3700)._repr_mimebundle_()[chapter.VALUE_MIME]["value"] == 3700
    assert not chapter.session.language_asked


def contrast(colour: str, other: str = "white") -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    darker, lighter = sorted(map(luminance, (colour, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.fixture
def house_cycle() -> dict[str, list[Any]]:
    with mpl.rc_context(fname=STYLE):
        return dict(mpl.rcParams["axes.prop_cycle"].by_key())


def test_the_colours_of_the_house_are_seen_on_paper_and_differ_in_grey(house_cycle: dict[str, list[Any]]) -> None:
    colours = sorted(house_cycle["color"], key=luminance)
    assert len(colours) == 6 and min(map(contrast, colours)) >= 3
    assert min(contrast(one, other) for one, other in pairwise(colours)) >= 1.28
    first = sorted(house_cycle["color"][:3], key=luminance)
    assert min(contrast(one, other) for one, other in pairwise(first)) >= 1.6


def test_the_lines_of_the_house_differ_by_their_dashes_too(house_cycle: dict[str, list[Any]]) -> None:
    assert len(set(house_cycle["linestyle"])) == len(house_cycle["color"])


def test_the_study_draws_in_the_colours_of_the_house(house_cycle: dict[str, list[Any]]) -> None:
    own = [drawing.BLUE, drawing.ORANGE, drawing.PLUM, drawing.GREEN, drawing.RED, drawing.VIOLET]
    assert own == house_cycle["color"]
    assert min(map(contrast, (drawing.INK, drawing.GREY))) >= 4.5
