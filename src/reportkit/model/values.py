"""Typed values: what an inline expression computed, kept as data and formatted per language.

A value is a mapping that survives JSON, such as `{"kind": "number", "value": 3700, "qualifier": "about"}`.

| kind | fields |
|---|---|
| `text` | `text`: printed as it is (what any untyped expression gives, by `str`) |
| `number` | `value`, `digits` (decimal places or None), `qualifier`, `unit` ("" or "percent"), `bare` |
| `interval` | `low`, `high` (either may be None), `digits`, `unit` |
| `date` | `iso`: `2014`, `2023-07` or `2018-11-14` |
| `words` | `words`: a list of msgids, joined as the language joins a list |
| `missing` | `reason`: a msgid |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Value = Mapping[str, Any]
Translate = Callable[[str], str]

NO_BREAK_SPACE = "\u00a0"

# The words that qualifiers print, per language; `range` prints its bounds.
QUALIFIERS: Mapping[str, Mapping[str, str]] = {
    "de": {"about": "rund", "over": "über", "under": "unter", "nearly": "knapp", "at-most": "höchstens"},
    "en": {"about": "about", "over": "over", "under": "under", "nearly": "just under", "at-most": "at most"},
}
BETWEEN = {"de": "bis", "en": "to"}


def format_value(value: Value, language: str, translate: Translate = str) -> str:
    """Return a value as prose prints it in a language (numbers and dates after CLDR, through Babel).

    `translate` turns a msgid of `words` and `missing` into the language. Languages without words for
    qualifiers of their own use the English ones.
    """
    return FORMATTERS[value["kind"]](value, language, translate)


def format_number(value: float, language: str, digits: int | None = None) -> str:
    """Return a number with the language's separators; at most `digits` decimal places, or as many as it has."""
    from babel.numbers import format_decimal

    pattern = "#,##0." + "0" * digits if digits is not None else "#,##0.###"
    return format_decimal(value, format=pattern.rstrip("."), locale=language, decimal_quantization=True)


def _text(value: Value, language: str, translate: Translate) -> str:
    return str(value["text"])


def _number(value: Value, language: str, translate: Translate) -> str:
    figure = _with_unit(format_number(value["value"], language, value.get("digits")), value.get("unit", ""), language)
    qualifier = _words(QUALIFIERS, language).get(value.get("qualifier", "exact"))
    return f"{qualifier} {figure}" if qualifier else figure


def _interval(value: Value, language: str, translate: Translate) -> str:
    low, high, digits = value.get("low"), value.get("high"), value.get("digits")
    unit = value.get("unit", "")
    if low is None or high is None:
        bound, qualifier = (high, "under") if low is None else (low, "over")
        return _number({"value": bound, "digits": digits, "qualifier": qualifier, "unit": unit}, language, translate)
    between = BETWEEN.get(language, BETWEEN["en"])
    upper = _with_unit(format_number(high, language, digits), unit, language)
    return f"{format_number(low, language, digits)} {between} {upper}"


def _date(value: Value, language: str, translate: Translate) -> str:
    from babel.dates import format_date, format_skeleton

    year, *rest = (int(part) for part in str(value["iso"]).split("-"))
    if not rest:
        return str(year)
    from datetime import date

    day = date(year, rest[0], rest[1] if len(rest) > 1 else 1)
    if len(rest) == 1:
        return format_skeleton("yMMMM", day, locale=language)
    return format_date(day, format="long", locale=language)


def _list(value: Value, language: str, translate: Translate) -> str:
    from babel.lists import format_list

    return format_list([translate(word) for word in value["words"]], locale=language)


def _missing(value: Value, language: str, translate: Translate) -> str:
    return translate(value["reason"])


def _with_unit(figure: str, unit: str, language: str) -> str:
    if unit != "percent":
        return figure
    return f"{figure}%" if language == "en" else f"{figure}{NO_BREAK_SPACE}%"


def _words(table: Mapping[str, Mapping[str, str]], language: str) -> Mapping[str, str]:
    return table.get(language, table["en"])


FORMATTERS: Mapping[str, Callable[[Value, str, Translate], str]] = {
    "text": _text,
    "number": _number,
    "interval": _interval,
    "date": _date,
    "words": _list,
    "missing": _missing,
}
