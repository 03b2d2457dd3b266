"""Claims: boxes, marks, the list of all, and verdicts that nobody expected."""

from __future__ import annotations

from typing import Any

import pytest

from compile.sample import instance, lines, prose, resolve, study
from language.made import squeezed
from reportkit.chapter import VALUE_MIME, claim, number
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.model.execution import Execution, Output, Result, Trace
from reportkit.model.study import Code, Expression, Instance, Line
from reportkit.verify.record import make_record
from resolve.told import faults

LIST = "# Data\n\n## Claims {#sec-claims}\n\n::: {#claims}\n:::\n"
BOX = "# One\n\n## Growth {#sec-growth}\n\n`x`{.value n=1}\n"
MARK = "# One\n\n## Growth {#sec-growth}\n\nIt grew`x`{.value n=1}.\n"


def tenfold(**more: Any) -> dict[str, Any]:
    values = {"2004": 377, "2014": 1877, "Faktor": number(4.978, digits=2)}
    given = {"holds": False, "expected": False, "values": values, "by": "Vorlage"} | more
    return dict(claim("tenfold", "Es wurden zehnmal so viele.", **given))


def one(text: str, suffix: str = "") -> Instance:
    expressions = (Expression(1, "x", 0, Line("", "one.md", 5)),)
    return instance(f"one{suffix}", prose(text, "one.md"), suffix=suffix, expressions=expressions)


def result(value: dict[str, Any]) -> Result:
    return Result({}, {1: value}, Trace({}, {}, None))


def book(text: str, value: dict[str, Any], *others: str, **more: Any) -> Book:
    data = [instance("data", prose(other, "data.md")) for other in others]
    return resolve(study(one(text), *data), {"one": result(value)}, **more)


def told(value: dict[str, Any], *texts: str) -> list[tuple[str, str, str]]:
    made = study(one(BOX), *(one(text, "-b") for text in texts))
    results = {"one": result(value), "one-b": result(value)}
    return [(fault.code, fault.message, str(fault.location)) for fault in faults(made, results)]


def box_of(value: dict[str, Any]) -> Any:
    (box,) = (node for node in ast.nodes(book(BOX, value).pages[0].blocks, "Div") if ast.has_class(node, "claim"))
    return box


def text_of(node: object) -> str:
    return squeezed(ast.plain_text(node))


def test_a_claim_that_is_a_paragraph_is_a_box_with_verdict_statement_and_values() -> None:
    box = box_of(tenfold())
    assert box["c"][0][:2] == ["claim-tenfold", ["callout", "warning", "no-icon", "claim"]]
    assert [text_of(block) for block in box["c"][1]] == [
        "Aussage (Vorlage): ✗ trifft nicht zu",
        "Es wurden zehnmal so viele.",
        "2004: 377; 2014: 1.877; Faktor: 4,98",
    ]


@pytest.mark.parametrize(
    ("holds", "look", "said"),
    [(True, "tip", "✓ trifft zu"), (None, "note", "○ lässt sich nicht entscheiden")],
)
def test_each_verdict_has_its_sign_words_and_look(holds: bool | None, look: str, said: str) -> None:
    box = box_of(tenfold(holds=holds, expected=holds, by=""))
    assert box["c"][0][1][1] == look
    assert text_of(box["c"][1][0]) == f"Aussage: {said}"


def test_a_cell_may_state_a_claim() -> None:
    cell = Code(lines("claim()", "one.md"), {"echo": False})
    made = study(instance("one", prose("# One\n\n## Growth {#sec-growth}"), cell, prose(LIST.partition("\n")[2])))
    shown = Result({1: (Output("display", {VALUE_MIME: tenfold()}),)}, {}, Trace({}, {}, None))
    page = resolve(made, {"one": shown}).pages[0]
    assert "claim-tenfold" in {ast.identifier(node) for node in ast.nodes(page.blocks, "Div")}
    assert "Abschnitt\u00a01.1" in ast.plain_text(list(ast.nodes(page.blocks, "Table")))


def test_a_value_that_a_cell_shows_is_printed_in_the_language_of_the_edition() -> None:
    made = study(instance("one", prose("# One"), Code(lines("x", "one.md"), {"echo": False})))
    shown = Result({1: (Output("display", {VALUE_MIME: dict(number(3700))}),)}, {}, Trace({}, {}, None))
    assert "3.700" in ast.plain_text(resolve(made, {"one": shown}).pages[0].blocks)


def test_the_list_names_each_claim_with_its_place_and_marks_lead_to_it() -> None:
    made = book(MARK, tenfold(), LIST)
    (table,) = ast.nodes(made.pages[1].blocks, "Table")
    cells = [text_of(cell[4]) for row in table["c"][4][0][3] for cell in row[1]]
    values = "2004: 377 2014: 1.877 Faktor: 4,98"
    assert cells == ["Es wurden zehnmal so viele. (Vorlage)", values, "✗ trifft nicht zu", "Abschnitt 1.1"]
    (link,) = ast.nodes(made.pages[0].blocks, "Link")
    assert (text_of(link), link["c"][2][0]) == ("✗", "data.html#row-tenfold")
    assert dict(link["c"][0][2])["aria-label"] == "✗\u00a0trifft nicht zu: Es wurden zehnmal so viele."


def test_without_a_list_a_mark_is_the_verdict_in_words() -> None:
    assert "It grew (✗ trifft nicht zu)." in text_of(book(MARK, tenfold()).pages[0].blocks)
    left_out = book(MARK, tenfold(), LIST, only=frozenset({"one"}))
    assert "It grew (✗ trifft nicht zu)." in text_of(left_out.pages[0].blocks)


def test_a_book_knows_the_claims_of_the_pages_that_it_keeps() -> None:
    (found,) = book(BOX, tenfold(), LIST).claims
    assert (found.name, found.page, found.holds, found.place) == ("tenfold", "one", False, "one.md:5")
    assert squeezed(found.text) == (
        "✗ trifft nicht zu: Es wurden zehnmal so viele. (2004: 377; 2014: 1.877; Faktor: 4,98)"
    )
    only_data = book(BOX, tenfold(), LIST, only=frozenset({"data"}))
    assert only_data.claims == ()
    assert not list(ast.nodes(only_data.pages[0].blocks, "Table"))


def test_the_record_has_each_claim_with_its_verdict_and_place() -> None:
    made = study(one(BOX))
    execution = Execution({("one", "de"): result(tenfold())})
    record = make_record(made, execution, resolve(made, {"one": result(tenfold())}))
    found = record.artifacts["one/claim tenfold"]
    assert (found.kind, found.place) == ("claim", "one.md:5")
    assert "trifft nicht zu" in found.content
    assert "value" not in {artifact.kind for artifact in record.artifacts.values()}


def test_another_verdict_than_expected_is_an_error_with_the_values() -> None:
    message = "claim `tenfold` does not hold (2004: 377; 2014: 1.877; Faktor: 4,98)"
    assert told(tenfold(expected=True)) == [("RK313", message, "one.md:5")]
    assert [code for code, _, _ in told(tenfold(holds=True))] == ["RK313"]
    assert told(tenfold()) == []


def test_a_name_is_unique_over_the_book_and_each_instance_has_its_own() -> None:
    assert told(tenfold(), BOX) == []
    made = study(one(BOX), instance("two", *one(BOX).cells, expressions=one(BOX).expressions))
    found = faults(made, {"one": result(tenfold()), "two": result(tenfold())})
    assert [fault.message for fault in found if "claim" in fault.message] == ["claim `tenfold` is stated twice"]


def test_a_statement_without_a_translation_names_its_language() -> None:
    from reportkit.resolve.claims import claim_box
    from reportkit.resolve.wording import Wording

    wording = Wording("en", {"Vorlage": "Source"}, "de", {"claim": "Claim"})
    box = claim_box(tenfold(), wording)
    title, statement, values = box["c"][1]
    assert text_of(title) == "Claim (Source): ✗ does not hold"
    assert [ast.attribute(span, "lang") for span in ast.nodes(statement, "Span")] == ["de"]
    assert text_of(values) == "2004: 377; 2014: 1,877; Faktor: 4.98"
