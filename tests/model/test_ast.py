"""Walks over pandoc's tree: what they change, what they leave."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compile.sample import read
from reportkit.model import ast
from reportkit.model.book import Node

EVERYTHING = """# Title {#a .b c=d}

One *two* [three](x.md) "four" $x$ `five`[^n] [@key, 3].

- item
- [x]{.y}

| A | B |
|---|--:|
| 1 | 2 |

: Caption {#tbl-a}

![Figure](a.svg){#fig-a}

Term
:   Definition

[^n]: Note.
"""


def test_a_change_that_changes_nothing_leaves_the_tree_as_it_is() -> None:
    blocks = read(EVERYTHING)
    assert ast.rewrite(blocks, lambda node: node) == blocks


@pytest.mark.parametrize("passes", [0, 1])
@pytest.mark.parametrize(
    "kind", ["Str", "Para", "Plain", "Emph", "Note", "Link", "Div", "Header", "Table", "AlignRight", "NormalCitation"]
)
def test_a_walk_for_one_kind_meets_the_nodes_that_a_walk_for_all_meets(kind: str, passes: int) -> None:
    blocks = read(EVERYTHING)
    for _ in range(passes):
        # From the first walk on blocks remember what they hold.
        blocks = ast.rewrite(blocks, lambda node: node)
    every: list[Node] = []
    chosen: list[Node] = []

    ast.rewrite(blocks, lambda node: every.append(node) or node)
    ast.rewrite(blocks, lambda node: chosen.append(node) or node, kind)

    of_kind = [node for node in every if node["t"] == kind]
    assert chosen == of_kind
    assert [node["t"] for node in ast.nodes(blocks, kind)] == [kind] * len(of_kind)
    assert sorted(map(str, ast.nodes(blocks, kind))) == sorted(map(str, of_kind))


def test_what_holds_nothing_that_changed_is_the_same_object() -> None:
    blocks = ast.rewrite(read("one\n\n*two*\n\nthree"), lambda node: node)
    changed = ast.rewrite(blocks, lambda node: {"t": "Strong", "c": node["c"]}, "Emph")
    assert [new is old for new, old in zip(changed, blocks, strict=True)] == [True, False, True]
    assert blocks == read("one\n\n*two*\n\nthree")


def test_what_a_block_remembers_is_what_it_holds_after_a_change() -> None:
    blocks = ast.rewrite(read("> *one* two\n\n- three"), lambda node: node)
    before = [len(list(ast.nodes(blocks, kind))) for kind in ("Emph", "Strong")], ast.document(blocks)

    changed = ast.rewrite(blocks, lambda node: {"t": "Strong", "c": node["c"]}, "Emph")

    assert [len(list(ast.nodes(changed, kind))) for kind in ("Emph", "Strong")] == [0, 1]
    assert json.loads(ast.document(changed))["blocks"] == changed
    assert ([len(list(ast.nodes(blocks, kind))) for kind in ("Emph", "Strong")], ast.document(blocks)) == before


def test_nodes_are_changed_innermost_first_and_a_list_takes_its_place() -> None:
    seen: list[str] = []

    def change(node: Node) -> Node | list[Node]:
        seen.append(node["t"])
        return [ast.word("a"), ast.word("b")] if node["t"] == "Emph" else node

    changed = ast.rewrite(read("x *y* z"), change)

    assert seen == ["Str", "Space", "Str", "Emph", "Space", "Str", "Para"]
    assert ast.plain_text(changed) == "x ab z\n"


def test_nodes_are_found_in_the_order_of_the_document() -> None:
    found = [node["t"] for node in ast.nodes(read(EVERYTHING), "Header", "Note", "Image", "Table", "Link")]
    assert found == ["Header", "Link", "Note", "Table", "Image"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("a *b* `c` $d$", "a b c d\n"),
        ("a\nb\\\nc", "a b c\n"),
        ("a[^n]\n\n[^n]: note", "a\n"),
        ("a <b>c</b>", "a c\n"),
        ("[a](b.md) ![c](d.svg)", "a c\n"),
        ("[vgl. @key, 3]", "[vgl. @key, 3]\n"),
    ],
)
def test_plain_text_is_what_a_reader_reads(markdown: str, text: str) -> None:
    assert ast.plain_text(read(markdown)) == text


@given(st.text("a1 \n\u00a0\u202f\t", max_size=12))
def test_text_as_inlines_reads_the_same_and_breaks_at_spaces_only(text: str) -> None:
    inlines = ast.text_inlines(text)

    assert ast.plain_text(inlines).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(" " not in node["c"] for node in inlines if node["t"] == "Str")
    assert all(before["t"] != after["t"] for before, after in pairwise(inlines))


@pytest.mark.parametrize("kind", ["Header", "Link", "Table", "Figure"])
def test_attributes_are_found_on_every_kind_of_node_that_has_them(kind: str) -> None:
    node = next(ast.nodes(read(EVERYTHING), kind))
    changed = ast.with_attributes(node, ["id", ["wide"], [["k", "v"]]])

    assert (ast.identifier(changed), ast.has_class(changed, "wide"), ast.attribute(changed, "k")) == ("id", True, "v")
    assert ast.with_attributes(changed, ast.attributes(node) or []) == node


def test_a_node_without_attributes_has_no_identifier() -> None:
    assert (ast.identifier(ast.word("a")), ast.attribute(ast.word("a"), "k")) == ("", None)


def test_an_attribute_is_taken_off_a_node() -> None:
    made: Any = ast.span([ast.word("a")], "b", k="v", other="w")
    assert ast.take_attribute(made, "k") == ("v", ast.span([ast.word("a")], "b", other="w"))
    assert ast.take_attribute(made, "none") == (None, made)
