"""What is wrong with the catalogs of an edition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from reportkit.errors import Diagnostic, Location, ResolveError, did_you_mean, error, warning
from reportkit.model.catalog import Translation, catalog_paths, read_translations
from reportkit.model.messages import TranslationFault, read_texts, restore
from reportkit.model.study import EditionSpec, Study
from reportkit.process import Pandoc
from reportkit.translate.extract import extract_messages
from reportkit.translate.message import Message

# What a label's code fills in: `{year}`, `{:.1f}`, `%s`, `%(year)s`.
FIELD = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[ds]")


def check_catalogs(study: Study, edition: EditionSpec, pandoc: Pandoc) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the PO files of an edition, each with its line.

    Errors: a file that is no PO file (RK601); a placeholder lost, doubled or unknown (RK602); a translation that is
    not the text of one paragraph (RK603). A warning: a file whose source the study has no more (RK604).
    Raises `ResolveError` if code is not Python (RK605).
    """
    messages = extract_messages(study, pandoc)
    faults: list[Diagnostic] = []
    pairs: list[tuple[Message, Translation]] = []
    for name, path in catalog_paths(study, edition).items():
        if name not in messages:
            faults.append(
                warning("RK604", f"the study has no file for `{path}`", Location(path), _moved(name, messages))
            )
        try:
            translations = read_translations(study, path)
        except ResolveError as fault:
            faults += fault.diagnostics
        else:
            pairs += _pairs(messages.get(name, ()), translations)
    return tuple(dict.fromkeys([*faults, *_faults(pairs, pandoc)]))


def _moved(name: str, messages: Mapping[str, object]) -> str | None:
    return did_you_mean(name, messages) or "delete it if its translations are no longer needed"


def _pairs(messages: Sequence[Message], translations: Mapping[str, Translation]) -> list[tuple[Message, Translation]]:
    return [(message, translations[message.msgid]) for message in messages if message.msgid in translations]


def _faults(pairs: Sequence[tuple[Message, Translation]], pandoc: Pandoc) -> Iterator[Diagnostic]:
    units = [(message.unit, translation) for message, translation in pairs if message.unit]
    [read] = read_texts([[translation.text for _, translation in units]], pandoc)
    for (unit, translation), blocks in zip(units, read, strict=True):
        try:
            restore(unit, blocks)
        except TranslationFault as fault:
            yield error(fault.code, str(fault), translation.location)
    for message, translation in pairs:
        if message.unit is None and _fields(message.msgid) != _fields(translation.text):
            named = ", ".join(f"`{field}`" for field in _fields(message.msgid)) or "none"
            hint = f"the message has {named}"
            yield error("RK602", "the translation has other placeholders than its message", translation.location, hint)


def _fields(text: str) -> list[str]:
    return sorted(FIELD.findall(text))
