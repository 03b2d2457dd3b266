"""A small study whose text, code and data a test writes itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.model.study import Study
from reportkit.study import load_study

QUARTO = """\
project: {type: book}
book:
  title: Studie
  author: Ada Beispiel
  date: 2026-01-31
  chapters: [index.md, city.qmd]
lang: de
format: {html: default}
reportkit:
  parameters:
    city.qmd: {city: [altdorf, neustadt]}
  editions:
    de: {}
    en: {title: Study, catalog: translations/en}
"""
CITY = """\
```{python}
#| tags: [parameters]
city = "altdorf"
```

# Stadt {#sec-city}

{{< include parts/{city}.md >}}
"""
FILES = {
    "_quarto.yml": QUARTO,
    "index.md": "# Vorwort {.unnumbered}\n\nGuten Tag.\n",
    "city.qmd": CITY,
    "parts/altdorf.md": "Altdorf wird kleiner.\n",
    "parts/neustadt.md": "Neustadt wird größer.\n",
}

WriteStudy = Callable[..., Study]


@pytest.fixture
def write_study(tmp_path: Path) -> WriteStudy:
    """Write a study with some files changed or added, and load it; what an earlier call wrote stays."""
    (tmp_path / "translations" / "en").mkdir(parents=True)

    def write(files: dict[str, str] | None = None) -> Study:
        for name, text in {**FILES, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_study(tmp_path)

    return write
