"""A chapter's tree as Quarto's Markdown has it: what `model/quarto.py` reads, the other way round."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain, pairwise, zip_longest
from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.quarto import CALLOUTS, FORMULA, take_title
from reportkit.process import PandocJob

# Pandoc's Markdown, so that pictures and tables stay as they are made here.
WRITER_FORMAT = "markdown-implicit_figures-simple_tables-multiline_tables-smart"
# The mark of a note in code, as `model/quarto.py` shows it.
NOTE = re.compile(r"((?:#|//|--|%|;) *)([①-⑳])(?= *$)", re.MULTILINE)
SMART = re.compile(r"([\"']|--+|\.{3,})")
LOOKS = {
    "simple": ("appearance", "simple"),
    "minimal": ("appearance", "minimal"),
    "no-icon": ("icon", "false"),
    "folded": ("collapse", "true"),
    "unfolded": ("collapse", "false"),
}
# As long may a line of a table be.
WIDE = 1000
SHORTCODE, PAGE_BREAK = "{{<", "{{< pagebreak >}}"
# Headings that name a division begin here, whatever stands around it.
LEVEL = 2


def quarto_blocks(blocks: Blocks, files: Mapping[str, str]) -> Blocks:
    """Return the blocks of a page as pandoc must write them for Quarto; `files` are those of the pages by name."""
    made: Blocks = ast.rewrite(_annotated(blocks), partial(_changed, files))
    return made


def writing(blocks: Blocks) -> PandocJob:
    """Return the job that writes blocks.

    Of a table wider than its lines may be pandoc would write all columns alike, and read them so.
    """
    sizes = [column[1]["t"] for table in ast.nodes(blocks, "Table") for column in table["c"][2]]
    columns = WIDE if sizes and "ColWidth" not in sizes else 72
    return {"op": "write", "document": ast.document(blocks), "format": WRITER_FORMAT, "options": {"columns": columns}}


def _changed(files: Mapping[str, str], node: Node) -> Node | list[Node]:
    if node["t"] == "Link":
        return _link(node, files)
    change = CHANGES.get(node["t"])
    return change(node) if change else node


def _link(node: Node, files: Mapping[str, str]) -> Node:
    attributes, inlines, (target, title) = node["c"]
    path, mark, fragment = target.partition("#")
    page = files.get(path.removesuffix(".html"), path) if path.endswith(".html") else path
    return {"t": "Link", "c": [attributes, inlines, [f"{page}{mark}{fragment}", title]]}


def _division(node: Node) -> Node | list[Node]:
    attributes, blocks = node["c"]
    if attributes[0] == "refs":
        # Pandoc leaves it out, since its own citeproc would make it.
        return _verbatim("RawBlock", "::: {#refs}\n:::")
    kind = next((name for name in DIVISIONS if name in attributes[1] and _is_ours(name, attributes[1], blocks)), "")
    return DIVISIONS.get(kind, _unwrapped)(attributes, _annotated(blocks))


def _is_ours(kind: str, classes: list[str], blocks: Blocks) -> bool:
    """Return whether a division is what its class says; its author may have chosen the same name."""
    if kind == "callout":
        return len(classes) > 1 and classes[1] in CALLOUTS
    if kind == "listing":
        return [block["t"] for block in blocks[:1]] == ["Plain"]
    if kind == "code-fold":
        return [block["t"] for block in take_title(blocks)[1][:1]] == ["CodeBlock"]
    within = {"file": "filename", "layout": "layout-row", "tabset": "tab"}.get(kind)
    return within is None or any(ast.has_class(block, within) for block in blocks)


def _titled(attributes: list[Any], blocks: Blocks) -> Node:
    """Return a division whose title is its first heading."""
    title, body = take_title(blocks)
    heading = [{"t": "Header", "c": [LEVEL, ["", [], []], title]}] if title else []
    return {"t": "Div", "c": [attributes, [*heading, *body]]}


def _callout(attributes: list[Any], blocks: Blocks) -> Node:
    identifier, classes, pairs = attributes
    looks = [list(pair) for name, pair in LOOKS.items() if name in classes]
    return _titled([identifier, [f"callout-{classes[1]}"], [*pairs, *looks]], blocks)


def _folded(attributes: list[Any], blocks: Blocks) -> Node:
    """Return code that folds, in the division that Quarto makes of a cell."""
    title, (code, *others) = take_title(blocks)
    pairs = [["code-fold", "show" if "unfolded" in attributes[1] else "true"]]
    pairs += [["code-summary", ast.plain_text(title).strip()]] if title else []
    (identifier, classes, own), text = code["c"]
    folded = {"t": "CodeBlock", "c": [[identifier, [*classes, "cell-code"], [*own, *pairs]], text]}
    return ast.div([folded, *others], "cell")


def _tab(tab: Node) -> Blocks:
    """Return a tab as a heading and what stands below it; what stands before all tabs stays."""
    if not ast.has_class(tab, "tab"):
        return [tab]
    title, body = take_title(tab["c"][1])
    lowered: Blocks = [
        {"t": "Header", "c": [block["c"][0] + 1, *block["c"][1:]]} if block["t"] == "Header" else block
        for block in body
    ]
    return [{"t": "Header", "c": [LEVEL, [tab["c"][0][0], [], []], title]}, *lowered]


def _layout(_: list[Any], rows: Blocks) -> Node:
    """Return things side by side as one division; where a row is empty, its widths in percent are negative."""
    cells = [[cell["c"][1] for cell in row["c"][1]] for row in rows]
    sizes = [
        zip_longest((ast.attribute(row, "widths") or "").split(), own) for row, own in zip(rows, cells, strict=True)
    ]
    widths = ",".join(f"[{','.join(size if cell else f'-{size}' for size, cell in row)}]" for row in sizes)
    shown = [cell[0] if len(cell) == 1 else ast.div(cell) for row in cells for cell in row if cell]
    return ast.div(shown, layout=f"[{widths}]")


def _unwrapped(attributes: list[Any], blocks: Blocks) -> Node:
    """Return a division; one that holds nothing but a layout is that layout."""
    if len(blocks) == 1 and ast.attribute(blocks[0], "layout"):
        (_, _, layout), blocks = blocks[0]["c"]
        attributes = [*attributes[:2], [*attributes[2], *layout]]
    return {"t": "Div", "c": [attributes, blocks]}


def _figure(node: Node) -> Node:
    (identifier, classes, pairs), (_, caption), blocks = node["c"]
    inlines: Inlines = [part for block in caption for part in block["c"]]
    if "float" in classes:
        classes = [name for name in classes if name not in {"float", "caption-top"}]
    elif [block["t"] for block in blocks] == ["Plain"] and [part["t"] for part in blocks[0]["c"]] == ["Image"]:
        (own, more, others), alt, target = blocks[0]["c"][0]["c"]
        attributes = [identifier or own, [*classes, *more], [*pairs, *others]]
        return ast.para([_described({"t": "Image", "c": [attributes, alt, target]}, inlines)])
    return _float([identifier, classes, pairs], blocks, inlines)


def _described(image: Node, caption: Inlines) -> Node:
    """Return an image with a caption, its alternative text as an attribute where that says something else."""
    attributes, alt, target = image["c"]
    text = ast.plain_text(alt).strip()
    captioned = {"t": "Image", "c": [attributes, caption, target]}
    return ast.add_attribute(captioned, "fig-alt", text) if text and text != ast.plain_text(caption) else captioned


def _float(attributes: list[Any], blocks: Blocks, caption: Inlines) -> Node:
    """Return a division with a label whose last paragraph is its caption."""
    shown = [_paragraph(ast.para(block["c"])) if block["t"] == "Plain" else block for block in blocks]
    attributes, content = _unwrapped(attributes, shown)["c"]
    return {"t": "Div", "c": [attributes, [*content, *([ast.para(caption)] if caption else [])]]}


def _table(table: Node) -> Node:
    attributes, (short, caption), *content = table["c"]
    if not attributes[0]:
        return table
    bare = {"t": "Table", "c": [["", [], []], [short, []], *content]}
    return _float(attributes, [bare], [part for block in caption for part in block["c"]])


def _paragraph(block: Node) -> Node:
    inlines = block["c"]
    return ast.para([_described(inlines[0], [])]) if [node["t"] for node in inlines] == ["Image"] else block


def _span(node: Node) -> Node | list[Node]:
    if ast.has_class(node, "pagebreak"):
        return _verbatim("RawInline", PAGE_BREAK)
    if ast.has_class(node, "equation"):
        return [*node["c"][1], {"t": "Space"}, _verbatim("RawInline", f"{{#{ast.identifier(node)}}}")]
    return node


def _math(node: Node) -> Node:
    """Return a formula; one that opens an environment of its own stands without dollars, as its author wrote it."""
    return _verbatim("RawInline", node["c"][1]) if FORMULA.match(node["c"][1]) else node


def _code(node: Node) -> Node:
    (identifier, classes, pairs), text = node["c"]
    numbered = [["code-line-numbers", "true"]] if "numberLines" in classes else []
    literal = [["shortcodes", "false"]] if SHORTCODE in text and not ast.attribute(node, "shortcodes") else []
    kept = [name for name in classes if name != "numberLines"]
    return {"t": node["t"], "c": [[identifier, kept, [*pairs, *numbered, *literal]], text]}


def _text(node: Node) -> Node | list[Node]:
    """Return a word whose straight quotes, double hyphens and dots Quarto leaves as they are."""
    pieces = SMART.split(node["c"])
    escaped = (
        {"t": "Str", "c": text} if index % 2 == 0 else _verbatim("RawInline", re.sub("(.)", r"\\\1", text))
        for index, text in enumerate(pieces)
        if text
    )
    return list(escaped) if len(pieces) > 1 else node


def _raised(node: Node) -> Node:
    """Return raised text; what begins with a bracket would be read as a note behind its `^`."""
    is_note = node["c"] and node["c"][0]["t"] in {"Link", "Span"}
    return {"t": "Superscript", "c": [_verbatim("RawInline", "<!---->"), *node["c"]]} if is_note else node


def _verbatim(kind: str, text: str) -> Node:
    return {"t": kind, "c": ["markdown", text]}


def _annotated(blocks: Blocks) -> Blocks:
    """Return blocks in which code before a numbered list has Quarto's marks for its notes."""
    made = list(blocks)
    for index, (block, following) in enumerate(pairwise(blocks)):
        if block["t"] == "CodeBlock" and following["t"] == "OrderedList":
            attributes, text = block["c"]
            marked = NOTE.sub(lambda note: f"{note[1]}<{ord(note[2]) - ord('①') + 1}>", text)
            made[index] = {"t": "CodeBlock", "c": [attributes, marked]}
    return made


DIVISIONS: Mapping[str, Callable[[list[Any], Blocks], Node]] = {
    "callout": _callout,
    "code-fold": _folded,
    "file": lambda _, blocks: ast.add_attribute(blocks[1], "filename", ast.plain_text(blocks[0]["c"][1]).strip()),
    "layout": _layout,
    "listing": lambda attributes, blocks: _float([attributes[0], [], []], blocks[1:], blocks[0]["c"]),
    "pagebreak": lambda _, __: _verbatim("RawBlock", PAGE_BREAK),
    "proof": lambda attributes, blocks: _titled([attributes[0], attributes[1][-1:], attributes[2]], blocks),
    "tabset": lambda given, tabs: _unwrapped([given[0], ["panel-tabset"], given[2]], [*chain(*map(_tab, tabs))]),
    "theorem": lambda attributes, blocks: _titled([attributes[0], [], attributes[2]], blocks),
}
CHANGES: Mapping[str, Callable[[Node], Node | list[Node]]] = {
    "Code": _code,
    "CodeBlock": _code,
    "Div": _division,
    "Figure": _figure,
    "Math": _math,
    "Para": _paragraph,
    "Span": _span,
    "Str": _text,
    "Superscript": _raised,
    "Table": _table,
}
