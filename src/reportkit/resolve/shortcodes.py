"""What shortcodes stand for: metadata, variables of the study, page breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from reportkit.errors import Diagnostic, did_you_mean, error
from reportkit.model import ast
from reportkit.model.book import Inlines, Node
from reportkit.model.markdown import READER_FORMAT
from reportkit.process import Pandoc
from reportkit.resolve.chapters import Chapter, Resolved
from reportkit.resolve.conditions import find

TARGET = "shortcode:"
MARKUP = re.compile(r"[*_`\[\\$^~]")
TEXT_FORMAT = f"{READER_FORMAT}-raw_html-raw_tex-raw_attribute-citations"
# One in code, perhaps in a third pair of braces.
IN_CODE = re.compile(r"\{(\{\{<.*?>\}\})\}|\{\{<\s*([^`>]*?)\s*>\}\}")
KEY = re.compile(r"(?:(mac|win|linux)=)?[\"']?([^\s\"']+)[\"']?")
SYSTEMS = {"win": "Windows", "linux": "Linux", "mac": "Mac"}
TITLE = ("meta title", 'meta "title"', "meta 'title'")
SOURCES = {"meta": "the metadata", "var": "`_variables.yml`", "env": "`_environment`"}
# The name of a variable of the environment, and what stands for it without one.
VARIABLE = re.compile(r"""["']?(?P<name>[^\s"']+)["']?(?:\s+(?P<quote>["']?)(?P<default>.*?)(?P=quote))?\s*""")
VARIABLE_HINT = "write it there or a default here, or name it below `reportkit: allow: environment:`"


def expand_shortcodes(chapter: Chapter, sources: Mapping[str, Mapping[str, Any]], pandoc: Pandoc) -> Resolved:
    """Return a chapter with what its shortcodes stand for; a name that is not there (RK338) is an error.

    `sources` are what `meta`, `var` and `env` read; `meta title` is the chapter's title; in code that is not run they
    count too. A shortcode that has no effect here leaves the address that it names, or nothing.
    """
    if not chapter.mentions(".shortcode}", TARGET, "{{<"):
        return chapter, []
    expansion = _Expansion(chapter, sources, pandoc)
    return chapter.with_blocks(ast.rewrite(chapter.blocks, expansion.change)), expansion.faults


class _Expansion:
    def __init__(self, chapter: Chapter, sources: Mapping[str, Mapping[str, Any]], pandoc: Pandoc) -> None:
        self.chapter, self.sources, self.pandoc = chapter, sources, pandoc
        cells = [node for node in ast.nodes(chapter.blocks, "Div") if ast.has_class(node, "cell")]
        self.cells = frozenset(map(id, ast.nodes(cells, "CodeBlock")))
        title = next(ast.nodes(chapter.blocks, "Header"), None)
        self.title: Inlines = ast.rewrite(title["c"][2], _bare, "Code", "Note") if title else []
        self.faults: list[Diagnostic] = []

    def change(self, node: Node) -> Node | list[Node]:
        if node["t"] == "Code" and ast.has_class(node, "shortcode"):
            return self._inlines(node["c"][1])
        if node["t"] in {"Code", "CodeBlock"}:
            return node if id(node) in self.cells else self._code(node)
        if node["t"] == "Para" and [ast.has_class(part, "pagebreak") for part in node["c"]] == [True]:
            return ast.div([], "pagebreak")
        if node["t"] in {"Link", "Image"} and node["c"][2][0].startswith(TARGET):
            attributes, inlines, (target, title) = node["c"]
            found = self._text(unquote(target.removeprefix(TARGET)))
            return {"t": node["t"], "c": [attributes, inlines, [found, title]]}
        return node

    def _inlines(self, call: str) -> Inlines:
        name, _, rest = call.partition(" ")
        if call in TITLE and self.title:
            return self.title
        if name == "pagebreak":
            return [ast.span([], "pagebreak")]
        if name == "kbd" and rest:
            return _keys(rest)
        if name == "embed" and rest:
            return [_code(rest.split()[0], name)]
        address = next((word for word in rest.split() if re.match(r"https?://", word)), None)
        if name not in self.sources and address:
            return [ast.link([ast.word(address)], address)]
        return self._read(self._text(call))

    def _code(self, code: Node) -> Node:
        is_on, code = ast.take_attribute(code, "shortcodes")
        if is_on == "false" or "{{<" not in code["c"][1]:
            return code
        text = IN_CODE.sub(lambda found: found[1] or self._in_code(found), code["c"][1])
        return {"t": code["t"], "c": [code["c"][0], text]}

    def _in_code(self, found: re.Match[str]) -> str:
        return self._text(found[2]) if found[2].split(" ")[0] in self.sources else found[0]

    def _read(self, text: str) -> Inlines:
        """Return a text, which may be Markdown of one paragraph."""
        if not MARKUP.search(text):
            return ast.text_inlines(text)
        blocks = json.loads(self.pandoc([{"op": "read", "text": text, "format": TEXT_FORMAT}])[0])["blocks"]
        is_line = [block["t"] for block in blocks] == ["Para"]
        inlines: Inlines = blocks[0]["c"] if is_line else ast.text_inlines(text)
        return inlines

    def _text(self, call: str) -> str:
        name, _, path = call.partition(" ")
        if name not in self.sources:
            return ""
        if name == "env":
            return self._variable(path)
        found = find(self.sources[name], path.strip().strip("\"'"))
        if found is None:
            hint, what = did_you_mean(path, _paths(self.sources[name])), f"`{path}` is not in {SOURCES[name]}"
            places = self.chapter.places(rf"\b{name}(\s+|%20)[\"']?{re.escape(path)}(?![\w.-])")
            self.faults += [error("RK338", what, place, hint) for place in places]
            return f"?{name}:{path}"
        return ", ".join(map(str, found)) if isinstance(found, list) else str(found)

    def _variable(self, written: str) -> str:
        asked = VARIABLE.fullmatch(written)
        name, default = (asked["name"], asked["default"]) if asked else (written, None)
        value = self.sources["env"].get(name, default)
        if value is None:
            place = self.chapter.locate(rf"\benv(\s+|%20)[\"']?{re.escape(name)}(?![\w.-])")
            self.faults.append(error("RK338", f"`{name}` is not in {SOURCES['env']}", place, VARIABLE_HINT))
            return f"?env:{name}"
        return str(value)


def _code(text: str, *classes: str) -> Node:
    return {"t": "Code", "c": [["", list(classes), []], text]}


def _keys(written: str) -> Inlines:
    """Return keys to press as code; where those of systems differ, the others in brackets."""
    keys = {found[1] or "": found[2] for found in KEY.finditer(written)}
    first = next(keys[system] for system in ("", *SYSTEMS) if system in keys)
    others = [(f", {SYSTEMS[name]}: ", _code(key, "kbd")) for name, key in keys.items() if key != first]
    listed = [node for words, key in others for node in (*ast.text_inlines(words), key)][2:]
    return [_code(first, "kbd"), *([{"t": "Space"}, ast.word("("), *listed, ast.word(")")] if listed else [])]


def _bare(node: Node) -> Node | list[Node]:
    """Return what stands in a title that is said again, without notes and shortcodes."""
    return [] if node["t"] == "Note" or ast.has_class(node, "shortcode") else node


def _paths(tree: Mapping[str, Any], before: str = "") -> list[str]:
    """Return the dotted paths of a tree."""
    here = [f"{before}{name}" for name in tree]
    below = ((f"{before}{name}.", sub) for name, sub in tree.items() if isinstance(sub, Mapping))
    return [*here, *(path for start, sub in below for path in _paths(sub, start))]
