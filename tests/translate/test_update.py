"""Catalogs over the life of a text: written, translated, changed, gone, back again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportkit.errors import ResolveError
from reportkit.model.catalog import load_catalog
from reportkit.model.study import Study
from reportkit.process import run_pandoc
from reportkit.study import load_study
from reportkit.translate import FileStatus, catalog_status, update_catalogs

Write = Callable[..., Study]
INDEX = "translations/en/index.po"
HEADER = r"""msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def updated(study: Study) -> dict[str, str]:
    return dict(update_catalogs(study, study.editions[1], run_pandoc))


def written(study: Study) -> Study:
    """Write the catalogs of a study and load it again."""
    for path, text in updated(study).items():
        place = study.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return load_study(study.root)


def filled(study: Study, translations: dict[str, str], path: str = INDEX) -> Study:
    """Write the catalogs and some translations of one, and load the study again."""
    place = written(study).root / path
    text = place.read_text(encoding="utf-8")
    for msgid, msgstr in translations.items():
        assert f'msgid "{msgid}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"')
    place.write_text(text, encoding="utf-8")
    return load_study(study.root)


def test_a_file_has_a_catalog_with_places_and_what_placeholders_stand_for(write_study: Write) -> None:
    study = write_study({"index.md": "# Vorwort\n\nVon `{python} 1 + 1` bis [Ende](#e) 2014–2018, 5 % der „Zahl“.\n"})

    assert updated(study)[INDEX] == HEADER + (
        "#: index.md:1\n"
        'msgid "Vorwort"\n'
        'msgstr ""\n'
        "\n"
        "#. {1} = 1 + 1\n"
        "#: index.md:3\n"
        "#, python-brace-format\n"
        'msgid "Von {1} bis [Ende](#e) 2014–2018, 5 % der „Zahl“."\n'
        'msgstr ""\n'
    )


def test_the_same_text_gives_the_same_bytes(write_study: Write) -> None:
    study = filled(write_study(), {"Guten Tag.": "Hello."})

    first = updated(study)
    assert first == updated(written(study))
    assert first[INDEX] == (study.root / INDEX).read_text(encoding="utf-8")


def test_a_changed_text_takes_over_its_translation_as_a_guess(write_study: Write) -> None:
    study = filled(write_study(), {"Guten Tag.": "Hello."})
    assert load_catalog(study, study.editions[1]).labels == {"Guten Tag.": "Hello."}

    changed = write_study({"index.md": "# Vorwort {.unnumbered}\n\nGuten Tag!\n"})
    assert '#, fuzzy\nmsgid "Guten Tag!"\nmsgstr "Hello."\n' in updated(changed)[INDEX]
    guessed = written(changed)
    assert load_catalog(guessed, guessed.editions[1]).find("Guten Tag!", ["index.md"]) is None
    assert updated(guessed) == updated(written(guessed))


def test_a_text_that_comes_back_finds_its_translation(write_study: Write) -> None:
    filled(write_study(), {"Guten Tag.": "Hello."})
    gone = written(write_study({"index.md": "# Vorwort {.unnumbered}\n"}))
    assert '#~ msgid "Guten Tag."\n#~ msgstr "Hello."\n' in updated(gone)[INDEX]

    back = write_study({"index.md": "# Vorwort {.unnumbered}\n\nGuten Tag.\n"})
    assert '\nmsgid "Guten Tag."\nmsgstr "Hello."\n' in updated(back)[INDEX]
    assert "#~" not in updated(back)[INDEX]


def test_what_was_never_translated_leaves_no_trace(write_study: Write) -> None:
    written(write_study())
    gone = write_study({"index.md": "# Vorwort {.unnumbered}\n"})
    assert "Guten Tag" not in updated(gone)[INDEX]


def test_remarks_of_translators_are_kept_and_notes_of_tools_are_not(write_study: Write) -> None:
    study = written(write_study())
    place = study.root / INDEX
    text = place.read_text(encoding="utf-8")
    remarks = '# better: Good day\n#| msgid "Guten Abend."\nmsgid "Guten Tag."'
    obsolete = '\n#~| msgid "Hier"\n#~ msgid "Da"\n#~ msgstr "There"\n'
    place.write_text(text.replace('msgid "Guten Tag."', remarks) + obsolete, encoding="utf-8")

    text = updated(load_study(study.root))[INDEX]
    assert "# better: Good day\n" in text
    assert '#~ msgid "Da"\n' in text
    assert "Guten Abend" not in text and "Hier" not in text


def test_lines_are_at_most_a_hundred_characters_wide(write_study: Write) -> None:
    study = write_study({"index.md": "# Vorwort\n\n" + "ein Wort und " * 40 + "`{python} len('" + "x " * 80 + "')`\n"})
    assert max(map(len, updated(study)[INDEX].splitlines())) <= 103  # the mark of a comment is not counted


def test_the_status_counts_messages_by_file(write_study: Write) -> None:
    study = filled(write_study(), {"Guten Tag.": "Hello.", "Vorwort": "Preface"})
    changed = write_study({"index.md": "# Vorwort {.unnumbered}\n\nGuten Tag!\n\nNeu.\n"})

    assert catalog_status(changed, study.editions[1], run_pandoc) == (
        FileStatus("translations/en/city.po", 0, 0, 1),
        FileStatus(INDEX, 1, 1, 1),
        FileStatus("translations/en/parts/altdorf.po", 0, 0, 1),
        FileStatus("translations/en/parts/neustadt.po", 0, 0, 1),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('msgid "a"\n\nmsgid "b"\nmsgstr "c"\n', 1),
        ('msgid "a"\nmsgstr "b"\nsurprise\n', 3),
        ('"text"\n', 1),
        ('msgid "a"\nmsgstr[x] "b"\n', 2),
        ('msgid ""\nmsgstr "POT-Creation-Date: gestern\\n"\n', 1),
        ('msgid ""\nmsgstr "Plural-Forms: nplurals=viele; plural=n\\n"\n', 1),
        ('msgid ""\nmsgstr "Language: ???\\n"\n', 1),
        ('msgid "a"\nmsgstr\n', 2),
        ('msgid "a"\nmsgstr "b\n', 2),
        ('msgid "a"\nmsgstr "b\\"\n', 2),
        ('msgid "a"\nmsgstr "b"c"\n', 2),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[7] "d"\n', 1),
    ],
)
def test_a_broken_catalog_is_an_error_with_its_line(write_study: Write, text: str, line: int) -> None:
    study = write_study({INDEX: text})

    with pytest.raises(ResolveError) as caught:
        updated(study)
    [fault] = caught.value.diagnostics
    assert fault.code == "RK601"
    assert str(fault.location) == f"{INDEX}:{line}"


def test_a_text_that_moved_to_another_file_keeps_its_translation(write_study: Write) -> None:
    filled(write_study(), {"Guten Tag.": "Hello."})
    moved = written(write_study({"index.md": "# Vorwort {.unnumbered}\n", "parts/neustadt.md": "Guten Tag.\n"}))
    assert 'msgid "Guten Tag."\nmsgstr "Hello."\n' in updated(moved)["translations/en/parts/neustadt.po"]
    assert "Guten Tag" not in updated(moved)[INDEX]


def test_a_text_of_a_renamed_file_keeps_its_translation(write_study: Write) -> None:
    study = filled(write_study(), {"Guten Tag.": "Hello."})
    (study.root / "translations/en/index.po").rename(study.root / "translations/en/former.po")
    assert 'msgid "Guten Tag."\nmsgstr "Hello."\n' in updated(load_study(study.root))[INDEX]


def test_a_text_that_is_in_two_files_is_translated_in_each(write_study: Write) -> None:
    filled(write_study(), {"Guten Tag.": "Hello."})
    both = updated(write_study({"parts/neustadt.md": "Guten Tag.\n"}))
    assert 'msgid "Guten Tag."\nmsgstr ""\n' in both["translations/en/parts/neustadt.po"]
    assert 'msgid "Guten Tag."\nmsgstr "Hello."\n' in both[INDEX]
