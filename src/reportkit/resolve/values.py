"""Puts typed values where inline expressions stand, in the words of the edition's language."""

from __future__ import annotations

from reportkit.errors import Diagnostic, error
from reportkit.model.ast import attribute, has_class, identifier, rewrite
from reportkit.model.book import Inlines, Node
from reportkit.model.study import Expression
from reportkit.model.values import Value
from reportkit.resolve.chapters import Chapter, Resolved
from reportkit.resolve.claims import claim_box, claim_mark
from reportkit.resolve.wording import Wording


def place_values(chapter: Chapter, wording: Wording) -> Resolved:
    """Return a chapter with its values as text; a claim that is a paragraph of its own becomes a box.

    An expression that failed or gave what cannot be printed (RK312), or has no value (RK311), is an error at its line.
    """
    expressions = {expression.number: expression for expression in chapter.instance.expressions}
    values = chapter.result.values if chapter.result else {}
    faults: list[Diagnostic] = []
    claims: dict[str, Value] = {}
    if not expressions:
        return chapter, faults

    def put(node: Node) -> Node | list[Node]:
        if node["t"] == "Para" and len(node["c"]) == 1 and identifier(node["c"][0]) in claims:
            return claim_box(claims[identifier(node["c"][0])], wording)
        expression = expressions.get(_number(node))
        if expression is None:
            return node
        # Text without a translation names its language.
        own = attribute(node, "lang") or wording.language
        try:
            return shown(values[expression.number], wording if own == wording.language else Wording(own, {}, own))
        except KeyError:
            faults.append(_fault("RK311", chapter, expression, "has no value"))
        except ValueError as fault:
            faults.append(_fault("RK312", chapter, expression, f"failed: {fault}"))
        return node

    def shown(value: Value, wording: Wording) -> Inlines:
        if value["kind"] != "claim":
            return wording.value(value)
        mark = claim_mark(value, wording)
        claims[identifier(mark)] = value
        return [mark]

    return chapter.with_blocks(rewrite(chapter.blocks, put, "Code", "Para")), faults


def _number(node: Node) -> int:
    number = attribute(node, "n") if node["t"] == "Code" and has_class(node, "value") else None
    return int(number) if number and number.isdecimal() else 0


def _fault(code: str, chapter: Chapter, expression: Expression, what: str) -> Diagnostic:
    place = expression.line.location(chapter.instance.described)
    return error(code, f"inline expression `{expression.text}` {what}", place)
