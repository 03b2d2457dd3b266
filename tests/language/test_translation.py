"""What readers see of callouts, tabs, parts and listings is translated like any other text."""

from __future__ import annotations

from pathlib import Path

from reportkit.model import ast
from reportkit.model.catalog import Catalog, Translation
from reportkit.model.execution import Execution
from reportkit.model.study import Study
from reportkit.process import run_pandoc
from reportkit.resolve import read_chapters, resolve_edition
from reportkit.resolve.images import in_its_language
from reportkit.resolve.translation import translate_chapters
from reportkit.study import load_study
from reportkit.translate import extract_messages
from reportkit.translate.prose import prose_messages

BOOK = "project: {type: book}\nbook: {title: Buch, date: 2026-01-31, chapters: [one.qmd]}\nlang: de\n"
PART = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Teil"\nmsgstr "Part"\n'
CHAPTER = """# Eins

::: {.callout-tip title="Der *Rat*"}
Tu es, {{< meta lang >}}.
:::

::: {.panel-tabset}
## Reiter

Inhalt.
:::

::: {#thm-a name="Linie"}
Gilt.
:::

::: {#fig-b}
- Punkt

Unterschrift.
:::

```{python}
#| label: tbl-c
#| tbl-cap: Beides
#| tbl-subcap: [Links, Rechts]
#| lst-label: lst-c
#| lst-cap: Der Code
#| code-fold: true
#| code-summary: Zeig ihn
1
```
"""
MESSAGES = [
    ("Eins", 1), ("Der *Rat*", 3), ("Tu es, {1}.", 4), ("Reiter", 8), ("Inhalt.", 10), ("Linie", 13), ("Gilt.", 14),
    ("Unterschrift.", 20), ("Punkt", 18), ("Beides", 25), ("Links", 26), ("Rechts", 26), ("Der Code", 28),
    ("Zeig ihn", 30),
]  # fmt: skip


def study_in(folder: Path) -> Study:
    (folder / "_quarto.yml").write_text(BOOK, encoding="utf-8")
    (folder / "one.qmd").write_text(CHAPTER, encoding="utf-8")
    return load_study(folder)


def test_titles_captions_and_summaries_are_messages_with_their_lines(tmp_path: Path) -> None:
    made = study_in(tmp_path)
    (messages,) = prose_messages(made.sources, made.options, run_pandoc)
    assert [(message.msgid, message.line.number) for message in messages] == MESSAGES


def test_translations_of_them_are_put_in_and_what_has_none_stays_one_line(tmp_path: Path) -> None:
    (chapter,) = read_chapters(study_in(tmp_path), Execution({}), "en", run_pandoc)
    given = {"Der *Rat*": "The *tip*", "Reiter": "Tab", "Links": "Left", "Zeig ihn": "Show it"}
    catalog = Catalog({"one": {text: Translation(other, "one.po", 1) for text, other in given.items()}})
    (done,), faults = translate_chapters([chapter], catalog, "de", run_pandoc)
    assert faults == []
    titles = [node for node in ast.nodes(done.blocks, "Div") if ast.has_class(node, "box-title")]
    assert [ast.plain_text(title).strip() for title in titles] == ["The tip", "Tab", "Linie", "Show it"]
    assert {block["t"] for title in titles for block in title["c"][1]} == {"Para", "Plain"}


def test_titles_of_parts_are_translated(tmp_path: Path) -> None:
    parts = "chapters: [{part: Teil, chapters: [one.md]}]"
    editions = "reportkit: {editions: {de: {}, en: {catalog: en}}}\n"
    (tmp_path / "_quarto.yml").write_text(BOOK.replace("chapters: [one.qmd]", parts) + editions)
    (tmp_path / "one.md").write_text("# Eins\n")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "_quarto.po").write_text(PART)
    made = load_study(tmp_path)

    (message,) = extract_messages(made, run_pandoc)["_quarto"]
    assert (message.msgid, message.reference) == ("Teil", ("_quarto.yml", 2))
    book, _ = resolve_edition(made, made.editions[1], Execution({}), run_pandoc)
    assert [page.part for page in book.pages] == ["Part"]


def test_words_of_the_books_own_kinds_of_floats_are_translated(tmp_path: Path) -> None:
    kind = "{kind: float, key: vid, reference-prefix: Filmchen, caption-prefix: Der Film}"
    editions = "reportkit: {editions: {de: {}, en: {catalog: en}}}"
    own = f"crossref: {{title-delim: '.', custom: [{kind}]}}\n{editions}\n"
    (tmp_path / "_quarto.yml").write_text(BOOK + own)
    (tmp_path / "one.qmd").write_text("# Eins\n\n::: {#vid-a}\n- Punkt\n\nUnten\n:::\n\n@vid-a")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "_quarto.po").write_text(PART.replace("Teil", "Filmchen").replace('"Part"', '"Video"'))
    made = load_study(tmp_path)

    messages = extract_messages(made, run_pandoc)["_quarto"]
    assert [(one.msgid, one.reference) for one in messages] == [
        ("Filmchen", ("_quarto.yml", 4)), ("Der Film", ("_quarto.yml", 4)),
    ]  # fmt: skip
    book, _ = resolve_edition(made, made.editions[1], Execution({}), run_pandoc)
    assert ast.plain_text(book.pages[0].blocks[-1]).strip() == "Video\u00a01.1"
    assert ast.plain_text(book.pages[0].blocks[-2]).strip().startswith("Der Film\u00a01.1: ")

    quarto, _ = resolve_edition(made, made.editions[1], Execution({}), run_pandoc, quarto=True)
    (told,) = quarto.metadata["crossref"]["custom"]
    assert (told["reference-prefix"], told["caption-prefix"]) == ("Video", "Der Film")
    assert set(quarto.metadata["crossref"]) == {"custom"}


def test_an_alternative_text_without_a_translation_names_its_language() -> None:
    image = {
        "t": "Image",
        "c": [["", [], []], [ast.span([ast.word("Bild")], "untranslated", lang="de")], ["a.svg", ""]],
    }
    assert ast.attribute(in_its_language(image), "lang") == "de"
    assert in_its_language(ast.image("a.svg", [ast.word("Picture")]))["c"][0] == ["", [], []]
