"""Colours of the cells of a table, which pandas' styler gives by the cells' identifiers: they become classes.

`bg-053061` is what a cell with `background-color: #053061` has, `fg-f1f1f1` one with `color: #f1f1f1`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reportkit.model import ast

STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COLOUR = re.compile(r"(?<![\w-])(background-color|color):\s*([^;\s]+)")
CLASS = re.compile(r"\b(bg|fg)-([0-9a-f]{6})\b")
NAMES = {"background-color": "bg", "color": "fg"}
PROPERTIES = {"bg": "background-color", "fg": "color"}
# How pandoc's Typst writer is told of a cell's colours.
TYPST = {"bg": "typst:fill", "fg": "typst:text:fill"}


def colours_of(html: str) -> Mapping[str, list[str]]:
    """Return the classes for the colours that HTML gives to identifiers."""
    found: dict[str, list[str]] = {}
    for selectors, rules in RULE.findall(" ".join(STYLE.findall(html))):
        told = [(NAMES[name], _hexadecimal(value)) for name, value in COLOUR.findall(rules)]
        for selector in selectors.split(","):
            found.setdefault(selector.strip().removeprefix("#"), []).extend(
                f"{kind}-{colour}" for kind, colour in told if colour
            )
    return found


def _hexadecimal(colour: str) -> str:
    """Return a colour as six digits, "" if it is none."""
    if re.fullmatch("#[0-9a-fA-F]{6}", colour):
        return colour[1:].lower()
    from matplotlib.colors import to_hex

    try:
        return to_hex(colour)[1:]
    except ValueError:
        return ""


def style_rules(pages: Iterable[str]) -> str:
    """Return the rules for the colours that pages have; a ground alone has the letters that can be read on it."""
    found = sorted({colour for page in pages for colour in CLASS.findall(page)})
    return "".join(f".{kind}-{colour} {{ {_rule(kind, colour)} }}\n" for kind, colour in found)


def _rule(kind: str, colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    letters = "#000" if 0.299 * red + 0.587 * green + 0.114 * blue > 128 else "#fff"
    return f"{PROPERTIES[kind]}: #{colour};" + (f" color: {letters};" if kind == "bg" else "")


def with_typst_colours(table: Any) -> Any:
    """Return a part of a table whose cells tell pandoc's Typst writer their colours, and nothing else."""

    def told(own: list[Any]) -> list[Any]:
        colours = [[TYPST[kind], f'rgb("#{colour}")'] for kind, colour in CLASS.findall(" ".join(own[1]))]
        return [*own[:2], [*(pair for pair in own[2] if not pair[0].startswith("typst:")), *colours]]

    return ast.change_attributes(table, told)
