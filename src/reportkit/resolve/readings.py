"""What readers get otherwise than its author meant: unknown callouts, layouts, formulas that are not TeX, raw HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from reportkit.errors import Diagnostic, did_you_mean, warning
from reportkit.model import ast
from reportkit.model.conditions import visible
from reportkit.model.layout import NAMES
from reportkit.model.quarto import CALLOUTS
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter

CALLOUT = re.compile(r"callout-(.+)")
LENGTH = 40
COMMENT = re.compile(r"\s*(<!--|$)")
# What pandoc writes for a formula that it cannot convert.
UNCONVERTED = 'class="math '


def check_divisions(chapters: Sequence[Chapter]) -> Iterator[Diagnostic]:
    """Yield a warning for each callout of an unknown kind (RK340) and each layout that cannot be read (RK341)."""
    for chapter in chapters:
        for node in ast.nodes(chapter.blocks, "Div") if chapter.mentions("callout-", "layout") else ():
            for name in filter(CALLOUT.fullmatch, node["c"][0][1]):
                hint = did_you_mean(name, [f"callout-{kind}" for kind in CALLOUTS])
                yield warning("RK340", f"unknown callout `{name}`", chapter.locate(re.escape(name)), hint)
            for name in NAMES:
                written = ast.attribute(node, name)
                if written is not None:
                    hint = 'write `layout-ncol=2`, or rows of widths: `layout="[[1, 1], [1]]"`'
                    place = chapter.locate(rf"{name}=[\"']?{re.escape(written)}")
                    yield warning("RK341", f"layout `{written}` cannot be read", place, hint)


def check_raw_html(chapters: Sequence[Chapter], formats: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield a warning (RK349) for each chapter with HTML that another format of the study leaves out."""
    other = next((fmt for fmt in formats if fmt != "html"), None)
    for chapter in chapters if other else ():
        # Who writes `{=html}` means that it is for HTML.
        if other and chapter.mentions("<") and not chapter.mentions("{=html}"):
            raw = (node["c"] for node in ast.nodes(visible(chapter.blocks, other), "RawBlock", "RawInline"))
            tags = [text.strip().splitlines()[0] for kind, text in raw if kind == "html" and not COMMENT.match(text)]
            if tags:
                hint = '`::: {.content-visible when-format="html"}` around it says that this is meant'
                yield warning("RK349", f"only HTML shows `{tags[0]}`", chapter.locate(re.escape(tags[0])), hint)


def check_formulas(chapters: Sequence[Chapter], pandoc: Pandoc) -> list[Diagnostic]:
    """Return a warning (RK342) for each formula that pandoc cannot convert; it is printed as it is written."""
    having = [chapter for chapter in chapters if chapter.mentions("$", "\\begin", "\\(", "\\[")]
    found = [(chapter, node) for chapter in having for node in ast.nodes(chapter.blocks, "Math")]
    if not found:
        return []
    texts = list(dict.fromkeys(node["c"][1] for _, node in found))
    document = ast.document([ast.plain([{"t": "Math", "c": [{"t": "InlineMath"}, text]}]) for text in texts])
    job = {"op": "write_units", "document": document, "format": "html5", "options": {"html_math_method": "mathml"}}
    written = dict(zip(texts, json.loads(pandoc([job])[0]), strict=True))
    return [_unconverted(chapter, node["c"][1]) for chapter, node in found if UNCONVERTED in written[node["c"][1]]]


def _unconverted(chapter: Chapter, formula: str) -> Diagnostic:
    line = next(filter(None, map(str.strip, formula.splitlines())), "")
    place = chapter.locate(re.escape(line))
    shown = line if len(line) <= LENGTH else f"{line[:LENGTH]} …"
    return warning("RK342", f"formula `{shown}` cannot be converted", place, "it is printed as TeX; write it otherwise")
