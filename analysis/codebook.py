"""The codebook: what `data/datapackage.json` says of each table, with what is counted in the tables themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from analysis.facts import DATA
from reportkit.chapter import format_number
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

Entry = Mapping[str, Any]

TYPES = {
    "string": N_("Text"),
    "number": N_("Dezimalzahl"),
    "integer": N_("ganze Zahl"),
    "year": N_("Jahr"),
    "boolean": N_("ja oder nein"),
}
# A rule of a field, as the codebook words it; `{}` is what the rule says.
RULES = {
    "required": N_("nie leer"),
    "unique": N_("kommt nur einmal vor"),
    "minimum": N_("mindestens {}"),
    "maximum": N_("höchstens {}"),
    "maxLength": N_("höchstens {} Zeichen"),
    "pattern": N_("Muster {}"),
    "enum": N_("eines von {}"),
}
HEAD = (N_("Feld"), N_("Art"), N_("leer"), N_("Bedeutung und Regeln"))
# Sides and widths of the columns.
RULE = "|:----------|:---------|----:|:-----------------------------------|"


@cache
def package() -> Entry:
    """Return the description of the data package."""
    found: Entry = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return found


def codebook() -> str:
    """Return the codebook as Markdown: what the package is, and a section for each of its tables."""
    known: dict[str, str] = {}
    tables = (text for resource in package()["resources"] for text in _table(resource, known))
    return "\n\n".join([_(package()["description"]), *tables])


def _table(resource: Entry, known: dict[str, str]) -> Iterator[str]:
    path, name, schema = resource["path"], resource["name"], resource["schema"]
    rows = pd.read_csv(DATA / path, dtype=str, keep_default_na=False)
    digest = hashlib.sha256((DATA / path).read_bytes()).hexdigest()
    yield f"## {_(resource['title'])} {{#sec-codebook-{name}}}"
    facts = _("{rows} Zeilen, {fields} Felder; Schlüssel der Zeilen: `{key}`; SHA-256 beginnt mit `{digest}`.")
    counted = facts.format(
        rows=format_number(len(rows)), fields=len(schema["fields"]), key=schema["primaryKey"], digest=digest[:12]
    )
    yield f"{_(resource['description'])} [`{path}`](../data/{path}): {counted}"
    leads = {each["fields"]: each["reference"] for each in schema.get("foreignKeys", ())}
    lines: list[str] = []
    again: dict[str, list[str]] = {}
    for field in schema["fields"]:
        lead, empty = leads.get(field["name"]), int((rows[field["name"]] == "").sum())
        first = known.setdefault(json.dumps([field, lead]), name)
        if first != name:
            again.setdefault(first, []).append(f"`{field['name']}`" + (f" ({format_number(empty)})" if empty else ""))
        else:
            lines.append(
                _row(f"`{field['name']}`", _(TYPES[field["type"]]), format_number(empty), _meaning(field, lead))
            )
    like = _("Wie in @sec-codebook-{table}: {fields}.")
    yield " ".join(like.format(table=first, fields=", ".join(fields)) for first, fields in again.items())
    yield "\n".join([_row(*map(_, HEAD)), RULE, *lines])
    yield f": {_('Felder der Tabelle')} `{path}` {{#tbl-codebook-{name}}}"


def _meaning(field: Entry, lead: Entry | None) -> str:
    """Return what a field means, and the rules for what it holds; `lead` is the field of a table where that stands."""
    rules = [_rule(name, value) for name, value in field.get("constraints", {}).items()]
    if lead:
        rules.append(_("steht in {place}").format(place=f"`{lead['resource']}.{lead['fields']}`"))
    return " ".join([_(field["description"]), *([f"*{', '.join(rules)}*"] if rules else [])])


def _rule(name: str, value: Any) -> str:
    said = ", ".join(f"`{one}`" for one in value) if isinstance(value, list) else f"`{value}`"
    return _(RULES[name]).format(said)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
