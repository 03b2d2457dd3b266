"""A page's document as pandoc's Typst writer should get it.

That writer (pandoc 3.9) loses alternative texts and the language of spans, and its labels know no pages. These
nodes are wrapped in raw Typst here; what is left is written by pandoc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

from reportkit.compile.documents import SENTENCE, column_texts
from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Inlines, Node, Page
from reportkit.model.colours import with_typst_colours
from reportkit.model.quarto import take_title

# Quarto's lengths that Typst does not have, in its points.
LENGTH = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>px|%|cm|mm|in|pt|em)?")
# The side of a figure's first picture.
SIDE = re.compile(r"\[#align\((center|right)\)")
PICTURES = frozenset({"RawInline", "Space", "SoftBreak", "LineBreak"})
# How many letters a chapter has for each figure if figures float, and before one that is not on its first page.
TEXT, OPENING = 1000, 2800
# How many letters stand beside each other in a table, the space between two columns among them.
LETTERS, GAP = 100, 2
# A table with more letters or rows than this surely goes on over pages.
LONG, ROWS = 4000, 25
# A paragraph with more letters may part from a list that follows, and break where a chapter ends.
LAST, LISTS = 1000, frozenset({"BulletList", "DefinitionList", "OrderedList"})
# How many rows of a table stay together where it begins, and where it ends, and for how many lines at most.
KEPT, MOST = 4, 16
# Where a word may end in a line, and how many letters of it stay together.
BREAKS, WHOLE = re.compile(r"[ \n\t/-]+"), 12
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
        made: Blocks = ast.rewrite(_placed(page.blocks, _places(page.blocks)), _Page(self, page.name).change, *CHANGED)
        return _together(made)


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
        caption = _with_tail([inline for block in captions for inline in block["c"]])
        # Lists of figures and of tables name what has a number.
        own = next((name for name in ("part", "caption-top", "float") if name in classes), "" if label else "plain")
        kind = string(own) if own else "table" if label.startswith("tbl-") else "image"
        end = f", kind: {kind}) #label({string(f'{self.name}:{label}')})" if label else f", kind: {kind})"
        said = [_raw("["), *caption, _raw("]")] if caption else [_raw("none")]
        pictures = "".join(f"[{picture['c'][1]}], " for picture in ast.nodes(blocks, "RawInline"))
        if not pictures and not any(ast.nodes(blocks, "RawBlock")) and not ast.plain_text(blocks).strip():
            blocks = [ast.para([ast.word("–")])]  # what it holds is for another format; Typst wants something
        are_all = all(
            block["t"] in {"Plain", "Para"} and {one["t"] for one in block["c"]} <= PICTURES for block in blocks
        )
        if not (pictures and are_all):
            return [ast.plain([_raw("#panel("), *said, _raw(", [")]), *blocks, _raw_block(f"]{end}")]
        shown = [_raw(f"#picture(({pictures}), "), *said, _raw(end)]
        side = SIDE.match(pictures)
        return ast.para([_raw(f"#captions({side[1]})"), *shown, _raw("#captions(left)")] if side else shown)

    def _image(self, node: Node) -> Node:
        alt = ast.plain_text(node["c"][1]).strip()
        sizes = "".join(
            f", {name}: {size}" for name in ("width", "height") if (size := length(ast.attribute(node, name)))
        )
        box = f"#box(image({string('/' + node['c'][2][0])}, alt: {string(alt)}{sizes}))"
        language, side = (ast.attribute(node, name) for name in ("lang", "fig-align"))
        box = f"#text(..spoken({string(language)}))[{box}]" if language else box
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
            words = ", ".join(string(self.tree.terms[term]) for term in ("cited-on", "cited-on-pages"))
            return [_raw(f"#backlinks({words}, ("), *(one for one in inlines if one["t"] == "RawInline"), _raw("))")]
        around = next((f"#{SPANS[name]}[" for name in classes if name in SPANS), None)
        if around:
            return [_raw(around), *inlines, _raw("]")]
        if language:
            return [_raw(f"#text(..spoken({string(language)}))["), *inlines, _raw("]")]
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
            blocks = [_raw_block(f"#metadata(none)#label({string(f'{self.name}:{identifier}')})"), *blocks]
        if language:
            blocks = [_raw_block(f"#[#set text(..spoken({string(language)}))"), *blocks, _raw_block("]")]
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
        attributes, bodies = [*node["c"][0][:2], []], with_typst_colours(node["c"][4])
        shares = [width.get("c") or 1 for _, width in node["c"][2]]
        bodies = [[*body[:3], _kept(body[3], shares)] for body in bodies]
        (short, captions), columns = node["c"][1:3]
        captions = [ast.plain(_with_tail(block["c"])) for block in captions]
        table = [attributes, [short, captions], columns, [node["c"][3][0], head], bodies, node["c"][5]]
        return self._named({"t": "Table", "c": table})

    def _bulletlist(self, node: Node) -> Node | list[Node]:
        is_task = all(item and ast.plain_text(item[0])[:2] in {"☐ ", "☒ "} for item in node["c"])
        return [_raw_block("#[#set list(marker: none)"), node, _raw_block("]")] if is_task else node

    def _rawblock(self, node: Node) -> Node | list[Node]:
        return node if node["c"][0] == "typst" else []

    def _rawinline(self, node: Node) -> Node | list[Node]:
        return node if node["c"][0] == "typst" else []


def _places(blocks: Blocks) -> dict[int, str]:
    """Return where figures with captions go, which keeps their order.

    The first of a chapter, if early, goes where the template finds room on its page, further early ones to the foot,
    later ones to the top. All stay where they were written if there is little text to go on with.
    """
    found: dict[int, str] = {}
    letters = 0
    for node in ast.nodes(blocks, "Figure", "Header", "Para", "Plain"):
        if node["t"] == "Figure" and node["c"][1][1]:
            side = "top" if letters > OPENING else "bottom" if found else f"auto, letters: {letters}"
            found[id(node)] = f"to: {side}"
        letters += len(ast.plain_text(node))
    return found if letters > TEXT * len(found) else dict.fromkeys(found, "to: none")


def _together(blocks: Blocks) -> Blocks:
    """Return a chapter in which what leads to a list stays with it, and a short end leaves no line or two on a page."""

    def kept(block: Node, after: Node | None) -> Node:
        if block["t"] != "Para" or (after and after["t"] not in LISTS) or len(ast.plain_text(block)) > LAST:
            return block
        how = "sticky: true" if after else "breakable: false"
        return ast.plain([_raw(f"#block({how}, par["), *block["c"], _raw("])")])

    return list(map(kept, blocks, [*blocks[1:], None]))


def _placed(blocks: Blocks, places: Mapping[int, str]) -> Blocks:
    """Return blocks in which a table, or a figure with a place, is in a division with its source, to be placed."""
    made: Blocks = []
    for block in blocks:
        if block["t"] == "Table" or ast.identifier(block).startswith("tbl-"):
            block = _table_to_place(block)
        elif id(block) in places:
            block = ast.div([block], "placed", facts=places[id(block)])
        elif block["t"] == "Div" and ast.has_class(block, "source") and made and ast.has_class(made[-1], "placed"):
            made[-1] = _with_source(made[-1], block)
            continue
        elif block["t"] == "Div" and not BOXES.keys() & set(block["c"][0][1]):
            block = {"t": "Div", "c": [block["c"][0], _placed(block["c"][1], places)]}
        made.append(block)
    return made


def _table_to_place(block: Node) -> Node:
    """Return a table, or a figure of tables, in a division that tells what the template must know to place it."""
    block = ast.rewrite(block, _sized, "Table")
    words, rows, letters = "", 0, 0
    for table in ast.nodes(block, "Table"):
        texts = column_texts(table)
        widths = [share["c"] if share["t"] == "ColWidth" else 0 for _, share in table["c"][2]]
        told = [f"({string(_longest(column))}, {width:g}), " for column, width in zip(texts, widths, strict=True)]
        words += f"({''.join(told)}), "
        rows += max(map(len, texts), default=0)
        letters += sum(len(text) for column in texts for text in column)
    is_long = str(rows > ROWS or letters > LONG).lower()
    return ast.div([block], "placed", facts=f"is-long: {is_long}, tables: ({words})")


def _with_source(placed: Node, source: Node) -> Node:
    """Return a figure or table with what stands below it; a table has it as its foot, where it ends."""
    attributes, (shown, *others) = placed["c"]
    if shown["t"] != "Table":
        return {"t": "Div", "c": [attributes, [shown, *others, source]]}
    none: list[Any] = ["", [], []]
    row = [none, [[none, {"t": "AlignLeft"}, 1, len(shown["c"][2]), [ast.div(source["c"][1], "foot")]]]]
    foot = [shown["c"][5][0], [*shown["c"][5][1], row]]
    return {"t": "Div", "c": [attributes, [{"t": "Table", "c": [*shown["c"][:5], foot]}]]}


def _sized(table: Node) -> Node:
    """Return a table that is wider than a page with widths for its columns, unless it has some.

    Each gets what its longest word needs, and of what is left the more the longer its texts are.
    """
    texts = column_texts(table)
    most = [min(max(map(len, column), default=0) + GAP, LETTERS) for column in texts]
    if sum(most) <= LETTERS or any(width["t"] == "ColWidth" for _, width in table["c"][2]):
        return table
    least = [len(_longest(column)) + GAP for column in texts]
    share = max(0, LETTERS - sum(least)) / max(1, sum(most) - sum(least))
    wanted = [low + share * max(0, high - low) for low, high in zip(least, most, strict=True)]
    widths = [{"t": "ColWidth", "c": one / sum(wanted)} for one in wanted]
    columns = [[side, width] for (side, _), width in zip(table["c"][2], widths, strict=True)]
    return {"t": "Table", "c": [*table["c"][:2], columns, *table["c"][3:]]}


def _kept(rows: list[Any], shares: Sequence[float]) -> list[Any]:
    """Return the rows of a table's body, which do not break; the first keep together, and the last."""

    def lines(row: list[Any]) -> int:
        cells = zip(row[1], shares, strict=False)
        return max((ceil(len(ast.plain_text(cell[4])) / (share * LETTERS)) for cell, share in cells), default=1)

    def room(at: int) -> int:
        is_end = len(rows) > KEPT and at in {0, len(rows) - KEPT}
        return min(MOST, sum(map(lines, rows[at : at + (KEPT if is_end else 1)])))

    def asking(row: list[Any], lines: int) -> list[Any]:
        own, cells = row
        asked = [[*cell[:4], [_raw_block(f"#room-for({lines})"), *cell[4]]] for cell in cells[:1]]
        return [own, [*asked, *cells[1:]]] if lines > 1 else row

    return [asking(row, room(at)) for at, row in enumerate(rows)]


def _longest(column: Sequence[str]) -> str:
    """Return the longest part of a column's words that stays in one line; a long word of letters hyphenates."""
    words = [word for text in column for word in BREAKS.split(text)]
    return max((f"{word[:WHOLE]}-" if word[WHOLE:].isalpha() else word for word in words), key=len, default="")


def _with_tail(caption: Inlines) -> Inlines:
    """Return a caption that tells where lists end it: behind its first sentence, or before its first colon."""
    depth, text = 0, ""
    for at, node in enumerate(caption):
        if node["t"] == "RawInline":
            depth += node["c"][1].endswith("[") - node["c"][1].startswith("]")
        text += ast.plain_text(node)
        if node["t"] == "Str" and depth == 0 and re.search(rf"{SENTENCE}$", text) and caption[at + 1 :]:
            end, tail = ast.word(node["c"][:-1]), [ast.word(node["c"][-1]), *caption[at + 1 :]]
            return [*caption[:at], end, _raw("#tail["), *tail, _raw("]")]
    return caption


def _strong(node: Node) -> Node:
    return ast.plain([{"t": "Strong", "c": node["c"]}]) if node["t"] in {"Plain", "Para"} else node


def _raw(text: str) -> Node:
    return {"t": "RawInline", "c": ["typst", text]}


def _raw_block(text: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", text]}


def length(written: Any) -> str:
    """Return a length as Typst writes it, "" if it is none."""
    found = LENGTH.fullmatch(str(written or ""))
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
    "foot": _within("foot"),
    "landscape": _within("landscape"),
    "layout-cell": lambda node: [_raw_block("["), *node["c"][1], _raw_block("],")],
    "layout-row": _row,
    "pagebreak": lambda node: [_raw_block("#pagebreak(weak: true)")],
    "placed": lambda node: [_raw_block(f"#placed({ast.attribute(node, 'facts')})["), *node["c"][1], _raw_block("]")],
    "source": _within("source"),
    "tab": _titled("tab"),
}
