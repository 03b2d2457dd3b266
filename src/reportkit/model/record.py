"""What a build made, artifact by artifact: the record of an edition and, committed, `editions.lock`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something a reader sees, and what it was made from.

    `kind` is `figure`, `table`, `value` or `text`. `content` is what it says, as far as that is short: a table's
    cells, a value as printed, the beginning of a paragraph. `place` is the cell or line that makes it;
    `inputs` are the files of the study which its run read.
    """

    kind: str
    digest: str
    content: Any
    place: str
    parameters: Mapping[str, Any]
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An edition as a build made it: its artifacts by id (`city-hagen/fig-timeline-hagen`) and all files read."""

    language: str
    source_digest: str
    inputs: Mapping[str, str | None]
    artifacts: Mapping[str, Artifact]

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """Return the record that `to_json` gave."""
        artifacts = {
            name: Artifact(**{**artifact, "inputs": tuple(artifact["inputs"])})
            for name, artifact in data["artifacts"].items()
        }
        return cls(data["language"], data["source_digest"], data["inputs"], artifacts)
