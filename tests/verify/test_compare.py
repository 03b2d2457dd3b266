"""Records are compared artifact by artifact, each with what differs and why."""

from __future__ import annotations

import pytest

from reportkit.model.record import Artifact, Origin, Record
from reportkit.verify.compare import Verdict, compare_records

ORIGIN = Origin({"city": "hagen"}, ("one.qmd", "data/a.csv"))


def artifact(content: object, digest: str, kind: str = "value") -> Artifact:
    return Artifact(kind, digest, content, "one.qmd:3")


def record(artifacts: dict[str, Artifact], **inputs: str) -> Record:
    return Record("de", "digest", {"data/a.csv": "1", "one.qmd": "1", **inputs}, {"one": ORIGIN}, artifacts)


def test_what_is_the_same_is_identical() -> None:
    (found,) = compare_records(record({"one/a": artifact("3", "x")}), record({"one/a": artifact("3", "x")}))
    assert found.verdict is Verdict.IDENTICAL


def test_a_change_is_named_with_the_data_file_that_changed() -> None:
    inputs = {"data/a.csv": "2", "one.qmd": "1"}
    built = Record("de", "digest", inputs, {"one": ORIGIN}, {"one/a": artifact("4", "y")})
    (found,) = compare_records(record({"one/a": artifact("3", "x")}), built)
    assert str(found).splitlines() == [
        "changed: de/one/a: “3” was locked, “4” was built",
        "  --> one.qmd:3",
        "  because `data/a.csv` changed",
    ]


def test_a_change_without_a_changed_source_is_called_not_reproducible() -> None:
    (found,) = compare_records(record({"one/a": artifact("3", "x")}), record({"one/a": artifact("4", "y")}))
    assert "does not give the same result twice" in found.reason


def test_what_is_gone_and_what_is_new_is_named() -> None:
    found = compare_records(record({"one/a": artifact("3", "x")}), record({"one/b": artifact("4", "y")}))
    assert {finding.name: finding.verdict for finding in found} == {"one/a": Verdict.MISSING, "one/b": Verdict.NEW}


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ([["a"], ["1"]], [["a"], ["2"]], "row 1, column 1: “1” was locked, “2” was built"),
        ([["a"], ["1"]], [["a"]], "row 1, column 1: “1” was locked, “” was built"),
        ([["a"], ["1\n"]], [["a"], ["2\n"]], "row 1, column 1: “1” was locked, “2” was built"),
        ([["a"]], [["a"]], "its head or caption differs"),
    ],
)
def test_a_table_is_compared_cell_by_cell(before: list[list[str]], now: list[list[str]], told: str) -> None:
    locked, built = record({"one/t": artifact(before, "x", "table")}), record({"one/t": artifact(now, "y", "table")})
    (found,) = compare_records(locked, built)
    assert found.difference == told


def test_what_is_gone_is_quoted_like_what_is_new() -> None:
    gone, new = record({"one/a": artifact("56,800", "x")}), record({"one/b": artifact("4", "y")})
    assert {finding.name: finding.difference for finding in compare_records(gone, new)} == {
        "one/a": "“56,800”",
        "one/b": "“4”",
    }


def test_a_changed_verdict_is_named() -> None:
    before = artifact("trifft zu: Es wurden mehr.", "x", "claim")
    now = artifact("trifft nicht zu: Es wurden mehr.", "y", "claim")
    (found,) = compare_records(record({"one/claim more": before}), record({"one/claim more": now}))
    assert found.difference == "“trifft zu: Es wurden mehr.” was locked, “trifft nicht zu: Es wurden mehr.” was built"


@pytest.mark.parametrize(
    ("kind", "told"),
    [("text", "the text differs after “In 2020”"), ("value", "“In 2020” is printed as before, the value differs")],
)
def test_a_difference_that_no_excerpt_shows_is_told_in_words(kind: str, told: str) -> None:
    before, now = artifact("In 2020 ", "x", kind), artifact("In 2020 ", "y", kind)
    (found,) = compare_records(record({"one/a": before}), record({"one/a": now}))
    assert found.difference == told


@pytest.mark.parametrize(
    ("caption", "told"),
    [
        ("Figure 1: Growth", "the picture differs"),
        ("Figure 2: Growth", "its caption: “Figure 1: Growth” was locked, “Figure 2: Growth” was built"),
    ],
)
def test_another_caption_is_not_called_another_picture(caption: str, told: str) -> None:
    before, now = artifact("Figure 1: Growth", "x", "figure"), artifact(caption, "y", "figure")
    (found,) = compare_records(record({"one/fig-a": before}), record({"one/fig-a": now}))
    assert found.difference == told


def test_a_lock_that_says_something_else_than_its_digest_is_found() -> None:
    (found,) = compare_records(record({"one/a": artifact("66,800", "x")}), record({"one/a": artifact("56,800", "x")}))
    assert (found.verdict, found.difference) == (Verdict.CHANGED, "“66,800” was locked, “56,800” was built")
    assert found.reason == "the lock was edited by hand: its digest is that of what was built"


def test_a_record_survives_json() -> None:
    made = record({"one/a": artifact([["1"]], "x", "table")})
    assert Record.from_json(made.to_json()) == made
