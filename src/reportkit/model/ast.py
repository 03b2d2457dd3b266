"""Pure functions over pandoc's document tree, which stays pandoc's JSON: lists and dicts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Set
from functools import cached_property
from operator import itemgetter
from typing import Any

from reportkit.model.book import Blocks, Inlines, Node

Change = Callable[[Node], "Node | list[Node]"]

# Where each kind of node keeps its attributes [identifier, classes, pairs] within its content.
ATTRIBUTES_AT = {
    "Code": 0,
    "CodeBlock": 0,
    "Div": 0,
    "Figure": 0,
    "Header": 1,
    "Image": 0,
    "Link": 0,
    "Span": 0,
    "Table": 0,
}
# What XML forbids and no font has.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Most nodes are words, spaces and, in tables, what cells are alike in; they hold no others.
LEAVES = frozenset(
    {"Str", "Space", "SoftBreak", "AlignCenter", "AlignDefault", "AlignLeft", "AlignRight", "ColWidthDefault"}
)
NOTHING: frozenset[str] = frozenset()
KIND = itemgetter("t")
SPACES = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}
BLOCK_TYPES = frozenset(
    {"Para", "Plain", "Header", "CodeBlock", "Div", "Figure", "Table", "BlockQuote", "BulletList", "OrderedList"}
    | {"DefinitionList", "LineBlock", "RawBlock", "HorizontalRule"}
)


class Block(Node):
    """A block that remembers what it holds, for nobody changes a node: most passes look for what few blocks have."""

    @cached_property
    def inner(self) -> tuple[Node, ...]:
        """All nodes in it but `LEAVES`, in the order of the document."""
        found: Blocks = []
        _collect(self["c"], NOTHING, LEAVES, found)
        return tuple(found)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of these nodes, and its own."""
        return frozenset(map(KIND, (self, *self.inner)))

    @cached_property
    def json(self) -> str:
        """The block as JSON text."""
        return _json(self)

    def lacks(self, kinds: Set[str]) -> bool:
        """Return whether it has no node of these kinds, none of them one of `LEAVES`."""
        return kinds.isdisjoint(self.kinds)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def document(blocks: Blocks, metadata: dict[str, Any] | None = None) -> str:
    """Return blocks as a whole document, the JSON text that pandoc reads."""
    texts = ", ".join(block.json if type(block) is Block else _json(block) for block in blocks)
    return f'{{"pandoc-api-version": [1, 23, 1], "meta": {_json(metadata or {})}, "blocks": [{texts}]}}'


def rewrite(node: Any, change: Change, *kinds: str) -> Any:
    """Return a tree with the nodes of some kinds (all if none is named) changed, innermost first.

    A list that `change` returns takes the node's place. What holds nothing that changed is the same object as before,
    but for blocks that are no `Block` yet: these are now.
    """
    return _rewrite(node, change, frozenset(kinds), _passed(kinds))


def _passed(kinds: Iterable[str]) -> frozenset[str]:
    """Return the kinds that a walk for some kinds passes by."""
    return LEAVES if kinds and LEAVES.isdisjoint(kinds) else NOTHING


def _rewrite(node: Any, change: Change, kinds: frozenset[str], passed: frozenset[str]) -> Any:
    if type(node) is list:
        made: list[Any] = []
        is_same = True
        for item in node:
            if type(item) is str or not item or (type(item) is dict and item.get("t") in passed):
                made.append(item)
                continue
            new = _rewrite(item, change, kinds, passed)
            is_same = is_same and new is item
            if type(new) is list and type(item) is not list:
                made += new
            else:
                made.append(new)
        return node if is_same else made
    if not isinstance(node, dict) or (passed and type(node) is Block and node.lacks(kinds)):
        return node
    if "t" not in node:
        return {key: _rewrite(value, change, kinds, passed) for key, value in node.items()}
    kind, inner = node["t"], node.get("c")
    content = _rewrite(inner, change, kinds, passed)
    if content is not inner or (type(node) is dict and kind in BLOCK_TYPES and "c" in node):
        node = with_content(node, content)
    return change(node) if not kinds or kind in kinds else node


def with_content(node: Node, content: Any) -> Node:
    """Return a node with other content; a block is a `Block` then."""
    return (Block if node["t"] in BLOCK_TYPES else dict)(node, c=content)


def is_without(node: Any, kinds: Set[str]) -> bool:
    """Return whether it is seen without a walk that a tree has no node of some kinds, none of them one of `LEAVES`."""
    if type(node) is Block:
        return node.lacks(kinds)
    return type(node) is str or (type(node) is dict and node.get("t") in LEAVES)


def nodes(node: Any, *kinds: str) -> Iterator[Node]:
    """Yield the nodes of some kinds (all if none is named) in the order of the document."""
    found: Blocks = []
    _collect(node, frozenset(kinds), _passed(kinds), found)
    return iter(found)


def _collect(node: Any, kinds: frozenset[str], passed: frozenset[str], found: Blocks) -> None:
    if type(node) is list:
        for item in node:
            if type(item) is list:
                # What begins with text is an attribute, a target or the like.
                if item and type(item[0]) is not str:
                    _collect(item, kinds, passed, found)
            elif isinstance(item, dict) and item.get("t") not in passed:
                _collect(item, kinds, passed, found)
    elif passed and type(node) is Block:
        found += [one for one in (node, *node.inner) if not kinds or one["t"] in kinds]
    elif isinstance(node, dict):
        found += [node] if "t" in node and (not kinds or node["t"] in kinds) else []
        _collect(list(node.values()), kinds, passed, found)


def attributes(node: Node) -> list[Any] | None:
    """Return a node's attributes [identifier, classes, pairs], or None if its kind has none."""
    at = ATTRIBUTES_AT.get(node["t"])
    found: list[Any] | None = None if at is None else node["c"][at]
    return found


def with_attributes(node: Node, changed: list[Any]) -> Node:
    """Return a node with other attributes."""
    content = list(node["c"])
    content[ATTRIBUTES_AT[node["t"]]] = changed
    return with_content(node, content)


def identifier(node: Node) -> str:
    """Return a node's identifier, "" if it has none."""
    found = attributes(node)
    return found[0] if found else ""


def has_class(node: Node, name: str) -> bool:
    """Return whether a node has a class."""
    found = attributes(node)
    return found is not None and name in found[1]


def attribute(node: Node, name: str) -> str | None:
    """Return the value of a node's attribute, or None."""
    found = attributes(node)
    return dict(map(tuple, found[2])).get(name) if found else None


def add_attribute(node: Node, name: str, value: str) -> Node:
    """Return a node with one more attribute."""
    identifier, classes, pairs = attributes(node) or ["", [], []]
    return with_attributes(node, [identifier, classes, [*pairs, [name, value]]])


def take_attribute(node: Node, name: str) -> tuple[str | None, Node]:
    """Return the value of a node's attribute, or None, and the node without it."""
    found = attribute(node, name)
    if found is None:
        return None, node
    identifier, classes, pairs = attributes(node) or ["", [], []]
    return found, with_attributes(node, [identifier, classes, [pair for pair in pairs if pair[0] != name]])


def change_attributes(node: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """Return a tree with all attributes [identifier, classes, pairs] in it changed, also those of rows and cells."""
    if isinstance(node, dict):
        return {key: change_attributes(value, change) for key, value in node.items()}
    if not isinstance(node, list):
        return node
    if [type(part) for part in node] == [str, list, list]:
        return change(node)
    return [change_attributes(item, change) for item in node]


def plain_text(node: Any) -> str:
    """Return what a reader reads in a tree, blocks separated by line ends; notes and raw markup left out."""
    if isinstance(node, list):
        return "".join(map(plain_text, node))
    if not isinstance(node, dict):
        return ""
    kind = node.get("t")
    if kind in {"Str", "Code", "Math", "CodeBlock"}:
        return str(node["c"] if kind == "Str" else node["c"][1])
    if kind in SPACES:
        return SPACES[kind]
    if kind in {"Note", "RawInline", "RawBlock"}:
        return ""
    if kind == "Quoted":
        opening, closing = ("„", "“") if node["c"][0]["t"] == "DoubleQuote" else ("‚", "‘")
        return f"{opening}{plain_text(node['c'][1])}{closing}"
    inner = plain_text(_readable(node))
    return f"{inner}\n" if kind in {"Para", "Plain", "Header"} else inner


def _readable(node: Node) -> Any:
    """Return the part of a node's content that is read, without attributes and targets."""
    if node.get("t") == "Cite":
        return node["c"][1]
    return node.get("c")


def text_inlines(text: str) -> Inlines:
    """Return text as inlines, without characters that cannot be printed; no-break spaces stay within their word."""
    pieces = re.split(r"([ \n]+)", UNPRINTABLE.sub("", text))
    return [{"t": "Space"} if piece[0] in " \n" else word(piece) for piece in pieces if piece]


def word(text: str) -> Node:
    """Return text as one word: what stands in it is no space to break a line at."""
    return {"t": "Str", "c": text}


def plain(inlines: Inlines) -> Node:
    """Return a block of inlines without a paragraph's space."""
    return {"t": "Plain", "c": inlines}


def para(inlines: Inlines) -> Node:
    """Return a paragraph."""
    return {"t": "Para", "c": inlines}


def span(inlines: Inlines, *classes: str, **pairs: str) -> Node:
    """Return a span with classes and attributes."""
    return {"t": "Span", "c": [["", list(classes), [list(pair) for pair in pairs.items()]], inlines]}


def div(blocks: Blocks, *classes: str, **pairs: str) -> Node:
    """Return a division with classes and attributes."""
    return {"t": "Div", "c": [["", list(classes), [list(pair) for pair in pairs.items()]], blocks]}


def link(inlines: Inlines, target: str) -> Node:
    """Return a link."""
    return {"t": "Link", "c": [["", [], []], inlines, [target, ""]]}


def reference(label: str) -> Node:
    """Return a reference to a label, as pandoc reads `@fig-x`."""
    cited = {"citationId": label, "citationPrefix": [], "citationSuffix": [], "citationMode": {"t": "AuthorInText"}}
    return {"t": "Cite", "c": [[{**cited, "citationNoteNum": 0, "citationHash": 0}], [word(f"@{label}")]]}


def code_block(text: str, *classes: str) -> Node:
    """Return a block of code."""
    return {"t": "CodeBlock", "c": [["", list(classes), []], text]}


def image(target: str, alt: Inlines) -> Node:
    """Return an image; `alt` says what is seen."""
    return {"t": "Image", "c": [["", [], []], alt, [target, ""]]}


def figure(label: str, caption: Inlines, image: Node) -> Node:
    """Return a figure: an image with a caption."""
    return {"t": "Figure", "c": [[label, [], []], [None, [plain(caption)]], [plain([image])]]}


def panel(label: str, caption: Inlines, content: Node) -> Node:
    """Return a figure of blocks, such as several pictures, with a caption."""
    return {"t": "Figure", "c": [[label, [], []], [None, [plain(caption)] if caption else []], [content]]}


def listing(label: str, caption: Inlines, code: Node) -> Node:
    """Return code with a caption."""
    return {"t": "Div", "c": [[label, ["listing"], []], [plain(caption), code]]}


def table(label: str, caption: Inlines, heads: list[tuple[Inlines, str]], rows: list[list[Inlines]]) -> Node:
    """Return a table with a head row; each head comes with its column's alignment, `left` or `right`.

    The first cell of a row is the row's head.
    """
    columns = [[{"t": f"Align{align.title()}"}, {"t": "ColWidthDefault"}] for _, align in heads]
    head = [["", [], []], [_row([inlines for inlines, _ in heads])]]
    body = [["", [], []], 1, [], [_row(cells) for cells in rows]]
    shown = [None, [plain(caption)] if caption else []]
    return {"t": "Table", "c": [[label, [], []], shown, columns, head, [body], [["", [], []], []]]}


def _row(cells: list[Inlines]) -> list[Any]:
    return [
        ["", [], []],
        [[["", [], []], {"t": "AlignDefault"}, 1, 1, [plain(cell)] if cell else []] for cell in cells],
    ]
