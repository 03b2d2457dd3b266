"""Content for some formats only: divisions, spans and code with `when-format` or `unless-format`."""

from __future__ import annotations

from typing import Any

from reportkit.model import ast
from reportkit.model.book import Blocks, Node

# The names by which a condition may mean one of our formats, and those that mean another one.
# For Quarto an EPUB is HTML too.
FORMATS = {
    "html": frozenset({"html", "html5"}),
    "pdf": frozenset({"pdf", "typst"}),
    "epub": frozenset({"epub", "epub3", "html"}),
    "docx": frozenset({"docx"}),
}
OTHER_FORMATS = frozenset(
    {"asciidoc", "beamer", "commonmark", "dashboard", "email", "gfm", "html:js", "ipynb", "jats"}
    | {"latex", "markdown", "native", "odt", "pptx", "revealjs", "rst"}
)
# What Quarto makes, by its own names.
QUARTO_FORMATS = frozenset().union(*FORMATS.values(), OTHER_FORMATS) - {"html:js"}


def is_conditional(node: Node) -> bool:
    """Return whether a node is shown under a condition."""
    return ast.has_class(node, "content-visible") or ast.has_class(node, "content-hidden")


def visible(blocks: Blocks, fmt: str) -> Blocks:
    """Return what of blocks is for a format."""
    if not any(map(is_conditional, ast.nodes(blocks, "Div", "Span", "CodeBlock"))):
        return blocks
    shown: Blocks = ast.rewrite(blocks, lambda node: _shown(node, fmt) if is_conditional(node) else node)
    return shown


def _shown(node: Node, fmt: str) -> Any:
    when, node = ast.take_attribute(node, "when-format")
    unless, node = ast.take_attribute(node, "unless-format")
    holds = (when is None or when in FORMATS[fmt]) and (unless is None or unless not in FORMATS[fmt])
    if holds is not ast.has_class(node, "content-visible"):
        return []
    return node if node["t"] == "CodeBlock" else node["c"][1]
