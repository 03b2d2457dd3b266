"""What can be told of the text before any cell runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reportkit.cli import main

BOOK = (
    "project: {type: book}\nbook: {title: T, author: A, date: 2026-01-31, chapters: [index.qmd]}\nlang: en\n"
    "profile: x\nformat: html\nreportkit: {}\n"
)


def build(folder: Path, text: str, code: str = "pass") -> int:
    cell = f"```{{python}}\n#| label: fig-cell\n#| fig-cap: C\n#| fig-alt: A\n{code}\nopen('ran', 'w').close()\n```\n"
    (folder / "_quarto.yml").write_text(BOOK, encoding="utf-8")
    (folder / "index.qmd").write_text(f"# One\n\n{cell}\nSee @fig-cell and @fig-cell-2.\n\n{text}\n", encoding="utf-8")
    return main(["--study", str(folder), "build"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("![a](no.png)", "RK333"),
        ("See [@nobody].", "RK305"),
        ("@fig-no", "RK320"),
        ("[^1]", "RK335"),
        ("::: x", "RK336"),
    ],
)
def test_faults_of_the_text_are_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    assert build(tmp_path, text) == 5
    told = capsys.readouterr().err
    assert f"error[{code}]" in told and not (tmp_path / "ran").exists()
    printed = re.findall(r"^(?:error|warning)\[", told, re.M)
    assert len(printed) == 2 and told.endswith("2 diagnostics\n")


def test_a_label_that_code_may_make_is_waited_for(tmp_path: Path) -> None:
    assert build(tmp_path, "@fig-made", "'::: {#fig-made}'") in {4, 5}
    assert (tmp_path / "ran").exists()
