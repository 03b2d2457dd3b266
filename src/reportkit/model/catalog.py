"""The catalogs of an edition: gettext files, one for each source file, module and table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath

from reportkit.model.study import EditionSpec, Study

SUFFIX = ".po"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The translations of an edition, by file (path of the catalog without its suffix) and msgid.

    Fuzzy entries are guesses that nobody confirmed; they are not in it.
    """

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def labels(self) -> Mapping[str, str]:
        """All translations by msgid, for labels in code and words in data, which know no file."""
        return {msgid: text for texts in self.texts.values() for msgid, text in texts.items()}

    def text(self, msgid: str, files: Iterable[str]) -> str | None:
        """Return the translation of a message of one of these source files, the first that has one."""
        names = (catalog_name(path) for path in files)
        return next((self.texts[name][msgid] for name in names if msgid in self.texts.get(name, {})), None)


def catalog_name(path: str) -> str:
    """Return the name of a source file's catalog: its path without the suffix."""
    return PurePosixPath(path).with_suffix("").as_posix()


def load_catalog(study: Study, edition: EditionSpec) -> Catalog:
    """Return the catalog of an edition; the source language has an empty one."""
    if edition.catalog is None:
        return Catalog()
    root = f"{edition.catalog}/"
    files = sorted(path for path in study.inputs if path.startswith(root) and path.endswith(SUFFIX))
    return Catalog({catalog_name(path.removeprefix(root)): _read(study, path) for path in files})


def _read(study: Study, path: str) -> Mapping[str, str]:
    from babel.messages.pofile import read_po

    entries = read_po(BytesIO((study.root / path).read_bytes()))
    return {str(e.id): str(e.string) for e in entries if e.id and e.string and not e.fuzzy}
