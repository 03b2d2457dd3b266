"""The EPUB edition: a cover, a file for each chapter, every link leads somewhere, the same bytes."""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from compile.sample import SVG, figure, instance, prose, resolve, study, svg_result
from reportkit.compile import compile_book
from reportkit.model.book import Book
from reportkit.process import run_pandoc
from resolve.told import told

ONE = (
    "# One & *all* {#sec-one}\n\n## Part\n\nSee @fig-a, @tbl-rows and [two](two.md).[^n] [Aside]{.aside} $a^2$\n\n"
    '[^n]: A note.\n\n::: {.callout-tip collapse="true" title="Look"}\nInside.\n:::\n\n'
    "<script>alert(1)</script>Text<br>\n\n```{.python code-fold=true}\nx = 1\n```\n"
)
TWO = "# Two {#sec-two}\n\n## Part\n\nSee @fig-a.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n: Rows {#tbl-rows}\n"
NAMES = {
    "x": "http://www.w3.org/1999/xhtml",
    "epub": "http://www.idpf.org/2007/ops",
    "m": "http://www.w3.org/1998/Math/MathML",
}


@pytest.fixture(scope="module")
def book() -> Book:
    made = study(instance("1-one", prose(ONE, "1-one.md"), figure("fig-a")), instance("two", prose(TWO)))
    return resolve(made, {"1-one": svg_result(1)})


@pytest.fixture(scope="module")
def epub(book: Book) -> dict[str, bytes]:
    files = compile_book(book, "epub", run_pandoc)
    assert list(files) == ["zwei-staedte.epub"]
    return unpacked(files["zwei-staedte.epub"])


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def found(epub: dict[str, bytes], name: str, path: str) -> list[str]:
    tree = etree.fromstring(epub[f"EPUB/{name}"])
    return [one if isinstance(one, str) else "".join(one.itertext()) for one in tree.xpath(path, namespaces=NAMES)]


def test_each_chapter_is_a_file_titled_by_it_in_the_books_language(epub: dict[str, bytes]) -> None:
    assert next(iter(epub)) == "mimetype" and epub["mimetype"] == b"application/epub+zip"
    assert [name for name in epub if "/ch" in name] == ["EPUB/text/ch001.xhtml", "EPUB/text/ch002.xhtml"]
    assert found(epub, "text/ch001.xhtml", "//x:title | //x:h1") == ["1 One & all", "1 One & all"]
    assert found(epub, "text/ch001.xhtml", "/x:html/@lang") == ["de"]
    assert found(epub, "nav.xhtml", '//x:nav[@epub:type="landmarks"]//x:a') == ["Zwei #Städte", "Umschlag", "Inhalt"]
    assert found(epub, "nav.xhtml", '//x:nav[@epub:type="toc"]//x:a') == [
        "1 One & all",
        "1.1 Part",
        "2 Two",
        "2.1 Part",
    ]


def test_it_tells_what_it_is_and_how_it_can_be_read(epub: dict[str, bytes], book: Book) -> None:
    opf = etree.fromstring(epub["EPUB/content.opf"])
    facts = [(one.get("property") or etree.QName(one).localname, one.text) for one in opf[0]]
    assert {("title", "Zwei #Städte"), ("creator", "Ada $Beispiel"), ("language", "de"), ("date", "2026-01-31")} <= {
        *facts
    }
    assert ("dcterms:modified", "2026-01-31T00:00:00Z") in facts
    features = {text for name, text in facts if name == "schema:accessibilityFeature"}
    assert {"alternativeText", "MathML", "tableOfContents"} <= features
    assert ("schema:accessibilityHazard", "none") in facts
    assert any(name == "schema:accessibilitySummary" and "Alternativtexte" in str(text) for name, text in facts)
    # Nobody has certified it.
    assert not [name for name, _ in facts if "conformsTo" in name or "certified" in name]
    changed = replace(book, source_digest="0" * 64, options={"format.epub.rights": "CC BY 4.0"})
    (other,) = compile_book(changed, "epub", run_pandoc).values()
    assert "CC BY 4.0" in [one.text for one in etree.fromstring(unpacked(other)["EPUB/content.opf"])[0]]
    identifiers = [dict(facts)["identifier"], etree.fromstring(unpacked(other)["EPUB/content.opf"])[0][0].text]
    assert len(set(identifiers)) == 2 and all(str(one).startswith("urn:uuid:") for one in identifiers)


def test_features_are_told_where_they_are_true() -> None:
    plain = resolve(study(instance("one", prose("# One\n\nText.\n"))))
    moving = replace(plain, assets={"images/a.gif": b"GIF89a"})
    (data,), (other,) = (compile_book(book, "epub", run_pandoc).values() for book in (plain, moving))
    assert "MathML" not in found(unpacked(data), "content.opf", "//text()")
    assert "unknown" in found(unpacked(other), "content.opf", "//text()")


def test_the_cover_is_drawn_from_title_and_authors(epub: dict[str, bytes], book: Book) -> None:
    assert found(epub, "text/cover.xhtml", "//x:img/@alt") == ["Zwei #Städte"]
    (source,) = found(epub, "text/cover.xhtml", "//x:img/@src")
    picture = epub[posixpath.normpath(f"EPUB/text/{source}")]
    assert picture.startswith(b"\x89PNG") and int.from_bytes(picture[16:20]) / int.from_bytes(picture[20:24]) < 0.7
    (cover,) = found(epub, "content.opf", "//*[@properties='cover-image']/@href")
    assert f"EPUB/{cover}" == posixpath.normpath(f"EPUB/text/{source}")
    quoted = replace(book, title='"><script>alert(1)</script>', authors=('#panic("no")',))
    (other,) = compile_book(quoted, "epub", run_pandoc).values()
    assert found(unpacked(other), "text/cover.xhtml", "//x:img/@alt") == ['"><script>alert(1)</script>']


@pytest.mark.parametrize(
    "named",
    [
        {"options": {"format.epub.cover-image": "cover.svg"}},
        {"options": {"format.epub.epub-cover-image": "./cover.svg"}},
        {"metadata": {"book": {"cover-image": "cover.svg"}}},
    ],
)
def test_a_study_names_its_own_cover(named: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "cover.svg").write_text(SVG.replace("<rect", "<script>1</script><rect"), encoding="utf-8")
    made = study(instance("one", prose("# One\n")), root=tmp_path, formats=("epub",), **named)
    book = resolve(made)
    assert list(book.own_files()) == ["cover.svg"]
    (data,) = compile_book(book, "epub", run_pandoc).values()
    (source,) = found(unpacked(data), "content.opf", "//*[@properties='cover-image']/@href")
    picture = unpacked(data)[f"EPUB/{source}"]
    assert b"<rect" in picture and b"script" not in picture


def test_a_cover_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "_quarto.yml").write_text("book:\n  cover-image: none.png\n", encoding="utf-8")
    named = {"book": {"cover-image": "none.png"}}
    made = study(instance("one", prose("# One\n")), root=tmp_path, formats=("epub",), metadata=named)
    assert told(made) == [("RK333", "_quarto.yml:2")]


def test_every_link_leads_to_something_in_the_book(epub: dict[str, bytes]) -> None:
    links = 0
    for name in [name for name in epub if name.endswith(".xhtml")]:
        for target in etree.fromstring(epub[name]).xpath("//x:a/@href", namespaces=NAMES):
            path, _, fragment = target.partition("#")
            there = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            assert there in epub and (not fragment or f'id="{fragment}"'.encode() in epub[there]), (name, target)
            links += 1
    assert links > 10
    (figure,) = found(epub, "text/ch002.xhtml", "//x:p/x:a/@href")
    assert figure.startswith("ch001.xhtml#")


def test_figures_are_drawings_with_alternative_texts(epub: dict[str, bytes]) -> None:
    assert found(epub, "text/ch001.xhtml", "//x:img/@alt") == ["A blue box"]
    (source,) = found(epub, "text/ch001.xhtml", "//x:img/@src")
    assert source.endswith(".svg") and epub[posixpath.normpath(f"EPUB/text/{source}")].startswith(b"<svg")
    assert found(epub, "text/ch001.xhtml", "//x:figcaption") == ["Abbildung\u00a01.1: A figure"]


def test_notes_formulas_boxes_and_tables_are_there(epub: dict[str, bytes]) -> None:
    notes = found(epub, "text/ch001.xhtml", '//x:aside[@epub:type="footnote"]')
    assert [note.strip() for note in notes] == ["1. A note.", "2. Aside"]
    back = found(epub, "text/ch001.xhtml", '//x:aside//x:a[@role="doc-backlink"]/@href')
    assert back == [f"#{place}" for place in found(epub, "text/ch001.xhtml", '//x:a[@role="doc-noteref"]/@id')]
    assert found(epub, "text/ch001.xhtml", "//m:annotation") == ["a^2"]
    assert [" ".join(box.split()) for box in found(epub, "text/ch001.xhtml", '//x:div[@role="note"]')] == [
        "Look Inside."
    ]
    assert found(epub, "text/ch002.xhtml", "//x:th") == ["a", "b"]


def test_raw_html_is_left_out(epub: dict[str, bytes]) -> None:
    assert not any(b"<script" in data for data in epub.values())
    assert "Text" in [text.strip() for text in found(epub, "text/ch001.xhtml", "//x:p")]


def test_a_link_that_would_run_something_is_text() -> None:
    made = resolve(study(instance("one", prose("# One\n\n[x](javascript://%0aalert) [y](https://example.org)\n"))))
    (data,) = compile_book(made, "epub", run_pandoc).values()
    assert found(unpacked(data), "text/ch001.xhtml", "//x:a/@href") == ["https://example.org"]


def test_attributes_that_are_not_valid_or_run_something_are_left_out() -> None:
    code = '```{.python .numberLines startFrom="5" Foo="bar"}\nx = 1\n```\n\n'
    code += '[word]{onclick="run()" lang="en" style="x" q="1"}\n'
    (data,) = compile_book(resolve(study(instance("one", prose(f"# One\n\n{code}")))), "epub", run_pandoc).values()
    page = unpacked(data)["EPUB/text/ch001.xhtml"].decode()
    assert "data-" not in page and "onclick" not in page
    assert "counter-reset: source-line 4" in page and '<span lang="en">word</span>' in page


def test_a_part_has_a_page_of_its_own(book: Book) -> None:
    first, second = book.pages
    (made,) = compile_book(replace(book, pages=(first, replace(second, part="Part #1"))), "epub", run_pandoc).values()
    assert found(unpacked(made), "text/ch002.xhtml", "//x:title | //x:h1") == ["Part #1", "Part #1"]


def test_the_same_book_gives_the_same_bytes(book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = compile_book(book, "epub", run_pandoc)
    for name, value in {"TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1", "LC_ALL": "C", "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert compile_book(book, "epub", run_pandoc) == made


def test_captions_of_tables_stand_above_them_and_of_own_kinds_where_the_book_says() -> None:
    table = "| a |\n|---|\n| 1 |\n"
    parts = f"::: {{#tbl-x layout-ncol=2}}\n{table}\n: A\n\n{table}\n: B\n\nBoth\n:::"
    text = f"# T\n\n{parts}\n\n::: {{#vid-x}}\n{table}\nC\n:::\n\n::: {{#tbl-l}}\n- item\n\nD\n:::"
    kind = {"kind": "float", "key": "vid", "reference-prefix": "Video"}
    made = study(instance("one", prose(text)), options={"crossref": {"custom": [kind]}})
    (data,) = compile_book(resolve(made), "epub", run_pandoc).values()
    classes = found(unpacked(data), "text/ch001.xhtml", "//x:figure/@class")
    assert classes == ["caption-top", "part caption-top", "part caption-top", "float", "caption-top"]
