"""Settings of the printed page: what they may be, and what is told of those that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import matplotlib
import pytest

from reportkit.errors import Diagnostic
from reportkit.study.config import Config, read_config
from reportkit.study.files import Files

BOOK = "project: {type: book}\nbook: {title: T, date: 2026-01-31, chapters: []}\nreportkit: {}\n"
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")


def read(folder: Path, settings: str) -> tuple[Config, Files, list[Diagnostic]]:
    (folder / "_quarto.yml").write_text(f"{BOOK}format:\n  typst:\n    {settings}\n", encoding="utf-8")
    faults: list[Diagnostic] = []
    files = Files(folder)
    return read_config(files, faults), files, faults


@pytest.mark.parametrize(
    "settings",
    [
        "papersize: us-letter",
        "margin: {x: 2cm, top: 10%}",
        "fontsize: 11pt",
        "linestretch: 1.2",
        "mainfont: DejaVu Serif",
        "codefont: dejavu sans mono",
        "lof: false",
    ],
)
def test_a_setting_is_kept(tmp_path: Path, settings: str) -> None:
    config, _, faults = read(tmp_path, settings)
    assert faults == []
    assert f"format.typst.{settings.split(':')[0]}" in config.options


@pytest.mark.parametrize(
    ("settings", "code", "message", "hint"),
    [
        ("papersize: a44", "RK103", "there is no paper `a44`", "did you mean `a4`?"),
        ("fontsize: big", "RK103", "`format.typst.fontsize` must be a length such as `11pt` or `25mm`", ""),
        ("margin: {x: 2}", "RK103", "`format.typst.margin.x` must be a length such as `11pt` or `25mm`", ""),
        ("margin: {lefft: 2cm}", "RK102", "unknown key `format.typst.margin.lefft`", "did you mean `left`?"),
        ("margin: 2cm", "RK103", "`format.typst.margin` must be a mapping of keys to values", ""),
        ("linestretch: wide", "RK103", "`format.typst.linestretch` must be a number such as `1.2`", ""),
        (
            "mainfont: DejaVu Sherif",
            "RK133",
            "there is no font `DejaVu Sherif`",
            "did you mean `DejaVu Serif`? There are",
        ),
        ("font-paths: type", "RK107", "folder of fonts `type` does not exist", ""),
        ("font-paths: ../type", "RK108", "folder of fonts `../type` leads outside the study", ""),
    ],
)
def test_a_setting_that_is_none_is_told_with_its_line(
    tmp_path: Path, settings: str, code: str, message: str, hint: str
) -> None:
    _, _, faults = read(tmp_path, settings)
    (fault,) = dict.fromkeys(faults)
    assert (fault.code, fault.message, fault.location.line if fault.location else 0) == (code, message, 6)
    assert (fault.hint or "").startswith(hint)


def test_fonts_of_the_study_have_names_and_count_as_its_files(tmp_path: Path) -> None:
    (tmp_path / "type").mkdir()
    shutil.copy(FONTS / "STIXGeneral.ttf", tmp_path / "type")
    _, files, faults = read(tmp_path, "font-paths: type\n    mainfont: STIXGeneral")
    assert faults == []
    assert "type/STIXGeneral.ttf" in files.digests


def test_a_setting_of_print_has_no_effect_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text(f"{BOOK}format:\n  html:\n    papersize: a5\n", encoding="utf-8")
    faults: list[Diagnostic] = []
    read_config(Files(tmp_path), faults)
    assert [fault.code for fault in faults] == ["RK105"]
