"""After a change, exactly these instances run: the table that the whole pipeline is held to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fonts import put_fonts
from reportkit.build import Request, build_study, plan_study
from reportkit.finished import finished_build
from reportkit.model.plan import OutputPlan
from reportkit.store import STORE, Store
from reportkit.verify import correct_build
from watching import Silent

STUDY = Path(__file__).parents[1] / "studies" / "two-cities"
CITIES = {"city-altdorf", "city-neustadt"}
EVERYTHING = CITIES | {"comparison"}


@pytest.fixture(scope="module")
def built(built_once: Callable[[Path], Path]) -> Path:
    return built_once(STUDY)


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def add_prose_cell(root: Path) -> None:
    path = root / "chapters/city.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = {"cell_type": "markdown", "id": "added", "metadata": {}, "source": ["Ein neuer Absatz.\n"]}
    notebook["cells"].insert(2, cell)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def add_village(root: Path) -> None:
    replace("_quarto.yml", "[altdorf, neustadt]", "[altdorf, neustadt, dorf]")(root)
    shutil.copytree(root / "chapters/_parts/altdorf", root / "chapters/_parts/dorf")


EDITS = {
    "nothing": (lambda root: None, set(), set()),
    "prose": (replace("chapters/city.ipynb", "Was in der Stadt geschah", "Was geschah"), set(), set()),
    "a new paragraph": (add_prose_cell, set(), set()),
    "a partial's prose": (replace("chapters/_parts/altdorf/change.md", ".", "!"), set(), set()),
    "a caption": (replace("chapters/city.ipynb", "Einwohnerzahl von", "Wie viele leben in"), set(), set()),
    "a citation": (replace("bibliography.bib", "{2021}", "{2022}"), set(), set()),
    "code": (replace("chapters/city.ipynb", "figsize=(4, 2)", "figsize=(5, 2)"), CITIES, {"its code changed"}),
    "the default of a parameter": (
        replace("chapters/city.ipynb", 'city = \\"altdorf\\"', 'city = \\"neustadt\\"'),
        CITIES,
        {"its code changed"},
    ),
    "a case more": (add_village, {"city-dorf"}, {"never run"}),
    "a case less": (
        replace("_quarto.yml", "[altdorf, neustadt]", "[neustadt]"),
        set(),
        set(),
    ),
    "a data file": (
        replace("data/events.csv", "2016", "2017"),
        CITIES,
        {"`data/events.csv` changed"},
    ),
    "a module": (
        lambda root: (root / "analysis/people.py").write_bytes((root / "analysis/people.py").read_bytes() + b"\n"),
        EVERYTHING,
        {"`analysis/people.py` changed"},
    ),
    "a plot label": (
        replace("translations/en/chapters/city.po", "inhabitants", "people"),
        CITIES,
        {"the label “Einwohner” changed"},
    ),
    "the date": (replace("_quarto.yml", "2026-01-31", "2026-02-01"), EVERYTHING, None),
    "the store lost": (lambda root: shutil.rmtree(root / "_build/store/objects"), EVERYTHING, {"never run"}),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_change_runs_just_what_depends_on_it(name: str, built: Path, tmp_path: Path) -> None:
    edit, instances, reasons = EDITS[name]
    root = shutil.copytree(built, tmp_path / "study", symlinks=True)
    edit(root)

    plan, _ = plan_study(root, Request())

    assert {run.instance for run in plan.runs} == instances
    if reasons is not None:
        assert {run.reason for run in plan.runs} == reasons


@pytest.mark.parametrize("name", EDITS)
def test_a_finished_build_is_known_as_such_until_anything_changes(name: str, built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study", symlinks=True)
    EDITS[name][0](root)

    told = finished_build(root, Store(root / STORE), Request())

    assert (told is not None) == (name == "nothing")
    assert finished_build(root, Store(root / STORE), Request(formats=("html",))) is None


def test_a_finished_build_is_planned_again_if_what_it_made_or_may_read_is_another(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study", symlinks=True)
    store = Store(root / STORE)
    new = root / "data/new.csv"
    new.write_text("a\n", encoding="utf-8")
    assert finished_build(root, store, Request()) is None
    new.unlink()
    assert finished_build(root, store, Request()) is not None
    (root / "_build/editions/de/html/index.html").write_text("changed by hand", encoding="utf-8")
    assert finished_build(root, store, Request()) is None


# Those that leave a study which can be built; a changed sentence is built in both formats below, by cold kernels.
REBUILT = sorted(EDITS.keys() - {"a case more", "a case less", "prose"})


def build_anew(root: Path, formats: tuple[str, ...] = ("html",), cold: bool = False) -> tuple[OutputPlan, ...]:
    put_fonts(root)
    made = build_study(root, Request(formats=formats, cold=cold), Silent())
    return (*made.compiled, *made.unchanged)


@pytest.mark.parametrize("name", REBUILT)
def test_what_a_rebuild_reuses_is_what_a_build_from_nothing_makes(name: str, built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study", symlinks=True)
    EDITS[name][0](root)
    build_study(root, Request(formats=("html",)), Silent())

    assert correct_build(root, build_anew) == ()


def test_a_changed_sentence_runs_nothing_and_gives_what_a_cold_build_makes_in_both_formats(
    built: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(built, tmp_path / "study", symlinks=True)
    EDITS["prose"][0](root)

    made = build_study(root, Request(formats=("html", "pdf")), Silent())

    assert made.ran == ()
    assert {(output.language, output.format) for output in made.compiled} == {
        ("de", "html"),
        ("de", "pdf"),
        ("en", "html"),
        ("en", "pdf"),
    }
    assert correct_build(root, lambda elsewhere: build_anew(elsewhere, ("html", "pdf"), cold=True)) == ()


def test_a_label_of_one_language_runs_in_that_language_only(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study")
    replace("translations/en/chapters/city.po", "inhabitants", "people")(root)

    plan, _ = plan_study(root, Request())

    assert {run.language for run in plan.runs} == {"en"}


def test_a_second_build_executes_and_compiles_nothing(built: Path, tmp_path: Path) -> None:
    second = build_study(shutil.copytree(built, tmp_path / "study", symlinks=True), Request(), Silent())

    assert second.ran == ()
    assert second.compiled == ()
    assert {output.format for output in second.unchanged} == {"html", "pdf"}


def test_an_edition_changed_by_hand_is_compiled_again(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "study")
    page = root / "_build/editions/de/html/index.html"
    page.write_text("something else", encoding="utf-8")

    again = build_study(root, Request(), Silent())

    assert [output.folder for output in again.compiled] == ["_build/editions/de/html"]
    assert page.read_bytes() == (built / "_build/editions/de/html/index.html").read_bytes()


def test_a_changed_picture_compiles_the_editions_that_show_it(
    study_at: Callable[[str], Path],
) -> None:
    root = study_at("minimal")
    picture = root / "picture.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8")
    with (root / "index.md").open("a", encoding="utf-8") as text:
        text.write("\n![A square](picture.svg)\n")
    build_study(root, Request(formats=("html",)), Silent())
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>', encoding="utf-8")

    (compiled,) = build_study(root, Request(formats=("html",)), Silent()).compiled

    assert compiled.reason == "`picture.svg` changed"
    assert (root / compiled.folder / "images/picture.svg").read_bytes() == picture.read_bytes()
