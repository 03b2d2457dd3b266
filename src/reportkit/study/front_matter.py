"""The front matter of a chapter: its title, what holds for its code cells, its metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportkit.errors import Location, error, warning
from reportkit.model.markdown import FIGURE_SIZE
from reportkit.model.study import Line
from reportkit.study.keys import ANYWAY, HONOURED, KNOWN, NOTES
from reportkit.study.pieces import Faults
from reportkit.study.section import Section
from reportkit.study.yaml_tree import Entry, YamlFault, merged, parse_yaml

# What a chapter's front matter may say for itself.
OWN = frozenset(
    {"title", "subtitle", "execute", "format", "number-sections", "toc", "toc-depth", "nocite", "code-annotations"}
    | {*FIGURE_SIZE}
)
CODE = frozenset({"code-fold", "code-summary", "code-line-numbers", *FIGURE_SIZE})


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The lines of the title (and subtitle) as Markdown, defaults of code cells, and everything as data."""

    title: tuple[Line, ...] = ()
    execute: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


NO_FRONT_MATTER = FrontMatter()


def read_front_matter(lines: Sequence[Line], defaults: Entry, faults: Faults) -> FrontMatter:
    """Return the front matter that stands in these lines, `---` first and last, above the `defaults` of the folder.

    Faults are added to `faults`.
    A key that only the author knows is metadata; one of Quarto's that has no effect here is a warning (RK105).
    """
    try:
        tree = parse_yaml("\n".join(line.text for line in lines[1:-1]), lines[0].file if lines else "")
    except YamlFault as fault:
        place = lines[min(fault.line, len(lines) - 1)].location()
        faults.append(error("RK101", f"the front matter is not YAML: {fault.message}", place))
        return NO_FRONT_MATTER
    tree = merged(defaults, tree) if isinstance(tree.value, dict) else defaults
    entries: Mapping[str, Entry] = tree.value if isinstance(tree.value, dict) else {}
    for name, entry in entries.items():
        is_settled = name in OWN or entry.value in ANYWAY.get(name, ())
        if name in KNOWN["document"] | HONOURED[""] and not is_settled:
            message = f"`{name}` in a chapter's front matter is not honoured yet"
            faults.append(warning("RK105", message, _place(entry, lines)))
    metadata = {name: entry.plain() for name, entry in entries.items()}
    return FrontMatter(tuple(_title(entries, lines)), _execute(tree, lines, faults), metadata)


def _place(entry: Entry, lines: Sequence[Line]) -> Location:
    return Location(entry.file, entry.line) if _is_default(entry, lines) else lines[entry.line].location()


def _is_default(entry: Entry, lines: Sequence[Line]) -> bool:
    """Whether an entry is not of the chapter itself."""
    return not lines or entry.file != lines[0].file


def _title(entries: Mapping[str, Entry], lines: Sequence[Line]) -> Iterator[Line]:
    for name, before, after in (("title", "# ", ""), ("subtitle", "[", "]{.subtitle}")):
        entry = entries.get(name)
        is_own = entry is not None and not _is_default(entry, lines)
        if entry and is_own and isinstance(entry.value, str) and (name == "title" or "title" in entries):
            line = lines[entry.line]
            yield from (Line(text, line.file, line.number, line.cell) for text in (f"{before}{entry.value}{after}", ""))


def _execute(tree: Entry, lines: Sequence[Line], faults: Faults) -> Mapping[str, Any]:
    """Return what the front matter says for all code cells, under `execute`, `format: html` or by itself."""
    told: Faults = []
    top = Section.of(tree, "", told)
    execute, formats = top.section("execute"), top.entries.get("format")
    execute.known(HONOURED["execute"], KNOWN["execute"])
    top.one_of("code-annotations", *NOTES)
    html = top.section("format").section("html").entries if formats and isinstance(formats.value, dict) else {}
    own = {name: entry for entries in (top.entries, html) for name, entry in entries.items() if name in CODE}
    for fault in told:
        place = fault.location
        if place and lines and place.file == lines[0].file:
            fault = replace(fault, location=lines[place.line or 0].location())
        faults.append(fault)
    return {name: entry.plain() for name, entry in {**own, **execute.entries}.items()}
