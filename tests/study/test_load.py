from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from reportkit.digest import digest_bytes
from reportkit.model.study import Code, EditionSpec, Prose
from reportkit.study import load_study

StudyAt = Callable[[str], Path]


def test_the_book_is_what_the_configuration_says(study_at: StudyAt) -> None:
    study = load_study(study_at("two-cities"))
    assert (study.title, study.subtitle, study.authors) == (
        "Zwei Städte",
        "Eine Studie zum Erproben",
        ("Ada Beispiel",),
    )
    assert (study.date, study.language, study.formats) == ("2026-01-31", "de", ("html", "pdf"))
    assert study.editions[1] == EditionSpec("en", "Two Cities", "A study to try things with", "translations/en")
    assert study.options == {"project.execute-dir": "project"}


def test_chapters_fan_out_in_the_order_of_the_book(study_at: StudyAt) -> None:
    study = load_study(study_at("two-cities"))
    names = [(instance.name, instance.suffix, instance.described) for instance in study.instances]
    assert names == [
        ("index", "", None),
        ("city-altdorf", "-altdorf", "city=altdorf"),
        ("city-neustadt", "-neustadt", "city=neustadt"),
        ("comparison", "", None),
        ("references", "", None),
    ]
    assert [instance.executes for instance in study.instances] == [False, True, True, True, False]


def test_an_included_line_keeps_its_own_place(study_at: StudyAt) -> None:
    neustadt = load_study(study_at("two-cities")).instances[2]
    heading = neustadt.cells[2]
    assert isinstance(heading, Prose)
    parts = [str(line.location()) for line in heading.lines if line.cell is None]
    assert parts == [
        "chapters/_parts/neustadt/change.md:1",
        "chapters/_parts/neustadt/change.md:2",
        "chapters/_parts/source.md:1",
        "chapters/_parts/source.md:2",
        "chapters/_parts/source.md:3",
    ]
    assert neustadt.files == ("chapters/city.ipynb", "chapters/_parts/neustadt/change.md", "chapters/_parts/source.md")


def test_expressions_are_numbered_in_reading_order(study_at: StudyAt) -> None:
    altdorf = load_study(study_at("two-cities")).instances[1]
    assert [(e.number, e.text, e.cell) for e in altdorf.expressions[:5]] == [
        (1, "place", 2),
        (2, "number(people[2020])", 2),
        (3, "place", 2),
        (4, "number(people[2010])", 2),
        (5, "place", 3),
    ]
    figure = altdorf.cells[3]
    assert isinstance(figure, Code)
    assert figure.options["fig-cap"] == 'Einwohnerzahl von `place`{.value n="5"}'
    assert str(altdorf.expressions[4].line.location()) == "chapters/city.ipynb, cell 4, line 2"


def test_sources_are_each_there_once_with_their_includes_as_written(study_at: StudyAt) -> None:
    study = load_study(study_at("two-cities"))
    assert [source.path for source in study.sources] == [
        "index.md",
        "chapters/city.ipynb",
        "chapters/comparison.qmd",
        "chapters/references.md",
        "chapters/_parts/altdorf/change.md",
        "chapters/_parts/neustadt/change.md",
        "chapters/_parts/source.md",
    ]
    heading = study.sources[1].cells[2]
    assert isinstance(heading, Prose)
    assert heading.lines[0].text == '# `place`{.value n="1"} {#sec-city}'
    assert heading.lines[-1].text == "{{< include _parts/{city}/change.md >}}"


def test_inputs_are_the_digests_of_all_that_was_read(study_at: StudyAt) -> None:
    study = load_study(study_at("two-cities"))
    others = {"_quarto.yml", "bibliography.bib", "data/datapackage.json", "translations/en/chapters/city.po"}
    assert set(study.inputs) == {source.path for source in study.sources} | others
    for path, digest in study.inputs.items():
        assert digest == digest_bytes((study.root / path).read_bytes())
    assert all(source.digest == study.inputs[source.path] for source in study.sources)


def test_loading_needs_no_heavy_library(study_at: StudyAt) -> None:
    heavy = ["pandas", "nbformat", "papermill", "frictionless", "matplotlib", "jinja2"]
    program = (
        "import json, sys; from pathlib import Path; from reportkit.study import load_study;"
        f"load_study(Path(sys.argv[1])); print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    )
    ran = [sys.executable, "-c", program, str(study_at("two-cities"))]
    path = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(ran, capture_output=True, text=True, check=True, env={"PYTHONPATH": path})
    assert json.loads(done.stdout) == []


def test_a_catalog_that_nobody_has_begun_is_a_warning(study_at: Callable[[str], Path]) -> None:
    root = study_at("minimal")
    text = (root / "_quarto.yml").read_text(encoding="utf-8")
    editions = "reportkit:\n  editions:\n    de: {}\n    en: {catalog: translations/en}\n"
    (root / "_quarto.yml").write_text(text + editions, encoding="utf-8")
    assert [(fault.code, fault.severity) for fault in load_study(root).warnings] == [("RK123", "warning")]


def test_the_metadata_of_a_folder_hold_for_its_chapters_unless_they_say_otherwise(tmp_path: Path) -> None:
    files = {
        "_quarto.yml": "project: {type: book}\nbook:\n  title: T\n  chapters: [index.md, a/b/one.qmd, a/two.qmd]\n",
        "index.md": "# Index\n",
        "a/_metadata.yml": "toc-depth: 2\nexecute:\n  echo: false\n  ecko: 1\ncode-tools: true\ntitle: No\nplace: A\n",
        "a/b/_metadata.yml": "place: B\nnumber-sections: false\n",
        "a/b/one.qmd": "---\ntoc-depth: 3\nexecute: {warning: false}\n---\n\n# One\n\n```{python}\n1\n```\n",
        "a/two.qmd": "# Two\n\n```{python}\n#| echo: true\n1\n```\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    study = load_study(tmp_path)
    index, one, two = study.instances
    assert index.metadata == {}
    told = {name: value for name, value in one.metadata.items() if name not in {"execute", "title", "code-tools"}}
    assert told == {"toc-depth": 3, "place": "B", "number-sections": False}
    assert two.metadata["toc-depth"] == 2
    options = [dict(cell.options) for made in (one, two) for cell in made.cells if isinstance(cell, Code)]
    assert options == [{"echo": False, "ecko": 1, "warning": False}, {"echo": True, "ecko": 1}]
    assert {(fault.code, str(fault.location), fault.also) for fault in study.warnings} == {
        ("RK105", "a/_metadata.yml:5", ()),
        ("RK102", "a/_metadata.yml:4", ()),
    }
    assert "a/_metadata.yml" in study.inputs
