"""What a build made, artifact by artifact: the record of an edition and, committed, `editions.lock`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something a reader sees, and what it was made from.

    `kind` is `figure`, `table`, `value`, `claim` or `text`. `content` is what it says, as far as that is short: a
    table's cells, a value as printed, the beginning of a paragraph. `place` is the cell or line that makes it.
    """

    kind: str
    digest: str
    content: Any
    place: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What the artifacts of an instance were made from: its parameters, and the files that it is written in or read."""

    parameters: Mapping[str, Any]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An edition as a build made it.

    `inputs` are all files with their digests, `instances` the origins by instance, and `artifacts` what was made,
    by an id that begins with its instance: `city-hagen/fig-timeline-hagen`.
    """

    language: str
    source_digest: str
    inputs: Mapping[str, str | None]
    instances: Mapping[str, Origin]
    artifacts: Mapping[str, Artifact]

    def origin(self, name: str) -> Origin | None:
        """Return what an artifact was made from, or None if the record does not have its instance."""
        return self.instances.get(name.partition("/")[0])

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """Return the record that `to_json` gave."""
        artifacts = {name: Artifact(**artifact) for name, artifact in data["artifacts"].items()}
        origins = {name: Origin(each["parameters"], tuple(each["files"])) for name, each in data["instances"].items()}
        return cls(data["language"], data["source_digest"], data["inputs"], origins, artifacts)
