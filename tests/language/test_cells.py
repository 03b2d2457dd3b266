"""Cell options and outputs: sub-captions, folded code, listings, the types of outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from compile.sample import SVG, instance, prose, study
from language.made import PICTURE, Made, code, shown
from reportkit.compile import compile_book
from reportkit.compile.pdf import typst_sources
from reportkit.errors import ResolveError
from reportkit.model import ast
from reportkit.model.study import Line
from reportkit.process import run_pandoc
from reportkit.resolve.outputs import OTHER_HINT

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PHOTO = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP////////////////////////////////////////////////////////////////////////////"
    "//////////wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIh"
    "MUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhI"
    "WGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AI6/"
    "/9k="
)
FRAME = "<div><style>x</style><table><tr><th>a</th></tr><tr><td>1</td></tr></table></div>"


def test_several_figures_of_a_cell_are_one_with_parts() -> None:
    cell = shown(
        *[PICTURE, PICTURE], label="fig-x", fig_cap="Both", fig_subcap=["First", "*Second*"], fig_alt=["A", "B"],
        layout_ncol=2,
    )  # fmt: skip
    made = Made("# One\n\nSee @fig-x, @fig-x-2, [-@fig-x-1].", cell)
    assert made.texts('//figure[@id="fig-x"]/figcaption') == ["Abbildung 1.1: Both"]
    assert made.texts('//figure[@id="fig-x"]//figure/figcaption') == ["(a) First", "(b) Second"]
    assert made.page().xpath("//figure//figure/@id") == ["fig-x-1", "fig-x-2"]
    assert made.page().xpath("//svg/@aria-label") == ["A", "B"]
    assert made.page().xpath('//div[@class="layout-row"]/div/@class') == ["layout-cell w-50"] * 2
    assert made.texts("//p/a") == ["Abbildung 1.1", "Abbildung 1.1 (b)", "1.1 (a)"]
    assert [(found.label, found.number) for found in made.book.floats] == [("fig-x", "1.1")]
    assert made.tags().count("/Figure") >= 2
    assert "(a) First (b) Second Abbildung 1.1: Both" in made.print()


def test_several_tables_of_a_cell_are_one_with_parts() -> None:
    cell = shown(*[{"text/html": FRAME}] * 2, label="tbl-x", tbl_cap="Both", tbl_subcap=["L", "R"], layout_nrow=1)
    made = Made("# One\n\nSee @tbl-x-2.", cell)
    assert made.texts('//figure[@id="tbl-x"]/figcaption') == ["Tabelle 1.1: Both"]
    assert made.texts('//figure[@id="tbl-x"]//figure/figcaption') == ["(a) L", "(b) R"]
    assert made.texts("//p/a") == ["Tabelle 1.1 (b)"]
    assert made.tags().count("/Table") == 2
    assert "Tabelle 1.1: Both" in made.print()


def test_parts_of_a_cell_may_have_letters_alone() -> None:
    made = Made("# One\n\n@fig-x-2", shown(PICTURE, PICTURE, label="fig-x", fig_cap="C", fig_alt="A", fig_subcap=True))
    assert made.texts("//figcaption") == ["(a)", "(b)", "Abbildung 1.1: C"]
    assert made.texts("//p/a") == ["Abbildung 1.1 (b)"] and "(a) (b) Abbildung 1.1: C" in made.print()


def test_figures_side_by_side_need_no_captions_of_their_own() -> None:
    made = Made("# One\n\n@fig-x", shown(PICTURE, PICTURE, label="fig-x", fig_cap="Both", fig_alt="A", layout_ncol=2))
    assert made.texts("//figcaption") == ["Abbildung 1.1: Both"]
    assert len(made.page().xpath('//figure[@id="fig-x"]//div[@class="layout-cell w-50"]//svg')) == 2
    assert "Abbildung 1.1: Both" in made.print() and "(a)" not in made.print()


@pytest.mark.parametrize(
    ("layout", "classes"),
    [("[[1, 1], [1]]", [["w-50", "w-50"], ["w-100"]]), ("[70, 30]", [["w-70", "w-30"], ["w-70"]])],
)
def test_outputs_stand_as_the_layout_says(layout: str, classes: list[list[str]]) -> None:
    made = Made("# One", shown(*[PICTURE] * 3, fig_alt="A", layout=layout))
    rows = made.page().xpath('//div[@class="layout-row"]')
    found = [[cell.get("class").split()[1] for cell in row if len(cell)] for row in rows]
    assert found == classes
    assert made.tags().count("/Figure") == 3


@pytest.mark.parametrize(
    ("options", "summary", "opened"),
    [
        ({"code_fold": True}, "Code", False),
        ({"code_fold": "show", "code_summary": "See *how*"}, "See how", True),
    ],
)
def test_folded_code_needs_no_script_and_is_printed(options: dict[str, Any], summary: str, opened: bool) -> None:
    made = Made("# One", code("x = 1", **options))
    assert made.texts('//details[@class="code-fold" or @class="code-fold unfolded"]/summary') == [summary]
    assert made.texts("//details//pre") == ["x = 1"]
    assert bool(made.page().xpath("//details[@open]")) is opened
    assert "x = 1" in made.print() and summary not in made.print()


def test_code_is_folded_for_the_whole_book() -> None:
    made = Made("# One", code(), code(code_fold=False), options={"format.html.code-fold": True})
    assert len(made.page().xpath('//details[@class="code-fold"]')) == 1


def test_code_of_a_cell_is_a_listing_beside_its_figure() -> None:
    cell = shown(PICTURE, label="fig-a", fig_cap="Cap", fig_alt="A", lst_label="lst-a", lst_cap="The *code*", echo=True)
    made = Made("# One\n\n@lst-a, @fig-a", cell)
    assert made.texts('//div[@id="lst-a"]') == ["Listing 1.1: The code draw()"]
    assert made.texts('//figure[@id="fig-a"]/figcaption') == ["Abbildung 1.1: Cap"]
    assert made.texts("//p/a") == ["Listing 1.1", "Abbildung 1.1"]
    assert "Listing 1.1: The code" in made.print()


def test_code_of_a_cell_has_a_file_name() -> None:
    made = Made("# One", code("x = 1", filename="a b.py"))
    assert made.texts('//div[@class="file"]/div[@class="filename"]') == ["a b.py"]
    assert "a b.py x = 1" in made.print()


def test_code_is_shown_with_its_fence_and_options() -> None:
    cell = replace(code("x = 1", echo="fenced"), option_lines={"label": Line("#| label: a", "one.qmd", 1)})
    made = Made("# One", cell)
    assert made.texts("//pre") == ["```{python} #| label: a x = 1 ```"]
    assert "```{python} #| label: a x = 1 ```" in made.print()


def test_code_has_line_numbers() -> None:
    made = Made("# One", code("x = 1\ny = 2", code_line_numbers=True))
    assert made.page().xpath("//pre/@class") == ["sourceCode numberSource python numberLines"]
    assert "1 x = 1 2 y = 2" in made.print()


@pytest.mark.parametrize(
    ("bundle", "path", "text"),
    [
        ({"text/html": FRAME}, "//td", "1"),
        ({"text/markdown": "**bold**"}, "//p/strong", "bold"),
        ({"text/latex": "$\\displaystyle a_1$"}, '//math//annotation', "\\displaystyle a_1"),
        ({"text/latex": "\\begin{equation*}E\\end{equation*}"}, '//math[@display="block"]//mi', "E"),
        ({"text/plain": "\x1b[31mred\x1b[0m"}, "//pre", "red"),
    ],
)  # fmt: skip
def test_an_output_is_shown_by_its_type(bundle: dict[str, str], path: str, text: str) -> None:
    made = Made("# One", shown(bundle))
    assert made.texts(path) == [text]
    assert "{" not in made.print() and "\x1b" not in made.print()


def test_a_styled_table_keeps_its_spanning_heads_and_loses_what_it_looks_like() -> None:
    styled = (
        '<div id="xq"><style>.g {color: red}</style><table class="gt_table" id="T_1f"><caption>Own</caption>'
        '<thead><tr><th colspan="2" style="color: red">Both</th></tr><tr><th>a</th><th>b</th></tr></thead>'
        '<tbody><tr><td id="T_1f_row0" headers="stub-1 T_1f_a" class="g">1</td><td>2</td></tr></tbody></table></div>'
    )
    made = Made("# One", shown({"text/html": styled}, label="tbl-x", tbl_cap="Numbers"))
    assert made.texts('//table[@id="tbl-x"]/caption') == ["Tabelle 1.1: Numbers"]
    assert made.page().xpath("//th/@colspan") == ["2"] and made.texts("//td") == ["1", "2"]
    assert made.page().xpath("//@headers") == []
    assert "T_1f" not in made.source(".") and "gt_table" not in made.source(".")
    assert made.tags().count("/TH") == 3 and "Both a b 1 2" in made.print()


def test_an_output_that_is_all_script_is_told() -> None:
    from reportkit.model.execution import Execution, Result, Trace
    from reportkit.resolve import resolve_edition

    cell, outputs = shown({"text/html": "<script>draw()</script>"})
    made = study(instance("one", prose("# One"), cell))
    execution = Execution({("one", "de"): Result({1: outputs}, {}, Trace({}, {}, None))})
    _, (fault,) = resolve_edition(made, made.editions[0], execution, run_pandoc)
    assert (fault.code, str(fault.location)) == ("RK339", "one.qmd:1")
    assert 'fig.show("svg")' in str(fault.hint)


def test_an_interactive_figure_leaves_no_empty_box() -> None:
    page = '<div><script src="https://example.org/a.js"></script><div id="p1" class="plotly-graph-div"></div></div>'
    bundle = {"application/vnd.plotly.v1+json": {"data": []}, "text/html": page}
    made = Made("# One", shown(bundle), "Text.")
    assert (
        made.texts("//main/*[not(self::nav)]") == ["1 One", "Text."] and made.page().xpath("//div[not(node())]") == []
    )


def test_colours_of_a_styled_table_are_kept() -> None:
    style = "#T_a_row0_col0, #T_a_row0_col2 { background-color: #053061; color: #F1F1F1; font-weight: bold }"
    style += "#T_a_row0_col1 { background-color: yellow }\n#T_a_row0_col2 { color: no-colour }"
    cells = "".join(f'<td id="T_a_row0_col{at}" class="data">{at}</td>' for at in range(4))
    table = f'<style type="text/css">{style}</style><table id="T_a"><tr><th>a</th></tr><tr>{cells}</tr></table>'
    made = Made("# One", shown({"text/html": table}, label="tbl-x", tbl_cap="C"))
    named = made.page().xpath("//td/@class[starts-with(., 'bg-')]")
    assert named == ["bg-053061 fg-f1f1f1 right", "bg-ffff00 right", "bg-053061 fg-f1f1f1 right"]
    sheet = compile_book(made.book, "html", run_pandoc)["book.css"].decode()
    assert sheet.splitlines()[-3:] == [
        ".bg-053061 { background-color: #053061; color: #fff; }",
        ".bg-ffff00 { background-color: #ffff00; color: #000; }",
        ".fg-f1f1f1 { color: #f1f1f1; }",
    ]
    page = typst_sources(made.book, run_pandoc)["pages/one.typ"].decode()
    assert page.count('table.cell(fill: rgb("#053061"))[#set text(fill: rgb("#f1f1f1")); ') == 2
    assert page.count('table.cell(fill: rgb("#ffff00"))') == 1 and "0 1 2 3" in made.print()


def test_a_picture_of_a_cell_stands_where_its_author_says() -> None:
    made = Made("# One", shown(PICTURE, label="fig-a", fig_cap="C", fig_alt="A", fig_align="right"))
    assert made.page().xpath("//figure//svg/@class") == ["drawing align-right"]
    assert made.tags().count("/Figure") >= 1


def test_pictures_of_points_and_vectors_are_shown() -> None:
    made = Made("# One", shown({"image/svg+xml": SVG}, {"image/png": DOT}, {"image/jpeg": PHOTO}, fig_alt="A"))
    stem = "figures/one-cell-2"
    assert made.page().xpath("//img/@src") == [f"{stem}-2.png", f"{stem}-3.jpg"]
    assert len(made.page().xpath("//svg/g")) == 1
    assert made.tags().count("/Figure") == 3


def test_of_several_forms_the_richest_is_shown() -> None:
    made = Made("# One", shown(PICTURE | {"image/png": DOT, "text/plain": "<Figure>", "text/html": FRAME}, fig_alt="A"))
    assert len(made.page().xpath("//svg")) == 1 and made.page().xpath("//img") == []
    assert "<Figure>" not in made.print() and made.page().xpath("//table") == []


def test_the_book_says_for_all_cells_what_they_show() -> None:
    options = {"execute.echo": False, "execute.output": False}
    outputs = {"text/plain": "result"}
    cells = [(code(**own), shown(outputs)[1]) for own in ({}, {"echo": True}, {"output": True})]
    made = Made("# One", *cells, options=options)
    assert made.texts("//pre") == ["draw()", "result"] and "draw() result" in made.print()


def test_an_error_that_is_wanted_is_shown() -> None:
    made = Made("# One", shown({"text/plain": "KeyError: \x1b[31m'a'\x1b[0m"}, kind="error", error=True))
    assert made.texts("//pre") == ["KeyError: 'a'"] and "KeyError: 'a'" in made.print()


def test_markdown_of_a_cell_is_read_as_that_of_a_chapter() -> None:
    printed = "::: {.callout-tip title='A *b*'}\nBody.\n:::"
    made = Made("# One", shown({"text/plain": printed}, kind="stdout", output="asis"))
    assert made.texts('//div[@class="callout tip"]/div[@class="box-title"]') == ["A b"]
    assert "A b Body." in made.print()


def test_what_a_cell_prints_as_is_is_markdown() -> None:
    made = Made("# One", shown({"text/plain": "**bold** <script>x</script>"}, kind="stdout", output="asis"))
    assert made.texts("//p/strong") == ["bold"]
    assert made.page().xpath("//script") == []
    assert "bold" in made.print()


@pytest.mark.parametrize("hidden", [{"output": False}, {"include": False}, {"eval": False}])
def test_what_a_cell_does_not_show(hidden: dict[str, bool]) -> None:
    made = Made("# One", shown({"text/plain": "result"}, **hidden))
    assert "result" not in ast.plain_text(made.book.pages[0].blocks)


def test_warnings_are_shown_without_terminal_colours() -> None:
    made = Made("# One", shown({"text/plain": "\x1b[33mcareful\x1b[0m"}, kind="stderr"))
    assert made.texts('//pre[@class="output stderr"]') == ["careful"]
    assert "careful" in made.print()


def test_numbers_of_a_table_stand_below_each_other() -> None:
    rows = [("reed", "97", "cm", "7.5\u00a0%"), ("lily", "\u22121,104", "–", "12\u00a0%")]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    heads = "".join(f"<th>{head}</th>" for head in ("plant", "level", "unit", "share"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    made = Made("# One", shown({"text/html": table}, label="tbl-x", tbl_cap="C"))
    aligned = [["right" in (cell.get("class") or "") for cell in row] for row in made.page().xpath("//tr")]
    assert aligned == [[False, True, False, True]] * 3


@pytest.mark.parametrize("widths", [[75, 25], "[75, 25]"])
def test_the_columns_of_a_cell_s_table_have_their_widths(widths: Any) -> None:
    table = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
    made = Made("# One", shown({"text/html": table}, label="tbl-x", tbl_cap="C", tbl_colwidths=widths))
    assert made.page().xpath("//th/@class") == ["right w-75", "right w-25"] and "a b 1 2" in made.print()


@pytest.mark.parametrize(
    ("bundle", "hint"),
    [({"image/pgn": "x"}, "did you mean `image/png`?"), ({"application/json": {"a": 1}}, OTHER_HINT)],
)
def test_an_output_of_an_unknown_type_is_told(bundle: dict[str, Any], hint: str | None) -> None:
    with pytest.raises(ResolveError) as caught:
        Made("# One", shown(bundle))
    (fault,) = caught.value.diagnostics
    assert (fault.code, str(fault.location), fault.hint) == ("RK332", "one.qmd:1", hint)


@pytest.mark.parametrize("more", [{}, {"layout_ncol": 2}])
def test_figures_of_a_cell_may_have_captions_of_their_own(more: dict[str, Any]) -> None:
    cell = shown(PICTURE, PICTURE, label="fig-x", fig_cap=["First", "Second"], fig_alt=["A", "B"], **more)
    made = Made("# One\n\n@fig-x-2", cell)
    assert made.texts("//figcaption") == ["Abbildung 1.1: First", "Abbildung 1.2: Second"]
    assert made.page().xpath("//figure/@id") == ["fig-x-1", "fig-x-2"] and made.texts("//p/a") == ["Abbildung 1.2"]
    assert [found.label for found in made.book.floats] == ["fig-x-1", "fig-x-2"]
    assert "Abbildung 1.1: First" in made.print() and made.tags().count("/Figure") == 2


def test_each_output_needs_its_caption() -> None:
    with pytest.raises(ResolveError) as caught:
        Made("# One", shown(PICTURE, PICTURE, fig_cap=["A", "B", "C"], fig_alt="A"))
    assert [(fault.code, str(fault.location)) for fault in caught.value.diagnostics] == [("RK331", "one.qmd:1")]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("::: {#fig-x layout-ncol=2}", ":::"), ('::: {#fig-x layout="[[1, 1]]"}', ":::")],
)
def test_cells_in_a_division_are_its_parts(opening: str, closing: str) -> None:
    cells = [shown(PICTURE, label=f"fig-{name}", fig_cap=name, fig_alt="A") for name in "ab"]
    made = Made(f"# One\n\n{opening}", *cells, f"Both\n{closing}\n\n@fig-x, @fig-b")
    assert made.texts("//figure[@id='fig-x']/figcaption") == ["Abbildung 1.1: Both"]
    assert made.texts("//figure//figure/figcaption") == ["(a) a", "(b) b"]
    assert made.texts("//p/a") == ["Abbildung 1.1", "Abbildung 1.1 (b)"]
    assert "(a) a (b) b Abbildung 1.1: Both" in made.print()


def test_a_cell_in_a_division_is_its_figure() -> None:
    made = Made("# One\n\n::: {#fig-x}", shown(PICTURE, fig_alt="A"), "Seen\n:::\n\n@fig-x")
    assert made.texts("//figure[@id='fig-x']/figcaption") == ["Abbildung 1.1: Seen"]
    assert "Abbildung 1.1: Seen" in made.print() and made.tags().count("/Figure") >= 1
