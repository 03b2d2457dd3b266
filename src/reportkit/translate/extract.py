"""All messages of a study, by catalog."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from reportkit.errors import ResolveError, raise_errors
from reportkit.model.catalog import catalog_name
from reportkit.model.study import Line, Study
from reportkit.process import Pandoc
from reportkit.translate.labels import Faults, cell_messages, data_messages, module_messages
from reportkit.translate.message import Message
from reportkit.translate.prose import prose_messages

# The catalog of what `_quarto.yml` says.
PARTS = "_quarto"
Messages = dict[str, list[Message]]


def extract_messages(study: Study, pandoc: Pandoc) -> Messages:
    """Return the messages of a study by catalog name, in the order of their places.

    There is a catalog for each source file (taken before fan-out: a partial once, a shared chapter once), each of
    the study's own modules, each table that has any, and the titles of parts. The data package must have been checked.
    Raises `ResolveError` if code is not Python (RK605).
    """
    faults: Faults = []
    found: Messages = {}
    for source, messages in zip(study.sources, prose_messages(study.sources, study.options, pandoc), strict=True):
        found.setdefault(catalog_name(source.path), []).extend([*messages, *cell_messages(source, faults)])
    for path, messages in module_messages(study, faults).items():
        found.setdefault(catalog_name(path), []).extend(messages)
    for table, messages in data_messages(study).items():
        found.setdefault(f"data/{table}", []).extend(messages)
    found[PARTS] = list(_part_titles(study))
    raise_errors(ResolveError, faults)
    return {name: sorted(found[name], key=attrgetter("place")) for name in sorted(found) if found[name]}


def _part_titles(study: Study) -> Iterator[Message]:
    for part in dict.fromkeys(instance.part for instance in study.instances if instance.part):
        lines = study.read(f"{PARTS}.yml").split("\n")
        number = next((number for number, line in enumerate(lines, 1) if part in line), 1)
        yield Message(part, Line(part, f"{PARTS}.yml", number))
