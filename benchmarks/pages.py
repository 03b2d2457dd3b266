"""What readers wait for: how much a page loads, when it first shows something; and what a long PDF takes to make."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.books import write_myst, write_quarto
from benchmarks.compiling import BOOK, execute, forget_study
from benchmarks.environments import ROOT, Environment
from benchmarks.measure import measure

HERE = Path(__file__).parent
# Chapters of the book that others show too, and of one with about 600 pages.
COMPARED, LONG = 16, 148
PAGES = "import pypdfium2, sys; print(len(pypdfium2.PdfDocument(sys.argv[1])))"


def pages(
    main: Environment, book: Environment, rounds: int, date: str, compared: int = COMPARED, long: int = LONG
) -> dict[str, Any]:
    """Return what the pages of this study and of a book load, beside Jupyter Book 1's, and what PDFs take."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own, ours, theirs = _own(main, folder / "own"), _ours(main, folder, compared), _theirs(book, folder, compared)
        looks = {"this study": own, "a book, reportkit": ours, "the same book, Jupyter Book 1": theirs}
        command = [str(main.python), str(HERE / "looking.py"), str(rounds), *map(str, looks.values())]
        done = subprocess.run(command, env=main.variables, capture_output=True, text=True, check=True)
        found = dict(zip(looks, map(_summary, json.loads(done.stdout)), strict=True))
        print(json.dumps(found, indent=1), flush=True)
        printed = [{"book": "this study", **_pdf(main, own.parent)}, *_long(main, folder / "long", long, rounds)]
    versions = {**main.versions(("playwright", "typst")), **book.versions(("jupyter-book",))}
    return {"date": date, "rounds": rounds, "chapters": compared, "looks": found, "pdf": printed, "versions": versions}


def _own(main: Environment, study: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(study)], check=True)
    measure(_build(main, "html", "pdf"), study, main.variables)
    return study / "_build" / "editions" / "de" / "html"


def _ours(main: Environment, folder: Path, chapters: int) -> Path:
    write_quarto(folder / "quarto", chapters)
    measure(_build(main, "html"), folder / "quarto", main.variables)
    return folder / "quarto" / "_build" / "editions" / "en" / "html"


def _theirs(book: Environment, folder: Path, chapters: int) -> Path:
    write_myst(folder / "myst", chapters)
    execute(book, folder / "myst")
    measure([str(book.python), *BOOK], folder / "myst", book.variables)
    # Neither Sphinx's own pages nor the start, which leads on to another, are chapters.
    html = folder / "myst" / "_build" / "html"
    for name in ("genindex.html", "search.html"):
        (html / name).unlink()
    return html


def _build(main: Environment, *formats: str) -> list[str]:
    return [str(main.python), "-m", "reportkit", "build", *(f"--format={one}" for one in formats)]


def _summary(looks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the median and the largest page: what it loads, plain and compressed, and when it shows something."""
    largest = max(looks, key=lambda look: look["bytes"])
    median = {what: statistics.median(look[what] for look in looks) for what in ("bytes", "gzip", "paint")}
    told = {"name": largest["name"], "bytes": largest["bytes"], "gzip": largest["gzip"], "paint": largest["paint"]}
    return {
        "pages": len(looks),
        "median": median,
        "largest": told,
        "elsewhere": max(look["elsewhere"] for look in looks),
    }


def _pdf(main: Environment, edition: Path) -> dict[str, int]:
    (made,) = (edition / "pdf").glob("*.pdf")
    told = subprocess.run([str(main.python), "-c", PAGES, str(made)], capture_output=True, text=True, check=True)
    return {"pages": int(told.stdout), "bytes": made.stat().st_size}


def _long(main: Environment, study: Path, chapters: int, rounds: int) -> list[dict[str, Any]]:
    """Compile a long book whose notebooks are executed, anew in each round."""
    write_quarto(study, chapters)
    measure(_build(main, "pdf"), study, main.variables)
    costs = []
    for _ in range(rounds):
        forget_study(study)
        costs.append(asdict(measure(_build(main, "pdf"), study, main.variables)))
        print(f"{chapters} chapters as PDF: {costs[-1]}", flush=True)
    return [{"book": f"a book of {chapters} chapters", **_pdf(main, study / "_build/editions/en"), "costs": costs}]
