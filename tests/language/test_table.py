"""The page that lists the language names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "language.md"


def test_every_construct_is_proved_by_tests_that_exist() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    names = re.findall(r"^def test_(\w+)", texts, re.MULTILINE)
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = [name for row in rows[1:] for name in re.findall(r"`(\w+)`", row[-1])]
    assert len(told) > 50
    assert [start for start in told if not any(name.startswith(start) or start in name for name in names)] == []
    assert [row[0] for row in rows[1:] if not re.search(r"`\w+(\.py)?`", row[-1])] == []
