"""`editions.lock`: the committed record that a verification compares with.

It is no input of any edition, so committing it changes nothing that it locks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from reportkit.errors import Diagnostic, VerifyError, error
from reportkit.model.record import Record
from reportkit.world import write_atomic

LOCK = "editions.lock"


def write_lock(root: Path, records: Mapping[str, Record]) -> Path:
    """Write the records of all editions, by language, to `editions.lock`; return its path."""
    data = {language: record.to_json() for language, record in records.items()}
    text = json.dumps({"version": 1, "editions": data}, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomic(root / LOCK, f"{text}\n".encode())
    return root / LOCK


def read_lock(root: Path) -> dict[str, Record]:
    """Return the locked records by language; raises `VerifyError` if there is no sound lock."""
    try:
        editions = json.loads((root / LOCK).read_text(encoding="utf-8"))["editions"]
        return {language: Record.from_json(data) for language, data in editions.items()}
    except FileNotFoundError:
        raise VerifyError([_no_lock("there is no `editions.lock` to compare with")]) from None
    except (ValueError, KeyError, TypeError) as fault:
        raise VerifyError([_no_lock(f"`editions.lock` cannot be read: {fault}")]) from fault


def _no_lock(message: str) -> Diagnostic:
    return error("RK701", message, None, "`reportkit lock` writes it from the present results; commit it")
