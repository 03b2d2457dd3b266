"""The notebook that Papermill runs for an instance, and what is read back from it.

Only code is in it: the instance's code cells, after each prose or code cell with inline expressions a cell
that evaluates them, and at the end one that hands over the trace. Prose is no part of a run, so outputs are
kept by the position of their cell among the code cells: a new paragraph moves none of them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any
from zlib import crc32

from reportkit.chapter import VALUES_MIME
from reportkit.execute.observe import TRACE_MIME
from reportkit.model.execution import Output, Result, Trace
from reportkit.model.markdown import cell_option, figure_size
from reportkit.model.study import Code, Expression, Instance

Notebook = dict[str, Any]

ERROR_MIME, PNG = "application/vnd.reportkit.error", "image/png"
# Forms of an output that are printed rather than its plain text.
PRINTED = re.compile(r"image/|text/(html|markdown|latex)$|application/vnd\.reportkit\.")
# Where a warning comes from; tracebacks say it in these words.
WARNED = re.compile(r"<ipython-input-(\d+)-[0-9a-f]+>:(\d+):")
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")


class NotebookEndedError(RuntimeError):
    """A cell ended the notebook before its last cell."""


class RefusedReadError(RuntimeError):
    """A cell asked for what the study does not allow and went on all the same; `cell` is its index, if known."""

    def __init__(self, message: str, cell: int | None) -> None:
        super().__init__(message)
        self.cell = cell


def code_cells(instance: Instance) -> list[int]:
    """Return the indices of the instance's code cells: the n-th is where the n-th kept outputs belong."""
    return [index for index, cell in enumerate(instance.cells) if isinstance(cell, Code)]


def make_notebook(instance: Instance, options: Mapping[str, Any]) -> Notebook:
    """Return the notebook of an instance (nbformat 4.5); each cell's metadata tell where it comes from.

    `options` are the study's: `execute.eval` and `execute.error` hold for cells that do not say otherwise.
    """
    cells = list(_cells(instance, options))
    last = _cell("trace", "from reportkit.execute.observe import emit_trace\nemit_trace()", {"trace": True})
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernelspec, "language_info": {"name": "python"}}
    return {"cells": [*cells, last], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cells(instance: Instance, options: Mapping[str, Any]) -> Iterator[Notebook]:
    """Yield the notebook's cells; where the size of figures changes, one that sets it."""
    size: dict[str, float] = {}
    for index, cell in enumerate(instance.cells):
        wanted = figure_size(cell, options) if isinstance(cell, Code) else size
        if wanted != size:
            size, given = wanted, ", ".join(f"{name}={value}" for name, value in wanted.items())
            source = f"import reportkit.execute.figures as _figures\n_figures.size_figures({given})"
            yield _cell(f"figures-{index}", source, {"figures": index})
        yield from _cells_at(instance, index, options)


def _cells_at(instance: Instance, index: int, options: Mapping[str, Any]) -> Iterable[Notebook]:
    cell = instance.cells[index]
    if isinstance(cell, Code) and cell_option(cell, "eval", options, True) is not False:
        wanted = {"raises-exception"} if cell_option(cell, "error", options, False) is True else set()
        tags = sorted(cell.tags | wanted)
        number = code_cells(instance).index(index)
        yield _cell(f"cell-{number}", cell.text, {"cell": number}, tags)
    expressions = [expression for expression in instance.expressions if expression.cell == index]
    if expressions:
        yield _cell(f"values-{expressions[0].number}", _evaluation(expressions), {"values": index})


def _evaluation(expressions: Iterable[Expression]) -> str:
    entries = "".join(f"    {expression.number}: lambda: ({expression.text}),\n" for expression in expressions)
    return f"import reportkit.chapter as _reportkit\n_reportkit.emit_values({{\n{entries}}})"


def _cell(name: str, source: str, origin: Mapping[str, Any], tags: Iterable[str] = ()) -> Notebook:
    return {
        "cell_type": "code",
        "id": name,
        "execution_count": None,
        "metadata": {"tags": list(tags), "reportkit": dict(origin)},
        "outputs": [],
        "source": source,
    }


def result_to_json(notebook: Notebook, root: Path) -> dict[str, Any]:
    """Return what an executed notebook holds as the store keeps it: outputs by code cell, and values.

    In warnings and tracebacks the files of the study, whose folder is `root`, are named from there.
    """
    outputs: dict[str, list[Any]] = {}
    values: dict[str, Any] = {}
    for cell in notebook["cells"]:
        origin = cell["metadata"].get("reportkit", {})
        if "cell" in origin:
            outputs[str(origin["cell"])] = list(outputs_of(cell["outputs"], f"{root}/"))
        for bundle in (output.get("data", {}) for output in cell["outputs"]):
            values |= bundle.get(VALUES_MIME, {})
    return {"outputs": outputs, "values": values}


def trace_to_json(notebook: Notebook, instance: Instance) -> tuple[dict[str, Any], list[str]]:
    """Return the trace of an executed notebook as the store keeps it, and the programs that the run left running.

    Raises `NotebookEndedError` if there is no trace: nobody could tell when the result no longer holds;
    `RefusedReadError` if the run asked for what the study does not allow.
    """
    bundles = (output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", ()))
    trace = next((dict(bundle[TRACE_MIME]) for bundle in bundles if TRACE_MIME in bundle), None)
    if trace is None:
        raise NotebookEndedError
    refused, left = trace.pop("refused"), trace.pop("left")
    for count, message in refused:
        asked = [cell["metadata"] for cell in notebook["cells"] if cell.get("execution_count") == count]
        raise RefusedReadError(message, cell_of(asked[0], instance) if asked else None)
    return trace, left


def cell_of(metadata: Mapping[str, Any], instance: Instance) -> int | None:
    """Return the index in the instance of the cell that a notebook's cell was made from, told by its metadata."""
    origin = metadata.get("reportkit", {})
    index: int | None = code_cells(instance)[origin["cell"]] if "cell" in origin else origin.get("values")
    return index


def outputs_of(outputs: Iterable[Notebook], root: str = "") -> Iterator[list[Any]]:
    """Yield a cell's outputs as the store keeps them, what is printed to one stream without a break as one."""
    for name, found in groupby(outputs, lambda output: output.get("name", "")):
        if name:
            text = "".join(output["text"] for output in found)
            if name == "stderr":
                text = WARNED.sub(r"Cell In[\1], line \2:", text.replace(root, ""))
            yield [name, {"text/plain": text}]
        else:
            yield from (_display(output, root) for output in found)


def _display(output: Notebook, root: str) -> list[Any]:
    bundle = dict(output.get("data", {}))
    if ERROR_MIME in bundle:
        # The frames of libraries say where they are installed, and nothing about the study.
        parts = [part for part in bundle[ERROR_MIME] if not part.startswith("File ") or part.startswith(f"File {root}")]
        return ["error", {"text/plain": "\n".join(parts).replace(root, "")}]
    text = bundle.pop("text/plain", None)
    # The plain text beside a figure or table is a `repr`, often with an address of this run's memory.
    if text is not None and (not bundle or not (any(map(PRINTED.match, bundle)) or ADDRESS.search(text))):
        bundle["text/plain"] = text
    width = output.get("metadata", {}).get(PNG, {}).get("width")
    if isinstance(width, int | float) and width > 0 and PNG in bundle:
        bundle[PNG] = base64.b64encode(_with_width(base64.b64decode(bundle[PNG]), width)).decode()
    return ["display", bundle]


def _with_width(picture: bytes, width: float) -> bytes:
    """Return a PNG that tells the resolution at which it is so many pixels of a page (96 to the inch) wide.

    Source: https://www.w3.org/TR/png-3/#11pHYs
    """
    per_metre = round(int.from_bytes(picture[16:20]) / width * 96 / 0.0254).to_bytes(4)
    chunk = b"pHYs" + per_metre + per_metre + b"\x01"
    own = picture.find(b"pHYs", 0, 512)
    before, after = (picture[: own - 4], picture[own + 17 :]) if own > 0 else (picture[:33], picture[33:])
    return before + (9).to_bytes(4) + chunk + crc32(chunk).to_bytes(4) + after


def result_from_json(data: Mapping[str, Any], trace: Mapping[str, Any], instance: Instance) -> Result:
    """Return a kept result and its trace for an instance as it is written now (same code, perhaps other prose)."""
    index = code_cells(instance)
    outputs = {index[int(n)]: tuple(Output(*found) for found in cells) for n, cells in data["outputs"].items()}
    values = {int(number): value for number, value in data["values"].items()}
    return Result(outputs, values, Trace(**trace))
