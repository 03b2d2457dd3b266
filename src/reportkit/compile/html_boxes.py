"""Divisions as HTML: what folds is `<details>`, which needs no script; sizes are classes, for pages forbid styles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from reportkit.model import ast
from reportkit.model.book import Blocks, Node
from reportkit.model.quarto import CALLOUTS, take_title

# Attributes that the policy of pages forbids, or that are a class here.
UNSHOWN = re.compile(r"style|startFrom|on\w+|typst:.*", re.IGNORECASE)
PERCENT = re.compile(r"(\d+)(\.\d+)?%")
LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|cm|mm|in|pt|em)?")
# A length of each unit in pixels (CSS Values 4); text is 16 pixels high unless its reader says otherwise.
PIXELS = {None: 1, "px": 1, "cm": 96 / 2.54, "mm": 96 / 25.4, "in": 96, "pt": 96 / 72, "em": 16}
# The rules for the classes that sizes become.
SIZES = "".join(f".w-{n} {{ width: {n}%; }}\n" for n in range(1, 101))
# A column of at most so many letters is as wide as they are: no line of it breaks.
SHORT = 14
SIZES += "".join(f".least-{n} {{ min-width: calc({n}ch + 0.8rem); }}\n" for n in range(1, SHORT + 1))


def without_styles(node: Node) -> Node:
    """Return a node without inline style and script; a picture's width and height are a class or pixels."""
    found = ast.attributes(node)
    if not found or not found[2]:
        return node
    identifier, classes, pairs = found
    classes = [*classes, *(f"from-{value}" for name, value in map(tuple, pairs) if name == "startFrom")]
    kept = [pair for pair in pairs if not UNSHOWN.fullmatch(pair[0])]
    if node["t"] == "Image":
        sizes = {name: value for name, value in map(tuple, kept) if name in {"width", "height"}}
        kept = [pair for pair in kept if pair[0] not in sizes]
        aligned = [f"align-{value}" for name, value in map(tuple, kept) if name == "fig-align"]
        kept = [pair for pair in kept if pair[0] != "fig-align"]
        classes = [*classes, *aligned]
        percent = PERCENT.fullmatch(sizes.get("width", ""))
        classes = [*classes, f"w-{min(int(percent[1]), 100)}"] if percent else classes
        kept += [[name, pixels] for name, value in sizes.items() if (pixels := _pixels(value))]
    return ast.with_attributes(node, [identifier, classes, kept])


def _pixels(written: str) -> str:
    found = LENGTH.fullmatch(written)
    return str(round(float(found[1]) * PIXELS[found[2]])) if found else ""


def boxed(node: Node, terms: Mapping[str, str]) -> Node | list[Node]:
    """Return a division as a page shows it; a callout is heard as what it is, whatever its title says."""
    classes = node["c"][0][1]
    if "callout" in classes:
        node = ast.add_attribute(node, "role", "note")
        kind = next((name for name in classes if name in CALLOUTS), None)
        if kind and "claim" not in classes:  # what a claim is, its title says
            node = ast.add_attribute(node, "aria-label", terms[kind])
    if {"folded", "unfolded", "code-fold"} & set(classes):
        return _details(node)
    return _row(node) if "layout-row" in classes else node


def _details(node: Node) -> Blocks:
    (identifier, classes, _), _ = node["c"]
    title, blocks = take_title(node["c"][1])
    named = {"id": identifier, "aria-label": ast.attribute(node, "aria-label")}
    own = "".join(f' {name}="{escape(value)}"' for name, value in named.items() if value)
    opened = " open" if "unfolded" in classes else ""
    start = f'<details{own} class="{escape(" ".join(classes))}"{opened}>\n<summary>'
    return [_html(start), ast.plain(title), _html("</summary>"), *blocks, _html("</details>")]


def _row(node: Node) -> Node:
    widths, node = ast.take_attribute(node, "widths")
    attributes, cells = node["c"]
    sized = [
        ast.div(cell["c"][1], "layout-cell", f"w-{width}")
        for cell, width in zip(cells, (widths or "").split(), strict=False)
    ]
    return {"t": "Div", "c": [attributes, sized]}


def _html(text: str) -> Node:
    return {"t": "RawBlock", "c": ["html", text]}


def own_width(picture: bytes) -> str | None:
    """Return the width in pixels at which a PNG that tells its resolution is as large as it was made, or None."""
    resolution = pixels_per_inch(picture)
    return str(round(int.from_bytes(picture[16:20]) / resolution * 96)) if resolution else None


def pixels_per_inch(picture: bytes) -> float | None:
    """Return the resolution that a PNG tells, or None.

    Source: https://www.w3.org/TR/png-3/#11pHYs
    """
    at = picture.find(b"pHYs", 0, 512)
    if not picture.startswith(b"\x89PNG") or at < 0 or picture[at + 12] != 1:
        return None
    return int.from_bytes(picture[at + 4 : at + 8]) * 0.0254 or None
