"""Labels, numbers, references and outputs over a whole book."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compile.sample import figure, instance, prose, resolve, study, svg_result
from reportkit.errors import ResolveError
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.model.study import Code, Line

TOWN = "# Town {#sec-town}\n\n## Past {#sec-past}\n\nSee @fig-a, [-@fig-a], [Bild @fig-a] and @sec-past."


def texts(book: Book) -> list[str]:
    return [ast.plain_text(page.blocks) for page in book.pages]


def links(book: Book) -> set[str]:
    return {str(node["c"][2][0]) for page in book.pages for node in ast.nodes(page.blocks, "Link")}


def town(name: str) -> Book:
    return resolve(study(instance("town-a", prose(TOWN), figure("fig-a"), suffix="-a")), {"town-a": svg_result(1)})


def test_a_label_within_an_instance_is_its_own_and_public_with_its_suffix() -> None:
    book = town("a")

    assert "See Abbildung\u00a01.1, 1.1, Bild\u00a01.1 and Abschnitt\u00a01.1." in texts(book)[0]
    assert links(book) == {"town-a.html#fig-a-a", "town-a.html#sec-past-a"}
    assert list(book.assets) == ["figures/fig-a-a.svg"]
    assert [(one.label, one.number, one.page) for one in book.floats] == [("fig-a-a", "1.1", "town-a")]


def test_a_figure_has_its_caption_label_and_its_alternative_text() -> None:
    (found,) = ast.nodes(town("a").pages[0].blocks, "Figure")
    (image,) = ast.nodes(found, "Image")

    assert ast.plain_text(found["c"][1]).strip() == "Abbildung\u00a01.1: A figure"
    assert ast.plain_text(image["c"][1]) == "A blue box"


def test_chapters_appendices_and_unnumbered_chapters_are_numbered_as_the_book_has_them() -> None:
    book = resolve(
        study(
            instance("index", prose("# Preface {.unnumbered}\n\n## Thanks\n")),
            instance("one", prose("# One\n\n## First\n\n### Deep\n\n#### Deeper\n\n## Second\n")),
            instance("two", prose("# Two\n")),
            instance("data", prose("# Data\n\n## Source\n"), appendix=True),
        )
    )
    numbers = [[heading.number for heading in page.headings] for page in book.pages]
    assert numbers == [[None, None], ["1", "1.1", "1.1.1", None, "1.2"], ["2"], ["A", "A.1"]]


def test_a_reference_to_a_page_left_out_becomes_text_with_the_number_of_the_whole_book() -> None:
    first = instance("one", prose("# One {#sec-one}\n"))
    second = instance("two", prose("# Two\n\nSee @sec-one.\n"))

    book = resolve(study(first, second), only=frozenset({"two"}))

    assert "See Kapitel\u00a01 in der vollständigen Ausgabe." in texts(book)[0]
    assert links(book) == set()


def test_a_division_may_span_cells_and_a_footnote_be_defined_in_a_later_one() -> None:
    cells = [prose("# One\n\n::: note\n\nBegin.[^a]"), prose("End.\n\n:::\n\n[^a]: The note.")]
    (page,) = resolve(study(instance("one", *cells))).pages

    (division,) = [node for node in ast.nodes(page.blocks, "Div") if ast.has_class(node, "note")]
    assert ast.plain_text(division).split() == ["Begin.", "End."]
    assert [ast.plain_text(note["c"]).strip() for note in ast.nodes(page.blocks, "Note")] == ["The note."]


def test_links_to_chapter_files_lead_to_pages() -> None:
    first, second = prose("# One\n\n[there](two.md#sec-x), [here](#one)\n"), prose("# Two {#sec-x}\n")
    book = resolve(study(instance("one", first), instance("two", second)))
    assert links(book) == {"two.html#sec-x", "one.html#one"}


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("# A\n\nSee @fig-none.", "RK320", None),
        ("# A {#sec-a}\n\nSee @sec-aa.", "RK320", "did you mean `sec-a`?"),
        ("# A\n\n[x](none.md)", "RK323", None),
        ("# A\n\n![](x.png)", "RK330", None),
    ],
)
def test_a_fault_is_told_at_its_line(text: str, code: str, hint: str | None) -> None:
    with pytest.raises(ResolveError) as caught:
        resolve(study(instance("one", prose(text, "one.md"))))
    fault = next(found for found in caught.value.diagnostics if found.code == code)
    assert fault.location is not None and fault.location.line == 3
    assert hint is None or fault.hint == hint


def test_a_table_of_data_frames_becomes_a_table() -> None:
    from reportkit.model.execution import Output, Result, Trace

    html = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    code = Code((Line("t", "one.md", 1),), {"label": "tbl-a", "tbl-cap": "Numbers", "echo": False})
    result = Result({1: (Output("display", {"text/html": html, "text/plain": "x"}),)}, {}, Trace({}, {}, None))

    (page,) = resolve(study(instance("one", prose("# One"), code)), {"one": result}).pages

    (table,) = ast.nodes(page.blocks, "Table")
    assert ast.identifier(table) == "tbl-a"
    assert ast.plain_text(table).split() == ["Tabelle", "1.1:", "Numbers", "a", "1"]


words = st.text("abcxyz", min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(suffixes=st.lists(words, min_size=1, max_size=4, unique=True), labels=st.lists(words, max_size=3, unique=True))
def test_labels_are_unique_over_any_fan_out_and_every_reference_resolves(
    suffixes: list[str], labels: list[str]
) -> None:
    text = "\n\n".join(["# Town", *(f"## {label} {{#sec-{label}}}\n\nSee @sec-{label}." for label in labels)])
    book = resolve(study(*(instance(f"town-{s}", prose(text), suffix=f"-{s}") for s in suffixes)))

    ids = [ast.identifier(node) for page in book.pages for node in ast.nodes(page.blocks, "Header")]
    public = [found for found in ids if re.match("sec-", found)]
    assert len(public) == len(set(public)) == len(suffixes) * len(labels)
    assert links(book) == {f"town-{s}.html#sec-{label}-{s}" for s in suffixes for label in labels}
    assert not list(ast.nodes([page.blocks for page in book.pages], "Cite"))


def test_a_part_of_the_book_is_named_after_its_case() -> None:
    made = study(
        instance("town-a", prose("# Town A\n"), parameters={"town": "a"}, suffix="-a"),
        instance("town-b", prose("# Town B\n"), parameters={"town": "b"}, suffix="-b"),
        instance("references", prose("# References\n\n::: {#refs}\n:::\n")),
    )
    assert resolve(made).title == "Zwei #Städte"
    assert resolve(made, only=frozenset({"town-b", "references"})).title == "Zwei #Städte – Town B"
