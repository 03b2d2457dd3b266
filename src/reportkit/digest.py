"""Digests: SHA-256 in hexadecimal, of bytes and of JSON data."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest_bytes(data: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_json(data: Any) -> str:
    """Return the SHA-256 of JSON data in one canonical form (RFC 8785 in spirit: sorted keys, no spaces)."""
    return digest_bytes(canonical_json(data).encode())


def canonical_json(data: Any) -> str:
    """Return JSON data as text that does not depend on the order of keys."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
