"""YAML as a tree whose every entry knows its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a YAML document and the line (from 1) of its key, or of itself in a list.

    `value` is a `dict[str, Entry]`, a `list[Entry]` or a scalar; dates stay text.
    """

    value: Any
    line: int

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


def parse_yaml(text: str) -> Entry:
    """Return the tree of a YAML 1.2 document (an empty one is a null); raises `YamlFault`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return Entry(None, 1) if node is None else _entry(node, 1)
    except YAMLError as fault:
        raise _describe(fault, text) from None
    except RecursionError:
        raise YamlFault("it nests too deeply", 1) from None


def _describe(fault: Any, text: str) -> YamlFault:
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        position = getattr(fault, "position", 0)
        return YamlFault(getattr(fault, "reason", str(fault)), text.count("\n", 0, position) + 1)
    return YamlFault(str(fault.problem), mark.line + 1)


def _entry(node: Any, line: int) -> Entry:
    return Entry(KINDS[type(node).__name__](node), line)


def _mapping(node: Any) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key.value, str):
            raise YamlFault("a key must be text", line)
        if key.value in entries:
            raise YamlFault(f"key `{key.value}` is given twice", line)
        entries[key.value] = _entry(value, line)
    return entries


def _sequence(node: Any) -> list[Entry]:
    return [_entry(item, item.start_mark.line + 1) for item in node.value]


def _scalar(node: Any) -> Any:
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


KINDS: Mapping[str, Callable[[Any], Any]] = {
    "MappingNode": _mapping,
    "SequenceNode": _sequence,
    "ScalarNode": _scalar,
}
