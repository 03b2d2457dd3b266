"""How complete the catalogs of an edition are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportkit.model.catalog import SUFFIX
from reportkit.model.study import EditionSpec, Study
from reportkit.process import Pandoc
from reportkit.translate.update import updated_catalogs

if TYPE_CHECKING:
    from babel.messages import Catalog as PoFile


@dataclass(frozen=True, slots=True)
class FileStatus:
    """The messages of one PO file: translated, guessed (fuzzy) and missing."""

    file: str
    translated: int
    fuzzy: int
    missing: int


def catalog_status(study: Study, edition: EditionSpec, pandoc: Pandoc) -> tuple[FileStatus, ...]:
    """Return how much of the study as it stands now is translated, by PO file.

    Raises `ResolveError` as `update_catalogs` does.
    """
    catalogs = updated_catalogs(study, edition, pandoc)
    return tuple(_status(f"{edition.catalog}/{name}{SUFFIX}", po_file) for name, po_file in catalogs.items())


def _status(file: str, po_file: PoFile) -> FileStatus:
    entries = [entry for entry in po_file if entry.id]
    fuzzy = sum(bool(entry.string) and entry.fuzzy for entry in entries)
    missing = sum(not entry.string for entry in entries)
    return FileStatus(file, len(entries) - fuzzy - missing, fuzzy, missing)
