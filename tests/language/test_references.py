"""References as Quarto writes them: within a bracket, at the beginning of a sentence, to sections and appendices."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from lxml import html

from compile.sample import SVG, instance, lines, prose, resolve, study
from language.made import Made
from language.test_conditions import loaded
from reportkit.compile import compile_book
from reportkit.errors import ResolveError, StudyError
from reportkit.model import ast
from reportkit.model.study import EditionSpec, Prose
from reportkit.process import run_pandoc
from reportkit.resolve.numbers import styled
from resolve.told import faults

TABLE = "| a |\n|---|\n| 1 |\n\n: T {#tbl-x}\n"
ENGLISH = (EditionSpec("en", "T"),)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("written", "links", "said"),
    [
        ("@fig-x", ["Figure 1.1"], "Figure 1.1"),
        ("@Fig-x", ["Figure 1.1"], "Figure 1.1"),
        ("[@fig-x]", ["Figure 1.1"], "Figure 1.1"),
        ("[-@fig-x]", ["1.1"], "1.1"),
        ("[Picture @fig-x]", ["Picture 1.1"], "Picture 1.1"),
        ("[@fig-x; @tbl-x]", ["Figure 1.1", "Table 1.1"], "Figure 1.1, Table 1.1"),
        ("[see @fig-x, left; -@tbl-x]", ["see 1.1", "1.1"], "see 1.1, left, 1.1"),
    ],
)
def test_a_reference_in_all_its_forms(root: Path, written: str, links: list[str], said: str) -> None:
    made = Made(f"# One\n\n![A](a.svg){{#fig-x}}\n\n{TABLE}\n\nNow {written}.", root=root, editions=ENGLISH)
    assert made.texts("//p/a") == links
    assert made.texts("//p")[-1] == f"Now {said}." and f"Now {said}." in made.print()
    assert made.tags().count("/Link") == len(links) + 3  # those of the contents


def test_a_reference_that_begins_a_sentence_has_a_capital(root: Path) -> None:
    own = {"crossref": {"fig-prefix": "fig."}}
    made = Made("# One\n\n![A](a.svg){#fig-x}\n\n@Fig-x, @fig-x", root=root, editions=ENGLISH, options=own)
    assert made.texts("//p/a") == ["Fig. 1.1", "fig. 1.1"] and "Fig. 1.1, fig. 1.1" in made.print()


def test_an_unknown_reference_with_a_capital_is_told(root: Path) -> None:
    with pytest.raises(ResolveError) as caught:
        Made("# One\n\n![A](a.svg){#fig-pond}\n\n@Fig-pnod", root=root)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.location and fault.location.line, fault.hint) == ("RK320", 5, "did you mean `fig-pond`?")


def test_each_place_of_an_unknown_reference_is_told() -> None:
    with pytest.raises(ResolveError) as caught:
        Made("# One\n\n@fig-x\n\nText.\n\n[-@fig-x], @fig-x")
    assert [(fault.code, str(fault.location)) for fault in caught.value.diagnostics] == [
        ("RK320", "index.md:3"),
        ("RK320", "index.md:7"),
    ]


def test_a_plain_book_shows_what_leads_nowhere() -> None:
    text = "A @Fig-x, [-@tbl-y], `var nope`{.shortcode}, `meta nope.x`{.shortcode}, [a link](nope.qmd)."
    made = Made(f"# One\n\n{text}", is_plain=True)
    said = "A ?@Fig-x, ?@tbl-y, ?var:nope, ?meta:nope.x, a link."
    assert made.texts("//main/p") == [said] and said in made.print()


@pytest.mark.parametrize(
    ("mistake", "code", "hint"),
    [
        ("[@smth2019, p. 3]", "RK301", "did you mean `smith2019`?"),
        ("[there](#sec-on)", "RK324", "did you mean `sec-one`?"),
        ("[there](ones.md)", "RK323", "did you mean `one.md`?"),
        ("`var nmae`{.shortcode}", "RK338", "did you mean `name`?"),
        ('[x]{.content-visible when-format="htm"}', "RK337", "did you mean `html`?"),
        ("::: {.callout-nte}\nx\n:::", "RK340", "did you mean `callout-note`?"),
    ],
)
def test_each_place_of_a_mistake_is_told(tmp_path: Path, mistake: str, code: str, hint: str) -> None:
    (tmp_path / "a.bib").write_text("@book{smith2019, author = {Smith, A}, title = {T}, year = 2019}")
    included = Prose(lines(f"{mistake}\n\n@fig-none", "_part.md"))
    chapter = instance("one", prose(f"# One {{#sec-one}}\n\n{mistake}\n\n", "one.md"), included)
    found = faults(study(chapter, root=tmp_path, bibliographies=("a.bib",), variables={"name": "x"}))
    assert [(fault.code, str(fault.location), fault.hint) for fault in found if fault.code != "RK320"] == [
        (code, "one.md:3", hint),
        (code, "_part.md:1", hint),
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Chapter 1, Section 1.1, Chapter 2, Appendix A, Section A.1, Appendix B, Free, Within"),
        ("de", "Kapitel 1, Abschnitt 1.1, Kapitel 2, Anhang A, Abschnitt A.1, Anhang B, Free, Within"),
    ],
)
def test_chapters_sections_and_appendices_have_their_words(language: str, said: str) -> None:
    named = ["one", "one-b", "two", "a", "a-b", "b", "free", "within"]
    chapters = [
        instance("one", prose(f"# One {{#sec-one}}\n\n## B {{#sec-one-b}}\n\n{', '.join(f'@sec-{n}' for n in named)}")),
        instance("free", prose("# Free {.unnumbered #sec-free}\n\n## Within {#sec-within}\n"), part="P"),
        instance("two", prose("# Two {#sec-two}"), part="P"),
        instance("a", prose("# First {#sec-a}\n\n## B {#sec-a-b}\n"), appendix=True),
        instance("b", prose("# Second {#sec-b}"), appendix=True),
    ]
    book = resolve(study(*chapters, editions=(EditionSpec(language, "T"),)))
    assert ast.plain_text(book.pages[0].blocks[-1]).replace("\u00a0", " ").strip() == said
    assert [page.number for page in book.pages] == ["1", None, "2", "A", "B"]


FIGURES = "".join(f"![{name}](a.svg){{#fig-{name}}}\n\n" for name in "abc")


@pytest.mark.parametrize(
    ("crossref", "numbers"),
    [
        ({}, ["1.1", "1.2", "1.3"]),
        ({"chapters": True, "fig-labels": "arabic"}, ["1.1", "1.2", "1.3"]),
        ({"fig-labels": "alpha a"}, ["1.a", "1.b", "1.c"]),
        ({"labels": "alpha X"}, ["1.X", "1.Y", "1.Z"]),
        ({"labels": "alpha a", "fig-labels": "roman i"}, ["1.i", "1.ii", "1.iii"]),
        ({"fig-labels": "roman I"}, ["1.I", "1.II", "1.III"]),
        ({"chapters": False}, ["1", "2", "3"]),
    ],
)
def test_numbers_look_as_the_book_says(root: Path, crossref: dict[str, object], numbers: list[str]) -> None:
    made = Made(f"# One\n\n{FIGURES}\n\n@fig-c", root=root, options={"crossref": crossref})
    assert [found.number for found in made.book.floats] == numbers
    assert made.texts("//figcaption") == [
        f"Abbildung {number}: {name}" for number, name in zip(numbers, "abc", strict=True)
    ]
    assert made.texts("//p/a") == [f"Abbildung {numbers[2]}"] and f"Abbildung {numbers[2]}: c" in made.print()


@pytest.mark.parametrize(
    ("number", "style", "said"),
    [
        (4, "roman i", "iv"),
        (9, "roman I", "IX"),
        (14, "roman i", "xiv"),
        (49, "roman I", "XLIX"),
        (27, "alpha a", "aa"),
    ],
)
def test_a_number_in_a_style(number: int, style: str, said: str) -> None:
    assert styled(number, style) == said


def test_figures_are_counted_over_the_book_if_it_says_so(root: Path) -> None:
    chapters = [instance(name, prose(f"# T\n\n![A](a.svg){{#fig-{name}}}")) for name in ("one", "two")]
    book = resolve(study(*chapters, root=root, options={"crossref": {"chapters": False}}))
    assert [found.number for found in book.floats] == ["1", "2"]


def test_parts_are_counted_as_the_book_says(root: Path) -> None:
    text = f"# One\n\n::: {{#fig-x}}\n{FIGURES}Whole\n:::\n\n@fig-b"
    made = Made(text, root=root, options={"crossref": {"subref-labels": "roman i"}})
    assert made.texts("//figure//figure/figcaption") == ["(i) a", "(ii) b", "(iii) c"]
    assert made.texts("//p/a") == ["Abbildung 1.1 (ii)"] and "(iii) c" in made.print()


def test_references_are_no_links_if_the_book_says_so(root: Path) -> None:
    text = "# One {#sec-one}\n\n![A](a.svg){#fig-x}\n\n@fig-x, [one](#sec-one)"
    made = Made(text, root=root, options={"crossref": {"ref-hyperlink": False}})
    assert made.texts("//p/a") == ["one"] and "Abbildung 1.1, one" in made.print()


def test_lists_and_appendices_have_the_book_s_own_words(root: Path) -> None:
    own = {"lof-title": "Bilder", "lot-title": "Tafeln", "appendix-title": "Zusatz"}
    text = f"# One {{#sec-one}}\n\n![A](a.svg){{#fig-x}}\n\n{TABLE}\n\n@sec-one"
    book = resolve(study(instance("one", prose(text), appendix=True), root=root, options={"crossref": own}))
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    document = pypdfium2.PdfDocument(pdf)
    said = document[2].get_textpage().get_text_bounded().split("\r\n")
    document.close()
    assert {"Bilder", "Tafeln"} <= set(said)
    assert ast.plain_text(book.pages[0].blocks[-1]).strip() == "Zusatz\u00a0A"


@pytest.mark.parametrize(
    ("key", "code", "hint"),
    [("fig-labels: alhpa a", "RK103", None), ("fig-lables: arabic", "RK102", "did you mean `fig-labels`?")],
)
def test_a_mistake_in_these_options_is_told(tmp_path: Path, key: str, code: str, hint: str | None) -> None:
    with pytest.raises(StudyError) as caught:
        loaded(tmp_path, "# One\n", f"crossref:\n  {key}\nreportkit: {{}}\n")
    (fault,) = caught.value.diagnostics
    assert (fault.code, str(fault.location), fault.hint) == (code, "_quarto.yml:5", hint)


def test_lists_say_what_references_in_headings_and_captions_say(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    exercise = "::: {#exr-x}\nDo.\n:::"
    made = Made(f"# One\n\n{exercise}\n\n## To @exr-x {{#sec-t}}\n\n![As in @sec-t](a.svg){{#fig-x}}", root=tmp_path)
    (page,) = made.book.pages
    assert [heading.title for heading in page.headings] == ["One", "To Aufgabe\u00a01.1"]
    assert [found.caption for found in made.book.floats] == ["As in Abschnitt\u00a01.1"]
    assert made.texts("//h2") == ["1.1 To Aufgabe 1.1"]
    whole = compile_book(made.book, "html", run_pandoc)["one.html"].decode()
    assert html.fromstring(whole).xpath("//nav//li//a[@href='#sec-t']/text()")[0] == "To Aufgabe\u00a01.1"
