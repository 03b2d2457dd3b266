"""Validates the tables when they changed, and only then: reading them against their schema takes a second."""

from __future__ import annotations

from collections.abc import Mapping

from reportkit.digest import digest_json
from reportkit.model.study import Study
from reportkit.store import Store
from reportkit.world import code_digest, file_digest


def check_data_once(study: Study, store: Store) -> Mapping[str, str | None]:
    """Check the data package unless just this state of it was found valid before; return that state by path.

    Raises `DataError`.
    """
    files = sorted(path for path in (study.root / "data").rglob("*") if path.is_file())
    state = {path.relative_to(study.root).as_posix(): file_digest(path) for path in files}
    key = digest_json([code_digest("study/data.py"), state])
    if store.get("valid-data", key) is None:
        from reportkit.study import check_data

        check_data(study.root)
        store.put("valid-data", key, b"valid")
    return state
