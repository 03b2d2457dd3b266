"""Values print as the language prints them."""

from __future__ import annotations

from typing import Any

import pytest

from reportkit.model.values import format_number, format_value

SPACE = "\u00a0"


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        ({"kind": "number", "value": 6889}, "6.889", "6,889"),
        ({"kind": "number", "value": 7.5}, "7,5", "7.5"),
        ({"kind": "number", "value": 4.978779, "digits": 2}, "4,98", "4.98"),
        ({"kind": "number", "value": 3700, "qualifier": "about"}, f"rund{SPACE}3.700", f"about{SPACE}3,700"),
        ({"kind": "number", "value": 9926, "qualifier": "nearly"}, f"knapp{SPACE}9.926", f"just under{SPACE}9,926"),
        ({"kind": "number", "value": 5, "qualifier": "at-most"}, f"höchstens{SPACE}5", f"at most{SPACE}5"),
        ({"kind": "number", "value": 17, "unit": "percent"}, f"17{SPACE}%", "17%"),
        ({"kind": "interval", "low": 4, "high": 6, "unit": "percent"}, f"4 bis 6{SPACE}%", "4 to 6%"),
        ({"kind": "interval", "low": None, "high": 2, "unit": "percent"}, f"unter{SPACE}2{SPACE}%", f"under{SPACE}2%"),
        ({"kind": "date", "iso": "2014"}, "2014", "2014"),
        ({"kind": "date", "iso": "2023-07"}, "Juli 2023", "July 2023"),
        ({"kind": "date", "iso": "2018-11-14"}, "14. November 2018", "November 14, 2018"),
        ({"kind": "words", "words": ["a", "b", "c"]}, "a, b und c", "a, b, and c"),
        ({"kind": "text", "text": "2022"}, "2022", "2022"),
        ({"kind": "missing", "reason": "keine Angabe"}, "keine Angabe", "keine Angabe"),
    ],
)
def test_a_value_prints_in_its_language(value: dict[str, Any], german: str, english: str) -> None:
    assert format_value(value, "de") == german
    assert format_value(value, "en") == english


def test_words_and_gaps_are_translated() -> None:
    english = {"Rathaus": "town hall", "keine Angabe": "not stated"}
    assert format_value({"kind": "words", "words": ["Rathaus"]}, "en", lambda word: english[word]) == "town hall"
    assert format_value({"kind": "missing", "reason": "keine Angabe"}, "en", lambda word: english[word]) == "not stated"


def test_numbers_of_other_languages_have_their_separators() -> None:
    assert format_number(1234567.89, "fr") == "1\u202f234\u202f567,89"
    assert format_number(-1150, "de") == "-1.150"


def test_a_language_that_cldr_does_not_know_prints_as_english() -> None:
    said = [{"kind": "number", "value": 6889}, {"kind": "number", "value": 17, "unit": "percent"}]
    said += [{"kind": "date", "iso": "2023-07"}, {"kind": "words", "words": ["a", "b"]}]
    assert [format_value(value, "rom") for value in said] == [format_value(value, "en") for value in said]
