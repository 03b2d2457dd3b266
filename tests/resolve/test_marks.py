"""Markdown's marks that have no effect are told, instead of being printed."""

from __future__ import annotations

import pytest

from compile.sample import instance, prose, resolve, study
from reportkit.errors import Diagnostic, ResolveError
from reportkit.model import ast
from reportkit.model.execution import Execution
from reportkit.process import run_pandoc
from reportkit.resolve import resolve_edition

NOTE = "::: {.note}"


def faults(*texts: str) -> list[Diagnostic]:
    with pytest.raises(ResolveError) as told:
        resolve(study(instance("one", *(prose(text, "one.md") for text in texts))))
    return list(told.value.diagnostics)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("# A\n\nText.[^src]", "RK335", 3),
        ("# A\n\n- *Text*[^a b].\n- More.[^src]", "RK335", 4),
        (f"# A\n\n{NOTE}\n\nText.", "RK336", 3),
        (f"# A\n\n{NOTE}\n\n:::: {{.x}}\n\nText.\n\n::::", "RK336", 3),
        (f"# A\n\n{NOTE}\n\nText.\n\n:::\n\n:::", "RK336", 9),
        (f"# A\n\nText.\n{NOTE}\nText.\n:::", "RK336", 6),
        ("# A\n\n::: {.note\n\nText.\n\n:::", "RK336", 3),
        ("# A\n\nSome\n`{python} people lived here.", "RK117", 4),
    ],
)
def test_a_mark_without_effect_is_told_at_its_line(text: str, code: str, line: int) -> None:
    (fault,) = faults(text)
    assert (fault.code, str(fault.location)) == (code, f"one.md:{line}")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"- Item\n\n    {NOTE}\n    Text.\n    :::", 5),
        ("::: {.panel-tabset}\n## One\nText\n## Two\nText\n:::", 6),
        ("Text\n### Deeper", 4),
        ("Text\n\n```\ncode\n\n````\n## a\n", None),
        ("~~~~\n```\n~~~~\n\n```python\nx = 1\n\nText", 7),
        ("| a | b |\n| 1 | 2 |", 3),
        ("| A line\n| and one with | more |", None),
        ("Text\n| a | b |\n|---|---|\n| 1 | 2 |", 5),
        ("::: {.x}\n| a | b |\n|---|---|\n| 1 | 2 |\n:::", None),
        ("## B\n| a | b |\n|:--|--:|\n| 1 | 2 |", None),
        ("Text with | a bar\n\n| a | b |\n|---|---|\n| 1 | 2 |", None),
        (f"- Item\n\n  {NOTE}\n  Text.\n  :::", None),
        ("```\nx\n## y\n```\n\n|##|\n|---|\n|1|", None),
    ],
)
def test_what_cannot_begin_where_it_stands_is_told(text: str, place: int | None) -> None:
    made = study(instance("one", prose(f"# A\n\n{text}", "one.md")))
    _, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert [(fault.code, str(fault.location)) for fault in told] == ([("RK344", f"one.md:{place}")] if place else [])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| 1 | 2 |\n| 1 | 2 | 3 | 4 |", [5, 7]),
        ("a | b\n--|--\n1 | 2", []),
        ("| a | b |\n|---|---|\n| `x|y` | $|z|$ |\n| 1 \\| 2 | 3 |\n", []),
        ("| a | b |\n|---|---|\n| 1 |\n\n| c | d | e |\n|---|---|---|\n| 1 | 2 | 3 |", []),
        ("```\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n```", []),
        ("+---+---+\n| a | b |\n+===+===+\n| 1 | 2 |\n+---+---+", []),
    ],
)
def test_cells_beyond_the_head_of_a_table_are_told(text: str, places: list[int]) -> None:
    made = study(instance("one", prose(f"# A\n\n{text}", "one.md")))
    _, told = resolve_edition(made, made.editions[0], Execution({}), run_pandoc)
    assert [(fault.code, str(fault.location)) for fault in told] == [("RK345", f"one.md:{line}") for line in places]


def test_a_mistyped_footnote_has_the_nearest_one_as_its_hint() -> None:
    (fault,) = faults("# A\n\nText.[^source]", "[^sorce]: Own count.")
    assert (fault.message, fault.hint) == ("footnote `source` is never defined", "did you mean `sorce`?")


@pytest.mark.parametrize(
    "text",
    [
        "Escaped: \\[^a]",
        "Quoted: `[^a]`, $x[^a]$, <!-- [^a] -->",
        f"```\n[^a]\n{NOTE}\n`{{python}} x\n```",
        f"{NOTE}\n\n::: {{.x}}\nText.[^a]\n:::\n\n:::\n\n[^a]: Note.",
        "::: note :::\nText.\n:::",
        "<!--\n\n:::\n\n-->\n\nText.",
        "Two colons :: and a set \\::: of three.",
    ],
)
def test_marks_with_an_effect_and_marks_that_are_quoted_are_no_fault(text: str) -> None:
    (page,) = resolve(study(instance("one", prose(f"# A\n\n{text}", "one.md")))).pages
    assert page.blocks[0]["t"] == "Header"


def test_what_marks_the_end_of_a_chapter_is_not_printed() -> None:
    (page,) = resolve(study(instance("one", prose("# A\n\nText.\n\n- one\n- two", "one.md")))).pages
    assert [block["t"] for block in page.blocks] == ["Header", "Para", "BulletList"]
    assert ast.plain_text(page.blocks).split() == ["1", "A", "Text.", "one", "two"]
