"""Fixtures of all tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

STUDIES = Path(__file__).parent / "studies"


@pytest.fixture
def study_at(tmp_path: Path) -> Callable[[str], Path]:
    """Copy a study of `tests/studies` into the test's own folder and return where it is."""

    def copy(name: str) -> Path:
        return shutil.copytree(STUDIES / name, tmp_path / name)

    return copy
