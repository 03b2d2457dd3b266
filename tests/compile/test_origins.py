"""Where figures and tables come from, and their data as files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html

from compile.sample import figure, instance, lines, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.model.execution import Execution, Output, Result, Trace
from reportkit.model.study import Code
from reportkit.process import run_pandoc
from reportkit.verify import make_record

TABLE = "\n\n| a | b |\n|---|--:|\n| =1+1 | -2 |\n| \\<script\\> | -x |\n\n: Sums {#tbl-sums}\n"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    counted = Code(lines("count()", "one.md"), {"label": "tbl-made", "tbl-cap": "Made", "echo": False})
    cells = [prose(f"# One{TABLE}"), figure("fig-a"), counted]
    made = study(instance("one", *cells, parameters={"city": "<b>"}), formats=("html", "pdf"))
    outputs = {**svg_result(1).outputs, 2: (Output("display", {"text/html": "<table><tr><td>1</td></tr></table>"}),)}
    result = Result(outputs, {}, Trace({"data/x y.csv": "0" * 64, "data/absent.csv": None, "/home": "1"}, {}, None))
    book = resolve(made, {"one": result})
    record = make_record(made, Execution({("one", "de"): result}), book)
    book = replace(book, record=record, sources={"one.md": b"# One"}, downloads={"data/x y.csv": b"1"})
    return compile_book(book, "html", run_pandoc)


def test_a_figure_tells_its_cell_parameters_data_and_digest(files: dict[str, bytes]) -> None:
    page = html.fromstring(files["one.html"].decode())
    drawing, table = page.xpath('//details[@class="origin"]')
    facts = {dt.text: dt.getnext().text_content().strip() for dt in drawing.xpath(".//dt")}
    assert facts["Parameter"] == "city = <b>"
    assert facts["Gelesene Daten"] == f"data/x y.csv {'0' * 12}"
    assert len(facts["Ausgabe der Zelle, SHA-256"]) == 64
    assert [a.get("href") for a in drawing.xpath(".//dd//a")] == ["data/x%20y.csv"]
    names = [(a.text, a.get("href")) for a in drawing.xpath("./p/a")]
    assert names == [
        ("SVG", "figures/fig-a.svg"), ("Quelltext des Kapitels", "one.md"), ("PDF", "../pdf/zwei-staedte.pdf"),
        ("Nachweis (JSON)", "../record.json"),
    ]  # fmt: skip
    assert table.xpath("./p/a/@href")[0] == "tables/tbl-made.csv"
    assert not page.xpath('//table[@id="tbl-sums"]/../following-sibling::*[1][@class="origin"]')
    assert files["one.md"] == b"# One"


def test_a_table_is_a_csv_that_no_spreadsheet_takes_for_formulas(files: dict[str, bytes]) -> None:
    text = files["tables/tbl-sums.csv"].decode("utf-8-sig")
    assert text == "a,b\r\n'=1+1,-2\r\n<script>,'-x\r\n"


def test_a_book_without_a_record_has_no_origins() -> None:
    book = resolve(study(instance("one", prose("# One"), figure("fig-a"))), {"one": svg_result(1)})
    assert b'class="origin"' not in compile_book(book, "html", run_pandoc)["one.html"]
