"""What the small study becomes, word for word; `pytest --update-golden` accepts a change that is wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.model.study import EditionSpec
from reportkit.process import run_pandoc
from reportkit.study import load_study
from reportkit.translate import update_catalogs

STUDY = Path(__file__).parents[1] / "studies" / "two-cities"
Compare = Callable[[str, str], None]


@pytest.fixture(scope="module")
def built(built_once: Callable[[Path], Path]) -> Path:
    return built_once(STUDY)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("page", ["city-neustadt", "comparison"])
def test_a_page(built: Path, golden: Compare, language: str, page: str) -> None:
    html = (built / f"_build/editions/{language}/html/{page}.html").read_text(encoding="utf-8")
    # Pictures, and their sizes, differ with Matplotlib's version.
    html = re.sub(r'(<svg class="drawing"[^>]*) fill=[^>]*>.*?</svg>', r"\1></svg>", html, flags=re.S)
    # The digest of the sources changes with every word of the study.
    golden(f"two-cities/{language}/{page}.html", re.sub(r"<code>[0-9a-f]{12}</code>", "<code>digest</code>", html))


def test_a_record(built: Path, golden: Compare) -> None:
    record = json.loads((built / "_build/editions/de/record.json").read_text(encoding="utf-8"))
    artifacts = {name: artifact for name, artifact in record["artifacts"].items() if name.startswith("city-neustadt/")}
    for artifact in artifacts.values():
        # Pictures differ with Matplotlib's version.
        artifact["digest"] = "digest" if artifact["kind"] == "figure" else artifact["digest"]
    golden("two-cities/record.json", json.dumps(artifacts, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def test_a_catalog(built: Path, golden: Compare) -> None:
    study = load_study(built)
    edition = EditionSpec("nl", "Twee steden", None, "translations/nl")
    golden("two-cities/city.po", update_catalogs(study, edition, run_pandoc)["translations/nl/chapters/city.po"])
