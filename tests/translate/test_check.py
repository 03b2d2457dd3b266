"""What is wrong with catalogs, each with the line of its PO file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reportkit.model.study import Study
from reportkit.process import run_pandoc
from reportkit.study import load_study
from reportkit.translate import check_catalogs

Write = Callable[..., Study]
INDEX = "translations/en/index.po"


def faults(study: Study) -> list[tuple[str, str, str]]:
    found = check_catalogs(study, study.editions[1], run_pandoc)
    return [(fault.code, str(fault.location), fault.message) for fault in found]


def entry(msgid: str, msgstr: str) -> str:
    return f'# 1\nmsgid "{msgid}"\nmsgstr "{msgstr}"\n'


@pytest.mark.parametrize(
    ("msgstr", "code", "reason"),
    [
        ("From to {2}.", "RK602", "in the translation `{1}` is lost"),
        ("From {1} to {2} {2} {9}.", "RK602", "in the translation `{2}` stands 2 times, `{9}` stands for nothing"),
        ("# From {1} to {2}", "RK603", "the translation reads as `Header`, not as text"),
    ],
)
def test_a_translation_that_does_not_fit(write_study: Write, msgstr: str, code: str, reason: str) -> None:
    po = entry("Von {1} bis {2}.", msgstr)
    study = write_study({"index.md": "# Vorwort\n\nVon `{python} 1` bis `{python} 2`.\n", INDEX: po})

    assert faults(study) == [(code, f"{INDEX}:2", reason)]


def test_a_label_keeps_the_fields_that_its_code_fills_in(write_study: Write) -> None:
    cell = '```{python}\n#| tags: [parameters]\ncity = _("Zahl {year}, 5 %").format(year=1) + _("Ende %s")\n```\n'
    po = entry("Zahl {year}, 5 %", "number {jahr}, 5%") + entry("Ende %s", "end of %s")
    study = write_study({"city.qmd": cell, "translations/en/city.po": po})

    message = "the translation has other placeholders than its message"
    assert faults(study) == [("RK602", "translations/en/city.po:2", message)]


def test_all_catalogs_are_checked_whatever_is_wrong_with_the_first(write_study: Write) -> None:
    study = write_study(
        {
            INDEX: 'msgid "a"\n',
            "translations/en/parts/altdorf-alt.po": entry("Altdorf wird kleiner.", "Altdorf shrinks."),
            "translations/en/parts/altdorf.po": entry("Altdorf wird kleiner.", "- Altdorf shrinks."),
        }
    )

    assert [fault[:2] for fault in faults(study)] == [
        ("RK601", f"{INDEX}:1"),
        ("RK604", "translations/en/parts/altdorf-alt.po"),
        ("RK603", "translations/en/parts/altdorf.po:2"),
    ]
    [*_, moved, _] = check_catalogs(study, study.editions[1], run_pandoc)
    assert moved.hint == "did you mean `parts/altdorf`?"


def test_good_catalogs_and_guesses_give_no_fault(write_study: Write) -> None:
    po = entry("Guten Tag.", "Hello.") + '\n#, fuzzy\nmsgid "Vorwort"\nmsgstr "- Preface"\n'
    study = write_study({INDEX: po})

    assert faults(study) == []


def test_a_catalog_that_is_not_utf8_is_a_fault(write_study: Write) -> None:
    study = write_study({INDEX: entry("Guten Tag.", "Hello.")})
    (study.root / INDEX).write_bytes(entry("Guten Tag.", "für").encode("latin-1"))

    assert [fault[:2] for fault in faults(load_study(study.root))] == [("RK601", f"{INDEX}:1")]
