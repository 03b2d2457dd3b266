"""DOCX: everything in named styles, drawings as pictures at print resolution, contents that stand as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from reportkit.compile.documents import brief, column_texts, contents_depth, file_name, timestamp
from reportkit.compile.html_boxes import pixels_per_inch
from reportkit.compile.pdf import MAIN, compile_typst
from reportkit.compile.typst_tree import KEPT, string
from reportkit.compile.whole import anchors, metadata, packed, parts, unpacked, whole_blocks
from reportkit.model import ast
from reportkit.model.book import Blocks, Book, Inlines, Node
from reportkit.model.layout import is_pictures
from reportkit.model.quarto import take_title
from reportkit.process import Pandoc, write_package

TEMPLATES = Path(__file__).with_name("templates")
# Pixels to the inch of a drawing that becomes a picture; the room that a page has for it, in inches.
RESOLUTION, WIDTH, HEIGHT = 300, 6.14, 8.0
# How many letters stand beside each other in a table, and at least and usually at most in a column.
LETTERS, MIN, MAX = 100, 6.0, 40.0
# The gap between cells, in inches.
GAP = 0.1
# What our reference document calls the paragraphs of a division, and pandoc a span, of a class.
STYLES = {
    **{"aside": "Aside", "column-margin": "Aside", "source": "Source Note"},
    **{"csl-entry": "Bibliography", "filename": "File Name"},
}
SPANS = {"caption-label": "Strong", "callout-label": "Strong", "theorem-label": "Strong", "proof-label": "Emph"}
TAB = {"t": "RawInline", "c": ["openxml", "<w:r><w:tab/></w:r>"]}
# What pandoc writes and readers take amiss: LibreOffice prints the mark where lines of a formula are aligned, and moves
# a picture that tells no distance to the right; Word gives a fixed table pandoc's inches, wherever it stands.
AMISS = {b"<m:r><m:t>&amp;</m:t></m:r>": b"", b'<w:tblLayout w:type="fixed" />': b""}
AMISS[b"<wp:inline>"] = b'<wp:inline distT="0" distB="0" distL="0" distR="0">'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# The names that `docx.openxml` declares.
SPACES = {
    "w": W,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
# Word keeps nothing between a table and what follows it.
TABLE_END = {"t": "RawBlock", "c": ["openxml", '<w:p><w:pPr><w:pStyle w:val="TableEnd"/></w:pPr></w:p>']}
PAGE_BREAK = {"t": "RawBlock", "c": ["openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>']}


def write_docx(book: Book, _: Pandoc) -> dict[str, bytes]:
    """Return the book as one DOCX, named by its title."""
    pictures = _pictures(book)
    blocks = whole_blocks(book, "openxml", _Writer(book.assets, pictures).change)
    made = write_package(
        ast.document([*_lists(book), *blocks], metadata(book)),
        "docx",
        ["--reference-doc=reference.docx", "--template=docx.openxml", "--syntax-highlighting=docx.theme"],
        {
            **book.assets,
            **{f"{name}.png": data for name, data in pictures.items()},
            "reference.docx": _reference(book),
            **{path.name: path.read_bytes() for path in TEMPLATES.glob("docx.*")},
        },
        int(timestamp(book).timestamp()),
    )
    files = unpacked(made)
    document = files["word/document.xml"]
    for part, mended in AMISS.items():
        document = document.replace(part, mended)
    return {file_name(book, "docx"): packed(files | {"word/document.xml": _kept(document)})}


def _kept(document: bytes) -> bytes:
    """Return a document in which rows of tables do not break, and what belongs together stays on one page.

    A head keeps with the first rows, these and the last rows keep together, a table's end with its source
    (ISO/IEC 29500-1, 17.3.1.15, 17.4.6).
    """
    for prefix, space in SPACES.items():
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.fromstring(document)
    for parent in root.iter():
        for table, end, source in zip_longest(parent, parent[1:], parent[2:]):
            if _style(table, "w:tblPr/w:tblStyle") == "Table":
                _keep_table(table, has_source=_style(source, "w:pPr/w:pStyle") == "SourceNote", end=end)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _keep_table(table: ElementTree.Element, end: ElementTree.Element | None, *, has_source: bool) -> None:
    rows = table.findall("w:tr", SPACES)
    for row in rows:
        properties = row.find("w:trPr", SPACES)
        if properties is None:
            properties = ElementTree.Element(f"{{{W}}}trPr")
            row.insert(0, properties)
        properties.insert(0, ElementTree.Element(f"{{{W}}}cantSplit"))
    heads = [row for row in rows if row.find("w:trPr/w:tblHeader", SPACES) is not None]
    body = rows[len(heads) :]
    last = [*body[-1:], end] if has_source else []
    for part in dict.fromkeys([*heads, *body[:-1][: KEPT - 1], *body[-KEPT:-1], *last]):
        for properties in part.iterfind(".//w:pPr[w:pStyle]", SPACES) if part is not None else ():
            properties.insert(1, ElementTree.Element(f"{{{W}}}keepNext"))


def _style(element: ElementTree.Element | None, path: str) -> str | None:
    found = element.find(path, SPACES) if element is not None else None
    return None if found is None else found.get(f"{{{W}}}val")


def _pictures(book: Book) -> Mapping[str, bytes]:
    """Return the drawings of a book as pictures in PNG; Typst draws them, as it does in the PDF."""
    names = [name for name in book.assets if name.lower().endswith((".svg", ".webp"))]
    pages = "".join(f"#page(image({string(f'/{name}')}))\n" for name in names)
    source = f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}"
    files = {name: book.assets[name] for name in names} | {MAIN: source.encode()}
    return dict(zip(names, compile_typst(book, files, format="png", ppi=RESOLUTION) if names else [], strict=True))


def _reference(book: Book) -> bytes:
    """Return the document from which pandoc takes styles, page, header and footer."""
    folder = TEMPLATES / "docx"
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}
    return packed({name: text.replace("{title}", escape(book.title)).encode() for name, text in sorted(texts.items())})


def _lists(book: Book) -> Iterator[Node]:
    """Yield the contents, the list of figures and the list of tables; Word and LibreOffice put in the pages."""
    names = anchors(book)
    depth = contents_depth(book, "docx")
    opened = parts(book)
    headings: list[tuple[str, str | None, str, str | None]] = []
    for page in book.pages:
        headings += [("Toc1", None, part, anchor) for anchor, part in opened.get(page.name, {}).items()]
        headings += [
            (f"Toc{heading.level}", heading.number, heading.title, names.get((page.name, heading.id)))
            for heading in page.headings
            if heading.level <= depth
        ]
    yield from _list(str(book.option("toc-title", "docx") or book.terms["contents"]), headings)
    for kind, term in (("fig", "figures"), ("tbl", "tables")):
        floats = [found for found in book.floats if found.kind == kind]
        entries = [
            ("TableOfFigures", one.number, brief(one.caption), names.get((one.page, one.label))) for one in floats
        ]
        yield from _list(book.terms[term], entries)


def _list(title: str, entries: Iterable[tuple[str, str | None, str, str | None]]) -> Iterator[Node]:
    """Yield a list of what there is in this format, none if there is nothing."""
    shown = [entry for entry in entries if entry[-1]]
    for index, (style, number, text, anchor) in enumerate(shown):
        if index == 0:
            yield _openxml(_paragraph("TOCHeading", f"<w:r><w:t>{escape(title)}</w:t></w:r>"))
        said = escape(f"{number} {text}" if number else text)
        page = f'<w:fldSimple w:dirty="true" w:instr=" PAGEREF {anchor} \\h "><w:r><w:t/></w:r></w:fldSimple>'
        run = f'<w:r><w:t xml:space="preserve">{said}</w:t></w:r><w:r><w:tab/></w:r>{page}'
        yield _openxml(_paragraph(style, f'<w:hyperlink w:anchor="{anchor}" w:history="1">{run}</w:hyperlink>'))


def _paragraph(style: str, runs: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _openxml(text: str) -> Node:
    return {"t": "RawBlock", "c": ["openxml", text]}


def _styled(blocks: Blocks, style: str) -> Node:
    return ast.div(blocks, **{"custom-style": style})


@dataclass(frozen=True, slots=True)
class _Writer:
    """Changes the nodes of a book, innermost first."""

    assets: Mapping[str, bytes]
    drawn: Mapping[str, bytes]

    def change(self, node: Node) -> Node | list[Node]:
        special = getattr(self, f"_{node['t'].lower()}", None)
        return special(node) if special else node

    def _image(self, node: Node) -> Node:
        attributes, alt, (target, title) = node["c"]
        shown = {"t": "Image", "c": [attributes, alt, [f"{target}.png" if target in self.drawn else target, title]]}
        size = self._size(target)
        if size is None or {"width", "height"} & {name for name, _ in attributes[2]}:
            return shown
        width, height = size
        return ast.add_attribute(shown, "width", f"{width * min(1, WIDTH / width, HEIGHT / height):.2f}in")

    def _size(self, target: str) -> tuple[float, float] | None:
        """Return the size of a PNG, in inches, if its resolution is known."""
        picture = self.drawn.get(target) or self.assets.get(target, b"")
        resolution = RESOLUTION if target in self.drawn else pixels_per_inch(picture)
        if not resolution:
            return None
        return int.from_bytes(picture[16:20]) / resolution, int.from_bytes(picture[20:24]) / resolution

    def _header(self, node: Node) -> Node:
        level, (identifier, *others), inlines = node["c"]
        return {"t": "Header", "c": [level, ["", *others], _place(identifier, inlines)]}

    def _figure(self, node: Node) -> Node:
        """Return a figure that is more than pictures as its blocks and its caption, which a table has above it."""
        (identifier, classes, _), (_, captions), blocks = node["c"]
        if is_pictures(blocks) and "caption-top" not in classes:
            return node
        said = [ast.para(_place(identifier, captions[0]["c"]))] if captions else []
        has_table = any(not ast.attribute(table, "custom-style") for table in ast.nodes(blocks, "Table"))
        if "caption-top" in classes or (has_table and "float" not in classes):
            return ast.div([_styled(said, "Table Caption"), *blocks])
        return ast.div([*blocks, _styled(said, "Image Caption")])

    def _span(self, node: Node) -> Node:
        (_, classes, _), inlines = node["c"]
        kind = next((SPANS[name] for name in classes if name in SPANS), None)
        return {"t": kind, "c": inlines} if kind else node

    def _para(self, node: Node) -> Node:
        """Return a formula with a number between the tabs of its style; other paragraphs as they are."""
        if len(node["c"]) != 1 or not ast.has_class(node["c"][0], "equation"):
            return node
        attributes, (math, *number) = node["c"][0]["c"]
        inline = {"t": "Math", "c": [{"t": "InlineMath"}, math["c"][1]]}
        return _styled([ast.para([{"t": "Span", "c": [attributes, [TAB, inline, TAB, *number]]}])], "Equation")

    def _table(self, node: Node) -> Blocks:
        """Return a table that tells how wide its columns are: Word and LibreOffice guess differently."""
        (identifier, *others), (short, captions), columns, *parts = node["c"]
        if captions:
            identifier, captions = "", [ast.plain(_place(identifier, captions[0]["c"])), *captions[1:]]
        if all(width["t"] == "ColWidthDefault" for _, width in columns):
            shares = [max(map(_wanted, column), default=1.0) for column in column_texts(node)]
            widths = [{"t": "ColWidth", "c": share / max(sum(shares), LETTERS)} for share in shares]
            columns = [[side, width] for (side, _), width in zip(columns, widths, strict=True)]
        return [{"t": "Table", "c": [[identifier, *others], [short, captions], columns, *parts]}, TABLE_END]

    def _div(self, node: Node) -> Node:
        (identifier, classes, pairs), blocks = node["c"]
        title, rest = take_title(blocks)
        style = next((STYLES[name] for name in classes if name in STYLES), None)
        if title:
            title, identifier = _place(identifier, title), ""
        if style:
            blocks = [_styled(blocks, style)]
        elif "callout" in classes:
            kind = classes[1].title()
            blocks = [_grid(f"Callout{kind}", [1], [[*_title(title, f"Callout {kind} Title"), *rest]]), TABLE_END]
        elif "tab" in classes:
            blocks = [*_title(title, "Tab Title"), *rest]
        elif "listing" in classes:
            blocks = [_styled([ast.para(blocks[0]["c"])], "Table Caption"), *blocks[1:]]
        elif "layout-row" in classes:
            widths = [int(width) / 100 for width in (ast.attribute(node, "widths") or "").split()]
            cells = [_narrowed(cell["c"][1], width) for cell, width in zip(blocks, widths, strict=False)]
            blocks = [_grid("Layout", widths[: len(cells)], cells)]
        elif "pagebreak" in classes:
            blocks = [PAGE_BREAK]
        return {"t": "Div", "c": [[identifier, classes, pairs], blocks]}


def _place(identifier: str, inlines: Inlines) -> Inlines:
    """Return inlines that links can lead to; LibreOffice loses a place that ends with a table."""
    return [{"t": "Span", "c": [[identifier, [], []], inlines]}] if identifier else inlines


def _title(title: Inlines, style: str) -> Blocks:
    return [_styled([ast.para(title)], style)] if title else []


def _narrowed(blocks: Blocks, share: float) -> Blocks:
    """Return blocks whose pictures are no wider than a share of the page, and tables as wide as on all of it."""

    def narrow(node: Node) -> Node:
        if node["t"] == "Table" and not ast.attribute(node, "custom-style"):
            return _widened(node, share)
        width, narrowed = ast.take_attribute(node, "width") if node["t"] == "Image" else (None, node)
        if not width or not width.endswith("in"):
            return node
        return ast.add_attribute(narrowed, "width", f"{min(float(width[:-2]), share * WIDTH - GAP):.2f}in")

    made: Blocks = ast.rewrite(blocks, narrow)
    return made


def _widened(table: Node, share: float) -> Node:
    """Return a table that a share of the page holds: its widths are parts of that share, all of it at most."""
    attributes, caption, columns, *parts = table["c"]
    scale = min(1 / share, 1 / sum(width["c"] for _, width in columns))
    wide = [[side, {"t": "ColWidth", "c": width["c"] * scale}] for side, width in columns]
    return {"t": "Table", "c": [attributes, caption, wide, *parts]}


def _grid(style: str, widths: Sequence[float], cells: Sequence[Blocks]) -> Node:
    """Return blocks side by side: a table of one row, without a head."""
    none: list[Any] = ["", [], []]
    columns = [[{"t": "AlignDefault"}, {"t": "ColWidth", "c": width}] for width in widths]
    row = [none, [[none, {"t": "AlignDefault"}, 1, 1, [_styled(cell, "Body Text")]] for cell in cells]]
    attributes = ["", [], [["custom-style", style]]]
    return {"t": "Table", "c": [attributes, [None, []], columns, [none, []], [[none, 0, [], [row]]], [none, []]]}


def _wanted(text: str) -> float:
    """Return how wide a cell should be, in letters: its longest word fits, and its text unless that is long."""
    return max(MIN, min(1.15 * len(text) + 2.5, MAX), *(1.25 * len(word) + 2.5 for word in text.split()))
