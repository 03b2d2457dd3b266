"""Two builds at another place and time, as another user and on fewer cores give the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

STUDY = Path(__file__).parents[1] / "studies" / "two-cities"
OTHER_TIME = ("faketime", "2031-05-06 07:08:09")


def build(root: Path, command: Sequence[str] = (), **environment: str) -> dict[str, bytes]:
    shutil.copytree(STUDY, root)
    configuration = (root / "_quarto.yml").read_text(encoding="utf-8")
    formats = configuration.replace("  html: default\n", "  html: default\n  epub: default\n  docx: default\n")
    (root / "_quarto.yml").write_text(formats, encoding="utf-8")
    home = root.parent / "home"
    home.mkdir()
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), **environment}
    subprocess.run([*command, sys.executable, "-m", "reportkit", "build"], cwd=root, env=surroundings, check=True)
    editions = root / "_build" / "editions"
    return {str(path.relative_to(editions)): path.read_bytes() for path in editions.rglob("*") if path.is_file()}


def other_locale() -> str:
    """Return a locale in which numbers, dates or the order of letters differ, or the one without UTF-8."""
    told = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout.split()
    return next((name for name in told if not name.startswith(("C", "POSIX", "en"))), "C")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("here")
    return build(folder / "study", TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="0", USER="ada")


def test_every_format_and_the_search_are_compared(here: dict[str, bytes]) -> None:
    assert {".html", ".pdf", ".epub", ".docx", ".svg", ".json"} <= {Path(name).suffix for name in here}
    for language in ("de", "en"):
        assert f"{language}/html/pagefind/pagefind-entry.json" in here
        assert any(name.startswith(f"{language}/html/pagefind/index/") for name in here)


def test_editions_do_not_depend_on_place_locale_user_seed_and_cores(here: dict[str, bytes], tmp_path: Path) -> None:
    one_core = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
    settings = {"TZ": "Asia/Tokyo", "LANG": "C", "LC_ALL": other_locale(), "PYTHONHASHSEED": "12345", "USER": "bob"}
    there = build(tmp_path / "thère" / "x", one_core, **settings, COLUMNS="40", NO_COLOR="1")
    assert [name for name in {*here, *there} if here.get(name) != there.get(name)] == []


@pytest.mark.skipif(shutil.which("faketime") is None, reason="`apt install faketime` sets another clock for a program")
def test_editions_do_not_depend_on_the_clock(here: dict[str, bytes], tmp_path: Path) -> None:
    told = subprocess.run([*OTHER_TIME, "date", "+%Y"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "2031"
    later = build(tmp_path / "study", OTHER_TIME, TZ="UTC", LANG="C.UTF-8")
    assert [name for name in {*here, *later} if here.get(name) != later.get(name)] == []
