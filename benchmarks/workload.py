"""The workload: a chapter that reads two tables, draws two figures and prints two tables; six cities, two languages.

Written as a study for reportkit and as plain notebooks for everybody else.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

CITIES = ("altdorf", "bergheim", "castrop", "dorsten", "eslohe", "freudenberg")
LANGUAGES = ("de", "en")
Cell = dict[str, object]
# The cells after the parameters, the same for everybody.
CELLS = (
    "import pandas as pd\nimport matplotlib.pyplot as plt\nimport seaborn as sns",
    'people = pd.read_csv(data / "people.csv")\nstaff = pd.read_csv(data / f"staff-{city}.csv")',
    'own = people[people["city"] == city]\nlabel = {"de": "Jahr", "en": "Year"}[language]',
    """#| fig-alt: A line for each group
sns.lineplot(own, x="year", y="number", hue="group", errorbar=None).set(xlabel=label, title=city)
plt.show()""",
    """#| fig-alt: A bar for each month
sns.barplot(staff, x="month", y="posts", errorbar=None).set(title=city)
plt.show()""",
    'own.groupby("group")["number"].describe()',
    'staff.groupby("office")["posts"].agg(["mean", "max"])',
)
LIGHT = ("rows = open(data / f'staff-{city}.csv').read().splitlines()\nlen(rows)",)


def write_data(folder: Path, cities: Iterable[str]) -> None:
    """Write a table that every chapter reads, and one for each city."""
    chance = random.Random(2026)
    data = folder / "data"
    data.mkdir(parents=True)
    rows = [
        f"{city},{year},{group},{chance.randrange(9000)}"
        for city in cities
        for year in range(2000, 2023)
        for group in "abcd"
    ]
    (data / "people.csv").write_text("\n".join(["city,year,group,number", *rows, ""]), encoding="utf-8")
    for city in cities:
        posts = [f"{month},{office},{chance.randrange(40)}" for month in range(1, 13) for office in range(5)]
        text = "\n".join(["month,office,posts", *posts, ""])
        (data / f"staff-{city}.csv").write_text(text, encoding="utf-8")


def write_study(folder: Path, cities: Sequence[str] = CITIES, cells: Sequence[str] = CELLS) -> None:
    """Write the workload as a study."""
    write_data(folder, cities)
    start = [
        _cell('city = "altdorf"', ["parameters"]),
        _cell(
            "from pathlib import Path\nfrom reportkit.chapter import language as asked\n"
            'language, data = asked(), Path("data")'
        ),
    ]
    prose: Cell = {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": "# Kapitel\n\nEin Satz."}
    _write(folder / "city.ipynb", [prose, *start, *map(_cell, cells)])
    settings = [
        "project:",
        "  type: book",
        "  execute-dir: project",
        "book:",
        "  title: Workload",
        "  date: 2026-01-31",
    ]
    settings += ["  chapters: [city.ipynb]", "lang: de", "format: {html: default}", "execute: {echo: false}"]
    settings += ["reportkit:", "  parameters:", "    city.ipynb:", f"      city: [{', '.join(cities)}]"]
    settings += ["  editions:", "    de: {}", "    en: {catalog: translations/en}"]
    (folder / "_quarto.yml").write_text("\n".join([*settings, ""]), encoding="utf-8")
    (folder / "translations/en").mkdir(parents=True)


def write_parametrised(folder: Path) -> None:
    """Write the workload as one notebook that takes parameters."""
    write_data(folder, CITIES)
    start = 'city, language = "altdorf", "de"'
    _write(folder / "chapter.ipynb", [_cell(start, ["parameters"]), _cell(FIND), *map(_cell, CELLS)])


def write_notebooks(folder: Path) -> None:
    """Write the workload as twelve notebooks with the values put in, and the table of contents of a book."""
    write_data(folder, CITIES)
    names = []
    for city in CITIES:
        for language in LANGUAGES:
            names.append(f"{city}-{language}")
            start = f'city, language = "{city}", "{language}"'
            title: Cell = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {city} {language}"}
            _write(folder / f"{names[-1]}.ipynb", [title, _cell(start), _cell(FIND), *map(_cell, CELLS)])
    chapters = "\n".join(f"- file: {name}" for name in names[1:])
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {names[0]}\nchapters:\n{chapters}\n", encoding="utf-8")
    config = "title: Workload\nexecute:\n  execute_notebooks: cache\nonly_build_toc_files: true\n"
    (folder / "_config.yml").write_text(config, encoding="utf-8")


FIND = 'from pathlib import Path\ndata = Path("data")'


def _cell(source: str, tags: Sequence[str] = ()) -> Cell:
    metadata = {"tags": list(tags)}
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": source}


def _write(path: Path, cells: Sequence[Cell]) -> None:
    named = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": named, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), encoding="utf-8")
