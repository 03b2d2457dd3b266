from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.errors import Diagnostic
from reportkit.model.attachments import pictures
from reportkit.model.study import Cell, Code, Line, Prose
from reportkit.study.cells import read_cells, split_document, text_lines

LINE = st.sampled_from(["", "Ein Satz.", "# Titel", "```{python}", "```", "~~~", "```{.python}", "    1 + 1", "````"])


def cells_of(path: str, text: str) -> tuple[tuple[Cell, ...], list[Diagnostic]]:
    faults: list[Diagnostic] = []
    return read_cells(path, text, faults), faults


def texts(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.text for cell in cells]


@given(st.lists(LINE, max_size=30))
def test_the_pieces_of_a_document_are_its_lines_without_the_fences_of_code(written: list[str]) -> None:
    lines = text_lines("a.qmd", "\n".join(written))
    faults: list[Diagnostic] = []
    pieces = split_document(lines, faults)
    assert [piece.kind for piece in pieces] == ["prose", "code"] * (len(pieces) // 2) + ["prose"]
    kept = [line for piece in pieces for line in piece.lines]
    left = [line for line in lines if line not in kept]
    assert sorted([*kept, *left], key=lambda line: line.number) == lines
    cells = len(pieces) // 2
    assert [line.text for line in left].count("```{python}") == cells
    assert len(left) == 2 * cells - len(faults)


def test_a_document_is_split_at_its_code_cells() -> None:
    text = "# A\n\n```{python}\n#| label: x\n1\n```\n\nMitte.\n\n```{.python}\n2\n```\n\n````\n```{python}\n```\n````\n"
    cells, faults = cells_of("a.qmd", text)
    assert faults == []
    assert [type(cell) for cell in cells] == [Prose, Code, Prose]
    code = cells[1]
    assert isinstance(code, Code)
    assert (code.text, code.label, code.lines[0].number) == ("1", "x", 5)
    assert code.option_lines["label"] == Line("#| label: x", "a.qmd", 4)


def test_options_may_be_lists_and_long_texts_and_tags() -> None:
    options = "#| tags: [parameters]\n#| fig-cap: >\n#|   Eine lange\n#|   Zeile\n#| fig-subcap:\n#|   - a\n"
    text = f"```{{python}}\n{options}1\n```\n"
    (_, code, _), faults = cells_of("a.qmd", text)
    assert isinstance(code, Code)
    assert code.options["fig-cap"] == "Eine lange Zeile\n"
    assert code.options["fig-subcap"] == ["a"]
    assert code.tags == {"parameters"}
    assert faults == []


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("Text.\n", ["# Ein Titel\n", "Text."]),
        ("# Eigen\n", ["# Ein Titel\n", "# Eigen"]),
        ("```\n# Kommentar\n```\n", ["# Ein Titel\n", "```\n# Kommentar\n```"]),
    ],
)
def test_a_title_in_the_front_matter_becomes_the_first_heading(body: str, heading: list[str]) -> None:
    cells, faults = cells_of("a.md", "---\ntitle: Ein Titel\n---\n" + body)
    assert texts(cells) == heading
    assert faults == []


def test_other_front_matter_has_no_effect_and_says_so() -> None:
    cells, faults = cells_of("a.md", "---\ntheme: x\n---\n# Titel\n")
    assert texts(cells) == ["# Titel"]
    assert [(fault.code, str(fault.location)) for fault in faults] == [("RK105", "a.md:2")]


def test_broken_front_matter_names_its_line() -> None:
    _, faults = cells_of("a.md", "---\ntitle: a: b\n---\n# Titel\n")
    assert [(fault.code, str(fault.location)) for fault in faults] == [("RK101", "a.md:2")]


def test_a_diagram_that_nothing_draws_is_shown_as_written_and_told() -> None:
    for path in ("a.md", "a.qmd"):
        (cell, *_), faults = cells_of(path, "```{mermaid}\nA --> B\n```\n")
        assert cell.text == "```{.mermaid}\nA --> B\n```"
        assert [(fault.code, str(fault.location)) for fault in faults] == [("RK105", f"{path}:1")]
        assert "![what is seen](diagram.svg)" in str(faults[0].hint)


def test_a_diagram_with_a_label_is_a_figure() -> None:
    text = '```{mermaid}\n%%| label: fig-way\n%%| fig-cap: "The way"\nA --> B\n```\n'
    (cell, *_), _ = cells_of("a.qmd", text)
    assert cell.text == "::: {#fig-way}\n\n```{.mermaid}\nA --> B\n```\n\nThe way\n\n:::"


def notebook(*cells: object, **metadata: object) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4})


def test_a_notebook_counts_cells_from_1_and_lines_within_them() -> None:
    prose = {"cell_type": "markdown", "source": ["# Titel\n", "\n", "Text."]}
    code = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "#| echo: false\nx = 1\n"}
    cells, faults = cells_of("a.ipynb", notebook(prose, code, {"cell_type": "markdown", "source": []}))
    assert faults == []
    assert texts(cells) == ["# Titel\n\nText.", "x = 1\n", ""]
    assert isinstance(cells[1], Code)
    assert cells[1].tags == {"parameters"}
    assert [str(cell.lines[-1].location()) for cell in cells[:2]] == [
        "a.ipynb, cell 1, line 3",
        "a.ipynb, cell 2, line 3",
    ]


def test_a_raw_first_cell_is_front_matter_and_others_are_not_printed() -> None:
    front = {"cell_type": "raw", "source": "---\ntitle: Titel\n---"}
    raw = {"cell_type": "raw", "source": "<hr>"}
    cells, faults = cells_of("a.ipynb", notebook(front, raw, {"cell_type": "markdown", "source": "Text."}))
    assert texts(cells) == ["# Titel\n", "Text."]
    assert [(fault.code, str(fault.location)) for fault in faults] == [("RK105", "a.ipynb, cell 2, line 1")]


def test_front_matter_in_a_cell_of_text_is_told() -> None:
    front = {"cell_type": "markdown", "source": "---\ntitle: Titel\n---"}
    _, (fault,) = cells_of("a.ipynb", notebook(front, {"cell_type": "markdown", "source": "Text."}))
    assert (fault.code, str(fault.location), fault.hint) == (
        "RK105",
        "a.ipynb, cell 1, line 1",
        "put it into a raw cell",
    )


@pytest.mark.parametrize("cell", [3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": [1]}])
def test_a_damaged_cell_is_named(cell: object) -> None:
    _, faults = cells_of("a.ipynb", notebook(cell))
    assert [(fault.code, str(fault.location)) for fault in faults] == [("RK111", "a.ipynb, cell 1")]


def test_a_notebook_in_another_language_does_not_run() -> None:
    cells, faults = cells_of("a.ipynb", notebook(kernelspec={"name": "ir", "language": "R"}))
    assert cells == ()
    assert [fault.code for fault in faults] == ["RK116"]


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", '{"cells": {}}', "null"])
def test_json_that_is_no_notebook_is_refused(text: str) -> None:
    cells, faults = cells_of("a.ipynb", text)
    assert cells == ()
    assert [fault.code for fault in faults] == ["RK111"]


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def with_attachment(text: str, **held: object) -> dict[str, object]:
    return {"cell_type": "markdown", "source": text, "attachments": {"a b.png": held}}


def test_the_attachments_of_cells_are_named_by_what_they_are() -> None:
    first = with_attachment("![One](attachment:a%20b.png)", **{"image/png": PIXEL})
    second = with_attachment("![Two](<attachment:a b.png>){#fig-x}", **{"image/svg+xml": [DRAWING]})
    cells, faults = cells_of("a.ipynb", notebook(first, second))
    names = [re.findall(r"attachment:(\w{16}\.\w+)", text) for text in texts(cells)]
    assert faults == [] and sorted(pictures([first, second])) == sorted(name for (name,) in names)
    assert [name.rpartition(".")[2] for (name,) in names] == ["png", "svg"]


@pytest.mark.parametrize("held", [{}, {"image/png": "%"}, {"text/plain": "x"}, {"image/png": 3}])
def test_an_attachment_that_is_no_picture_keeps_its_name(held: dict[str, object]) -> None:
    cell = with_attachment("![One](attachment:a%20b.png)", **held)
    assert texts(cells_of("a.ipynb", notebook(cell))[0]) == ["![One](attachment:a%20b.png)"]
    assert pictures([cell, {"attachments": ["x"]}, {"attachments": {"y": 3}}]) == {}
