"""Theorems, tabs, margin notes, formulas, code, lists."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from lxml import html

from compile.sample import SVG, instance, prose, resolve, study
from language.made import Made, code, shown, squeezed
from reportkit.compile import compile_book
from reportkit.model import ast
from reportkit.model.execution import Execution
from reportkit.model.study import EditionSpec
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition
from study.test_cells import cells_of

ENGLISH = (EditionSpec("en", "T"),)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("thm", "Theorem"), ("lem", "Lemma"), ("cor", "Corollary"), ("prp", "Proposition"), ("cnj", "Conjecture"),
        ("def", "Definition"), ("exm", "Example"), ("exr", "Exercise"),
    ],
)  # fmt: skip
def test_a_theorem_is_numbered_named_and_referred_to(kind: str, word: str) -> None:
    made = Made(f"# One\n\n::: {{#{kind}-x}}\n## Line\n\nIt holds.\n:::\n\nSee @{kind}-x.", editions=ENGLISH)
    assert made.texts(f'//div[@id="{kind}-x"]/p') == [f"{word} 1.1 (Line) It holds."]
    assert made.texts("//p/a") == [f"{word} 1.1"]
    assert f"{word} 1.1 (Line) It holds. See {word} 1.1." in made.print()
    assert "/H2" not in made.tags()


def test_a_theorem_may_be_named_by_an_attribute() -> None:
    made = Made('# One\n\n::: {#thm-x name="Of *lines*"}\nIt holds.\n:::')
    assert made.texts('//div[@id="thm-x"]/p') == ["Satz 1.1 (Of lines) It holds."]
    assert "Satz 1.1 (Of lines) It holds." in made.print()


@pytest.mark.parametrize(("kind", "word"), [("proof", "Beweis"), ("remark", "Bemerkung"), ("solution", "Lösung")])
def test_a_proof_begins_with_its_word(kind: str, word: str) -> None:
    made = Made(f"# One\n\n::: {{.{kind}}}\nBecause.\n:::")
    assert made.texts('//div[contains(@class, "proof")]/p') == [f"{word}. Because."]
    assert f"{word}. Because." in made.print()


def test_tabs_stand_one_below_the_other_and_are_no_sections() -> None:
    made = Made("# One\n\n::: {.panel-tabset group=lang}\n## *Py*\n\nA\n\n### Deeper\n\n## R\n\nB\n:::")
    assert made.texts('//div[@class="tabset"]/div[@class="tab"]/div[@class="box-title"]') == ["Py", "R"]
    assert made.texts('//div[@class="tab"][1]/p') == ["A"] and made.texts("//div/@data-group") == ["lang"]
    assert [heading.level for heading in made.book.pages[0].headings] == [1, 2]
    assert "Py A" in made.print() and "R B" in made.print()


@pytest.mark.parametrize("name", ["column-margin", "aside"])
def test_a_note_for_the_margin_stands_in_the_text(name: str) -> None:
    made = Made(f"# One\n\nText[by the way]{{.{name}}} on.\n\n::: {{.{name}}}\nBeside.\n:::")
    assert made.texts(f'//div[@class="{name}"]') == ["Beside."]
    assert made.texts(f'//span[@class="{name}"]') == ["by the way"]
    assert "Beside." in made.print() and "by the way" in made.print()
    assert "/Note" in made.tags()


def test_a_picture_may_stand_in_the_margin(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    made = Made("# One\n\n![A](a.svg){#fig-a .column-margin fig-alt=B}\n\n@fig-a", root=tmp_path)
    assert made.texts('//div[@class="column-margin"]/figure[@id="fig-a"]/figcaption') == ["Abbildung 1.1: A"]
    assert made.texts("//p/a") == ["Abbildung 1.1"] and "Abbildung 1.1: A" in made.print()


def test_a_formula_has_its_number_beside_it() -> None:
    made = Made("# One\n\n$$\na = b\n$$ {#eq-x}\n\nSee @eq-x.")
    assert made.texts('//span[@id="eq-x"]/span[@class="equation-number"]') == ["(1.1)"]
    assert made.texts("//p/a") == ["Gleichung 1.1"]
    assert "(1.1)" in made.print() and "See Gleichung 1.1." in made.print()
    assert "/Formula" in made.tags()


@pytest.mark.parametrize("kind", ["align", "equation*", "gather"])
def test_a_formula_may_be_an_environment(kind: str) -> None:
    made = Made(f"# One\n\n\\begin{{{kind}}}\na &= b\n\\end{{{kind}}}\n".replace("&", "&" if kind == "align" else ""))
    assert len(made.page().xpath('//math[@display="block"]')) == 1
    assert "/Formula" in made.tags()


def test_code_has_a_file_name_line_numbers_and_a_caption() -> None:
    head = '```{#lst-x .python filename="a b.py" code-line-numbers="true" lst-cap="The code"}'
    made = Made(f"# One\n\n{head}\nx = 1\n```\n\nSee @lst-x.")
    assert made.texts('//div[@id="lst-x"]/div[@class="file"]/div[@class="filename"]') == ["a b.py"]
    assert made.page().xpath("//pre/@class") == ["sourceCode numberSource python numberLines"]
    assert "Listing 1.1: The code a b.py 1 x = 1 See Listing 1.1." in made.print()


def test_lists_of_tasks_and_definitions() -> None:
    made = Made("# One\n\n- [ ] todo\n- [x] done\n\nTerm\n:   What it means\n\n(a) first\n(b) second\n")
    assert [box.get("checked") for box in made.page().xpath('//li//input[@type="checkbox"]')] == [None, ""]
    assert made.texts("//dl/dt") == ["Term"] and made.texts("//dl/dd") == ["What it means"]
    assert made.page().xpath("//ol/@type") == ["a"]
    assert "☐ todo" in made.print() and "☒ done" in made.print() and "Term What it means" in made.print()


def test_marked_struck_small_and_underlined_text() -> None:
    made = Made("# One\n\n[hi]{.mark} ~~gone~~ [Small]{.smallcaps} [low]{.underline} H~2~O x^2^\n\n| verse\n| line\n")
    assert made.texts("//mark") == ["hi"] and made.texts("//del") == ["gone"] and made.texts("//u") == ["low"]
    assert made.texts("//sub") == ["2"] and made.texts('//span[@class="smallcaps"]') == ["Small"]
    assert "verse line" in made.print()


@pytest.mark.parametrize(("options", "numbers"), [({"number-sections": False}, [None, None]), ({}, ["1", "1.1"])])
def test_sections_go_without_numbers_if_the_book_says_so(options: dict[str, bool], numbers: list[str | None]) -> None:
    made = Made("# One {#sec-one}\n\n## Within\n\nSee @sec-one.", options=options)
    assert [heading.number for heading in made.book.pages[0].headings] == numbers
    assert made.texts('//span[@class="header-section-number"]') == [number for number in numbers if number]
    assert ("1.1 Within" in made.print()) is bool(numbers[0])


def test_an_unlisted_section_is_in_no_contents() -> None:
    made = Made("# One\n\n## Listed\n\n## Not {.unlisted .unnumbered}\n\nText.\n")
    assert [heading.title for heading in made.book.pages[0].headings] == ["One", "Listed"]
    assert "Not Text." in made.print()


def test_number_depth_says_how_deep_numbers_go() -> None:
    made = Made("# One\n\n## Two\n\n### Three\n", options={"number-depth": 2})
    assert made.texts('//span[@class="header-section-number"]') == ["1", "1.1"]
    assert "1.1 Two Three" in made.print()


LISTED = "1. Adds.\n2. Shows.\n"


def test_code_has_numbered_notes() -> None:
    made = Made(f"# One\n\n```python\nx = 1 + 2  # <1>\nprint(x)  # <2>\n```\n\n{LISTED}")
    assert made.texts("//pre") == ["x = 1 + 2 # ① print(x) # ②"]
    assert made.texts("//ol/li") == ["Adds.", "Shows."]
    assert "x = 1 + 2 # ① print(x) # ② 1. Adds. 2. Shows." in made.print()
    assert made.tags().count("/LI") == 2


def test_numbered_notes_of_a_cell_stand_between_its_code_and_its_output() -> None:
    cell, outputs = shown({"text/plain": "3"}, echo=True)
    noted = replace(cell, lines=code("x = 1 + 2  # <1>\nx  # <2>").lines)
    made = Made("# One", (noted, outputs), LISTED)
    assert made.texts("//main/*[self::div or self::pre or self::ol]")[:3] == [
        "x = 1 + 2 # ① x # ②",
        "Adds. Shows.",
        "3",
    ]
    assert "① x # ② 1. Adds. 2. Shows. 3" in made.print()


def test_marks_without_a_list_are_left() -> None:
    made = Made("# One\n\n```python\nx = 1  # <1>\n```\n\nText.")
    assert made.texts("//pre") == ["x = 1 # <1>"] and "# <1>" in made.print()


@pytest.mark.parametrize(
    ("notes", "shown_code", "items"),
    [
        ("none", "x = 1 + 2 print(x)", 0),
        (False, "x = 1 + 2 # <1> print(x) # <2>", 2),
        ("hover", "x = 1 + 2 # ① print(x) # ②", 2),
        ("select", "x = 1 + 2 # ① print(x) # ②", 2),
        ("below", "x = 1 + 2 # ① print(x) # ②", 2),
    ],
)
@pytest.mark.parametrize("of_chapter", [True, False])
def test_notes_on_code_stand_below_it_or_not_at_all(
    notes: object, shown_code: str, items: int, of_chapter: bool
) -> None:
    told, given = {"code-annotations": notes}, {"format.html.code-annotations": notes}
    text = f"# One\n\n```python\nx = 1 + 2  # <1>\nprint(x)  # <2>\n```\n\n{LISTED}\nText."
    chapter = instance("one", prose(text), metadata=told if of_chapter else {})
    book = resolve(study(chapter, options={} if of_chapter else given))
    (code_block,) = ast.nodes(book.pages[0].blocks, "CodeBlock")
    assert squeezed(code_block["c"][1]) == shown_code and not re.search(" $", code_block["c"][1], re.MULTILINE)
    assert sum(len(found["c"][1]) for found in ast.nodes(book.pages[0].blocks, "OrderedList")) == items


def test_lines_of_code_are_counted_from_where_their_author_says() -> None:
    made = Made("# One\n\n``` {.python .numberLines startFrom=10}\nx = 1\ny = 2\n```")
    assert made.page().xpath("//pre/@class") == ["sourceCode numberSource python numberLines from-10"]
    style = compile_book(made.book, "html", run_pandoc)["book.css"].decode()
    assert "pre.from-10 { counter-reset: source-line 9; }" in style
    assert "10 x = 1 11 y = 2" in made.print()


@pytest.mark.parametrize("path", ["a.md", "a.qmd"])
def test_a_cell_in_double_braces_is_shown_with_its_fence(path: str) -> None:
    cells, faults = cells_of(path, "# One\n\n```{{python}}\n#| label: a\n1\n```\n\nText.\n")
    made = Made(*cells)
    assert faults == [] and made.texts("//pre") == ["```{python} #| label: a 1 ```"]
    assert made.texts("//p") == ["Text."] and "```{python} #| label: a 1 ``` Text." in made.print()


def test_tasks_have_a_box_and_no_bullet() -> None:
    made = Made("# One\n\n- [ ] todo\n- [x] done\n\n<!-- -->\n\n- plain\n")
    assert "☐ todo ☒ done • plain" in made.print() and "• ☐" not in made.print()
    assert made.tags().count("/LI") == 3


GRID = """+-------+-----------+
| Kopf  | Zahl      |
+=======+===========+
| - a   | 1         |
| - b   |           |
+-------+-----------+
"""


def test_a_grid_table_holds_blocks() -> None:
    made = Made(f"# One\n\n{GRID}\n: Netz {{#tbl-x}}\n\n@tbl-x")
    assert made.texts('//table[@id="tbl-x"]//td//li') == ["a", "b"] and made.texts("//th") == ["Kopf", "Zahl"]
    assert made.texts("//table/caption") == ["Tabelle 1.1: Netz"] and made.texts("//p/a") == ["Tabelle 1.1"]
    assert {"/Table", "/TH", "/TD", "/L"} <= set(made.tags()) and "Kopf Zahl • a • b 1" in made.print()


def test_a_pipe_table_aligns_its_columns() -> None:
    made = Made("# One\n\n| l | r | c |\n|:--|--:|:-:|\n| 1 | 2 | 3 |\n")
    assert made.page().xpath("//td/@class") == ["left", "right", "center"]
    assert made.tags().count("/TD") == 3 and "l r c 1 2 3" in made.print()


def test_notes_by_name_and_in_the_line() -> None:
    made = Made("# One\n\nA[^n] b^[In line.]\n\n[^n]: Named.\n\n    Twice.\n")
    assert made.texts('//section[@role="doc-endnotes"]//li') == ["Named. Twice.↩︎", "In line.↩︎"]
    assert made.page().xpath('//a[@class="footnote-ref"]/@href') == ["#fn1", "#fn2"]
    assert made.tags().count("/Note") == 2 and "Named. Twice." in made.print() and "In line." in made.print()


@pytest.mark.parametrize(
    ("formula", "display"),
    [("$a^2$", None), ("$$a^2$$", "block"), ("$$\n\\begin{aligned}a &= b\\\\ c &= d\\end{aligned}\n$$", "block")],
)
def test_formulas_stand_in_the_line_or_by_themselves(formula: str, display: str | None) -> None:
    made = Made(f"# One\n\nA {formula} b.")
    assert made.page().xpath("//math/@display") in ([display], ["inline"])
    assert made.tags().count("/Formula") == 1


@pytest.mark.parametrize(("language", "said"), [("en", "“a” and ‘b’"), ("de", "„a“ and ‚b‘")])
def test_quotation_marks_are_those_of_the_language(language: str, said: str) -> None:
    made = Made("# One\n\n\"a\" and 'b' -- c ...", editions=(EditionSpec(language, "T"),))
    assert made.texts("//p") == [f"{said} – c …"] and f"{said} – c …" in made.print()


def test_parts_have_a_page_in_print_and_a_line_in_the_list() -> None:
    chapters = [
        instance(name, prose(f"# {name}"), part=part) for name, part in (("a", None), ("b", "Part"), ("c", "Part"))
    ]
    book = resolve(study(*chapters))
    page = html.fromstring(compile_book(book, "html", run_pandoc)["b.html"].decode())
    assert [squeezed(one.text_content()) for one in page.xpath('//details[@class="chapters"]//li')] == [
        "1 a",
        "Part",
        "2 b",
        "3 c",
    ]
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    document = pypdfium2.PdfDocument(pdf)
    texts = [squeezed(one.get_textpage().get_text_bounded()) for one in document]
    document.close()
    assert texts[3:] == ["1 a 1", "Part", "2 b 3", "3 c 4"]


def test_a_part_may_open_with_a_page_of_the_text() -> None:
    opening = {"part": "Part", "metadata": {"number-sections": False, "opens-part": True}}
    chapters = [instance("a", prose("# a")), instance("p", prose("# Part\n\nAbout it."), **opening)]
    book = resolve(
        study(*chapters, instance("b", prose("# b"), part="Part"), instance("x", prose("# x"), appendix=True))
    )
    page = html.fromstring(compile_book(book, "html", run_pandoc)["b.html"].decode())
    entries = page.xpath('//details[@class="chapters"]//li')
    assert [squeezed(one.text_content()) for one in entries] == ["1 a", "Part", "2 b", "Anhänge", "A x"]
    assert [one.get("class") for one in entries] == [None, "part", None, "part", None]
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [squeezed(one.get_textpage().get_text_bounded()) for one in document]
        bookmarks = [(one.level, one.get_title()) for one in document.get_toc()]
        size = max(item.get_font_size() for item in document[4].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT]))
    assert texts[3:] == ["1 a 1", "Part About it. 2", "2 b 3", "A x 4"]
    assert [bookmark for bookmark in bookmarks if bookmark[1] == "Part"] == [(0, "Part")] and size > 21


def test_code_is_coloured_by_its_language() -> None:
    made = Made("# One\n\n```python\nreturn 1\n```")
    assert made.page().xpath('//code//span[@class="cf"]/text()') == ["return"]
    assert "return 1" in made.print() and "/Code" in made.tags()


@pytest.mark.parametrize(
    "defined",
    [
        "\\newcommand{\\E}{\\operatorname{E}}\n\\DeclareMathOperator{\\Var}{Var}",
        "::: {.hidden}\n$$\n\\newcommand{\\E}{\\operatorname{E}}\n\\def\\Var{\\operatorname{Var}}\n$$\n:::",
        "::: hidden\nno\n:::\n\n:::: {.hidden}\n$$\\def\\E{\\operatorname{E}}\n\\def\\Var{\\operatorname{Var}}$$\n::::",
    ],
)
def test_formulas_may_have_commands_of_their_own(defined: str) -> None:
    made = study(instance("one", prose(f"# One\n\n{defined}\n\nThe $\\E X$, $\\Var X$.\n")))
    book, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert told == ()
    (paragraph,) = ast.nodes(book.pages[0].blocks, "Para")
    variance = "\\mathop{\\mathrm{Var}}X" if "Declare" in defined else "\\operatorname{Var}X"
    formulas = [squeezed(node["c"][1]) for node in ast.nodes(paragraph, "Math")]
    assert [formula.replace(" ", "") for formula in formulas] == ["\\operatorname{E}X", variance]
    assert ast.plain_text(book.pages[0].blocks).startswith("1 One\nThe ")
