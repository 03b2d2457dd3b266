"""Puts the outputs of code cells where their cells stand: figures, tables, text."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from reportkit.chapter import TABLE_MIME, VALUE_MIME
from reportkit.errors import Diagnostic, did_you_mean, error, warning
from reportkit.model import ast
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.colours import colours_of
from reportkit.model.execution import NOT_RUN, Output
from reportkit.model.layout import NAMES, lay_out, read_layout
from reportkit.model.markdown import READER_FORMAT, TEXT_OPTIONS, cell_option, text_option
from reportkit.model.quarto import LINES, as_quarto, with_widths
from reportkit.model.study import Code
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.claims import claim_box
from reportkit.resolve.harmless import still_drawing
from reportkit.resolve.images import ALT_HINT, in_its_language
from reportkit.resolve.wording import Wording

PICTURES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
# What a program prints as Markdown may come from data: it cannot bring HTML into a page.
TEXTS = {
    "text/html": "html",
    "text/markdown": f"{READER_FORMAT}-raw_html-raw_tex-raw_attribute",
    "text/latex": "latex",
}
# A picture that an HTML or Markdown output holds within itself.
HELD = re.compile(rf"data:({'|'.join(map(re.escape, PICTURES))});base64,")
# What tells a terminal about colours and the cursor (ECMA-48), and other characters that no format can print.
ANSI = re.compile(rf"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|{ast.UNPRINTABLE.pattern}")
# The same characters in JSON, where the backslash is none of a text.
ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u00(?:0[0-8bcef]|1[0-9a-f])|\x7f", re.IGNORECASE)
# The richest form first: of an output in several forms one is shown.
PREFERENCE = (TABLE_MIME, VALUE_MIME, *PICTURES, *TEXTS, "text/plain")
# Attributes of HTML that are kept; others say how something looks, or make it act.
KEPT = ("dir", "height", "lang", "width")
# What can be seen of HTML though it says nothing.
SEEN = ("HorizontalRule", "Image", "Table")
SCRIPT_HINT = 'draw a picture that needs no script; of plotly `fig.show("svg")` does'
OTHER_HINT = "let the cell show a picture, a table or a text: of a widget its value, of data a part of them"
# What a label promises that its cell shows.
PROMISED = {"fig-": "figure", "tbl-": "table", "lst-": "code"}
# What drawing libraries give beside the picture: the name of an object, and its address in this run's memory.
DRAWN = re.compile(r"\[?(<(matplotlib|seaborn|Axes|Figure)|Text\(\d)")
# What stands where a cell shows nothing of what its label promises.
NOTHING = "–"
# The texts of which a cell may have one for each of its outputs.
SEVERAL = frozenset({"alt", "caption", "subcap"})

Parsed = Mapping[tuple[str, str], Blocks]


@dataclass
class Outputs:
    """Places the outputs of one edition; collects the files they need and what is wrong with them.

    `wording` is the edition's, for what tables and values say; `options` are the book's.
    """

    wording: Wording
    options: Mapping[str, Any]
    pandoc: Pandoc
    assets: dict[str, bytes] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def place(self, chapters: Sequence[Chapter]) -> list[Chapter]:
        """Return the chapters with their outputs in place of the marks."""
        parsed = self._parse(chapters)
        return [_Placer(self, chapter, parsed).placed() for chapter in chapters]

    def _parse(self, chapters: Sequence[Chapter]) -> Parsed:
        """Return the blocks of all HTML and Markdown outputs, read by pandoc in one batch."""
        results = [(chapter, chapter.result.outputs) for chapter in chapters if chapter.result]
        cells = [(chapter.code_cell(at), cell) for chapter, outputs in results for at, cell in outputs.items()]
        found = [_chosen(output, cell) for cell, outputs in cells for output in outputs]
        read = read_texts((one for one in found if one[0] in TEXTS), self.pandoc)
        return {key: _clean(*key, blocks, self.options) for key, blocks in read.items()}


def read_texts(texts: Iterable[tuple[str, str]], pandoc: Pandoc) -> Parsed:
    """Return the blocks of texts, each with its MIME type (one of `TEXTS`), read by pandoc in one batch."""
    keys = list(dict.fromkeys(texts))
    replies = pandoc([{"op": "read", "text": text, "format": TEXTS[mime]} for mime, text in keys])
    return {key: json.loads(ESCAPED.sub(r"\1", reply))["blocks"] for key, reply in zip(keys, replies, strict=True)}


@dataclass(frozen=True, slots=True)
class _Marked:
    """A code cell where its outputs belong: its index, its texts by their class, its code if that is shown."""

    index: int
    cell: Code
    texts: Mapping[str, list[Inlines]]
    code: Blocks

    @property
    def label(self) -> str:
        """The cell's label if it is one that can be referred to."""
        label = self.cell.label or ""
        return label if label[:4] in PROMISED else ""

    @property
    def caption(self) -> Inlines:
        """The caption of the one figure or table."""
        return next(iter(self.texts["caption"]), [])

    @property
    def captions(self) -> list[Inlines]:
        """The captions of several figures or tables, of parts or of floats that have nothing in common."""
        own = self.texts["caption"]
        return self.texts["subcap"] or (own if len(own) > 1 else [])

    @property
    def listing(self) -> str:
        """The label of the code, "" if it has none."""
        return str(self.cell.options.get("lst-label") or (self.label if self.label.startswith("lst-") else ""))

    @property
    def is_panel(self) -> bool:
        """Whether its outputs stand together, each with a caption or a place of its own."""
        return bool(self.captions) or self.has_letters or any(name in self.cell.options for name in NAMES)

    @property
    def has_letters(self) -> bool:
        """Whether its parts have letters and no captions: `fig-subcap: true`."""
        return any(self.cell.options.get(name) is True for name in TEXT_OPTIONS["subcap"])


@dataclass
class _Placer:
    """Places the outputs of one chapter."""

    outputs: Outputs
    chapter: Chapter
    parsed: Parsed

    def placed(self) -> Chapter:
        return self.chapter.with_blocks(ast.rewrite(self.chapter.blocks, self._replace, "Div"))

    def _replace(self, node: Node) -> Node | list[Node]:
        marked = self._marked(node)
        if marked is None:
            return node
        if marked.listing or marked.texts["lst-cap"]:
            marked = self._with_listing(marked)
        return [*marked.code, *self._captioned(marked, self._shown(marked))]

    def _marked(self, node: Node) -> _Marked | None:
        number = ast.attribute(node, "n") if ast.has_class(node, "cell") else None
        cell = self.chapter.code_cell(int(number)) if number and number.isdecimal() else None
        if number is None or cell is None:
            return None
        code = [part for part in node["c"][1] if not LINES & _classes(part)]
        marked = _Marked(int(number), cell, {}, code)
        return replace(marked, texts={name: self._texts(marked, node, name) for name in TEXT_OPTIONS})

    def _texts(self, marked: _Marked, mark: Node, name: str) -> list[Inlines]:
        """Return the texts of an option, each of which is one line of Markdown."""
        written = text_option(marked.cell, TEXT_OPTIONS[name])
        inlines = [list(inlines_of(part["c"][1])) for part in mark["c"][1] if ast.has_class(part, name)]
        is_one = written is None or name in SEVERAL or not isinstance(marked.cell.options[written], list)
        if written and not (is_one and inlines and all(inlines)):
            self._fail("RK334", marked, f"`{written}` is not one line of text")
        return inlines

    def _with_listing(self, marked: _Marked) -> _Marked:
        if not marked.code:
            self._fail("RK331", marked, f"cell `{marked.listing}` shows no code", "`#| echo: true` shows it")
            return marked
        caption = next(iter(marked.texts["lst-cap"]), [])
        return replace(marked, code=[ast.listing(marked.listing, caption, marked.code[0]), *marked.code[1:]])

    def _shown(self, marked: _Marked) -> Blocks:
        options = self.outputs.options
        if any(cell_option(marked.cell, name, options, True) is False for name in ("eval", "output")):
            return []
        pictures = count()
        blocks: Blocks = []
        before = ""
        for output in self._made(marked):
            new = self._output(marked, output, pictures)
            if before == output.kind == "stdout" and [one["t"] for one in (*blocks[-1:], *new)] == ["CodeBlock"] * 2:
                # A warning between the two is not shown.
                new = [ast.code_block("\n".join(one["c"][1] for one in (blocks.pop(), *new)), "output")]
            before = output.kind if new else before
            blocks += new
        widths = marked.cell.options.get("tbl-colwidths")
        return blocks if widths is None else ast.rewrite(blocks, lambda node: with_widths(node, widths), "Table")

    def _made(self, marked: _Marked) -> Sequence[Output]:
        return self.chapter.result.outputs.get(marked.index, ()) if self.chapter.result else ()

    def _captioned(self, marked: _Marked, blocks: Blocks) -> Blocks:
        """Return blocks with the cell's label and caption on the figure or table that it shows."""
        what = PROMISED.get(marked.label[:4])
        if what == "code" or not (what or marked.caption or marked.is_panel):
            return blocks
        shown = [block for block in blocks if what in {_kind(block), None} and _kind(block)]
        if any(output.kind == NOT_RUN for output in self._made(marked)):
            shown = blocks
        if marked.is_panel and shown:
            return self._panel(marked, blocks, shown)
        if what and len(shown) != 1:
            self._fail_count(marked, what, len(shown))
            # What a label promised is whatever else there is, or a dash.
            blocks = blocks or [ast.para([ast.word(NOTHING)])]
            shown = shown or blocks
        if what and len(shown) > 1:
            return self._panel(marked, blocks, shown)
        return [_as_float(block, marked.label, marked.caption) if block in shown else block for block in blocks]

    def _panel(self, marked: _Marked, blocks: Blocks, shown: Blocks) -> Blocks:
        """Return blocks with those shown laid out, each with its sub-caption; with a label they are one float."""
        captions = marked.captions
        is_one = bool(marked.label or marked.caption) and len(marked.texts["caption"]) < 2
        if captions and len(captions) != len(shown):
            message = f"cell `{marked.label}` shows {len(shown)} outputs and has {len(captions)} captions"
            self._fail("RK331", marked, message, "give one for each")
        labels = (f"{marked.label}-{number}" if marked.label else "" for number in count(1))
        lacking: list[Inlines] = [[] for _ in shown[len(captions) :]] if captions or marked.has_letters else []
        parts = [_as_float(*part) for part in zip(shown, labels, captions + lacking, strict=False)] or shown
        written = {name: marked.cell.options[name] for name in NAMES if name in marked.cell.options}
        rows = read_layout(written, len(parts))
        laid = lay_out([[part] for part in parts], rows or [[1.0]])
        others = [block for block in blocks if block not in shown]
        return [*others, ast.panel(marked.label, marked.caption, laid) if is_one else laid]

    def _fail_count(self, marked: _Marked, what: str, shown: int) -> None:
        if shown:
            hint = f"a label names one {what}; give each a cell of its own"
            self._fail("RK331", marked, f"cell `{marked.label}` shows {shown} {what}s", hint)
        else:
            hint = f"its last expression must be the {what}"
            self._fail("RK331", marked, f"cell `{marked.label}` shows no {what}", hint)

    def _output(self, marked: _Marked, output: Output, pictures: Iterator[int]) -> Blocks:
        if output.kind == NOT_RUN:
            return [ast.div([ast.para(ast.text_inlines(self.outputs.wording.terms[NOT_RUN]))], NOT_RUN)]
        mime, content = _chosen(output, marked.cell)
        if output.kind == "stderr":
            shown = cell_option(marked.cell, "warning", self.outputs.options, True) is not False
            return [ast.code_block(ANSI.sub("", content).rstrip("\n"), "output", "stderr")] if shown else []
        if mime == TABLE_MIME:
            return [self._table(marked, content)]
        if mime == VALUE_MIME:
            return [self._value(marked, content)]
        if mime in PICTURES:
            number = next(pictures)
            data = content.encode() if mime == "image/svg+xml" else base64.b64decode(content)
            return [ast.para([self._picture(marked, number, self._asset(marked, number, mime, data))])]
        if mime in TEXTS:
            return self._text_blocks(marked, mime, content, pictures)
        if mime == "text/plain":
            if output.kind == "display" and DRAWN.match(content):
                return []
            return [ast.code_block(ANSI.sub("", content).rstrip("\n"), "output")]
        types = sorted(output.bundle)
        hint = next(filter(None, (did_you_mean(one, [*PICTURES, *TEXTS]) for one in types)), OTHER_HINT)
        self._fail("RK332", marked, f"an output is of no type that can be printed: {', '.join(types)}", hint)
        return []

    def _text_blocks(self, marked: _Marked, mime: str, content: str, pictures: Iterator[int]) -> Blocks:
        def take(image: Node) -> Node:
            """Return a picture that an output holds within itself as one of the edition's."""
            _, alt, (target, _) = image["c"]
            held = HELD.match(target)
            if held is None:
                return image
            number = next(pictures)
            data = base64.b64decode(target[held.end() :])
            asset = self._asset(marked, number, held[1], data)
            return ast.image(asset, alt) if ast.plain_text(alt).strip() else self._picture(marked, number, asset)

        blocks: Blocks = ast.rewrite(self.parsed[mime, content], take, "Image")
        if not blocks and content.strip():
            message = f"nothing of an output of type `{mime}` can be printed: it is all script or style"
            place = self.chapter.cell_location(marked.index)
            self.outputs.faults.append(warning("RK339", message, place, SCRIPT_HINT))
        return blocks

    def _picture(self, marked: _Marked, number: int, asset: str) -> Node:
        given = marked.texts["alt"]
        alt = given[number] if len(given) > 1 and number < len(given) else given[0] if len(given) == 1 else []
        if not ast.plain_text(alt).strip():
            name = f" `{marked.cell.label}`" if marked.cell.label else ""
            self._fail("RK330", marked, f"image{name} has no alternative text", ALT_HINT)
            alt = self._caption_as_alt(marked, number)
        image, side = in_its_language(ast.image(asset, alt)), marked.cell.options.get("fig-align")
        return ast.add_attribute(image, "fig-align", str(side)) if side else image

    def _caption_as_alt(self, marked: _Marked, number: int) -> Inlines:
        """Return what a figure without an alternative text is called for those who do not see it."""
        caption = (marked.captions[number : number + 1] or [marked.caption])[0]
        said: Inlines = ast.rewrite(caption, lambda note: [], "Note")
        return said or ast.text_inlines(self.outputs.wording.terms.get("figure", ""))

    def _asset(self, marked: _Marked, number: int, mime: str, data: bytes) -> str:
        instance = self.chapter.instance
        stem = f"{marked.label}{instance.suffix}" if marked.label else f"{instance.name}-cell-{marked.index + 1}"
        again = f"-{number + 1}" if number else ""
        name = f"figures/{stem.replace('/', '-')}{again}.{PICTURES[mime]}"
        try:
            self.outputs.assets[name] = still_drawing(data) if mime == "image/svg+xml" else data
        except ValueError as fault:
            self._fail("RK332", marked, f"picture `{name}` cannot be printed: {fault}")
        return name

    def _table(self, marked: _Marked, data: Mapping[str, Any]) -> Node:
        heads = [(self.outputs.wording.label(head["text"]), head["align"]) for head in data["heads"]]
        rows = [[self._printed(marked, cell) for cell in row] for row in data["rows"]]
        return ast.table("", [], heads, rows)

    def _value(self, marked: _Marked, value: Mapping[str, Any]) -> Node:
        if value["kind"] == "claim":
            return claim_box(value, self.outputs.wording)
        return ast.para(self._printed(marked, value))

    def _printed(self, marked: _Marked, value: Mapping[str, Any]) -> Inlines:
        try:
            return self.outputs.wording.value(value)
        except ValueError as fault:
            self._fail("RK312", marked, f"a value that the cell shows failed: {fault}")
            return []

    def _fail(self, code: str, marked: _Marked, message: str, hint: str | None = None) -> None:
        self.outputs.faults.append(error(code, message, self.chapter.cell_location(marked.index), hint))


def _chosen(output: Output, cell: Code | None) -> tuple[str, Any]:
    """Return the form of an output that is shown, and its content."""
    if output.kind == "stdout" and cell is not None and cell.options.get("output") == "asis":
        return "text/markdown", output.bundle["text/plain"]
    mime = next((mime for mime in PREFERENCE if mime in output.bundle), "")
    return mime, output.bundle.get(mime)


def _clean(mime: str, content: str, blocks: Blocks, options: Mapping[str, Any]) -> Blocks:
    """Return what a program gave without raw markup, of HTML without how it looks but for colours."""
    cleaned: Blocks = ast.rewrite(blocks, lambda node: [], "RawBlock", "RawInline")
    kept = [block for block in cleaned if any(ast.nodes(block, *SEEN)) or ast.plain_text(block).strip()]
    if mime != "text/html":
        return as_quarto(kept, options)
    colours = colours_of(content)
    # Libraries make identifiers up, anew in each run, and classes for the styles that they bring along.
    plain: Blocks = ast.change_attributes(
        kept, lambda own: ["", colours.get(own[0], []), [pair for pair in own[2] if pair[0] in KEPT]]
    )
    return plain


def _classes(block: Node) -> set[str]:
    found = ast.attributes(block)
    return set(found[1]) if found else set()


def _kind(block: Node) -> str | None:
    """Return what a label can name in a block: `figure`, `table` or nothing."""
    if block["t"] == "Para" and [node["t"] for node in block["c"]] == ["Image"]:
        return "figure"
    return "table" if any(ast.nodes(block, "Table")) else None


def _as_float(block: Node, label: str, caption: Inlines) -> Node:
    """Return a picture as a figure, a table out of the box that some libraries put it in."""
    if _kind(block) == "figure":
        return ast.figure(label, caption, block["c"][0])
    if _kind(block) is None:
        return ast.panel(label, caption, block)
    _, _, *content = next(ast.nodes(block, "Table"))["c"]
    return {"t": "Table", "c": [[label, [], []], [None, [ast.plain(caption)] if caption else []], *content]}


def inlines_of(blocks: Iterable[Node]) -> Iterator[Node]:
    """Yield the text of paragraphs; one without a translation stands in a division that names its language."""
    for block in blocks:
        if block["t"] in {"Para", "Plain"}:
            yield from block["c"]
        elif block["t"] == "Div":
            _, classes, pairs = block["c"][0]
            yield ast.span(list(inlines_of(block["c"][1])), *classes, **dict(map(tuple, pairs)))
