"""Labels and numbers over the whole book, and the references to them.

Within an instance `fig-timeline` is its own; the public label is `fig-timeline-hagen`. Numbers are given here, once,
for every format: chapters 1, 2, ... or A, B, ... in the appendix, sections 3.1, figures and tables 3.2 per chapter.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reportkit.errors import Diagnostic, did_you_mean, error
from reportkit.model import ast
from reportkit.model.book import Float, Heading, Inlines, Node
from reportkit.resolve.chapters import Chapter

REFERENCE = re.compile(r"(fig|tbl|sec)-")
TERMS = {"fig": "figure", "tbl": "table"}
NO_BREAK_SPACE = "\u00a0"
CHAPTER_FILES = (".ipynb", ".qmd", ".md")


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to: its page, its public label, and how it is called ("Abbildung", "3.2")."""

    page: str
    label: str
    term: str
    number: str | None
    title: str

    @property
    def name(self) -> str:
        """The words of a reference to it."""
        return f"{self.term}{NO_BREAK_SPACE}{self.number}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class Numbered:
    """A chapter with public labels and numbers put in: what a contents list and references need of it."""

    chapter: Chapter
    number: str | None
    headings: tuple[Heading, ...]
    floats: tuple[Float, ...]
    targets: tuple[Target, ...]


def number_chapters(chapters: Sequence[Chapter], terms: Mapping[str, str], depth: int) -> list[Numbered]:
    """Return the chapters with labels made public and numbers put in; `depth` is the lowest level numbered."""
    numbers = _chapter_numbers(chapters)
    return [
        _Numberer(chapter, number, terms, depth).numbered() for chapter, number in zip(chapters, numbers, strict=True)
    ]


def _chapter_numbers(chapters: Sequence[Chapter]) -> Iterator[str | None]:
    chapter, appendix = 0, 0
    for one in chapters:
        title = next(ast.nodes(one.blocks, "Header"), None)
        if title is None or ast.has_class(title, "unnumbered"):
            yield None
        elif one.instance.appendix:
            appendix += 1
            yield chr(ord("A") + appendix - 1)
        else:
            chapter += 1
            yield str(chapter)


class _Numberer:
    """Walks one chapter in reading order, counting."""

    def __init__(self, chapter: Chapter, number: str | None, terms: Mapping[str, str], depth: int) -> None:
        self.chapter, self.number, self.terms, self.depth = chapter, number, terms, depth
        self.sections: list[int] = []
        self.counts = {"fig": 0, "tbl": 0}
        self.headings: list[Heading] = []
        self.floats: list[Float] = []
        self.targets: list[Target] = []

    def numbered(self) -> Numbered:
        blocks = [made for block in self.chapter.blocks for made in [self._walk(block)]]
        chapter = self.chapter.with_blocks(blocks)
        return Numbered(chapter, self.number, tuple(self.headings), tuple(self.floats), tuple(self.targets))

    def _walk(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._walk(item) for item in node]
        if not isinstance(node, dict) or "t" not in node:
            return node
        if node["t"] == "Header":
            return self._header(node)
        kind = ast.identifier(node)[:3]
        if node["t"] in {"Figure", "Table"} and ast.identifier(node).startswith(("fig-", "tbl-")):
            return self._float(node, kind)
        return {**node, "c": self._walk(node["c"])} if "c" in node else node

    def _header(self, node: Node) -> Node:
        level, (label, classes, pairs), inlines = node["c"]
        number = None if "unnumbered" in classes else self._section_number(level)
        public = self._public(label)
        title = ast.plain_text(inlines).strip()
        self.headings.append(Heading(level, number, title, public))
        self.targets.append(Target(self.chapter.instance.name, public, self._section_term(level), number, title))
        shown = [ast.span([{"t": "Str", "c": number}], "header-section-number"), {"t": "Space"}] if number else []
        return {"t": "Header", "c": [level, [public, classes, pairs], [*shown, *inlines]]}

    def _section_number(self, level: int) -> str | None:
        if self.number is None or level > self.depth:
            return None
        self.sections = [*self.sections[: level - 1], *[0] * (level - 1 - len(self.sections))]
        if level == 1:
            return self.number
        self.sections[level - 2] += 1
        return ".".join([self.number, *map(str, self.sections[: level - 1])])

    def _section_term(self, level: int) -> str:
        whole = "appendix" if self.chapter.instance.appendix else "chapter"
        return self.terms[whole if level == 1 else "section"]

    def _float(self, node: Node, kind: str) -> Node:
        self.counts[kind] += 1
        number = ".".join([*([self.number] if self.number else []), str(self.counts[kind])])
        public = self._public(ast.identifier(node))
        term = self.terms[TERMS[kind]]
        (_, classes, pairs), (short, caption), *rest = node["c"]
        text = ast.plain_text(caption).strip()
        self.floats.append(Float(kind, public, number, text, self.chapter.instance.name))
        self.targets.append(Target(self.chapter.instance.name, public, term, number, text))
        said = ast.span(ast.text_inlines(f"{term}{NO_BREAK_SPACE}{number}: "), "caption-label")
        inlines: Inlines = [said, *(caption[0]["c"] if caption else [])]
        return {"t": node["t"], "c": [[public, classes, pairs], [short, [ast.plain(inlines), *caption[1:]]], *rest]}

    def _public(self, label: str) -> str:
        return f"{label}{self.chapter.instance.suffix}" if REFERENCE.match(label) else label


class References:
    """The targets of a book, and the links that references to them become."""

    def __init__(self, book: Sequence[Numbered], terms: Mapping[str, str], only: frozenset[str] | None) -> None:
        self.book, self.terms, self.only = book, terms, only
        self.faults: list[Diagnostic] = []
        self.targets: dict[str, Target] = {}
        for numbered in book:
            self._register(numbered)
        self.pages = self._pages()

    def _register(self, numbered: Numbered) -> None:
        for target in numbered.targets:
            if not REFERENCE.match(target.label):
                continue
            known = self.targets.setdefault(target.label, target)
            if known is not target:
                place = numbered.chapter.locate(re.escape(_own(target.label, numbered.chapter)))
                hint = f"`{known.page}` has it too; labels are unique over the book"
                self.faults.append(error("RK322", f"label `{target.label}` is used twice", place, hint))

    def _pages(self) -> dict[str, list[str]]:
        """Return the pages that each chapter file became."""
        pages: dict[str, list[str]] = {}
        for numbered in self.book:
            instance = numbered.chapter.instance
            pages.setdefault(instance.chapter, []).append(instance.name)
        return pages

    def resolve(self, numbered: Numbered) -> Numbered:
        """Return a chapter with its references and links within the book turned into links to pages."""
        chapter = numbered.chapter

        def change(node: Node) -> Node | list[Node]:
            if node["t"] == "Cite" and all(REFERENCE.match(cited["citationId"]) for cited in node["c"][0]):
                return self._reference(node, chapter)
            return self._link(node, chapter) if node["t"] == "Link" else node

        return replace(numbered, chapter=chapter.with_blocks(ast.rewrite(chapter.blocks, change)))

    def _reference(self, node: Node, chapter: Chapter) -> list[Node]:
        inlines: list[Node] = []
        for cited in node["c"][0]:
            target = self._find(cited["citationId"], chapter)
            if target is None:
                return [node]
            separator = ast.text_inlines(", ") if inlines else []
            inlines += [*separator, *self._words(target, cited), *cited["citationSuffix"]]
        return inlines

    def _words(self, target: Target, cited: Node) -> Inlines:
        bare = cited["citationMode"]["t"] == "SuppressAuthor" or cited["citationPrefix"]
        name = target.number if bare and target.number else target.name
        prefix = [*cited["citationPrefix"], {"t": "Str", "c": NO_BREAK_SPACE}] if cited["citationPrefix"] else []
        if self.only is not None and target.page not in self.only:
            return ast.text_inlines(f"{target.name} {self.terms['full-book']}")
        return [ast.link([*prefix, *ast.text_inlines(name)], f"{target.page}.html#{target.label}")]

    def _find(self, label: str, chapter: Chapter) -> Target | None:
        own = self.targets.get(f"{label}{chapter.instance.suffix}")
        found = own or self.targets.get(label)
        if found is None:
            self.faults.append(self._unknown(label, chapter))
        return found

    def _unknown(self, label: str, chapter: Chapter) -> Diagnostic:
        place = chapter.locate(rf"@{re.escape(label)}(?![\w-])")
        suffixes = {numbered.chapter.instance.suffix for numbered in self.book} - {""}
        candidates = sorted(f"{label}{suffix}" for suffix in suffixes if f"{label}{suffix}" in self.targets)
        if candidates:
            hint = f"say which one: {', '.join(f'`{candidate}`' for candidate in candidates)}"
            return error("RK321", f"label `{label}` is in several chapters", place, hint)
        names = [*self.targets, *(_own(target.label, n.chapter) for n in self.book for target in n.targets)]
        return error("RK320", f"there is no label `{label}`", place, did_you_mean(label, names))

    def _link(self, node: Node, chapter: Chapter) -> Node:
        attributes, inlines, (target, title) = node["c"]
        path, _, fragment = target.partition("#")
        if "://" in target or not (fragment or path.endswith(CHAPTER_FILES)):
            return node
        page = self._page(path, chapter) if path else chapter.instance.name
        if page is None:
            return node
        label = self.targets.get(f"{fragment}{chapter.instance.suffix}") if not path else None
        anchor = f"#{label.label if label else fragment}" if fragment else ""
        if self.only is not None and page not in self.only:
            return ast.span(inlines)
        return {"t": "Link", "c": [attributes, inlines, [f"{page}.html{anchor}", title]]}

    def _page(self, path: str, chapter: Chapter) -> str | None:
        folder = posixpath.dirname(chapter.instance.chapter)
        candidates = [posixpath.normpath(posixpath.join(folder, path)), path]
        found = next((self.pages[name] for name in candidates if name in self.pages), None)
        if found is not None and len(found) == 1:
            return found[0]
        if path.endswith(CHAPTER_FILES):
            place = chapter.locate(re.escape(path))
            hint = f"say which one by a label: {', '.join(found)}" if found else did_you_mean(path, self.pages)
            what = "is several chapters" if found else "is no chapter of this book"
            self.faults.append(error("RK323", f"link target `{path}` {what}", place, hint))
        return None


def _own(label: str, chapter: Chapter) -> str:
    """Return a public label as the author wrote it in its chapter."""
    return label.removesuffix(chapter.instance.suffix) if chapter.instance.suffix else label
