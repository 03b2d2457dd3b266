"""Puts typed values where inline expressions stand, in the words of the edition's language."""

from __future__ import annotations

from collections.abc import Mapping

from reportkit.errors import Diagnostic, error
from reportkit.model.ast import attribute, has_class, nodes, rewrite, text_inlines
from reportkit.model.book import Node
from reportkit.model.study import Expression
from reportkit.model.values import format_value
from reportkit.resolve.chapters import Chapter


def place_values(chapter: Chapter, language: str, labels: Mapping[str, str]) -> tuple[Chapter, list[Diagnostic]]:
    """Return a chapter with its values as text; `labels` translates words and stated gaps.

    An expression that failed (RK312) or has no value (RK311) is an error at its line.
    """
    expressions = {expression.number: expression for expression in chapter.instance.expressions}
    values = chapter.result.values if chapter.result else {}
    used = [number for number in map(_number, nodes(chapter.blocks, "Code")) if number is not None]
    faults = [
        _fault(chapter, expressions[number], values.get(number, {})) for number in used if not _sound(values, number)
    ]

    def put(node: Node) -> Node | list[Node]:
        number = _number(node)
        if number is None or not _sound(values, number):
            return node
        # Text without a translation names its language.
        own = attribute(node, "lang") or language
        known = labels if own == language else {}
        return text_inlines(format_value(values[number], own, lambda msgid: known.get(msgid, msgid)))

    return chapter.with_blocks(rewrite(chapter.blocks, put)), faults


def _number(node: Node) -> int | None:
    is_value = node["t"] == "Code" and has_class(node, "value")
    return int(attribute(node, "n") or 0) if is_value else None


def _sound(values: Mapping[int, Mapping[str, object]], number: int) -> bool:
    return number in values and values[number]["kind"] != "error"


def _fault(chapter: Chapter, expression: Expression, value: Mapping[str, object]) -> Diagnostic:
    place = expression.line.location(chapter.instance.described)
    if not value:
        return error("RK311", f"inline expression `{expression.text}` has no value", place)
    return error("RK312", f"inline expression `{expression.text}` failed: {value['error']}", place)
