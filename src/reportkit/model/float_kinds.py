"""Kinds of floats that a book has of its own, beside figures, tables and listings: `crossref: custom:`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

FloatKinds = Mapping[str, Mapping[str, Any]]


def float_kinds(options: Mapping[str, Any]) -> FloatKinds:
    """Return what a book's options say of each of its own kinds, by what labels of the kind begin with (`vid`)."""
    return {kind["key"]: kind for kind in (options.get("crossref") or {}).get("custom") or []}


def kind_terms(kinds: FloatKinds, translated: Callable[[str], str]) -> dict[str, str]:
    """Return the words for own kinds in references (`vid-prefix`) and in captions (`vid-title`)."""
    words = {}
    for key, kind in kinds.items():
        words[f"{key}-prefix"] = translated(kind["reference-prefix"])
        words[f"{key}-title"] = translated(kind.get("caption-prefix") or kind["reference-prefix"])
    return words


def translated_crossref(crossref: Mapping[str, Any], terms: Mapping[str, str]) -> dict[str, Any]:
    """Return `crossref:` for an edition in another language: its own kinds have the words of `terms`, others none."""
    kept = {name: value for name, value in crossref.items() if not name.endswith(("-delim", "-prefix", "-title"))}
    kinds = float_kinds({"crossref": crossref})
    words = {"reference-prefix": "prefix", "caption-prefix": "title"}
    custom = [{**kind, **{name: terms[f"{key}-{end}"] for name, end in words.items()}} for key, kind in kinds.items()]
    return {**kept, "custom": custom} if custom else kept
