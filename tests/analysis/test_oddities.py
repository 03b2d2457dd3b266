"""The appendix names every oddity of the source chapter and the place where it is treated."""

from __future__ import annotations

import re
from pathlib import Path

APPENDIX = Path(__file__).parents[2] / "chapters" / "data.md"


def oddities() -> list[list[str]]:
    section = APPENDIX.read_text(encoding="utf-8").split("{#sec-traps}")[1]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_all_26_oddities_are_listed_once() -> None:
    names = [name for name, *_ in oddities()]
    assert len(names) == len(set(names)) == 26


def test_each_names_its_treatment_and_a_place_in_the_book() -> None:
    assert [
        name for name, treatment, place in oddities() if not (treatment and re.search(r"@(sec|fig|tbl)-", place))
    ] == []
