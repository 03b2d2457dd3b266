from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.study.yaml_tree import YamlFault, parse_yaml

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii", exclude_categories=["Cc"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), inner),
    max_leaves=12,
)


@given(DATA)
def test_json_is_read_as_the_yaml_that_it_is(data: object) -> None:
    assert parse_yaml(json.dumps(data)).plain() == data


def test_entries_know_their_lines() -> None:
    tree = parse_yaml("a: 1\n\nb:\n  c:\n    - x\n    - y\n")
    below = tree.value["b"].value["c"]
    assert [tree.value["a"].line, tree.value["b"].line, below.line, below.value[1].line] == [1, 3, 4, 6]


def test_scalars_are_those_of_yaml_1_2_and_dates_stay_text() -> None:
    text = "[yes, true, 2026-11-20, 0x1F, 1e3, .inf, ~, '3', 3.5]"
    assert parse_yaml(text).plain() == ["yes", True, "2026-11-20", 31, 1000.0, float("inf"), None, "3", 3.5]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: 2\na: 3", 3, "key `a` is given twice"),
        ("a: 1\n? [b]\n: 2", 2, "a key must be text"),
        ("a: &b [*b]", 1, "it nests too deeply"),
        ("a: 1\nb: \x01", 2, "special characters are not allowed"),
        ("a: 1\n---\nb: 2", 2, "but found another document"),
    ],
)
def test_broken_yaml_names_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(YamlFault) as broken:
        parse_yaml(text)
    assert (broken.value.line, broken.value.message) == (line, message)
