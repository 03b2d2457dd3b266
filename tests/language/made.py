"""Small chapters as their readers get them: an HTML tree, and the texts and tags of a PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from lxml import etree, html

from compile.sample import SVG, instance, lines, prose, resolve, study
from compile.test_pdf import tags
from reportkit.compile import compile_book
from reportkit.model.book import Book
from reportkit.model.execution import Output, Result, Trace
from reportkit.model.study import Cell, Code
from reportkit.process import run_pandoc

PICTURE = {"image/svg+xml": SVG}


def code(text: str = "draw()", **options: Any) -> Code:
    """Return a code cell; `fig_cap` stands for `fig-cap`."""
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return Code(lines(text, "one.qmd"), named, {name: lines("#|", "one.qmd")[0] for name in named})


def shown(*bundles: Mapping[str, Any], kind: str = "display", **options: Any) -> tuple[Code, tuple[Output, ...]]:
    """Return a code cell that does not show its code, and its outputs."""
    return code(**({"echo": False} | options)), tuple(Output(kind, bundle) for bundle in bundles)


class Made:
    """A book of chapter `one` (and others of prose) in both formats, each made when it is asked for."""

    def __init__(self, *parts: str | Cell | tuple[Cell, tuple[Output, ...]], root: Path = Path(), **more: Any) -> None:
        cells = [
            prose(part) if isinstance(part, str) else part[0] if isinstance(part, tuple) else part for part in parts
        ]
        outputs = {index: part[1] for index, part in enumerate(parts) if isinstance(part, tuple)}
        made = study(instance("one", *cells), root=root, **more)
        self.book: Book = resolve(made, {"one": Result(outputs, {}, Trace({}, {}, None))})

    @cache  # noqa: B019 - lives as long as its test
    def page(self) -> Any:
        """Return the `main` element of the page without the book's title; it has no inline style."""
        text = compile_book(self.book, "html", run_pandoc)["one.html"].decode()
        main = etree.ElementTree(next(html.fromstring(text).iter("main")))
        main.xpath('//div[@class="cover"]')[0].drop_tree()
        main.getroot().tail = None
        assert main.xpath("//@style") == []
        return main

    @cache  # noqa: B019 - lives as long as its test
    def pdf(self) -> bytes:
        """Return the PDF."""
        (made,) = compile_book(self.book, "pdf", run_pandoc).values()
        return made

    def texts(self, path: str) -> list[str]:
        """Return what the elements at an XPath say."""
        return [
            squeezed(found if isinstance(found, str) else found.text_content()) for found in self.page().xpath(path)
        ]

    def source(self, path: str) -> str:
        """Return the first element at an XPath as HTML."""
        return str(etree.tostring(self.page().xpath(path)[0], encoding="unicode"))

    def print(self) -> str:
        """Return the text of the PDF's pages behind title, imprint and contents."""
        document = pypdfium2.PdfDocument(self.pdf())
        pages = [squeezed(page.get_textpage().get_text_bounded()) for page in document]
        document.close()
        return " ".join(pages[3:])

    def tags(self) -> list[str]:
        """Return the kinds of the PDF's tags in their order: `/H1`, `/Figure`, ..."""
        with pikepdf.open(io.BytesIO(self.pdf())) as document:
            return [str(tag.S) for tag in tags(document.Root.StructTreeRoot.K)]


def squeezed(text: str) -> str:
    """Return a text with every run of spaces as one."""
    return re.sub(r"\s+", " ", text).strip()
