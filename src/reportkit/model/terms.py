"""The words that writers print by themselves ("Abbildung", "Weiter"), per language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "terms"


@cache
def load_terms(language: str) -> Mapping[str, str]:
    """Return the words of a language, or of its base (`de` for `de-AT`), or the English ones."""
    candidates = [FOLDER / f"{name}.json" for name in (language, language.split("-")[0], "en")]
    found: Mapping[str, str] = json.loads(next(path for path in candidates if path.is_file()).read_text("utf-8"))
    return found
