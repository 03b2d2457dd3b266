"""Matplotlib's list of the machine's fonts, which takes half a second to make, for studies that a test builds."""

from __future__ import annotations

import shutil
from pathlib import Path

from reportkit.store import STORE


def put_fonts(root: Path) -> None:
    """Put this process's list of fonts where the kernels of a study look for it."""
    import matplotlib.font_manager

    folder = root / STORE / "matplotlib"
    folder.mkdir(parents=True, exist_ok=True)
    for path in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
        shutil.copy(path, folder)
