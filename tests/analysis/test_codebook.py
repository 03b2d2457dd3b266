"""The codebook says of each table what the data package says."""

from __future__ import annotations

import json

from analysis.codebook import codebook, package

from reportkit.model import ast
from reportkit.process import run_pandoc
from reportkit.resolve import READER_FORMAT


def test_a_pattern_is_printed_as_it_is() -> None:
    (told,) = run_pandoc([{"op": "read", "text": codebook(), "format": READER_FORMAT}])
    printed = {node["c"][1] for node in ast.nodes(json.loads(told), "Code")}

    rules = [field.get("constraints", {}) for table in package()["resources"] for field in table["schema"]["fields"]]
    patterns = {rule["pattern"] for rule in rules if "pattern" in rule}
    assert any("|" in pattern for pattern in patterns)
    assert patterns <= printed
