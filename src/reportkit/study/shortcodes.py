"""Shortcodes: `{{< meta title >}}` becomes `` `meta title`{.shortcode} ``, which pandoc and translators leave alone.

In the target of a link or picture it becomes `shortcode:meta%20title`. Includes are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from reportkit.errors import Diagnostic, did_you_mean, error, warning
from reportkit.model.study import Line
from reportkit.study.fences import outside_fences

INCLUDE = re.compile(r"\s*\{\{<\s*include\s+(?P<path>.*?)\s*>\}\}\s*")
# A shortcode, or one in a third pair of braces, which is only shown.
CALL = r"(?<!\{)\{\{<\s*(?P<call>[^`>]*?)\s*>\}\}(?!\})"
ESCAPED = r"\{(?P<escaped>\{\{<.*?>\}\})\}"
# A code span, which is left; or a shortcode, perhaps as the target of a link.
PART = re.compile(rf"(?P<code>(?<!`)(`+)(?!`).+?(?<!`)\2(?!`))|(?P<link>\]\()?{CALL}|{ESCAPED}")
HONOURED = ("include", "meta", "var", "pagebreak", "kbd", "env", "embed")
KNOWN = (
    *("brand", "contents", "fa", "lipsum", "placeholder", "version", "video"),
    *("bi", "iconify", "qrcode"),
)


def mark_text(text: str) -> str:
    """Return a line of Markdown with its shortcodes marked; those in code are left."""
    return PART.sub(_marked, text) if "{{<" in text else text


def _marked(part: re.Match[str]) -> str:
    if part["code"] or (part["call"] or "").startswith("include"):
        return part[0]
    if part["escaped"]:
        return part["escaped"]
    if part["link"]:
        return f"](shortcode:{quote(part['call'])}"
    return f"`{part['call']}`{{.shortcode}}"


def mark_shortcodes(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines of prose with their shortcodes marked."""
    if not any("{{<" in line.text for line in lines):
        return tuple(lines)
    outside = outside_fences([line.text for line in lines])
    return tuple(
        replace(line, text=mark_text(line.text)) if is_prose else line
        for line, is_prose in zip(lines, outside, strict=True)
    )


def check_shortcodes(lines: Sequence[Line]) -> Iterator[Diagnostic]:
    """Yield what will not be expanded: other shortcodes, and includes within a line."""
    if not any("{{<" in line.text for line in lines):
        return
    for line, outside in zip(lines, outside_fences([line.text for line in lines]), strict=True):
        if not outside or INCLUDE.fullmatch(line.text):
            continue
        for part in PART.finditer(line.text):
            if part["call"]:
                yield from _fault(part["call"].split()[0], line)


def _fault(name: str, line: Line) -> Iterator[Diagnostic]:
    if name == "include":
        yield error("RK119", "an include must stand on a line of its own", line.location())
    elif name in KNOWN:
        yield warning("RK105", f"shortcode `{name}` is not honoured yet", line.location())
    elif name not in HONOURED:
        hint = did_you_mean(name, [*HONOURED, *KNOWN])
        yield warning("RK124", f"unknown shortcode `{name}`", line.location(), hint)
