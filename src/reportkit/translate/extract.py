"""All messages of a study, by catalog."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from reportkit.errors import ResolveError, raise_errors
from reportkit.model.catalog import catalog_name
from reportkit.model.float_kinds import float_kinds, kind_terms
from reportkit.model.study import Line, Study
from reportkit.process import Pandoc
from reportkit.translate.labels import Faults, cell_messages, data_messages, module_messages
from reportkit.translate.message import Message
from reportkit.translate.prose import prose_messages

# The catalog of what `_quarto.yml` says.
CONFIGURATION = "_quarto"
Messages = dict[str, list[Message]]


def extract_messages(study: Study, pandoc: Pandoc) -> Messages:
    """Return the messages of a study by catalog name, in the order of their places.

    There is a catalog for each source file (taken before fan-out: a partial once, a shared chapter once), each of
    the study's own modules, each table that has any, and `_quarto.yml`. The data package must have been checked.
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
    found[CONFIGURATION] = list(_configured(study))
    raise_errors(ResolveError, faults)
    return {name: sorted(found[name], key=attrgetter("place")) for name in sorted(found) if found[name]}


def _configured(study: Study) -> Iterator[Message]:
    """Yield the titles of parts, and the words for kinds of floats that the book has of its own."""
    words = kind_terms(float_kinds(study.options), str).values()
    parts = (instance.part for instance in study.instances if instance.part)
    for text in dict.fromkeys([*parts, *words]):
        lines = study.read(f"{CONFIGURATION}.yml").split("\n")
        number = next((number for number, line in enumerate(lines, 1) if text in line), 1)
        yield Message(text, Line(text, f"{CONFIGURATION}.yml", number))
