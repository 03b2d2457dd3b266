"""placeholder"""
from typing import Any


def translate_chapters(chapters: Any, catalog: Any, source_language: str, pandoc: Any) -> Any:
    """Return as is."""
    return chapters
