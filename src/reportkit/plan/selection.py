"""What the user asked for, checked against the study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reportkit.errors import Diagnostic, StudyError, did_you_mean, error, raise_errors
from reportkit.model.plan import Selection
from reportkit.model.study import Instance, Prose, Study

EDITIONS = "_build/editions"
REFERENCE_LIST = "{#refs"


def select_outputs(
    study: Study, languages: Iterable[str], formats: Iterable[str], where: Mapping[str, str]
) -> Selection:
    """Return the selection: all editions and formats where none is named.

    `where` makes a city edition: the instances whose parameters have these values, and the list of references.
    Raises `StudyError` for a language, format, parameter or value that the study does not have.
    """
    known = [edition.language for edition in study.editions]
    chosen_languages, chosen_formats = tuple(languages) or tuple(known), tuple(formats) or study.formats
    faults = [
        *_unknown("edition", chosen_languages, known),
        *_unknown("format", chosen_formats, study.formats),
        *_unknown_values(study, where),
    ]
    raise_errors(StudyError, faults)
    name = "-".join(f"{key}-{value}" for key, value in where.items())
    folder = f"{EDITIONS}/{name}" if where else EDITIONS
    return Selection(chosen_languages, chosen_formats, where, _pages(study, where) if where else None, folder)


def _unknown(what: str, asked: Iterable[str], known: Iterable[str]) -> list[Diagnostic]:
    names = sorted(known)
    hint = f"the study has: {', '.join(names)}"
    return [
        error("RK131", f"there is no {what} `{item}`", None, did_you_mean(item, names) or hint)
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
