"""What authors import inside notebooks: labels in the edition's language, typed values, tables.

In plain Jupyter and Quarto everything here works too: labels are those of the source language and values
print in it.

    from reportkit.chapter import gettext as _, number, percent, table
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.model import values as _values

if TYPE_CHECKING:
    import pandas as pd

VALUES_MIME = "application/vnd.reportkit.values+json"
VALUE_MIME = "application/vnd.reportkit.value+json"
TABLE_MIME = "application/vnd.reportkit.table+json"
STYLE = Path(__file__).with_name("house.mplstyle")
# How an object prints that is no text for a sentence: in several lines, or as `<function f at …>`.
NO_TEXT = re.compile(r"\n|^<.*>$")


@dataclass
class _Session:
    """What the build tells a running notebook, and what it observes of it."""

    building: bool = False
    language: str = "de"
    messages: Mapping[str, str] = field(default_factory=dict)
    looked_up: dict[str, str] = field(default_factory=dict)
    language_asked: bool = False


session = _Session()


def language() -> str:
    """Return the edition's language (`de`); the run then depends on it."""
    session.language_asked = True
    return session.language


def gettext(msgid: str) -> str:
    """Return a label in the edition's language, from the catalogs, or as it is if it has no translation."""
    text = session.messages.get(msgid, msgid)
    session.looked_up[msgid] = text
    return text


def noop(msgid: str) -> str:
    """Mark a string for the catalogs and return it unchanged."""
    return msgid


def format_number(value: float, digits: int | None = None) -> str:
    """Return a number for a plot label, with the separators of the edition's language."""
    return _values.format_number(value, language(), digits)


class TypedValue(dict[str, Any]):
    """A typed value (see `reportkit.model.values`): prints itself, formatted anew per language by the build."""

    def __str__(self) -> str:
        return _values.format_value(self, language(), gettext)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        # Printing it in a build would tie the run to one language.
        if session.building:
            return {VALUE_MIME: dict(self), "text/plain": ""}
        return {"text/markdown": str(self), "text/plain": str(self)}


def number(value: float, *, digits: int | None = None, qualifier: str = "exact", unit: str = "") -> TypedValue:
    """Return a number for the prose.

    `digits` are the decimal places (as many as it has by default). `qualifier` is how sure the number is:
    exact, about, over, under, nearly (just under), at-most; its word is printed before the number.
    """
    if qualifier not in {"exact", *_values.QUALIFIERS["en"]}:
        raise ValueError(f"unknown qualifier `{qualifier}`; known: exact, {', '.join(_values.QUALIFIERS['en'])}")
    return TypedValue(kind="number", value=_plain(value), digits=digits, qualifier=qualifier, unit=unit)


def percent(value: float, *, digits: int | None = None, qualifier: str = "exact") -> TypedValue:
    """Return a share for the prose; `value` is in percent (17 prints as 17 %)."""
    return number(value, digits=digits, qualifier=qualifier, unit="percent")


def interval(low: float | None, high: float | None, *, digits: int | None = None, unit: str = "") -> TypedValue:
    """Return a range for the prose, such as 4 to 6; a missing bound prints as "under" or "over"."""
    return TypedValue(kind="interval", low=_plain(low), high=_plain(high), digits=digits, unit=unit)


def date(iso: str) -> TypedValue:
    """Return a date for the prose: `2014`, `2023-07` or `2018-11-14`."""
    return TypedValue(kind="date", iso=str(iso))


def words(texts: str | Sequence[str]) -> TypedValue:
    """Return a text, or a list of texts joined as the language does ("a, b and c"); each is a msgid."""
    return TypedValue(kind="words", words=[texts] if isinstance(texts, str) else list(texts))


def missing(reason: str) -> TypedValue:
    """Return a stated gap: prints `reason` (a msgid) where a value would stand."""
    return TypedValue(kind="missing", reason=reason)


def claim(
    name: str,
    statement: str,
    *,
    holds: bool | None,
    values: Mapping[str, Any],
    expected: bool | None = True,
    by: str = "",
) -> TypedValue:
    """Return a named claim about values, whose verdict readers see.

    `holds` is the verdict, None where the values cannot decide; any other than `expected`, on which the text relies,
    is an error of the build. `values` are what it rests on, by their labels. `by` says whose claim it is: the study's
    own by default. `statement`, labels and `by` are msgids. Raises `TypeError` if `holds` is no verdict, `ValueError`
    for a number that is none.
    """
    verdicts = [_plain(each) for each in (holds, expected)]
    if not all(each is None or isinstance(each, bool) for each in verdicts):
        raise TypeError(f"whether claim `{name}` holds must be True, False or None")
    rests = [[label, _cell(value, is_message=False)] for label, value in values.items()]
    named = {"name": name, "statement": statement, "by": by}
    made = TypedValue(kind="claim", **named, holds=verdicts[0], expected=verdicts[1], values=rests)
    json.dumps(made, allow_nan=False)  # what is no number fails here, where its author sees it
    return made


class TypedTable:
    """A table whose cells stay typed until an edition is compiled; plain Jupyter shows it as HTML."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        # In a build the table stays typed: formatting it here would tie the run to one language.
        shown = {} if session.building else {"text/html": self._html(), "text/plain": repr(self)}
        return {TABLE_MIME: self.data, **shown}

    def _html(self) -> str:
        from html import escape

        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = [row([str(TypedValue(cell)) for cell in cells], "td") for cells in self.data["rows"]]
        return f"<table>{row([head['text'] for head in self.data['heads']], 'th')}{''.join(body)}</table>"

    def __repr__(self) -> str:
        return f"<table of {len(self.data['rows'])} rows>"


def table(frame: pd.DataFrame, *, heads: Mapping[str, str], translate: Sequence[str] = ()) -> TypedTable:
    """Return a table of a data frame's columns named by `heads`, in that order.

    `heads` maps columns to their heads (msgids, marked with `noop`). Cells of the columns in `translate` are
    msgids. Numbers are aligned right and formatted per language, as are days; missing cells print as a dash, typed
    values keep their type. Raises `KeyError` for a column that the frame lacks.
    """
    columns = [frame[column].tolist() for column in heads]
    rows = [
        [_cell(cell, name in translate) for name, cell in zip(heads, row, strict=True)]
        for row in zip(*columns, strict=True)
    ]
    aligned = [_alignment([row[index] for row in rows]) for index in range(len(heads))]
    named = [{"text": text, "align": align} for text, align in zip(heads.values(), aligned, strict=True)]
    return TypedTable({"heads": named, "rows": rows})


def _cell(cell: Any, is_message: bool) -> dict[str, Any]:
    import pandas as pd

    cell = _plain(cell)
    if isinstance(cell, TypedValue):
        return dict(cell)
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return {"kind": "text", "text": "\u2013", "missing": True}
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return number(cell)
    if isinstance(cell, Date):
        return date(f"{cell:%Y-%m-%d}")
    return words(str(cell)) if is_message else {"kind": "text", "text": str(cell)}


def _alignment(cells: Sequence[Mapping[str, Any]]) -> str:
    kinds = {cell["kind"] for cell in cells if not cell.get("missing")}
    return "right" if kinds and kinds <= {"number", "interval"} else "left"


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def emit_values(expressions: Mapping[int, Callable[[], Any]]) -> None:
    """Evaluate inline expressions and hand their typed values to the build (called by the build's own cells).

    A bare value becomes its `str`: a year must not become 2,022; a data frame or a function has none for a sentence and
    fails. What shows itself as Markdown (`_repr_markdown_`, as `IPython.display.Markdown` does) stays that. A failing
    expression is handed over as `{"kind": "error", "error": ...}`, so that all faults of a cell are known at once.
    """
    from IPython.display import display

    display({VALUES_MIME: {str(number): _evaluate(compute) for number, compute in expressions.items()}}, raw=True)


def _evaluate(compute: Callable[[], Any]) -> Mapping[str, Any]:
    try:
        value = compute()
        typed = _typed(value)
        if typed["kind"] == "text" and not isinstance(value, str) and NO_TEXT.search(typed["text"]):
            raise TypeError(f"a `{type(value).__name__}` is no text; a cell can show it")
        json.dumps(typed, allow_nan=False)
        return typed
    except Exception as fault:  # the author's code may raise anything; the build reports it with its place
        return {"kind": "error", "error": f"{type(fault).__name__}: {fault}"}


def _typed(value: Any) -> Mapping[str, Any]:
    if isinstance(value, TypedValue):
        return dict(value)
    markdown = None if isinstance(value, type) else getattr(value, "_repr_markdown_", None)
    text = markdown() if callable(markdown) else None
    return {"kind": "text", "text": str(value)} if text is None else {"kind": "markdown", "text": str(text)}
