"""A page's document as pandoc's Typst writer should get it.

That writer (pandoc 3.9) loses alternative texts and the language of spans, and its labels know no pages. These
nodes are wrapped in raw Typst here; what is left is written by pandoc.
"""

from __future__ import annotations

from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Inlines, Node, Page


def string(text: str) -> str:
    """Return text as a Typst string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


class TypstTree:
    """Rewrites the pages of one book; knows every label that exists in it."""

    def __init__(self, book: Book) -> None:
        self.titles = {page.name: page.headings[0].id if page.headings else "" for page in book.pages}
        self.labels = {
            f"{page.name}:{ast.identifier(node)}"
            for page in book.pages
            for node in ast.nodes(page.blocks)
            if ast.identifier(node)
        }

    def blocks(self, page: Page) -> Blocks:
        """Return a page's blocks, ready for pandoc's Typst writer."""
        made: Blocks = ast.rewrite(page.blocks, _Page(self, page.name).change)
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

    def _figure(self, node: Node) -> Node:
        label = ast.identifier(node)
        pictures = "".join(f"[{picture['c'][1]}], " for picture in ast.nodes(node["c"][2], "RawInline"))
        caption = [inline for block in node["c"][1][1] for inline in block["c"]]
        opening = f"#picture(({pictures}), ["
        closing = f"]) #label({string(f'{self.name}:{label}')})" if label else "])"
        return ast.para([_raw(opening), *caption, _raw(closing)])

    def _image(self, node: Node) -> Node:
        alt = ast.plain_text(node["c"][1]).strip()
        return _raw(f"#box(image({string('/' + node['c'][2][0])}, alt: {string(alt)}))")

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
        return [_raw(f"#link(label({string(label)}))["), *inlines, _raw("]")]

    def _span(self, node: Node) -> Node | list[Node]:
        (identifier, classes, _), inlines = node["c"]
        language = ast.attribute(node, "lang")
        if "caption-label" in classes:
            return [_raw("#strong["), *inlines, _raw("]")]
        if language:
            return [_raw(f"#text(lang: {string(language.split('-')[0])})["), *inlines, _raw("]")]
        if identifier:
            return [_raw("#["), *inlines, _raw(f"] #label({string(f'{self.name}:{identifier}')})")]
        return list(inlines)

    def _div(self, node: Node) -> Node | list[Node]:
        (identifier, classes, _), blocks = node["c"]
        language = ast.attribute(node, "lang")
        if "source" in classes:
            blocks = [_raw_block("#source["), *blocks, _raw_block("]")]
        if "csl-entry" in classes:
            label = f" #label({string(f'{self.name}:{identifier}')})" if identifier else ""
            blocks = [_raw_block("#entry["), *blocks, _raw_block(f"]{label}")]
        elif identifier:
            blocks = [_raw_block("#block["), *blocks, _raw_block(f"] #label({string(f'{self.name}:{identifier}')})")]
        if language:
            blocks = [_raw_block(f"#[#set text(lang: {string(language.split('-')[0])})"), *blocks, _raw_block("]")]
        return list(blocks)

    def _rawblock(self, node: Node) -> Node | list[Node]:
        return node if node["c"][0] == "typst" else []

    def _rawinline(self, node: Node) -> Node | list[Node]:
        return node if node["c"][0] == "typst" else []


def _raw(text: str) -> Node:
    return {"t": "RawInline", "c": ["typst", text]}


def _raw_block(text: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", text]}
