"""References and links within the book."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compile.sample import instance, prose, resolve, study
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.model.study import Study
from resolve.told import book_of, faults, told

TABLES = "# One {#sec-one}\n\n| a |\n|---|\n| b |\n\n: A {#tbl-a}\n\n| a |\n|---|\n| b |\n\n: B {#tbl-b}\n\n"
UNNUMBERED = "## Ohne Zahl {#sec-none .unnumbered}\n\n"


def last(book: Book) -> str:
    return ast.plain_text(book.pages[-1].blocks[-1]).strip()


def targets(book: Book) -> list[str]:
    return [node["c"][2][0] for node in ast.nodes(book.pages[-1].blocks, "Link")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@tbl-a", "Tabelle\u00a01.1"),
        ("[@tbl-a]", "Tabelle\u00a01.1"),
        ("[-@tbl-a]", "1.1"),
        ("[siehe Liste @tbl-a]", "siehe Liste\u00a01.1"),
        ("[@tbl-a; @tbl-b]", "Tabelle\u00a01.1, Tabelle\u00a01.2"),
        ("[@tbl-a, links]", "Tabelle\u00a01.1, links"),
        ("@tbl-a [links]", "Tabelle\u00a01.1 links"),
        ("@sec-one", "Kapitel\u00a01"),
        ("@sec-none", "Ohne Zahl"),
        ("[-@sec-none]", "Ohne Zahl"),
        ("**@tbl-a**", "Tabelle\u00a01.1"),
    ],
)
def test_a_reference_reads_as_its_author_wants(written: str, read: str) -> None:
    book = resolve(book_of(f"{TABLES}{UNNUMBERED}{written}"))
    assert last(book) == read
    assert targets(book) and set(targets(book)) <= {
        "one.html#tbl-a",
        "one.html#tbl-b",
        "one.html#sec-one",
        "one.html#sec-none",
    }


def towns(text: str, other: str = "# Other") -> Study:
    made = [
        instance(
            f"town-{name}", prose(text, "town.md"), suffix=f"-{name}", chapter="town.md", parameters={"town": name}
        )
        for name in "ab"
    ]
    return study(*made, instance("other", prose(other, "other.md")))


def test_an_instance_means_its_own_label_and_others_name_it_in_full() -> None:
    book = resolve(towns("# Town {#sec-town}\n\n@sec-town, @sec-town-b", "# Other\n\n@sec-town-a"))
    assert [ast.plain_text(page.blocks[-1]).strip() for page in book.pages] == [
        "Kapitel\u00a01, Kapitel\u00a02", "Kapitel\u00a02, Kapitel\u00a02", "Kapitel\u00a01",
    ]  # fmt: skip


def test_references_stand_in_headings_notes_cells_and_captions() -> None:
    text = f"{TABLES}## To @tbl-a\n\nText[^n]\n\n| @tbl-a |\n|---|\n| b |\n\n: As @tbl-a\n\n[^n]: In @tbl-b."
    assert sorted(targets(resolve(book_of(text)))) == [*["one.html#tbl-a"] * 3, "one.html#tbl-b"]


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("@sec-onne", "RK320", "did you mean `sec-one`?"),
        ("@fig-zzz", "RK320", None),
        ("[@sec-one; @smith2019]", "RK328", "give each a bracket of its own"),
        ("[x](#sec-onne)", "RK324", "did you mean `sec-one`?"),
        ("[x](two.md#sec-twoo)", "RK324", "did you mean `sec-two`?"),
        ("[x](twoo.md)", "RK323", "did you mean `two.md`?"),
        ("[x](data/a.csv)", "RK323", None),
    ],
)
def test_what_leads_nowhere_is_told_at_its_line(text: str, code: str, hint: str | None) -> None:
    (fault,) = faults(book_of(f"# One {{#sec-one}}\n\n{text}", "# Two {#sec-two}"))
    assert (fault.code, str(fault.location), fault.hint) == (code, "one.md:3", hint)


def test_an_unqualified_label_of_several_instances_is_told_with_the_candidates() -> None:
    (fault,) = faults(towns("# Town {#sec-town}", "# Other\n\nSee @sec-town."))
    assert (fault.code, str(fault.location)) == ("RK321", "other.md:3")
    assert fault.hint == "say which one: `sec-town-a`, `sec-town-b`"


def test_a_fault_of_a_shared_chapter_names_the_instance() -> None:
    assert told(towns("# Town\n\nSee @sec-no.")) == [("RK320", "town.md:3 (town=a)"), ("RK320", "town.md:3 (town=b)")]


def test_a_link_to_a_chapter_that_became_several_is_told() -> None:
    (fault,) = faults(towns("# Town", "# Other\n\n[x](town.md)"))
    assert (fault.code, fault.hint) == ("RK323", "say which one by a label: it is `town-a`, `town-b`")


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("[x](#sec-two)", "two.html#sec-two"),
        ("[x](#here)", "one.html#here"),
        ("[x](two.md)", "two.html"),
        ("[x](two.md#sec-two)", "two.html#sec-two"),
        ("[x](https://example.org/a.md#b)", "https://example.org/a.md#b"),
        ("<a@example.org>", "mailto:a@example.org"),
    ],
)
def test_links_lead_to_pages_or_out_of_the_book(written: str, target: str) -> None:
    book = resolve(book_of(f"# One\n\n[a]{{#here}}\n\n{written}", "# Two {#sec-two}"))
    assert [node["c"][2][0] for node in ast.nodes(book.pages[0].blocks, "Link")] == [target]


def test_a_file_with_umlauts_and_spaces_is_found_from_its_folder() -> None:
    there = instance("über uns", prose("# Two"), chapter="texte/über uns.md")
    here = instance("one", prose("# One\n\n[x](<über uns.md>)"), chapter="texte/one.md")
    assert [node["c"][2][0] for node in ast.nodes(resolve(study(here, there)).pages[0].blocks, "Link")] == [
        "über uns.html"
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@sec-one", "Kapitel\u00a01 in der vollständigen Ausgabe"),
        ("[-@sec-one]", "1 in der vollständigen Ausgabe"),
        ("[siehe @sec-one]", "siehe\u00a01 in der vollständigen Ausgabe"),
        ("[dort](one.md)", "dort"),
    ],
)
def test_what_leads_to_a_page_left_out_is_text(written: str, read: str) -> None:
    book = resolve(book_of("# One {#sec-one}", f"# Two\n\n{written}"), only=frozenset({"two"}))
    assert (last(book), targets(book)) == (read, [])


labels = st.sampled_from(["sec-a", "sec-b", "tbl-a", "fig-a"])


@settings(max_examples=25, deadline=None)
@given(defined=st.sets(labels), used=st.lists(labels, min_size=1, max_size=4, unique=True))
def test_every_reference_resolves_or_is_told(defined: set[str], used: list[str]) -> None:
    headings = "".join(f"## X {{#{label}}}\n\n" for label in sorted(defined) if label.startswith("sec-"))
    table = "| a |\n|---|\n| b |\n\n: T {#tbl-a}\n\n" if "tbl-a" in defined else ""
    made = book_of(f"# One\n\n{headings}{table}{' and '.join(f'@{label}' for label in used)}")
    missing = [label for label in used if label not in defined or label == "fig-a"]

    found = faults(made)

    assert [fault.message for fault in found] == [f"there is no label `{label}`" for label in missing]
    if not found:
        book = resolve(made)
        assert targets(book) == [f"one.html#{label}" for label in used]
        assert not list(ast.nodes(book.pages[0].blocks, "Cite"))
