"""Quotation marks: pandoc keeps `"…"` as a node; here it becomes the marks of the text's language."""

from __future__ import annotations

from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks
from reportkit.model.terms import load_terms


def spell_quotes(blocks: Blocks, language: str) -> Blocks:
    """Return blocks whose quotations carry the marks of their language: that of the nearest `lang`, or `language`."""
    spelled: Blocks = _spell(blocks, language) if any(ast.nodes(blocks, "Quoted")) else blocks
    return spelled


def _spell(node: Any, language: str) -> Any:
    if isinstance(node, list):
        return [made for item in node for made in _spelled(item, language)]
    if not isinstance(node, dict):
        return node
    own = (ast.attribute(node, "lang") or language) if "t" in node else language
    return {key: _spell(value, own) for key, value in node.items()}


def _spelled(item: Any, language: str) -> list[Any]:
    if not isinstance(item, dict) or item.get("t") != "Quoted":
        return [_spell(item, language)]
    kind, inlines = item["c"]
    marks = load_terms(language)["quotes"]
    first = 0 if kind["t"] == "DoubleQuote" else 2
    return [ast.word(marks[first]), *_spell(inlines, language), ast.word(marks[first + 1])]
