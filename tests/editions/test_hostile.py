"""A study whose data, outputs, titles, catalogs and drawings try to act: in no format do they."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pikepdf
import pypdfium2
import pytest
from lxml import etree, html
from playwright.sync_api import Browser

from editions.serving import serving
from reportkit.build import Request, build_study
from reportkit.errors import ResolveError
from watching import Silent

STUDY = Path(__file__).parents[1] / "studies" / "hostile"
LANGUAGES = ("en", "de")
# What a page itself has of these: its style sheet, its script, its policy.
OWN = {"link", "meta", "script"}
ACTIVE = ("applet", "base", "embed", "foreignObject", "form", "frame", "iframe", "input", "object", "template")
# The schemes that a link may have.
OPEN = re.compile(r"(https?|ftp|mailto|tel):", re.IGNORECASE)
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\x00-\x20-]*:|//|\\\\)", re.IGNORECASE)
# What the files hold that the study tries to read.
SECRET = "root:x:0"


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("hostile") / "study"
    shutil.copytree(STUDY, study)
    watcher = Silent()
    build_study(study, Request(), watcher)
    assert {found.code for found in watcher.warnings} == {"RK342", "RK343"}
    return study / "_build" / "editions"


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def unpacked(editions: Path, language: str, fmt: str) -> dict[str, bytes]:
    (path,) = (editions / language / fmt).glob(f"*.{fmt}")
    with zipfile.ZipFile(path) as files:
        return {name: files.read(name) for name in files.namelist()}


def name_of(element: Any) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def acting(tree: Any) -> Iterator[str]:
    """Yield what of a tree runs something, loads something from elsewhere, or sends it there."""
    for element in tree.iter():
        name = name_of(element)
        if name in ACTIVE or (name == "style" and re.search(r"url\(|@import", element.text or "")):
            yield f"<{name}>"
        for attribute, value in element.attrib.items():
            own = attribute.rpartition("}")[2].lower()
            is_address = own in {"action", "data", "formaction", "href", "ping", "poster", "src", "srcset"}
            leads_out = is_address and SCHEME.match(value) and value != "data:,"
            is_link = name == "a" and OPEN.match(value)
            runs = own.startswith("on") or own == "srcdoc" or "url(" in value.replace("url(#", "")
            if runs or (leads_out and not is_link):
                yield f"{name} {attribute}={value}"


def test_no_page_holds_anything_that_acts(editions: Path, language: str) -> None:
    pages = sorted((editions / language / "html").glob("*.html"))
    assert len(pages) == 5
    for path in pages:
        tree = html.parse(str(path)).getroot()
        assert list(acting(tree)) == [], path.name
        head = [(name_of(one), one.get("src") or one.get("href")) for one in tree.iter(*OWN)]
        assert [src for name, src in head if name == "script"] == ["book.js"]
        assert all(name == "meta" or not SCHEME.match(str(href)) or href == "data:," for name, href in head)
        (policy,) = tree.xpath("//meta[@http-equiv]/@content")
        assert "default-src 'none'" in policy and "unsafe-inline" not in policy and "unsafe-eval'" in policy
        assert SECRET not in path.read_text(encoding="utf-8")


def test_what_they_tried_can_be_read(editions: Path) -> None:
    tree = html.parse(str(editions / "en" / "html" / "attacks.html")).getroot()
    assert '<script>window.hacked = 1; alert("text")</script>' in tree.find(".//h1").text_content()
    cells = [cell.text_content() for cell in tree.xpath("//table[@id='tbl-typed']/tbody/tr/*")]
    assert '#eval("1 + 1") #read("/etc/passwd") #import "/book.typ": * #panic("no")' in cells
    assert "= A heading" in cells


@pytest.mark.parametrize("is_served", [False, True])
def test_in_a_browser_nothing_runs_and_nothing_is_asked(
    editions: Path, browser: Browser, language: str, is_served: bool
) -> None:
    folder = editions / language / "html"
    page = browser.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    # A policy that had to step in would say so.
    page.on("console", lambda one: told.append(one.text) if "favicon" not in one.location["url"] else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    with serving(folder) as address:
        start = address if is_served else folder.as_uri()
        for path in (*sorted(folder.glob("*.html")), *sorted(folder.rglob("*.svg"))):
            page.goto(f"{start}/{quote(path.relative_to(folder).as_posix())}")
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.hacked") is None, path.name
            for one in page.query_selector_all("main a, main span, main td"):
                one.dispatch_event("mouseover")
            broken = "[...document.images].filter(one => !one.naturalWidth).map(one => one.getAttribute('src'))"
            assert page.evaluate(broken) == [], path.name
    page.close()
    assert told == []
    assert [url for url in asked if not url.startswith((f"{start}/", "data:"))] == []


def test_the_policy_would_stop_what_got_through(editions: Path, browser: Browser, tmp_path: Path) -> None:
    text = (editions / "en" / "html" / "index.html").read_text(encoding="utf-8")
    attack = '<img src="https://evil.example/x.png" onerror="window.hacked = 1"><script>window.hacked = 1</script>'
    (tmp_path / "index.html").write_text(text.replace("</main>", f"{attack}</main>"), encoding="utf-8")
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto((tmp_path / "index.html").as_uri())
    assert page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in message for message in refused)
    page.close()


def objects(document: pikepdf.Pdf) -> Iterator[Any]:
    for one in document.objects:
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            yield one
            yield from (inner for inner in one.values() if isinstance(inner, pikepdf.Dictionary))


def test_a_pdf_only_shows_something(editions: Path, language: str) -> None:
    (path,) = (editions / language / "pdf").glob("*.pdf")
    with pikepdf.open(path) as document:
        found = list(objects(document))
        kinds = {str(one["/S"]) for one in found if "/S" in one and one.get("/Type", "/Action") == "/Action"}
        addresses = [str(one["/URI"]) for one in found if "/URI" in one]
        names = {name for one in found for name in one}
    assert not {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Rendition"} & kinds
    assert not {"/JS", "/EmbeddedFile", "/EmbeddedFiles", "/AF", "/OpenAction", "/AA", "/AcroForm"} & names
    assert "https://doi.org/10.1/" in "".join(addresses)
    assert [address for address in addresses if not OPEN.match(address)] == []
    with pypdfium2.PdfDocument(path) as document:
        words = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    assert '#eval("1 + 1") #read("/etc/passwd")' in words and SECRET not in words


def test_an_epub_only_shows_something(editions: Path, language: str) -> None:
    files = unpacked(editions, language, "epub")
    for name, data in files.items():
        assert SECRET.encode() not in data and not name.startswith(("/", "..")), name
        if name.endswith((".xhtml", ".svg", ".opf", ".ncx", ".xml")):
            tree = etree.fromstring(data)
            assert list(acting(tree)) == [], name
            assert not list(tree.iter("{*}script")), name
    assert b"remote-resources" not in files["EPUB/content.opf"] and b"scripted" not in files["EPUB/content.opf"]


def test_a_docx_only_shows_something(editions: Path, language: str) -> None:
    files = unpacked(editions, language, "docx")
    assert not [name for name in files if re.search(r"vba|embeddings|activeX|altChunk|\.bin$", name, re.IGNORECASE)]
    outside = [
        one.get("Target")
        for name, data in files.items()
        if name.endswith(".rels")
        for one in etree.fromstring(data)
        if one.get("TargetMode") == "External"
    ]
    assert [target for target in outside if not OPEN.match(target)] == []
    body = etree.fromstring(files["word/document.xml"])
    fields = {text.split()[0] for text in body.xpath("//@*[local-name()='instr']")} | {
        (one.text or "").split()[0] for one in body.iter("{*}instrText")
    }
    assert fields <= {"PAGEREF", "HYPERLINK"}
    assert not any(SECRET.encode() in data for data in files.values())


def test_nothing_is_written_outside_of_the_editions_nor_run_by_a_spreadsheet(editions: Path) -> None:
    study = editions.parents[1]
    assert {path.name for path in study.parent.iterdir()} == {"study"}
    assert {path.name for path in editions.iterdir()} == set(LANGUAGES)
    pages = editions / "en" / "html"
    with zipfile.ZipFile(pages / "data" / "attacks.zip") as archive:
        assert sorted(archive.namelist()) == ["data/attacks.csv", "data/datapackage.json"]
    assert "'=HYPERLINK" in (pages / "tables" / "tbl-typed.csv").read_text(encoding="utf-8-sig")


def test_a_translation_brings_no_raw_markup(tmp_path: Path) -> None:
    study = Path(shutil.copytree(STUDY, tmp_path / "study"))
    catalog = study / "translations" / "de" / "index.po"
    text = catalog.read_text(encoding="utf-8").replace("[Klick]", '<b onclick=\\"alert(1)\\">x</b> [Klick]', 1)
    catalog.write_text(text, encoding="utf-8")
    with pytest.raises(ResolveError) as caught:
        build_study(study, Request(formats=("html",)), Silent())
    assert [(one.code, str(one.location)) for one in caught.value.diagnostics if one.code == "RK603"] == [
        ("RK603", "translations/de/index.po:7")
    ]
