"""An instance as one Markdown text, and the document that pandoc reads from it.

One text, because a division or a list may span cells and a footnote may be defined in a later one. Where a code
cell's outputs belong stands a division of class `cell` that tells its index, its label, caption and alt text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.study import Cell, Code

READER_FORMAT = "markdown"
CAPTIONS = ("fig-cap", "tbl-cap", "lst-cap")
ALTERNATIVES = ("fig-alt",)

# What would begin a list, heading, quotation or definition where it stands first; behind a backslash it is text.
MARKER = re.compile(r"(\(?#?\w*)(?=[.)]\s)|(?=([-+*|:]|#+)\s|>)")
EQUATION_LABEL = re.compile(r"\{#(eq-[^\s{}]+)\}")


def chapter_markdown(cells: Iterable[Cell], options: Mapping[str, Any]) -> str:
    """Return the Markdown of cells; `options` are the book's (`execute.echo`, true by default, as in Quarto)."""
    return "\n\n".join(_cell(index, cell, options) for index, cell in enumerate(cells))


def cell_option(cell: Code, name: str, options: Mapping[str, Any], default: Any) -> Any:
    """Return an option of a cell, by default that of the book (`execute.` and its name)."""
    return cell.options.get(name, options.get(f"execute.{name}", default))


def read_blocks(reply: str) -> Blocks:
    """Return the blocks that pandoc read from Markdown, with what Quarto's Markdown has beyond pandoc's.

    `fig-alt` of an image is its alt text. A label behind a formula, `$$a = b$$ {#eq-sum}`, makes both one `Span` of
    class `equation` with that identifier. Code with `lst-cap` is a `Div` of class `listing`: its caption, the code.
    """
    blocks: Blocks = ast.rewrite(json.loads(reply)["blocks"], _as_quarto_reads)
    return blocks


def _cell(index: int, cell: Cell, options: Mapping[str, Any]) -> str:
    if not isinstance(cell, Code):
        return cell.text
    if cell_option(cell, "include", options, True) is False:
        return ""
    label = f" label={json.dumps(cell.label, ensure_ascii=False)}" if cell.label else ""
    return "\n".join([f'::: {{.cell n="{index}"{label}}}', *_parts(cell, options), ":::"])


def _parts(cell: Code, options: Mapping[str, Any]) -> Iterator[str]:
    yield from _division("caption", _first(cell, CAPTIONS))
    yield from _division("alt", _first(cell, ALTERNATIVES))
    # The cell that names the parameters is about the build, not about the study.
    if cell_option(cell, "echo", options, True) is not False and "parameters" not in cell.tags:
        fence = "`" * max(3, _longest_run(cell.text) + 1)
        yield f"{fence} {{.python}}\n{cell.text}\n{fence}"


def _division(name: str, text: str | None) -> Iterator[str]:
    if text:
        yield f"::: {{.{name}}}\n{_as_text(text)}\n:::"


def _as_text(text: str) -> str:
    """Return a line of Markdown that pandoc reads as text: `1. Mai` is no list."""
    match = MARKER.match(text)
    return f"{text[: match.end()]}\\{text[match.end() :]}" if match else text


def _first(cell: Code, names: Iterable[str]) -> str | None:
    found = [" ".join(str(cell.options[name]).split()) for name in names if cell.options.get(name)]
    return found[0] if found else None


def _longest_run(text: str) -> int:
    runs = "".join(letter if letter == "`" else " " for letter in text).split()
    return max(map(len, runs), default=0)


def _as_quarto_reads(node: Node) -> Node:
    if node["t"] == "Image":
        return _with_alternative(node)
    if node["t"] == "CodeBlock":
        return _with_caption(node)
    return {"t": node["t"], "c": _with_equations(node["c"])} if node["t"] in {"Para", "Plain"} else node


def _with_alternative(image: Node) -> Node:
    alternative, image = ast.take_attribute(image, "fig-alt")
    if alternative is None:
        return image
    attributes, _, target = image["c"]
    return {"t": "Image", "c": [attributes, ast.text_inlines(alternative), target]}


def _with_caption(code: Node) -> Node:
    caption, code = ast.take_attribute(code, "lst-cap")
    if caption is None:
        return code
    (identifier, classes, pairs), text = code["c"]
    return ast.listing(identifier, ast.text_inlines(caption), {"t": "CodeBlock", "c": [["", classes, pairs], text]})


def _with_equations(inlines: Inlines) -> Inlines:
    made: Inlines = []
    for node in inlines:
        label = EQUATION_LABEL.match(node["c"]) if node["t"] == "Str" else None
        start = len(made) - (2 if made and made[-1]["t"] in ast.SPACES else 1)
        if label and start >= 0 and _is_display(made[start]):
            equation = {"t": "Span", "c": [[label[1], ["equation"], []], [made[start]]]}
            rest = node["c"][label.end() :]
            made[start:] = [equation, *([ast.word(rest)] if rest else [])]
        else:
            made.append(node)
    return made


def _is_display(node: Node) -> bool:
    return node["t"] == "Math" and bool(node["c"][0]["t"] == "DisplayMath")
