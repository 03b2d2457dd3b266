"""Inline expressions: wherever readers see text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import html

from compile.sample import SVG
from compile.test_pdf import tags
from language.made import PICTURE, squeezed
from language.test_conditions import BOOK
from reportkit.compile import compile_book
from reportkit.model.execution import Execution, Output, Result, Trace
from reportkit.model.study import Code, Study
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition
from reportkit.study import load_study

FRONT = "---\ntitle: Town `{python} 'T1'`\n---\n\n"
BODY = """## Section `{python} "S1"`

Text `{python} d["x"]`, a [link `{python} "L1"`](#sec), *`{python} "E1"`*, a note[^n], `code {python}`.

[^n]: Note `{python} "N1"`.

| head `{python} "H1"` |
|----------------------|
| cell `{python} "C1"` |

: Caption `{python} "B1"` {#tbl-a}

Term `{python} "D1"`
:   Means `{python} "D2"`.

![Figure `{python} "F1"`](a.svg){#fig-a fig-alt="Seen `{python} d["y"]`, *plain*"}

::: {.callout-tip title="Title `{python} d["z"]`"}
Body.
:::

::: {#fig-b}
- any

Last `{python} "G1"`
:::
"""
CELL = """
```{python}
#| label: fig-c
#| fig-cap: Cap `{python} "P1"`
#| fig-subcap: ['Sub `{python} "P2"`', Two]
#| fig-alt: ['Alt `{python} "P3"`', Other]
#| lst-cap: Code `{python} "P4"`
#| lst-label: lst-c
#| code-fold: true
#| code-summary: More `{python} "P5"`
draw()
```
"""
SEEN = ["S1", "X1", "L1", "E1", "N1", "H1", "C1", "B1", "D1", "D2", "F1", "Z1", "G1"]


def in_folder(folder: Path, text: str, name: str) -> Study:
    (folder / "_quarto.yml").write_text(BOOK % name, encoding="utf-8")
    (folder / "a.svg").write_text(SVG, encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    return load_study(folder)


def made(study: Study) -> tuple[Any, str, list[str]]:
    """Return a study's page, the text of its PDF and the alternative texts in it; each expression has its value."""
    (instance,) = study.instances
    known = {"d": {"x": "X1", "y": "Y1", "z": "Z1"}}
    values = {one.number: {"kind": "text", "text": eval(one.text, known)} for one in instance.expressions}
    cells = [index for index, cell in enumerate(instance.cells) if isinstance(cell, Code)]
    outputs = {index: (Output("display", PICTURE), Output("display", PICTURE)) for index in cells}
    execution = Execution({("one", "en"): Result(outputs, values, Trace({}, {}, None))})
    book, _ = resolve_edition(study, study.editions[0], execution, run_pandoc)
    page = html.fromstring(compile_book(book, "html", run_pandoc)["one.html"].decode())
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    document = pypdfium2.PdfDocument(pdf)
    said = squeezed(" ".join(one.get_textpage().get_text_bounded() for one in document))
    document.close()
    with pikepdf.open(io.BytesIO(pdf)) as read:
        alts = [str(tag.Alt) for tag in tags(read.Root.StructTreeRoot.K) if "/Alt" in tag]
    return page, said, alts


@pytest.mark.parametrize("name", ["one.qmd", "one.md"])
def test_an_expression_stands_wherever_readers_see_text(tmp_path: Path, name: str) -> None:
    page, said, alts = made(in_folder(tmp_path, FRONT + BODY.replace("(#sec)", "(https://example.org)"), name))
    text = squeezed(page.text_content())
    assert [value for value in SEEN if value not in text or value not in said] == []
    assert [squeezed(head.text_content()) for head in page.xpath("//h1|//h2")] == ["1 Town T1", "1.1 Section S1"]
    assert page.xpath("//svg/@aria-label") == ["Seen Y1, plain"]
    assert alts == ["Seen Y1, plain"] and "Town T1" in said
    assert "{python}" in text and "`" not in text


def test_an_expression_stands_in_every_text_of_a_cell(tmp_path: Path) -> None:
    page, said, alts = made(in_folder(tmp_path, f"{FRONT}{CELL}", "one.qmd"))
    assert [squeezed(one.text_content()) for one in page.xpath("//figcaption")] == [
        "(a) Sub P2",
        "(b) Two",
        "Figure 1.1: Cap P1",
    ]
    assert page.xpath("//svg/@aria-label") == ["Alt P3", "Other"] and alts == ["Alt P3", "Other"]
    assert [squeezed(one.text_content()) for one in page.xpath("//main//details/summary")] == ["More P5"]
    assert "Listing 1.1: Code P4" in squeezed(page.text_content()) and "Listing 1.1: Code P4" in said


def test_what_stands_before_the_first_code_is_evaluated_last(tmp_path: Path) -> None:
    text = f"{FRONT}A `{{python}} 1`.\n\n```{{python}}\nx = 1\n```\n\nB `{{python}} 2`.\n\n```{{python}}\nx = 2\n```\n"
    (instance,) = in_folder(tmp_path, text, "one.qmd").instances
    assert [(one.text, one.cell) for one in instance.expressions] == [("'T1'", 5), ("1", 5), ("2", 3)]


def test_markdown_stands_in_its_sentence(tmp_path: Path) -> None:
    study = in_folder(tmp_path, "# One\n\nIt is `{python} Markdown('x')`, @fig-a.\n\n![A](a.svg){#fig-a}\n", "one.qmd")
    values = {1: {"kind": "markdown", "text": "**so**, *as* @fig-a [says](javascript:x) <script>"}}
    execution = Execution({("one", "en"): Result({}, values, Trace({}, {}, None))})
    book, warnings = resolve_edition(study, study.editions[0], execution, run_pandoc)
    page = html.fromstring(compile_book(book, "html", run_pandoc)["one.html"].decode())
    (said,) = page.xpath("//main/p[strong]")
    assert squeezed(said.text_content()) == "It is so, as Figure 1.1 says <script>, Figure 1.1."
    assert [one.tag for one in said.iter()] == ["p", "strong", "em", "a", "a"]
    assert [fault.code for fault in warnings] == ["RK343"]
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    with pikepdf.open(io.BytesIO(pdf)) as read:
        assert {"/Strong", "/Em"} <= {str(tag.S) for tag in tags(read.Root.StructTreeRoot.K)}


def test_an_expression_stands_in_formulas(tmp_path: Path) -> None:
    text = "# One\n\nA $\\bar x = `{python} '4.5'`$.\n\n$$s = `{python} '1' + '2'`$$ {#eq-s}\n\n@eq-s\n"
    page, said, _ = made(in_folder(tmp_path, text, "one.md"))
    assert page.xpath("//math//annotation/text()") == [r"\bar x = 4.5", "s = 12"]
    assert [squeezed(one.text_content()) for one in page.xpath("//main/p/a")] == ["Equation 1.1"]
    assert "`" not in said and "4.5" in said


def test_an_expression_stands_in_the_address_of_a_link(tmp_path: Path) -> None:
    study = in_folder(tmp_path, "# One\n\n[A](`{python} x`), [B](https://b.example/`{python} x`/c).\n", "one.md")
    values = {1: {"kind": "text", "text": "javascript:x"}, 2: {"kind": "number", "value": 7}}
    execution = Execution({("one", "en"): Result({}, values, Trace({}, {}, None))})
    book, warnings = resolve_edition(study, study.editions[0], execution, run_pandoc)
    page = html.fromstring(compile_book(book, "html", run_pandoc)["one.html"].decode())
    assert page.xpath("//main/p/a/@href") == ["https://b.example/7/c"]
    assert [fault.code for fault in warnings] == ["RK343"]
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    with pikepdf.open(io.BytesIO(pdf)) as read:
        actions = [
            str(one.A.URI) for sheet in read.pages for one in sheet.get("/Annots", []) if "/URI" in one.get("/A", {})
        ]
    assert actions == ["https://b.example/7/c"]
