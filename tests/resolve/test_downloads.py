"""Links to files of the data package: downloads in HTML, names in print."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from compile.sample import instance, prose, resolve, study
from reportkit.compile import compile_book
from reportkit.compile.documents import only_for
from reportkit.model import ast
from reportkit.model.book import Book
from reportkit.process import run_pandoc
from reportkit.resolve.downloads import Package
from resolve.told import faults

TABLE = b"year,people\n2014,3700\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_bytes(TABLE)
    package = {"name": "small", "resources": [{"name": "a", "path": "a.csv"}]}
    (tmp_path / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return tmp_path


def made(root: Path, text: str, **more: Any) -> Any:
    inputs = {"data/datapackage.json": "digest"}
    chapter = instance("one", prose(f"# One\n\n{text}", "chapters/one.md"), chapter="chapters/one.md")
    return study(chapter, root=root, inputs=inputs, **more)


def links(book: Book) -> list[tuple[str, str]]:
    return [tuple(node["c"][2]) for page in book.pages for node in ast.nodes(page.blocks, "Link")]


@pytest.mark.parametrize("target", ["../data/a.csv", "data/a.csv"])
def test_a_link_to_a_table_is_a_download_with_its_digest(root: Path, target: str) -> None:
    book = resolve(made(root, f"See [the table]({target})."))
    assert links(book) == [("data/a.csv", f"SHA-256: {hashlib.sha256(TABLE).hexdigest()}")]
    files = compile_book(book, "html", run_pandoc)
    assert files["data/a.csv"] == TABLE
    assert 'href="data/a.csv" class="download" download=""' in files["one.html"].decode()
    assert sorted(book.own_files()) == ["data/a.csv", "data/datapackage.json"]


def test_the_whole_package_is_one_file_with_the_same_bytes_each_time(root: Path) -> None:
    book = resolve(made(root, "[All](../data/small.zip)"))
    archive = zipfile.ZipFile(io.BytesIO(book.downloads["data/small.zip"]))
    assert archive.namelist() == ["data/datapackage.json", "data/a.csv"]
    assert archive.read("data/a.csv") == TABLE
    (root / "data" / "a.csv").touch()
    assert Package(made(root, "")).files["data/small.zip"] == book.downloads["data/small.zip"]


def test_in_print_a_download_is_the_name_of_its_file(root: Path) -> None:
    book = resolve(made(root, "See [the table](../data/a.csv) and [a.csv](../data/a.csv)."))
    shown = only_for(book, "pdf").pages[0].blocks
    assert "See the table (a.csv) and a.csv." in ast.plain_text(shown)
    assert not list(ast.nodes(shown, "Link"))


def test_a_book_without_such_links_holds_no_data(root: Path) -> None:
    assert resolve(made(root, "Text.")).downloads == {}


def test_another_file_of_the_study_is_no_download(root: Path) -> None:
    (root / "data" / "secret.txt").write_text("", encoding="utf-8")
    found = faults(made(root, "[x](../data/secret.txt)"))
    assert [fault.code for fault in found] == ["RK323"]


def test_the_name_of_a_package_leads_out_of_no_folder(root: Path) -> None:
    description = (root / "data" / "datapackage.json").read_text(encoding="utf-8").replace("small", "../../../small")
    (root / "data" / "datapackage.json").write_text(description, encoding="utf-8")
    assert Package(made(root, "")).archive == "data/small.zip"
