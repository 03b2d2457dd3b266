"""Catalogs brought up to date with the text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from reportkit.model.catalog import SUFFIX, catalog_paths, read_po_file
from reportkit.model.study import EditionSpec, Study
from reportkit.process import Pandoc
from reportkit.translate.extract import extract_messages
from reportkit.translate.message import Message

if TYPE_CHECKING:
    from babel.messages import Catalog as PoFile

WIDTH = 100
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def update_catalogs(study: Study, edition: EditionSpec, pandoc: Pandoc) -> Mapping[str, str]:
    """Return the PO files of an edition by path, up to date with the study's text; nothing is written.

    Translations stay with their messages; a message that is new takes over the translation of the most similar one
    as a guess (fuzzy); what the text has no more is kept at the end (obsolete) until it comes back, in this file or
    another. The same study and catalogs give the same bytes, without dates. Raises `ResolveError` if a PO file is
    broken (RK601) or code is not Python (RK605).
    """
    return {
        f"{edition.catalog}/{name}{SUFFIX}": po_text(po_file, edition.language)
        for name, po_file in updated_catalogs(study, edition, pandoc).items()
    }


def updated_catalogs(study: Study, edition: EditionSpec, pandoc: Pandoc) -> dict[str, PoFile]:
    """Return the PO files of an edition by catalog name, merged with the messages of the study."""
    paths = catalog_paths(study, edition)
    messages = extract_messages(study, pandoc)
    updated = {name: _updated(study, paths.get(name), template(found)) for name, found in messages.items()}
    gone = [read_po_file(study, path) for name, path in paths.items() if name not in messages]
    _move(updated.values(), gone)
    return updated


def _move(po_files: Collection[PoFile], gone: Iterable[PoFile]) -> None:
    """Give messages without a translation the one that they had in another file, which is there no more."""
    homeless = {entry.id: entry for po_file in gone for entry in po_file if entry.string and not entry.fuzzy}
    homeless |= {id: entry for po_file in po_files for id, entry in po_file.obsolete.items()}
    moved = set()
    for entry in (entry for po_file in po_files for entry in po_file if entry.fuzzy or not entry.string):
        if entry.id in homeless:
            entry.string = homeless[entry.id].string
            entry.flags.discard("fuzzy")
            moved.add(entry.id)
    for po_file in po_files:
        po_file.obsolete = {id: entry for id, entry in po_file.obsolete.items() if id not in moved}


def template(messages: Iterable[Message]) -> PoFile:
    """Return messages as a catalog without translations."""
    from babel.messages import Catalog as PoFile

    made = PoFile()
    for message in messages:
        entry = made.add(message.msgid, locations=[message.reference], auto_comments=message.comments)
        if message.unit is not None:
            # Babel takes `17 % der` for a format; placeholders are one that translators' tools can check.
            entry.flags.discard("python-format")
    return made


def _updated(study: Study, path: str | None, new: PoFile) -> PoFile:
    from babel.messages import Catalog as PoFile

    old = PoFile() if path is None else _old(study, path)
    old.update(new)
    kept = {key: entry for key, entry in old.obsolete.items() if entry.string and not entry.fuzzy}
    old.obsolete = kept
    return old


def _old(study: Study, path: str) -> PoFile:
    """Return a PO file whose obsolete messages count again: text that comes back finds its translation."""
    old = read_po_file(study, path)
    for entry in old.obsolete.values():
        if entry.id not in old:
            old[entry.id] = entry
    old.obsolete = {}
    return old


def po_text(po_file: PoFile, language: str) -> str:
    """Return the text of a PO file."""
    from babel.messages.pofile import write_po

    written = BytesIO()
    write_po(written, po_file, width=WIDTH, omit_header=True)
    return HEADER.format(language=language) + written.getvalue().decode().rstrip("\n") + "\n"
