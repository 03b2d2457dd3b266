"""HTML: one page for each page of the book, which works by double click, without a server and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reportkit import __version__
from reportkit.compile.documents import column_texts, file_name, printed_date
from reportkit.compile.drawings import colour_rules, with_drawings, with_words
from reportkit.compile.html_boxes import SHORT, SIZES, boxed, own_width, without_styles
from reportkit.compile.origins import chapter_source, origin, table_files
from reportkit.model import ast
from reportkit.model.book import Book, Heading, Node, Page
from reportkit.model.colours import style_rules
from reportkit.model.values import locale
from reportkit.process import Pandoc, index_pages

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).with_name("templates")
# Nothing but the page's own style, pictures and script is loaded; the search is compiled for the browser ("wasm").
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self' 'wasm-unsafe-eval'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
# Pandoc aligns the cells of a formula by inline styles.
FORMULA_CELL = re.compile(r'<mtd columnalign="(\w+)" style="[^"]*">')
# Pandoc links every line of numbered code by nothing, and calls cells heads that head nothing.
LINE_LINK = re.compile(r'<a href="(#cb\d+-\d+)"></a>')
EMPTY_HEAD = re.compile(r"<th([^>]*)></th>")
# Pandoc's way back from a note has an arrow for a name.
NOTE_BACK = re.compile(r'(?<=<a )href="#fnref(\d+)"')
# The number of the first line of code, where it is not 1.
STARTS = re.compile(r'<pre class="[^"]*\bfrom-(\d+)\b')
OPTIONS = {"html_math_method": "mathml", "email_obfuscation": "none"}


def write_html(book: Book, pandoc: Pandoc) -> dict[str, bytes]:
    """Return the pages, the style sheet and the figures of a book."""
    job = {"op": "write", "format": "html5", "options": OPTIONS}
    entries = _entries(book)
    bodies = [
        ast.rewrite(page.blocks, partial(_html_node, book, page, entries), *ast.ATTRIBUTES_AT) for page in book.pages
    ]
    drawn = [with_drawings(book.assets, blocks) for blocks in bodies]
    written = pandoc([{**job, "document": ast.document(blocks)} for blocks in drawn])
    texts = [_mended(text, book.terms) for text in written]
    pages = {f"{book.pages[index].name}.html": _page(book, index, text) for index, text in enumerate(texts)}
    start = {} if "index.html" in pages else {"index.html": pages[f"{book.pages[0].name}.html"]}
    starts = {int(start) for text in texts for start in STARTS.findall(text)}
    counters = "".join(f"pre.from-{start} {{ counter-reset: source-line {start - 1}; }}\n" for start in sorted(starts))
    rules = f"{SIZES}{counters}{colour_rules(texts)}{style_rules(texts)}"
    style = {"book.css": (TEMPLATES / "book.css").read_bytes() + rules.encode()}
    style["book.js"] = (TEMPLATES / "book.js").read_bytes()
    found = index_pages({name: with_words(page.decode()).encode() for name, page in pages.items()})
    own = {**book.assets, **book.downloads, **book.sources, **book.styles}
    return {**pages, **start, **style, **found, **own, **table_files(book)}


def _mended(text: str, terms: Mapping[str, str]) -> str:
    text = NOTE_BACK.sub(rf'\g<0> aria-label="{terms["back-to"]} \1"', text)
    text = text.replace('role="doc-endnotes"', f'role="doc-endnotes" aria-label="{terms["footnotes"]}"')
    text = FORMULA_CELL.sub(r'<mtd class="\1">', text)
    text = LINE_LINK.sub(r'<a href="\1" aria-hidden="true" tabindex="-1"></a>', text)
    return EMPTY_HEAD.sub(r"<td\1></td>", text)


def _entries(book: Book) -> dict[str, tuple[str, str]]:
    """Return what the lists of references say and in which language, by the target of a link to an entry."""
    lists = [
        (page, block)
        for page in book.pages
        for block in page.blocks
        if block["t"] == "Div" and ast.identifier(block) == "refs"
    ]
    return {
        f"{page.name}.html#{ast.identifier(entry)}": (_entry(entry), ast.attribute(entry, "lang") or book.language)
        for page, block in lists
        for entry in block["c"][1]
        if entry["t"] == "Div"
    }


def _entry(entry: Node) -> str:
    said = ast.rewrite(entry["c"][1], lambda node: [] if ast.has_class(node, "backlinks") else node, "Span")
    return ast.plain_text(said).strip()


def _html_node(book: Book, page: Page, entries: Mapping[str, tuple[str, str]], node: Node) -> Node | list[Node]:
    terms = book.terms
    if node["t"] == "Table":
        # A wide table scrolls in a box of its own; the box takes the keyboard, so that it can be scrolled with it.
        attributes = {"tabindex": "0", "role": "group", "aria-label": _label(node) or terms["table"]}
        return [
            ast.div([_with_alignment_classes(without_styles(node))], "table-box", **attributes),
            *origin(book, page, node),
        ]
    if node["t"] == "Link" and node["c"][2][0] in entries and not node["c"][2][1]:
        # What is cited can be read where it is cited.
        text, language = entries[node["c"][2][0]]
        node = {"t": "Link", "c": [*node["c"][:2], [node["c"][2][0], text]]}
        return node if language == book.language else ast.add_attribute(node, "data-lang", language)
    node = _sized_picture(book.assets, without_styles(node))
    if node["t"] == "Figure":
        # A figure opens by itself, as large as the screen allows.
        has_links = any(ast.nodes(node["c"][2], "Figure", "Link"))
        return [node if has_links else ast.rewrite(node, _opening), *origin(book, page, node)]
    if node["t"] == "Div" and ast.identifier(node) == "refs":
        # Who searches looks for text first.
        return ast.add_attribute(node, "data-pagefind-weight", "0.2")
    if ast.has_class(node, "untranslated"):
        node = ast.add_attribute(node, "title", terms["untranslated"])
    return boxed(node, terms) if node["t"] == "Div" else node


def _sized_picture(assets: Mapping[str, bytes], node: Node) -> Node:
    if node["t"] != "Image":
        return node
    attributes, alt, (target, title) = node["c"]
    is_free = not {"width", "height"} & {name for name, _ in attributes[2]}
    is_free = is_free and not any(name.startswith("w-") for name in attributes[1])
    width = own_width(assets.get(target, b"")) if is_free else None
    node = {"t": "Image", "c": [attributes, alt, [quote(target), title]]}
    return ast.add_attribute(node, "width", width) if width else node


def _opening(part: Node) -> Node:
    # What is no longer dragged can have its text selected.
    return ast.add_attribute(ast.link([part], part["c"][2][0]), "draggable", "false") if part["t"] == "Image" else part


def _with_alignment_classes(table: Node) -> Node:
    """Return a table whose cells are aligned by class: the policy forbids the inline styles that pandoc writes."""
    attributes, caption, columns, head, bodies, foot = table["c"]
    sides = [column[0]["t"].removeprefix("Align").lower() for column in columns]
    plain = [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}] for _ in columns]
    head, foot = [head[0], _rows(head[1], sides)], [foot[0], _rows(foot[1], sides)]
    bodies = [[attr, count, _rows(heads, sides), _rows(rows, sides)] for attr, count, heads, rows in bodies]
    letters = [max(map(len, texts), default=0) for texts in column_texts(table)]
    sizes = [
        f"w-{round(100 * width['c'])}" if width["t"] == "ColWidth" else f"least-{most}" if 0 < most <= SHORT else ""
        for (_, width), most in zip(columns, letters, strict=True)
    ]
    for row in [*head[1], *(row for body in bodies for row in body[3])][:1]:
        row[1] = [_sized(cell, size) for cell, size in zip(row[1], sizes, strict=False)]
    return {"t": "Table", "c": [attributes, caption, plain, head, bodies, foot]}


def _sized(cell: list[Any], size: str) -> list[Any]:
    (identifier, classes, pairs), *rest = cell
    return [[identifier, [*classes, size] if size else classes, pairs], *rest]


def _rows(rows: list[Any], sides: list[str]) -> list[Any]:
    return [[attr, [_cell(cell, side) for cell, side in zip(cells, sides, strict=False)]] for attr, cells in rows]


def _cell(cell: list[Any], side: str) -> list[Any]:
    (identifier, classes, pairs), own, *rest = cell
    side = side if own["t"] == "AlignDefault" else own["t"].removeprefix("Align").lower()
    named = classes if side == "default" else [*classes, side]
    return [[identifier, named, pairs], {"t": "AlignDefault"}, *rest]


def _label(table: Node) -> str:
    """Return what a table is called, "Tabelle 1.1"; its caption is its own, not that of the box around it."""
    labels = (span for span in ast.nodes(table["c"][1][1], "Span") if ast.has_class(span, "caption-label"))
    return next((ast.plain_text(label).strip().rstrip(":") for label in labels), "")


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment.get_template("page.html.jinja")


def _page(book: Book, index: int, body: str) -> bytes:
    from markupsafe import Markup

    page = book.pages[index]
    text = _template().render(
        book=book,
        page=page,
        body=Markup(body),
        sections=_sections(book, page),
        sections_title=book.option("toc-title", "html") or book.terms["on-this-page"],
        previous=book.pages[index - 1] if index else None,
        following=book.pages[index + 1] if index + 1 < len(book.pages) else None,
        terms=book.terms,
        date=printed_date(book),
        downloads={fmt.upper(): f"../{fmt}/{file_name(book, fmt)}" for fmt in book.formats if fmt != "html"},
        source=chapter_source(book, page),
        policy=POLICY,
        own_names=_own_names([book.language, *book.switch]),
        generator=f"reportkit {__version__}",
    )
    return (text.rstrip("\n") + "\n").encode()


def _own_names(languages: Sequence[str]) -> dict[str, str]:
    """Return what languages call themselves: "English" for en-GB, unless en-US is there too; their tags if unknown."""
    heads = [language.split("-")[0] for language in languages]

    def own_name(language: str, head: str) -> str:
        found = locale(language)
        name = found.get_language_name() if heads.count(head) == 1 else found.get_display_name()
        return str(name) if found.language == head else language

    return {language: own_name(language, head) for language, head in zip(languages, heads, strict=True)}


def _sections(book: Book, page: Page) -> list[Heading]:
    """Return the sections that a page lists, as deep as chapter or book say (`toc`, `toc-depth`)."""
    formats = page.options.get("format")
    html = formats.get("html") if isinstance(formats, dict) else None
    own = {**page.options, **(html if isinstance(html, dict) else {})}
    is_listed, depth = (own.get(name, book.option(name, "html")) for name in ("toc", "toc-depth"))
    lowest = 0 if is_listed is False else depth if isinstance(depth, int) else 3
    return [heading for heading in page.headings[1:] if heading.level <= lowest and heading.id]
