"""Pictures of the text: taken into the edition, or told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compile.sample import SVG, figure, instance, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.model import ast, attachments
from reportkit.model.study import Study
from reportkit.process import run_pandoc
from resolve.told import faults


def with_picture(root: Path, text: str, *names: str) -> Study:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(SVG, encoding="utf-8")
    return study(instance("one", prose(f"# One\n\n{text}", "texte/one.md"), chapter="texte/one.md"), root=root)


@pytest.mark.parametrize(
    ("target", "asset"),
    [
        ("a.svg", "images/texte/a.svg"),
        ("../a.svg", "images/a.svg"),
        ("über b.svg", "images/texte/über b.svg"),
        ("%C3%BCber%20b.svg", "images/texte/über b.svg"),
        ("(a).svg", "images/texte/(a).svg"),
    ],
)
def test_a_picture_becomes_an_asset(tmp_path: Path, target: str, asset: str) -> None:
    file = asset.removeprefix("images/")
    book = resolve(with_picture(tmp_path, f"![A picture](<{target}>)", file))

    assert dict(book.assets) == {asset: SVG.encode()}
    assert [node["c"][2][0] for node in ast.nodes(book.pages[0].blocks, "Image")] == [asset]


@pytest.mark.parametrize(
    "target",
    [
        "none.svg",
        "../../outside.svg",
        "../../study/texte/b.svg",
        "/etc/hostname",
        "folder.svg",
        "https://example.org/a.svg",
        "a" * 300 + ".svg",
        "a.txt",
    ],
)
def test_what_is_no_picture_of_the_study_is_told(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.svg").write_text(SVG, encoding="utf-8")
    made = with_picture(
        tmp_path / "study", f"![A picture]({target})", "texte/a.txt", "texte/folder.svg/x", "texte/b.svg"
    )
    (fault,) = faults(made)
    assert (fault.code, str(fault.location)) == ("RK333", "texte/one.md:3")


def test_a_link_of_the_file_system_does_not_lead_out_of_the_study(tmp_path: Path) -> None:
    made = with_picture(tmp_path / "study", "![A picture](a.svg)", "texte/b.svg")
    (tmp_path / "outside.svg").write_text(SVG, encoding="utf-8")
    (tmp_path / "study/texte/a.svg").symlink_to(tmp_path / "outside.svg")
    assert [fault.code for fault in faults(made)] == ["RK333"]


@pytest.mark.parametrize("name", ["a.svg", "(a.svg", "a+b.svg"])
def test_a_picture_that_says_nothing_is_told_at_its_line(tmp_path: Path, name: str) -> None:
    (fault,) = faults(with_picture(tmp_path, f"![](<{name}>)", f"texte/{name}"))
    assert (fault.code, str(fault.location)) == ("RK330", "texte/one.md:3")


def test_a_picture_of_the_text_is_not_taken_for_one_that_a_cell_made(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/fig-a.svg").write_text("<svg/>", encoding="utf-8")
    one = instance("one", prose("# One\n\n![Own](figures/fig-a.svg)"), figure("fig-a"))

    book = resolve(study(one, root=tmp_path), {"one": svg_result(1)})

    assert dict(book.assets) == {"images/figures/fig-a.svg": b"<svg/>", "figures/fig-a.svg": SVG.encode()}


def test_text_without_pictures_is_left() -> None:
    from compile.sample import read
    from reportkit.resolve.chapters import Chapter
    from reportkit.resolve.images import take_images

    chapter = Chapter(instance("one"), read("# A\n\n[b](c.svg)"), None)
    assert take_images(chapter, Path(), {}) == (chapter, [])


def test_a_file_name_is_an_address_on_a_page(tmp_path: Path) -> None:
    book = resolve(with_picture(tmp_path, "![A picture](<a #1 50%.svg>){#fig-a}", "texte/a #1 50%.svg"))
    page = compile_book(book, "html", run_pandoc)["one.html"].decode()
    assert page.count('"images/texte/a%20%231%2050%25.svg"') == 2


def test_a_picture_of_a_notebook_is_taken_from_its_cell(tmp_path: Path) -> None:
    cell = {"cell_type": "markdown", "attachments": {"../x.svg": {"image/svg+xml": SVG}}}
    (tmp_path / "one.ipynb").write_text(json.dumps({"cells": [cell]}))
    (name,) = attachments.pictures([cell])
    text = f"# One\n\n![Seen](attachment:{name}){{#fig-x}}\n\n![Gone](attachment:../x.svg)\n"
    made = study(instance("one", prose(text, "one.ipynb"), chapter="one.ipynb"), root=tmp_path)
    (fault,) = faults(made)
    assert (fault.code, fault.hint) == (
        "RK333",
        "the cell does not hold it: put it in once more, or name a file of the study",
    )
    made = study(instance("one", prose(text[:-32], "one.ipynb"), chapter="one.ipynb"), root=tmp_path)
    assert dict(resolve(made).assets) == {f"figures/{name}": SVG.encode()}
