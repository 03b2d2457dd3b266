"""What is extracted, from where, and how it is described."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.errors import ResolveError
from reportkit.model.catalog import catalog_name
from reportkit.model.markdown import READER_FORMAT as FORMAT
from reportkit.model.markdown import chapter_markdown
from reportkit.model.messages import find_units, write_msgids
from reportkit.model.study import Study
from reportkit.process import run_pandoc
from reportkit.study import load_study
from reportkit.translate import extract_messages

Write = Callable[..., Study]
ROOT = Path(__file__).parents[2]
TWO_CITIES = ROOT / "tests" / "studies" / "two-cities"
CITY_HEAD = "```{python}\n#| tags: [parameters]\ncity = 1\n```\n"


def places(study: Study, name: str) -> dict[str, str]:
    """Return the messages of a catalog with the places where they begin."""
    messages = extract_messages(study, run_pandoc)[name]
    return {message.msgid: "{}:{}".format(*message.reference) for message in messages}


def test_messages_are_taken_from_each_file_once_before_fan_out() -> None:
    messages = extract_messages(load_study(TWO_CITIES), run_pandoc)

    assert list(messages) == [
        "chapters/_parts/altdorf/change",
        "chapters/_parts/neustadt/change",
        "chapters/_parts/source",
        "chapters/city",
        "chapters/comparison",
        "chapters/references",
        "data/events",
        "index",
    ]
    msgids = [message.msgid for found in messages.values() for message in found]
    assert msgids.count("Stand ist jeweils der letzte Tag des Jahres.") == 1
    assert not any("include" in msgid for msgid in msgids)


def test_a_notebook_gives_prose_captions_alt_texts_and_labels_in_the_order_of_its_cells() -> None:
    assert places(load_study(TWO_CITIES), "chapters/city") == {
        "Im Jahr 2020 lebten {1} Menschen in {2}, nach {3} im Jahr 2010 {4}.": "chapters/city.ipynb#cell-3:3",
        "Wandel": "chapters/city.ipynb#cell-3:6",
        "Einwohnerzahl von {1}": "chapters/city.ipynb#cell-4:2",
        "Eine Linie: von {1} auf {2} Menschen.": "chapters/city.ipynb#cell-4:3",
        "Einwohner": "chapters/city.ipynb#cell-4:6",
        "Ereignisse": "chapters/city.ipynb#cell-5:1",
        "Was in der Stadt geschah, führt {1} auf.": "chapters/city.ipynb#cell-5:3",
        "Ereignisse in {1}": "chapters/city.ipynb#cell-6:2",
        "Jahr": "chapters/city.ipynb#cell-6:3",
        "Ereignis": "chapters/city.ipynb#cell-6:3",
    }


def test_data_columns_marked_for_translation_are_messages() -> None:
    assert places(load_study(TWO_CITIES), "data/events") == {
        "Das Hallenbad schließt": "data/events.csv:2",
        "Ein Leitbild wird beschlossen": "data/events.csv:3",
        "Die Brücke wird eröffnet": "data/events.csv:4",
    }


def test_what_describes_the_tables_is_messages(study_at: Callable[[str], Path]) -> None:
    root = study_at("two-cities")
    package = root / "data" / "datapackage.json"
    titled = package.read_text("utf-8").replace('"name": "events"', '"title": "Was \\"geschah\\"", "name": "events"')
    package.write_text(titled, encoding="utf-8")
    assert list(places(load_study(root), "data/datapackage").items()) == [('Was "geschah"', "data/datapackage.json:29")]


def test_a_unit_is_found_by_its_first_words_whatever_stands_between(write_study: Write) -> None:
    text = """\
# Titel

Ein *Wort* und noch eins.

Ein *Wort*[^a] und noch eins, aber anders.

[^a]: Die Note.

- [Ein Link](https://example.org) im Punkt
- `{python} city` steht am Anfang
- „Zitat“

| Kopf | Zahl |
|------|------|
| Ein  | Wort |
"""
    study = write_study({"city.qmd": "```{python}\n#| tags: [parameters]\ncity = 1\n```\n\n" + text})

    assert places(study, "city") == {
        "Titel": "city.qmd:6",
        "Ein *Wort* und noch eins.": "city.qmd:8",
        "Ein *Wort*{1} und noch eins, aber anders.": "city.qmd:10",
        "Die Note.": "city.qmd:12",
        "[Ein Link](https://example.org) im Punkt": "city.qmd:14",
        "{1} steht am Anfang": "city.qmd:15",
        "„Zitat“": "city.qmd:16",
        "Kopf": "city.qmd:18",
        "Zahl": "city.qmd:18",
        "Ein": "city.qmd:20",
        "Wort": "city.qmd:20",
    }


def test_labels_are_found_in_cells_expressions_and_own_modules(write_study: Write) -> None:
    cell = """\
```{python}
#| fig-cap: "Bild `{python} words('im Titel')`"
%matplotlib inline
from analysis.names import NAME
x = f"{_('in der Zelle')}"
```
"""
    module = (
        'from reportkit.chapter import noop as N_\n\nNAME = N_("im "\n          "Modul")\nGAP = missing(N_("keine"))\n'
    )
    study = write_study(
        {
            "index.md": "# Vorwort\n",
            "city.qmd": f'{CITY_HEAD}\n{cell}\nText `{{python}} words("im Text")` hier.\n',
            "analysis/names.py": module,
            "other/unused.py": '_("niemals")\n',
        }
    )

    assert places(study, "city") == {
        "Bild {1}": "city.qmd:7",
        "im Titel": "city.qmd:7",
        "in der Zelle": "city.qmd:10",
        "Text {1} hier.": "city.qmd:13",
        "im Text": "city.qmd:13",
    }
    assert places(study, "analysis/names") == {"im Modul": "analysis/names.py:3", "keine": "analysis/names.py:5"}
    assert "other/unused" not in extract_messages(study, run_pandoc)


def test_cells_that_are_not_shown_have_no_captions(write_study: Write) -> None:
    cell = "```{python}\n#| include: false\n#| fig-cap: Unsichtbar\n#| fig-alt: Auch\n1\n```\n"
    study = write_study({"city.qmd": f"{CITY_HEAD}\n{cell}\nSichtbar.\n"})

    assert list(places(study, "city")) == ["Sichtbar."]


def test_code_that_is_not_python_is_an_error_with_its_place(write_study: Write) -> None:
    study = write_study({"city.qmd": f"{CITY_HEAD}\n```{{python}}\nx = (\n```\n\nText.\n"})

    with pytest.raises(ResolveError) as caught:
        extract_messages(study, run_pandoc)
    assert [(one.code, str(one.location)) for one in caught.value.diagnostics] == [("RK605", "city.qmd:7")]


@pytest.mark.parametrize("root", [ROOT, TWO_CITIES], ids=["flagship", "two-cities"])
def test_every_message_that_a_page_asks_for_is_in_the_catalogs_of_its_files(root: Path) -> None:
    study = load_study(root)
    extracted = extract_messages(study, run_pandoc)
    for instance in study.instances:
        reply = run_pandoc([{"op": "read", "text": chapter_markdown(instance.cells, study.options), "format": FORMAT}])
        units = [unit for unit in find_units(json.loads(reply[0])["blocks"]) if unit.is_message]
        known = {message.msgid for file in instance.files for message in extracted.get(catalog_name(file), ())}
        assert units
        assert set(write_msgids([units], run_pandoc)[0]) <= known, instance.name
