"""The page that lists the language and these tests name each other."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "language.md"
# A file of tests, or the beginning of the name of one of its tests.
NAME = re.compile(r"`(?:(?P<file>[\w/]+\.py)|(?P<name>\w+))`")


def rows() -> list[list[str]]:
    """Return the cells of each row: construct, HTML, PDF, tests."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |")) for line in lines]
    return [row for row in cells if row[0] != "construct"]


def names_in(path: Path) -> list[str]:
    return re.findall(r"^def test_(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def named() -> dict[tuple[str, str], list[str]]:
    """Return for each name in the table, told by its file, the tests that begin with it."""
    found = {}
    for row in rows():
        file = ""
        for match in NAME.finditer(row[-1]):
            file = match["file"] or file
            if match["name"]:
                path = TESTS / file if "/" in file else TESTS / "language" / file
                is_meant = [one for one in names_in(path) if one.startswith(match["name"])]
                found[file, match["name"]] = is_meant
    return found


def test_every_row_tells_both_formats_and_a_test() -> None:
    assert [row for row in rows() if len(row) != 4 or not all(row) or not NAME.search(row[-1])] == []


def test_every_test_in_the_table_exists() -> None:
    assert len(named()) > 100
    assert {name: tests for name, tests in named().items() if len(tests) != 1} == {}


def test_every_test_of_the_language_is_in_the_table() -> None:
    told = {(file, test) for (file, _), tests in named().items() for test in tests}
    files = sorted(set((TESTS / "language").glob("test_*.py")) - {Path(__file__)})
    assert [(path.name, test) for path in files for test in names_in(path) if (path.name, test) not in told] == []
