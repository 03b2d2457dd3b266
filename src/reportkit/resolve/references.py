"""References and links within the book: to figures, sections and pages, by number and by name."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from reportkit.errors import Diagnostic, did_you_mean, error
from reportkit.model import ast
from reportkit.model.book import Inlines, Node
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.downloads import Package
from reportkit.resolve.labels import own, public, referred
from reportkit.resolve.numbers import NO_BREAK_SPACE, Numbered, Target

ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


class References:
    """The targets of a book, and the links that references to them become.

    `only` names the pages that are kept, `kinds` what labels of the book's own floats begin with; unless
    `is_linked`, references by label are text. Collects what leads nowhere in `faults`.
    """

    def __init__(
        self,
        book: Sequence[Numbered],
        terms: Mapping[str, str],
        only: frozenset[str] | None,
        kinds: Container[str] = (),
        package: Package | None = None,
        *,
        is_linked: bool = True,
    ) -> None:
        self.book, self.terms, self.only, self.kinds = book, terms, only, kinds
        self.package, self.is_linked = package, is_linked
        self.faults: list[Diagnostic] = []
        # How often a chapter has named a label that is not there: each place is told.
        self.unknown: Counter[tuple[str, str]] = Counter()
        labelled = [target for numbered in book for target in numbered.targets if self._referred(target.label)]
        self.targets: dict[str, Target] = {target.label: target for target in reversed(labelled)}
        self.identifiers = {one.chapter.instance.name: _identifiers(one.chapter) for one in book}
        self.pages: dict[str, list[Chapter]] = {}
        for numbered in book:
            self.pages.setdefault(numbered.chapter.instance.chapter, []).append(numbered.chapter)

    def resolve(self, numbered: Numbered) -> Numbered:
        """Return a chapter with its references and links within the book turned into links to pages."""
        chapter = numbered.chapter

        def change(node: Node) -> Node | list[Node]:
            return self._cite(node, chapter) if node["t"] == "Cite" else self._link(node, chapter)

        return replace(numbered, chapter=chapter.with_blocks(ast.rewrite(chapter.blocks, change, "Cite", "Link")))

    def _referred(self, key: str) -> str:
        return referred(key, self.kinds)

    def _is_left_out(self, page: str) -> bool:
        return self.only is not None and page not in self.only

    def _cite(self, node: Node, chapter: Chapter) -> Node | list[Node]:
        keys = [cited["citationId"] for cited in node["c"][0]]
        references = [label for label in map(self._referred, keys) if label]
        if not references:
            return node
        if len(references) < len(keys):
            works = ", ".join(f"`{key}`" for key in keys if not self._referred(key))
            message = f"reference to `{references[0]}` in one bracket with a citation of {works}"
            hint = "give each a bracket of its own"
            self.faults.append(error("RK328", message, chapter.locate(_use(references[0])), hint))
            return []
        return self._reference(node, chapter)

    def _reference(self, node: Node, chapter: Chapter) -> Inlines:
        found = [(self._find(self._referred(cited["citationId"]), chapter), cited) for cited in node["c"][0]]
        inlines: Inlines = []
        for target, cited in found:
            separator = ast.text_inlines(", ") if inlines else []
            words = self._words(target, cited) if target else [ast.word(f"?@{cited['citationId']}")]
            inlines += [*separator, *words, *_suffix(cited)]
        return inlines

    def _words(self, target: Target, cited: Node) -> Inlines:
        prefix = [*cited["citationPrefix"], ast.word(NO_BREAK_SPACE)] if cited["citationPrefix"] else []
        is_bare = bool(prefix) or cited["citationMode"]["t"] == "SuppressAuthor"
        named = target.name[:1].upper() + target.name[1:] if cited["citationId"][:1].isupper() else target.name
        name = [*prefix, *ast.text_inlines(target.number if is_bare and target.number else named)]
        if self._is_left_out(target.page):
            return [*name, {"t": "Space"}, *ast.text_inlines(self.terms["full-book"])]
        return [ast.link(name, f"{target.page}.html#{target.label}")] if self.is_linked else name

    def _find(self, label: str, chapter: Chapter) -> Target | None:
        found = self.targets.get(public(label, chapter)) or self.targets.get(label)
        if found is None:
            self.faults.append(self._unknown(label, chapter))
        return found

    def _unknown(self, label: str, chapter: Chapter) -> Diagnostic:
        places = list(chapter.locate_all(_use(label))) or [chapter.place]
        place = places[min(self.unknown[chapter.instance.name, label], len(places) - 1)]
        self.unknown[chapter.instance.name, label] += 1
        candidates = dict.fromkeys(public(label, numbered.chapter) for numbered in self.book)
        known = [candidate for candidate in candidates if candidate in self.targets]
        if known:
            hint = f"say which one: {', '.join(f'`{candidate}`' for candidate in known)}"
            return error("RK321", f"label `{label}` is in several chapters", place, hint)
        owned = (own(target.label, one.chapter) for one in self.book for target in one.targets)
        names = [*self.targets, *(name for name in owned if self._referred(name))]
        return error("RK320", f"there is no label `{label}`", place, did_you_mean(label, names))

    def _link(self, node: Node, chapter: Chapter) -> Node | list[Node]:
        attributes, inlines, (target, title) = node["c"]
        path, _, fragment = unquote(target).partition("#")
        if ELSEWHERE.match(target):
            return node
        download = self.package and self.package.linked(node, posixpath.dirname(chapter.instance.chapter))
        if download:
            return download
        found = self._place(target, path, fragment, chapter)
        if found is None or self._is_left_out(found[0]):
            shown: Inlines = inlines
            return shown
        page, identifier = found
        anchor = f"#{identifier}" if identifier else ""
        return {"t": "Link", "c": [attributes, inlines, [f"{page}.html{anchor}", title]]}

    def _place(self, target: str, path: str, fragment: str, chapter: Chapter) -> tuple[str, str] | None:
        """Return the page and the identifier that a link leads to, or None and a fault if it leads nowhere."""
        there = self._chapter(path, chapter) if path else chapter
        if there is None:
            return None
        page = there.instance.name
        known = self.identifiers[page]
        identifier = next((name for name in (public(fragment, there), fragment) if name in known), None)
        if identifier or not fragment:
            return page, identifier or ""
        if not path and fragment in self.targets:
            return self.targets[fragment].page, fragment
        hint, what = did_you_mean(fragment, (own(name, there) for name in known)), f"leads to nothing in `{page}`"
        self._dead_link("RK324", target, what, chapter, hint)
        return None

    def _chapter(self, path: str, chapter: Chapter) -> Chapter | None:
        """Return the one chapter that a file became, or None and a fault."""
        folder = posixpath.dirname(chapter.instance.chapter)
        candidates = [posixpath.normpath(posixpath.join(folder, path)), path]
        found: list[Chapter] = next((self.pages[name] for name in candidates if name in self.pages), [])
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"`{one.instance.name}`" for one in found)
        hint = f"say which one by a label: it is {names}" if found else did_you_mean(path, self.pages)
        what = "is several chapters" if found else "is no chapter of this book"
        self._dead_link("RK323", path, what, chapter, hint)
        return None

    def _dead_link(self, code: str, target: str, what: str, chapter: Chapter, hint: str | None) -> None:
        for place in chapter.places(rf"(?<![\w./-]){re.escape(target)}(?![\w-])"):
            self.faults.append(error(code, f"link target `{target}` {what}", place, hint))


class QuartoReferences(References):
    """The same for Quarto, which makes the words of a reference itself: a reference stays one, to the public label."""

    def _reference(self, node: Node, chapter: Chapter) -> Inlines:
        found = [(self._find(self._referred(cited["citationId"]), chapter), cited) for cited in node["c"][0]]
        if any(target is None or self._is_left_out(target.page) for target, _ in found):
            return super()._reference(node, chapter)
        cites = [
            {**cited, "citationId": cited["citationId"][0] + target.label[1:]} for target, cited in found if target
        ]
        return [{"t": "Cite", "c": [cites, []]}]


def _suffix(cited: Node) -> Inlines:
    """Return what stands behind a label; `@fig-a [left]` has it without its space."""
    is_apart = cited["citationMode"]["t"] == "AuthorInText" and cited["citationSuffix"]
    return [*([{"t": "Space"}] if is_apart else []), *cited["citationSuffix"]]


def _identifiers(chapter: Chapter) -> frozenset[str]:
    return frozenset(map(ast.identifier, ast.nodes(chapter.blocks, *ast.ATTRIBUTES_AT))) - {""}


def _use(label: str) -> str:
    """Return the pattern of a reference to a label."""
    return rf"@\{{?(?i:{label[0]}){re.escape(label[1:])}(?![\w-])"
