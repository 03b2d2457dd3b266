from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.errors import DataError
from reportkit.study import check_data

StudyAt = Callable[[str], Path]


def test_sound_data_are_told_nothing(study_at: StudyAt) -> None:
    assert check_data(study_at("two-cities")) == ()


def test_a_study_without_data_is_told_nothing(study_at: StudyAt) -> None:
    assert check_data(study_at("minimal")) == ()


def codes(root: Path) -> list[str]:
    with pytest.raises(DataError) as refused:
        check_data(root)
    return [fault.code for fault in refused.value.diagnostics]


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        (b"[]", ["RK201"]),
        (b'{"resources": 3}', ["RK201"]),
        (b'{"resources": [3]}', ["RK201"]),
        (b'{"resources": [{"name": "a", "path": 3}]}', ["RK201"]),
        (b"\xff", ["RK201"]),
        (b'{"resources": [{"name": "a", "path": "/etc/passwd"}]}', ["RK203"]),
        (b'{"resources": [{"name": "a", "path": "a.csv", "schema": "../../a.json"}]}', ["RK202", "RK203"]),
    ],
)
def test_a_wrong_description_is_refused(package: bytes, expected: list[str], study_at: StudyAt) -> None:
    root = study_at("two-cities")
    (root / "data/datapackage.json").write_bytes(package)
    assert codes(root) == expected


def test_a_linked_table_may_not_lead_outside(study_at: StudyAt, tmp_path: Path) -> None:
    root = study_at("two-cities")
    (root / "data/cities.csv").rename(tmp_path / "cities.csv")
    (root / "data/cities.csv").symlink_to(tmp_path / "cities.csv")
    assert codes(root) == ["RK203"]


def test_a_missing_table_does_not_hide_the_faults_of_others(study_at: StudyAt) -> None:
    root = study_at("two-cities")
    (root / "data/events.csv").unlink()
    population = root / "data/population.csv"
    population.write_text(population.read_text(encoding="utf-8").replace("9900", "viele"), encoding="utf-8")
    assert codes(root) == ["RK202", "RK204"]
