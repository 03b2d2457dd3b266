"""Each tiny study gives the diagnostic of its defect, the exit status of the stage that found it, and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fonts import put_fonts
from reportkit.cli import main

# study: (exit status, what is told: code, place, hint or words of the message)
DEFECTS = {
    "broken-yaml": (2, ["RK101", "_quarto.yml:"]),
    "unknown-key": (2, ["RK102", "did you mean"]),
    "missing-chapter": (2, ["RK107", "chapters/introdution.md"]),
    "notebook-not-json": (2, ["RK111", "city.ipynb:2"]),
    "unknown-parameter": (2, ["RK121", "did you mean"]),
    "no-parameters-cell": (2, ["RK120"]),
    "include-outside": (2, ["RK108", "leads outside"]),
    "missing-alt-text": (2, ["RK114", "cell 2"]),
    "missing-data-file": (3, ["RK2"]),
    "broken-data": (3, ["RK2", ".csv:"]),
    "failing-cell": (4, ["RK401", "KeyError: 'a'", "town.qmd:12 (town=a)", "_build/failed/town-a.de.ipynb"]),
    "dying-kernel": (4, ["RK402", "index.qmd:4"]),
    "slow-cell": (4, ["RK403", "longer than 2 s", "index.qmd:4"]),
    "unknown-citation": (5, ["RK301", "`smith2018`", "index.md:3", "did you mean `smith2019`?"]),
    "duplicate-entry": (5, ["RK302", "smith2019", "bibliography.bib:"]),
    "damaged-entry": (5, ["RK303", "bibliography.bib:7"]),
    "unknown-label": (5, ["RK320", "`sec-strat`", "index.md:3", "did you mean `sec-start`?"]),
    "ambiguous-label": (5, ["RK321", "index.md:3", "`sec-town-a`, `sec-town-b`"]),
    "duplicate-label": (5, ["RK322", "`sec-start`", "other.md:1"]),
    "image-without-alt": (5, ["RK330", "index.md:3"]),
    "missing-picture": (5, ["RK333", "`pictures/none.svg`", "index.md:3"]),
    "failing-expression": (5, ["RK312", "NameError: name 'people' is not defined", "index.md:4"]),
    "no-figure": (5, ["RK331", "`fig-none`", "index.qmd:4"]),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_told_with_its_place(
    name: str, study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = DEFECTS[name]
    root = study_at(name)
    put_fonts(root)

    assert main(["--study", str(root), "build"]) == status

    printed = capsys.readouterr().err
    assert [words for words in told if words not in printed] == [], printed
    assert "Traceback" not in printed


def test_a_failing_instance_does_not_stop_the_others(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = study_at("failing-cell")
    put_fonts(root)
    main(["--study", str(root), "build"])

    printed = capsys.readouterr()
    assert "town-a (de) FAILED" in printed.out
    assert "town-b (de) FAILED" not in printed.out and "town-b (de)" in printed.out
    assert "sound (de)" in printed.out


def test_a_folder_without_a_study_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--study", str(tmp_path), "build"])

    assert caught.value.code == 2
    assert "holds no study: there is no _quarto.yml in it" in capsys.readouterr().err
