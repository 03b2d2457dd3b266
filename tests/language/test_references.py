"""References as Quarto writes them: within a bracket, at the beginning of a sentence, to sections and appendices."""

from __future__ import annotations

from pathlib import Path

import pytest

from compile.sample import SVG, instance, prose, resolve, study
from language.made import Made
from reportkit.errors import ResolveError
from reportkit.model import ast
from reportkit.model.study import EditionSpec

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
