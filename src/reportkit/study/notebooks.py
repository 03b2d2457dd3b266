"""Notebooks as pieces: read as JSON, for nbformat takes longer to import than a study to load."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reportkit.errors import Location, error
from reportkit.model.attachments import named_by_content
from reportkit.model.study import PYTHON, Line
from reportkit.study.pieces import SHOWN, Faults, Piece

KINDS: Mapping[object, str] = {"markdown": "prose", "code": "code", "raw": "raw"}


def split_notebook(path: str, text: str, faults: Faults) -> list[Piece]:
    """Return the cells of a notebook; lines count within their cell, cells from 1."""
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as fault:
        faults.append(error("RK111", f"the notebook is not JSON: {fault.msg.lower()}", Location(path, fault.lineno)))
        return []
    except RecursionError:
        faults.append(error("RK111", "the notebook is not JSON: it nests too deeply", Location(path)))
        return []
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        hint = "save it anew with Jupyter (format 4)"
        faults.append(error("RK111", "the notebook has no cells", Location(path), hint))
        return []
    language = _language(notebook.get("metadata"))
    if language != PYTHON:
        message = f"code in `{language}` does not run; only Python does"
        faults.append(error("RK116", message, Location(path), SHOWN))
    return list(_pieces(path, notebook["cells"], language, faults))


def _language(metadata: Any) -> str:
    for name, key in (("kernelspec", "language"), ("language_info", "name")):
        entry = metadata.get(name) if isinstance(metadata, dict) else None
        if isinstance(entry, dict) and isinstance(entry.get(key), str):
            return str(entry[key]).lower()
    return PYTHON


def _pieces(path: str, cells: Sequence[Any], language: str, faults: Faults) -> Iterator[Piece]:
    for number, cell in enumerate(cells, 1):
        kind = KINDS.get(cell.get("cell_type")) if isinstance(cell, dict) else None
        source = _source(cell.get("source")) if kind else None
        if kind is None or source is None:
            faults.append(error("RK111", "this cell is not one of a notebook", Location(path, cell=number)))
            continue
        source = named_by_content(source, cell.get("attachments")) if kind == "prose" else source
        lines = (Line(text, path, line, number) for line, text in enumerate(source.split("\n"), 1))
        yield Piece(kind, tuple(lines) if source else (), _tags(cell.get("metadata")), language)


def _source(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(part, str) for part in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _tags(metadata: Any) -> frozenset[str]:
    tags = metadata.get("tags", []) if isinstance(metadata, dict) else []
    return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()
