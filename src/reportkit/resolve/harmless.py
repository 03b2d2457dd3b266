"""What text and data cannot do in an edition: run something, or load something from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from reportkit.errors import Diagnostic, warning
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.resolve.chapters import Chapter, Resolved

# Browsers read an address without what cannot be seen, and a backslash as a slash.
# Source: https://url.spec.whatwg.org/#concept-basic-url-parser
UNSEEN = re.compile(r"[\x00-\x20\x7f]")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
OPEN = re.compile(r"(https?|ftp|mailto|tel):", re.IGNORECASE)
LINK_HINT = "a link leads into the book or begins with `https:`, `http:`, `ftp:`, `mailto:` or `tel:`"
PICTURE_HINT = "show it from the cell: `IPython.display.Image(filename=…)`"
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Elements of a drawing that run or embed something, or change what others do.
ACTIVE = frozenset(
    {"animate", "audio", "base", "discard", "embed", "foreignobject", "form", "handler", "iframe", "link", "listener"}
    | {"meta", "object", "script", "set", "video"}
)
LOADING = re.compile(r"@import|\\|(url|image|src)\(\s*[\"']?(?!#|data:image/(png|jpeg|gif|webp))", re.IGNORECASE)
PIXELS = re.compile(r"#|data:image/(png|jpeg|gif|webp)[;,]", re.IGNORECASE)
for prefix, space in (("", SVG), ("xlink", XLINK)):
    ElementTree.register_namespace(prefix, space)


def keep_harmless(chapter: Chapter, assets: Collection[str]) -> Resolved:
    """Return a chapter without links that might run something and without pictures that are no `assets`.

    Their text remains, and each is a warning (RK343).
    """
    faults: list[Diagnostic] = []

    def change(node: Node) -> Node | list[Node]:
        _, inlines, (target, _) = node["c"]
        is_link = node["t"] == "Link"
        if is_harmless(target) if is_link else target in assets:
            return node
        what, hint = ("link", LINK_HINT) if is_link else ("picture", PICTURE_HINT)
        shown = target if len(target) < 60 else f"{target[:58]}…"
        place = chapter.locate("|".join(map(re.escape, (target, unquote(target)))))
        faults.append(warning("RK343", f"{what} `{shown}` is left out, its text is printed", place, hint))
        return inlines or [ast.word("–")]

    return chapter.with_blocks(ast.rewrite(chapter.blocks, change, "Image", "Link")), faults


def is_harmless(target: str) -> bool:
    """Return whether a link runs nothing and is an address: into the book, or of a scheme that only shows something."""
    address = UNSEEN.sub("", target).replace("\\", "/")
    try:
        _ = urlsplit(address).port
    except ValueError:
        return False
    return not ELSEWHERE.match(address) or OPEN.match(address) is not None


# A living process, such as a preview, reads the same drawings in each build.
@lru_cache(maxsize=256)
def still_drawing(svg: bytes) -> bytes:
    """Return a drawing that runs, embeds and loads nothing; one that did nothing of this is the same as before.

    Raises `ValueError` if it is none.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as fault:
        raise ValueError(f"the drawing is no XML: {fault}") from fault
    if _is_active(root):
        raise ValueError("the file is no drawing")
    changed = [_is_stilled(element) for element in list(root.iter())]
    # Written anew, it asks for no style sheet.
    is_same = not any(changed) and b"<?xml-" not in svg.replace(b"\0", b"")
    return svg if is_same else ElementTree.tostring(root, encoding="utf-8")


def _is_stilled(element: ElementTree.Element) -> bool:
    """Take away what a drawing's element may not have; return whether there was anything."""
    children = [child for child in element if not _is_active(child)]
    loading = [name for name, value in element.attrib.items() if _acts(element.tag, name, value)]
    is_still = len(children) == len(element) and not loading and not LOADING.search(_style(element))
    if not is_still:
        element.text = None if LOADING.search(_style(element)) else element.text
        element[:] = children
        for name in loading:
            del element.attrib[name]
    return not is_still


def _is_active(element: ElementTree.Element) -> bool:
    space, _, name = str(element.tag).rpartition("}")
    return name.lower() in ACTIVE or space.endswith("xhtml")


def _acts(tag: str, name: str, value: str) -> bool:
    own = name.rpartition("}")[2].lower()
    if own in {"href", "src"}:
        return not (is_harmless(value) if tag.endswith("}a") else PIXELS.match(value.strip()))
    return own.startswith("on") or (own != "d" and LOADING.search(value) is not None)


def _style(element: ElementTree.Element) -> str:
    return (element.text or "") if str(element.tag).lower().endswith("style") else ""
