from __future__ import annotations

from pathlib import Path

from reportkit.errors import Severity
from reportkit.resolve.bibliography import read_bibliography

SOUND = """\
% a remark by a@example.org
@string{vs = {Springer VS}}

@book{mueller2019,
  author = {Müller, Anna}, title = "Das {Buch}", publisher = vs, year = 2019, month = jan,
}
@report{stadt2018, editor = {{Stadt Dortmund}}, title = {Bericht}, date = {XXXX}}
"""


def messages(text: str) -> list[str]:
    return [str(diagnostic) for diagnostic in read_bibliography(text, "works.bib").diagnostics]


def test_entries_have_type_fields_and_line() -> None:
    read = read_bibliography(SOUND, "works.bib")
    book = read.entries["mueller2019"]
    assert (list(read.entries), read.diagnostics) == (["mueller2019", "stadt2018"], ())
    assert (book.kind, book.line) == ("book", 4)
    assert (book.fields["publisher"], book.fields["title"]) == ("Springer VS", "Das {Buch}")
    assert read.entries["stadt2018"].line == 7


def test_duplicate_key_names_both_lines() -> None:
    again = "@book{stadt2018, author = {X}, title = {Y}, year = 2000}\n"
    assert messages(SOUND + again) == [
        "error[RK302]: citation key `stadt2018` stands twice in `works.bib`, in lines 7 and 8\n"
        "  --> works.bib:8\n"
        "  hint: give one of the two entries another key"
    ]


def test_missing_brace_costs_one_entry() -> None:
    text = "@book{broken, author = {X}, title = {Never closed,\n  year = 2000}\n\n" + SOUND
    read = read_bibliography(text, "works.bib")
    assert list(read.entries) == ["broken", "mueller2019", "stadt2018"]
    assert [(found.code, str(found.location)) for found in read.diagnostics] == [("RK303", "works.bib:1")]


def test_missing_comma_is_told_with_its_line() -> None:
    text = "@book{broken,\n  author = {X}\n  title = {Y},\n}\n"
    assert messages(text) == [
        "error[RK303]: entry `broken` is damaged: syntax error in line 3: `}` expected\n"
        "  --> works.bib:1\n"
        "  hint: is a brace, quotation mark or comma missing?"
    ]


def test_undefined_string_and_missing_key_are_damage() -> None:
    found = messages("@book{, title = {X}}\n@book{b, author = {X}, title = unknown, year = 2000}\n@book{}\n")
    assert [message.splitlines()[0] for message in found] == [
        "error[RK303]: an entry is damaged: syntax error in line 1: entry key expected",
        "error[RK303]: entry `b` is damaged: undefined string in line 2: unknown",
        "error[RK303]: an entry is damaged: syntax error in line 3: entry key expected",
    ]


def test_incomplete_entries_are_warnings() -> None:
    read = read_bibliography("@misc{a, url = {https://example.org}}\n@inbook{b, crossref = {a}}\n", "works.bib")
    assert [found.message for found in read.diagnostics] == [
        "entry `a` has no author",
        "entry `a` has no title",
        "entry `a` has no year",
    ]
    assert {found.severity for found in read.diagnostics} == {Severity.WARNING}
    assert read.diagnostics[2].hint == "say that it is unknown: `date = {XXXX}`"


def test_bibliography_of_the_study_is_sound() -> None:
    text = (Path(__file__).parents[2] / "bibliography.bib").read_text(encoding="utf-8")
    read = read_bibliography(text, "bibliography.bib")
    assert (len(read.entries), read.diagnostics) == (77, ())
