"""An instance as one Markdown text, and the document that pandoc reads from it.

One text, because a division or a list may span cells and a footnote may be defined in a later one. Where a code
cell's outputs belong stands a division of class `cell` that tells its index, its label, captions and alt texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reportkit.model.book import Blocks
from reportkit.model.quarto import as_quarto
from reportkit.model.study import Cell, Code

READER_FORMAT = "markdown"
# The options of a cell that readers see as text, by the class of the division that holds one.
TEXT_OPTIONS = {
    "caption": ("fig-cap", "tbl-cap"),
    "subcap": ("fig-subcap", "tbl-subcap"),
    "alt": ("fig-alt",),
    "lst-cap": ("lst-cap",),
}
# The options that say how large figures are drawn, in inches, and how fine: what Matplotlib's figures are by default.
FIGURE_SIZE = {"fig-width": "width", "fig-height": "height", "fig-dpi": "dpi"}

# A formula that nobody sees, as it defines commands for others; without its marks pandoc reads it so.
HIDDEN_FORMULA = re.compile(r"^:{3,} *\{? *\.hidden *\}? *\n\s*\$\$(.*?)\$\$\s*\n:{3,} *$", re.MULTILINE | re.DOTALL)
# What would begin a list, heading, quotation or definition where it stands first; behind a backslash it is text.
MARKER = re.compile(r"(\(?#?\w*)(?=[.)]\s)|(?=([-+*|:]|#+)\s|>)")


def chapter_markdown(cells: Iterable[Cell], options: Mapping[str, Any]) -> str:
    """Return the Markdown of cells; `options` are the book's (`execute.echo`, true by default, as in Quarto)."""
    text = "\n\n".join(_cell(index, cell, options) for index, cell in enumerate(cells))
    return HIDDEN_FORMULA.sub(r"\n\1\n", text) if "hidden" in text else text


def cell_option(cell: Code, name: str, options: Mapping[str, Any], default: Any) -> Any:
    """Return an option of a cell, by default that of the book (`execute.` and its name)."""
    return cell.options.get(name, options.get(f"execute.{name}", default))


def figure_size(cell: Code, options: Mapping[str, Any]) -> dict[str, float]:
    """Return the width, height and resolution that a cell's figures have by default, those that anybody names.

    All formats show the same figure: where several name a size it is that of `html`.
    """
    found = {size: _of_format(cell, name, options) for name, size in FIGURE_SIZE.items()}
    return {size: value for size, value in found.items() if isinstance(value, int | float) and value > 0}


def read_blocks(reply: str, options: Mapping[str, Any]) -> Blocks:
    """Return the blocks that pandoc read from Markdown, with what Quarto's Markdown has beyond pandoc's."""
    return as_quarto(json.loads(reply)["blocks"], options)


def _cell(index: int, cell: Cell, options: Mapping[str, Any]) -> str:
    if not isinstance(cell, Code):
        return cell.text
    if cell_option(cell, "include", options, True) is False:
        return ""
    label = f" label={json.dumps(cell.label, ensure_ascii=False)}" if cell.label else ""
    return "\n".join([f'::: {{.cell n="{index}"{label}}}', *_parts(cell, options), ":::"])


def _parts(cell: Code, options: Mapping[str, Any]) -> Iterator[str]:
    for name, option in TEXT_OPTIONS.items():
        for text in option_texts(cell, option):
            yield from _division(name, text)
    # The cell that names the parameters is about the build, not about the study.
    if cell_option(cell, "echo", options, True) is not False and "parameters" not in cell.tags:
        yield from _code(cell, options)


def _code(cell: Code, options: Mapping[str, Any]) -> Iterator[str]:
    text, language = cell.text.strip("\n"), f".{cell.language}"
    if cell_option(cell, "echo", options, True) == "fenced":
        shown = [line.text for name, line in cell.option_lines.items() if name != "echo"]
        text, language = "\n".join([f"```{{{cell.language}}}", *shown, text, "```"]), ".markdown"
    fence = "`" * max(3, _longest_run(text) + 1)
    numbers = " .numberLines" if _of_format(cell, "code-line-numbers", options) else ""
    named = f" filename={json.dumps(str(cell.options['filename']))}" if cell.options.get("filename") else ""
    code = f"{fence} {{{language}{numbers}{named}}}\n{text}\n{fence}"
    fold = _of_format(cell, "code-fold", options)
    if not fold:
        yield code
    else:
        yield f"::: {{.code-fold{' .unfolded' if fold == 'show' else ''}}}"
        yield from _division("box-title", _of_format(cell, "code-summary", options))
        yield f"{code}\n:::"


def _of_format(cell: Code, name: str, options: Mapping[str, Any]) -> Any:
    """Return an option of a cell that the book may give for all, under `execute`, a format, or by itself."""
    keys = (f"format.html.{name}", name, f"format.typst.{name}", f"format.pdf.{name}")
    found = next((options[key] for key in keys if key in options), None)
    return cell_option(cell, name, options, found)


def text_option(cell: Code, names: Iterable[str]) -> str | None:
    """Return the first of these options that says something; `true` is no text."""
    told = (name for name in names if cell.options.get(name) and cell.options[name] is not True)
    return next(told, None)


def option_texts(cell: Code, names: Iterable[str]) -> list[str]:
    """Return the texts that the first of these options has, in one line each."""
    written = text_option(cell, names)
    found: Any = cell.options[written] if written else []
    return [" ".join(str(text).split()) for text in (found if isinstance(found, list) else [found])]


def _division(name: str, text: str | None) -> Iterator[str]:
    if text:
        yield f"::: {{.{name}}}\n{as_text(text)}\n:::"


def as_text(text: str) -> str:
    """Return a line of Markdown that pandoc reads as text: `1. Mai` is no list."""
    match = MARKER.match(text)
    return f"{text[: match.end()]}\\{text[match.end() :]}" if match else text


def _longest_run(text: str) -> int:
    runs = "".join(letter if letter == "`" else " " for letter in text).split()
    return max(map(len, runs), default=0)
