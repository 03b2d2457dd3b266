"""Labels: public form, clashes, identifiers unique within their page."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compile.sample import figure, instance, prose, read, resolve, study, svg_result
from reportkit.model import ast
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.labels import publish_labels
from resolve.told import book_of, faults, told

PICTURES = svg_result(1, 2)


def chapter(text: str, suffix: str = "") -> Chapter:
    return Chapter(instance("one", prose(text), suffix=suffix), read(text), None)


def test_without_a_suffix_labels_stay_as_they_are() -> None:
    one = chapter("# One {#sec-one}\n\n[a]{#b}\n\n: Table {#tbl-a}\n\n| a |\n|---|\n| b |\n")
    assert publish_labels(one) == (one, [])


def test_every_identifier_of_an_instance_takes_its_suffix() -> None:
    done, _ = publish_labels(chapter("# One {#sec-one}\n\n## Two\n\n[a]{#b}\n\n::: {#refs}\n:::", "-hagen"))
    assert [ast.identifier(node) for node in ast.nodes(done.blocks) if ast.identifier(node)] == [
        "sec-one-hagen",
        "two-hagen",
        "b-hagen",
        "refs",
    ]


def test_identifiers_that_stand_twice_in_a_page_are_told_apart() -> None:
    done, faults = publish_labels(chapter("# A {#a}\n\n## B {#a}\n\n### C {#a-2}\n\n#### D {#a}"))
    assert [ast.identifier(node) for node in ast.nodes(done.blocks, "Header")] == ["a", "a-2", "a-2-2", "a-3"]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[text]{#fig-a}", "a figure with a caption"),
        ("`x`{#fig-a}", "a figure with a caption"),
        ("## A {#fig-a}", "a figure with a caption"),
        ("::: {#tbl-a}\nText\n:::", "a table"),
        ("::: {#sec-a}\nText\n:::", "a heading"),
        ("``` {#lst-a}\nx\n```", "code with `lst-cap`"),
        ("## A {#eq-a}", "a formula between `$$`"),
    ],
)
def test_a_label_on_something_else_is_told(text: str, what: str) -> None:
    (fault,) = (fault for fault in faults(book_of(f"# One\n\n{text}")) if fault.code == "RK325")
    assert fault.message.endswith(f"does not name {what}")
    assert str(fault.location) == "one.md:3"


def test_a_label_used_twice_is_told_with_both_places() -> None:
    (fault,) = faults(book_of("# One {#sec-a}", "# Two\n\nSee @sec-a.\n\n## Again {#sec-a}"))
    assert (fault.code, str(fault.location)) == ("RK322", "two.md:5")
    assert fault.hint == "it stands in one.md:1 too; labels are unique over the book"


def test_a_label_used_twice_in_one_chapter_is_told_at_its_second_place() -> None:
    assert told(book_of("# One\n\n## A {#sec-a}\n\n## B {.wide #sec-a}")) == [("RK322", "one.md:5")]


def test_two_cells_of_one_label_are_told() -> None:
    made = study(instance("one", prose("# One"), figure("fig-a"), figure("fig-a")))
    assert [code for code, _ in told(made, {"one": PICTURES})] == ["RK322"]


def test_an_instance_whose_suffix_makes_another_ones_label_is_told() -> None:
    made = study(
        instance("town-b", prose("# Town {#sec-town}"), suffix="-b"),
        instance("other", prose("# Other {#sec-town-b}", "other.md")),
    )
    assert told(made) == [("RK322", "other.md:1")]


words = st.text("abc", min_size=1, max_size=3)


@settings(max_examples=25, deadline=None)
@given(suffixes=st.lists(words, min_size=1, max_size=3, unique=True), names=st.lists(words, min_size=1, max_size=5))
def test_identifiers_are_unique_in_their_page_over_any_fan_out(suffixes: list[str], names: list[str]) -> None:
    text = "\n\n".join(["# Town", *(f"## {name}\n\n[x]{{#{name}}}" for name in names)])
    book = resolve(study(*(instance(f"town-{suffix}", prose(text), suffix=f"-{suffix}") for suffix in suffixes)))
    for page in book.pages:
        found = Counter(ast.identifier(node) for node in ast.nodes(page.blocks) if ast.identifier(node))
        assert set(found.values()) == {1}
