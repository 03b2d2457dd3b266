"""Results that nobody ran here: the outputs which notebooks hold (`reportkit build --no-execute`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reportkit.errors import Diagnostic, ExecutionError, error, warning
from reportkit.execute.notebook import outputs_of
from reportkit.model.execution import NOT_RUN, Execution, Output, Result, Trace
from reportkit.model.markdown import TEXT_OPTIONS, option_texts
from reportkit.model.study import Code, Instance, Study

Notebook = dict[str, Any]


def stored_execution(study: Study) -> tuple[Execution, tuple[Diagnostic, ...]]:
    """Return what the study's notebooks hold as results in every language, and a warning (RK416) for what they lack.

    Inline expressions have no stored values: they stand as they are written, in square brackets.
    Raises `ExecutionError` (RK415) for chapters with parameters: one notebook holds the outputs of one case at best.
    """
    asked = [instance for instance in study.instances if instance.executes]
    several = sorted({instance.chapter for instance in asked if instance.parameters})
    if several:
        hint = "leave out `--no-execute`"
        raise ExecutionError([error("RK415", f"`{path}` is run once for each case", None, hint) for path in several])
    held = {instance.name: _held(study, instance) for instance in asked}
    languages = [edition.language for edition in study.editions]
    results = {(one.name, language): _result(one, held[one.name]) for one in asked for language in languages}
    lacking = {
        "code": [one for one in asked if not held[one.name] and any(isinstance(cell, Code) for cell in one.cells)],
        "inline expressions": [one for one in asked if one.expressions],
    }
    told = " and ".join(f"{what} of {_named(ones)}" for what, ones in lacking.items() if ones)
    message = f"nothing was executed: {told} stand without results"
    return Execution(results), (warning("RK416", message),) if told else ()


def _named(instances: Iterable[Instance]) -> str:
    return ", ".join(sorted({f"`{one.chapter}`" for one in instances}))


def blank_execution(study: Study) -> Execution:
    """Return results of nothing, in which what would be a figure or table has something in its place."""
    languages = [edition.language for edition in study.editions]
    return Execution({(one.name, language): _result(one, {}) for one in study.instances for language in languages})


def _held(study: Study, instance: Instance) -> dict[int, tuple[Output, ...]]:
    """Return the outputs that an instance's code cells hold, by index."""
    notebooks: dict[str, list[Notebook]] = {}
    found = {}
    for index, cell in enumerate(instance.cells):
        line = next(iter((*cell.lines, *cell.option_lines.values())), None) if isinstance(cell, Code) else None
        if line is None or line.cell is None:
            continue
        cells = notebooks.setdefault(line.file, json.loads(study.read(line.file))["cells"])
        outputs = tuple(Output(*shown) for shown in outputs_of(map(_joined, cells[line.cell - 1].get("outputs", []))))
        if outputs:
            found[index] = outputs
    return found


def _joined(output: Notebook) -> Notebook:
    """Return an output whose texts are one string each: notebooks may keep them as lists of lines."""
    if output["output_type"] == "error":
        return {**output, "output_type": "stream", "name": "stdout", "text": "\n".join(output["traceback"])}
    texts = {name: _text(value) for name, value in output.items() if name in {"text", "data"}}
    return {**output, **texts}


def _text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _text(inner) for name, inner in value.items()}
    is_lines = isinstance(value, list) and all(isinstance(line, str) for line in value)
    return "".join(value) if is_lines else value


def _result(instance: Instance, held: Mapping[int, tuple[Output, ...]]) -> Result:
    written = {each.number: {"kind": "missing", "reason": f"[{each.text}]"} for each in instance.expressions}
    return Result({**dict(_blanks(instance, held)), **held}, written, Trace({}, {}, None))


def _blanks(instance: Instance, held: Mapping[int, object]) -> Iterable[tuple[int, tuple[Output, ...]]]:
    """Yield what stands for the figure or table of a cell, or for each of its parts, so that references lead there."""
    for index, cell in enumerate(instance.cells):
        if isinstance(cell, Code) and (cell.label or "").startswith(("fig-", "tbl-")) and index not in held:
            parts = max(len(option_texts(cell, TEXT_OPTIONS[name])) for name in ("caption", "subcap"))
            yield index, (Output(NOT_RUN, {}),) * max(parts, 1)
