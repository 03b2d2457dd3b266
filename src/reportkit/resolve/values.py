"""Puts typed values where inline expressions stand, in the words of the edition's language."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from reportkit.errors import Diagnostic, error
from reportkit.model.ast import attribute, has_class, rewrite, text_inlines
from reportkit.model.book import Node
from reportkit.model.study import Expression
from reportkit.model.values import Value, format_value
from reportkit.resolve.chapters import Chapter, Resolved


def place_values(chapter: Chapter, language: str, labels: Mapping[str, str]) -> Resolved:
    """Return a chapter with its values as text; `labels` translates words and stated gaps.

    An expression that failed or gave what cannot be printed (RK312), or has no value (RK311), is an error at its line.
    """
    expressions = {expression.number: expression for expression in chapter.instance.expressions}
    values = chapter.result.values if chapter.result else {}
    faults: list[Diagnostic] = []

    def put(node: Node) -> Node | list[Node]:
        expression = expressions.get(_number(node))
        if expression is None:
            return node
        # Text without a translation names its language.
        own = attribute(node, "lang") or language
        try:
            return text_inlines(printed(values[expression.number], own, labels if own == language else {}))
        except KeyError:
            faults.append(_fault("RK311", chapter, expression, "has no value"))
        except ValueError as fault:
            faults.append(_fault("RK312", chapter, expression, f"failed: {fault}"))
        return node

    return chapter.with_blocks(rewrite(chapter.blocks, put)), faults


def printed(value: Value, language: str, labels: Mapping[str, str]) -> str:
    """Return a value as text; raises `ValueError` if its computation failed or it is none that can be printed."""
    if value["kind"] == "error":
        raise ValueError(value["error"])
    if any(isinstance(part, float) and not isfinite(part) for part in value.values()):
        raise ValueError("it gave no number")
    try:
        return format_value(value, language, lambda msgid: labels.get(msgid, msgid))
    except (ArithmeticError, LookupError, TypeError, ValueError) as fault:
        raise ValueError(f"{dict(value)} cannot be printed ({fault})") from fault


def _number(node: Node) -> int:
    number = attribute(node, "n") if node["t"] == "Code" and has_class(node, "value") else None
    return int(number) if number and number.isdecimal() else 0


def _fault(code: str, chapter: Chapter, expression: Expression, what: str) -> Diagnostic:
    place = expression.line.location(chapter.instance.described)
    return error(code, f"inline expression `{expression.text}` {what}", place)
