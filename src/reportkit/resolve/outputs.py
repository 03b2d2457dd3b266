"""Puts the outputs of code cells where their cells stand: figures, tables, text."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportkit.chapter import TABLE_MIME
from reportkit.errors import Diagnostic, error
from reportkit.model import ast
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.execution import Output
from reportkit.model.markdown import READER_FORMAT
from reportkit.model.study import Code
from reportkit.model.values import format_value
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter

PICTURES = {"image/svg+xml": "svg", "image/png": "png"}
TEXTS = {"text/html": "html", "text/markdown": READER_FORMAT}
# The richest form first: of an output in several forms one is shown.
PREFERENCE = (TABLE_MIME, *PICTURES, *TEXTS, "text/plain")

Parsed = Mapping[tuple[str, str], Blocks]


@dataclass
class Outputs:
    """Places the outputs of one edition; collects the files they need and what is wrong with them."""

    language: str
    labels: Mapping[str, str]
    pandoc: Pandoc
    assets: dict[str, bytes] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def place(self, chapters: Sequence[Chapter]) -> list[Chapter]:
        """Return the chapters with their outputs in place of the marks."""
        parsed = self._parse(chapters)
        return [_Placer(self, chapter, parsed).placed() for chapter in chapters]

    def _parse(self, chapters: Sequence[Chapter]) -> Parsed:
        """Return the blocks of all HTML and Markdown outputs, read by pandoc in one batch."""
        found = [_chosen(output) for c in chapters if c.result for cell in c.result.outputs.values() for output in cell]
        texts = list(dict.fromkeys((mime, content) for mime, content in found if mime in TEXTS))
        jobs = [{"op": "read", "text": content, "format": TEXTS[mime]} for mime, content in texts]
        replies = self.pandoc(jobs)
        return {key: json.loads(reply)["blocks"] for key, reply in zip(texts, replies, strict=True)}


@dataclass
class _Placer:
    """Places the outputs of one chapter."""

    outputs: Outputs
    chapter: Chapter
    parsed: Parsed

    def placed(self) -> Chapter:
        return self.chapter.with_blocks(ast.rewrite(self.chapter.blocks, self._replace))

    def _replace(self, node: Node) -> Node | list[Node]:
        if node["t"] != "Div" or not ast.has_class(node, "cell"):
            return node
        index = int(ast.attribute(node, "n") or 0)
        label = ast.attribute(node, "label") or ""
        parts: Blocks = node["c"][1]
        caption, alt = _inlines_of(parts, "caption"), _inlines_of(parts, "alt")
        code = [part for part in parts if part["t"] == "CodeBlock"]
        return [*code, *self._shown(index, label, caption, alt)]

    def _shown(self, index: int, label: str, caption: Inlines, alt: Inlines) -> Blocks:
        cell = self.chapter.instance.cells[index]
        assert isinstance(cell, Code)
        if cell.options.get("output") is False or cell.options.get("eval") is False:
            return []
        result = self.chapter.result
        outputs = result.outputs.get(index, ()) if result else ()
        blocks = [block for number, output in enumerate(outputs) for block in self._output(index, number, output, alt)]
        return self._labelled(index, label, caption, blocks) if label[:4] in {"fig-", "tbl-"} else blocks

    def _labelled(self, index: int, label: str, caption: Inlines, blocks: Blocks) -> Blocks:
        wanted = "Para" if label.startswith("fig-") else "Table"
        images = [node for block in blocks if block["t"] == "Para" for node in ast.nodes(block, "Image")]
        tables = [node for block in blocks for node in ast.nodes(block, "Table")]
        if not (images if wanted == "Para" else tables):
            what = "figure" if wanted == "Para" else "table"
            hint = f"its last expression must be the {what}"
            place = self.chapter.cell_location(index)
            self.outputs.faults.append(error("RK331", f"cell `{label}` shows no {what}", place, hint))
            return blocks
        if wanted == "Para":
            others = [block for block in blocks if not list(ast.nodes(block, "Image"))]
            return [*others, ast.figure(label, caption, images)]
        content = [[label, [], []], [None, [ast.plain(caption)]], *tables[0]["c"][2:]]
        return [{"t": "Table", "c": content} if block is tables[0] else block for block in blocks]

    def _output(self, index: int, number: int, output: Output, alt: Inlines) -> Blocks:
        mime, content = _chosen(output)
        if output.kind == "stderr":
            return self._warning(index, content)
        if mime == TABLE_MIME:
            return [self._table(content)]
        if mime in PICTURES:
            return [ast.para([ast.image(self._asset(index, number, mime, content), alt)])]
        if mime in TEXTS:
            return self.parsed[mime, content]
        if mime == "text/plain":
            return [ast.code_block(content.rstrip("\n"), "output")]
        known = ", ".join(sorted(output.bundle))
        place = self.chapter.cell_location(index)
        self.outputs.faults.append(error("RK332", f"an output is of no type that can be printed: {known}", place))
        return []

    def _warning(self, index: int, content: str) -> Blocks:
        cell = self.chapter.instance.cells[index]
        shown = isinstance(cell, Code) and cell.options.get("warning") is True
        return [ast.code_block(content.rstrip("\n"), "output", "stderr")] if shown else []

    def _asset(self, index: int, number: int, mime: str, content: str) -> str:
        cell = self.chapter.instance.cells[index]
        label = cell.label if isinstance(cell, Code) else None
        stem = f"{label}{self.chapter.instance.suffix}" if label else f"{self.chapter.instance.name}-cell-{index + 1}"
        again = f"-{number + 1}" if number else ""
        name = f"figures/{stem}{again}.{PICTURES[mime]}"
        self.outputs.assets[name] = base64.b64decode(content) if mime == "image/png" else content.encode()
        return name

    def _table(self, data: Mapping[str, Any]) -> Node:
        heads = [(ast.text_inlines(self._word(head["text"])), head["align"]) for head in data["heads"]]
        rows = [[ast.text_inlines(self._printed(cell)) for cell in row] for row in data["rows"]]
        return ast.table("", [], heads, rows)

    def _printed(self, cell: Mapping[str, Any]) -> str:
        return format_value(cell, self.outputs.language, self._word)

    def _word(self, msgid: str) -> str:
        return self.outputs.labels.get(msgid, msgid)


def _chosen(output: Output) -> tuple[str, Any]:
    """Return the form of an output that is shown, and its content."""
    mime = next((mime for mime in PREFERENCE if mime in output.bundle), "")
    return mime, output.bundle.get(mime)


def _inlines_of(parts: Blocks, name: str) -> Inlines:
    return list(_joined(part["c"][1] for part in parts if part["t"] == "Div" and ast.has_class(part, name)))


def _joined(blocks: Iterator[Blocks]) -> Iterator[Node]:
    for found in blocks:
        for block in found:
            if block["t"] in {"Para", "Plain"}:
                yield from block["c"]
            elif block["t"] == "Div":
                # A caption without a translation stands in a division that names its language.
                _, classes, pairs = block["c"][0]
                yield ast.span(list(_joined(iter([block["c"][1]]))), *classes, **dict(map(tuple, pairs)))
