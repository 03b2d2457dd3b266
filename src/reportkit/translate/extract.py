"""All messages of a study, by catalog."""

from __future__ import annotations

from operator import attrgetter

from reportkit.errors import ResolveError, raise_errors
from reportkit.model.catalog import catalog_name
from reportkit.model.study import Study
from reportkit.process import Pandoc
from reportkit.translate.labels import Faults, cell_messages, data_messages, module_messages
from reportkit.translate.message import Message
from reportkit.translate.prose import prose_messages

Messages = dict[str, list[Message]]


def extract_messages(study: Study, pandoc: Pandoc) -> Messages:
    """Return the messages of a study by catalog name, in the order of their places.

    There is a catalog for each source file (taken before fan-out: a partial once, a shared chapter once), each of
    the study's own modules and each table that has any. The data package must have been checked.
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
    raise_errors(ResolveError, faults)
    return {name: sorted(found[name], key=attrgetter("place")) for name in sorted(found) if found[name]}
