"""Content for some formats or metadata only; shortcodes; what a chapter's front matter and the book's options say."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from lxml import html
from matplotlib.figure import Figure

from compile.sample import SVG, instance, prose, resolve, study
from language.made import PICTURE, Made, code, shown, squeezed
from reportkit.compile import compile_book
from reportkit.compile.whole import unpacked
from reportkit.errors import StudyError
from reportkit.execute.notebook import outputs_of
from reportkit.model import ast
from reportkit.model.conditions import visible
from reportkit.model.execution import Execution, Output, Result, Trace
from reportkit.model.study import Prose, Study
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition
from reportkit.study import load_study
from reportkit.study.shortcodes import mark_shortcodes
from resolve.told import faults

BOOK = "project: {type: book}\nbook: {title: Whole, author: Ada, date: 2026-01-31, chapters: [%s]}\nlang: en\n"


def loaded(folder: Path, chapter: str, more: str = "", name: str = "one.md", **files: str) -> Study:
    """Return a study of one chapter as it is read from a folder."""
    written = {"_quarto.yml": BOOK % name + more, name: chapter, **files}
    for path, text in written.items():
        (folder / path.replace("__", ".")).write_text(text, encoding="utf-8")
    return load_study(folder)


def text_of(made: Study) -> str:
    return ast.plain_text(resolve_english(made).pages[0].blocks)


def resolve_english(made: Study) -> Any:
    return resolve_edition(made, made.editions[0], Execution({}), run_pandoc)[0]


@pytest.mark.parametrize(
    ("condition", "html", "pdf"),
    [
        ('.content-visible when-format="html"', True, False),
        ('.content-visible when-format="pdf"', False, True),
        ('.content-visible when-format="typst"', False, True),
        ('.content-visible unless-format="html"', False, True),
        ('.content-hidden when-format="html"', False, True),
        ('.content-hidden unless-format="pdf"', False, True),
        ('.content-visible when-format="docx"', False, False),
    ],
)
def test_content_is_shown_in_the_formats_that_are_named(condition: str, html: bool, pdf: bool) -> None:
    made = Made(f"# One\n\nAlways.\n\n::: {{{condition}}}\nBlock.\n:::\n\nA [word]{{{condition}}}.\n")
    assert ("Block." in made.texts("//p"), "word" in made.texts("//p")[-1]) == (html, html)
    assert ("Block." in made.print(), "word" in made.print()) == (pdf, pdf)
    assert "Always." in made.texts("//p") and "Always." in made.print()


@pytest.mark.parametrize(
    ("named", "shown"), [("html", ["epub"]), ("epub", ["epub"]), ("docx", ["docx"]), ("pdf", []), ("typst", [])]
)
def test_content_for_the_formats_that_pandoc_writes(named: str, shown: list[str]) -> None:
    (page,) = Made(f'# One\n\n::: {{.content-visible when-format="{named}"}}\nBlock.\n:::\n').book.pages
    assert [fmt for fmt in ("epub", "docx") if "Block." in ast.plain_text(visible(page.blocks, fmt))] == shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A <b>word</b>, <kbd>A</kbd>, a<br class='x'>line.", []),
        ("A <svg></svg> b.", ["only HTML shows `<svg>`"]),
        ("<details>\nMore\n</details>", ["only HTML shows `<details>`"]),
        ("<!-- a comment -->\n\n`<b>` is code.", []),
        ("`<b>`{=html}", []),
        (
            "```{=html}\n<b>a</b>\n</i>\n```\n\nA <label>b</label>, <b>c</b>, <label>d</label>.",
            ["only HTML shows `<label>`"],
        ),
        (
            "```{=html}\n<hr>\n```\n\nA <label>b</label>, <meter>c</meter>.",
            ["only HTML shows `<label>`", "only HTML shows `<meter>`"],
        ),
        ("::: {.content-visible when-format='html'}\n<b>word</b>\n:::", []),
    ],
)
def test_html_that_only_pages_show_is_told(text: str, told: list[str]) -> None:
    made = study(instance("one", prose(f"# One\n\n{text}\n")), formats=("html", "docx"))
    _, warnings = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert [(one.code, one.message) for one in warnings] == [("RK349", message) for message in told]
    _, warnings = resolve_edition(replace(made, formats=("html",)), made.editions[0], Execution({}), run_pandoc)
    assert warnings == ()


def test_each_format_may_have_its_own_figure_of_one_label(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    figures = "".join(
        f'::: {{.content-visible {when}-format="html"}}\n![For {when}](a.svg){{#fig-x}}\n:::\n\n'
        for when in ("when", "unless")
    )
    made = Made(f"# One\n\n{figures}\n\nSee @fig-x.", root=tmp_path)
    assert made.texts('//figure[@id="fig-x"]/figcaption') == ["Abbildung 1.1: For when"]
    assert "Abbildung 1.1: For unless See Abbildung 1.1." in made.print()


def test_hidden_sections_are_in_no_list_and_references_to_them_are_text() -> None:
    hidden = '::: {.content-visible when-format="pdf"}\n## Print {#sec-print}\n\nOnly there.\n:::'
    made = Made(f"# One\n\nSee @sec-print.\n\n{hidden}\n")
    page = compile_book(made.book, "html", run_pandoc)["one.html"].decode()
    assert "sec-print" not in page and made.texts("//p")[0] == "See Abschnitt 1.1."
    assert "1.1 Print Only there." in made.print()


@pytest.mark.parametrize(
    ("condition", "is_shown"),
    [
        ('.content-visible when-meta="flags.draft"', True),
        ('.content-hidden when-meta="flags.draft"', False),
        ('.content-visible when-meta="flags.none"', False),
        ('.content-visible unless-meta="flags.none"', True),
        ('.content-visible when-meta="flags.draft" when-format="html"', True),
    ],
)
def test_content_is_shown_as_metadata_say(condition: str, is_shown: bool) -> None:
    made = Made(f"# One\n\n::: {{{condition}}}\nBlock.\n:::\n", metadata={"flags": {"draft": True}})
    assert ("Block." in made.texts("//p")) is is_shown
    assert ("Block." in made.print()) is (is_shown and "format" not in condition)


@pytest.mark.parametrize(
    ("condition", "is_shown"),
    [
        ('.content-visible when-profile="advanced"', False),
        ('.content-visible unless-profile="advanced"', True),
        ('.content-hidden when-profile="advanced"', True),
        ('.content-hidden unless-profile="advanced"', False),
    ],
)
def test_no_profile_is_active(condition: str, is_shown: bool) -> None:
    made = Made(f"# One\n\n::: {{{condition}}}\nBlock.\n:::\n")
    assert ("Block." in made.texts("//p"), "Block." in made.print()) == (is_shown, is_shown)


def test_an_unknown_format_is_told_with_its_place_and_the_nearest(tmp_path: Path) -> None:
    from reportkit.model.execution import Execution
    from reportkit.resolve import resolve_edition

    made = loaded(tmp_path, '# One\n\n::: {.content-visible when-format="htlm"}\nx\n:::\n')
    _, (fault,) = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert (fault.code, str(fault.location), fault.hint) == ("RK337", "one.md:3", "did you mean `html`?")


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("::: {.callout-waring}\nx\n:::", "RK340", 3, "did you mean `callout-warning`?"),
        ("::: {layout='[[oops'}\nx\n:::", "RK341", 3, "write `layout-ncol=2`"),
        ("A\n\n$$\n\\nope{x}\n$$", "RK342", 6, "it is printed as TeX; write it otherwise"),
    ],
)  # fmt: skip
def test_what_reads_otherwise_than_meant_is_told(tmp_path: Path, text: str, code: str, line: int, hint: str) -> None:
    from reportkit.model.execution import Execution
    from reportkit.resolve import resolve_edition

    made = loaded(tmp_path, f"# One\n\n{text}\n")
    _, (fault,) = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert (fault.code, str(fault.location)) == (code, f"one.md:{line}")
    assert fault.hint is not None and fault.hint.startswith(hint)


def test_what_is_hidden_stands_nowhere() -> None:
    made = Made("# One\n\n::: {.hidden}\n$$\\def\\R{x}$$\n\n## Two\n:::\n\nEnd.")
    assert made.texts("//main/*[not(self::nav)]") == ["1 One", "End."] and "Two" not in made.print()


def test_metadata_and_variables_stand_in_text_titles_links_and_captions(tmp_path: Path) -> None:
    chapter = (
        "---\ntitle: On {{< var name.short >}}\nedition: 3\n---\n\n"
        "{{< meta book.title >}}, {{< meta edition >}}: [site]({{< var url >}}), `{{{< meta x >}}}`, {{{< meta x >}}}\n"
        "\n"
        "| a |\n|---|\n| 1 |\n\n: Of {{< var name.short >}} {#tbl-a}\n"
    )
    made = loaded(tmp_path, chapter, _variables__yml="name: {short: RK}\nurl: https://example.org/x\n")
    book = resolve_english(made)
    page = compile_book(book, "html", run_pandoc)["one.html"].decode()
    assert book.pages[0].title == "On RK"
    assert "Whole, 3: site, {{< meta x >}}, {{< meta x >}}" in ast.plain_text(book.pages[0].blocks)
    assert 'href="https://example.org/x"' in page and "Of RK</caption>" in page


@pytest.mark.parametrize("title", ["---\ntitle: On *it*\n---\n", "# On *it*[^n]\n\n[^n]: Note.\n"])
def test_the_title_of_a_chapter_may_be_said_again(tmp_path: Path, title: str) -> None:
    book = resolve_english(loaded(tmp_path, f"{title}\nThis is {{{{< meta title >}}}}.\n"))
    page = html.fromstring(compile_book(book, "html", run_pandoc)["one.html"].decode())
    assert [squeezed(p.text_content()) for p in page.xpath("//main/p")] == ["This is On it."]
    assert page.xpath("//main/p/em/text()") == ["it"]


@pytest.mark.parametrize(
    ("call", "hint"), [("var nmae", "did you mean `name`?"), ("meta book.titel", "did you mean `book.title`?")]
)
def test_what_nobody_wrote_down_is_told(tmp_path: Path, call: str, hint: str) -> None:
    made = loaded(tmp_path, f"# One\n\nSee {{{{< {call} >}}}}.\n", _variables__yml="name: x\n")
    (fault,) = faults(replace(made, is_plain=False))
    assert (fault.code, str(fault.location), fault.hint) == ("RK338", "one.md:3", hint)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("```\nx = {{< var n >}} # {{< meta book.title >}}\n```", "x = 3 # Whole"),
        ("```\n{{{< var n >}}} {{< kbd x >}}\n```", "{{< var n >}} {{< kbd x >}}"),
        ("``` {.md shortcodes=false}\n{{< var n >}}\n```", "{{< var n >}}"),
        ("`{{< var n >}}`", "3"),
        ("```{python}\n#| eval: false\n{{< var n >}}\n```", "{{< var n >}}"),
    ],
)
def test_code_that_is_not_run_may_hold_shortcodes(tmp_path: Path, written: str, said: str) -> None:
    book = resolve_english(loaded(tmp_path, f"# One\n\n{written}\n", name="one.qmd", _variables__yml="n: 3\n"))
    assert ast.plain_text(book.pages[0].blocks[1:]).strip() == said
    page = compile_book(book, "html", run_pandoc)["one.html"].decode()
    assert "data-shortcodes" not in page


def test_a_damaged_file_of_variables_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        loaded(tmp_path, "# One\n", _variables__yml="a: b: c\n")
    assert [(fault.code, str(fault.location)) for fault in caught.value.diagnostics] == [("RK101", "_variables.yml:1")]


def test_other_shortcodes_are_told_and_leave_an_address_or_nothing(tmp_path: Path) -> None:
    made = loaded(tmp_path, "# One\n\nA{{< unknwn x >}}B\n\n{{< video https://example.org/v >}}\n\n{{< pagebrake >}}\n")
    assert [(fault.code, str(fault.location), fault.hint) for fault in made.warnings] == [
        ("RK124", "one.md:3", None),
        ("RK105", "one.md:5", None),
        ("RK124", "one.md:7", "did you mean `pagebreak`?"),
    ]
    assert text_of(made).split("\n")[1:3] == ["AB", "https://example.org/v"]


def test_where_things_stand_on_a_page_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    text = (
        "::: {.column-page}\nWide.\n:::\n\n![A](a.svg){.column-screen-inset-right}\n\n"
        "::: {.grid}\n::: {.g-col-6}\nLeft.\n:::\n:::\n\n::: {.column-margin}\nBeside.\n:::\n\n"
        ":::: {.columns}\n::: {.column}\nOne.\n:::\n::::\n"
    )
    made = loaded(tmp_path, f"# One\n\n{text}", "reportkit: {}\n")
    book, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert [(fault.code, str(fault.location)) for fault in told] == [
        ("RK105", f"one.md:{line}") for line in (3, 7, 9)
    ]  # fmt: skip
    assert ast.plain_text(book.pages[0].blocks).split("\n")[1:5] == ["Wide.", "A", "A", "Left."]


def test_variables_of_the_environment_stand_where_the_text_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_TERM", "machine")
    monkeypatch.setenv("OTHER_TERM", "secret")
    text = '# One\n\n{{< env TERM_X >}}, {{< env OWN_TERM >}}, {{< env NO "a *b*" >}}, {{< env OTHER_TERM c >}}.\n'
    more = "reportkit: {allow: {environment: [OWN_TERM]}}\n"
    made = loaded(tmp_path, text, more, _environment='TERM_X="Winter 2025/26"\nOWN_TERM=file\n')
    assert made.warnings == () and text_of(made) == "1 One\nWinter 2025/26, machine, a b, c.\n"
    (fault,) = faults(loaded(tmp_path, "# One\n\n{{< env OTHER_TERM >}}\n", more))
    assert (fault.code, str(fault.location)) == ("RK338", "one.md:3") and "allow: environment:" in str(fault.hint)


def test_what_another_chapter_shows_is_embedded_without_a_number(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    cell = shown(PICTURE, label="fig-a", fig_cap="As in @fig-b", fig_alt="Seen")
    one = instance("one", prose("# One"), cell[0], prose("![B](a.svg){#fig-b}\n\n@fig-a"), chapter="t/one.ipynb")
    names = "".join(f"\n\n{{{{< embed ../t/one.ipynb#{name} >}}}}" for name in ("fig-a", "fig-no", "")) + "\n\n"
    lines = mark_shortcodes(prose(f"# Two{names}{{{{< embed other.ipynb#fig-a >}}}}", "u/two.md").lines)
    two = instance("two", Prose(lines), chapter="u/two.md")
    made = study(one, two, root=tmp_path)
    (tmp_path / "t").mkdir()
    (tmp_path / "a.svg").rename(tmp_path / "t/a.svg")
    execution = Execution({("one", "de"): Result({1: cell[1]}, {}, Trace({}, {}, None))})
    book, told = resolve_edition(made, made.editions[0], execution, run_pandoc)
    assert [(fault.code, str(fault.location)) for fault in told] == [
        ("RK105", f"u/two.md:{line}") for line in (5, 7, 9)
    ]
    assert [found.number for found in book.floats] == ["1.1", "1.2"]
    page = html.fromstring(compile_book(book, "html", run_pandoc)["two.html"].decode())
    (figure,) = page.xpath("//main//figure")
    assert squeezed(figure.xpath("string(figcaption)")) == "As in Abbildung 1.2" and figure.get("id") is None
    assert figure.xpath(".//svg/@aria-label") == ["Seen"]
    assert page.xpath("//main//p/a/@href") == ["one.html", "one.html"]
    assert page.xpath("//main//p/code/text()") == ["other.ipynb#fig-a"]
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    assert pdf.startswith(b"%PDF")


def test_keys_are_shown_as_code(tmp_path: Path) -> None:
    made = loaded(tmp_path, "# One\n\nPress {{< kbd Ctrl-C >}} or {{< kbd mac=Cmd-C win=Ctrl-C >}}.\n")
    assert made.warnings == ()
    book = resolve_english(made)
    page = html.fromstring(compile_book(book, "html", run_pandoc)["one.html"].decode())
    assert [code.text for code in page.xpath("//main//p/code")] == ["Ctrl-C", "Ctrl-C", "Cmd-C"]
    assert "or Ctrl-C (Mac: Cmd-C)." in squeezed(page.text_content())


RAW = [
    ("A <iframe src='https://example.org/a'></iframe> b.", "A https://example.org/a b.", 3),
    ("<script>\nalert(1)\n</script>\n\nEnd.", "End.", 3),
    ("A \\newpage b.", "A b.", 3),
    ("```{=latex}\n\\foo\n```\n\nEnd `\\bar`{=docx}.", "End .", None),
    ("`\\foo`\n\n\\foobar A.\n\n\\foo\n\nEnd.", "\\foo A. End.", 5),
    ("A<br>b <!-- c --> `<b>`{=html}.", "A b .", None),
]


@pytest.mark.parametrize("command", ["newpage", "pagebreak"])
def test_a_page_breaks_as_in_latex(command: str) -> None:
    made = Made(f"# One\n\nBefore.\n\n\\{command}\n\nAfter.\n")
    assert len(made.page().xpath('//div[@class="pagebreak"]')) == 1
    document = pypdfium2.PdfDocument(made.pdf())
    pages = [one.get_textpage().get_text_bounded() for one in document]
    document.close()
    assert "Before." in pages[-2] and "After." in pages[-1]


@pytest.mark.parametrize(("text", "said", "line"), RAW)
def test_raw_markup_that_no_page_shows_is_told(tmp_path: Path, text: str, said: str, line: int | None) -> None:
    from reportkit.model.execution import Execution
    from reportkit.resolve import resolve_edition

    made = loaded(tmp_path, f"# One\n\n{text}\n")
    book, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert [(fault.code, str(fault.location)) for fault in told] == ([("RK105", f"one.md:{line}")] if line else [])
    page = html.fromstring(compile_book(book, "html", run_pandoc)["one.html"].decode())
    assert page.xpath("//main//script|//main//iframe") == []
    assert squeezed(" ".join(p.text_content() for p in page.xpath("//main/p"))) == said


def test_each_place_of_raw_markup_is_told(tmp_path: Path) -> None:
    made = loaded(tmp_path, "# One\n\nA \\foo{x}\n\nB \\foo{x}\n")
    _, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert [(one.location and one.location.line, one.also) for one in told] == [(3, ("`tex` (one.md:5)",))]


def test_raw_markup_of_a_format_is_in_that_format_alone() -> None:
    made = Made("# One\n\n```{=html}\n<p class='h'>page</p>\n```\n\n```{=typst}\n#strong[print]\n```\n")
    assert made.texts('//p[@class="h"]') == ["page"] and "print" not in made.texts("//main")[0]
    assert "print" in made.print() and "page" not in made.print() and "/Strong" in made.tags()


def test_an_html_table_in_the_text_is_a_table() -> None:
    rows = "<tr><th>a</th></tr><tr><td>1 *e* `x`{.value n=1}</td></tr>"
    made = Made(f"# One\n\n<table>\n{rows}\n</table>\n\nText.")
    assert made.texts("//th") == ["a"] and made.texts("//td/em") == ["e"] and made.texts("//main/p") == ["Text."]
    assert {"/Table", "/TH", "/TD"} <= set(made.tags()) and "a 1 e x Text." in made.print()


def test_an_html_table_that_is_marked_as_html_is_a_table_in_every_format() -> None:
    head = "<caption>Dates</caption><thead><tr><th>What</th><th colspan=2>When</th></tr></thead>"
    rows = "<tr><td rowspan=2>End</td><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>"
    made = Made(f"# One\n\n```{{=html}}\n<table class='table'>\n{head}<tbody>{rows}</tbody>\n</table>\n```\n\nText.")
    assert made.texts("//table/caption") == ["Dates"]
    assert made.texts("//td[@rowspan='2']") == ["End"] and made.texts("//th[@colspan='2']") == ["When"]
    assert "/Table" in made.tags() and "Dates What When End a b c d Text." in made.print()
    document = unpacked(*compile_book(made.book, "docx", run_pandoc).values())["word/document.xml"].decode()
    assert '<w:gridSpan w:val="2"' in document and '<w:vMerge w:val="restart"' in document


@pytest.mark.parametrize("formula", ["$\\nope{x}$", "$$\nx\\label{eq:x}\n$$"])
def test_a_formula_that_cannot_be_converted_is_code(formula: str) -> None:
    made = Made(f"# One\n\nA {formula} b.")
    code = squeezed(formula.strip("$"))
    assert made.texts("//p/code") == [code] and f"A {code} b." in made.print()


def test_a_page_breaks_in_print_only(tmp_path: Path) -> None:
    book = resolve_english(loaded(tmp_path, "# One\n\nBefore.\n\n{{< pagebreak >}}\n\nAfter.\n"))
    (pdf,) = compile_book(book, "pdf", run_pandoc).values()
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert "Before." in texts[-2] and "After." in texts[-1]
    assert 'class="pagebreak"' in compile_book(book, "html", run_pandoc)["one.html"].decode()


def test_front_matter_gives_title_subtitle_and_defaults_of_its_cells(tmp_path: Path) -> None:
    front = "title: Own\nsubtitle: Below\nexecute: {echo: false}\nformat: {html: {code-fold: true}}\n"
    made = loaded(tmp_path, f"---\n{front}---\n\n```{{python}}\n#| code-fold: show\n1\n```\n", name="one.qmd")
    _, cell, *_ = [cell for cell in made.instances[0].cells if hasattr(cell, "options") or cell.text.strip()]
    assert cell.options == {"echo": False, "code-fold": "show"}  # type: ignore[union-attr]
    assert made.warnings == () and made.instances[0].metadata["title"] == "Own"
    assert text_of(made) == "1 Own\nBelow\n"


def test_a_mistyped_key_of_the_front_matter_is_told_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        loaded(tmp_path, "---\ntitle: A\nexecute:\n  ecko: false\n---\n", "reportkit: {}\n")
    (fault,) = caught.value.diagnostics
    assert (fault.code, str(fault.location), fault.hint) == ("RK102", "one.md:4", "did you mean `echo`?")


def test_how_a_chapter_annotates_its_code_is_one_of_a_few_words(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        loaded(tmp_path, "---\ntitle: A\ncode-annotations: nonne\n---\n", "reportkit: {}\n")
    (fault,) = caught.value.diagnostics
    assert (fault.code, str(fault.location), fault.hint) == ("RK103", "one.md:3", "did you mean `none`?")


def test_a_chapter_goes_without_numbers_if_its_front_matter_says_so() -> None:
    first = instance("one", prose("# One\n\n## Within\n"), metadata={"number-sections": False})
    book = resolve(study(first, instance("two", prose("# Two\n"))))
    assert [[heading.number for heading in page.headings] for page in book.pages] == [[None, None], ["1"]]


@pytest.mark.parametrize(
    ("options", "listed", "printed", "title"),
    [
        ({}, ["two", "three"], ["1 One", "1.1 Two"], "Auf dieser Seite"),
        ({"toc-depth": 2, "toc-title": "Here"}, ["two"], ["1 One", "1.1 Two"], "Here"),
        ({"format.html.toc-depth": 2}, ["two"], ["1 One", "1.1 Two"], "Auf dieser Seite"),
        ({"format.typst.toc-depth": 1}, ["two", "three"], ["1 One"], "Auf dieser Seite"),
        ({"toc": False}, [], [], None),
    ],
)
def test_contents_go_as_deep_as_the_book_says(
    options: Mapping[str, Any], listed: list[str], printed: list[str], title: str | None
) -> None:
    made = Made("# One\n\n## Two {#two}\n\n### Three {#three}\n", options=options)
    page = html.fromstring(compile_book(made.book, "html", run_pandoc)["one.html"].decode())
    assert [link.removeprefix("#") for link in page.xpath('//nav[@class="sections"]//a/@href')] == listed
    assert [found.text for found in page.xpath('//nav[@class="sections"]/p')] == ([title] if title else [])
    import pypdfium2

    document = pypdfium2.PdfDocument(made.pdf())
    contents = "".join(page.get_textpage().get_text_bounded() for page in list(document)[2:-1])
    document.close()
    assert [line for line in ("1 One", "1.1 Two", "1.1.1 Three") if line in contents] == printed


def test_the_book_has_its_own_words_for_what_is_numbered(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    own = {"fig-title": "Bild", "fig-prefix": "Abb.", "title-delim": " –", "sec-prefix": "Teil"}
    text = "# One {#sec-one}\n\n![A](a.svg){#fig-x}\n\n@fig-x, @sec-one"
    made = Made(text, root=tmp_path, options={"crossref": own})
    assert made.texts("//figcaption") == ["Bild 1.1 – A"]
    assert made.texts("//p/a") == ["Abb. 1.1", "Teil 1"]
    assert "Bild 1.1 – A Abb. 1.1, Teil 1" in made.print()


def test_the_book_has_its_own_words_for_boxes() -> None:
    own = {"callout-note-title": "Merke", "code-summary": "Zeige", "crossref-tbl-prefix": "Tab."}
    text = "# One\n\n::: {.callout-note}\nBody.\n:::\n\n| a |\n|---|\n| 1 |\n\n: C {#tbl-a}\n\n@tbl-a"
    made = Made(text, code(code_fold=True), options={"language": own})
    assert made.texts('//div[@class="box-title"]') == ["Merke"] and made.texts("//details/summary") == ["Zeige"]
    assert made.texts("//p/a") == ["Tab. 1.1"]
    assert "Merke Body." in made.print() and "Tabelle 1.1: C" in made.print()


def png(width: int, dots_per_inch: int) -> str:
    """Return the beginning of a PNG as far as its size and resolution."""
    size = b"\x00\x00\x00\x0dIHDR" + struct.pack(">II", width, 10) + b"\x08\x02\x00\x00\x00" + b"\x00" * 4
    per_metre = round(dots_per_inch / 0.0254)
    scale = b"\x00\x00\x00\x09pHYs" + struct.pack(">IIB", per_metre, per_metre, 1) + b"\x00" * 4
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + size + scale).decode()


@pytest.mark.parametrize(("dots", "width"), [(96, "400"), (192, "200")])
def test_a_picture_is_as_wide_as_its_resolution_says(dots: int, width: str) -> None:
    made = Made("# One", shown({"image/png": png(400, dots)}, fig_alt="A"))
    assert made.page().xpath("//img/@width") == [width]


@pytest.mark.parametrize("own_dots", [None, 300])
def test_a_picture_is_as_wide_as_its_cell_says(own_dots: int | None) -> None:
    picture = figure_as_png(own_dots)
    size = {"image/png": {"width": 120}}
    output = {"output_type": "display_data", "data": {"image/png": picture}, "metadata": size}
    ((kind, bundle),) = outputs_of([output])
    made = Made("# One", (shown(label="fig-x", fig_cap="C", fig_alt="A")[0], (Output(kind, bundle),)))
    assert made.page().xpath("//img/@width") == ["120"]
    document = pypdfium2.PdfDocument(made.pdf())
    (image,) = (found for page in document for found in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    left, _, right, _ = image.get_bounds()
    document.close()
    assert abs(right - left - 90) < 0.5
    assert base64.b64decode(bundle["image/png"]).count(b"pHYs") == 1


def figure_as_png(dots_per_inch: int | None) -> str:
    figure = Figure(figsize=(2, 1))
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dots_per_inch or 100)
    data = file.getvalue()
    at = data.index(b"pHYs") - 4
    return base64.b64encode(data if dots_per_inch else data[:at] + data[at + 21 :]).decode()


def test_style_sheets_of_the_study_come_behind_ours(tmp_path: Path) -> None:
    more = "css: a b.css\nformat:\n  html: {css: [look/c.css, ./a b.css]}\n  pdf: default\n"
    (tmp_path / "look").mkdir()
    made = loaded(
        tmp_path, "# One\n\n[Word]{.own}\n", more, **{"a b__css": ".own { color: red; }\n", "look/c__css": "\n"}
    )
    assert made.warnings == () and {"a b.css", "look/c.css"} <= set(made.inputs)
    files = compile_book(resolve_english(made), "html", run_pandoc)
    page = html.fromstring(files["one.html"].decode())
    sheets = page.xpath("//link[@rel='stylesheet']/@href")
    assert sheets == ["book.css", "styles/a%20b.css", "styles/look/c.css"]
    assert files["styles/a b.css"] == b".own { color: red; }\n"
    assert compile_book(resolve_english(made), "pdf", run_pandoc).keys() == {"whole.pdf"}
    with pytest.raises(StudyError) as caught:
        loaded(tmp_path, "# One\n", "css: [look/d.css, ../e.css]\n")
    assert [(fault.code, str(fault.location), fault.hint) for fault in caught.value.diagnostics] == [
        ("RK107", "_quarto.yml:4", "did you mean `look/c.css`?"),
        ("RK108", "_quarto.yml:4", None),
    ]


def test_a_chapter_lists_its_sections_as_deep_as_it_says_for_pages() -> None:
    one = instance("one", prose("# One\n\n## Two\n\n### Three\n"), metadata={"format": {"html": {"toc-depth": 2}}})
    two = instance("two", prose("# Two\n\n## Three\n"), metadata={"format": {"html": {"toc": False}}})
    files = compile_book(resolve(study(one, two)), "html", run_pandoc)
    listed = [
        html.fromstring(files[f"{name}.html"].decode()).xpath("//nav[@class='sections']//a/@href")
        for name in ("one", "two")
    ]
    assert listed == [["#two"], []]
