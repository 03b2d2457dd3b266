"""The small study from source to HTML and PDF, in both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from reportkit import compile
from reportkit.build import Request, build_study
from reportkit.errors import ExecutionError
from reportkit.model.book import Book
from reportkit.process import Pandoc
from watching import Silent

STUDY = Path(__file__).parents[1] / "studies" / "two-cities"


@pytest.fixture(scope="module")
def built(built_once: Callable[[Path], Path]) -> Path:
    return built_once(STUDY)


def page(root: Path, language: str, name: str) -> str:
    html = (root / f"_build/editions/{language}/html/{name}.html").read_text(encoding="utf-8")
    return re.sub(r"[ \n]+", " ", html)


def test_every_edition_has_its_pages_and_its_pdf(built: Path) -> None:
    for language in ("de", "en"):
        folder = built / "_build/editions" / language
        pages = {path.stem for path in (folder / "html").glob("*.html")}
        assert {"index", "city-altdorf", "city-neustadt", "comparison", "references"} <= pages
        assert len(list((folder / "pdf").glob("*.pdf"))) == 1


def test_the_formats_of_an_edition_are_compiled_at_the_same_time(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = Barrier(2)

    def meeting(fmt: str, book: Book, pandoc: Pandoc) -> dict[str, bytes]:
        both.wait(timeout=60)
        return {f"{fmt}.txt": fmt.encode()}

    monkeypatch.setattr(compile, "WRITERS", {fmt: partial(meeting, fmt) for fmt in ("html", "pdf")})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    root = shutil.copytree(built, tmp_path / "study")
    shutil.rmtree(root / "_build/store/editions")
    shutil.rmtree(root / "_build/store/finished")

    build_study(root, Request(languages=("de",)), Silent())

    made = [path.read_text(encoding="utf-8") for path in sorted((root / "_build/editions/de").glob("*/*.txt"))]
    assert made == ["html", "pdf"]


def test_a_reference_across_chapters_names_the_number_and_links_to_the_page(built: Path) -> None:
    comparison = page(built, "de", "comparison")

    assert re.search(r'<a href="city-altdorf\.html#fig-population-altdorf"[^>]*>Abbildung\u00a01\.1</a>', comparison)
    assert re.search(r'<a href="city-neustadt\.html#fig-population-neustadt"[^>]*>Abbildung\u00a02\.1</a>', comparison)


def test_an_own_label_means_the_own_city(built: Path) -> None:
    assert 'id="fig-population-altdorf"' in page(built, "de", "city-altdorf")
    assert "#fig-population-altdorf" in page(built, "de", "city-altdorf")
    assert "neustadt.svg" not in page(built, "de", "city-altdorf")


def test_the_english_edition_is_english_where_it_is_translated(built: Path) -> None:
    english = page(built, "en", "city-altdorf")

    assert '<html lang="en"' in english
    assert "Event" in english and "Ereignis<" not in english
    assert re.search(r'lang="de"', english), "prose without a translation is marked with its language"


def test_the_record_leads_from_a_figure_to_its_cell_and_data(built: Path) -> None:
    record = json.loads((built / "_build/editions/de/record.json").read_text(encoding="utf-8"))
    figure = record["artifacts"]["city-altdorf/fig-population-altdorf"]

    assert figure["kind"] == "figure"
    assert figure["place"].startswith("chapters/city.ipynb, cell 4")
    assert record["instances"]["city-altdorf"]["parameters"] == {"city": "altdorf"}
    assert "data/population.csv" in record["instances"]["city-altdorf"]["files"]
    assert record["inputs"]["data/population.csv"]


def test_a_city_edition_is_self_contained(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study")
    build_study(root, Request(languages=("de",), where={"city": "neustadt"}), Silent())
    folder = root / "_build/editions/city-neustadt/de/html"

    assert {path.stem for path in folder.glob("*.html")} >= {"city-neustadt", "references"}
    assert not (folder / "city-altdorf.html").exists()
    links = re.findall(r'href="([^"#]+\.html)', (folder / "city-neustadt.html").read_text(encoding="utf-8"))
    assert {link for link in links if not link.startswith("..")} <= {path.name for path in folder.glob("*.html")}


def test_a_failing_cell_leaves_the_last_editions_in_place(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study")
    notebook = root / "chapters/city.ipynb"
    source = notebook.read_text(encoding="utf-8")
    notebook.write_text(source.replace("people = inhabitants(city)", "people = {}[city]"), encoding="utf-8")
    before = (root / "_build/editions/de/html/city-altdorf.html").read_bytes()

    watcher = Silent()
    with pytest.raises(ExecutionError) as caught:
        build_study(root, Request(), watcher)

    assert {str(d.location).split(" (")[1] for d in caught.value.diagnostics} == {"city=altdorf)", "city=neustadt)"}
    assert all("cell 2" in str(d.location) for d in caught.value.diagnostics)
    assert (root / "_build/editions/de/html/city-altdorf.html").read_bytes() == before
    assert list((root / "_build/failed").glob("*.ipynb"))
