"""Numbers over the whole book, given here once for every format.

Chapters are 1, 2, ... or A, B, ... in the appendix, sections 3.1; figures, tables, formulas and listings are counted
per chapter, 3.2, unless `crossref` says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Float, Heading, Inlines, Node
from reportkit.model.float_kinds import float_kinds
from reportkit.model.quarto import CALLOUT_LABELS, take_title, titled
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.labels import NAMED, label_kind
from reportkit.resolve.words import opened

TERMS = {
    **{"fig": "figure", "tbl": "table", "eq": "equation", "lst": "listing"},
    **{"thm": "theorem", "lem": "lemma", "cor": "corollary", "prp": "proposition", "cnj": "conjecture"},
    **{
        "def": "definition",
        "exm": "example",
        "exr": "exercise",
        "sol": "solution",
        "rem": "remark",
        "alg": "algorithm",
    },
    **CALLOUT_LABELS,
}
NAMEABLE = frozenset(ast.ATTRIBUTES_AT)
# The kinds that a list of figures or tables names.
FLOATS = ("fig", "tbl")
# Roman digits: hundreds, tens, ones.
ROMAN = [
    ["", one, one * 2, one * 3, one + five, five, five + one, five + one * 2, five + one * 3, one + ten]
    for one, five, ten in ("CDM", "XLC", "IVX")
]
# Spans that say a number.
NUMBERS = frozenset({"caption-label", "header-section-number"})
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to: its page, its public label, and how it is called ("Abbildung\u00a0", "3.2")."""

    page: str
    label: str
    term: str
    number: str | None
    title: str

    @property
    def name(self) -> str:
        """The words of a reference to it."""
        return f"{self.term}{self.number}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class Numbered:
    """A chapter with numbers put in: what a contents list and references need of it."""

    chapter: Chapter
    number: str | None
    headings: tuple[Heading, ...]
    floats: tuple[Float, ...]
    targets: tuple[Target, ...]


def number_chapters(
    chapters: Sequence[Chapter], terms: Mapping[str, str], depth: int, crossref: Mapping[str, Any] | None = None
) -> list[Numbered]:
    """Return the chapters with numbers put in; `depth` is the lowest level numbered, `crossref` the book's options."""
    numbers = zip(chapters, _chapter_numbers(chapters), strict=True)
    numberers = [_Numberer(chapter, number, terms, depth, crossref or {}) for chapter, number in numbers]
    if crossref and crossref.get("chapters") is False:
        for one in numberers:
            one.before, one.counts = "", numberers[0].counts
    return [one.numbered() for one in numberers]


def listed(one: Numbered) -> Numbered:
    """Return a chapter whose lists say what its headings and captions say now, references and citations as text."""
    if not one.chapter.mentions("@"):
        return one
    said = {ast.identifier(node): _words(node) for node in ast.nodes(one.chapter.blocks, "Header", "Figure", "Table")}
    headings = (replace(each, title=said.get(each.id, each.title)) for each in one.headings)
    floats = (replace(each, caption=said.get(each.label, each.caption)) for each in one.floats)
    return replace(one, headings=tuple(headings), floats=tuple(floats))


def _words(node: Node) -> str:
    """Return what a heading or a caption says behind its number."""
    said = node["c"][2] if node["t"] == "Header" else _caption(node)
    return ast.plain_text(
        ast.rewrite(said, lambda part: [] if NUMBERS & set(part["c"][0][1]) else part, "Span")
    ).strip()


def _chapter_numbers(chapters: Sequence[Chapter]) -> Iterator[str | None]:
    chapter, appendix = 0, 0
    for one in chapters:
        title = next(ast.nodes(one.blocks, "Header"), None)
        if title is None or ast.has_class(title, "unnumbered") or one.instance.metadata.get("number-sections") is False:
            yield None
        elif one.instance.appendix:
            appendix += 1
            yield _letters(appendix)
        else:
            chapter += 1
            yield str(chapter)


def _letters(number: int) -> str:
    """Return A, B, ..., Z, AA, AB, ... for 1, 2, ..."""
    before, last = divmod(number - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)


def styled(number: int, style: str) -> str:
    """Return a number in a style of Quarto's: `arabic`, `alpha a` (from that letter on), `roman i` or `roman I`."""
    kind, _, first = style.partition(" ")
    if kind == "arabic":
        return str(number)
    if kind == "alpha":
        letters = _letters(number + ord(first.upper() or "A") - ord("A"))
    else:
        letters = "".join(digits[int(digit)] for digit, digits in zip(f"{number:03d}"[-3:], ROMAN, strict=True))
    return letters if first.isupper() else letters.lower()


class _Numberer:
    """Walks one chapter in reading order, counting."""

    def __init__(
        self, chapter: Chapter, number: str | None, terms: Mapping[str, str], depth: int, crossref: Mapping[str, Any]
    ) -> None:
        self.chapter, self.number, self.terms, self.depth, self.crossref = chapter, number, terms, depth, crossref
        self.kinds = float_kinds({"crossref": crossref})
        self.before = f"{number}." if number else ""
        self.sections: list[int] = []
        self.unnumbered_from = depth + 1
        self.counts: Counter[str] = Counter()
        self.numbers: dict[str, str] = {}
        # While the parts of a figure are walked: its term, its number, what counts them.
        self.part: tuple[str, str, Iterator[int]] | None = None
        self.headings: list[Heading] = []
        self.floats: list[Float] = []
        self.targets: list[Target] = []

    def numbered(self) -> Numbered:
        chapter = self.chapter.with_blocks(self._walk(self.chapter.blocks))
        return Numbered(
            chapter, self.number if self.depth else None, tuple(self.headings), tuple(self.floats), tuple(self.targets)
        )

    def _walk(self, node: Any) -> Any:
        if isinstance(node, list):
            return [item if ast.is_without(item, NAMEABLE) else self._walk(item) for item in node]
        if not isinstance(node, dict) or "t" not in node:
            return node
        if node["t"] == "Header":
            return self._header(node)
        kind = label_kind(node)
        if self.part and node["t"] in {"Figure", "Table"}:
            return self._labelled_part(node)
        if kind and node["t"] in NAMED.get(kind, NAMED["float"])[0]:
            return self._labelled(node, kind)
        return ast.with_content(node, self._walk(node["c"])) if "c" in node else node

    def _header(self, node: Node) -> Node:
        level, (label, classes, pairs), inlines = node["c"]
        number = self._section_number(level, "unnumbered" in classes)
        title = ast.plain_text(inlines).strip()
        if level == 1 or "unlisted" not in classes:
            self.headings.append(Heading(level, number, title, label))
        self._add_target(label, self._section_term(level), number, title)
        shown = [ast.span([ast.word(number)], "header-section-number"), {"t": "Space"}] if number else []
        return {"t": "Header", "c": [level, [label, classes, pairs], [*shown, *inlines]]}

    def _section_number(self, level: int, is_unnumbered: bool) -> str | None:
        """Return a section's number; a section within one without a number has none."""
        if level <= self.unnumbered_from:
            self.unnumbered_from = level if is_unnumbered else self.depth + 1
        if self.number is None or level >= self.unnumbered_from:
            return None
        self.sections = [*self.sections[: level - 1], *[0] * (level - 1 - len(self.sections))]
        if level > 1:
            self.sections[-1] += 1
        return ".".join([self.number, *map(str, self.sections)])

    def _section_term(self, level: int) -> str:
        whole = "appendix" if self.chapter.instance.appendix else "chapter"
        return self.terms.get("sec-prefix", self.terms[whole if level == 1 else "section"]) + NO_BREAK_SPACE

    def _terms(self, kind: str) -> Iterator[str]:
        """Yield the words before a number in references and in captions, each with its space."""
        space = "" if self.kinds.get(kind, {}).get("space-before-numbering") is False else NO_BREAK_SPACE
        word = self.terms.get(TERMS.get(kind, ""), "")
        yield from (f"{self.terms.get(f'{kind}-{end}', word)}{space}" for end in ("prefix", "title"))

    def _labelled(self, node: Node, kind: str) -> Node:
        number = self._count(ast.identifier(node), kind)
        label, (term, title) = ast.identifier(node), self._terms(kind)
        caption = ast.plain_text(_caption(node)).strip()
        self._add_target(label, term, number, caption)
        if kind in FLOATS:
            self.floats.append(Float(kind, label, number, caption, self.chapter.instance.name))
        if node["t"] == "Figure":
            node = self._with_parts(node, term, number)
        elif node["t"] == "Div":
            node = {"t": "Div", "c": [node["c"][0], self._walk(node["c"][1])]}
        is_titled = caption and kind in {*FLOATS, *CALLOUT_LABELS, "lst", *self.kinds}
        end = f"{self.terms.get('title-delim', ':')} " if is_titled else ""
        return _with_number(node, number, ast.text_inlines(f"{title}{number}{end}"))

    def _count(self, label: str, kind: str) -> str:
        """Return the number of a label; where each format has its own figure of one label, the number is one."""
        if label not in self.numbers:
            self.counts[kind] += 1
            style = self.crossref.get(f"{kind}-labels", self.crossref.get("labels", "arabic"))
            self.numbers[label] = f"{self.before}{styled(self.counts[kind], style)}"
        return self.numbers[label]

    def _with_parts(self, node: Node, term: str, number: str) -> Node:
        """Return a figure whose own figures and tables are its parts: (a), (b), ..."""
        attributes, caption, blocks = node["c"]
        blocks, is_lettered = _lettered(blocks)
        self.part = (term, number, count(1)) if is_lettered else None
        blocks = self._walk(blocks)
        self.part = None
        return {"t": "Figure", "c": [attributes, caption, blocks]}

    def _labelled_part(self, node: Node) -> Node:
        label, caption = ast.identifier(node), _caption(node)
        if not self.part:
            return node
        term, number, letters = self.part
        letter = f"({styled(next(letters), self.crossref.get('subref-labels', 'alpha a'))})"
        self._add_target(label, term, f"{number}{NO_BREAK_SPACE}{letter}", ast.plain_text(caption).strip())
        said = _said_before(caption, ast.span(ast.text_inlines(f"{letter} " if caption else letter), "caption-label"))
        (_, classes, pairs), _, *content = node["c"]
        if node["t"] == "Table":
            content = [[{"t": "Table", "c": [["", classes, pairs], [None, []], *content]}]]
        return {"t": "Figure", "c": [[label, ["part"], []], [None, said], *content]}

    def _add_target(self, label: str, term: str, number: str | None, title: str) -> None:
        self.targets.append(Target(self.chapter.instance.name, label, term, number, title))


def _lettered(blocks: Blocks) -> tuple[Blocks, bool]:
    """Return the blocks of a figure with pictures as parts, and whether these have letters: all of them or none.

    They have if one can be referred to or each has a caption.
    """
    made: Blocks = ast.rewrite(blocks, _as_part, "Para")
    parts = list(ast.nodes(made, "Figure", "Table"))
    has_labels = any(map(ast.identifier, parts))
    return (made if has_labels else blocks), has_labels or all(ast.plain_text(_caption(part)).strip() for part in parts)


def _as_part(paragraph: Node) -> Node:
    is_picture = [node["t"] for node in paragraph["c"]] == ["Image"]
    return ast.figure("", [], paragraph["c"][0]) if is_picture else paragraph


def _caption(node: Node) -> Blocks:
    """Return the blocks of a caption; a formula has none."""
    if node["t"] in {"Figure", "Table"}:
        blocks: Blocks = node["c"][1][1]
        return blocks
    if ast.has_class(node, "theorem") or ast.has_class(node, "callout"):
        return [ast.plain(take_title(node["c"][1])[0])]
    return [] if node["t"] == "Span" else node["c"][1][:1]


def _with_number(node: Node, number: str, said: Inlines) -> Node:
    """Return a figure, table or listing whose caption begins with its number, a formula with it behind."""
    attributes, *content = node["c"]
    if node["t"] == "Span":
        printed = ast.span([ast.word(f"{NO_BREAK_SPACE}({number})")], "equation-number")
        return {"t": "Span", "c": [attributes, [*content[0], printed]]}
    if ast.has_class(node, "callout"):
        title, blocks = take_title(content[0])
        return {"t": "Div", "c": [attributes, [titled([ast.span(said, "callout-label"), *title]), *blocks]]}
    if ast.has_class(node, "theorem"):
        title, blocks = take_title(content[0])
        named = [{"t": "Space"}, ast.word("("), *title, ast.word(")")] if title else []
        return {"t": "Div", "c": [attributes, opened(ast.span([*said, *named], "theorem-label"), blocks)]}
    caption = _said_before(_caption(node), ast.span(said, "caption-label"))
    if node["t"] == "Div":
        return {"t": "Div", "c": [attributes, [*caption, *content[0][1:]]]}
    (short, _), *rest = content
    return {"t": node["t"], "c": [attributes, [short, caption], *rest]}


def _said_before(blocks: Blocks, label: Node) -> Blocks:
    """Return the blocks of a caption with its label in front."""
    if blocks and blocks[0]["t"] in {"Para", "Plain"}:
        return [ast.plain([label, *blocks[0]["c"]]), *blocks[1:]]
    return [ast.plain([label]), *blocks]
