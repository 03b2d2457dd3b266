"""Puts the translations of an edition into its chapters, and marks what has none with its language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from reportkit.errors import Diagnostic, error
from reportkit.model.ast import Change, div, has_class, rewrite, span
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.catalog import Catalog, Translation
from reportkit.model.messages import (
    TranslationFault,
    find_units,
    map_units,
    protect,
    read_texts,
    restore,
    write_msgids,
)
from reportkit.model.quarto import LINES
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter

MARK = "untranslated"
# Stands around what has no translation until it is clear whether a division or a span marks it.
PENDING = "Untranslated"


def translate_chapters(
    chapters: Sequence[Chapter], catalog: Catalog, source_language: str, pandoc: Pandoc
) -> tuple[list[Chapter], list[Diagnostic]]:
    """Return chapters in the language of a catalog, and an error for each translation that does not fit.

    Protected parts, identifiers and attributes stay as they are. What has no translation, or one that does not fit
    (RK602, RK603), stays in the source language and is marked: by a `Div` of class `untranslated` with `lang` around
    neighbouring blocks, by a `Span` where a division cannot stand.
    """
    found = _look_up(chapters, catalog, pandoc)
    read = read_texts([[one.text for one in page if one] for page in found], pandoc)
    faults: list[Diagnostic] = []
    translated = []
    for chapter, page, texts in zip(chapters, found, read, strict=True):
        blocks = _put_in(chapter.blocks, page, texts, source_language, faults)
        translated.append(chapter.with_blocks(mark_untranslated(blocks, source_language)))
    return translated, list(dict.fromkeys(faults))


def _look_up(chapters: Sequence[Chapter], catalog: Catalog, pandoc: Pandoc) -> list[list[Translation | None]]:
    """Return for each chapter the translations of its units."""
    msgids = write_msgids([find_units(chapter.blocks) for chapter in chapters], pandoc)
    return [
        [catalog.find(msgid, chapter.instance.files) for msgid in texts]
        for chapter, texts in zip(chapters, msgids, strict=True)
    ]


def _put_in(
    blocks: Blocks,
    found: Sequence[Translation | None],
    texts: Sequence[Blocks],
    language: str,
    faults: list[Diagnostic],
) -> Blocks:
    """Return blocks with the translations of their units, and `PENDING` nodes around units that keep their language."""
    translations, read = iter(found), iter(texts)

    def visit(inlines: Inlines) -> Inlines:
        unit, translation = protect(inlines), next(translations)
        if translation is not None:
            try:
                return restore(unit, next(read))
            except TranslationFault as fault:
                faults.append(error(fault.code, str(fault), translation.location))
        return [{"t": PENDING, "c": _in_language(inlines, language)}] if unit.is_message else inlines

    return map_units(blocks, visit)


def _in_language(inlines: Inlines, language: str) -> Inlines:
    """Return inlines whose values print in a language: a German sentence has German numbers in an English edition."""

    def mark(node: Node) -> Node:
        if node["t"] != "Code" or not has_class(node, "value"):
            return node
        identifier, classes, pairs = node["c"][0]
        return {"t": "Code", "c": [[identifier, classes, [*pairs, ["lang", language]]], node["c"][1]]}

    marked: Inlines = _rewrite_outside_notes(inlines, mark)
    return marked


def mark_untranslated(blocks: Blocks, language: str) -> Blocks:
    """Return blocks with `PENDING` nodes made divisions and spans in a language."""
    marked: Blocks = rewrite(
        _with_divisions(blocks, language),
        lambda node: span(node["c"], MARK, lang=language) if node["t"] == PENDING else node,
    )
    return marked


def _with_divisions(blocks: Blocks, language: str) -> Blocks:
    made: Blocks = []
    for is_pending, run in groupby(blocks, _is_pending):
        if is_pending:
            made.append(div([_bare(block) for block in run], MARK, lang=language))
        else:
            made.extend(_within(block, language) for block in run)
    return made


def _is_pending(block: Node) -> bool:
    """Return whether a block is a paragraph or list without any translation."""
    units = list(_units(block))
    return bool(units) and all(len(unit) == 1 and unit[0]["t"] == PENDING for unit in units)


def _units(block: Node) -> Iterator[Inlines]:
    """Yield the units of paragraphs and lists; a block that must not stand in a division counts as one unmarked."""
    kind: str = block["t"]
    content: Any = block.get("c")
    if kind in {"Para", "Plain"}:
        yield content
    elif kind == "LineBlock":
        yield from content
    elif kind == "DefinitionList":
        yield from (term for term, _ in content)
        yield from (unit for _, bodies in content for body in bodies for inner in body for unit in _units(inner))
    elif kind in {"BlockQuote", "BulletList", "OrderedList"}:
        items = {"BlockQuote": [content], "OrderedList": content[-1]}.get(kind, content)
        yield from (unit for item in items for inner in item for unit in _units(inner))
    else:
        yield []


def _bare(block: Node) -> Node:
    """Return a block without `PENDING` nodes but those in its notes, which stand elsewhere on the page."""
    bare: Node = _rewrite_outside_notes(block, lambda node: node["c"] if node["t"] == PENDING else node)
    return bare


def _rewrite_outside_notes(node: Any, change: Change) -> Any:
    """Return a tree with every node changed as `rewrite` does, but for footnotes."""
    if isinstance(node, list):
        return [made for item in node for made in _spliced(item, _rewrite_outside_notes(item, change))]
    if not isinstance(node, dict) or "c" not in node or node["t"] == "Note":
        return node
    return change({**node, "c": _rewrite_outside_notes(node["c"], change)})


def _spliced(before: Any, after: Any) -> list[Any]:
    return after if isinstance(before, dict) and isinstance(after, list) else [after]


def _within(block: Node, language: str) -> Node:
    """Return a block with the blocks inside it marked where divisions can stand."""
    kind: str = block["t"]
    content: Any = block.get("c")
    if kind == "Div" and not LINES & set(content[0][1]):
        return {"t": kind, "c": [content[0], _with_divisions(content[1], language)]}
    if kind == "BlockQuote":
        return {"t": kind, "c": _with_divisions(content, language)}
    if kind == "BulletList":
        return {"t": kind, "c": [_with_divisions(item, language) for item in content]}
    if kind == "OrderedList":
        return {"t": kind, "c": [content[0], [_with_divisions(item, language) for item in content[1]]]}
    if kind == "DefinitionList":
        items = [[term, [_with_divisions(body, language) for body in bodies]] for term, bodies in content]
        return {"t": kind, "c": items}
    return block
