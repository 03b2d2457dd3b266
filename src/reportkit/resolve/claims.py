"""Claims: how their verdicts are shown, whether they are those that the text relies on, and the list of all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportkit.chapter import VALUE_MIME
from reportkit.digest import digest_json
from reportkit.errors import Diagnostic, Location, error
from reportkit.model import ast
from reportkit.model.book import Claim, Inlines, Node
from reportkit.model.quarto import titled
from reportkit.model.values import SIGNS, VERDICTS, Value, verdict
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.labels import CLAIM_LIST, LABEL, public
from reportkit.resolve.wording import Wording

# The kinds of callouts that claims look like.
LOOKS = {True: "tip", False: "warning", None: "note"}
HEADS = {"claim": 0.34, "claim-values": 0.32, "claim-verdict": 0.19, "claim-place": 0.15}


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim where its chapter states it: its typed value (see `model.values`) and its place."""

    chapter: Chapter
    value: Value
    place: Location

    @property
    def name(self) -> str:
        """Its name, unique over the book."""
        return public(str(self.value["name"]), self.chapter)

    @property
    def page(self) -> str:
        """The page of its chapter."""
        return self.chapter.instance.name

    def published(self, wording: Wording) -> Claim:
        """Return the claim as the record keeps it."""
        text = f"{verdict(self.value, wording.language)}: {wording.text(self.value['statement'])}"
        text += f" ({ast.plain_text(_values(self.value, wording))})"
        return Claim(self.name, self.page, self.value["holds"], text, digest_json(dict(self.value)), str(self.place))


def claim_mark(claim: Value, wording: Wording) -> Node:
    """Return what of a claim stands in a sentence, directly behind a word: its verdict."""
    inlines = wording.value(claim)
    return {"t": "Span", "c": [[f"claim-{claim['name']}", ["claim"], []], inlines]}


def claim_box(claim: Value, wording: Wording) -> Node:
    """Return a claim by itself: whose it is, verdict, statement and values."""
    whose = _with_owner([ast.word(wording.terms["claim"])], claim, wording)
    said = [*whose, *ast.text_inlines(f": {verdict(claim, wording.language)}")]
    body = [ast.para(wording.label(claim["statement"])), ast.para(_values(claim, wording))]
    classes = ["callout", LOOKS[claim["holds"]], "no-icon", "claim"]
    return {"t": "Div", "c": [[f"claim-{claim['name']}", classes, []], [titled(said), *body]]}


def _with_owner(inlines: Inlines, claim: Value, wording: Wording) -> Inlines:
    """Return what is said of a claim, with whose it is if it is not the study's own."""
    owner = [{"t": "Space"}, ast.word("("), *wording.label(claim["by"]), ast.word(")")] if claim["by"] else []
    return [*inlines, *owner]


def _values(claim: Value, wording: Wording, between: Sequence[Node] = ast.text_inlines("; ")) -> Inlines:
    """Return the values that a claim rests on, each behind its label: "2004: 377; 2014: 1.877"."""
    parts: Inlines = []
    for label, value in claim["values"]:
        parts += [*(between if parts else []), *wording.label(label), ast.word(":"), {"t": "Space"}]
        parts += wording.value(value)
    return parts


def find_claims(chapters: Sequence[Chapter], source: str) -> tuple[list[Stated], list[Diagnostic]]:
    """Return the claims of a book, and an error for each whose verdict is another than expected (RK313).

    Two claims of one name are an error too (RK322); `source` is the language of the study.
    """
    claims: dict[str, Stated] = {}
    faults = []
    for claim in (claim for chapter in chapters for claim in _stated(chapter)):
        before = claims.setdefault(claim.name, claim)
        if before is not claim:
            hint = f"it stands in {before.place} too; names are unique over the book"
            faults.append(error("RK322", f"claim `{claim.name}` is stated twice", claim.place, hint))
        elif claim.value["holds"] is not claim.value["expected"]:
            faults.append(_unexpected(claim, Wording(source, {}, source)))
    return list(claims.values()), faults


def _stated(chapter: Chapter) -> Iterator[Stated]:
    """Yield the claims of a chapter's inline expressions and of its cells."""
    if chapter.result is None:
        return
    for expression in chapter.instance.expressions:
        value = chapter.result.values.get(expression.number, {})
        if value.get("kind") == "claim":
            yield Stated(chapter, value, expression.line.location(chapter.instance.described))
    for index, outputs in chapter.result.outputs.items():
        for value in (output.bundle.get(VALUE_MIME, {}) for output in outputs):
            if value.get("kind") == "claim":
                yield Stated(chapter, value, chapter.cell_location(index))


def _unexpected(claim: Stated, wording: Wording) -> Diagnostic:
    words, value = VERDICTS["en"], claim.value
    rests = ast.plain_text(_values(value, wording))
    message = f"claim `{claim.name}` {words[value['holds']]} ({rests})"
    hint = f"its text relies on it that it {words[value['expected']]}; `expected=` in `claim(…)` says so"
    return error("RK313", message, claim.place, hint)


def list_claims(
    chapters: Sequence[Chapter], claims: Sequence[Stated], wording: Wording, only: Collection[str] | None
) -> list[Chapter]:
    """Return the chapters with a table of the claims in the division `claims`, to whose rows their marks lead.

    Where no page that is kept (`only` names these) has such a division, the marks stay the verdicts in words.
    """
    kept = [one for one in chapters if only is None or one.instance.name in only]
    page = next((one for one in kept if one.mentions(f"#{CLAIM_LIST}")), None)
    claims = [claim for claim in claims if only is None or claim.page in only]
    if page is None or not claims:
        return list(chapters)
    sections = {name: label for chapter in chapters for name, label in _sections(chapter)}
    table = _table(claims, sections, wording)
    marked = {f"claim-{claim.name}": claim for claim in claims}

    def change(node: Node) -> Node:
        if node["t"] == "Div" and ast.identifier(node) == CLAIM_LIST:
            return {"t": "Div", "c": [node["c"][0], [table]]}
        if node["t"] == "Span" and ast.has_class(node, "claim") and ast.identifier(node) in marked:
            return _linked(node, marked[ast.identifier(node)], page, wording)
        return node

    return [chapter.with_blocks(ast.rewrite(chapter.blocks, change, "Div", "Span")) for chapter in chapters]


def _sections(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """Yield the identifier of each claim that a chapter shows, and the label of its section."""
    section = ""
    for node in ast.nodes(chapter.blocks, "Header", "Div", "Span"):
        if node["t"] == "Header" and LABEL.match(ast.identifier(node)):
            section = ast.identifier(node)
        elif section and ast.has_class(node, "claim"):
            yield ast.identifier(node), section


def _table(claims: Sequence[Stated], sections: Mapping[str, str], wording: Wording) -> Node:
    rows = []
    for claim in claims:
        value, section = claim.value, sections.get(f"claim-{claim.name}")
        statement = _with_owner(wording.label(value["statement"]), value, wording)
        named = {"t": "Span", "c": [[f"row-{claim.name}", [], []], statement]}
        place = [ast.reference(section)] if section else ast.text_inlines(claim.chapter.instance.name)
        judged = ast.text_inlines(verdict(value, wording.language))
        rows.append([[named], _values(value, wording, [{"t": "LineBreak"}]), judged, place])
    table = ast.table("", [], [(ast.text_inlines(wording.terms[head]), "left") for head in HEADS], rows)
    for column, width in zip(table["c"][2], HEADS.values(), strict=True):
        column[1] = {"t": "ColWidth", "c": width}
    return table


def _linked(mark: Node, claim: Stated, page: Chapter, wording: Wording) -> Node:
    """Return a mark as a small sign that leads to the claim in the list."""
    said = f"{verdict(claim.value, wording.language)}: {wording.text(claim.value['statement'])}"
    target = [f"{page.instance.chapter}#row-{claim.name}", said]
    link = {"t": "Link", "c": [["", [], [["aria-label", said]]], [ast.word(SIGNS[claim.value["holds"]])], target]}
    return {"t": "Span", "c": [mark["c"][0], [{"t": "Superscript", "c": [link]}]]}
