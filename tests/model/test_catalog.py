"""Catalogs of an edition as the stages read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reportkit.model.catalog import Catalog, load_catalog
from reportkit.study import load_study

PO = "translations/en/"


def load(root: Path, files: dict[str, str]) -> Catalog:
    for name, text in files.items():
        place = root / PO / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    study = load_study(root)
    return load_catalog(study, study.editions[1])


def entry(msgid: str, msgstr: str) -> str:
    return f'msgid "{msgid}"\nmsgstr "{msgstr}"\n\n'


def test_a_message_is_looked_up_in_the_files_of_its_chapter_in_order(study_at: Callable[[str], Path]) -> None:
    files = {
        "chapters/city.po": entry("Eins", "One"),
        "chapters/_parts/source.po": entry("Eins", "Other") + entry("Zwei", "Two"),
        "index.po": entry("Drei", "Three"),
    }
    catalog = load(study_at("two-cities"), files)
    sources = ["chapters/city.ipynb", "chapters/_parts/source.md"]

    found = [catalog.find(msgid, sources) for msgid in ("Eins", "Zwei", "Drei")]
    assert [one.text if one else None for one in found] == ["One", "Two", None]
    assert found[1] is not None
    assert str(found[1].location) == f"{PO}chapters/_parts/source.po:4"


def test_labels_of_code_and_data_come_before_prose(study_at: Callable[[str], Path]) -> None:
    files = {
        "chapters/city.po": entry("Stand", "A heading") + entry("Jahr", "Year"),
        "data/events.po": entry("Stand", "level"),
        "analysis/people.po": '#, fuzzy\nmsgid "Jahr"\nmsgstr "yearly"\n\nmsgid "Ort"\nmsgstr ""\n',
    }
    assert load(study_at("two-cities"), files).labels == {"Stand": "level", "Jahr": "Year"}


def test_the_source_language_has_no_catalog(study_at: Callable[[str], Path]) -> None:
    study = load_study(study_at("two-cities"))
    assert load_catalog(study, study.editions[0]) == Catalog()
