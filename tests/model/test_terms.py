"""The words that a language lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.model import terms


def test_words_that_nobody_translated_yet_are_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, words in (("en", '{"figure": "Figure", "table": "Table"}'), ("nl", '{"table": "Tabel"}')):
        (tmp_path / f"{language}.json").write_text(words, encoding="utf-8")
    monkeypatch.setattr(terms, "FOLDER", tmp_path)
    load = terms.load_terms.__wrapped__
    assert load("nl-BE") == {"figure": "Figure", "table": "Tabel"}
    assert load("cy") == {"figure": "Figure", "table": "Table"}
