"""What text and data cannot do: run something, load something from elsewhere, read files that nobody named."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pypdfium2
import pytest

from compile.sample import SVG, instance, prose, resolve, study
from reportkit.compile import compile_book
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.model.execution import Execution, Output, Result, Trace
from reportkit.model.study import Code, Line
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition
from reportkit.resolve.harmless import is_harmless, still_drawing
from resolve.told import faults

LINKED = SVG.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)
BOMB = '<!DOCTYPE svg [<!ENTITY e "<script>alert(1)</script>">]>'


def with_output(options: dict[str, Any] | None = None, **bundle: Any) -> tuple[Any, dict[str, Result]]:
    cell = Code((Line("x", "one.qmd", 8),), {"echo": False, **(options or {})}, {})
    made = study(instance("one", prose("# One"), cell))
    return made, {"one": Result({1: (Output("display", bundle),)}, {}, Trace({}, {}, None))}


def shown(options: dict[str, Any] | None = None, **bundle: Any) -> Book:
    return resolve(*with_output(options, **bundle))


def text_of(book: Book) -> str:
    return ast.plain_text(book.pages[0].blocks[1:])


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org",
        "HTTP://example.org",
        "mailto:a@example.org",
        "tel:1",
        "one.html#x",
        "#x",
        "data/a.csv",
        "?a:b",
    ],
)
def test_what_only_shows_something_is_harmless(target: str) -> None:
    assert is_harmless(target)


@pytest.mark.parametrize(
    "target",
    [
        *(
            "javascript:alert(1)",
            " JavaScript:x",
            "java\tscript:x",
            "\x01javascript:x",
            "data:text/html,x",
            "vbscript:x",
        ),
        *(
            "//evil.example/x",
            "\\\\evil.example/x",
            "/\\evil.example",
            "file:///etc/passwd",
            "blob:x",
            "javascript://x/%0ay",
        ),
        *("https://javascript:alert(1)", "http://[x"),
    ],
)
def test_what_may_run_something_is_not(target: str) -> None:
    assert not is_harmless(target)


def test_a_link_that_may_run_something_is_its_text_and_is_told_with_its_line() -> None:
    made = study(instance("one", prose("# One\n\n[click *here*](javascript:alert(1)) [kept](https://example.org)")))
    book, (fault,) = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert (fault.code, str(fault.location)) == ("RK343", "index.md:3")
    assert [link["c"][2][0] for link in ast.nodes(book.pages[0].blocks, "Link")] == ["https://example.org"]
    assert text_of(book).strip() == "click here kept"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Return the address of a server, and what it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<p>from elsewhere</p>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def test_building_asks_no_address_that_an_output_names(asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    frame = f'<iframe src="{address}/frame"></iframe><img src="{address}/picture" alt="seen"><p>kept</p>'
    book = shown(**{"text/html": frame})
    for fmt in ("html", "epub", "docx", "pdf"):
        compile_book(book, fmt, run_pandoc)
    assert paths == []
    assert text_of(book).split() == ["seen", "kept"]


def test_an_output_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("secret", encoding="utf-8")
    text = r"a \input{@} \lstinputlisting{@} \newcommand{\x}{\input{@}}\x".replace("@", str(secret))
    book = shown(**{"text/latex": text})
    assert "secret" not in json.dumps(book.pages[0].blocks).replace(str(secret), "")


def test_a_picture_of_an_output_that_is_none_of_the_edition_is_its_text() -> None:
    made, results = with_output({"output": "asis"}, **{"text/markdown": "![a *file*](/etc/passwd) ![](../x.png)"})
    execution = Execution({(name, "de"): result for name, result in results.items()})
    book, told = resolve_edition(made, made.editions[0], execution, run_pandoc)
    assert [fault.code for fault in told] == ["RK343", "RK343"]
    assert list(ast.nodes(book.pages[0].blocks, "Image")) == []
    assert text_of(book).split() == ["a", "file", "–"]


def test_a_picture_that_an_output_holds_is_one_of_the_edition() -> None:
    held = base64.b64encode(SVG.replace("<rect", '<script>1</script><rect onclick="x"', 1).encode()).decode()
    book = shown(**{"text/html": f'<p><img src="data:image/svg+xml;base64,{held}" alt="A box"></p>'})
    (image,) = ast.nodes(book.pages[0].blocks, "Image")
    assert image["c"][2][0] == "figures/one-cell-2.svg"
    assert b"script" not in book.assets["figures/one-cell-2.svg"] and b"rect" in book.assets["figures/one-cell-2.svg"]
    assert compile_book(book, "pdf", run_pandoc)


@pytest.mark.parametrize(
    "part",
    [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        '<g onload="alert(1)"/>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<body xmlns="http://www.w3.org/1999/xhtml"/>',
        '<image href="https://evil.example/x.png"/>',
        '<image xlink:href="/etc/passwd"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<use href="x.svg#y"/>',
        '<a href="javascript:alert(1)"/>',
        '<a xlink:href="java&#10;script:alert(1)"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>g { fill: url(https://evil.example/x#y) }</style>",
        '<g style="fill: u\\72l(https://evil.example/x)"/>',
        '<g fill="url(https://evil.example/x#y)"/>',
        "<g>&e;</g>",
    ],
)
def test_a_drawing_runs_and_loads_nothing(part: str) -> None:
    text = LINKED.replace("<rect", f"{part}<rect", 1)
    stilled = still_drawing(f"{BOMB if '&e;' in part else ''}{text}".encode()).decode()
    for word in ("script", "onload", "evil", "passwd", "xhtml", "@import", "72l", "x.svg", "svg+xml"):
        assert word not in stilled
    assert "<rect " in stilled and stilled.startswith("<svg")


def test_a_drawing_in_order_is_the_same_bytes() -> None:
    kept = '<defs><path id="p" d="M 0 0"/></defs><use xlink:href="#p"/><a href="https://example.org"><g/></a>'
    style = '<style>*{stroke-linejoin: round} g { clip-path: url(#p) }</style><g style="fill: url(#p)"/>'
    text = SVG.replace("<rect", f"{kept}{style}<rect", 1).replace(
        "<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1
    )
    assert still_drawing(text.encode()) == text.encode()


def test_a_drawing_that_asks_for_a_style_sheet_is_written_without() -> None:
    text = f'<?xml version="1.0"?><?xml-stylesheet href="https://evil.example/x.xsl"?>{SVG}'
    assert b"evil" not in still_drawing(text.encode("utf-16"))


@pytest.mark.parametrize("text", ["<svg", '<html xmlns="http://www.w3.org/1999/xhtml"/>', '<script xmlns="x"/>'])
def test_what_is_no_drawing_is_an_error(text: str) -> None:
    made = with_output({"fig-alt": "A box"}, **{"image/svg+xml": text})
    assert {fault.code for fault in faults(*made)} == {"RK332", "RK343"}


def test_what_cannot_be_printed_is_left_out() -> None:
    assert ast.plain_text(ast.text_inlines("a\x01b\x0b c")) == "ab c"
    book = shown(**{"text/html": "<p>a&#1;b\\u0001</p>"})
    assert text_of(book).strip() == "ab\\u0001"
    assert text_of(shown(**{"text/plain": "a\x01b\x1b[1mc\td"})).strip() == "abc\td"


@pytest.mark.parametrize("text", ["= a", "== a", "- a", "+ a", "/ a: b", "1. a"])
def test_a_cell_that_begins_like_typst_markup_is_text(text: str) -> None:
    table = f"<table><tr><th>x</th></tr><tr><td>{text}</td></tr></table><p><em>{text}</em></p>"
    (made,) = compile_book(shown(**{"text/html": table}), "pdf", run_pandoc).values()
    with pypdfium2.PdfDocument(BytesIO(made)) as document:
        words = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    assert words.count(text) == 2
