"""A build may be killed at any moment, or find the disk full: the next one is right, and what is right is checked."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reportkit.build import Request, build_study
from reportkit.execute.notebook import trace_to_json
from reportkit.model.plan import OutputPlan
from reportkit.verify import correct_build
from watching import Silent

STUDY = Path(__file__).parents[1] / "studies" / "one-plot"
DYING = [sys.executable, "-P", str(Path(__file__).with_name("dying.py"))]
MOMENTS = 20


def build_cold(root: Path) -> tuple[OutputPlan, ...]:
    built = build_study(root, Request(cold=True), Silent())
    return (*built.compiled, *built.unchanged)


def dying(*arguments: object) -> str:
    command = [*DYING, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(STUDY, tmp_path_factory.mktemp("reference") / "study")
    build_cold(root)
    return root


@pytest.fixture(scope="module")
def executed(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study when it has run and nothing is compiled."""
    root = shutil.copytree(reference, tmp_path_factory.mktemp("executed") / "study")
    shutil.rmtree(root / "_build/editions")
    for kind in ("editions", "pandoc"):
        shutil.rmtree(root / "_build/store" / kind)
    return root


def operations(state: Path, folder: Path) -> int:
    return int(dying("count", shutil.copytree(state, folder / "counted")))


@pytest.fixture(scope="module")
def compiling(executed: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many operations it takes to compile what has run."""
    return operations(executed, tmp_path_factory.mktemp("compiling"))


def trials(state: Path, reference: Path, kind: str, number: int) -> list[dict[str, Any]]:
    """Strike at each of the first operations, two of them at once."""
    halves = [(1, number // 2), (number // 2 + 1, number)]
    with ThreadPoolExecutor(2) as both:
        printed = both.map(lambda half: dying(state, reference, kind, *half), halves)
    tried = [json.loads(line) for text in printed for line in text.splitlines()]
    assert [trial["operation"] for trial in tried] == list(range(1, number + 1))
    return tried


def assert_all_recover(tried: list[dict[str, Any]], ended: set[int]) -> None:
    assert {trial["ended"] for trial in tried} == ended, tried
    assert [trial for trial in tried if trial["again"] != 0 or trial["differing"]] == []


def test_a_build_killed_at_any_operation_while_it_executes_is_made_good(
    reference: Path, compiling: int, tmp_path: Path
) -> None:
    all_of_it = operations(STUDY, tmp_path)
    assert all_of_it - compiling > 15
    assert_all_recover(trials(STUDY, reference, "killed", all_of_it - compiling + 1), {137})


def test_a_build_killed_at_any_operation_while_it_compiles_is_made_good(
    reference: Path, executed: Path, compiling: int
) -> None:
    assert compiling > 30
    assert_all_recover(trials(executed, reference, "killed", compiling), {137})


def test_a_disk_that_is_full_is_told_and_made_good(reference: Path, executed: Path, compiling: int) -> None:
    assert_all_recover(trials(executed, reference, "full", compiling), {1})
    assert_all_recover(trials(STUDY, reference, "full", 2), {1})


def test_a_build_killed_at_random_moments_is_made_good(tmp_path: Path) -> None:
    root = shutil.copytree(STUDY, tmp_path / "study")
    chance = random.Random(2026)
    data = root / "data/years.csv"
    killed = 0
    subprocess.run(command(root), check=True, capture_output=True)
    data.write_text("year,people\n2020,10\n2021,99\n", encoding="utf-8")
    begun = time.monotonic()
    subprocess.run(command(root), check=True, capture_output=True)
    lasting = time.monotonic() - begun
    for moment in range(MOMENTS):
        data.write_text(f"year,people\n2020,10\n2021,{moment}\n", encoding="utf-8")
        process = subprocess.Popen(command(root), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        time.sleep(chance.uniform(0, 0.8 * lasting))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert process.stdout is not None
        process.stdout.close()
    subprocess.run(command(root), check=True, capture_output=True)
    assert killed > MOMENTS / 2
    assert correct_build(root, build_cold) == ()


def command(root: Path) -> list[str]:
    return [sys.executable, "-P", "-m", "reportkit", "--study", str(root), "build"]


def test_a_broken_trace_makes_the_check_of_a_build_fail(
    study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = study_at("one-plot")

    def forgetful(*arguments: Any) -> Any:
        """A trace without what was read: the change of the data goes unseen."""
        trace, left = trace_to_json(*arguments)
        return {**trace, "files": {}}, left

    with monkeypatch.context() as broken:
        broken.setattr("reportkit.execute.trace_to_json", forgetful)
        build_study(root, Request(), Silent())
    # The page tells what was read, and lacks it already; what it shows is right as yet.
    assert not any("fig-years" in line for line in correct_build(root, build_cold))
    (root / "data/years.csv").write_text("year,people\n2020,10\n2021,99\n", encoding="utf-8")
    build_study(root, Request(), Silent())

    differing = correct_build(root, build_cold)

    assert any("fig-years" in line for line in differing)
    assert any("plot.html" in line for line in differing)
