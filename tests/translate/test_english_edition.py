"""The English catalogs of the flagship: whatever the body text is, everything around it is English."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.model.study import Study
from reportkit.process import run_pandoc
from reportkit.study import load_study
from reportkit.translate import catalog_status, check_catalogs

ROOT = Path(__file__).parents[2]
CATALOG = "translations/en/"
WHOLE = (
    "analysis/",
    "data/",
    "index.po",
    "chapters/city.po",
    "chapters/codebook.po",
    "chapters/comparison.po",
    "chapters/references.po",
)


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(ROOT)


def test_preface_headings_captions_alt_texts_and_labels_are_translated(study: Study) -> None:
    status = catalog_status(study, study.editions[1], run_pandoc)
    whole = [file for file in status if file.file.removeprefix(CATALOG).startswith(WHOLE)]

    assert len(whole) > len(WHOLE)
    assert [file for file in whole if file.fuzzy or file.missing] == []


def test_the_translations_fit(study: Study) -> None:
    assert check_catalogs(study, study.editions[1], run_pandoc) == ()
