"""The messages of code and data: labels that notebooks and modules mark, texts of data columns that readers see."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import PurePosixPath
from typing import Any

from reportkit.errors import Diagnostic, error
from reportkit.model.study import DATA_PACKAGE, Code, Line, SourceFile, Study
from reportkit.translate.message import Message
from reportkit.translate.prose import shown_lines

# The functions of `reportkit.chapter` whose first argument is a msgid, and the names they are imported by.
MARKERS = ("_", "N_", "gettext", "missing", "noop", "words")
IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
# A line for Jupyter, not for Python.
MAGIC = re.compile(r"^(%%?[A-Za-z]|!).*")
EXPRESSION = re.compile(r"`([^`]+)`\{\.value n=")
DESCRIPTION = re.compile(r'"(?:title|description)":\s*("(?:[^"\\]|\\.)*")')
MARK = "reportkit:translate"

Faults = list[Diagnostic]


def cell_messages(source: SourceFile, faults: Faults) -> Iterator[Message]:
    """Yield the labels in the code cells and inline expressions of a source file."""
    for cell in source.cells:
        if isinstance(cell, Code):
            yield from _labels(cell.lines, faults)
    for text, line in shown_lines(source.cells):
        for expression in EXPRESSION.findall(text):
            yield from _labels([replace(line, text=expression)], faults)


def module_messages(study: Study, faults: Faults) -> dict[str, list[Message]]:
    """Return the labels of the study's own modules that its notebooks import, by path."""
    found = {}
    for path in _modules(study):
        texts = study.read(path).split("\n")
        found[path] = list(_labels([Line(text, path, number) for number, text in enumerate(texts, 1)], faults))
    return found


def _modules(study: Study) -> list[str]:
    cells = [cell for source in study.sources for cell in source.cells if isinstance(cell, Code)]
    names = sorted({name for cell in cells for name in IMPORT.findall(cell.text)})
    files = [path for name in names for path in [study.root / f"{name}.py", *(study.root / name).rglob("*.py")]]
    return sorted(path.relative_to(study.root).as_posix() for path in files if path.is_file())


def _labels(lines: Sequence[Line], faults: Faults) -> Iterator[Message]:
    """Yield the labels of a piece of Python code, those in f-strings too, which Babel's extractor does not see."""
    try:
        tree = ast.parse("\n".join(MAGIC.sub("", line.text) for line in lines))
    except SyntaxError as fault:
        message = f"labels cannot be found in code that is not Python: {fault.msg}"
        faults.append(error("RK605", message, lines[(fault.lineno or 1) - 1].location()))
        return
    for call in _calls(tree):
        if _name(call.func) in MARKERS and call.args and isinstance(call.args[0], ast.Constant):
            msgid = call.args[0].value
            if isinstance(msgid, str) and msgid:
                yield Message(msgid, lines[call.lineno - 1])


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a tree in the order of the code."""
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)


def _name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else None


def data_messages(study: Study) -> dict[str, list[Message]]:
    """Return the texts of the data columns marked `reportkit:translate` by table, and what describes the tables."""
    if DATA_PACKAGE not in study.inputs:
        return {}
    resources = json.loads(study.read(DATA_PACKAGE))["resources"]
    cells = {resource["name"]: list(_cells(study, resource)) for resource in resources}
    return {**cells, PurePosixPath(DATA_PACKAGE).stem: list(_descriptions(study))}


def _descriptions(study: Study) -> Iterator[Message]:
    """Yield the titles and descriptions of the data package, of its tables and their fields."""
    for number, line in enumerate(study.read(DATA_PACKAGE).split("\n"), 1):
        for text in DESCRIPTION.findall(line):
            yield Message(json.loads(text), Line(line, DATA_PACKAGE, number))


def _cells(study: Study, resource: Mapping[str, Any]) -> Iterator[Message]:
    columns = [field["name"] for field in resource["schema"]["fields"] if field.get(MARK)]
    if not columns:
        return
    path = f"data/{resource['path']}"
    rows = csv.DictReader(StringIO(study.read(path)))
    for row in rows:
        for column in columns:
            if any(map(str.isalpha, row[column] or "")):
                yield Message(row[column], Line(row[column], path, rows.line_num))
