"""Fixtures of all tests."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from reportkit.build import Request, build_study
from watching import Silent

STUDIES = Path(__file__).parent / "studies"
GOLDEN = Path(__file__).parent / "golden"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# As root Chromium runs only without its sandbox; the rest keeps it from calling home.
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# How long an example takes says nothing on a machine that others use too.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# The files that take half a minute and more, the longest first.
LONG = ("test_killed.py", "test_pages.py", "test_rebuild.py", "test_execute.py", "test_observe.py", "test_verify.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that nothing waits for them at the end."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept what the golden files' tests now make")


@pytest.fixture
def study_at(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a study of `tests/studies` into the test's own folder and return where it is."""

    def copy(name: str) -> Path:
        return shutil.copytree(STUDIES / name, tmp_path / name)

    return copy


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Callable[[Path], Path]:
    """Build a study in all its formats, once in a run of the tests, and return where; who changes it copies it."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def built(study: Path) -> Path:
        made = shared / "built" / study.name
        made.parent.mkdir(exist_ok=True)
        with made.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                begun = made.with_suffix(".begun")
                shutil.rmtree(begun, ignore_errors=True)
                shutil.copytree(study, begun, ignore=shutil.ignore_patterns("_build"))
                build_study(begun, Request(), Silent())
                begun.rename(made)
        return made

    return built


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a file of `tests/golden`, or write it there with `--update-golden`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} does not exist; `pytest --update-golden` writes it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a real browser."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: `apt install chromium` runs the browser tests")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield launched
        launched.close()
