"""A page's document as pandoc's Typst writer should get it.

That writer (pandoc 3.9) loses alternative texts and the language of spans, and its labels know no pages. These
nodes are wrapped in raw Typst here; what is left is written by pandoc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Inlines, Node, Page
from reportkit.model.quarto import take_title

# Quarto's lengths that Typst does not have, in its points.
LENGTH = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>px|%|cm|mm|in|pt|em)?")
PICTURES = frozenset({"RawInline", "Space", "SoftBreak", "LineBreak"})
CHANGED = (*ast.ATTRIBUTES_AT, "BulletList", "Math", "RawBlock", "RawInline")
# What the template calls a span of a class.
SPANS = {
    **{"caption-label": "strong", "theorem-label": "strong", "proof-label": "emph", "mark": "highlight"},
    "equation-number": "equation-number",
    **{"aside": "footnote", "column-margin": "footnote"},
}


def string(text: str) -> str:
    """Return text as a Typst string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


class TypstTree:
    """Rewrites the pages of one book; knows every label that exists in it."""

    def __init__(self, book: Book) -> None:
        self.terms = book.terms
        self.titles = {page.name: page.headings[0].id if page.headings else "" for page in book.pages}
        self.labels = {
            f"{page.name}:{ast.identifier(node)}"
            for page in book.pages
            for node in ast.nodes(page.blocks, *ast.ATTRIBUTES_AT)
            if ast.identifier(node)
        }

    def blocks(self, page: Page) -> Blocks:
        """Return a page's blocks, ready for pandoc's Typst writer."""
        made: Blocks = ast.rewrite(_sourced(page.blocks), _Page(self, page.name).change, *CHANGED)
        return made


class _Page:
    """Changes the nodes of one page, innermost first."""

    def __init__(self, tree: TypstTree, name: str) -> None:
        self.tree, self.name = tree, name

    def change(self, node: Node) -> Node | list[Node]:
        special = getattr(self, f"_{node['t'].lower()}", None)
        return special(node) if special else self._named(node)

    def _named(self, node: Node) -> Node:
        """Return a node with its identifier as a label that is unique in the book."""
        found = ast.attributes(node)
        if not found or not found[0]:
            return node
        return ast.with_attributes(node, [f"{self.name}:{found[0]}", *found[1:]])

    def _figure(self, node: Node) -> Node | list[Node]:
        (label, classes, _), (_, captions), blocks = node["c"]
        caption = [inline for block in captions for inline in block["c"]]
        # Lists of figures and of tables name what has a number.
        own = next((name for name in ("part", "caption-top", "float") if name in classes), "" if label else "plain")
        kind = string(own) if own else "table" if label.startswith("tbl-") else "image"
        end = f", kind: {kind}) #label({string(f'{self.name}:{label}')})" if label else f", kind: {kind})"
        said = [_raw("["), *caption, _raw("]")] if caption else [_raw("none")]
        if not all(block["t"] in {"Plain", "Para"} and set(map(_kind, block["c"])) <= PICTURES for block in blocks):
            return [ast.plain([_raw("#panel("), *said, _raw(", [")]), *blocks, _raw_block(f"]{end}")]
        pictures = "".join(f"[{picture['c'][1]}], " for picture in ast.nodes(blocks, "RawInline"))
        return ast.para([_raw(f"#picture(({pictures}), "), *said, _raw(end)])

    def _image(self, node: Node) -> Node:
        alt = ast.plain_text(node["c"][1]).strip()
        sizes = "".join(
            f", {name}: {size}" for name in ("width", "height") if (size := _size(ast.attribute(node, name)))
        )
        box = f"#box(image({string('/' + node['c'][2][0])}, alt: {string(alt)}{sizes}))"
        language, side = (ast.attribute(node, name) for name in ("lang", "fig-align"))
        box = f"#text(lang: {string(language.split('-')[0])})[{box}]" if language else box
        return _raw(f"#align({side})[{box}]" if side in {"left", "center", "right"} else box)

    def _math(self, node: Node) -> list[Node]:
        kind, formula = node["c"]
        block = "true" if kind["t"] == "DisplayMath" else "false"
        return [_raw(f"#math.equation(block: {block}, alt: {string(formula)}, "), node, _raw(".body)")]

    def _link(self, node: Node) -> Node | list[Node]:
        _, inlines, (target, _) = node["c"]
        path, _, fragment = target.partition("#")
        page = path.removesuffix(".html")
        if "://" in target or target.startswith("mailto:"):
            return node
        label = f"{page or self.name}:{fragment or self.tree.titles.get(page, '')}"
        if label not in self.tree.labels:
            shown: Inlines = inlines
            return shown
        if ast.has_class(node, "backlink"):
            return _raw(f"label({string(label)}), ")
        return [_raw(f"#link(label({string(label)}))["), *inlines, _raw("]")]

    def _span(self, node: Node) -> Node | list[Node]:
        (identifier, classes, _), inlines = node["c"]
        language = ast.attribute(node, "lang")
        if "backlinks" in classes:
            places = [inline for inline in inlines if inline["t"] == "RawInline"]
            return [_raw(f"#backlinks({string(self.tree.terms['cited-on'])}, ("), *places, _raw("))")]
        around = next((f"#{SPANS[name]}[" for name in classes if name in SPANS), None)
        if around:
            return [_raw(around), *inlines, _raw("]")]
        if language:
            return [_raw(f"#text(lang: {string(language.split('-')[0])})["), *inlines, _raw("]")]
        if identifier:
            opening = "#numbered-equation[" if "equation" in classes else "#["
            return [_raw(opening), *inlines, _raw(f"]#label({string(f'{self.name}:{identifier}')})")]
        return list(inlines)

    def _div(self, node: Node) -> Node | list[Node]:
        (identifier, classes, _), blocks = node["c"]
        language = ast.attribute(node, "lang")
        if "box-title" in classes:
            return node  # the division around it takes it
        special = next((BOXES[name] for name in classes if name in BOXES), None)
        if special:
            blocks = special(node)
        if "csl-entry" in classes:
            label = f" #label({string(f'{self.name}:{identifier}')})" if identifier else ""
            blocks = [_raw_block("#entry["), *blocks, _raw_block(f"]{label}")]
        elif identifier:
            blocks = [_raw_block("#block["), *blocks, _raw_block(f"] #label({string(f'{self.name}:{identifier}')})")]
        if language:
            blocks = [_raw_block(f"#[#set text(lang: {string(language.split('-')[0])})"), *blocks, _raw_block("]")]
        return list(blocks)

    def _codeblock(self, node: Node) -> Node | list[Node]:
        if ast.has_class(node, "numberLines"):
            start, node = ast.take_attribute(node, "startFrom")
            return [
                _raw_block(f"#numbered(start: {int(start) if start and start.isdecimal() else 1})["),
                self._named(node),
                _raw_block("]"),
            ]
        return self._named(node)

    def _table(self, node: Node) -> Node:
        # The template makes the first row of heads bold.
        head = [row if not at else ast.rewrite(row, _strong) for at, row in enumerate(node["c"][3][1])]
        # Pandoc writes attributes such as `typst:fill` as code.
        attributes = [*node["c"][0][:2], []]
        return self._named({"t": "Table", "c": [attributes, *node["c"][1:3], [node["c"][3][0], head], *node["c"][4:]]})

    def _bulletlist(self, node: Node) -> Node | list[Node]:
        is_task = all(item and ast.plain_text(item[0])[:2] in {"☐ ", "☒ "} for item in node["c"])
        return [_raw_block("#[#set list(marker: none)"), node, _raw_block("]")] if is_task else node

    def _rawblock(self, node: Node) -> Node | list[Node]:
        return node if node["c"][0] == "typst" else []

    def _rawinline(self, node: Node) -> Node | list[Node]:
        return node if node["c"][0] == "typst" else []


def _sourced(blocks: Blocks) -> Blocks:
    """Return blocks in which a figure or table that a source follows is in a division with it, to stay together."""
    made: Blocks = []
    for block in blocks:
        if block["t"] == "Div" and not ast.has_class(block, "source"):
            block = {"t": "Div", "c": [block["c"][0], _sourced(block["c"][1])]}
        elif block["t"] == "Div" and made and made[-1]["t"] in {"Figure", "Table"}:
            made[-1] = ast.div(made[-1:], "sourced")
        made.append(block)
    return made


def _strong(node: Node) -> Node:
    return ast.plain([{"t": "Strong", "c": node["c"]}]) if node["t"] in {"Plain", "Para"} else node


def _raw(text: str) -> Node:
    return {"t": "RawInline", "c": ["typst", text]}


def _raw_block(text: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", text]}


def _kind(node: Node) -> str:
    return str(node["t"])


def _size(written: str | None) -> str:
    """Return a length as Typst writes it, "" if it is none."""
    found = LENGTH.fullmatch(written or "")
    if found is None:
        return ""
    unit = found["unit"] or "px"
    return f"{float(found['number']) * 0.75:g}pt" if unit == "px" else f"{float(found['number']):g}{unit}"


def _within(function: str) -> Callable[[Node], Blocks]:
    """Return what puts a division's blocks into a function of the template."""
    return lambda node: [_raw_block(f"#{function}["), *node["c"][1], _raw_block("]")]


def _titled(function: str) -> Callable[[Node], Blocks]:
    """Return what hands title and blocks of a division to a function of the template."""

    def make(node: Node) -> Blocks:
        title, blocks = take_title(node["c"][1])
        said = [_raw("["), *title, _raw("]")] if title else [_raw("none")]
        looks = ", ".join(string(name) for name in node["c"][0][1])
        return [ast.plain([_raw(f"#{function}(({looks},), "), *said, _raw(", [")]), *blocks, _raw_block("])")]

    return make


def _row(node: Node) -> Blocks:
    widths = "".join(f"{width}fr, " for width in (ast.attribute(node, "widths") or "").split())
    return [_raw_block(f"#grid(columns: ({widths}), column-gutter: 1em,"), *node["c"][1], _raw_block(")")]


# How divisions of a class are printed.
BOXES: Mapping[str, Callable[[Node], Blocks]] = {
    "aside": _within("aside"),
    "callout": _titled("callout"),
    "code-fold": lambda node: take_title(node["c"][1])[1],
    "column-margin": _within("aside"),
    "filename": _within("filename"),
    "layout-cell": lambda node: [_raw_block("["), *node["c"][1], _raw_block("],")],
    "layout-row": _row,
    "pagebreak": lambda node: [_raw_block("#pagebreak(weak: true)")],
    "source": _within("source"),
    "sourced": _within("sourced"),
    "tab": _titled("tab"),
}
