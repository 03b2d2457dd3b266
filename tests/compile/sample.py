"""Small books for the writers' tests, made of Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reportkit.model.book import Book
from reportkit.model.execution import Execution, Output, Result, Trace
from reportkit.model.study import Cell, Code, EditionSpec, Expression, Instance, Line, Prose, Study
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 200 100">'
    '<rect width="150" height="80" fill="#0072b2"/></svg>'
)


def lines(text: str, file: str) -> tuple[Line, ...]:
    return tuple(Line(part, file, number) for number, part in enumerate(text.splitlines(), start=1))


def prose(text: str, file: str = "index.md") -> Prose:
    return Prose(lines(text, file))


def figure(label: str, caption: str = "A figure", alt: str = "A blue box") -> Code:
    return Code(lines("draw()", "index.md"), {"label": label, "fig-cap": caption, "fig-alt": alt, "echo": False})


def instance(name: str, *cells: Cell, suffix: str = "", **more: object) -> Instance:
    expressions: tuple[Expression, ...] = ()
    made = Instance(name, f"{name}.md", {}, suffix, cells, expressions, (f"{name}.md",))
    return replace(made, **more)  # type: ignore[arg-type]


def study(*instances: Instance, root: Path = Path(), **more: object) -> Study:
    made = Study(
        root, "Zwei #Städte", None, ("Ada $Beispiel",), "2026-01-31", (EditionSpec("de", "Zwei #Städte"),),
        ("html", "pdf"), (), None, instances, (), {},
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def svg_result(*cells: int, values: Mapping[int, Mapping[str, object]] | None = None) -> Result:
    shown = {cell: (Output("display", {"image/svg+xml": SVG}),) for cell in cells}
    return Result(shown, values or {}, Trace({}, {}, None))


def resolve(made: Study, results: Mapping[str, Result] | None = None, only: frozenset[str] | None = None) -> Book:
    execution = Execution({(name, "de"): result for name, result in (results or {}).items()})
    book, _ = resolve_edition(made, made.editions[0], execution, run_pandoc, only)
    return book


def read(markdown: str) -> list[dict[str, object]]:
    (reply,) = run_pandoc([{"op": "read", "text": markdown, "format": "markdown"}])
    blocks: list[dict[str, object]] = json.loads(reply)["blocks"]
    return blocks
