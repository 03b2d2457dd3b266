"""Citations: checked against the bibliography, then printed by one run of citeproc over a whole edition."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from reportkit.errors import Diagnostic, Location, did_you_mean, error
from reportkit.model import ast
from reportkit.model.book import Blocks, Node
from reportkit.process import Pandoc
from reportkit.resolve.bibliography import Bibliography
from reportkit.resolve.harmless import is_harmless
from reportkit.resolve.locators import localised
from reportkit.world import file_digest

# A citation key goes on over punctuation only if more of the key follows, as in pandoc's Markdown.
AFTER_KEY = r"(?!\w|[:.#$%&+?<>~/-]\w)"
# BibLaTeX's names of languages, as BCP 47 has them.
LANGIDS = {"english": "en", "french": "fr", "german": "de", "ngerman": "de", "romanian": "ro", "turkish": "tr"}

INLINES = frozenset({"Emph", "Para", "Plain", "Strong"})
PUNCTUATION = re.compile(r"[.,;:!?]+[”“’'»]?")
CSL = "{http://purl.org/net/xbiblio/csl}style"
CITE = frozenset({"Cite"})
# What stands outside the flow of the text and may be read on its own.
ASIDES = frozenset({"Figure", "Note", "Table"})


@dataclass(frozen=True, slots=True)
class Flow:
    """A run of text that is read in one go: the path of its first node in the document, and whether it is a note."""

    path: tuple[int, ...]
    note: bool = False


UNKNOWN_KEY = "put its entry into the bibliography, or write `\\@` if no work is meant"


def check_citations(uses: Iterable[tuple[str, Location | None]], bibliography: Bibliography) -> list[Diagnostic]:
    """Return an error (RK301) for each use of a citation key which the bibliography does not have."""
    return [
        error(
            "RK301",
            f"citation key `{key}` is not in {bibliography.named}",
            location,
            did_you_mean(key, bibliography.entries) or UNKNOWN_KEY,
        )
        for key, location in uses
        if key not in bibliography.entries
    ]


def check_style(text: str, file: str) -> list[Diagnostic]:
    """Return an error (RK306) if a file is no style of the Citation Style Language."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as fault:
        line, _ = fault.position
        return [error("RK306", f"style `{file}` is damaged: {fault.msg.partition(':')[0]}", Location(file, line))]
    if root.tag != CSL:
        return [error("RK306", f"`{file}` is no style of the Citation Style Language", Location(file, 1))]
    return []


def cited_keys(blocks: Blocks) -> tuple[str, ...]:
    """Return the citation keys of a document, each once, in the order of their first use."""
    return tuple(dict.fromkeys(key for cite in ast.nodes(blocks, "Cite") for key in _keys(cite)))


def citation_of(key: str) -> str:
    """Return the pattern of a line that cites a work by its key."""
    return rf"@\{{?{re.escape(key)}{AFTER_KEY}"


def cite(
    chapters: Sequence[Blocks],
    bibliography: Bibliography,
    *,
    root: Path,
    style: str | None,
    language: str,
    named: Sequence[str],
    pages: Sequence[str],
    pandoc: Pandoc,
) -> tuple[list[Blocks], Blocks]:
    """Print the citations of an edition; return its chapters and its reference list.

    Year suffixes (2018a) hold over all chapters, while "ebd." starts anew in each, and in each note, figure, table
    and source line: these are read apart from the text around them. A citation becomes a `Span` of class `citation`
    whose attribute `cites` names its keys and whose links lead to `ref-KEY` on the page that `pages` names for its
    chapter. The list holds what is cited, and what `named` names (`*`: every work). `root` is the study's folder,
    `style` a CSL file in it (None is pandoc's own style); one of class `note` puts citations into footnotes. Labels of
    locators and words such as "cf." are written in the edition's language. Every key must be in the bibliography
    (`check_citations`). Raises `PandocError` if pandoc cannot read the bibliography or the style.
    """
    flows = _by_flow(chapters)
    positions = count(1)
    skeleton = [
        block
        for flow, cites in flows.items()
        for block in _passage(flow, localised(list(cites.values()), language), positions)
    ]
    files, styles = [root / file for file in bibliography.files], [root / style] if style else []
    metadata = _metadata(files, styles, named, language)
    answer = _run_citeproc(skeleton, metadata, [*files, *styles], pandoc)
    done = ast.rewrite(answer, _text_alone, "Link", "RawInline")
    targets = (pages[flow.path[0]] for flow, cites in flows.items() for _ in cites)
    printed = (_printed(cite, page) for (_, cite), page in zip(_citations([done]), targets, strict=True))
    order = chain.from_iterable(flows.values())
    spans = [span for _, span in sorted(zip(order, printed, strict=True), key=itemgetter(0))]
    in_order = iter(spans)
    placed = [_put_back(chapter, in_order) for chapter in chapters]
    if any(ast.nodes(spans, "Note")):
        placed = [ast.rewrite(chapter, _note_after, *INLINES) for chapter in placed]
    return placed, _references(done, bibliography, language)


def _citations(chapters: Sequence[Blocks]) -> Iterator[tuple[Flow, Node]]:
    """Yield the citations of all chapters in the order of the document, each with its flow."""
    for number, blocks in enumerate(chapters):
        yield from _walk(blocks, Flow((number,)), (number,))


def _walk(node: Any, flow: Flow, path: tuple[int, ...]) -> Iterator[tuple[Flow, Node]]:
    if isinstance(node, list):
        for index, child in enumerate(node):
            if not ast.is_without(child, CITE):
                yield from _walk(child, flow, (*path, index))
    elif isinstance(node, dict) and node.get("t") == "Cite":
        yield flow, node
    elif isinstance(node, dict):
        kind = node.get("t")
        is_aside = kind in ASIDES or ast.has_class(node, "source")
        inner = Flow(path, kind == "Note") if is_aside and not flow.note else flow
        yield from _walk(node.get("c"), inner, path)


def _by_flow(chapters: Sequence[Blocks]) -> dict[Flow, dict[int, Node]]:
    """Return the citations of each flow by their number in the document."""
    flows: dict[Flow, dict[int, Node]] = {}
    for number, (flow, cite) in enumerate(_citations(chapters)):
        flows.setdefault(flow, {})[number] = cite
    return flows


def _passage(flow: Flow, cites: Iterable[Node], positions: Iterator[int]) -> Blocks:
    """Return the citations of one flow as a passage in which the style's "ebd." starts anew."""
    heading = {"t": "Header", "c": [1, ["", ["reset-citation-positions"], []], []]}
    paragraphs: Blocks = [{"t": "Para", "c": [_at(next(positions), cite)]} for cite in cites]
    if flow.note:
        paragraphs = [{"t": "Para", "c": [{"t": "Note", "c": paragraphs}]}]
    return [heading, *paragraphs]


def _at(position: int, cite: Node) -> Node:
    """Return a citation that counts as the next one after its neighbour: "ebd." looks no further back."""
    citations, fallback = cite["c"]
    return {"t": "Cite", "c": [[{**citation, "citationNoteNum": position} for citation in citations], fallback]}


def _metadata(files: Sequence[Path], styles: Sequence[Path], named: Sequence[str], language: str) -> dict[str, Any]:
    return {"csl": _text(str(style)) for style in styles} | {  # noqa: B035 - there is one, or none
        "lang": _text(language),
        "bibliography": {"t": "MetaList", "c": [_text(str(file)) for file in files]},
        "link-citations": {"t": "MetaBool", "c": True},
        "nocite": {"t": "MetaInlines", "c": [{"t": "Cite", "c": [[_named(key) for key in named], []]}]},
    }


def _text(text: str) -> Node:
    return {"t": "MetaString", "c": text}


def _named(key: str) -> Node:
    return {
        "citationId": key,
        "citationPrefix": [],
        "citationSuffix": [],
        "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": 0,
        "citationHash": 0,
    }


def _run_citeproc(blocks: Blocks, metadata: dict[str, Any], files: Iterable[Path], pandoc: Pandoc) -> Blocks:
    reads = [file_digest(path) for path in files]
    job = {"op": "citeproc", "document": ast.document(blocks, metadata), "reads": reads}
    done: Blocks = json.loads(pandoc([job])[0])["blocks"]
    return done


def _text_alone(node: Node) -> Node | list[Node]:
    """Return what an entry may bring: no raw markup, no link that might run something."""
    if node["t"] == "RawInline":
        return []
    attributes, inlines, (target, title) = node["c"]
    address = [quote(target, safe="%/:?#[]@!$&'()*+,;=~"), title]
    return {"t": "Link", "c": [attributes, inlines, address]} if is_harmless(target) else list(inlines)


def _keys(cite: Node) -> list[str]:
    return [citation["citationId"] for citation in cite["c"][0]]


def _printed(cite: Node, page: str) -> Node:
    attributes = ["", ["citation"], [["cites", " ".join(_keys(cite))]]]
    return {"t": "Span", "c": [attributes, _point_at(cite["c"][1], page)]}


def _point_at(node: Any, page: str) -> Any:
    """Return inlines whose links to entries of the reference list lead to its page."""
    if isinstance(node, list):
        return [_point_at(child, page) for child in node]
    if not isinstance(node, dict) or "c" not in node:
        return node
    content = _point_at(node["c"], page)
    if node["t"] == "Link" and content[2][0].startswith("#ref-"):
        content[2] = [f"{page}.html{content[2][0]}", content[2][1]]
    return {**node, "c": content}


def _note_after(node: Node) -> Node:
    """Return inlines in which a citation that became a footnote stands after the punctuation that follows it."""
    if node["t"] not in INLINES or not isinstance(node["c"], list):
        return node
    inlines = list(node["c"])
    for at in range(len(inlines) - 1, -1, -1):
        if not _is_note(inlines[at]):
            continue
        following = inlines[at + 1] if at + 1 < len(inlines) else {}
        marks = PUNCTUATION.match(following["c"]) if following.get("t") == "Str" else None
        if marks:
            rest = following["c"][marks.end() :]
            inlines[at : at + 2] = [ast.word(marks[0]), inlines[at], *([ast.word(rest)] if rest else [])]
        if at and inlines[at - 1]["t"] in {"Space", "SoftBreak"}:
            del inlines[at - 1]
    return {**node, "c": inlines}


def _is_note(node: Node) -> bool:
    return ast.has_class(node, "citation") and [inner["t"] for inner in node["c"][1]] == ["Note"]


def _put_back(node: Any, printed: Iterator[Node]) -> Any:
    """Return a document in which the citations, in its order, are the printed ones."""
    if isinstance(node, list):
        return [child if ast.is_without(child, CITE) else _put_back(child, printed) for child in node]
    if not isinstance(node, dict) or "c" not in node:
        return node
    return next(printed) if node["t"] == "Cite" else ast.with_content(node, _put_back(node["c"], printed))


def _references(blocks: Blocks, bibliography: Bibliography, language: str) -> Blocks:
    """Return the reference list, each entry marked with its own language where that is not the edition's."""
    lists = [block["c"] for block in blocks if block["t"] == "Div" and block["c"][0][0] == "refs"]
    return [
        {"t": "Div", "c": [attributes, [_marked(entry, bibliography, language) for entry in entries]]}
        for attributes, entries in lists
    ]


def _marked(listed: Node, bibliography: Bibliography, language: str) -> Node:
    (identifier, classes, attributes), blocks = listed["c"]
    langid = bibliography.entries[identifier.removeprefix("ref-")].fields.get("langid", "")
    own = LANGIDS.get(langid, language)
    marks = [] if own == language.partition("-")[0] else [["lang", own]]
    return {"t": "Div", "c": [[identifier, classes, attributes + marks], blocks]}
