"""What running an instance gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The kind of an output that stands for what a cell would show, had it been run.
NOT_RUN = "not-run"


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell: its MIME bundle (text as is, binary in base64, JSON as data).

    `kind` is `display`, `stdout`, `stderr` or `not-run`.
    """

    kind: str
    bundle: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run really read, observed while it ran.

    `files` maps paths within the study (others in full) to the digest that was read, `None` for a file looked for
    and not found; `messages` maps msgids to the text the run was given; `language` is set if the run asked for it.
    `folders` maps listed folders to the digest of their names, `programs` what was started to the digest of its
    file; `connections` are the hosts that it spoke to.
    """

    files: Mapping[str, str | None]
    messages: Mapping[str, str]
    language: str | None
    folders: Mapping[str, str | None] = field(default_factory=dict)
    programs: Mapping[str, str | None] = field(default_factory=dict)
    connections: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one instance made: outputs by cell index (from 0), typed values by expression number, its trace."""

    outputs: Mapping[int, tuple[Output, ...]]
    values: Mapping[int, Mapping[str, Any]]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Execution:
    """The results of all instances of a build, by instance name and language."""

    results: Mapping[tuple[str, str], Result]
