"""The units of a pandoc document and the messages that translators see in their place.

A unit is the text of one block: of a paragraph, heading, caption, table cell, term, verse line, alt text; a footnote's
paragraphs are units of their own. Its msgid is pandoc's Markdown of it, written by itself. What must not be translated
(values, code, citations, cross-references, footnote marks, raw markup, maths, images) stands in it as `{1}`, `{2}`, ...
A translation is read back by itself, and the protected parts return to their places in the tree, never in the text.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reportkit.model.ast import BLOCK_TYPES, document, has_class, nodes, plain, plain_text
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.markdown import READER_FORMAT

# A unit is text: an image alone is no figure, a first line with `%` no title, dashes begin no metadata.
UNIT_FORMAT = f"{READER_FORMAT}-implicit_figures-pandoc_title_block-yaml_metadata_block"
PROTECTED = frozenset({"Cite", "Code", "Image", "Math", "Note", "RawInline"})
# What marks an inline expression within a formula.
VALUE = re.compile(r"(?<=`)\{\.value n=[\d\"]+\}")
PLACEHOLDER = re.compile(r"\{(\d+)\}")
# Pandoc's writer turns these into ASCII which its reader reads as other ones („Wort“ as „Wort”); their stand-ins,
# of Unicode's private use, it leaves alone.
TYPOGRAPHIC = "“”‘’–—…"
STAND_INS = "".join(map(chr, range(0xE000, 0xE000 + len(TYPOGRAPHIC))))
TO_STAND_INS = str.maketrans(TYPOGRAPHIC, STAND_INS)
FROM_STAND_INS = str.maketrans(STAND_INS, TYPOGRAPHIC)

Answer = Callable[[Sequence[dict[str, Any]]], list[str]]
Visit = Callable[[Inlines], Inlines]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with placeholders in the place of its protected parts, and these parts in their order."""

    text: Inlines
    parts: tuple[Node, ...]

    @property
    def is_message(self) -> bool:
        """Whether there is anything to translate: a letter outside of placeholders."""
        return any(letter.isalpha() for node in nodes(self.text, "Str") for letter in node["c"])


class TranslationFault(Exception):
    """A translation that cannot take the place of its message: the code of the diagnostic and why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def map_units(blocks: Blocks, visit: Visit) -> Blocks:
    """Return blocks with the inlines of each unit replaced, those of notes and alt texts before their paragraph's."""
    return [_map_block(block, visit) for block in blocks]


def _map_block(block: Node, visit: Visit) -> Node:
    kind: str = block["t"]
    content: Any = block.get("c")
    if kind in {"Para", "Plain"}:
        return {"t": kind, "c": _map_unit(content, visit)}
    if kind == "Header":
        return {"t": kind, "c": [*content[:2], _map_unit(content[2], visit)]}
    if kind == "LineBlock":
        return {"t": kind, "c": [_map_unit(line, visit) for line in content]}
    if kind == "DefinitionList":
        return {"t": kind, "c": [[_map_unit(term, visit), _map_inner(body, visit)] for term, body in content]}
    return block if content is None else {"t": kind, "c": _map_inner(content, visit)}


def _map_inner(content: Any, visit: Visit) -> Any:
    """Return the content of a block that holds blocks at any depth: lists, tables, figures, divisions."""
    if isinstance(content, list):
        return [_map_inner(item, visit) for item in content]
    return _map_block(content, visit) if isinstance(content, dict) and content.get("t") in BLOCK_TYPES else content


def _map_unit(inlines: Inlines, visit: Visit) -> Inlines:
    return visit(_map_parts(inlines, visit))


def _map_parts(node: Any, visit: Visit) -> Any:
    if isinstance(node, list):
        return [_map_parts(item, visit) for item in node]
    if not isinstance(node, dict) or "c" not in node or node["t"] == "Cite":
        return node
    if node["t"] == "Note":
        return {"t": "Note", "c": map_units(node["c"], visit)}
    if node["t"] == "Image":
        attributes, alt, target = node["c"]
        return {"t": "Image", "c": [attributes, _map_unit(alt, visit), target]}
    return {"t": node["t"], "c": _map_parts(node["c"], visit)}


def find_units(blocks: Blocks) -> list[Unit]:
    """Return the units of a document in the order in which `map_units` visits them."""
    found: list[Unit] = []

    def keep(inlines: Inlines) -> Inlines:
        found.append(protect(inlines))
        return inlines

    map_units(blocks, keep)
    return found


def protect(inlines: Inlines) -> Unit:
    """Return inlines as a unit; soft line breaks become spaces, literal `{1}` is protected too."""
    parts: list[Node] = []
    return Unit(_protected(inlines, parts), tuple(parts))


def _protected(content: Any, parts: list[Node]) -> Any:
    if not isinstance(content, list):
        return content
    return [made for item in content for made in _masked(item, parts)]


def _masked(item: Any, parts: list[Node]) -> Iterator[Any]:
    kind = item.get("t") if isinstance(item, dict) else None
    if kind in PROTECTED:
        yield _placeholder(item, parts)
    elif kind == "Str":
        yield from _masked_words(item["c"], parts)
    elif kind == "SoftBreak":
        yield {"t": "Space"}
    elif kind is not None and "c" in item:
        yield {"t": kind, "c": _protected(item["c"], parts)}
    else:
        yield _protected(item, parts)


def _masked_words(text: str, parts: list[Node]) -> Iterator[Node]:
    for piece in filter(None, re.split(r"(\{\d+\}|(?<!\w)@)", text)):
        node = {"t": "Str", "c": piece}
        if piece == "@":
            # Pandoc's writer does not escape every `@` that its reader takes for a citation.
            yield {"t": "RawInline", "c": ["markdown", r"\@"]}
        else:
            yield _placeholder(node, parts) if PLACEHOLDER.fullmatch(piece) else node


def _placeholder(node: Node, parts: list[Node]) -> Node:
    parts.append(node)
    return {"t": "Str", "c": f"{{{len(parts)}}}"}


def describe(part: Node) -> str:
    """Return what a placeholder stands for, in the words of the source."""
    kind, content = part["t"], part["c"]
    if kind == "Code":
        return str(content[1]) if has_class(part, "value") else f"`{content[1]}`"
    if kind == "Image":
        return f"image {content[2][0]}"
    if kind == "Math":
        return f"${VALUE.sub('', content[1])}$"
    if kind == "Note":
        return f"footnote: {_shortened(plain_text(content))}"
    return str(content[1]) if kind == "RawInline" else plain_text(part)


def _shortened(text: str, length: int = 50) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1].rsplit(" ", 1)[0] + " …"


def write_msgids(documents: Iterable[Sequence[Unit]], pandoc: Answer) -> list[list[str]]:
    """Return the msgids of the units of several documents, one job for pandoc each."""
    replies = pandoc([_writing(units) for units in documents])
    return [[text.rstrip("\n").translate(FROM_STAND_INS) for text in json.loads(reply)] for reply in replies]


def _writing(units: Sequence[Unit]) -> dict[str, Any]:
    text = document([plain(unit.text) for unit in units]).translate(TO_STAND_INS)
    return {"op": "write_units", "document": text, "format": UNIT_FORMAT}


def read_texts(documents: Iterable[Sequence[str]], pandoc: Answer) -> list[list[Blocks]]:
    """Return the translations of several documents as blocks, one job for pandoc each; see `restore`."""
    jobs = [{"op": "read_units", "texts": list(texts), "format": UNIT_FORMAT} for texts in documents]
    return [[div["c"][1] for div in json.loads(reply)["blocks"]] for reply in pandoc(jobs)]


def restore(unit: Unit, translation: Blocks) -> Inlines:
    """Return a translation's inlines with the unit's protected parts in the place of its placeholders.

    Raises `TranslationFault` if the translation is not the text of one paragraph or has raw markup, or a placeholder
    of the message does not stand in it just once.
    """
    if [block["t"] for block in translation] not in (["Para"], ["Plain"]):
        kinds = ", ".join(f"`{block['t']}`" for block in translation) or "nothing"
        raise TranslationFault("RK603", f"the translation reads as {kinds}, not as text")
    if any(nodes(translation, "RawInline")):
        raise TranslationFault("RK603", "the translation brings raw markup, which is for the source text alone")
    used: list[int] = []
    inlines: Inlines = _restored(translation[0]["c"], unit.parts, used)
    faults = list(_placeholder_faults(len(unit.parts), used))
    if faults:
        raise TranslationFault("RK602", f"in the translation {', '.join(faults)}")
    return inlines


def _restored(content: Any, parts: Sequence[Node], used: list[int]) -> Any:
    if not isinstance(content, list):
        return content
    return list(_joined(made for item in content for made in _unmasked(item, parts, used)))


def _unmasked(item: Any, parts: Sequence[Node], used: list[int]) -> Iterator[Any]:
    kind = item.get("t") if isinstance(item, dict) else None
    if kind == "Str":
        yield from _unmasked_words(item["c"], parts, used)
    elif kind is not None and "c" in item and kind not in PROTECTED:
        yield {"t": kind, "c": _restored(item["c"], parts, used)}
    else:
        yield _restored(item, parts, used)


def _unmasked_words(text: str, parts: Sequence[Node], used: list[int]) -> Iterator[Node]:
    for piece in re.split(r"(\{\d+\})", text):
        match = PLACEHOLDER.fullmatch(piece)
        if match:
            used.append(int(match[1]))
        if match and 1 <= used[-1] <= len(parts):
            yield parts[used[-1] - 1]
        elif piece:
            yield {"t": "Str", "c": piece}


def _joined(items: Iterable[Any]) -> Iterator[Any]:
    """Yield items with neighbouring words made one, as pandoc's reader does."""
    for is_word, group in groupby(items, key=lambda item: isinstance(item, dict) and item.get("t") == "Str"):
        if is_word:
            yield {"t": "Str", "c": "".join(item["c"] for item in group)}
        else:
            yield from group


def _placeholder_faults(count: int, used: Sequence[int]) -> Iterator[str]:
    times = Counter(used)
    for number in sorted({*range(1, count + 1), *times}):
        if not 1 <= number <= count:
            yield f"`{{{number}}}` stands for nothing"
        elif times[number] == 0:
            yield f"`{{{number}}}` is lost"
        elif times[number] > 1:
            yield f"`{{{number}}}` stands {times[number]} times"
