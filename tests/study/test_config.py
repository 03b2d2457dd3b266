from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.errors import Diagnostic, Location
from reportkit.model.study import EditionSpec
from reportkit.study.config import ChapterSpec, Config, read_config
from reportkit.study.files import Files

BOOK = "project: {type: book}\nbook:\n  title: T\n  date: 2026-01-31\n"


def read(folder: Path, text: str) -> tuple[Config, list[Diagnostic]]:
    (folder / "_quarto.yml").write_text(text, encoding="utf-8")
    faults: list[Diagnostic] = []
    return read_config(Files(folder), faults), faults


def told(faults: list[Diagnostic]) -> list[tuple[str, str]]:
    return [(fault.code, fault.message) for fault in faults]


def test_parts_and_appendices(tmp_path: Path) -> None:
    chapters = "  chapters:\n    - ./a.md\n    - part: Eins\n      chapters: [b.md, c.md]\n  appendices: [d.md]\n"
    config, faults = read(tmp_path, BOOK + chapters)
    assert faults == []
    assert config.chapters == (
        ChapterSpec("a.md", 6),
        ChapterSpec("b.md", 8, "Eins"),
        ChapterSpec("c.md", 8, "Eins"),
        ChapterSpec("d.md", 9, appendix=True),
    )


@pytest.mark.parametrize(
    ("chapters", "message"),
    [
        ("[3]", "a chapter must be the path of a file, or a `part` with `chapters`"),
        ("[{part: A, chapters: [{part: B}]}]", "a chapter must be the path of a file, or a `part` with `chapters`"),
        ("a.md", "`book.chapters` must be a list"),
    ],
)
def test_chapters_of_the_wrong_kind(tmp_path: Path, chapters: str, message: str) -> None:
    _, faults = read(tmp_path, f"{BOOK}  chapters: {chapters}\n")
    assert told(faults) == [("RK103", message)]


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ada", ("Ada",)),
        ("[Ada, Bea]", ("Ada", "Bea")),
        ("{name: Ada}", ("Ada",)),
        ("[{name: {given: Ada, family: Beispiel}}]", ("Ada Beispiel",)),
    ],
)
def test_authors_are_names_or_have_one(tmp_path: Path, author: str, names: tuple[str, ...]) -> None:
    config, faults = read(tmp_path, f"{BOOK}  chapters: []\n  author: {author}\n")
    assert (config.authors, faults) == (names, [])


@pytest.mark.parametrize("author", ["3", "[[Ada]]", "{nickname: Ada}"])
def test_an_author_without_a_name(tmp_path: Path, author: str) -> None:
    _, faults = read(tmp_path, f"{BOOK}  chapters: []\n  author: {author}\n")
    assert told(faults) == [("RK103", "an author must be a name, or have a `name`")]


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("", ("html",)),
        ("format: typst\n", ("pdf",)),
        ("format: {epub: default, docx: {toc: false}}\n", ("epub", "docx")),
        ("format: {pdf: default, typst: {}, html: default}\n", ("pdf", "html")),
    ],
)
def test_formats(tmp_path: Path, written: str, formats: tuple[str, ...]) -> None:
    config, faults = read(tmp_path, f"{BOOK}  chapters: []\n{written}")
    assert (config.formats, faults) == (formats, [])


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("format: htlm\n", ("RK102", "unknown key `format.htlm`")),
        ("format: {html: 3}\n", ("RK103", "`format.html` must be a mapping of keys to values")),
        ("format: jats\n", ("RK105", "`format.jats` is not honoured yet")),
        ("theme: cosmo\n", ("RK105", "`theme` is not honoured yet")),
        ("execute: {freeze: true}\n", ("RK105", "`execute.freeze` is not honoured yet")),
        (
            "format: {html: {fig-width: 6}, typst: {fig-width: 4}}\n",
            ("RK105", "`format.typst.fig-width` has no effect: figures are drawn once, with `format.html.fig-width`"),
        ),
        ("language: {title-block-published: X}\n", ("RK105", "`language.title-block-published` is not honoured yet")),
        ("crossref: false\n", ("RK105", "`crossref: false` has no effect: figures, tables and the like have numbers")),
        ("crossref: true\n", ("RK103", "`crossref` must be a mapping of keys to values")),
        ("execute: {ecko: false}\n", ("RK102", "unknown key `execute.ecko`")),
        ("reportkit: {timeout: soon}\n", ("RK103", "`reportkit.timeout` must be a number of seconds")),
        ("reportkit: {memory: 0}\n", ("RK103", "`reportkit.memory` must be a number of megabytes")),
        ("reportkit: {start-timeout: x}\n", ("RK103", "`reportkit.start-timeout` must be a number of seconds")),
        ("reportkit: {preload: pandas}\n", ("RK103", "`reportkit.preload` must be a list")),
        ("reportkit: {preload: [1]}\n", ("RK103", "`reportkit` must hold lists of names, not `1`")),
        ("reportkit: {allow: {file: [x]}}\n", ("RK102", "unknown key `reportkit.allow.file`")),
        ("reportkit: {allow: {files: x}}\n", ("RK103", "`reportkit.allow.files` must be a list")),
        ("reportkit: {parameters: {a.md: {n: []}}}\n", ("RK103", "`n` must be a list of values")),
        ("reportkit: {parameters: {a.md: {n: [[1]]}}}\n", ("RK103", "`n` must be a list of values")),
        ("reportkit: {parameters: {a.md: {n: 1}}}\n", ("RK103", "`reportkit.parameters.a.md.n` must be a list")),
    ],
)
def test_each_wrong_setting_is_told(tmp_path: Path, written: str, fault: tuple[str, str]) -> None:
    _, faults = read(tmp_path, f"{BOOK}  chapters: [a.md]\n{written}")
    assert fault in told(faults)


@pytest.mark.parametrize(
    ("written", "line", "hint"),
    [
        ("code-annotations: belwo\n", 6, "did you mean `below`?"),
        ("format:\n  html:\n    code-annotations: hoover\n", 8, "did you mean `hover`?"),
        ("code-annotations: [below]\n", 6, "did you mean `below`?"),
    ],
)
def test_how_code_is_annotated_is_one_of_a_few_words(tmp_path: Path, written: str, line: int, hint: str | None) -> None:
    (fault,) = read(tmp_path, f"{BOOK}  chapters: [a.md]\n{written}")[1]
    assert (fault.code, fault.location, fault.hint) == ("RK103", Location("_quarto.yml", line), hint)
    assert "code-annotations` must be `below`, `hover`, `select`, `none`, `true` or `false`" in fault.message


@pytest.mark.parametrize(
    "written", ["reportkit:\n  editions:\n    de: {}\n  en: {}\n", "reportkit:\n  editions:\n  en: {}\n"]
)
def test_a_key_that_is_indented_too_little_is_told_so(tmp_path: Path, written: str) -> None:
    (fault,) = read(tmp_path, f"{BOOK}  chapters: [a.md]\nlang: de\n{written}")[1]
    assert (fault.code, fault.message) == ("RK102", "unknown key `reportkit.en`")
    assert fault.hint == "if it belongs to `editions`, the key before it, indent it further"


def test_what_holds_anyway_is_not_told(tmp_path: Path) -> None:
    written = (
        "code-annotations: below\ntbl-cap-location: top\njupyter: python3\nformat: {html: {link-citations: true}}\n"
    )
    words = "language: {callout-tip-title: X, code-summary: Y, crossref-fig-title: Z}\n"
    assert read(tmp_path, f"{BOOK}  chapters: [a.md]\n{written}{words}")[1] == []


def test_what_is_not_honoured_of_an_author_is_told(tmp_path: Path) -> None:
    author = "  author: {name: {given: A, family: B}, orcid: x, own-key: y}\n  chapters: [a.md]\n"
    config, faults = read(tmp_path, f"{BOOK}{author}")
    assert (config.authors, told(faults)) == (("A B",), [("RK105", "`book.author.orcid` is not honoured yet")])


def test_a_value_must_be_able_to_name_a_page(tmp_path: Path) -> None:
    written = "reportkit:\n  parameters:\n    a.md:\n      n: [ä, '!']\n"
    _, faults = read(tmp_path, f"{BOOK}  chapters: [a.md]\n{written}")
    assert told(faults) == [("RK103", "value `!` has no letter or digit to name a page by")]


def test_without_editions_there_is_one_in_the_language_of_the_book(tmp_path: Path) -> None:
    config, _ = read(tmp_path, f"{BOOK}  chapters: []\nlang: fr\n")
    assert config.editions == (EditionSpec("fr", "T"),)


def test_an_edition_without_a_title_has_that_of_the_book(tmp_path: Path) -> None:
    written = "reportkit:\n  editions:\n    de: {}\n    nl: {catalog: translations/nl}\n"
    config, faults = read(tmp_path, f"{BOOK}  chapters: []\n{written}")
    assert config.editions[1] == EditionSpec("nl", "T", None, "translations/nl")
    assert faults == []


def test_an_edition_words_its_keywords_anew(tmp_path: Path) -> None:
    editions = "reportkit: {editions: {de: {}, nl: {catalog: po, keywords: [stad], rights: vrij}}}\n"
    config, faults = read(tmp_path, f"{BOOK}  chapters: []\nlang: de\nkeywords: [Stadt]\n{editions}")
    assert faults == []
    assert config.options["keywords"] == ["Stadt"]
    assert config.editions[1].options == {"keywords": ["stad"], "rights": "vrij"}


def test_options_are_named_by_their_dotted_keys(tmp_path: Path) -> None:
    config, _ = read(tmp_path, f"{BOOK}  chapters: []\nexecute: {{echo: false}}\nreportkit: {{timeout: 60}}\n")
    assert config.options == {"execute.echo": False, "reportkit.timeout": 60}


def test_metadata_files_go_above_the_configuration_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "_one.yml").write_text("format: {html: {toc-depth: 2}}\nown: [b, c]\nlang: en\n")
    (tmp_path / "_two.yml").write_text("format:\n  html: {toc-depth: 1}\n  pdf: default\nexecute: {echo: false}\n")
    book = "lang: de\nown: [a, b]\nformat: {html: {number-depth: 1}}\nmetadata-files: [_one.yml, ./_two.yml]\n"
    config, faults = read(tmp_path, f"{BOOK}  chapters: [a.md]\n{book}")
    assert faults == [] and config.formats == ("html", "pdf") and config.editions[0].language == "en"
    assert config.metadata["own"] == ["a", "b", "c"]
    told = {"format.html.number-depth": 1, "format.html.toc-depth": 1, "execute.echo": False}
    assert {name: config.options.get(name) for name in told} == told


def test_a_fault_of_a_metadata_file_is_told_at_its_line_there(tmp_path: Path) -> None:
    (tmp_path / "_one.yml").write_text("\nexecute:\n  ecko: false\nbook:\n  chapters:\n    - [3]\ncsl: 3\n")
    (tmp_path / "_bad.yml").write_text("a: b: c\n")
    _, faults = read(tmp_path, f"{BOOK}  chapters: [a.md]\nmetadata-files: [_one.yml, _bad.yml, _noe.yml]\nlang: 3\n")
    assert {(fault.code, str(fault.location)) for fault in faults} == {
        *(("RK102", "_one.yml:3"), ("RK103", "_one.yml:6"), ("RK103", "_one.yml:7"), ("RK103", "_quarto.yml:7")),
        *(("RK101", "_bad.yml:1"), ("RK107", "_quarto.yml:6")),
    }
    assert [fault.hint for fault in faults if fault.code == "RK107"] == ["did you mean `_one.yml`?"]


def test_what_is_kept_and_searched_anyway_is_not_told(tmp_path: Path) -> None:
    book = "  search: true\n  downloads: [pdf, epub]\n"
    more = "link-citations: true\nformat: {html: {anchor-sections: true}, pdf: default, epub: default}\n"
    execute = "execute: {cache: true, freeze: auto}\n"
    assert read(tmp_path, f"{BOOK}  chapters: [a.md]\n{book}{more}{execute}")[1] == []
    _, faults = read(tmp_path, f"{BOOK}  chapters: [a.md]\n{book.replace('true', 'false')}link-citations: false\n")
    assert [message for _, message in told(faults)] == [
        "`link-citations` is not honoured yet",
        "`book.search` is not honoured yet",
        "`book.downloads` names `pdf`, which is not below `format:`",
        "`book.downloads` names `epub`, which is not below `format:`",
    ]
