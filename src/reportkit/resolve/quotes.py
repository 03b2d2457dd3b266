"""Quotation marks: pandoc keeps `"…"` as a node; here it becomes the marks of the text's language."""

from __future__ import annotations

from typing import Any

from reportkit.model import ast
from reportkit.model.terms import load_terms


def spell_quotes(node: Any, language: str) -> Any:
    """Return a tree whose quotations carry the marks of their language: that of the nearest `lang`, or `language`."""
    if isinstance(node, list):
        return [made for item in node for made in _spelled(item, language)]
    if not isinstance(node, dict):
        return node
    own = (ast.attribute(node, "lang") or language) if "t" in node else language
    return {key: spell_quotes(value, own) for key, value in node.items()}


def _spelled(item: Any, language: str) -> list[Any]:
    if not isinstance(item, dict) or item.get("t") != "Quoted":
        return [spell_quotes(item, language)]
    kind, inlines = item["c"]
    marks = load_terms(language)["quotes"]
    first = 0 if kind["t"] == "DoubleQuote" else 2
    return [ast.word(marks[first]), *spell_quotes(inlines, language), ast.word(marks[first + 1])]
