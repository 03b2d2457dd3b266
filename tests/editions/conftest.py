"""The flagship study, built where it stands, and the book of every construct: what the editions' tests look at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.build import Request, build_study
from watching import Silent

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def editions() -> Path:
    """Return the folder of the editions, up to date."""
    watcher = Silent()
    build_study(ROOT, Request(), watcher)
    assert watcher.warnings == []
    return ROOT / "_build" / "editions"


@pytest.fixture(scope="session")
def constructs(built_once: Callable[[Path], Path]) -> Path:
    """Return the pages of the book that shows every construct."""
    return built_once(ROOT / "examples" / "every-construct") / "_build" / "editions" / "en" / "html"


@pytest.fixture(params=("de", "en-GB", "constructs"))
def folder(request: pytest.FixtureRequest) -> Path:
    """Return the pages of an edition of the study, or of the book that shows every construct."""
    if request.param == "constructs":
        return Path(request.getfixturevalue("constructs"))
    return Path(request.getfixturevalue("editions")) / request.param / "html"
