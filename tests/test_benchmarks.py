"""The page of the benchmarks is what their results make."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest
from benchmarks import looking
from benchmarks.books import CHANGED, change_sentence, write_quarto
from benchmarks.page import PAGE, RESULTS, make_page

from reportkit.model.ast import plain_text
from reportkit.model.markdown import READER_FORMAT, chapter_markdown, read_blocks
from reportkit.process import run_pandoc
from reportkit.study import load_study


def test_the_page_is_made_from_the_results() -> None:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == make_page(results)


def test_the_compiled_book_is_a_study_of_which_a_sentence_can_be_changed(tmp_path: Path) -> None:
    write_quarto(tmp_path / "book", 6)
    before = load_study(tmp_path / "book")
    change_sentence(tmp_path / "book", "for a test")
    after = load_study(tmp_path / "book")

    changed = [new.chapter for old, new in zip(before.instances, after.instances, strict=True) if old != new]
    assert (changed, before.warnings) == ([CHANGED], ())
    texts = [chapter_markdown(instance.cells, after.options) for instance in after.instances[1:-1]]
    replies = run_pandoc([{"op": "read", "text": text, "format": READER_FORMAT} for text in texts])
    words = [len(plain_text(read_blocks(reply, {})).split()) for reply in replies]
    assert 1300 < min(words) < max(words) < 1800


LOOK = {"pages": 12, "median": {"bytes": 90_000, "gzip": 30_000, "paint": 80}, "elsewhere": 2}
LOOK["largest"] = {"name": "a.html", "bytes": 400_000, "gzip": 100_000, "paint": 120}
PRINTED = [
    {"book": "this study", "pages": 96, "bytes": 1_200_000},
    {
        **{"book": "a book of 120 chapters", "pages": 600, "bytes": 5_000_000},
        "costs": [{"wall": 12, "cpu": 11, "memory": 900}],
    },
]


def test_the_page_tells_what_pages_load_and_pdfs_take() -> None:
    measured = {"date": "2026-01-31", "rounds": 3, "chapters": 16, "looks": {"this study": LOOK}, "pdf": PRINTED}
    page = make_page(json.loads(RESULTS.read_text(encoding="utf-8")) | {"pages": {**measured, "versions": {"x": "1"}}})
    assert "| this study | 12 | 90 (30) | 400 (100) | 80 | 120 | 2 |" in page
    assert "| a book of 120 chapters | 600 | 5.0 | 12.0 | 11.0 | 900 |" in page


@pytest.mark.skipif(shutil.which("chromium") is None, reason="`apt install chromium` runs the browser tests")
def test_what_a_page_loads_is_counted_without_what_it_asks_from_elsewhere(tmp_path: Path) -> None:
    page = '<link rel="stylesheet" href="a.css"><img src="http://192.0.2.1/x.png"><p>text</p>'
    (tmp_path / "a.html").write_text(f"<!doctype html>{page}", encoding="utf-8")
    (tmp_path / "a.css").write_text("p { color: red; }" * 100, encoding="utf-8")
    files = [(tmp_path / name).read_bytes() for name in ("a.html", "a.css")]
    # A process of its own, as in the benchmarks: other tests may keep a browser open in this one.
    told = run([sys.executable, looking.__file__, "1", str(tmp_path)], capture_output=True, check=True).stdout
    (((seen,),)) = json.loads(told)
    assert (seen["name"], seen["elsewhere"], seen["bytes"]) == ("a.html", 1, sum(map(len, files)))
    assert seen["gzip"] == sum(len(gzip.compress(data)) for data in files) and seen["paint"] > 0
