"""The bibliography, read entry by entry: a fault in one entry never costs the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from reportkit.errors import Diagnostic, Location, error, warning

# A line of comment, which BibTeX itself does not know but people and pandoc do.
COMMENT_LINE = re.compile(r"^[ \t]*%.*$", re.MULTILINE)
# Entries begin on a line of their own, so that a brace missing in one leaves the next one whole.
ENTRY_START = re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.MULTILINE)

# What a reader needs to find a work, by the fields that may say it.
NEEDED = {"author": ("author", "editor"), "title": ("title",), "year": ("date", "year")}
INHERITS = frozenset({"crossref", "xdata"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the bibliography: citation key, type (`book`), fields by lower-case name, line in the file."""

    key: str
    kind: str
    fields: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Bibliography:
    """Bibliographies as they were read: their paths in the study, the entries by key, and what is wrong with them.

    A damaged entry is among the entries with what could be read of it, so that citing it is no second fault.
    """

    files: tuple[str, ...]
    entries: Mapping[str, Entry]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def named(self) -> str:
        """The files as a message names them."""
        return " or ".join(f"`{file}`" for file in self.files)


def join_bibliographies(read: Sequence[Bibliography]) -> Bibliography:
    """Return several files as one bibliography; a key that two of them have is an error (RK302)."""
    entries: dict[str, Entry] = {}
    files: dict[str, str] = {}
    found: list[Diagnostic] = []
    for one in read:
        found += one.diagnostics
        for key, entry in one.entries.items():
            if key in entries:
                message = f"citation key `{key}` stands in `{files[key]}`, line {entries[key].line}, too"
                found.append(error("RK302", message, Location(one.files[0], entry.line), "keep one of the two entries"))
            entries.setdefault(key, entry)
            files.setdefault(key, one.files[0])
    return Bibliography(tuple(file for one in read for file in one.files), entries, tuple(found))


def read_bibliography(text: str, file: str) -> Bibliography:
    """Read a BibLaTeX file, or CSL-JSON if its name ends so.

    Damaged (RK303), duplicate (RK302) and incomplete (RK304) entries become diagnostics.
    """
    return _read_json(text, file) if file.endswith(".json") else _read_bibtex(text, file)


def _read_json(text: str, file: str) -> Bibliography:
    """Read CSL-JSON. Source: https://github.com/citation-style-language/schema, csl-data.json."""
    try:
        items = json.loads(text)
        entries = {str(item["id"]): _json_entry(item, text) for item in items}
    except json.JSONDecodeError as fault:
        return _unread(file, f"it is not JSON: {fault.msg}", fault.lineno)
    except (KeyError, TypeError):
        return _unread(file, "it must be a list of works, each with an `id`", 1)
    found = [diagnostic for entry in entries.values() for diagnostic in _incomplete(entry, file)]
    return Bibliography((file,), entries, tuple(found))


def _unread(file: str, why: str, line: int) -> Bibliography:
    return Bibliography((file,), {}, (error("RK303", f"`{file}` cannot be read: {why}", Location(file, line)),))


def _json_entry(item: Mapping[str, Any], text: str) -> Entry:
    fields = {"langid" if name == "language" else name: str(value) for name, value in item.items()}
    line = text.count("\n", 0, max(text.find(f'"{item["id"]}"'), 0)) + 1
    return Entry(str(item["id"]), str(item.get("type", "")), fields | {"date": fields.get("issued", "")}, line)


def _read_bibtex(text: str, file: str) -> Bibliography:
    entries: dict[str, Entry] = {}
    found: list[Diagnostic] = []
    for entry, damage in _read_entries(COMMENT_LINE.sub("", text)):
        first = entries.setdefault(entry.key, entry)
        if damage is not None:
            found.append(_damaged(entry, damage, file))
        elif first is not entry:
            found.append(_duplicate(first, entry, file))
        else:
            found.extend(_incomplete(entry, file))
    return Bibliography((file,), entries, tuple(found))


def _read_entries(text: str) -> Iterator[tuple[Entry, str | None]]:
    """Yield the entries in order, each with what damages it, None if it is sound."""
    from pybtex.database.input.bibtex import month_names

    macros = dict(month_names)
    starts = [match.start() for match in ENTRY_START.finditer(text)]
    for start, end in pairwise([*starts, len(text)]):
        yield from _read_part(text[start:end], text.count("\n", 0, start) + 1, macros)


def _read_part(text: str, line: int, macros: dict[str, str]) -> Iterator[tuple[Entry, str | None]]:
    from pybtex.database.input.bibtex import LowLevelParser
    from pybtex.scanner import PybtexSyntaxError

    parser = LowLevelParser(text, macros=macros)
    damage = None
    try:
        for command, body in parser:
            if command.lower() not in ("preamble", "string"):
                yield _entry(parser, command, body, line), None
    except PybtexSyntaxError as fault:
        fault.lineno += line - 1
        damage = str(fault).replace("'", "`")
    if damage is not None:
        yield _entry(parser, "", (parser.current_entry_key or "", parser.current_fields), line), damage


def _entry(parser: Any, kind: str, body: Any, line: int) -> Entry:
    key, fields = body
    values = {name.lower(): "".join(parts).strip() for name, parts in fields}
    return Entry(key, kind.lower(), values, line + parser.text.count("\n", 0, parser.command_start))


def _duplicate(first: Entry, second: Entry, file: str) -> Diagnostic:
    message = f"citation key `{second.key}` stands twice in `{file}`, in lines {first.line} and {second.line}"
    return error("RK302", message, Location(file, second.line), "give one of the two entries another key")


def _damaged(entry: Entry, damage: str, file: str) -> Diagnostic:
    name = f"entry `{entry.key}`" if entry.key else "an entry"
    message = f"{name} is damaged: {damage}"
    return error("RK303", message, Location(file, entry.line), "is a brace, quotation mark or comma missing?")


def _incomplete(entry: Entry, file: str) -> Iterator[Diagnostic]:
    if INHERITS & entry.fields.keys():
        return
    for need, fields in NEEDED.items():
        if not any(entry.fields.get(field) for field in fields):
            hint = "say that it is unknown: `date = {XXXX}`" if need == "year" else None
            yield warning("RK304", f"entry `{entry.key}` has no {need}", Location(file, entry.line), hint)
