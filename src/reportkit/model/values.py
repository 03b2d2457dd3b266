"""Typed values: what an inline expression computed, kept as data and formatted per language.

A value is a mapping that survives JSON, such as `{"kind": "number", "value": 3700, "qualifier": "about"}`.

| kind | fields |
|---|---|
| `text` | `text`: printed as it is (what any untyped expression gives, by `str`) |
| `markdown` | `text`: inline Markdown (what an object with `_repr_markdown_` gives) |
| `number` | `value`, `digits` (decimal places or None), `qualifier`, `unit` ("" or "percent"), `bare` |
| `interval` | `low`, `high` (either may be None), `digits`, `unit` |
| `date` | `iso`: `2014`, `2023-07` or `2018-11-14` |
| `words` | `words`: a list of msgids, joined as the language joins a list |
| `missing` | `reason`: a msgid |
| `claim` | `name`; `statement`, `by`: msgids; `holds`, `expected`: a verdict; `values`: pairs of a msgid and a value |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from babel import Locale

T = TypeVar("T")
Value = Mapping[str, Any]
Translate = Callable[[str], str]

# The words that qualifiers print, per language; `range` prints its bounds.
QUALIFIERS: Mapping[str, Mapping[str, str]] = {
    "de": {"about": "rund", "over": "über", "under": "unter", "nearly": "knapp", "at-most": "höchstens"},
    "en": {"about": "about", "over": "over", "under": "under", "nearly": "just under", "at-most": "at most"},
}
BETWEEN = {"de": "bis", "en": "to"}
# The verdict on a claim: its sign, and its words per language.
SIGNS = {True: "✓", False: "✗", None: "○"}
VERDICTS: Mapping[str, Mapping[bool | None, str]] = {
    "de": {True: "trifft zu", False: "trifft nicht zu", None: "lässt sich nicht entscheiden"},
    "en": {True: "holds", False: "does not hold", None: "cannot be decided"},
}


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
    return format_decimal(value, format=pattern.rstrip("."), locale=locale(language), decimal_quantization=True)


def _number(value: Value, language: str, translate: Translate) -> str:
    figure = _with_unit(format_number(value["value"], language, value.get("digits")), value.get("unit", ""), language)
    qualifier = _own(QUALIFIERS, language).get(value.get("qualifier", "exact"))
    return f"{qualifier}\u00a0{figure}" if qualifier else figure


def _interval(value: Value, language: str, translate: Translate) -> str:
    low, high, digits = value.get("low"), value.get("high"), value.get("digits")
    unit = value.get("unit", "")
    if low is None or high is None:
        bound, qualifier = (high, "under") if low is None else (low, "over")
        return _number({"value": bound, "digits": digits, "qualifier": qualifier, "unit": unit}, language, translate)
    between = _own(BETWEEN, language)
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
        return format_skeleton("yMMMM", day, locale=locale(language))
    return format_date(day, format="long", locale=locale(language))


def _list(value: Value, language: str, translate: Translate) -> str:
    from babel.lists import format_list

    return format_list([translate(word) for word in value["words"]], locale=locale(language))


def verdict(claim: Value, language: str) -> str:
    """Return the verdict on a claim as a sign and words, so that it needs no colour."""
    return f"{SIGNS[claim['holds']]}\u00a0{_own(VERDICTS, language)[claim['holds']]}"


def _with_unit(figure: str, unit: str, language: str) -> str:
    if unit != "percent":
        return figure
    pattern = locale(language).percent_formats[None]
    return f"{pattern.prefix[0]}{figure}{pattern.suffix[0]}"


def _own(table: Mapping[str, T], language: str) -> T:
    """Return the words of a language, or of its base (`de` for `de-AT`), or the English ones."""
    return table.get(language.split("-")[0], table["en"])


def locale(language: str) -> Locale:
    """Return what CLDR knows of a language; of one that it does not know, what it knows of English, as with words."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except UnknownLocaleError:
        return Locale("en")


FORMATTERS: Mapping[str, Callable[[Value, str, Translate], str]] = {
    "text": lambda value, language, translate: str(value["text"]),
    "markdown": lambda value, language, translate: str(value["text"]),
    "number": _number,
    "interval": _interval,
    "date": _date,
    "words": _list,
    "claim": lambda value, language, translate: f" ({verdict(value, language)})",
    "missing": lambda value, language, translate: translate(value["reason"]),
}
