"""Drawings (SVG) as parts of pages: shapes and text alone, in colours that suit light and dark paper.

A page's policy forbids styles within it, so looks are written as attributes (SVG 2, section 6.6); the style sheet says
what each colour becomes on dark paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reportkit.compile.html_boxes import LENGTH, PIXELS
from reportkit.model import ast
from reportkit.model.book import Blocks, Node

# What is longer stays a picture, which a browser draws once.
LONGEST = 500_000
# A page's letters are 18 pixels high, not 16, and drawings grow with them.
GROWTH = 18 / 16
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
SHAPES = frozenset(
    """circle clipPath defs ellipse g line linearGradient marker mask path pattern polygon polyline radialGradient rect
    stop svg symbol text tspan use""".split()  # noqa: SIM905
)
# What says nothing beside the alternative text.
UNSEEN = frozenset({"metadata", "title", "desc"})
KEPT = frozenset(
    """clip-path clip-rule clipPathUnits cx cy d dominant-baseline dx dy fill fill-opacity fill-rule font-family
    font-size font-stretch font-style font-variant font-weight fx fy gradientTransform gradientUnits height href id
    letter-spacing marker-end marker-mid marker-start markerHeight markerUnits markerWidth mask maskContentUnits
    maskUnits offset opacity orient paint-order patternContentUnits patternTransform patternUnits points
    preserveAspectRatio r refX refY rx ry spreadMethod stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration textLength
    transform viewBox visibility width x x1 x2 y y1 y2""".split()  # noqa: SIM905
)
# The one rule that a style sheet within a drawing may have: it holds for the whole.
FOR_ALL = re.compile(r"\s*\*\s*\{([^{}]*)\}\s*")
HREF, URL = re.compile("#(.+)"), re.compile(r"""url\(['"]?#([^'")]+)['"]?\)""")
COLOURED = re.compile(r' (fill|stroke|stop-color)="(?!url)([\w#(),.% -]+)"')
COLOURLESS = frozenset({"none", "inherit", "currentColor", "context-fill", "context-stroke"})
WHITES = frozenset({"white", "#fff", "#ffffff"})
DRAWING = re.compile(r'<svg class="drawing.*?</svg>', re.S)
WORDS = re.compile(r"<t(?:ext|span)\b[^<>]*>([^<>]+)")


class _UnsuitedError(Exception):
    """A drawing holds what a page cannot take in."""


def with_drawings(assets: Mapping[str, bytes], blocks: Blocks) -> Blocks:
    """Return the blocks of a page with its drawings within it; one that a page cannot take in stays a picture."""
    numbers = count(1)

    def change(image: Node) -> Node:
        (_, classes, pairs), alt, (target, _) = image["c"]
        content = assets.get(target, b"") if target.lower().endswith(".svg") else b""
        told = {"class": " ".join(["drawing", *classes]), "role": "img", "aria-label": ast.plain_text(alt).strip()}
        drawn = drawing(content, f"drawing-{next(numbers)}", tuple((told | dict(map(tuple, pairs))).items()))
        return {"t": "RawInline", "c": ["html", drawn]} if drawn else image

    made: Blocks = ast.rewrite(blocks, change, "Image")
    return made


def with_words(page: str) -> str:
    """Return a page with what its drawings say in their place: an index passes drawings over."""
    return DRAWING.sub(lambda found: " · ".join(WORDS.findall(found[0])), page)


def colour_rules(pages: Iterable[str]) -> str:
    """Return the rules for the colours of the drawings of pages: white is paper, and lightness turns with it."""
    found = {pair for page in pages for drawn in DRAWING.findall(page) for pair in COLOURED.findall(drawn)}
    # What `use` shows has no ancestors, so that rules can name none.
    return "".join(
        f'[{paint}="{colour}"] {{ {paint}: {_themed(colour)}; }}\n'
        for paint, colour in sorted(found)
        if colour not in COLOURLESS
    )


def _themed(colour: str) -> str:
    return "var(--paper)" if colour in WHITES else f"light-dark({colour}, oklch(from {colour} calc(1.2 - l) c h))"


# A living process, such as a preview, draws the same in each build.
@lru_cache(maxsize=256)
def drawing(content: bytes, prefix: str, told: tuple[tuple[str, str], ...]) -> str | None:
    """Return a drawing as an element of a page, with ids that begin with `prefix`, or None if it stays a picture.

    `told` are attributes of the whole, names with values. What runs, loads or styles anything is no part of a drawing:
    attributes beside those of shapes are left out, and elements that are no shapes or text, or point outside, make it a
    picture.
    """
    try:
        root = ElementTree.fromstring(content[: LONGEST + 1])
        _strip(root)
        for element in root.iter():
            element.tag = element.tag.removeprefix(SVG)
            element.attrib = dict(_attributes(element))
        _name(root, prefix)
        # Some browsers hand on what is within an image, too; its name says it all.
        parts = Element("g", {"aria-hidden": "true"})
        parts[:], root[:] = root, [parts]
        root.attrib = {**dict(told), **_whole(root, dict(told))}
        return ElementTree.tostring(root, encoding="unicode") if root.get("viewBox") else None
    except (ElementTree.ParseError, RecursionError, _UnsuitedError):
        return None


def _strip(root: Element) -> None:
    """Take out of a drawing what is not seen; raise `_UnsuitedError` for what is seen and is no shape."""
    left = [root]
    while left:
        parent = left.pop()
        is_text = parent.tag in {f"{SVG}text", f"{SVG}tspan"}
        parent.text = parent.text if is_text else None
        for child in list(parent):
            child.tail = child.tail if is_text else None
            name = child.tag.removeprefix(SVG)
            rule = FOR_ALL.fullmatch(child.text or "") if name == "style" else None
            if rule:
                root.set("style", f"{rule[1]};{root.get('style', '')}")
            if rule or name in UNSEEN or name.startswith("{"):
                parent.remove(child)
            elif name not in SHAPES:
                raise _UnsuitedError(name)
        left += parent


def _attributes(element: Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a shape, its styles among them; raise `_UnsuitedError` for what points outside."""
    styles = [part.partition(":") for part in element.get("style", "").split(";")]
    for name, value in [*element.items(), *((name.strip(), value.strip()) for name, _, value in styles)]:
        name = name.removeprefix(XLINK)
        points = name == "href" or "url(" in value.lower() or "\\" in value
        if name in KEPT and points and not _referred(name, value):
            raise _UnsuitedError(name)
        if name in KEPT:
            yield name, value


def _referred(name: str, value: str) -> str:
    """Return the id that the value of an attribute points to, or ""."""
    found = (HREF if name == "href" else URL).fullmatch(value)
    return found[1] if found else ""


def _name(root: Element, prefix: str) -> None:
    """Let ids that something refers to begin with a prefix, and take the others away."""
    names: dict[str, str] = {}
    for element in root.iter():
        for name, value in element.items():
            if referred := _referred(name, value):
                own = names.setdefault(referred, f"{prefix}-{len(names) + 1}")
                element.set(name, f"#{own}" if name == "href" else f"url(#{own})")
    for element in root.iter():
        identifier = names.get(element.attrib.pop("id", ""))
        element.attrib |= {"id": identifier} if identifier else {}


def _whole(root: Element, told: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a drawing as a whole, as large as the page's letters make it if nothing is told."""
    sizes = [LENGTH.fullmatch(root.attrib.pop(name, "")) for name in ("width", "height")]
    pixels = [float(size[1]) * PIXELS[size[2]] for size in sizes if size]
    own = {"viewBox": f"0 0 {pixels[0]:g} {pixels[1]:g}"} if len(pixels) == 2 else {}
    natural = f"{pixels[0] * GROWTH:.0f}" if sizes[0] else "100%"
    if own and "height" in told:
        natural = f"{float(told['height']) * pixels[0] / pixels[1]:.0f}"
    width = told.get("width", natural)
    return {"fill": "#000000", **own, **root.attrib, "width": width}
