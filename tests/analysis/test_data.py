"""The data of the study hold every fact of the source chapter, once, as it is printed."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportkit.errors import DataError
from reportkit.study import check_data

ROOT = Path(__file__).parents[2]
TOPICS = ("population", "shares", "staff", "housing", "networks", "projects", "survey", "events")
sys.path.insert(0, str(ROOT))

from analysis.facts import city_name, fact, factor, growth, row, share_of, total  # noqa: E402


def rows(table: str) -> Iterator[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_the_tables_keep_their_schema() -> None:
    assert check_data(ROOT) == ()


def test_a_broken_cell_is_named(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "data", tmp_path / "data")
    table = tmp_path / "data/staff.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",fte,", ",full posts,", 1), encoding="utf-8")
    with pytest.raises(DataError, match="full posts"):
        check_data(tmp_path)


def test_all_396_facts_are_in_a_table_or_left_out_with_a_reason() -> None:
    taken = [found["fact"] for topic in TOPICS for found in rows(topic)]
    left_out = list(rows("left_out"))

    assert len(taken) + len(left_out) == 396
    assert Counter(taken).most_common(1)[0][1] == 1
    assert set(taken).isdisjoint(found["fact"] for found in left_out)
    assert all(found["reason"] for found in left_out)


def test_nothing_of_the_networks_timelines_and_works_is_lost() -> None:
    counts = {table: len(list(rows(table))) for table in ("timeline", "actors", "ties", "works")}
    assert counts == {"timeline": 141, "actors": 219, "ties": 205, "works": 77}


def test_missing_is_empty_and_none_is_zero() -> None:
    assert row("ES-052").value == 0  # Essen: no team in the Jobcenter, stated
    assert not [
        found for found in rows("staff") if found["city"] == "oer-erkenschwick" and "jobcenter" in found["variable"]
    ]


@pytest.mark.parametrize(
    ("fact_id", "printed"),
    [
        ("ES-011", "3.700"),
        ("DO-066", "rund 3.700"),
        ("DU-052", "6.889"),
        ("DU-055", "knapp 9.926"),
        ("DO-014", "höchstens 180"),
        ("DO-023", "über 200"),
        ("HA-038", "rund 17\u00a0%"),
        ("HA-042", "knapp 16\u00a0%"),
        ("HA-055", "4 bis 6\u00a0%"),
        ("DO-067", "unter 2\u00a0%"),
        ("DO-064", "7,5"),
        ("GL-019", "50 bis 60"),
        ("GL-040", "3,75\u00a0%"),
        ("DU-032", "18,7"),
        ("DO-006", "2012"),
        ("OE-016", "2022–2026"),
        ("GL-036", "September 2022"),
        ("OE-037", "leicht sinkend"),
    ],
)
def test_a_fact_prints_as_the_source_states_it(fact_id: str, printed: str) -> None:
    assert str(fact(fact_id)) == printed


def test_a_bare_fact_prints_without_its_qualifier() -> None:
    assert str(fact("DU-055", bare=True)) == "9.926"


def test_derived_values_are_computed() -> None:
    assert str(factor("OE-026", "OE-032")) == "4,98"
    assert str(growth("ES-011", "ES-047")) == "125,7\u00a0%"
    assert str(total("DU-052", "DU-053")) == "14.029"
    assert str(share_of("OE-039", "OE-038")) == "rund 1.550"
    assert city_name("oer-erkenschwick") == "Oer-Erkenschwick"


def test_an_unknown_fact_is_answered_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="did you mean DU-052"):
        fact("DU-0522")
