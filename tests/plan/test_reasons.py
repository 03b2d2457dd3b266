"""One predicate per reason to run again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from compile.sample import instance, study
from reportkit.model.plan import Change
from reportkit.model.study import Code
from reportkit.plan.parts import instance_parts
from reportkit.plan.reasons import PART_NAMES, Now, changes, outdated_reason

PARTS = dict.fromkeys(PART_NAMES, "same")
FILES = {"data/a.csv": "1", "missing.csv": None}
LABELS = {"Jahr": "Year"}


def kept(language: str | None = None, messages: dict[str, str] | None = None) -> dict[str, Any]:
    trace = {"files": FILES, "folders": {"data": "1"}, "programs": {"git": "1"}, "connections": ()}
    return {"parts": PARTS, "trace": {**trace, "messages": messages or {}, "language": language}}


def now(files: dict[str, str | None] = FILES, folder: str | None = "1", program: str | None = "1") -> Now:
    return Now(
        files.get,
        lambda path: folder,
        lambda name: program,
        lambda language, msgid: LABELS[msgid] if language == "en" else msgid,
    )


def test_what_never_ran_must_run() -> None:
    assert outdated_reason(None, PARTS, "de", now()) == "never run"


def test_what_is_as_it_was_serves_every_language() -> None:
    assert outdated_reason(kept(), PARTS, "de", now()) is None
    assert outdated_reason(kept(), PARTS, "en", now()) is None


@pytest.mark.parametrize("part", PART_NAMES)
def test_each_part_of_the_key_is_a_reason(part: str) -> None:
    assert outdated_reason(kept(), {**PARTS, part: "other"}, "de", now()) == PART_NAMES[part]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"data/a.csv": "2", "missing.csv": None}, "`data/a.csv` changed"),
        ({"data/a.csv": None, "missing.csv": None}, "`data/a.csv` is gone"),
        ({"data/a.csv": "1", "missing.csv": "3"}, "`missing.csv` appeared"),
    ],
)
def test_each_file_that_was_read_or_looked_for_is_a_reason(files: dict[str, str | None], reason: str) -> None:
    assert outdated_reason(kept(), PARTS, "de", now(files)) == reason


def test_a_run_that_asked_for_the_language_serves_only_that_language() -> None:
    assert outdated_reason(kept(language="de"), PARTS, "de", now()) is None
    assert outdated_reason(kept(language="de"), PARTS, "en", now()) == "never run in `en`"


def test_a_run_that_looked_up_labels_serves_where_they_read_the_same() -> None:
    assert outdated_reason(kept(messages={"Jahr": "Jahr"}), PARTS, "de", now()) is None
    assert outdated_reason(kept(messages={"Jahr": "Jahr"}), PARTS, "en", now()) == "the label “Jahr” changed"
    assert outdated_reason(kept(messages={"Jahr": "Year"}), PARTS, "en", now()) is None


def test_a_listed_folder_and_a_started_program_are_reasons() -> None:
    assert outdated_reason(kept(), PARTS, "de", now(folder="2")) == "what the folder `data` holds changed"
    assert outdated_reason(kept(), PARTS, "de", now(program=None)) == "the program `git` is gone"


def test_a_host_that_was_spoken_to_may_always_answer_otherwise() -> None:
    heard = kept()
    heard["trace"]["connections"] = ("example.org",)
    assert "`example.org`" in str(outdated_reason(heard, PARTS, "de", now()))


def test_all_changes_are_told_with_what_was_and_is() -> None:
    found = list(changes(kept(), {**PARTS, "code": "other"}, "de", now({"data/a.csv": "2", "missing.csv": None})))
    assert found == [Change("its code changed", "same", "other"), Change("`data/a.csv` changed", "1", "2")]


@pytest.mark.parametrize("options", [{"eval": False}, {"error": True}, {"fig-width": 5}, {"fig-cap": "x"}])
def test_options_that_change_what_a_run_does_are_in_the_key(options: dict[str, object]) -> None:
    cell = Code((), options)
    plain, given = (instance_parts(instance("one", one), study()) for one in (replace(cell, options={}), cell))
    assert (plain["code"] == given["code"]) is ("fig-cap" in options)
