"""A German book of Quarto's, mostly notebooks, as its authors left it: in every format, executed and not."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pypdfium2
import pytest
from lxml import html

from books.test_books import BOOKS, RAW
from language.made import squeezed
from reportkit.cli import main


@dataclass
class Built:
    """What a build made and told."""

    folder: Path
    status: int
    told: str

    def page(self, name: str) -> Any:
        return html.parse(self.folder / f"html/{name}.html").getroot()

    def archive(self, fmt: str) -> zipfile.ZipFile:
        (path,) = (self.folder / fmt).glob(f"*.{fmt}")
        return zipfile.ZipFile(io.BytesIO(path.read_bytes()))

    def printed(self) -> str:
        (path,) = (self.folder / "pdf").glob("*.pdf")
        with pypdfium2.PdfDocument(path) as document:
            return squeezed(" ".join(page.get_textpage().get_text_bounded() for page in document))


@pytest.fixture(scope="module", params=["executed", "stored"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    book = shutil.copytree(BOOKS / "handbuch", tmp_path_factory.mktemp(request.param) / "book")
    errors = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", errors)
        status = main(["--study", str(book), "build", *(["--no-execute"] if request.param == "stored" else [])])
    return Built(book / "_build/editions/de", status, errors.getvalue())


def test_the_book_builds_and_tells_what_has_no_effect_where_it_is_written(built: Built) -> None:
    assert built.status == 0
    told = re.findall(r"^(\w+)\[(RK\d+)\]", built.told, re.M)
    # Pictures without a text, an interactive figure, cells that nobody ran.
    assert set(told) <= {("warning", code) for code in ("RK105", "RK330", "RK331", "RK339", "RK416")}
    assert "--> _formate.yml:48" in built.told
    assert ("warning", "RK339") in told and "RK332" not in built.told


def test_no_markup_is_left_on_a_page_and_links_lead_somewhere(built: Built) -> None:
    pages = {path.stem: built.page(path.stem) for path in (built.folder / "html").glob("*.html")}
    assert {"index", "01-daten", "06-regression", "literatur", "tabellen", "loesungen"} <= pages.keys()
    for page in pages.values():
        for target in page.xpath("//main//a/@href"):
            there, _, anchor = unquote(target).partition("#")
            if not re.match(r"\w+:", target):
                assert not there or (built.folder / "html" / there).exists(), target
                shown = pages.get(there.removesuffix(".html"), page)
                assert not anchor or shown.xpath(f'//*[@id="{anchor}"]'), target
        assert page.xpath("//link[@rel='stylesheet']/@href") == ["book.css", "styles/styles.css"]
        for code in page.xpath("//pre|//code"):
            code.drop_tree()
        assert RAW.findall(page.text_content()) == []
    assert RAW.findall(re.sub(r"#\| [\w-]+:|\{python\}", "", built.printed())) == []


def test_an_attachment_is_a_picture_in_every_format(built: Built) -> None:
    (image,) = built.page("01-daten").xpath('//figure[@id="fig-skizze"]//img')
    assert re.fullmatch(r"figures/[0-9a-f]{16}\.png", image.get("src"))
    assert image.get("alt") == "Von der Frage zur Antwort"
    picture = (built.folder / "html" / image.get("src")).read_bytes()
    for fmt in ("epub", "docx"):
        archive = built.archive(fmt)
        assert picture in [archive.read(name) for name in archive.namelist()]


def test_a_raw_table_spans_rows_and_columns_in_every_format(built: Built) -> None:
    (table,) = [one for one in built.page("07-bericht").iter("table") if "Fristen" in one.text_content()]
    assert table.xpath(".//td[@rowspan='2']/text()") == ["Abgabe"] and table.xpath(".//th/@colspan") == ["2"]
    assert "Fristen Was Wann Abgabe Entwurf 15. Januar Endfassung 28. Februar" in built.printed()
    document = built.archive("docx").read("word/document.xml").decode()
    assert "Fristen" in document and '<w:vMerge w:val="restart"' in document


def test_outputs_show_what_can_be_shown(built: Built) -> None:
    assert "IntSlider(value=1000" in built.page("04-schaetzen").text_content()
    assert built.page("05-testen").xpath("//div[@id='p1']|//div[not(node())]") == []
    assert "schwelle = 4.0" in built.page("01-daten").text_content()
    (table,) = [one for one in built.page("06-regression").iter("table") if "Korrelationen" in one.text_content()]
    (colour,) = {cell.get("class").split()[0] for cell in table.iter("td") if cell.text_content() == "1.00"}
    assert f".{colour} {{ background-color: #053061;" in (built.folder / "html/book.css").read_text()
    embedded, original = (
        [
            figure
            for figure in built.page(name).iter("figure")
            if "Verteilung der Lernzeit nach Fach" in figure.text_content()
        ]
        for name in ("07-bericht", "02-beschreibung")
    )
    assert embedded[0].xpath(".//img/@src") == original[0].xpath(".//img/@src") and embedded[0].get("id") is None
    assert squeezed(embedded[0].xpath("string(figcaption)")).startswith("Verteilung der Lernzeit")


def test_text_says_what_its_marks_stand_for(built: Built) -> None:
    index = squeezed(built.page("index").text_content())
    assert "Vorlesung „Methoden I“ im Wintersemester 2025/26" in index
    contents = built.page("loesungen").xpath("//nav[@class='sections']//a")
    assert [squeezed(link.text_content()) for link in contents] == ["Zu Aufgabe 4.1", "Zu Aufgabe 6.1"]
    # As deep as `_metadata.yml` of the chapters' folder says.
    listed = built.page("07-bericht").xpath("//nav[@class='sections']//a/text()")
    assert "Kleinschrift" in listed and "Checkliste" not in listed
    chance = built.page("03-zufall")
    assert chance.xpath("//main//*[contains(@class, 'math')]") == [] and "\\E" not in chance.text_content()
    assert "Schema 7.1" in squeezed(built.page("07-bericht").text_content())
    text = built.printed()
    assert "Wintersemester 2025/26" in text and "B.1 Zu Aufgabe 4.1" in text and "Schema 7.1" in text
