"""The command line: what it prints and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit import __version__
from reportkit.cli import main
from reportkit.digest import digest_bytes

COMMANDS = (
    ["build"],
    ["plan"],
    ["clean"],
    ["lock"],
    ["verify"],
    ["translate", "update"],
    ["translate", "status"],
    ["why"],
)


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


def test_updating_catalogs_names_those_that_changed(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = study_at("two-cities")
    assert main(["--study", str(root), "translate", "update"]) == 0
    capsys.readouterr()
    part = root / "chapters/_parts/altdorf/change.md"
    part.write_text(part.read_text("utf-8") + "\nNeu.\n", encoding="utf-8")
    assert main(["--study", str(root), "translate", "update"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first == "wrote translations/en/chapters/_parts/altdorf/change.po"
    assert re.fullmatch(r"\d+ catalogs of en are as they were", last)


def test_why_names_every_changed_input_with_what_it_was_and_is(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = study_at("one-plot")
    why = ["--study", str(root), "why", "plot"]
    main(why)
    assert capsys.readouterr().out == "plot (de): runs again\n  never run\n"
    main(["--study", str(root), "build"])
    capsys.readouterr()
    main(why)
    assert capsys.readouterr().out == "plot (de): is up to date\n"
    data, text = root / "data/years.csv", root / "plot.qmd"
    before, after = digest_bytes(data.read_bytes()), digest_bytes(b"year,people\n2020,1\n")
    data.write_bytes(b"year,people\n2020,1\n")
    text.write_text(text.read_text(encoding="utf-8").replace('y="people"', 'y="year"'), encoding="utf-8")

    main(why)

    told = capsys.readouterr().out
    assert f"  `data/years.csv` changed: {before[:12]} \u2192 {after[:12]}\n" in told
    assert "  its code changed: " in told


def test_why_suggests_the_instance_that_was_meant(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--study", str(study_at("one-plot")), "why", "plott"]) == 2
    assert "did you mean `plot`?" in capsys.readouterr().err


def test_clean_may_spare_what_is_new(study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    root = study_at("one-plot")
    main(["--study", str(root), "build"])
    clean = ["--study", str(root), "clean", "--older-than"]
    old = [path for path in (root / "_build/store").rglob("*") if path.is_file()]
    assert main([*clean, "30"]) == 0
    assert all(path.exists() for path in old)
    for path in old:
        os.utime(path, (1e9, 1e9))

    assert main([*clean, "30"]) == 0

    assert "removed" in capsys.readouterr().out
    assert [path.name for path in old if path.exists() and path.parent.name != "matplotlib"] == []
    assert (root / "_build/editions/de/html/plot.html").exists()
    assert main(["--study", str(root), "build"]) == 0
    assert "executed 1 instance" in capsys.readouterr().out


@pytest.mark.parametrize("cold", [False, True])
def test_an_interrupted_build_leaves_no_process_and_the_editions_it_had(
    cold: bool, study_at: Callable[[str], Path]
) -> None:
    import psutil

    root = study_at("one-plot")
    main(["--study", str(root), "build"])
    page = root / "_build/editions/de/html/plot.html"
    before = page.read_bytes()
    slow = f"import subprocess, time\nsubprocess.Popen(['tail', '-f', '{root}/index.md'])\ntime.sleep(600)"
    (root / "plot.qmd").write_text(f"# Slow\n\n```{{python}}\n{slow}\n```\n", encoding="utf-8")
    command = [sys.executable, "-P", "-m", "reportkit", "--study", str(root), "build", *(["--cold"] if cold else [])]
    # A shell that starts tests in the background lets them ignore Ctrl-C.
    build = psutil.Popen(["env", "--default-signal=INT", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    until = time.monotonic() + 60
    while not any("tail" in process.name() for process in build.children(recursive=True)):
        assert build.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    started = build.children(recursive=True)

    build.send_signal(signal.SIGINT)

    assert build.wait(timeout=60) == 130
    assert b"editions made before are in place" in build.communicate()[0]
    _, alive = psutil.wait_procs(started, timeout=20)
    assert alive == []
    assert page.read_bytes() == before


def test_a_build_folder_that_cannot_be_written_is_told(
    study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = study_at("one-plot")
    (root / "_build").write_text("a file where the folder should be", encoding="utf-8")
    assert main(["--study", str(root), "build"]) == 1
    told = capsys.readouterr().err
    assert "error[RK001]" in told
    assert "_build" in told


def test_clean_removes_what_builds_made(study_at: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    root = study_at("minimal")
    main(["--study", str(root), "build"])
    assert main(["--study", str(root), "clean"]) == 0
    assert not (root / "_build").exists()
    assert "MB are left" in capsys.readouterr().out


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

    monkeypatch.setattr("reportkit.build.build_study", stopped)
    assert main(["--study", str(study_at("minimal")), "build"]) == 130
    assert capsys.readouterr().err == "stopped; editions made before are in place\n"
