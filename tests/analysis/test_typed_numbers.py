"""Numbers that the data hold are computed, never typed: a typed one would not follow when the data change."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportkit.model.study import Line, Prose
from reportkit.study import load_study

ROOT = Path(__file__).parents[2]
TABLES = ("population", "shares", "staff", "housing", "networks", "projects")

# What holds digits but states no quantity: expressions, citations, references, interviews, links, attributes,
# footnote marks, sections of the source, addresses and names with a number, days and years.
NO_QUANTITY = re.compile(
    r"`[^`]*`(\{[^}]*\})?|\[[^\]]*@[^\]]*\]|@\{?[\w:.-]+( \[[^\]]*\])?|\{[^}]*\}|I3\.\d+|\b3\.\d\b|https?://\S+|\[\^[^\]]*\]"
    r"|\b(Steinstraße|Hauptstraße|Straße|Amt|Fachbereich|Vorstandsbereich|FB|Dezernat|SGB|EU|U|A|Phase|Artikel|§)"
    r"( |-|&nbsp;)?[\dIVX]+"
    r"|\b\d{1,2}\. (Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)"
    r"|\b(19|20)\d\d(/(19|20)?\d\d|[–-](19|20)?\d\d)?\b"
)
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?:,\d+)?|(?<![\w.,])\d+(?:,\d+)?")


def quantities() -> set[float]:
    rows = [row for table in TABLES for row in _rows(ROOT / "data" / f"{table}.csv")]
    return {float(row[column]) for row in rows for column in ("value", "low", "high") if _is_number(row.get(column))}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _is_number(text: str | None) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text or ""))


def typed_numbers(text: str) -> list[float]:
    """Return the numbers that a line of German prose states by itself."""
    stated = NO_QUANTITY.sub(" ", text)
    return [float(token.replace(".", "").replace(",", ".")) for token in NUMBER.findall(stated)]


def prose_lines() -> list[Line]:
    cells = [cell for source in load_study(ROOT).sources for cell in source.cells if isinstance(cell, Prose)]
    return [line for cell in cells for line in cell.lines]


def test_no_number_of_the_data_is_typed() -> None:
    known = quantities()
    found = [
        f"{line.location()}: {number:g} in “{line.text.strip()}”"
        for line in prose_lines()
        for number in typed_numbers(line.text)
        if number in known
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Dort leben 6.889 Menschen, 7,5 Stellen und 44 Personen.", [6889, 7.5, 44]),
        ("Seit 2014 und 2015/2016, am 14. November 2018 (Interview I3.12) [@a2014, 30] in @fig-x-2", []),
        ('`fact("DU-1", 17)`{.value n="3"} Prozent in der Steinstraße 72, Amt 33, SGB II', []),
    ],
)
def test_typed_numbers_are_told_from_years_names_and_expressions(text: str, numbers: list[float]) -> None:
    assert typed_numbers(text) == numbers


def test_there_are_quantities_to_look_for() -> None:
    assert {6889, 44, 61} <= quantities()
