"""The catalogs of an edition: gettext PO files, one for each source file, module and table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reportkit.errors import Location, ResolveError, StudyError, error
from reportkit.model.study import EditionSpec, Study

if TYPE_CHECKING:
    from babel.messages import Catalog as PoFile

SUFFIX = ".po"
# What a guess was made from, as some tools note; Babel does not know such lines.
PREVIOUS = re.compile(r"^#~?\|.*$", re.MULTILINE)
# A line of a PO file: empty, a comment, a string with or without its keyword.
LINE = re.compile(r'(#(?!~).*|(#~\s*)?((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?)\s+)?"([^"\\]|\\.)*"|#~)?')


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated message: its text and where it stands in a PO file of the study."""

    text: str
    file: str
    line: int

    @property
    def location(self) -> Location:
        """The place of the message."""
        return Location(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The translations of an edition by catalog name and msgid, catalogs of code and data before those of prose.

    Fuzzy entries are guesses that nobody confirmed; they are not in it.
    """

    files: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)

    @property
    def labels(self) -> Mapping[str, str]:
        """All translations by msgid, for labels of code and data; of several the one of the first catalog."""
        return {msgid: found.text for file in reversed([*self.files.values()]) for msgid, found in file.items()}

    def find(self, msgid: str, sources: Iterable[str]) -> Translation | None:
        """Return the translation of a message of these source files, that of the first which has one."""
        files = (self.files.get(catalog_name(source), {}) for source in sources)
        return next((file[msgid] for file in files if msgid in file), None)


def catalog_name(source: str) -> str:
    """Return the name of the catalog of a source file: its path without the suffix."""
    return PurePosixPath(source).with_suffix("").as_posix()


def catalog_paths(study: Study, edition: EditionSpec) -> dict[str, str]:
    """Return the PO files that an edition has in the study, by catalog name."""
    paths = sorted(path for path in study.inputs if path.startswith(f"{edition.catalog}/") and path.endswith(SUFFIX))
    return {catalog_name(path.removeprefix(f"{edition.catalog}/")): path for path in paths}


def load_catalog(study: Study, edition: EditionSpec) -> Catalog:
    """Return the catalogs of an edition; the source language has none.

    Raises `ResolveError` if a file is no PO file.
    """
    paths = catalog_paths(study, edition)
    prose = {catalog_name(source.path) for source in study.sources}
    names = sorted(paths, key=lambda name: (name in prose, name))
    return Catalog({name: read_translations(study, paths[name]) for name in names})


def read_translations(study: Study, path: str) -> Mapping[str, Translation]:
    """Return the translations of a PO file by msgid; raises `ResolveError` (RK601) if it is none."""
    return {
        str(message.id): Translation(str(message.string), path, message.lineno or 1)
        for message in read_po_file(study, path)
        if message.id and message.string and not message.fuzzy
    }


def read_po_file(study: Study, path: str) -> PoFile:
    """Return a PO file of the study; raises `ResolveError` (RK601) if it is none."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        text = PREVIOUS.sub("", study.read(path))
        _check_lines(text, path)
        return read_po(StringIO(text), abort_invalid=True)
    except StudyError as fault:
        raise _no_po_file(path, 1, "it is not UTF-8 text") from fault
    except PoFileError as fault:
        raise _no_po_file(path, fault.lineno + 1, str(fault).lower()) from fault
    except ValueError as fault:  # a date, language or plural form in its header
        raise _no_po_file(path, 1, f"its header is malformed ({fault})") from fault


def _check_lines(text: str, path: str) -> None:
    """Find what Babel reads somehow, such as a string without its closing quotation mark."""
    for number, line in enumerate(text.splitlines(), 1):
        if not LINE.fullmatch(line.strip()):
            raise _no_po_file(path, number, f"cannot read `{line.strip()}`")


def _no_po_file(path: str, line: int, reason: str) -> ResolveError:
    return ResolveError([error("RK601", f"`{path}` is no PO file: {reason}", Location(path, line))])
