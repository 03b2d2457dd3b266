"""The command line: what it prints and how it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit import __version__
from reportkit.cli import main

COMMANDS = (["build"], ["plan"], ["clean"], ["lock"], ["verify"], ["translate", "update"], ["translate", "status"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_a_help_with_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    assert f"example: reportkit {' '.join(command)}" in capsys.readouterr().out


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run([sys.executable, "-m", "reportkit", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"reportkit {__version__}\n"


def test_a_build_tells_what_it_does_and_a_second_that_there_is_nothing_to_do(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(study_at("minimal"))

    assert main(["--study", root, "plan"]) == 0
    assert "compile _build/editions/de/html: never built" in capsys.readouterr().out
    assert main(["--study", root, "build"]) == 0
    assert "compiling _build/editions/de/html: never built" in capsys.readouterr().out
    assert main(["--study", root, "build"]) == 0
    assert "everything is up to date" in capsys.readouterr().out
    assert main(["--study", root, "plan"]) == 0
    assert capsys.readouterr().out == "everything is up to date\n"


def test_clean_removes_what_builds_made(study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    root = study_at("minimal")
    main(["--study", str(root), "build"])
    assert main(["--study", str(root), "clean"]) == 0
    assert not (root / "_build").exists()
    assert "MB)" in capsys.readouterr().out


def test_a_condition_must_have_a_value(study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--study", str(study_at("minimal")), "build", "--only", "hagen"])
    assert caught.value.code == 2
    assert "`hagen` is not NAME=VALUE, such as city=hagen" in capsys.readouterr().err


def test_stopping_by_keyboard_is_told_without_a_traceback(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reportkit.cli.build_study", stopped)
    assert main(["--study", str(study_at("minimal")), "build"]) == 130
    assert capsys.readouterr().err == "stopped; editions made before are in place\n"
