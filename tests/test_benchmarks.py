"""The page of the benchmarks is what their results make."""

from __future__ import annotations

import json
from pathlib import Path

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
