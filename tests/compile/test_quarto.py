"""The project that Quarto gets: its Markdown says what our tree says, and only Quarto's own syntax says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compile.sample import SVG, instance, prose, read, study, svg_result
from reportkit.compile.quarto import quarto_project
from reportkit.compile.quarto_tree import quarto_blocks, writing
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.model.execution import Execution
from reportkit.model.study import Study
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition

VIDEOS = {"crossref": {"custom": [{"kind": "float", "key": "vid", "reference-prefix": "Video"}]}}
BIBLIOGRAPHY = "@book{smith2019,\n  author = {Smith, Ann},\n  title = {Towns},\n  year = {2019}\n}\n"


def quarto_book(made: Study, only: frozenset[str] | None = None) -> Book:
    figures = {one.name: svg_result(*range(len(one.cells))) for one in made.instances}
    execution = Execution({(name, "de"): result for name, result in figures.items()})
    book, _ = resolve_edition(made, made.editions[0], execution, run_pandoc, only, quarto=True)
    return book


def written(markdown: str, root: Path) -> str:
    """Return a chapter as it is written for Quarto, without its front matter."""
    (root / "box.svg").write_text(SVG)
    (root / "works.bib").write_text(BIBLIOGRAPHY)
    chapter = instance("one", prose(f"# Titel\n\n{markdown}", "one.md"))
    made = study(chapter, root=root, bibliographies=("works.bib",), options=VIDEOS)
    text = quarto_project(quarto_book(made), "html", run_pandoc)["index.qmd"].decode()
    return text.partition("# Titel\n\n")[2].strip()


# What an author may write, in Quarto's own form, as we write it too.
SAME = {
    "callout": '::: {.callout-tip collapse="true"}\n## Ein *Rat*\n\nText.\n:::',
    "callout without a title": "::: callout-note\nText.\n:::",
    "callout with looks": '::: {.callout-note appearance="minimal" icon="false"}\nText.\n:::',
    "labelled callout": "::: {#tip-a .callout-tip}\n## Rat\n\nText, siehe @tip-a.\n:::",
    "theorem": "::: {#thm-line}\n## Gerade\n\nEine Gerade ist gerade.\n:::",
    "proof": "::: proof\nKlar.\n:::",
    "tabs": "::: panel-tabset\n## Eins\n\nText.\n\n### Darin\n\nMehr.\n\n## Zwei\n\nText.\n:::",
    "tabs of a group": '::: {.panel-tabset group="sprache"}\n## Eins\n\nText.\n:::',
    "layout": '::: {layout="[[50,50],[100]]"}\nEins.\n\nZwei.\n\nDrei.\n:::',
    "layout with empty space": '::: {layout="[[60,-40],[100]]"}\nEins.\n\nZwei.\n:::',
    "figure": '![Ein *Kasten*](images/box.svg){#fig-box fig-alt="Blau"}',
    "figure without other words": "![Kasten](images/box.svg){#fig-box}",
    "picture in text": "Ein ![Kasten](images/box.svg) im Text.",
    "subfigures": (
        '::: {#fig-two layout="[[50,50]]"}\n![Eins](images/box.svg){#fig-two-a}\n\n'
        "![Zwei](images/box.svg){#fig-two-b}\n\nBeide\n:::\n\nSiehe @fig-two und @fig-two-b."
    ),
    "table": "::: {#tbl-a}\n| a   |   b |\n|:----|----:|\n| 1   |   2 |\n\nDie Zahlen[^1]\n:::\n\n[^1]: Von 2020.",
    "own kind of float": (
        '::: {#vid-a}\n![](images/box.svg){fig-alt="Blau"}\n\nEin Film\n:::\n\nSiehe @vid-a und [-@vid-a].'
    ),
    "own kind of float with a table": "::: {#vid-a}\n| a   |\n|-----|\n| 1   |\n\nEin Film\n:::",
    "listing": "::: {#lst-a}\n``` python\nx = 1\n```\n\nEin Programm\n:::\n\n@lst-a zeigt es.",
    "code of a file": '``` {.python code-line-numbers="true" filename="a.py"}\nx = 1\n```',
    "code with notes": "``` python\nx = 1  # <1>\n```\n\n1.  Eine Zahl",
    "code with shortcodes": '``` {.markdown shortcodes="false"}\n{{< meta title >}}\n```',
    "code that is not run": "```` markdown\n```{python}\nx\n```\n````",
    "equation": "$$a = b$$ {#eq-sum}\n\nSiehe @eq-sum.",
    "environment": "\\begin{align}a &= b\\end{align}",
    "citations": "Nach @smith2019 [12] und [vgl. @smith2019, S. 3; -@smith2019].",
    "references": "[Abb. @fig-box], [-@fig-box], @Fig-box\n\n![Kasten](images/box.svg){#fig-box}",
    "conditions": '::: {.content-visible when-format="pdf"}\nIm Druck.\n:::',
    "names that are ours too": (
        "::: file\nText.\n:::\n\n::: layout\nText.\n:::\n\n::: callout\nText.\n:::\n\n::: tabset\nText.\n:::"
    ),
    "raw markup": "`\\vspace{1cm}`{=latex} und `<b>`{=html}",
    "margin": "::: column-margin\nAm Rand.\n:::\n\nText[am Rand]{.aside}.",
    "list of references": "::: {#refs}\n:::",
    "lists": "- [ ] offen\n- [x] fertig\n\nWort\n:   Erklärung",
    "signs": (
        'Ein \\*Stern\\*, \\"gerade\\" Zeichen, „runde“, ein\u00a0Abstand, 5 \\$, \\@name, a\\-\\-b, '
        "so\\.\\.\\. – und so…"
    ),
}


@pytest.mark.parametrize("markdown", SAME.values(), ids=SAME.keys())
def test_what_an_author_writes_is_written_again(tmp_path: Path, markdown: str) -> None:
    assert written(markdown.replace("images/", ""), tmp_path) == markdown


# What we write otherwise than most authors do; Quarto reads both alike.
OTHERWISE = {
    "columns": (
        "::: {layout-ncol=2}\nEins.\n\nZwei.\n\nDrei.\n:::",
        '::: {layout="[[50,50],[50,-50]]"}\nEins.\n\nZwei.\n\nDrei.\n:::',
    ),
    "table": ("| a |\n|---|\n| 1 |\n\n: Zahlen {#tbl-a}", "::: {#tbl-a}\n| a   |\n|-----|\n| 1   |\n\nZahlen\n:::"),
    "page break": ("`pagebreak`{.shortcode}", "{{< pagebreak >}}"),
    "quotes": ('Das "alte" Haus.', "Das „alte“ Haus."),
    "figure": ("::: {#fig-a}\n![Blau](box.svg)\n\nKasten\n:::", '![Kasten](images/box.svg){#fig-a fig-alt="Blau"}'),
}


@pytest.mark.parametrize(("source", "markdown"), OTHERWISE.values(), ids=OTHERWISE.keys())
def test_what_is_written_in_another_way(tmp_path: Path, source: str, markdown: str) -> None:
    assert written(source, tmp_path) == markdown
    assert written(markdown.replace("images/", ""), tmp_path) == markdown or "shortcode" in source


def test_a_raised_link_is_no_note() -> None:
    raised = {"t": "Superscript", "c": [ast.link([ast.word("b")], "https://x.org")]}
    (text,) = run_pandoc([writing(quarto_blocks([ast.para([ast.word("a"), ast.span([raised], "c")])], {}))])
    assert [node["t"] for node in ast.nodes(read(text), "Superscript", "Link", "Note")] == ["Superscript", "Link"]
