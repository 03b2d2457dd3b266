"""Numbers: chapters, sections, figures, tables, formulas, listings, counted once over the book."""

from __future__ import annotations

from compile.sample import figure, instance, lines, prose, read, resolve, study, svg_result
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.model.study import Code
from reportkit.model.terms import load_terms
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.numbers import number_chapters
from resolve.told import book_of


def numbers(text: str) -> list[str | None]:
    return [heading.number for heading in resolve(book_of(text)).pages[0].headings]


def captions(book: Book) -> list[str]:
    labels = (
        node for page in book.pages for node in ast.nodes(page.blocks, "Span") if ast.has_class(node, "caption-label")
    )
    return [ast.plain_text(node) for node in labels]


def test_sections_within_an_unnumbered_one_have_no_number() -> None:
    text = "# A\n\n## B\n\n## C {.unnumbered}\n\n### D\n\n## E\n\n### F"
    assert numbers(text) == ["1", "1.1", None, None, "1.2", "1.2.1"]


def test_a_heading_tells_its_number_in_a_span_before_its_title() -> None:
    header = next(ast.nodes(resolve(book_of("# A\n\n## B")).pages[0].blocks[1:], "Header"))
    number, space, *title = header["c"][2]
    assert (number["c"][0][1], ast.plain_text(number), space["t"]) == (["header-section-number"], "1.1", "Space")
    assert ast.plain_text(title) == "B"


def test_an_appendix_fanned_out_over_more_than_the_alphabet_goes_on_with_two_letters() -> None:
    chapters = [Chapter(instance(f"a{number}", appendix=True), read("# A"), None) for number in range(28)]
    found = [one.number for one in number_chapters(chapters, load_terms("de"), 3)]
    assert [*found[:2], *found[25:]] == ["A", "B", "Z", "AA", "AB"]


def test_each_kind_is_counted_by_itself_in_each_chapter_in_reading_order() -> None:
    table = "| a |\n|---|\n| b |\n\n: Table {#tbl-%s}\n\n"
    one = instance("one", prose("# One\n\n" + table % "a"), figure("fig-a"), prose(table % "b"))
    two = instance("two", prose("# Two\n\n" + table % "c"))
    preface = instance("index", prose("# Preface {.unnumbered}"), figure("fig-p"))

    book = resolve(study(preface, one, two), {"one": svg_result(1), "index": svg_result(1)})

    assert [(found.label, found.number) for found in book.floats] == [
        ("fig-p", "1"), ("tbl-a", "1.1"), ("fig-a", "1.1"), ("tbl-b", "1.2"), ("tbl-c", "2.1"),
    ]  # fmt: skip
    assert captions(book)[:2] == ["Abbildung\u00a01: ", "Tabelle\u00a01.1: "]


def test_a_caption_label_without_a_caption_ends_with_its_number() -> None:
    shown = Code(lines("draw()", "one.md"), {"label": "fig-a", "fig-alt": "What", "echo": False})
    assert captions(resolve(study(instance("one", prose("# A"), shown)), {"one": svg_result(1)})) == [
        "Abbildung\u00a01.1"
    ]


def test_a_formula_carries_its_number_behind_and_is_referred_to_by_it() -> None:
    (page,) = resolve(book_of("# A\n\n$$a$$ {#eq-a}\n\n$$b$$\n\nSee @eq-a.")).pages
    assert ast.plain_text(page.blocks) == "1 A\na\u00a0(1.1)\nb\nSee Gleichung\u00a01.1.\n"


def test_a_listing_carries_its_number_in_its_caption() -> None:
    code = Code(lines("x = 1", "one.md"), {"label": "lst-a", "lst-cap": "From a *cell*"})
    written = prose('# A\n\n``` {#lst-b .python lst-cap="From text"}\ny = 2\n```\n\n@lst-a, @lst-b')
    (page,) = resolve(study(instance("one", code, written))).pages

    assert [ast.plain_text(node["c"][1][0]).strip() for node in ast.nodes(page.blocks, "Div")] == [
        "Listing\u00a01.1: From a cell",
        "Listing\u00a01.2: From text",
    ]
    assert ast.plain_text(page.blocks[-1]) == "Listing\u00a01.1, Listing\u00a01.2\n"


def test_figures_and_tables_without_a_label_are_not_counted() -> None:
    book = resolve(book_of("# A\n\n| a |\n|---|\n| b |\n\n: Table"))
    assert (book.floats, captions(book)) == ((), [])


def test_a_chapter_without_numbers_is_left_as_it_is() -> None:
    one = Chapter(instance("one"), read("# A {.unnumbered}\n\nText\n\n- item[^n]\n\n[^n]: Note"), None)
    (done,) = number_chapters([one], load_terms("de"), 3)
    assert (done.chapter, done.number, done.floats) == (one, None, ())
