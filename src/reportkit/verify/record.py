"""The record of an edition: every artifact with its digest and what it was made from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from reportkit.digest import digest_bytes, digest_json
from reportkit.model.ast import plain_text
from reportkit.model.book import Blocks, Book, Node, Page
from reportkit.model.execution import Execution, Result
from reportkit.model.record import Artifact, Origin, Record
from reportkit.model.study import Code, Instance, Study
from reportkit.model.values import format_value

EXCERPT = 80
TEXT_BLOCKS = ("Para", "Plain", "Header", "CodeBlock")


def record_path(folder: str, language: str) -> str:
    """Return where an edition's record lies, relative to the study."""
    return f"{folder}/{language}/record.json"


def write_record(record: Record) -> bytes:
    """Return the record of an edition as JSON text."""
    return (json.dumps(record.to_json(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def make_record(study: Study, execution: Execution, book: Book) -> Record:
    """Return the record of a resolved edition."""
    instances = {instance.name: instance for instance in study.instances}
    artifacts: dict[str, Artifact] = {}
    origins: dict[str, Origin] = {}
    inputs: dict[str, str | None] = dict(study.inputs_of(book.language))
    for page in book.pages:
        instance = instances[page.name]
        result = execution.results.get((page.name, book.language))
        read = _within(result.trace.files) if result else {}
        inputs |= read
        origins[page.name] = Origin(dict(instance.parameters), (*instance.files, *read))
        artifacts |= _Recorder(instance, result, book).record(page)
    return Record(book.language, book.source_digest, inputs, origins, artifacts)


def _within(files: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the files of the study; others that it allows are named by where they lie on this machine."""
    return {path: digest for path, digest in files.items() if not PurePath(path).is_absolute()}


@dataclass
class _Recorder:
    """Walks one page; keeps count of what it has named already."""

    instance: Instance
    result: Result | None
    book: Book
    found: dict[str, Artifact] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def record(self, page: Page) -> Mapping[str, Artifact]:
        """Return the artifacts of a page by id."""
        self._blocks(page.blocks)
        self._values()
        for claim in (claim for claim in self.book.claims if claim.page == page.name):
            self._add(f"claim {claim.name}", "claim", claim.text, claim.digest, claim.place)
        return self.found

    def _add(self, name: str, kind: str, content: object, digest: str, place: str) -> None:
        self.seen[name] += 1
        again = f" ({self.seen[name]})" if self.seen[name] > 1 else ""
        self.found[f"{self.instance.name}/{name}{again}"] = Artifact(kind, digest, content, place)

    def _blocks(self, blocks: Blocks) -> None:
        for block, label in _leaves(blocks):
            if block["t"] == "Figure":
                self._figure(block)
            elif block["t"] == "Table":
                self._table(block)
            else:
                self._text(block, label)

    def _figure(self, block: Node) -> None:
        label, caption = block["c"][0][0], plain_text(block["c"][1])
        digests = [digest_bytes(self.book.assets[name]) for name in _images(block) if name in self.book.assets]
        self._add(label or "figure", "figure", caption, digest_json([digests, plain_text(block)]), self._place(label))

    def _table(self, block: Node) -> None:
        rows = [[plain_text(cell) for cell in row] for row in _rows(block)]
        label = block["c"][0][0]
        self._add(label or "table", "table", rows, digest_json([rows, plain_text(block["c"][1])]), self._place(label))

    def _text(self, block: Node, section: str) -> None:
        text = plain_text(block)
        if text.strip():
            # Named by what it says: a new paragraph must not make all that follow it look changed.
            digest = digest_bytes(text.encode())
            self._add(f"{section}/text {digest[:8]}", "text", text[:EXCERPT], digest, self.instance.chapter)

    def _values(self) -> None:
        values = self.result.values if self.result else {}
        for expression in self.instance.expressions:
            if expression.number in values and values[expression.number]["kind"] != "claim":
                printed = format_value(values[expression.number], self.book.language)
                place = str(expression.line.location(self.instance.described))
                self._add(expression.text, "value", printed, digest_json(values[expression.number]), place)

    def _place(self, label: str) -> str:
        """Return the cell whose label, made public, is this one."""
        for cell in self.instance.cells:
            if isinstance(cell, Code) and cell.label and f"{cell.label}{self.instance.suffix}" == label and cell.lines:
                return str(cell.lines[0].location(self.instance.described)).rsplit(", line", 1)[0]
        return self.instance.chapter


def _leaves(blocks: Iterable[Node], section: str = "") -> Iterator[tuple[Node, str]]:
    """Yield the blocks that say something, each with the identifier of its section."""
    for block in blocks:
        if block["t"] == "Header":
            section = block["c"][1][0]
        if block["t"] in {*TEXT_BLOCKS, "Figure", "Table"}:
            yield block, section
        else:
            for inner in _inner_blocks(block.get("c")):
                yield from _leaves(inner, section)


def _inner_blocks(content: object) -> Iterator[list[Node]]:
    """Yield the lists of blocks within a block's content, whatever its kind."""
    if not isinstance(content, list):
        return
    if content and all(isinstance(item, dict) and "t" in item for item in content):
        yield content
        return
    for item in content:
        yield from _inner_blocks(item)


def _images(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _images(item)
    elif isinstance(node, dict):
        if node.get("t") == "Image":
            yield node["c"][2][0]
        yield from _images(node.get("c"))


def _rows(table: Node) -> Iterator[list[Blocks]]:
    """Yield the cells of a table row by row, heads first."""
    head, bodies, foot = table["c"][3:6]
    body = [row for _, _, heads, rows in bodies for row in (*heads, *rows)]
    for row in (*head[1], *body, *foot[1]):
        yield [cell[4] for cell in row[1]]
