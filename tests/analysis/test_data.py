"""The data of the study hold every fact of the source chapter, once, as it is printed."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from analysis.facts import city_name, difference, fact, factor, growth, in_words, row, share_of, total

from reportkit.errors import DataError
from reportkit.study import check_data

ROOT = Path(__file__).parents[2]
TOPICS = ("population", "shares", "staff", "housing", "networks", "projects", "survey", "events")
TABLES = (*TOPICS, "cities", "timeline", "actors", "ties", "works", "left_out")


def rows(table: str) -> Iterator[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def facts() -> Iterator[dict[str, str]]:
    for topic in TOPICS:
        yield from rows(topic)


def test_the_tables_keep_their_schema() -> None:
    assert check_data(ROOT) == ()


@pytest.mark.parametrize(
    ("table", "right", "wrong", "named"),
    [
        ("staff", ",fte,", ",full posts,", "table `staff`, column `unit`"),
        ("shares", ",61,", ",viele,", "table `shares`, column `value`"),
        ("population", "\nDU-052,", "\nDU-52,", "table `population`, column `fact`"),
        ("ties", ",dortmund:rat,", ",dortmund:rad,", "dortmund:rad"),
        ("events", ",dortmund2014,", ",dortmund1914,", "dortmund1914"),
        ("housing", "\nGL-018,gladbeck,", "\nGL-018,gladbach,", "gladbach"),
    ],
)
def test_a_broken_cell_is_named(tmp_path: Path, table: str, right: str, wrong: str, named: str) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / f"data/{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")

    with pytest.raises(DataError) as raised:
        check_data(tmp_path)
    line = text[: text.index(right)].count("\n") + 1 + right.count("\n")
    assert any(
        named in found.message and found.location is not None and found.location.line == line
        for found in raised.value.diagnostics
    )


def test_all_396_facts_are_in_a_table_or_left_out_with_a_reason() -> None:
    taken = [found["fact"] for found in facts()]
    left_out = list(rows("left_out"))

    assert len(taken) + len(left_out) == 396
    assert Counter(taken).most_common(1)[0][1] == 1
    assert set(taken).isdisjoint(found["fact"] for found in left_out)
    assert all(found["reason"] for found in left_out)


def test_nothing_of_the_networks_timelines_and_works_is_lost() -> None:
    counts = {table: len(list(rows(table))) for table in ("timeline", "actors", "ties", "works")}
    assert counts == {"timeline": 141, "actors": 219, "ties": 205, "works": 77}


def test_both_ends_of_every_tie_are_actors() -> None:
    keys = {actor["key"] for actor in rows("actors")}
    assert [tie["id"] for tie in rows("ties") if not {tie["source_actor"], tie["target_actor"]} <= keys] == []


@pytest.mark.parametrize("table", TABLES)
def test_cells_carry_no_stray_blanks(table: str) -> None:
    cells = [cell for found in rows(table) for cell in found.values()]
    assert [cell for cell in cells if cell != " ".join(cell.split())] == []


def test_every_fact_states_one_thing() -> None:
    stated = {
        found["fact"]: (bool(found["value"]), bool(found["low"] and found["high"]), bool(found["text"]))
        for found in facts()
    }
    assert {name: kinds for name, kinds in stated.items() if sum(kinds) != 1} == {}


def test_bounds_are_those_which_the_qualifier_states() -> None:
    for found in facts():
        value, qualifier = found["value"], found["qualifier"]
        if qualifier == "range":
            assert float(found["low"]) < float(found["high"]), found["fact"]
        elif found["unit"] != "year":
            assert found["low"] == (value if qualifier == "over" else ""), found["fact"]
            assert found["high"] == (value if qualifier in {"under", "at-most"} else ""), found["fact"]


def test_every_share_has_a_base() -> None:
    assert [found["fact"] for found in facts() if found["unit"] == "percent" and not found["base"]] == []


def test_missing_is_empty_and_none_is_zero() -> None:
    assert row("ES-052").value == 0  # Essen: no team in the Jobcenter, stated
    assert row("HA-045").value == 0  # Hagen: no post in 2014, stated
    assert not [
        found for found in rows("staff") if found["city"] == "oer-erkenschwick" and "jobcenter" in found["variable"]
    ]
    assert not [found for found in rows("housing") if found["city"] == "gladbeck" and "vacancy" in found["variable"]]


@pytest.mark.parametrize(
    ("fact_id", "qualifier"),
    [
        ("DO-014", "at-most"),  # bis zu
        ("DO-030", "at-most"),  # nicht mehr als
        ("ES-022", "at-most"),  # maximal
        ("DO-032", "nearly"),  # knapp die Hälfte
        ("DU-055", "nearly"),  # knapp
        ("DU-056", "exact"),  # follows “knapp … und”, which may or may not cover it
        ("DU-059", "nearly"),  # knapp um die Hälfte
        ("HA-041", "nearly"),  # fast
        ("HA-042", "nearly"),  # knapp
        ("HA-047", "nearly"),  # etwas weniger als
        ("DO-067", "under"),  # unter
        ("ES-058", "under"),  # unter
        ("DO-051", "over"),  # über
        ("OE-031", "over"),  # mehr als
        ("DU-064", "about"),  # rund 50 bzw. 33
        ("GL-019", "range"),  # rund 50 bis 60
    ],
)
def test_a_qualifier_is_the_one_printed(fact_id: str, qualifier: str) -> None:
    assert row(fact_id).qualifier == qualifier


@pytest.mark.parametrize(
    ("fact_id", "word"),
    [
        ("OE-031", "4,98"),  # the source says more than tenfold
        ("DU-076", "nicht zu addieren"),  # two values, assignment open
        ("DU-077", "nicht zu addieren"),
        ("DU-055", "offen"),
        ("DU-069", "33 auf 43"),  # a share rises although concentration is said to fall
        ("HA-026", "2022"),
        ("HA-051", "2020"),
        ("GL-010", "2019"),
        ("DU-021", "2013"),
        ("DO-061", "älter"),  # source of 2021 for a value of 2023
        ("GL-046", "Jobcenter"),  # two unrelated fives
        ("ES-011", "Zuzügen"),  # stock, not to be netted with inflows
        ("DO-015", "Basis"),  # counted problem houses
        ("DO-032", "Basis"),  # properties marked as problematic
        ("HA-036", "erwogen"),
        ("OE-055", "Kreis Recklinghausen"),
        ("OE-053", "Oer-Erkenschwick"),  # SOE in a file name
    ],
)
def test_a_trap_is_noted_where_it_lies(fact_id: str, word: str) -> None:
    assert word in row(fact_id).note


@pytest.mark.parametrize(
    ("fact_id", "printed"),
    [
        ("ES-011", "3.700"),
        ("DO-066", "rund\u00a03.700"),
        ("DU-052", "6.889"),
        ("DU-055", "knapp\u00a09.926"),
        ("DO-014", "höchstens\u00a0180"),
        ("DO-023", "über\u00a0200"),
        ("HA-038", "rund\u00a017\u00a0%"),
        ("HA-042", "knapp\u00a016\u00a0%"),
        ("HA-055", "4 bis 6\u00a0%"),
        ("DO-067", "unter\u00a02\u00a0%"),
        ("DO-064", "7,5"),
        ("GL-019", "50 bis 60"),
        ("GL-040", "3,75\u00a0%"),
        ("DU-032", "18,7"),
        ("DO-006", "2012"),
        ("OE-016", "2022–2026"),
        ("GL-036", "September 2022"),
        ("OE-037", "leicht sinkend"),
        ("DO-015", "ein Drittel"),
        ("DO-041", "14. November 2018"),
        ("ES-009", "später als in Dortmund und Duisburg"),
        ("OE-042", "4"),
        ("ES-052", "0"),
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
    assert str(difference("DO-065", "DO-064")) == "7,5"
    assert str(share_of("OE-039", "OE-038")) == "rund\u00a01.550"
    assert str(share_of("OE-034", "OE-032")) == "rund\u00a0600"  # 32 % of 1,877: the share is no more exact
    assert city_name("oer-erkenschwick") == "Oer-Erkenschwick"


def test_a_sum_is_no_more_exact_than_its_parts() -> None:
    assert str(total("DU-055", "DU-056")) == "knapp\u00a025.622"
    with pytest.raises(ValueError, match="about and nearly"):
        total("DU-089", "DU-055")


def test_small_numbers_are_words() -> None:
    assert [str(in_words(each)) for each in ("DO-004", "DO-026", "DO-057")] == ["vier", "neun", "zwölf"]
    assert str(in_words("DO-053", "ein")) == "ein"


@pytest.mark.parametrize(
    ("fact_id", "one"), [("DO-016", "eine"), ("DO-063", "eine"), ("DO-064", "eine"), ("DO-053", "eines")]
)
def test_other_numbers_are_not_words(fact_id: str, one: str) -> None:
    with pytest.raises(ValueError, match="no exact whole number"):
        in_words(fact_id, one)


def test_an_unknown_fact_is_answered_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="did you mean `DU-052`"):
        fact("DU-0522")


def test_a_fact_left_out_is_answered_with_the_reason() -> None:
    with pytest.raises(KeyError, match="left out: Kennzeichen"):
        fact("GL-016")
