"""Parameter values as parts of names."""

from __future__ import annotations

import re
import unicodedata

from reportkit.model.study import Scalar

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slug(value: Scalar) -> str:
    """Return a value in small letters, digits and hyphens, as it stands in file names and labels."""
    lower = str(value).lower().translate(GERMAN)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
