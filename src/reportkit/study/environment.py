"""Variables that the files `_environment` and `_environment.local` of a study set, as Quarto reads them.

Source: https://quarto.org/docs/projects/environment.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain

from reportkit.errors import Location
from reportkit.study.files import Files
from reportkit.study.metadata import read_text
from reportkit.study.pieces import Faults

FILE = "_environment"
LINE = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<quote>["']?)(?P<value>.*?)(?P=quote)(?:\s+\#.*)?\s*"""
)
NAMED = re.compile(r"\$\{?(\w+)\}?")


def read_environment(files: Files, given: Mapping[str, str], faults: Faults) -> Mapping[str, str]:
    """Return the variables of a study; those `given` by the machine go above what its files say."""
    found: dict[str, str] = {}
    for match in chain(_lines(files, FILE, faults), _lines(files, f"{FILE}.local", faults)):
        known = {**found, **given}
        is_raw = match["quote"] == "'"
        found[match["name"]] = match["value"] if is_raw else NAMED.sub(partial(_named, known), match["value"])
    return found | dict(given)


def _named(known: Mapping[str, str], name: re.Match[str]) -> str:
    return known.get(name[1], "")


def _lines(files: Files, path: str, faults: Faults) -> Iterator[re.Match[str]]:
    text = read_text(files, path, "file", Location(path), faults) if (files.root / path).exists() else None
    return filter(None, map(LINE.fullmatch, (text or "").split("\n")))
