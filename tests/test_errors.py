"""Diagnostics are data, printed one way; every code is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reportkit.errors import Location, ReportkitError, StudyError, did_you_mean, error, forgiven, raise_errors, warning

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("location", "printed"),
    [
        (Location("a.md"), "a.md"),
        (Location("a.md", 3), "a.md:3"),
        (Location("a.ipynb", 3, 7, "city=hagen"), "a.ipynb, cell 7, line 3 (city=hagen)"),
        (Location("a.ipynb", None, 7), "a.ipynb, cell 7"),
    ],
)
def test_a_place_prints_as_its_author_counts(location: Location, printed: str) -> None:
    assert str(location) == printed


def test_a_diagnostic_prints_what_where_and_how_to_mend_it() -> None:
    fault = error("RK301", "citation key `smth` is unknown", Location("a.md", 3), "did you mean `smith`?")
    assert str(fault).splitlines() == [
        "error[RK301]: citation key `smth` is unknown",
        "  --> a.md:3",
        "  hint: did you mean `smith`?",
    ]


def test_what_is_the_same_of_several_things_is_told_once_with_all_places() -> None:
    told = [warning("RK1", f"key `{key}` has no effect", Location("a.yml", line)) for line, key in enumerate("abc", 1)]
    (one,) = forgiven([*told, told[0]])
    assert str(one).splitlines()[1:] == ["  --> a.yml:1", "  also: `b` (a.yml:2)", "        `c` (a.yml:3)"]


def test_a_plain_book_may_do_what_quarto_lets_pass_and_errors_come_first() -> None:
    faults = forgiven([error("RK330", "image `a` has no text"), error("RK330", "image has no text"), error("RK9", "b")])
    assert [(fault.code, fault.severity, fault.also) for fault in ReportkitError(faults).diagnostics] == [
        ("RK9", "error", ()),
        ("RK330", "warning", ()),
    ]


def test_all_faults_of_a_stage_are_raised_together_and_each_once() -> None:
    faults = [warning("RK1", "a"), error("RK2", "b"), error("RK2", "b")]
    with pytest.raises(StudyError) as caught:
        raise_errors(StudyError, faults)
    assert [fault.code for fault in caught.value.diagnostics] == ["RK2", "RK1"]


def test_warnings_alone_are_given_back() -> None:
    assert raise_errors(StudyError, [warning("RK1", "a")]) == (warning("RK1", "a"),)


def test_the_nearest_candidate_is_offered_only_if_it_is_near() -> None:
    assert did_you_mean("citty", ["city", "year"]) == "did you mean `city`?"
    assert did_you_mean("xyz", ["city", "year"]) is None


def test_each_stage_has_an_exit_status_of_its_own() -> None:
    kinds = ReportkitError.__subclasses__()
    assert len({kind.exit_status for kind in kinds}) == len(kinds) == 6


def test_every_code_is_explained_and_every_explained_code_is_used() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    used = {code for source in sources for code in re.findall(r'"(RK\d{3})"', source)}
    explained = re.findall(
        r"^\| `(RK\d{3})`", (ROOT / "docs/reference/diagnostics.md").read_text("utf-8"), re.MULTILINE
    )
    assert used == set(explained)
    assert len(explained) == len(set(explained))
