"""The options of a code cell: its leading `#|` lines, which are YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from reportkit.errors import Diagnostic, did_you_mean, error, warning
from reportkit.model.study import Code, Line
from reportkit.study.keys import ANYWAY, HONOURED, KNOWN
from reportkit.study.yaml_tree import Entry, YamlFault, parse_yaml

OPTION = re.compile(r"#\|( |$)?")


def read_code(lines: Sequence[Line], tags: frozenset[str], language: str, faults: list[Diagnostic]) -> Code:
    """Return a code cell, its options apart from its code; faults of the options are added to `faults`."""
    written = list(takewhile(lambda line: OPTION.match(line.text), lines))
    entries = _entries(written, faults)
    options = {name: entry.plain() for name, entry in entries.items()}
    option_lines = {name: written[entry.line - 1] for name, entry in entries.items()}
    code = Code(tuple(lines[len(written) :]), options, option_lines, tags | _tags(options.get("tags")), language)
    faults.extend(_unknown(code))
    faults.extend(_without_alt_text(code))
    return code


def _entries(written: Sequence[Line], faults: list[Diagnostic]) -> dict[str, Entry]:
    if not written:
        return {}
    try:
        tree = parse_yaml("\n".join(OPTION.sub("", line.text, count=1) for line in written))
    except YamlFault as fault:
        place = written[min(fault.line, len(written)) - 1].location()
        faults.append(error("RK112", f"cell options are not YAML: {fault.message}", place))
        return {}
    if isinstance(tree.value, dict):
        return tree.value
    faults.append(error("RK112", "cell options must read `#| name: value`", written[0].location()))
    return {}


def _tags(value: object) -> frozenset[str]:
    return frozenset(map(str, value if isinstance(value, list) else [] if value is None else [value]))


def _unknown(code: Code) -> Iterator[Diagnostic]:
    for name, line in code.option_lines.items():
        if name in HONOURED["cell"] or code.options[name] in ANYWAY.get(name, ()):
            continue
        if name in KNOWN["cell"]:
            yield warning("RK105", f"cell option `{name}` is not honoured yet", line.location())
        else:
            hint = did_you_mean(name, HONOURED["cell"] | KNOWN["cell"])
            yield warning("RK113", f"unknown cell option `{name}`", line.location(), hint)


def _without_alt_text(code: Code) -> Iterator[Diagnostic]:
    if (code.label or "").startswith("fig-") and not code.options.get("fig-alt"):
        place = code.option_lines["label"].location()
        hint = "say in `#| fig-alt:` what the figure shows"
        yield error("RK114", f"figure `{code.label}` has no alt text", place, hint)
