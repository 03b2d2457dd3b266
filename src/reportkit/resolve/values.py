"""Puts typed values where inline expressions stand, in the words of the edition's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote

from reportkit.errors import Diagnostic, error
from reportkit.model.ast import attribute, has_class, identifier, plain_text, rewrite
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.markdown import as_text
from reportkit.model.study import Expression
from reportkit.model.values import Value
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter, Resolved
from reportkit.resolve.claims import claim_box, claim_mark
from reportkit.resolve.outputs import read_texts
from reportkit.resolve.wording import Wording

# An inline expression within a formula: pandoc leaves it as it is marked.
IN_FORMULA = re.compile(r"`[^`]*`\{\.value n=\"?(\d+)\"?\}")
# One within the address of a link.
IN_TARGET = re.compile(r"%60(?:(?!%60).)*%60%7B\.value%20n=(?:%22)?(\d+)(?:%22)?%7D")
# What a value may bring into an address as it is (RFC 3986); other characters are encoded.
ADDRESS = ":/?#@!$&'()*+,;=%"
# How TeX writes in a text what it would take for a command.
TEX = str.maketrans({"\\": r"\textbackslash "} | {letter: f"\\{letter}" for letter in "{}$&#%_"})
T = TypeVar("T")


def place_values(chapter: Chapter, wording: Wording, pandoc: Pandoc) -> Resolved:
    """Return a chapter with its values as text; a claim that is a paragraph of its own becomes a box.

    An expression that failed or gave what cannot be printed (RK312), or has no value (RK311), is an error at its line.
    """
    if not chapter.instance.expressions:
        return chapter, []
    placer = _Placer(chapter, wording, pandoc)
    return chapter.with_blocks(rewrite(chapter.blocks, placer.put, "Code", "Link", "Math", "Para")), placer.faults


class _Placer:
    def __init__(self, chapter: Chapter, wording: Wording, pandoc: Pandoc) -> None:
        self.chapter, self.wording = chapter, wording
        self.expressions = {expression.number: expression for expression in chapter.instance.expressions}
        self.values = chapter.result.values if chapter.result else {}
        self.markdown = _read_markdown(self.values.values(), pandoc)
        self.faults: list[Diagnostic] = []
        self.claims: dict[str, Value] = {}

    def put(self, node: Node) -> Node | list[Node]:
        if node["t"] == "Para":
            claim = self.claims.get(identifier(node["c"][0])) if len(node["c"]) == 1 else None
            return node if claim is None else claim_box(claim, self.wording)
        if node["t"] == "Math":
            return {"t": "Math", "c": [node["c"][0], IN_FORMULA.sub(self._in_formula, node["c"][1])]}
        if node["t"] == "Link":
            attributes, inlines, (target, title) = node["c"]
            return {"t": "Link", "c": [attributes, inlines, [IN_TARGET.sub(self._in_target, target), title]]}
        # Text without a translation names its language.
        own = attribute(node, "lang") or self.wording.language
        wording = self.wording if own == self.wording.language else Wording(own, {}, own)
        printed: Node | list[Node] = node
        return self._printed(_number(node), printed, lambda value: self._inlines(value, wording))

    def _in_formula(self, mark: re.Match[str]) -> str:
        return self._printed(int(mark[1]), mark[0], lambda value: _tex(value, self.wording))

    def _in_target(self, mark: re.Match[str]) -> str:
        return self._printed(int(mark[1]), mark[0], lambda value: quote(plain_text(self.wording.value(value)), ADDRESS))

    def _printed(self, number: int, mark: T, form: Callable[[Value], T]) -> T:
        """Return the value of an expression in a form, or its mark and a fault."""
        expression = self.expressions.get(number)
        if expression is None:
            return mark
        try:
            return form(self.values[number])
        except KeyError:
            self._fail("RK311", expression, "has no value")
        except ValueError as fault:
            self._fail("RK312", expression, f"failed: {fault}")
        return mark

    def _inlines(self, value: Value, wording: Wording) -> Node | list[Node]:
        if value["kind"] == "markdown":
            return _sentence(self.markdown[value["text"]])
        if value["kind"] != "claim":
            return wording.value(value)
        mark = claim_mark(value, wording)
        self.claims[identifier(mark)] = value
        return [mark]

    def _fail(self, code: str, expression: Expression, what: str) -> None:
        place = expression.line.location(self.chapter.instance.described)
        self.faults.append(error(code, f"inline expression `{expression.text}` {what}", place))


def _read_markdown(values: Iterable[Value], pandoc: Pandoc) -> Mapping[str, Blocks]:
    """Return the blocks of all values that are Markdown; as in outputs, no raw markup comes with them."""
    texts = {value["text"]: as_text(value["text"].strip()) for value in values if value["kind"] == "markdown"}
    read = read_texts((("text/markdown", text) for text in texts.values()), pandoc)
    return {text: read["text/markdown", plain] for text, plain in texts.items()}


def _sentence(blocks: Blocks) -> Inlines:
    if len(blocks) > 1 or any(block["t"] != "Para" for block in blocks):
        raise ValueError("its Markdown is more than text for a sentence; a cell can show it")
    return [node for block in blocks for node in block["c"]]


def _tex(value: Value, wording: Wording) -> str:
    """Return a value for a formula: what an untyped expression gives is TeX, what is typed is text."""
    if value["kind"] in {"text", "markdown"}:
        return str(value["text"])
    text = plain_text(wording.value(value))
    digits = text.removeprefix("-")
    sign = text[: len(text) - len(digits)]
    return text if digits.isdecimal() else rf"{sign}\text{{{digits.translate(TEX)}}}"


def _number(node: Node) -> int:
    number = attribute(node, "n") if node["t"] == "Code" and has_class(node, "value") else None
    return int(number) if number and number.isdecimal() else 0
