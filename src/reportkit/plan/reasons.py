"""Why a kept result no longer serves: one small predicate per kind of input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reportkit.model.plan import Change

Kept = Mapping[str, Any]
Digests = Mapping[str, str | None]
Find = Callable[[str], str | None]

PART_NAMES = {
    "code": "its code changed",
    "expressions": "its inline expressions changed",
    "parameters": "its parameters changed",
    "settings": "the study's date, folder setting or allowances changed",
    "packages": "installed packages changed",
    "environment": "the environment of kernels changed",
    "reportkit": "reportkit changed",
}


@dataclass(frozen=True, slots=True)
class Now:
    """The present state of what traces name: digests by path or program, a label by language and msgid."""

    file: Find
    folder: Find
    program: Find
    label: Callable[[str, str], str]


def outdated_reason(kept: Kept | None, parts: Mapping[str, str], language: str, now: Now) -> str | None:
    """Return why a kept result does not serve a language now, or None if it does."""
    change = next(changes(kept, parts, language, now), None)
    return None if change is None else change.text


def changes(kept: Kept | None, parts: Mapping[str, str], language: str, now: Now) -> Iterator[Change]:
    """Yield everything that makes a kept result outdated for a language, the first of it being the reason told."""
    if kept is None:
        yield Change("never run")
        return
    trace = kept["trace"]
    yield from changed_parts(kept["parts"], parts)
    yield from changed_inputs(trace["files"], now.file, "`{}`")
    yield from changed_inputs(trace["folders"], now.folder, "what the folder `{}` holds")
    yield from changed_inputs(trace["programs"], now.program, "the program `{}`")
    yield from spoken_to(trace["connections"])
    yield from other_language(trace["language"], language)
    yield from changed_labels(trace["messages"], language, now)


def changed_parts(before: Mapping[str, str], parts: Mapping[str, str]) -> Iterator[Change]:
    """Yield which parts of the key are others."""
    for name, text in PART_NAMES.items():
        if before.get(name) != parts[name]:
            yield Change(text, before.get(name), parts[name])


def changed_inputs(inputs: Digests, find: Find, what: str) -> Iterator[Change]:
    """Yield what was read, listed or started, or looked for in vain, and is another now; `what` names it."""
    for name, before in inputs.items():
        now = find(name)
        if now != before:
            state = "appeared" if before is None else "is gone" if now is None else "changed"
            yield Change(f"{what.format(name)} {state}", before, now)


def spoken_to(connections: Iterable[str]) -> Iterator[Change]:
    """Yield the hosts that the run spoke to: nobody can tell whether they would answer the same."""
    for host in connections:
        yield Change(f"it reads from `{host}`, which may answer otherwise each time")


def other_language(asked: str | None, language: str) -> Iterator[Change]:
    """Yield a change if the run asked for the language and was given another one."""
    if asked not in {None, language}:
        yield Change(f"never run in `{language}`", asked, language)


def changed_labels(messages: Mapping[str, str], language: str, now: Now) -> Iterator[Change]:
    """Yield which labels that were looked up read otherwise now."""
    for msgid, before in messages.items():
        text = now.label(language, msgid)
        if text != before:
            yield Change(f"the label “{msgid}” changed", before, text)
