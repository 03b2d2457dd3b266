"""The words that writers print by themselves ("Abbildung", "Weiter"), per language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

# Quarto's names for words of ours.
OWN_NAMES = {
    **{"code-summary": "code", "toc-title-document": "contents", "appendix-title": "appendix"},
    **{"lof-title": "figures", "lot-title": "tables"},
}
FOLDER = Path(__file__).parents[1] / "terms"


@cache
def load_terms(language: str) -> Mapping[str, str]:
    """Return the words of a language, else those of its base (`de` for `de-AT`), each else the English one."""
    candidates = [FOLDER / f"{name}.json" for name in ("en", language.split("-")[0], language)]
    found = [json.loads(path.read_text("utf-8")) for path in candidates if path.is_file()]
    return {name: word for words in found for name, word in words.items()}


def own_terms(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the words that a study gives itself, under `crossref` and `language`, for its source language."""
    crossref, language = (options.get(name) for name in ("crossref", "language"))
    own = {}
    for names in (crossref, language):
        for name, word in (names if isinstance(names, dict) else {}).items():
            own[_term(name)] = word
    return {name: word for name, word in own.items() if isinstance(word, str)}


def _term(name: str) -> str:
    kind = re.fullmatch(r"callout-(\w+)-title|crossref-(.+)", name)
    named = (kind[1] or kind[2]) if kind else name
    return OWN_NAMES.get(named, named)


def is_printed(name: str) -> bool:
    """Return whether a word that Quarto calls so, under `language`, is printed somewhere."""
    return name.startswith("crossref-") or _term(name) in load_terms("en")
