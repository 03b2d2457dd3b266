"""EPUB 3: a cover, one file for each chapter, figures as SVG, formulas as MathML; it tells how it can be read."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from reportkit.compile.documents import contents_depth, file_name, printed_date, timestamp
from reportkit.compile.html_boxes import own_width
from reportkit.compile.pdf import MAIN, compile_typst
from reportkit.compile.typst_tree import string
from reportkit.compile.whole import metadata, packed, text_value, unpacked, whole_blocks
from reportkit.digest import digest_json
from reportkit.model import ast
from reportkit.model.book import Book, Node
from reportkit.process import Pandoc, write_package

TEMPLATES = Path(__file__).with_name("templates") / "epub"
# What every EPUB has, in the words of schema.org.
# Source: EPUB Accessibility 1.1, section 2.2, https://www.w3.org/TR/epub-a11y-11/
FEATURES = ("alternativeText", "readingOrder", "structuralNavigation", "tableOfContents", "unlocked")
MOVING = (".gif", ".webp")
# Attributes that every reader may be given: others may run something, or are not valid.
KEPT = frozenset({"dir", "height", "lang", "startFrom", "width", "widths"})
START = re.compile(r'(<div class="sourceCode"[^<>]*) data-startFrom="[^"]*"')
# Where a note begins: readers that do not open it in place lead there, and need the number and the way back.
NOTE = re.compile(r'(<aside [^<>]*id="fn(\d+)">\s*<p>)')
CHAPTER = re.compile(r"EPUB/text/ch(\d+)\.xhtml")


def write_epub(book: Book, _: Pandoc) -> dict[str, bytes]:
    """Return the book as one EPUB, named by its title."""
    blocks = whole_blocks(book, "epub", lambda node: _node(book, node))
    depth, contents = contents_depth(book, "epub"), str(book.option("toc-title", "epub") or book.terms["contents"])
    told = metadata(book) | {
        "identifier": text_value(_identity(book)),
        "toc-title": text_value(contents),
    }
    told |= _accessibility(book)
    cover, picture = next(iter(book.files.items()), ("cover.png", None))
    made = write_package(
        ast.document(blocks, told),
        "epub3",
        ["--mathml", "--split-level=1", "--template=book.xhtml", "--css=book.css", f"--epub-cover-image={cover}"]
        + ["--toc"] * bool(depth)
        + [f"--toc-depth={max(depth, 1)}"],
        {path.name: path.read_bytes() for path in TEMPLATES.iterdir()}
        | {cover: picture or _cover(book)}
        | dict(book.assets),
        int(timestamp(book).timestamp()),
    )
    titles = [ast.plain_text(node["c"][2]).strip() for node in blocks if node["t"] == "Header" and node["c"][0] == 1]
    files = {name: _told(name, data, titles) for name, data in unpacked(made).items()}
    nav = files["EPUB/nav.xhtml"].decode()
    for english, own in (("Cover", book.terms["cover"]), ("Title Page", book.title), ("Table of Contents", contents)):
        nav = nav.replace(f">{english}</a>", f">{escape(own)}</a>")
    seen = files["EPUB/text/cover.xhtml"].decode().replace('alt=""', f'alt="{escape(book.title)}"')
    own_files = {"EPUB/nav.xhtml": nav.encode(), "EPUB/text/cover.xhtml": seen.encode()}
    return {file_name(book, "epub"): packed(files | own_files)}


def _cover(book: Book) -> bytes:
    """Return a picture of title, authors and date, in the looks of the PDF."""
    facts = {
        **{"title": book.title, "subtitle": book.subtitle or "", "authors": ", ".join(book.authors)},
        **{"date": printed_date(book), "language": book.language.split("-")[0]},
    }
    source = (
        f'#import "cover.typ": cover\n#cover({", ".join(f"{name}: {string(text)}" for name, text in facts.items())})'
    )
    files = {MAIN: source.encode(), "cover.typ": (TEMPLATES.parent / "cover.typ").read_bytes()}
    return compile_typst(book, files, format="png", ppi=210)[0]


def _accessibility(book: Book) -> dict[str, Node]:
    """Return what readers may rely on; that somebody has certified it is for others to say."""
    blocks = [page.blocks for page in book.pages]
    moves = any(name.lower().endswith(MOVING) for name in book.assets)
    told = {
        "accessModes": ("textual", "visual"),
        "accessModeSufficient": ("textual",),
        "accessibilityFeatures": (*FEATURES, *(["MathML"] if any(ast.nodes(blocks, "Math")) else [])),
        "accessibilityHazards": ("unknown" if moves else "none",),
    }
    listed: dict[str, Node] = {
        name: {"t": "MetaList", "c": list(map(text_value, texts))} for name, texts in told.items()
    }
    return listed | {"accessibilitySummary": text_value(book.terms["accessibility"])}


def _identity(book: Book) -> str:
    """Return the name of an edition in this state of its sources: a UUID made from digests (RFC 9562, version 8)."""
    digits = digest_json([book.title, book.language, book.date, book.source_digest])
    return f"urn:uuid:{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _node(book: Book, node: Node) -> Node:
    kind, found = node["t"], ast.attributes(node)
    if found and found[2]:
        node = ast.with_attributes(node, [*found[:2], [pair for pair in found[2] if pair[0] in KEPT]])
    is_named = ast.has_class(node, "float") or ast.has_class(node, "caption-top")
    if kind == "Figure" and not is_named and any(ast.nodes(node["c"][2], "Table")):
        # The caption of tables stands above them.
        identifier, classes, pairs = node["c"][0]
        node = ast.with_attributes(node, [identifier, [*classes, "caption-top"], pairs])
    if kind in {"Figure", "CodeBlock"} and ast.identifier(node):
        # Links into other files are found for divisions alone.
        (identifier, *others), *content = node["c"]
        return {"t": "Div", "c": [[identifier, [], []], [{"t": kind, "c": [["", *others], *content]}]]}
    if kind == "Table":
        return ast.div([node], "table-box")
    if kind == "Image" and not {"width", "height"} & {name for name, _ in node["c"][0][2]}:
        width = own_width(book.assets.get(node["c"][2][0], b""))
        return ast.add_attribute(node, "width", f"{width}px") if width else node
    if ast.has_class(node, "callout"):
        return ast.add_attribute(node, "role", "note")
    return _row(node) if ast.has_class(node, "layout-row") else node


def _row(node: Node) -> Node:
    widths, node = ast.take_attribute(node, "widths")
    attributes, cells = node["c"]
    sized = [
        ast.add_attribute(cell, "style", f"width: {width}%")
        for cell, width in zip(cells, (widths or "").split(), strict=False)
    ]
    return {"t": "Div", "c": [attributes, sized]}


def _told(name: str, data: bytes, titles: list[str]) -> bytes:
    """Return a file with the title that pandoc does not tell, and without what it should not."""
    chapter = CHAPTER.fullmatch(name)
    if chapter:
        title = f"<title>{escape(titles[int(chapter[1]) - 1])}</title>"
        text = NOTE.sub(r'\1<a href="#fnref\2" role="doc-backlink">\2.</a> ', data.decode())
        return START.sub(r"\1", re.sub(r"<title>.*?</title>", lambda _: title, text, count=1)).encode()
    return data
