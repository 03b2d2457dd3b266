"""The study's bibliography: complete, well formed, and the same works as its inventory."""

from __future__ import annotations

import csv
from pathlib import Path

from pybtex.database import parse_file

ROOT = Path(__file__).parents[1]


def test_bibliography_holds_the_inventory() -> None:
    with (ROOT / "data" / "works.csv").open(encoding="utf-8", newline="") as table:
        keys = {row["key"] for row in csv.DictReader(table)}
    entries = parse_file(str(ROOT / "bibliography.bib")).entries
    assert len(entries) == 77
    assert set(entries) == keys


def test_entries_name_their_language_and_year() -> None:
    entries = parse_file(str(ROOT / "bibliography.bib")).entries
    lacking = {key for key, entry in entries.items() if not {"langid", "date", "title"} <= set(entry.fields)}
    assert lacking == set()
