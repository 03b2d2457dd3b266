"""Variables of `_environment`."""

from __future__ import annotations

from pathlib import Path

from reportkit.errors import Diagnostic
from reportkit.study.environment import read_environment
from reportkit.study.files import Files


def read(folder: Path, given: dict[str, str], **texts: str) -> tuple[dict[str, str], list[Diagnostic]]:
    for name, text in texts.items():
        (folder / f"_environment{name.replace('_', '.') if name != 'own' else ''}").write_text(text, encoding="utf-8")
    faults: list[Diagnostic] = []
    return dict(read_environment(Files(folder), given, faults)), faults


def test_the_machine_goes_above_the_local_file_and_that_above_the_other(tmp_path: Path) -> None:
    own = "# servers\nA=1\nB='x ${A}' # why\nC=\"y ${A}/$B\"\nexport D = a#b\nE=\nF=${HOME}\nno line\n"
    found, faults = read(tmp_path, {"A": "9"}, own=own, _local="D=2\n")
    assert faults == []
    assert found == {"A": "9", "B": "x ${A}", "C": "y 9/x ${A}", "D": "2", "E": "", "F": ""}


def test_without_a_file_there_is_what_the_machine_gives(tmp_path: Path) -> None:
    assert read(tmp_path, {"A": "1"}) == ({"A": "1"}, [])
