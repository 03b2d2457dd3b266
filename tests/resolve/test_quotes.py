"""Quotation marks by the language of their text."""

from __future__ import annotations

import pytest

from compile.sample import read, resolve
from reportkit.model import ast
from reportkit.resolve.quotes import spell_quotes
from resolve.told import book_of


@pytest.mark.parametrize(
    ("language", "text"), [("de", "„Er sagt ‚ja‘“"), ("en", "“Er sagt ‘ja’”"), ("de-AT", "„Er sagt ‚ja‘“")]
)
def test_quotations_carry_the_marks_of_the_language(language: str, text: str) -> None:
    blocks = spell_quotes(read("\"Er sagt 'ja'\""), language)
    assert not list(ast.nodes(blocks, "Quoted"))
    assert ast.plain_text(blocks) == f"{text}\n"


def test_text_in_another_language_has_its_own_marks() -> None:
    blocks = read('"One" ["Zwei"]{lang=de}\n\n::: {lang=de}\n"Drei"[^n]\n:::\n\n[^n]: "Vier"')
    said = [node["c"] for node in ast.nodes(spell_quotes(blocks, "en"), "Str")]
    assert said == ["“", "One", "”", "„", "Zwei", "“", "„", "Drei", "“", "„", "Vier", "“"]


def test_text_without_quotations_is_left() -> None:
    blocks = read("# A {#b}\n\n*c* [vgl. @d, 3] „e“\n\n| f |\n|---|\n| g |\n")
    assert spell_quotes(blocks, "de") == blocks


def test_titles_in_contents_have_the_marks_too() -> None:
    (page,) = resolve(book_of('# Das "Haus"')).pages
    assert page.title == "Das „Haus“"
