"""Content shown under a condition on the study's metadata; conditions on formats are left to the writers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reportkit.errors import Diagnostic, did_you_mean, warning
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.model.conditions import FORMATS, OTHER_FORMATS, is_conditional
from reportkit.resolve.chapters import Chapter, Resolved


def apply_conditions(chapter: Chapter, metadata: Mapping[str, Any]) -> Resolved:
    """Return a chapter without what its metadata hide; a format that nobody knows (RK337) is a warning."""
    faults: list[Diagnostic] = []
    if not chapter.mentions("content-"):
        return chapter, faults

    def change(node: Node) -> Node | list[Node]:
        if not is_conditional(node):
            return node
        faults.extend(_unknown_formats(node, chapter))
        return _with_metadata(node, metadata)

    return chapter.with_blocks(ast.rewrite(chapter.blocks, change)), faults


def _with_metadata(node: Node, metadata: Mapping[str, Any]) -> Node | list[Node]:
    when, node = ast.take_attribute(node, "when-meta")
    unless, node = ast.take_attribute(node, "unless-meta")
    # No profile is ever active.
    profile, node = ast.take_attribute(node, "when-profile")
    _, node = ast.take_attribute(node, "unless-profile")
    if when is None and unless is None and profile is None:
        return node
    holds = (when is None or bool(find(metadata, when))) and (unless is None or not find(metadata, unless))
    holds = holds and profile is None
    is_shown = ast.has_class(node, "content-visible")
    if any(ast.attribute(node, name) for name in ("when-format", "unless-format")):
        return node if holds else ([] if is_shown else _plain(node))
    return _plain(node) if holds is is_shown else []


def _plain(node: Node) -> Node:
    """Return a node without its condition."""
    identifier, classes, pairs = ast.attributes(node) or ["", [], []]
    classes = [name for name in classes if name not in {"content-visible", "content-hidden"}]
    return ast.with_attributes(node, [identifier, classes, pairs])


def find(metadata: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a dotted path, or None."""
    found: Any = metadata
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _unknown_formats(node: Node, chapter: Chapter) -> Iterator[Diagnostic]:
    known = frozenset().union(*FORMATS.values(), OTHER_FORMATS)
    for name in ("when-format", "unless-format"):
        written = ast.attribute(node, name)
        if written is not None and written not in known:
            for place in chapter.places(rf"{name}=[\"']?{re.escape(written)}(?![\w-])"):
                yield warning("RK337", f"unknown format `{written}`", place, did_you_mean(written, known))
