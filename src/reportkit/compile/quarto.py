"""A book by Quarto: a project of its own, rendered in a folder of its own by `quarto render`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from reportkit.compile.documents import file_name, timestamp
from reportkit.compile.quarto_tree import quarto_blocks, writing
from reportkit.errors import CompileError, Diagnostic, error, warning
from reportkit.model.book import Blocks, Book, Page
from reportkit.process import Pandoc, run_quarto

# The formats in which Quarto makes books; in the others it is one document.
BOOKS = frozenset({"asciidoc", "docx", "epub", "html", "latex", "pdf", "typst"})
# Where it puts them, and its home page, which every book must have.
OUTPUT, HOME = "_book", "index.qmd"
# What a chapter's author says that is none of Quarto's business: it is executed, and its title stands in it.
OURS = frozenset({"engine", "execute", "format", "jupyter", "lang", "opens-part", "reportkit", "title"})
# A warning in the log, which goes on to the next one; it holds no others.
WARNED = re.compile(r"^\(WARN(?:ING)?\) (.+?)\s*(?=^\(|\Z)", re.MULTILINE | re.DOTALL)
# How many lines of the log a failure tells.
LAST = 12


def render_book(book: Book, fmt: str, pandoc: Pandoc) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Return the files that Quarto makes of a book in a format of its own, and its warnings (RK505).

    Raises `CompileError` if it is not installed (RK503), or with the last lines that it told if it fails (RK504).
    """
    status, files, log = run_quarto(quarto_project(book, fmt, pandoc), fmt, OUTPUT, int(timestamp(book).timestamp()))
    name = f"the {book.language} edition as {fmt}"
    if status or not files:
        last = log.strip().splitlines()[-LAST:]
        raise CompileError([error("RK504", "\n  ".join([f"Quarto did not make {name}:", *last]))])
    return files, [warning("RK505", f"Quarto, on {name}: {text}") for text in dict.fromkeys(WARNED.findall(log))]


def quarto_project(book: Book, fmt: str, pandoc: Pandoc) -> dict[str, bytes]:
    """Return the files of a Quarto project: `_quarto.yml`, Markdown that executes nothing, and what it needs."""
    files = _files(book.pages) if fmt in BOOKS else dict.fromkeys((page.name for page in book.pages), "")
    documents: dict[str, Blocks] = {}
    heads: dict[str, dict[str, Any]] = {}
    for page in book.pages:
        file = files[page.name] or HOME
        documents.setdefault(file, []).extend(quarto_blocks(page.blocks, files))
        given = {name: value for name, value in page.options.items() if name not in OURS}
        heads.setdefault(file, {"engine": "markdown", **given})
    written = zip(documents, heads.values(), pandoc([writing(blocks) for blocks in documents.values()]), strict=True)
    texts = {name: f"---\n{_yaml(head)}---\n\n{text.strip()}\n".encode() for name, head, text in written}
    return {
        "_quarto.yml": _yaml(_configuration(book, fmt, files)).encode(),
        **texts,
        **book.files,
        **book.downloads,
        **book.assets,
    }


def _files(pages: Iterable[Page]) -> dict[str, str]:
    """Return the file of each page by its name; where none is named for it, the first is the home page."""
    files = {page.name: f"{page.name}.qmd" for page in pages}
    return files if HOME in files.values() else {**files, next(iter(files)): HOME}


def _configuration(book: Book, fmt: str, files: Mapping[str, str]) -> dict[str, Any]:
    told = dict(book.metadata)
    formats, own = told.pop("format", None), {"title": book.title, "subtitle": book.subtitle, "date": book.date}
    titles = {name: value for name, value in {**told.pop("book", {}), **own}.items() if value}
    if fmt in BOOKS:
        kind: dict[str, Any] = {"book": {**titles, **_contents(book.pages, files)}}
    else:
        kind = {name: titles[name] for name in ("title", "subtitle", "author", "date") if name in titles}
        kind |= {"output-file": file_name(book, fmt).partition(".")[0]}
    return {
        "project": {"type": "book" if fmt in BOOKS else "default", "output-dir": OUTPUT},
        "lang": book.language,
        **kind,
        **told,
        "format": {fmt: (formats.get(fmt) if isinstance(formats, Mapping) else None) or "default"},
        "execute": {"enabled": False},
    }


def _contents(pages: Iterable[Page], files: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return the chapters of the book by their parts, and its appendices."""
    listed: dict[str, list[Any]] = {}
    for (is_appendix, part), group in groupby(pages, lambda page: (page.appendix, page.part)):
        names = [files[page.name] for page in group]
        own = listed.setdefault("appendices" if is_appendix else "chapters", [])
        own += [{"part": part, "chapters": names}] if part else names
    return listed


def _yaml(data: Mapping[str, Any]) -> str:
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.sort_base_mapping_type_on_output = False, False
    yaml.allow_unicode, yaml.width = True, 10_000
    text = io.StringIO()
    yaml.dump(data, text)
    return text.getvalue()
