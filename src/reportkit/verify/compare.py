"""Comparing two records of an edition, artifact by artifact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from reportkit.model.record import Artifact, Record

EDITED_LOCK = "the lock was edited by hand: its digest is that of what was built"


class Verdict(StrEnum):
    """What a comparison found of an artifact."""

    IDENTICAL = "identical"
    CHANGED = "changed"
    MISSING = "missing"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Finding:
    """An artifact's verdict, what differs in it, where it is made, and why it may differ."""

    edition: str
    name: str
    verdict: Verdict
    difference: str
    place: str
    reason: str

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.edition}/{self.name}{': ' + self.difference if self.difference else ''}"]
        lines += [f"  --> {self.place}"] if self.place else []
        lines += [f"  because {self.reason}"] if self.reason else []
        return "\n".join(lines)


def compare_records(locked: Record, built: Record) -> tuple[Finding, ...]:
    """Return a finding for every artifact of either record, in the order of the book."""
    names = dict.fromkeys([*built.artifacts, *locked.artifacts])
    return tuple(_find(name, locked, built) for name in names)


def _find(name: str, locked: Record, built: Record) -> Finding:
    before, now = locked.artifacts.get(name), built.artifacts.get(name)
    shown = now or before
    place = shown.place if shown else ""
    if now is None:
        gone = _printed(before) if before else ""
        return Finding(built.language, name, Verdict.MISSING, gone, place, _changed_sources(locked, built))
    if before is None:
        return Finding(built.language, name, Verdict.NEW, _printed(now), place, _changed_sources(locked, built))
    if (before.digest, before.content) == (now.digest, now.content):
        return Finding(built.language, name, Verdict.IDENTICAL, "", place, "")
    reason = EDITED_LOCK if before.digest == now.digest else _reason(name, locked, built)
    return Finding(built.language, name, Verdict.CHANGED, difference(before, now), place, reason)


def _reason(name: str, locked: Record, built: Record) -> str:
    origin = built.origin(name)
    changed = _differing(origin.files if origin else (), locked, built)
    if changed:
        return f"{_listed(changed)} changed"
    return _changed_sources(locked, built) or (
        "nothing it was made from changed: its run does not give the same result twice "
        "(an unseeded random number, the clock, an unordered set)"
    )


def _changed_sources(locked: Record, built: Record) -> str:
    changed = _differing(dict.fromkeys([*locked.inputs, *built.inputs]), locked, built)
    return f"{_listed(changed)} changed" if changed else ""


def _differing(paths: Iterable[str], locked: Record, built: Record) -> list[str]:
    return [path for path in paths if locked.inputs.get(path) != built.inputs.get(path)]


def _listed(paths: Sequence[str]) -> str:
    shown = ", ".join(f"`{path}`" for path in paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and {len(paths) - 5} more files"


def difference(before: Artifact, now: Artifact) -> str:
    """Return what differs between two states of an artifact, as far as the record tells."""
    if now.kind == "table":
        return _cells(before.content, now.content)
    was, is_now = _quoted(before), _quoted(now)
    if now.kind == "figure":
        return "the picture differs" if was == is_now else f"its caption: {was} was locked, {is_now} was built"
    if was != is_now:
        return f"{was} was locked, {is_now} was built"
    return f"the text differs after {was}" if now.kind == "text" else f"{was} is printed as before, the value differs"


def _cells(before: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> str:
    found = [
        f"row {row}, column {column}: “{was.strip()}” was locked, “{is_now.strip()}” was built"
        for row, (old, new) in enumerate(zip_longest(before, now, fillvalue=()))
        for column, (was, is_now) in enumerate(zip_longest(old, new, fillvalue=""), start=1)
        if was != is_now
    ]
    more = f" (and {len(found) - 1} more cells)" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else "its head or caption differs"


def _printed(artifact: Artifact) -> str:
    return _quoted(artifact) if artifact.kind in {"claim", "value", "text"} else ""


def _quoted(artifact: Artifact) -> str:
    return f"“{str(artifact.content).strip()}”"
