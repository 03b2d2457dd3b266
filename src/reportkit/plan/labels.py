"""The labels of code and data per language, read from the catalogs once for each state of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from reportkit.digest import digest_json
from reportkit.model.study import Study
from reportkit.store import Store

Labels = Callable[[str], Mapping[str, str]]


def remembered_labels(study: Study, store: Store) -> Labels:
    """Return the function that gives the labels of a language by msgid; the source language has none."""

    @cache
    def labels(language: str) -> Mapping[str, str]:
        edition = next(edition for edition in study.editions if edition.language == language)
        files = {path: digest for path, digest in study.inputs.items() if path.startswith(f"{edition.catalog}/")}
        key = digest_json(files)
        known: Mapping[str, str] | None = store.get_json("labels", key)
        if known is None:
            from reportkit.model.catalog import load_catalog

            known = dict(load_catalog(study, edition).labels) if files else {}
            store.put_json("labels", key, known)
        return known

    return labels
