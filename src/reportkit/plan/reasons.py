"""Why a kept result no longer serves: one small predicate per reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Kept = Mapping[str, Any]

PART_NAMES = {
    "code": "its code changed",
    "expressions": "its inline expressions changed",
    "parameters": "its parameters changed",
    "settings": "the study's date or folder setting changed",
    "packages": "installed packages changed",
    "reportkit": "reportkit changed",
}


@dataclass(frozen=True, slots=True)
class Now:
    """The present state of what traces name: a file's digest by path, a label by language and msgid."""

    digest: Callable[[str], str | None]
    label: Callable[[str, str], str]


def outdated_reason(kept: Kept | None, parts: Mapping[str, str], language: str, now: Now) -> str | None:
    """Return why a kept result does not serve a language now, or None if it does."""
    if kept is None:
        return "never run"
    trace = kept["result"]["trace"]
    return (
        changed_part(kept["parts"], parts)
        or changed_file(trace["files"], now)
        or other_language(trace["language"], language)
        or changed_label(trace["messages"], language, now)
    )


def changed_part(before: Mapping[str, str], parts: Mapping[str, str]) -> str | None:
    """Return which part of the key is another one."""
    changed = [name for name in PART_NAMES if before.get(name) != parts[name]]
    return PART_NAMES[changed[0]] if changed else None


def changed_file(files: Mapping[str, str | None], now: Now) -> str | None:
    """Return which file that was read, or looked for in vain, reads otherwise now."""
    for path, before in files.items():
        digest = now.digest(path)
        if digest != before:
            state = "appeared" if before is None else "is gone" if digest is None else "changed"
            return f"`{path}` {state}"
    return None


def other_language(asked: str | None, language: str) -> str | None:
    """Return a reason if the run asked for the language and was given another one."""
    return f"never run in `{language}`" if asked not in {None, language} else None


def changed_label(messages: Mapping[str, str], language: str, now: Now) -> str | None:
    """Return which label that was looked up reads otherwise now."""
    changed = [msgid for msgid, text in messages.items() if now.label(language, msgid) != text]
    return f"the label “{changed[0]}” changed" if changed else None
