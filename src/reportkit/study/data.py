"""The tables of a study against their schema, by Frictionless; slow, so called only when data changed."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reportkit.errors import DataError, Diagnostic, Location, error, raise_errors
from reportkit.study.files import Files

FILE = "data/datapackage.json"
# A table is described where it stands or in a file that these keys name.
PATHS = ("path", "schema", "dialect", "extrapaths")
CODES = {"RK107": "RK202", "RK108": "RK203"}


def check_data(root: Path) -> tuple[Diagnostic, ...]:
    """Check the tables that `data/datapackage.json` describes, if there is one.

    Raises `DataError` with everything that is wrong with the description and the tables.
    """
    files = Files(root)
    if not (files.root / FILE).exists():
        return ()
    faults = list(_package_faults(files))
    # A package whose paths leave the study is not opened at all.
    if not any(fault.code in {"RK201", "RK203"} for fault in faults):
        faults.extend(_table_faults(files.root, missing=any(fault.code == "RK202" for fault in faults)))
    return raise_errors(DataError, faults)


def _package_faults(files: Files) -> Iterator[Diagnostic]:
    """Yield what is wrong with the description, its paths above all; Frictionless would follow addresses."""
    fault = files.fault(FILE, "description", Location(FILE))
    if fault is not None:
        yield replace(fault, code=CODES[fault.code])
        return
    try:
        text = files.read(FILE).decode()
        package = json.loads(text)
    except UnicodeDecodeError:
        yield error("RK201", f"`{FILE}` is not UTF-8 text", Location(FILE))
    except json.JSONDecodeError as broken:
        yield error("RK201", f"`{FILE}` is not JSON: {broken.msg.lower()}", Location(FILE, broken.lineno))
    else:
        resources = package.get("resources") if isinstance(package, dict) else None
        if not isinstance(resources, list):
            yield error("RK201", "the data package has no list of `resources`", Location(FILE))
        for resource in resources if isinstance(resources, list) else ():
            if isinstance(resource, dict):
                yield from _resource_faults(resource, text, files)


def _resource_faults(resource: Mapping[str, Any], text: str, files: Files) -> Iterator[Diagnostic]:
    for key in PATHS:
        value = resource.get(key)
        for path in value if isinstance(value, list) else [value]:
            if isinstance(path, str):
                yield from _path_faults(path, f"table `{resource.get('name')}`: {key}", text, files)


def _path_faults(written: str, what: str, text: str, files: Files) -> Iterator[Diagnostic]:
    place = Location(FILE, text.count("\n", 0, max(text.find(json.dumps(written, ensure_ascii=False)), 0)) + 1)
    if "://" in written:
        yield error("RK203", f"{what} `{written}` leads outside the study", place)
        return
    fault = files.fault(posixpath.normpath(posixpath.join("data", written)), what, place)
    if fault is not None:
        yield replace(fault, code=CODES[fault.code])


def _table_faults(root: Path, *, missing: bool) -> Iterator[Diagnostic]:
    """Yield what Frictionless finds; that it cannot open a file is known already if one is missing."""
    from frictionless import FrictionlessException, Package

    try:
        report = Package(str(root / FILE)).validate()
    except FrictionlessException as fault:
        for reason in fault.reasons or [fault.error]:
            yield error("RK201", _words(reason), Location(FILE))
        return
    for reason in report.errors:
        yield error("RK201", _words(reason), Location(FILE))
    for task in report.tasks:
        for reason in task.errors:
            if not (missing and reason.type == "scheme-error"):
                yield _table_fault(task.name, posixpath.join("data", task.place), reason)


def _table_fault(table: str, file: str, reason: Any) -> Diagnostic:
    facts = reason.to_dict()
    row = facts.get("rowNumber") or next(iter(facts.get("rowNumbers", ())), None)
    names = {"table": table, "column": facts.get("fieldName"), "head": facts.get("label"), "cell": facts.get("cell")}
    where = ", ".join(f"{name} `{value}`" for name, value in names.items() if value)
    return error("RK205" if row is None else "RK204", f"{where}: {_words(reason)}", Location(file, row))


def _words(reason: Any) -> str:
    """Return the kind of a Frictionless error and its note, literals in backticks."""
    note = re.sub(r"""(['"])(.*?)(?:/default)?\1""", r"`\2`", reason.note)
    return ": ".join(filter(None, (str(reason.type).replace("-", " "), note)))
