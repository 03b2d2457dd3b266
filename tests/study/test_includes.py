from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reportkit.errors import Diagnostic
from reportkit.model.study import Code, Prose
from reportkit.study.cells import text_lines
from reportkit.study.files import Files
from reportkit.study.includes import Expansion
from reportkit.study.shortcodes import check_shortcodes
from reportkit.study.sources import Sources


def expand(folder: Path, text: str, files: Mapping[str, str], **parameters: str) -> tuple[str, Expansion]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    reader = Files(folder)
    faults: list[Diagnostic] = []
    expansion = Expansion(reader, Sources(reader, faults).partial, parameters, "n=1")
    (cell,) = expansion.expand([Prose(tuple(text_lines("chapters/a.md", text)))])
    return cell.text, expansion


def test_includes_are_relative_to_their_own_file(tmp_path: Path) -> None:
    files = {"chapters/parts/b.md": "B\n{{< include c.md >}}\n", "chapters/parts/c.md": "C\n"}
    text, expansion = expand(tmp_path, "vor\n{{< include parts/b.md >}}\nnach", files)
    assert text == "vor\nB\nC\nnach"
    assert list(expansion.partials) == ["chapters/parts/b.md", "chapters/parts/c.md"]


def test_an_included_document_brings_its_code_cells(tmp_path: Path) -> None:
    (tmp_path / "b.qmd").write_text("B\n\n```{python}\n#| label: x\n1\n```\n\nC\n", encoding="utf-8")
    reader = Files(tmp_path)
    expansion = Expansion(reader, Sources(reader, []).partial, {}, None)
    cells = expansion.expand([Prose(tuple(text_lines("a.qmd", "vor\n\n{{< include b.qmd >}}\n\nnach")))])
    assert [cell.text for cell in cells] == ["vor\n\nB\n", "1", "\nC\n\nnach"]
    assert isinstance(cells[1], Code) and cells[1].label == "x"


def test_a_leading_slash_begins_at_the_study(tmp_path: Path) -> None:
    text, expansion = expand(tmp_path, '{{< include "/b.md" >}}', {"b.md": "B\n"})
    assert (text, expansion.faults) == ("B", [])


def test_parameters_stand_in_paths(tmp_path: Path) -> None:
    text, _ = expand(tmp_path, "{{< include {city}/{year}.md >}}", {"chapters/x/3.md": "X"}, city="x", year="3")
    assert text == "X"


def test_a_value_cannot_lead_out_of_the_study(tmp_path: Path) -> None:
    _, expansion = expand(tmp_path, "{{< include {city}.md >}}", {}, city="../../secret")
    assert [(fault.code, str(fault.location)) for fault in expansion.faults] == [("RK108", "chapters/a.md:1 (n=1)")]


def test_an_unknown_parameter_has_a_hint(tmp_path: Path) -> None:
    _, expansion = expand(tmp_path, "{{< include {ctiy}.md >}}", {}, city="x")
    assert [(fault.code, fault.hint) for fault in expansion.faults] == [("RK119", "did you mean `city`?")]


def test_an_include_in_code_brings_the_text_of_any_file(tmp_path: Path) -> None:
    written = "``` {.python}\n{{< include /a.py >}}\n```\n"
    text, expansion = expand(tmp_path, written, {"a.py": "x = 1\n\n# {{< include b.md >}}\n"})
    assert text == "``` {.python}\nx = 1\n\n# {{< include b.md >}}\n```"
    assert (list(expansion.partials), expansion.faults) == ([], [])


@pytest.mark.parametrize("line", ['``` {.md shortcodes="false"}\n{{< include b.md >}}', "```\n{{{< include b.md >}}}"])
def test_an_include_in_code_may_be_shown(tmp_path: Path, line: str) -> None:
    assert expand(tmp_path, f"{line}\n```", {"chapters/b.md": "B"})[0] == f"{line}\n```"


def test_an_include_in_code_of_no_file_is_told(tmp_path: Path) -> None:
    _, expansion = expand(tmp_path, "```\n{{< include b.py >}}\n```", {})
    assert [(fault.code, str(fault.location)) for fault in expansion.faults] == [("RK107", "chapters/a.md:2")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{{< include a.md >}}", []),
        ("`x` {{{< meta title >}}}", []),
        ("```\n{{< meta title >}}\n```", []),
        ("Siehe {{< video x.mp4 >}} und {{< include a.md >}}.", ["RK105", "RK119"]),
    ],
)
def test_what_is_not_expanded_is_told(text: str, codes: list[str]) -> None:
    assert [fault.code for fault in check_shortcodes(text_lines("a.md", text))] == codes


def test_a_mistyped_include_has_a_hint() -> None:
    (fault,) = check_shortcodes(text_lines("a.md", "{{< inclde b.md >}}"))
    assert (fault.code, fault.hint) == ("RK124", "did you mean `include`?")
