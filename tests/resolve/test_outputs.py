"""Outputs of cells in their places: figures, tables, text, and what a cell promised but does not show."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from compile.sample import SVG, instance, prose, resolve, study
from reportkit.chapter import TABLE_MIME
from reportkit.model import ast
from reportkit.model.book import Blocks, Book
from reportkit.model.execution import Output, Result, Trace
from reportkit.model.study import Code, Line, Study
from resolve.told import faults

PICTURE = {"image/svg+xml": SVG, "image/png": "AAAA", "text/plain": "<Figure>"}
# What pandas gives for a data frame.
FRAME = """<div>
<style scoped>.dataframe tbody tr th {vertical-align: top;}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>a</th></tr></thead>
<tbody><tr><th>0</th><td>1</td></tr></tbody></table>
<p>1 rows × 1 columns</p>
</div>"""
TABLE = {
    "heads": [{"text": "Stadt", "align": "left"}, {"text": "Zahl", "align": "right"}],
    "rows": [
        [{"kind": "words", "words": ["Essen"]}, {"kind": "number", "value": 1234.5}],
        [{"kind": "text", "text": "*Hagen*"}, {"kind": "text", "text": "–", "missing": True}],
    ],
}


def shown(*outputs: Output, options: dict[str, Any] | None = None, **more: Any) -> tuple[Study, dict[str, Result]]:
    """Return a study of one cell, in line 7, with these outputs."""
    given = {"echo": False, **{name.replace("_", "-"): value for name, value in more.items()}}
    line = Line("#| label: x", "one.qmd", 7)
    cell = Code((Line("x", "one.qmd", 8),), given, {"label": line})
    made = study(instance("one", prose("# One"), cell), options=options or {})
    return made, {"one": Result({1: outputs}, {}, Trace({}, {}, None))}


def display(**bundle: Any) -> Output:
    return Output("display", bundle)


def book(*outputs: Output, **more: Any) -> Book:
    return resolve(*shown(*outputs, **more))


def blocks(*outputs: Output, **more: Any) -> Blocks:
    """Return the blocks after the title."""
    return book(*outputs, **more).pages[0].blocks[1:]


def told(*outputs: Output, **more: Any) -> list[tuple[str, str]]:
    return [(fault.code, str(fault.location)) for fault in faults(*shown(*outputs, **more))]


def test_a_picture_becomes_a_figure_with_one_image() -> None:
    made = book(display(**PICTURE), label="fig-a", fig_cap="A *cap*", fig_alt="What is seen")
    (figure,) = made.pages[0].blocks[1:]
    _, caption, content = figure["c"]

    assert (figure["t"], ast.identifier(figure)) == ("Figure", "fig-a")
    assert ast.plain_text(caption) == "Abbildung\u00a01.1: A cap\n"
    assert [block["t"] for block in content] == ["Plain"] and [node["t"] for node in content[0]["c"]] == ["Image"]
    assert content[0]["c"][0]["c"][1:] == [ast.text_inlines("What is seen"), ["figures/fig-a.svg", ""]]
    assert dict(made.assets) == {"figures/fig-a.svg": SVG.encode()}


@pytest.mark.parametrize(
    ("bundle", "name", "content"),
    [
        ({"image/png": base64.b64encode(b"png").decode(), "text/plain": "x"}, "figures/fig-a.png", b"png"),
        ({"image/jpeg": base64.b64encode(b"jpg").decode(), "text/plain": "x"}, "figures/fig-a.jpg", b"jpg"),
    ],
)
def test_pictures_of_pixels_are_kept_as_they_are(bundle: dict[str, str], name: str, content: bytes) -> None:
    made = book(Output("stdout", {"text/plain": "first"}), display(**bundle), label="fig-a", fig_cap="c", fig_alt="a")
    assert dict(made.assets) == {name: content}


def test_a_picture_without_a_label_is_a_figure_if_it_has_a_caption() -> None:
    captioned = book(display(**PICTURE), label="setup", fig_cap="Cap", fig_alt="Alt")
    assert [block["t"] for block in captioned.pages[0].blocks[1:]] == ["Figure"]
    assert (captioned.floats, list(captioned.assets)) == ((), ["figures/one-cell-2.svg"])
    assert [block["t"] for block in blocks(display(**PICTURE), fig_alt="Alt")] == ["Para"]


def test_a_typed_table_is_printed_in_its_language() -> None:
    made, results = shown(display(**{TABLE_MIME: TABLE}), label="tbl-a", tbl_cap="Cap")
    (table,) = resolve(made, results).pages[0].blocks[1:]

    assert ast.identifier(table) == "tbl-a"
    assert ast.plain_text(table).split("\n") == [
        "Tabelle\u00a01.1: Cap",
        "Stadt",
        "Zahl",
        "Essen",
        "1.234,5",
        "*Hagen*",
        "–",
        "",
    ]
    assert [column[0]["t"] for column in table["c"][2]] == ["AlignLeft", "AlignRight"]


def test_a_data_frame_is_taken_out_of_its_box_and_styles() -> None:
    (table,) = blocks(display(**{"text/html": FRAME, "text/plain": "a"}), label="tbl-a", tbl_cap="Cap")

    assert (table["t"], ast.identifier(table)) == ("Table", "tbl-a")
    assert ast.plain_text(table).split() == ["Tabelle", "1.1:", "Cap", "a", "0", "1"]
    assert "style" not in str(table) and "border" not in str(table)


def test_a_data_frame_without_a_label_stays_a_table() -> None:
    made = blocks(display(**{"text/html": FRAME}))
    assert [ast.identifier(node) for node in ast.nodes(made, "Table")] == [""]
    assert not list(ast.nodes(made, "RawInline", "RawBlock"))


@pytest.mark.parametrize(
    ("bundle", "text"),
    [
        ({"text/plain": "a\nb\n"}, "a\nb"),
        ({"text/markdown": "*a*", "text/plain": "x"}, "a\n"),
        ({"text/html": "<p><b>a</b></p>", "text/markdown": "x", "text/plain": "x"}, "a\n"),
        ({"text/markdown": "<script>a</script> `b`{=html}"}, "<script>a</script> b{=html}\n"),
        ({"text/html": "<p>a<script>b</script></p>"}, "a\n"),
    ],
)
def test_of_several_forms_the_richest_is_shown(bundle: dict[str, str], text: str) -> None:
    assert ast.plain_text(blocks(display(**bundle))) == text
    assert not list(ast.nodes(blocks(display(**bundle)), "RawInline", "RawBlock"))


def test_what_is_printed_around_a_warning_that_is_not_shown_is_one() -> None:
    printed, warned = Output("stdout", {"text/plain": "printed\n"}), Output("stderr", {"text/plain": "careful"})
    texts = [block["c"][1] for block in blocks(printed, warned, printed, display(**{"text/plain": "7"}), warning=False)]
    assert texts == ["printed\nprinted", "7"]
    assert len(blocks(printed, warned, printed, warning=True)) == 3


def test_printed_text_is_code_of_class_output() -> None:
    (block,) = blocks(Output("stdout", {"text/plain": "printed\n"}))
    assert (block["t"], block["c"]) == ("CodeBlock", [["", ["output"], []], "printed"])


@pytest.mark.parametrize(
    ("options", "cell", "count"),
    [
        ({}, {}, 1),
        ({}, {"warning": False}, 0),
        ({"execute.warning": False}, {}, 0),
        ({"execute.warning": False}, {"warning": True}, 1),
    ],
)
def test_warnings_are_shown_unless_it_is_said(options: dict[str, Any], cell: dict[str, Any], count: int) -> None:
    assert len(blocks(Output("stderr", {"text/plain": "careful"}), options=options, **cell)) == count


@pytest.mark.parametrize("options", [{"execute.output": False}, {"execute.eval": False}])
def test_outputs_are_left_out_if_asked_for(options: dict[str, Any]) -> None:
    assert blocks(display(**{"text/plain": "x"}), options=options) == []


@pytest.mark.parametrize(
    ("outputs", "cell", "code"),
    [
        ([], {"label": "fig-a", "fig_cap": "c", "fig_alt": "a"}, "RK331"),
        ([{"text/plain": "x"}], {"label": "fig-a", "fig_cap": "c", "fig_alt": "a"}, "RK331"),
        ([PICTURE, PICTURE], {"label": "fig-a", "fig_cap": "c", "fig_alt": "a"}, "RK331"),
        ([PICTURE], {"label": "tbl-a", "tbl_cap": "c", "fig_alt": "a"}, "RK331"),
        ([{"text/plain": "x"}], {"label": "lst-a", "lst_cap": "c"}, "RK331"),
        ([PICTURE], {"label": "fig-a", "fig_cap": "c"}, "RK330"),
        ([PICTURE], {}, "RK330"),
        ([{"application/pdf": "x"}], {}, "RK332"),
        ([PICTURE], {"label": "fig-a", "fig_cap": "---", "fig_alt": "a"}, "RK334"),
        ([PICTURE], {"label": "fig-a", "fig_cap": ["a", "b"], "fig_alt": "a"}, "RK331"),
        ([{TABLE_MIME: TABLE | {"rows": [[{"kind": "date", "iso": "x"}] * 2]}}], {}, "RK312"),
    ],
)  # fmt: skip
def test_what_a_cell_does_not_keep_is_told_at_the_cell(
    outputs: list[dict[str, Any]], cell: dict[str, Any], code: str
) -> None:
    assert told(*(display(**bundle) for bundle in outputs), **cell) == [(code, "one.qmd:7")]


def test_the_count_of_figures_is_told() -> None:
    (fault,) = faults(*shown(display(**PICTURE), display(**PICTURE), label="fig-a", fig_cap="c", fig_alt="a"))
    assert fault.message == "cell `fig-a` shows 2 figures"


@pytest.mark.parametrize(
    "mark", ["::: {.cell}\nText\n:::", '::: {.cell n="0"}\nText\n:::', '::: {.cell n="99"}\nText\n:::']
)
def test_a_division_that_only_looks_like_a_cell_is_left(mark: str) -> None:
    (page,) = resolve(study(instance("one", prose(f"# One\n\n{mark}")))).pages
    assert [ast.plain_text(block) for block in page.blocks[1:]] == ["Text\n"]
