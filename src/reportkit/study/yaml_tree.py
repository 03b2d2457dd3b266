"""YAML as a tree whose every entry knows its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a YAML document, the line (from 1) of its key, or of itself in a list, and the document's file.

    `value` is a `dict[str, Entry]`, a `list[Entry]` or a scalar; dates stay text.
    """

    value: Any
    line: int
    file: str = ""

    def plain(self) -> Any:
        """Return the value as dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [entry.plain() for entry in self.value]
        return self.value


class YamlFault(Exception):
    """A text is not well-formed YAML; holds what is wrong and the line (from 1)."""

    def __init__(self, message: str, line: int) -> None:
        self.message = message
        self.line = line
        super().__init__(message)


def parse_yaml(text: str, file: str = "") -> Entry:
    """Return the tree of a YAML 1.2 document (an empty one is a null); raises `YamlFault`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return Entry(None, 1, file) if node is None else _entry(node, 1, file)
    except YAMLError as fault:
        raise _describe(fault, text) from None
    except RecursionError:
        raise YamlFault("it nests too deeply", 1) from None


def merged(below: Entry, above: Entry) -> Entry:
    """Return two trees as one: mappings key by key, lists one after the other without repetition, else `above`."""
    under, over = below.value, above.value
    if isinstance(under, dict) and isinstance(over, dict):
        both = {name: merged(under[name], entry) if name in under else entry for name, entry in over.items()}
        return Entry({**under, **both}, below.line, below.file)
    if under and over and (isinstance(under, list) or isinstance(over, list)):
        items = [item for one in (below, above) for item in (one.value if isinstance(one.value, list) else [one])]
        told = [item.plain() for item in items]
        return Entry([item for at, item in enumerate(items) if told[at] not in told[:at]], below.line, below.file)
    return above


def _describe(fault: Any, text: str) -> YamlFault:
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        position = getattr(fault, "position", 0)
        return YamlFault(getattr(fault, "reason", str(fault)), text.count("\n", 0, position) + 1)
    return YamlFault(str(fault.problem), mark.line + 1)


def _entry(node: Any, line: int, file: str) -> Entry:
    return Entry(KINDS[type(node).__name__](node, file), line, file)


def _mapping(node: Any, file: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key.value, str):
            raise YamlFault("a key must be text", line)
        if key.value in entries:
            raise YamlFault(f"key `{key.value}` is given twice", line)
        entries[key.value] = _entry(value, line, file)
    return entries


def _sequence(node: Any, file: str) -> list[Entry]:
    return [_entry(item, item.start_mark.line + 1, file) for item in node.value]


def _scalar(node: Any, _: str) -> Any:
    kind = str(node.tag).rpartition(":")[2]
    try:
        return SCALARS.get(kind, str)(node.value)
    except ValueError:
        return node.value


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


SCALARS: Mapping[str, Callable[[str], Any]] = {
    "bool": lambda text: text.lower() == "true",
    "float": _float,
    "int": lambda text: int(text) if text.lstrip("+-").isdecimal() else int(text, 0),
    "null": lambda text: None,
}


KINDS: Mapping[str, Callable[[Any, str], Any]] = {
    "MappingNode": _mapping,
    "SequenceNode": _sequence,
    "ScalarNode": _scalar,
}
