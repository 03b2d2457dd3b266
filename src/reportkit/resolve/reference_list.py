"""Works: the bibliographies of a study, what is cited of them, and where the list of references stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reportkit.errors import Diagnostic, Location, Severity, error
from reportkit.model import ast
from reportkit.model.book import Blocks, Node
from reportkit.model.study import Study
from reportkit.process import Pandoc
from reportkit.resolve.bibliography import Bibliography, join_bibliographies, read_bibliography
from reportkit.resolve.citations import check_citations, check_style, citation_of, cite, cited_keys
from reportkit.resolve.labels import REFERENCE_LIST
from reportkit.resolve.numbers import Numbered

CONFIGURATION = "_quarto.yml"
MENTION = re.compile(r"@\{?([\w*][\w:.#$%&+?<>~/*-]*)")
Use = tuple[str, Location | None]


def print_citations(
    study: Study, book: Sequence[Numbered], language: str, terms: Mapping[str, str], whole: bool, pandoc: Pandoc
) -> tuple[list[Numbered], list[Diagnostic]]:
    """Return the chapters with citations printed and the list of references in its place.

    `::: {#refs}` in a chapter is where the book's list goes; without it each chapter that cites has a list of its
    own. Listed is what is cited or named by `nocite`; `@*` there holds for a `whole` book only.
    """
    uses = [use for one in book for use in _uses(one)]
    named = [*_named(study, whole), *(use for one in book for use in _named_by(one, whole))]
    if not study.bibliographies:
        hint = "`bibliography: bibliography.bib` in `_quarto.yml` names it"
        return list(book), [error("RK305", f"`{key}` is cited without a bibliography", at, hint) for key, at in uses]
    bibliography = join_bibliographies([read_bibliography(study.read(path), path) for path in study.bibliographies])
    faults = [
        *bibliography.diagnostics,
        *check_citations([*uses, *(use for use in named if use[0] != "*")], bibliography),
    ]
    faults += check_style(study.read(study.csl), study.csl) if study.csl else []
    if any(fault.severity is Severity.ERROR for fault in faults) or not (uses or named):
        return list(book), faults
    return _print(study, book, bibliography, [key for key, _ in named], language, terms, pandoc), faults


def _uses(one: Numbered) -> Iterator[Use]:
    for key in cited_keys(one.chapter.blocks):
        yield from ((key, place) for place in one.chapter.places(citation_of(key)))


def _named(study: Study, whole: bool) -> Iterator[Use]:
    """Yield the keys that `nocite` of the study names, with their lines."""
    for key in _keys(study.metadata, whole):
        lines = study.read(CONFIGURATION).splitlines()
        line = next((number for number, text in enumerate(lines, 1) if f"@{key}" in text), None)
        yield key, Location(CONFIGURATION, line)


def _named_by(one: Numbered, whole: bool) -> Iterator[Use]:
    return ((key, one.chapter.place) for key in _keys(one.chapter.instance.metadata, whole))


def _keys(metadata: Mapping[str, Any], whole: bool) -> list[str]:
    told = metadata.get("nocite") or ""
    text = " ".join(map(str, told)) if isinstance(told, list) else str(told)
    return [key for key in MENTION.findall(text) if whole or key != "*"]


def _print(
    study: Study,
    book: Sequence[Numbered],
    bibliography: Bibliography,
    named: Sequence[str],
    language: str,
    terms: Mapping[str, str],
    pandoc: Pandoc,
) -> list[Numbered]:
    having = [one.chapter.instance.name for one in book if any(map(_is_list, ast.nodes(one.chapter.blocks, "Div")))]
    printed, entries = cite(
        [one.chapter.blocks for one in book],
        bibliography,
        root=study.root,
        style=study.csl,
        language=language,
        named=named,
        pages=[having[0] if having else one.chapter.instance.name for one in book],
        pandoc=pandoc,
    )
    if having:
        placed = [_with_list(blocks, entries) for blocks in printed]
    else:
        placed = [_with_own_list(blocks, entries, one, terms) for blocks, one in zip(printed, book, strict=True)]
    return [replace(one, chapter=one.chapter.with_blocks(blocks)) for one, blocks in zip(book, placed, strict=True)]


def _with_list(blocks: Blocks, entries: Blocks) -> Blocks:
    placed: Blocks = ast.rewrite(blocks, lambda node: entries if _is_list(node) else node, "Div")
    return placed


def _with_own_list(blocks: Blocks, entries: Blocks, one: Numbered, terms: Mapping[str, str]) -> Blocks:
    """Return a chapter with a list of what it cites, and what its front matter names, at its end."""
    keys = {*cited_keys(one.chapter.blocks), *_keys(one.chapter.instance.metadata, True)}
    own = [_only(listed, keys) for listed in entries]
    if not any(listed["c"][1] for listed in own):
        return blocks
    heading = {"t": "Header", "c": [2, ["references", ["unnumbered"], []], ast.text_inlines(terms["references"])]}
    return [*blocks, heading, *own]


def _only(listed: Node, keys: Iterable[str]) -> Node:
    attributes, entries = listed["c"]
    wanted = {f"ref-{key}" for key in keys}
    return {"t": "Div", "c": [attributes, [entry for entry in entries if ast.identifier(entry) in wanted]]}


def _is_list(node: Node) -> bool:
    return node["t"] == "Div" and ast.identifier(node) == REFERENCE_LIST
