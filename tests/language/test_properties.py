"""What holds for any book: labels are unique, references resolve or are told, passes leave alone what is not theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from compile.sample import instance, prose, study
from reportkit.errors import ResolveError, StudyError
from reportkit.model import ast
from reportkit.model.book import Blocks, Book
from reportkit.model.execution import Execution
from reportkit.model.quarto import as_quarto
from reportkit.model.study import Instance
from reportkit.model.terms import load_terms
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.conditions import apply_conditions
from reportkit.resolve.labels import LABEL
from reportkit.resolve.numbers import number_chapters
from reportkit.resolve.readings import take_raw
from reportkit.resolve.references import References
from reportkit.resolve.shortcodes import expand_shortcodes
from reportkit.resolve.words import put_words
from reportkit.study import load_study
from reportkit.study.slugs import slug

FEW = settings(max_examples=40, deadline=None)
# Values that people give parameters, some of which come to the same word.
VALUES = st.sampled_from(
    ["Essen", "essen", "Bad Essen", "bad-essen", "Öde", "oede", "Ö", "a b", "a-b", "2014", "20 14"]
)
WORD_VALUES = VALUES.filter(slug)
NAMES = ["a", "b", "a-b", "a-essen", "b-a"]
MAKERS = {
    "fig": "::: {{#fig-{0}}}\n- x\n\nC\n:::",
    "tbl": "| x |\n|---|\n| 1 |\n\n: C {{#tbl-{0}}}",
    "eq": "$$x$$ {{#eq-{0}}}",
    "thm": "::: {{#thm-{0}}}\nIt holds.\n:::",
    "sec": "## S {{#sec-{0}}}",
}
LABELS = st.tuples(st.sampled_from(sorted(MAKERS)), st.sampled_from(NAMES))


def chapter_text(labels: Sequence[tuple[str, str]], references: Sequence[tuple[str, str]]) -> str:
    made = [MAKERS[kind].format(name) for kind, name in labels]
    used = [f"See @{kind}-{name}." for kind, name in references]
    return "\n\n".join(["# T", *used, *made])


def resolved(instances: Sequence[Instance]) -> tuple[Book | None, list[tuple[str, str]]]:
    """Return a book, or None, and the codes and messages of what is wrong."""
    made = study(*instances)
    try:
        book, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    except ResolveError as fault:
        return None, [(one.code, one.message) for one in fault.diagnostics]
    return book, [(one.code, one.message) for one in told]


def labels_of(book: Book) -> list[str]:
    found = [ast.identifier(node) for page in book.pages for node in ast.nodes(page.blocks)]
    return [name for name in found if LABEL.match(name)]


@FEW
@given(
    st.lists(VALUES, min_size=2, max_size=4, unique_by=slug).filter(lambda values: all(map(slug, values))),
    st.lists(LABELS, min_size=1, max_size=4, unique=True),
)
def test_labels_are_unique_over_any_fan_out(values: list[str], labels: list[tuple[str, str]]) -> None:
    text = chapter_text(labels, labels)
    towns = [instance(f"town-{slug(value)}", prose(text), suffix=f"-{slug(value)}") for value in values]
    book, told = resolved(towns)
    wanted = [f"{kind}-{name}-{slug(value)}" for value in values for kind, name in labels]
    if len(set(wanted)) < len(wanted):
        assert book is None and "RK322" in {code for code, _ in told}
    else:
        assert book is not None and sorted(labels_of(book)) == sorted(wanted)
        links = [node["c"][2][0] for page in book.pages for node in ast.nodes(page.blocks, "Link")]
        assert sorted(link.split("#")[1] for link in links) == sorted(wanted)
        assert all(link.split("#")[1].endswith(link.split(".")[0].removeprefix("town")) for link in links)


CONFIG = """project: {type: book}
book: {title: T, author: A, date: 2026-01-31, chapters: [town.qmd]}
reportkit: {parameters: {town.qmd: {town: %s, year: %s}}}
"""
TOWN = "```{python}\n#| tags: [parameters]\ntown = year = ''\n```\n\n# T {#sec-t}\n"


@FEW
@given(st.lists(VALUES, min_size=1, max_size=3), st.lists(VALUES, min_size=1, max_size=3))
def test_values_that_come_to_the_same_word_are_told(towns: list[str], years: list[str]) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "_quarto.yml").write_text(CONFIG % (json.dumps(towns), json.dumps(years)), encoding="utf-8")
        (Path(folder) / "town.qmd").write_text(TOWN, encoding="utf-8")
        try:
            names = [one.name for one in load_study(Path(folder)).instances]
        except StudyError as fault:
            assert {one.code for one in fault.diagnostics} <= {"RK103", "RK122"}
            wanted = [f"{slug(town)}-{slug(year)}" for town in towns for year in years]
            assert len(set(wanted)) < len(wanted) or not all(map(slug, [*towns, *years]))
        else:
            assert len(set(names)) == len(names) == len(towns) * len(years)


@FEW
@given(st.data())
def test_every_reference_leads_to_a_label_or_is_told(data: st.DataObject) -> None:
    owned = data.draw(st.lists(LABELS, max_size=6, unique=True))
    parts = data.draw(st.integers(1, 3))
    texts = [chapter_text(owned[at::parts], data.draw(st.lists(LABELS, max_size=3))) for at in range(parts)]
    book, told = resolved([instance(f"c{at}", prose(text)) for at, text in enumerate(texts)])
    used = [found for text in texts for found in re.findall(r"See @([\w-]+)", text)]
    known = {f"{kind}-{name}" for kind, name in owned}
    missing = [label for label in used if label not in known]
    assert {message.split("`")[1] for _, message in told} == set(missing)
    assert {code for code, _ in told} <= {"RK320"} and (book is None) is bool(missing)
    if book is not None:
        links = [node["c"][2][0].split("#") for page in book.pages for node in ast.nodes(page.blocks, "Link")]
        pages = {f"{page.name}.html": {ast.identifier(node) for node in ast.nodes(page.blocks)} for page in book.pages}
        assert [label for _, label in links] == used
        assert all(label in pages[page] for page, label in links)


WORDS = st.sampled_from(
    ["Wort", "*betont*", "**fett**", "`code`", "$x^2$", "[Link](https://example.org)", "H~2~O", "a--b", "12 %"]
)
LINE = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
PLAIN = st.one_of(
    LINE,
    LINE.map("## {}".format),
    st.lists(LINE, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(LINE, min_size=1, max_size=3).map(
        lambda items: "\n".join(f"{n}. {item}" for n, item in enumerate(items, 1))
    ),
    LINE.map("> {}".format),
    LINE.map("| {}\n| Ende".format),
    LINE.map("Term\n:   {}".format),
    LINE.map("Text[^n].\n\n[^n]: {}".format),
    LINE.map("| a | b |\n|---|--:|\n| {} | 2 |".format),
    LINE.map("```python\n{}\n```".format),
    LINE.map("::: {{.box}}\n{}\n:::".format),
    st.just("---"),
)


def read(text: str) -> Blocks:
    (reply,) = run_pandoc([{"op": "read", "text": text, "format": "markdown"}])
    blocks: Blocks = json.loads(reply)["blocks"]
    return blocks


@FEW
@given(st.lists(PLAIN, min_size=1, max_size=8).map(lambda parts: "\n\n".join(dict.fromkeys(parts))))
def test_passes_that_have_nothing_to_do_leave_a_chapter_as_pandoc_read_it(text: str) -> None:
    blocks = read(f"# Titel\n\n{text}")
    assert as_quarto(blocks, {}) == blocks
    one = Chapter(instance("one", prose(f"# Titel\n\n{text}")), blocks, None)
    terms = load_terms("de")
    passes = [
        lambda chapter: apply_conditions(chapter, {})[0],
        lambda chapter: take_raw(chapter)[0],
        lambda chapter: expand_shortcodes(chapter, {}, run_pandoc)[0],
        lambda chapter: put_words(chapter, terms),
    ]
    for each in passes:
        assert each(one).blocks == blocks
    (numbered,) = number_chapters([one], terms, 0)
    assert numbered.chapter.blocks == blocks
    assert References([numbered], terms, None).resolve(numbered).chapter.blocks == blocks
