"""What cannot be shown as it is written: unknown callouts, layouts, raw markup, and formulas that are not TeX."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from reportkit.errors import Diagnostic, did_you_mean, warning
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.model.conditions import OTHER_FORMATS, visible
from reportkit.model.layout import NAMES
from reportkit.model.quarto import CALLOUTS
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter, Resolved

CALLOUT = re.compile(r"callout-(.+)")
# Where Quarto puts things on a page.
PLACED = re.compile(r"column-(body|page|screen)(-\w+)*|grid|panel-(center|fill|input|sidebar)")
LENGTH = 40
# HTML within a line whose text is shown without it.
PHRASING = re.compile(
    r"</?(abbr|b|bdi|bdo|br|cite|code|data|del|dfn|em|i|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strong|sub|sup|"
    r"time|u|var|wbr)\b",
    re.IGNORECASE,
)
# Formats that raw markup may be for; what pandoc finds to be TeX by itself is `tex`.
OTHERS = OTHER_FORMATS | {"context", "docx", "epub", "icml", "man", "mediawiki", "opendocument", "openxml", "rtf"}
# A comment, or the end of what began before.
COMMENT = re.compile(r"\s*(<!--|</|$)")
RAW_HTML = "{=html}"
# What defines an own command for formulas.
MACRO = re.compile(r"\s*\\((re)?newcommand|providecommand|newenvironment|DeclareMathOperator|def|let)\b")
# What pandoc writes for a formula that it cannot convert.
UNCONVERTED = 'class="math '
# What pages do not run or load from elsewhere.
ACTIVE = re.compile(r"<(/?)(audio|base|embed|form|iframe|link|meta|object|script|style|video)\b", re.IGNORECASE)
ADDRESS = re.compile(r"src=[\"']?(https?://[^\"'\s>]+)")


def check_divisions(chapters: Sequence[Chapter]) -> Iterator[Diagnostic]:
    """Yield a warning for each callout of an unknown kind (RK340), each layout that cannot be read (RK341) or made."""
    for chapter in chapters:
        yield from _misplaced(chapter)
        for node in ast.nodes(chapter.blocks, "Div") if chapter.mentions("callout-", "layout") else ():
            for name in filter(CALLOUT.fullmatch, node["c"][0][1]):
                hint = did_you_mean(name, [f"callout-{kind}" for kind in CALLOUTS])
                for place in chapter.places(rf"{re.escape(name)}(?![\w-])"):
                    yield warning("RK340", f"unknown callout `{name}`", place, hint)
            for name in NAMES:
                written = ast.attribute(node, name)
                if written is not None:
                    hint = 'write `layout-ncol=2`, or rows of widths: `layout="[[1, 1], [1]]"`'
                    place = chapter.locate(rf"{name}=[\"']?{re.escape(written)}")
                    yield warning("RK341", f"layout `{written}` cannot be read", place, hint)


def _misplaced(chapter: Chapter) -> Iterator[Diagnostic]:
    if not chapter.mentions(".column-", ".grid", ".landscape", ".panel-"):
        return
    for node in ast.nodes(chapter.blocks, "Div", "Image"):
        for name in filter(PLACED.fullmatch, node["c"][0][1]):
            for place in chapter.places(rf"\.{name}(?![\w-])"):
                yield warning("RK105", f"what is `.{name}` stands in the text", place)


def check_raw_html(chapters: Sequence[Chapter], formats: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a warning (RK349) for HTML that another format of the study leaves out, once for each line of it."""
    other = next((fmt for fmt in formats if fmt != "html"), None)
    for chapter in chapters if other else ():
        if other and chapter.mentions("<"):
            found = ast.nodes(visible(chapter.blocks, other), "RawBlock", "RawInline")
            raw = (text for kind, text in (node["c"] for node in found) if kind == "html" and not PHRASING.match(text))
            tags = (text.strip().splitlines()[0] for text in raw if not COMMENT.match(text))
            for tag in dict.fromkeys(tags):
                if not _is_meant(chapter, tag):
                    hint = '`::: {.content-visible when-format="html"}` around it says that this is meant'
                    yield warning("RK349", f"only HTML shows `{tag}`", chapter.locate(re.escape(tag)), hint)


def _is_meant(chapter: Chapter, tag: str) -> bool:
    """Whether a line of HTML is marked by `{=html}`, which says that it is for pages alone."""
    lines = ["", *(line.text for line in chapter.lines())]
    return any(tag in line and RAW_HTML in before + line for before, line in pairwise(lines))


def take_raw(chapter: Chapter) -> Resolved:
    """Return a chapter without raw markup that no page shows, and a warning (RK105) each; an address remains a link."""
    faults: list[Diagnostic] = []
    seen: Counter[str] = Counter()
    if not chapter.mentions("<", "\\", "{="):
        return chapter, faults

    def change(node: Node) -> Node | list[Node]:
        written, text = node["c"]
        if re.match("<br *[/>]", text):
            return {"t": "LineBreak"}
        is_html = written.startswith("html")
        if written in {"latex", "tex"} and MACRO.match(text):
            return []  # pandoc has used it
        tag, address = (ACTIVE.match(text), ADDRESS.search(text)) if is_html else (None, None)
        if tag is None and (is_html or written == "typst"):
            return node
        if written in OTHERS:
            return []  # its author says that it is for another format
        if tag is None or not tag[1]:
            what = f"raw HTML `<{tag[2]}>` is not shown" if tag else f"raw `{written}` is not printed"
            hint = "pages run nothing and load nothing from elsewhere" if tag else "write it in Markdown"
            first = re.escape(text.strip().split("\n")[0])
            places = list(chapter.locate_all(rf"(?<!`){first}(?!\w)|`{first}`\{{=")) or [chapter.place]
            faults.append(warning("RK105", what, places[min(seen[first], len(places) - 1)], hint))
            seen[first] += 1
        shown = [ast.link([ast.word(address[1])], address[1])] if tag and address else []
        return ast.para(shown) if shown and node["t"] == "RawBlock" else shown

    return chapter.with_blocks(ast.rewrite(chapter.blocks, change, "RawBlock", "RawInline")), faults


def take_formulas(chapters: Sequence[Chapter], pandoc: Pandoc) -> tuple[list[Chapter], list[Diagnostic]]:
    """Return chapters with each formula that pandoc cannot convert as code, and a warning (RK342) for each."""
    having = [chapter for chapter in chapters if chapter.result or chapter.mentions("$", "\\begin", "\\(", "\\[")]
    found = [(chapter, node) for chapter in having for node in ast.nodes(chapter.blocks, "Math")]
    if not found:
        return list(chapters), []
    texts = list(dict.fromkeys(node["c"][1] for _, node in found))
    document = ast.document([ast.plain([{"t": "Math", "c": [{"t": "InlineMath"}, text]}]) for text in texts])
    job = {"op": "write_units", "document": document, "format": "html5", "options": {"html_math_method": "mathml"}}
    written = dict(zip(texts, json.loads(pandoc([job])[0]), strict=True))
    bad = {text for text in texts if UNCONVERTED in written[text]}

    def change(node: Node) -> Node:
        return {"t": "Code", "c": [["", [], []], node["c"][1]]} if node["c"][1] in bad else node

    faults = [_unconverted(chapter, node["c"][1]) for chapter, node in found if node["c"][1] in bad]
    return [one.with_blocks(ast.rewrite(one.blocks, change, "Math")) if bad else one for one in chapters], faults


def _unconverted(chapter: Chapter, formula: str) -> Diagnostic:
    line = next(filter(None, map(str.strip, formula.splitlines())), "")
    place = chapter.locate(re.escape(line))
    shown = line if len(line) <= LENGTH else f"{line[:LENGTH]} …"
    return warning("RK342", f"formula `{shown}` cannot be converted", place, "it is printed as TeX; write it otherwise")
