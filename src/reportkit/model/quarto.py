r"""What Quarto's Markdown has beyond pandoc's, as small changes of the tree that pandoc read.

| written | becomes |
|---|---|
| `$$a = b$$ {#eq-sum}` | a `Span` of class `equation` with that identifier |
| `\begin{align}` and the like | a formula on lines of its own |
| `\newpage`, `\pagebreak` | a `Div` of class `pagebreak` |
| `::: {.hidden}` | nothing |
| code with `lst-cap` | a `Div` of class `listing`: the caption, the code |
| code with `filename` | a `Div` of class `file`: a `Div` of class `filename`, the code |
| code with `# <1>` before a numbered list | the same with `# ①` |
| `::: {.callout-tip}` | a `Div` of classes `callout` and `tip`; a title first, a `Div` of class `box-title` |
| `::: {.panel-tabset}` | a `Div` of class `tabset` that holds one of class `tab` for each heading, its title first |
| `::: {#thm-line}`, `::: {.proof}` | a `Div` of classes `theorem` and `thm`, or `proof`; its title first |
| `::: {#fig-x}` | a `Figure`, a `Table` or a listing with the last paragraph as its caption |
| `::: {#vid-x}` of an own kind | a `Figure` of class `float`, and `caption-top` where its caption stands above it |
| `![…](…){.column-margin}` | its `Figure` in a `Div` of that class |
| `::: {.list-table}` | a `Table`, see `list_tables.py` |
| `::: {layout-ncol=2}`, `::: {.columns}` | see `layout.py` |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.float_kinds import float_kinds
from reportkit.model.layout import arranged, is_pictures, lay_out, read_numbers
from reportkit.model.list_tables import as_table

EQUATION_LABEL = re.compile(r"\{#(eq-[^\s{}]+)\}")
NEW_PAGE = re.compile(r"\s*\\(newpage|pagebreak)\s*")
FORMULA = re.compile(r"\s*\\begin\{(align|alignat|eqnarray|equation|flalign|gather|multline)\*?\}")
CALLOUTS = ("note", "tip", "warning", "caution", "important")
THEOREMS = ("thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "sol", "rem", "alg")
# What labels of callouts begin with.
CALLOUT_LABELS = {"nte": "note", "tip": "tip", "wrn": "warning", "cau": "caution", "imp": "important"}
PROOFS = ("proof", "remark", "solution")
THEOREM = re.compile(rf"({'|'.join(THEOREMS)})-")
# A mark in code which the list below explains.
NOTE = re.compile(r"((?:#|//|--|%|;) *)<(1?[1-9]|[12]0)>(?= *$)", re.MULTILINE)
MARGIN = "column-margin"
WIDTH = re.compile(r"(\d+(?:\.\d+)?)%")
FLOAT = re.compile(r"(fig|tbl|lst)-")
# Divisions that hold the text of one line, such as a title or a caption, and no more.
LINES = frozenset({"alt", "box-title", "caption", "lst-cap", "subcap"})


def as_quarto(blocks: Blocks, options: Mapping[str, Any]) -> Blocks:
    """Return blocks that pandoc read, as Quarto reads them; `options` are those of the book or of its chapter."""
    kinds, notes = float_kinds(options), options.get("code-annotations")

    def change(node: Node) -> Node | list[Node]:
        if node["t"] == "Div":
            node = {"t": "Div", "c": [node["c"][0], _annotated(node["c"][1], notes)]}
        kind = kinds.get(ast.identifier(node).partition("-")[0]) if node["t"] in {"Div", "Figure"} else None
        node = _own_float(node, kind) if kind else node
        return CHANGES[node["t"]](node)

    return _annotated(ast.rewrite(blocks, change, *CHANGES), notes)


def _annotated(blocks: Blocks, notes: Any) -> Blocks:
    """Return blocks in which code before a numbered list shows its numbers; the list of a cell stands in the cell.

    If `notes` is `none` both are left out, if it is false they are as written.
    """
    made: Blocks = []
    for block in blocks:
        is_list = block["t"] == "OrderedList" and notes is not False
        if not (is_list and made and any(NOTE.search(code["c"][1]) for code in ast.nodes(made[-1:], "CodeBlock"))):
            made.append(block)
            continue
        made[-1] = ast.rewrite(made[-1], _without_notes if notes == "none" else _with_notes, "CodeBlock")
        if notes == "none":
            continue
        if ast.has_class(made[-1], "cell"):
            attributes, inner = made[-1]["c"]
            made[-1] = ast.with_content(made[-1], [attributes, [*inner, block]])
        else:
            made.append(block)
    return made


def _with_notes(node: Node) -> Node:
    attributes, text = node["c"]
    numbered = NOTE.sub(lambda note: note[1] + chr(ord("①") + int(note[2]) - 1), text)
    return {"t": "CodeBlock", "c": [attributes, numbered]}


def _without_notes(node: Node) -> Node:
    attributes, text = node["c"]
    return {"t": "CodeBlock", "c": [attributes, re.sub(rf"(?m)[ \t]*{NOTE.pattern} *", "", text)]}


def titled(title: Inlines) -> Node:
    """Return the title of a division."""
    return ast.div([ast.plain(title)], "box-title")


def take_title(blocks: Blocks) -> tuple[Inlines, Blocks]:
    """Return the title that blocks begin with, if they do, and the other blocks."""
    if blocks and blocks[0]["t"] == "Div" and ast.has_class(blocks[0], "box-title"):
        title: Inlines = blocks[0]["c"][1][0]["c"]
        return title, blocks[1:]
    return [], blocks


def _paragraph(block: Node) -> Node:
    inlines = block["c"]
    if len(inlines) == 1 and inlines[0]["t"] == "Image" and FLOAT.match(ast.identifier(inlines[0])):
        (label, *more), alt, target = inlines[0]["c"]
        return ast.figure(label, [], {"t": "Image", "c": [["", *more], alt, target]})
    return {"t": block["t"], "c": _with_equations(inlines)}


def _with_equations(inlines: Inlines) -> Inlines:
    made: Inlines = []
    if not any(node["t"] == "Math" for node in inlines):
        return inlines
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


def _code(code: Node) -> Node:
    filename, code = ast.take_attribute(code, "filename")
    numbers, code = ast.take_attribute(code, "code-line-numbers")
    (identifier, classes, pairs), text = code["c"]
    if numbers not in {None, "false"}:
        classes = [*classes, "numberLines"]
    shown = {"t": "CodeBlock", "c": [[identifier, classes, pairs], text]}
    if not filename:
        return shown
    return ast.div([ast.div([ast.plain([{"t": "Code", "c": [["", [], []], filename]}])], "filename"), shown], "file")


def _table(table: Node) -> Node:
    written, table = ast.take_attribute(table, "tbl-colwidths")
    return with_widths(table, written)


def with_widths(table: Node, written: Any) -> Node:
    """Return a table whose columns are as wide as a list of percentages says; if it is none, they are left."""
    widths = read_numbers(written)
    attributes, caption, columns, *rest = table["c"]
    if len(widths) != len(columns) or not sum(widths):
        return table
    parts = [{"t": "ColWidth", "c": width / max(100, sum(widths))} for width in widths]
    sized = [[align, part] for (align, _), part in zip(columns, parts, strict=True)]
    return {"t": "Table", "c": [attributes, caption, sized, *rest]}


def _division(node: Node) -> Node | list[Node]:
    identifier, classes, _ = node["c"][0]
    if "hidden" in classes:
        return []
    callout = next((kind for kind in CALLOUTS if f"callout-{kind}" in classes), None)
    theorem = THEOREM.match(identifier)
    proof = next((kind for kind in PROOFS if kind in classes), None)
    if callout:
        return _callout(node, callout)
    if theorem or proof:
        return _named_division(node, *(["theorem", theorem[1]] if theorem else dict.fromkeys(["proof", str(proof)])))
    if "panel-tabset" in classes:
        return _tabset(node)
    if "columns" in classes:
        return _columns(node)
    if "list-table" in classes:
        return as_table(node)
    if FLOAT.match(identifier) and "listing" not in classes:
        return _float(node, "Figure", "Table")
    return arranged(node)


def _named_division(node: Node, *classes: str) -> Node:
    """Return a division of other classes whose title, given by an attribute or a heading, is its first block."""
    (identifier, _, pairs), blocks = node["c"]
    if blocks and blocks[0]["t"] == "Header":
        blocks = [titled(blocks[0]["c"][2]), *blocks[1:]]
    return {"t": "Div", "c": [[identifier, list(classes), pairs], blocks]}


def _callout(node: Node, kind: str) -> Node:
    """Return a callout; how it looks is said by classes: `simple`, `minimal`, `no-icon`, `folded`, `unfolded`."""
    collapse, node = ast.take_attribute(node, "collapse")
    appearance, node = ast.take_attribute(node, "appearance")
    icon, node = ast.take_attribute(node, "icon")
    looks = {
        "no-icon": icon == "false" or appearance == "minimal",
        "simple": appearance == "simple",
        "minimal": appearance == "minimal",
        "folded": collapse == "true",
        "unfolded": collapse == "false",
    }
    return _named_division(node, "callout", kind, *(name for name, holds in looks.items() if holds))


def _tabset(node: Node) -> Node:
    (identifier, _, pairs), blocks = node["c"]
    level = next((block["c"][0] for block in blocks if block["t"] == "Header"), None)
    tabs: list[Node] = []
    before: Blocks = []
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == level:
            own = block["c"][1][0]
            tabs.append({"t": "Div", "c": [[own, ["tab"], []], [titled(block["c"][2])]]})
        else:
            (tabs[-1]["c"][1] if tabs else before).append(_raised(block) if block["t"] == "Header" else block)
    group = [[name, value] for name, value in map(tuple, pairs) if name == "group"]
    return {"t": "Div", "c": [[identifier, ["tabset"], group], [*before, *tabs]]}


def _raised(heading: Node) -> Node:
    """Return a heading within a tab one level higher, for the tab's own is no heading any more."""
    level, *content = heading["c"]
    return {"t": "Header", "c": [level - 1, *content]}


def _columns(node: Node) -> Node:
    """Return `::: {.columns}` as a row of cells that are as wide as its columns say."""
    columns = [block for block in node["c"][1] if ast.has_class(block, "column")]
    written = [WIDTH.fullmatch(ast.attribute(column, "width") or "") for column in columns]
    widths = [float(width[1]) if width else 100 / len(columns) for width in written]
    return lay_out([column["c"][1] for column in columns], [widths]) if columns else node


def _own_float(node: Node, kind: Mapping[str, Any]) -> Node:
    """Return a division or a picture with the label of a kind of the book's own as a float of that kind."""
    node = _float(node, "Figure") if node["t"] == "Div" else node
    identifier, classes, pairs = node["c"][0]
    place = ["caption-top"] if kind.get("caption-location") == "top" else []
    return ast.with_attributes(node, [identifier, ["float", *place, *classes], pairs])


def _float(node: Node, *alone: str) -> Node:
    """Return a division as a float; one block of a kind that may be it `alone` gets its label and caption."""
    (identifier, classes, pairs), blocks = node["c"]
    body, caption = _caption(blocks)
    if not caption and [block["t"] for block in body] == ["Para"] and not is_pictures(body):
        return node  # text alone
    if identifier.startswith("lst-"):
        return {"t": "Div", "c": [[identifier, ["listing"], []], [ast.plain(caption), *body]]}
    laid: Blocks = arranged({"t": "Div", "c": [["", [], pairs], body]})["c"][1]
    if len(laid) == 1 and laid[0]["t"] in alone and not ast.identifier(laid[0]):
        (_, *attributes), (short, own), *content = laid[0]["c"]
        shown = [ast.plain(caption)] if caption else own
        return {"t": laid[0]["t"], "c": [[identifier, *attributes], [short, shown], *content]}
    if is_pictures(laid):
        laid = [ast.plain(block["c"]) for block in laid]
    return {"t": "Figure", "c": [[identifier, classes, []], [None, [ast.plain(caption)] if caption else []], laid]}


def _caption(blocks: Blocks) -> tuple[Blocks, Inlines]:
    """Return the blocks of a float and its caption, the last paragraph."""
    if len(blocks) > 1 and blocks[-1]["t"] == "Para" and not is_pictures(blocks[-1:]):
        return blocks[:-1], blocks[-1]["c"]
    return blocks, []


def _figure(figure: Node) -> Node:
    """Return a picture for the margin in the division that stands there."""
    if not any(ast.has_class(image, MARGIN) for image in ast.nodes(figure["c"][2], "Image")):
        return figure
    return ast.div([ast.rewrite(figure, _without_margin, "Image")], MARGIN)


def _without_margin(image: Node) -> Node:
    identifier, classes, pairs = image["c"][0]
    return ast.with_attributes(image, [identifier, [name for name in classes if name != MARGIN], pairs])


def _raw_block(block: Node) -> Node:
    if block["c"][0] in {"tex", "latex"} and NEW_PAGE.fullmatch(block["c"][1]):
        return ast.div([], "pagebreak")
    return ast.para([_formula(block)]) if _is_formula(block) else block


def _is_formula(raw: Node) -> bool:
    return raw["c"][0] in {"tex", "latex"} and FORMULA.match(raw["c"][1]) is not None


def _formula(raw: Node) -> Node:
    return {"t": "Math", "c": [{"t": "DisplayMath"}, raw["c"][1].strip()]}


CHANGES: Mapping[str, Callable[[Node], Node | list[Node]]] = {
    "CodeBlock": _code,
    "Div": _division,
    "Figure": _figure,
    "Para": _paragraph,
    "Plain": _paragraph,
    "RawBlock": _raw_block,
    "RawInline": lambda node: _formula(node) if _is_formula(node) else node,
    "Table": _table,
}
