"""Both EPUB and DOCX editions: complete, every link leads somewhere, every picture has its text."""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

CITIES = ("Dortmund", "Duisburg", "Essen", "Hagen", "Oer-Erkenschwick", "Gladbeck")
RAW_MARKUP = re.compile(
    r"\?\?|:::|\{\{<|\{python\}|`\{|(?<!\w)@(fig|tbl|sec|eq|lst)-|\[@|\{#|<NA>|\bnan\b|\bNone\b|\ufffd"
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture(params=("de", "en-GB"))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def trees(editions: Path, language: str, fmt: str) -> dict[str, Any]:
    (path,) = (editions / language / fmt).glob(f"*.{fmt}")
    with zipfile.ZipFile(path) as files:
        names = [name for name in files.namelist() if name.endswith((".xhtml", ".xml", ".opf"))]
        return {name: etree.fromstring(files.read(name)) for name in names}


def test_an_epub_has_a_file_for_each_chapter_and_no_broken_link(editions: Path, language: str) -> None:
    files = {name: tree for name, tree in trees(editions, language, "epub").items() if name.endswith(".xhtml")}
    places = {(name, place) for name, tree in files.items() for place in tree.xpath("//@id")}
    titles = " ".join(tree.findtext(f".//{XHTML}title") for tree in files.values())
    assert [city for city in CITIES if city not in titles] == []
    for name, tree in files.items():
        assert tree.get("lang") == language
        assert RAW_MARKUP.findall("".join(tree.find(f"{XHTML}body").itertext())) == [], name
        assert all(image.get("alt") for image in tree.iter(f"{XHTML}img"))
        for href in (link.get("href") for link in tree.iter(f"{XHTML}a")):
            path, _, fragment = href.partition("#")
            there = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert ":" in href or ((there, fragment) in places if fragment else there in files), (name, href)


def test_a_docx_has_every_chapter_picture_table_and_no_broken_link(editions: Path, language: str) -> None:
    files = trees(editions, language, "docx")
    body = files["word/document.xml"]
    assert RAW_MARKUP.findall("".join(body.itertext())) == []
    styles = files["word/styles.xml"]
    assert styles.find(f"{W}docDefaults//{W}lang").get(f"{W}val") == language
    paragraphs = [
        (style.get(f"{W}val"), "".join(one.itertext()))
        for one in body.iter(f"{W}p")
        if (style := one.find(f"{W}pPr/{W}pStyle")) is not None
    ]
    headings = " ".join(text for style, text in paragraphs if style == "Heading1")
    assert [city for city in CITIES if city not in headings] == []
    assert {style for style, _ in paragraphs} <= {one.get(f"{W}styleId") for one in styles.iter(f"{W}style")}
    pictures = [one.get("descr") for one in body.iter(f"{DRAWING}docPr")]
    assert len(pictures) >= 23 and all(pictures)
    tables = [table for table in body.iter(f"{W}tbl") if table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") == "Table"]
    assert len(tables) >= 12 and all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables)
    parts = (body, files["word/footnotes.xml"])
    places = [one.get(f"{W}name") for part in parts for one in part.iter(f"{W}bookmarkStart")]
    assert len(places) == len(set(places))
    assert {one.get(f"{W}anchor") for one in body.iter(f"{W}hyperlink")} - {None} <= set(places)
    assert len([note for note in files["word/footnotes.xml"] if "".join(note.itertext()).strip()]) >= 10
