"""What the user asked for, checked against the study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reportkit.errors import Diagnostic, StudyError, did_you_mean, error, raise_errors
from reportkit.model.conditions import FORMATS, QUARTO_FORMATS
from reportkit.model.plan import EMBEDDED, QUARTO, Selection
from reportkit.model.study import Instance, Prose, Study
from reportkit.process import quarto_version

EDITIONS = "_build/editions"
QUARTO_HINT = "`--engine quarto` makes it, where Quarto is installed"
REFERENCE_LIST = "{#refs"


def select_outputs(
    study: Study,
    languages: Iterable[str],
    formats: Iterable[str],
    where: Mapping[str, str],
    engine: str = EMBEDDED,
) -> Selection:
    """Return the selection: all editions and formats where none is named.

    `where` makes a city edition: the instances whose parameters have these values, and the list of references.
    Quarto makes every format that it knows, those of `format:` where none is named.
    Raises `StudyError` for a language, format, parameter or value that the study does not have, `CompileError` (RK503)
    if Quarto is to compile and is not installed.
    """
    known = [edition.language for edition in study.editions]
    chosen_languages, chosen_formats = tuple(languages) or tuple(known), tuple(formats) or _formats(study, engine)
    faults = [
        *_unknown("edition", chosen_languages, known),
        *_unknown_formats(chosen_formats, study, engine),
        *_unknown_values(study, where),
    ]
    raise_errors(StudyError, faults)
    name = "-".join(f"{key}-{value}" for key, value in where.items())
    folder = f"{EDITIONS}/{name}" if where else EDITIONS
    pages = _pages(study, where) if where else None
    version = quarto_version() if engine == QUARTO else None
    return Selection(chosen_languages, chosen_formats, where, pages, folder, version)


def _formats(study: Study, engine: str) -> tuple[str, ...]:
    """Return the formats of a study; for Quarto all that `_quarto.yml` names, by Quarto's names."""
    if engine != QUARTO:
        return study.formats
    formats = study.metadata.get("format", "html")
    return (formats,) if isinstance(formats, str) else tuple(formats or ["html"])


def _unknown_formats(asked: Iterable[str], study: Study, engine: str) -> list[Diagnostic]:
    if engine == QUARTO:
        hint = f"Quarto has: {', '.join(sorted(QUARTO_FORMATS))}"
        return [
            fault
            for name in asked
            for fault in _unknown("format", [name], QUARTO_FORMATS, did_you_mean(name, QUARTO_FORMATS) or hint)
        ]
    hints = {name: QUARTO_HINT if name in QUARTO_FORMATS - {*FORMATS} else None for name in asked}
    return [fault for name, hint in hints.items() for fault in _unknown("format", [name], study.formats, hint)]


def _unknown(what: str, asked: Iterable[str], known: Iterable[str], hint: str | None = None) -> list[Diagnostic]:
    names = sorted(known)
    those = f"the study has: {', '.join(names)}"
    return [
        error("RK131", f"there is no {what} `{item}`", None, hint or did_you_mean(item, names) or those)
        for item in asked
        if item not in names
    ]


def _unknown_values(study: Study, where: Mapping[str, str]) -> list[Diagnostic]:
    values: dict[str, set[str]] = {}
    for instance in study.instances:
        for key, value in instance.parameters.items():
            values.setdefault(key, set()).add(str(value))
    unknown = _unknown("parameter", where, values)
    return unknown + [
        fault for key, value in where.items() if key in values for fault in _unknown(key, [value], values[key])
    ]


def _pages(study: Study, where: Mapping[str, str]) -> frozenset[str]:
    return frozenset(i.name for i in study.instances if _matches(i, where) or _lists_references(i))


def _matches(instance: Instance, where: Mapping[str, str]) -> bool:
    return all(str(instance.parameters.get(key)) == value for key, value in where.items())


def _lists_references(instance: Instance) -> bool:
    return any(isinstance(cell, Prose) and REFERENCE_LIST in cell.text for cell in instance.cells)
