"""The book whose compilation is measured: made-up words, and in each chapter a figure, a table, citations, references.

Written in Quarto's Markdown, and in MyST for Jupyter Book 1. The words come from a fixed seed: the same book each time.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.workload import Cell, _cell, _write

WORDS_EACH = 1500
WORKS = 40
CHANGED = "chapter-05.ipynb"
SENTENCE = "This sentence stands for any."
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeio"]


@dataclass(frozen=True)
class Dialect:
    """How a book's Markdown writes a title with its label, a citation, a reference; and what a code cell says."""

    title: Callable[[str, str], str]
    cite: Callable[[str], str]
    refer: Callable[[str], str]
    shown: Callable[[str, str, str], Cell]


def _quarto_cell(label: str, caption: str, source: str) -> Cell:
    kind = label.partition("-")[0]
    alt = f"#| fig-alt: {caption} as a line\n" if kind == "fig" else ""
    return _cell(f"#| label: {label}\n#| {kind}-cap: {caption}\n{alt}{source}")


def _myst_cell(label: str, caption: str, source: str) -> Cell:
    cell = _cell(source, ["remove-input"])
    return {**cell, "metadata": {"tags": ["remove-input"], "mystnb": {"figure": {"caption": caption, "name": label}}}}


QUARTO = Dialect(
    lambda text, label: f"# {text} {{#{label}}}", lambda key: f"[@{key}]", lambda label: f"@{label}", _quarto_cell
)
MYST = Dialect(
    lambda text, label: f"({label})=\n# {text}",
    lambda key: f"{{cite}}`{key}`",
    lambda label: f"{{{'ref' if label.startswith('sec') else 'numref'}}}`{label}`",
    _myst_cell,
)
START = """import matplotlib.pyplot as plt
import pandas as pd
from matplotlib_inline.backend_inline import set_matplotlib_formats
set_matplotlib_formats("svg")"""
FIGURE = """plt.plot({numbers}, marker="o")
plt.show()"""
TABLE = 'pd.DataFrame({{"first": {numbers}, "second": {numbers}, "third": {numbers}}})'


def write_quarto(folder: Path, chapters: int) -> None:
    """Write the book as reportkit and Quarto read it, not executed."""
    _write_book(folder, chapters, QUARTO)
    (folder / "references.md").write_text("# References {.unnumbered}\n\n::: {#refs}\n:::\n", encoding="utf-8")
    named = "".join(f"    - {name}\n" for name in [*_names(chapters), "references.md"])
    settings = f"""project:
  type: book
  execute-dir: project
book:
  title: A Book of {chapters} Chapters
  author: Nobody
  date: 2026-01-31
  chapters:
    - index.md
{named}bibliography: bibliography.bib
lang: en
execute:
  echo: false
format:
  html: default
  typst: default
"""
    (folder / "_quarto.yml").write_text(settings, encoding="utf-8")


def write_myst(folder: Path, chapters: int) -> None:
    """Write the book as Jupyter Book 1 reads it, not executed."""
    _write_book(folder, chapters, MYST)
    (folder / "references.md").write_text("# References\n\n```{bibliography}\n```\n", encoding="utf-8")
    named = "".join(f"- file: {Path(name).stem}\n" for name in [*_names(chapters), "references.md"])
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{named}", encoding="utf-8")
    config = f"title: A Book of {chapters} Chapters\nexecute:\n  execute_notebooks: 'off'\nonly_build_toc_files: true\n"
    (folder / "_config.yml").write_text(f"{config}bibtex_bibfiles: [bibliography.bib]\n", encoding="utf-8")


def change_sentence(folder: Path, how: str) -> None:
    """Change one sentence of one chapter."""
    path = folder / CHANGED
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = f"{SENTENCE} Changed {how}."
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _names(chapters: int) -> list[str]:
    return [f"chapter-{number:02}.ipynb" for number in range(1, chapters + 1)]


def _write_book(folder: Path, chapters: int, dialect: Dialect) -> None:
    folder.mkdir(parents=True)
    chance = random.Random(2026)
    (folder / "index.md").write_text(f"# Preface\n\n{_paragraph(chance)}\n", encoding="utf-8")
    (folder / "bibliography.bib").write_text("\n".join(_works(chance)), encoding="utf-8")
    for number, name in enumerate(_names(chapters), 1):
        _write(folder / name, list(_chapter(number, chapters, dialect, chance)))


def _chapter(number: int, chapters: int, dialect: Dialect, chance: random.Random) -> Iterator[Cell]:
    own, other = f"{number:02}", f"{chance.randint(1, chapters):02}"
    yield _prose(dialect.title(_words(chance, 3).capitalize(), f"sec-{own}"))
    yield _cell(START, ["remove-input"])
    numbers = [chance.randrange(100) for _ in range(12)]
    shown = [
        dialect.shown(f"fig-{own}", _words(chance, 5).capitalize(), FIGURE.format(numbers=numbers)),
        dialect.shown(f"tbl-{own}", _words(chance, 5).capitalize(), TABLE.format(numbers=numbers[:8])),
    ]
    labels = [f"fig-{own}", f"tbl-{own}", f"sec-{other}", f"fig-{other}"]
    for section in range(4):
        text, reference = [f"## {_words(chance, 3).capitalize()}"], dialect.refer(labels[section])
        # The paragraphs with a citation come on top.
        while len(" ".join(text).split()) < WORDS_EACH / 4 - 160:
            text.append(_paragraph(chance))
        text.append(f"{_paragraph(chance)} So much for {reference}. {dialect.cite(_key(chance.randrange(WORKS)))}")
        text.append(f"{_paragraph(chance)} {dialect.cite(_key(chance.randrange(WORKS)))}")
        yield _prose("\n\n".join(text))
        yield from shown[section : section + 1]
    yield _prose(SENTENCE)


def _works(chance: random.Random) -> Iterator[str]:
    for number in range(WORKS):
        author, title = (_words(chance, count).title() for count in (2, 5))
        fields = f"author = {{{author}}}, title = {{{title}}}, year = {{{1980 + number}}}, publisher = {{Press}}"
        yield f"@book{{{_key(number)}, {fields}}}\n"


def _key(number: int) -> str:
    return f"work{number:02}"


def _paragraph(chance: random.Random) -> str:
    sentences = (_words(chance, chance.randint(8, 22)).capitalize() for _ in range(chance.randint(3, 6)))
    return ". ".join(sentences) + "."


def _words(chance: random.Random, count: int) -> str:
    return " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(count))


def _prose(source: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source}
