"""Variables that the files `_environment` and `_environment.local` of a study set, as Quarto reads them.

Source: https://quarto.org/docs/projects/environment.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from itertools import chain

from reportkit.errors import Location, error
from reportkit.model.study import decode
from reportkit.study.files import Files
from reportkit.study.pieces import Faults

FILE = "_environment"
LINE = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<quote>["']?)(?P<value>.*?)(?P=quote)(?:\s+\#.*)?\s*"""
)
NAMED = re.compile(r"\$\{?(\w+)\}?")


def read_environment(files: Files, given: Mapping[str, str], faults: Faults) -> Mapping[str, str]:
    """Return the variables of a study; those `given` by the machine go above what its files say.

    What `_environment.required` names must have a value (RK104).
    """
    found: dict[str, str] = {}
    for match in chain(_lines(files, FILE, faults), _lines(files, f"{FILE}.local", faults)):
        known = {**found, **given}
        is_raw = match["quote"] == "'"
        found[match["name"]] = match["value"] if is_raw else NAMED.sub(partial(_named, known), match["value"])
    found |= given
    for match in _lines(files, f"{FILE}.required", faults):
        if not found.get(match["name"]):
            message = f"variable `{match['name']}` is required and has no value"
            hint = f"write `{match['name']}=…` into `{FILE}.local`, or name it below `reportkit: allow: environment:`"
            faults.append(error("RK104", message, Location(f"{FILE}.required"), hint))
    return found


def _named(known: Mapping[str, str], name: re.Match[str]) -> str:
    return known.get(name[1], "")


def _lines(files: Files, path: str, faults: Faults) -> list[re.Match[str]]:
    if not (files.root / path).exists():
        return []
    fault = files.fault(path, "file", Location(path))
    text = fault if fault is not None else decode(files.read(path), path)
    if not isinstance(text, str):
        faults.append(text)
        return []
    return list(filter(None, map(LINE.fullmatch, text.split("\n"))))
