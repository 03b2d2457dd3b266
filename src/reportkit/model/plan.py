"""What a build is going to do, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

EMBEDDED, QUARTO = "embedded", "quarto"


@dataclass(frozen=True, slots=True)
class Request:
    """What to build: languages and formats (all if empty), parameters that select pages, runs at once.

    `engine` is what compiles: reportkit itself, or `quarto`.
    `cold` runs every instance in a kernel started anew, not forked from a warm one; the results are the same.
    `scheduler` is the address of a Dask scheduler whose workers run the instances. Without `execute` nothing runs:
    results are the outputs that the notebooks hold.
    """

    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    jobs: int | None = None
    cold: bool = False
    scheduler: str | None = None
    execute: bool = True
    engine: str = EMBEDDED


@dataclass(frozen=True, slots=True)
class Run:
    """An instance to execute in a language, with the reason.

    `parts` are the digests of everything known before the run (code, expressions, parameters, packages,
    kernel); together they are the key that its trace is kept under.
    """

    instance: str
    language: str
    reason: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """An input of a result that differs from what the run was given.

    `text` says what happened; `before` and `now` are digests or texts, None where there is none.
    """

    text: str
    before: str | None = None
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user asked for: languages, formats and the pages of a city edition (None: the whole book).

    `folder` is where its editions go; `where` are the parameters that select the pages. `quarto` is the version of
    the Quarto that compiles, None if reportkit does.
    """

    languages: tuple[str, ...]
    formats: tuple[str, ...]
    where: Mapping[str, str]
    only: frozenset[str] | None
    folder: str
    quarto: str | None = None


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """An edition in a format: its folder in the study, its key, and why it is outdated (None: it is up to date)."""

    language: str
    format: str
    folder: str
    key: str
    reason: str | None

    @property
    def name(self) -> str:
        """The name that the store keeps it under."""
        return self.folder.replace("/", ".")


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs to do now, the results to reuse (store key by instance and language), how many wait.

    An instance waits in a language if it is not known yet whether it asks for the language at all. In a `stored`
    plan nothing runs and nothing of the store is reused: the notebooks hold the results.
    """

    runs: tuple[Run, ...]
    reused: Mapping[tuple[str, str], str]
    waiting: tuple[tuple[str, str], ...]
    stored: bool = False
