"""A book: one edition, resolved and ready for any writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reportkit.digest import digest_bytes
from reportkit.model.record import Record

# Where the assets of a book hold pictures that are files of the study.
PICTURES = "images/"
# The class of a link that leads to one of `Book.downloads`.
DOWNLOAD = "download"
# What files of fonts are named.
FONT_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
# Pandoc's JSON document tree, as lists and dicts: {"t": "Para", "c": [...]}.
# Source: pandoc-types, Text.Pandoc.Definition (API version 1.23).
Node = dict[str, Any]
Blocks = list[Node]
Inlines = list[Node]


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a table of contents: level (1 is the page's title), number ("3.2" or None), plain title, id."""

    level: int
    number: str | None
    title: str
    id: str


@dataclass(frozen=True, slots=True)
class Float:
    """A numbered figure or table: its kind (`fig`, `tbl`), public label, number ("3.2"), plain caption, page."""

    kind: str
    label: str
    number: str
    caption: str
    page: str


@dataclass(frozen=True, slots=True)
class Page:
    """A resolved instance.

    `name` is the HTML page's stem; `blocks` begin with the level-1 heading. In `blocks`:

    - numbers, captions' prefixes, references, citations and values are already text and links;
    - headings carry their number as `Span` of class `header-section-number` before the title;
    - a figure is pandoc's `Figure` holding one `Plain` with one `Image`, whose inlines are the alt text and
      whose target is a key of `Book.assets`; a table is pandoc's `Table` with its caption; both carry the public
      label as identifier; the caption begins with a `Span` of class `caption-label` ("Abbildung 3.2: ");
    - a figure or table of several parts is a `Figure` that holds them as `Figure`s of class `part`;
    - callouts, tabs, theorems and layouts are the divisions of `quarto.py` and `layout.py`;
    - a link within the book is `city-hagen.html#fig-timeline-hagen`, whatever page it stands on, and every
      identifier is unique within its page;
    - text that fell back to the source language stands in a `Div` or `Span` with class `untranslated` and `lang`.
    """

    name: str
    number: str | None
    title: str
    blocks: Blocks
    headings: tuple[Heading, ...]
    part: str | None = None
    appendix: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def opens_part(self) -> bool:
        """Whether the page is what its part begins with and is named after, in the place of a heading."""
        return self.options.get("opens-part") is True


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that a page states: its public name, its verdict (None: cannot be decided), all that it says, its place.

    `digest` is that of its typed value, `place` the cell or line that states it.
    """

    name: str
    page: str
    holds: bool | None
    text: str
    digest: str
    place: str


@dataclass(frozen=True, slots=True)
class Book:
    """One edition: its pages in reading order, the files they need, the words of its interface.

    `assets` maps relative names (`figures/fig-timeline-hagen.svg`) to their bytes. `terms` are the words that
    writers print (`figure`, `contents`, `next`, ...). `switch` maps the other editions' languages to their titles.
    `date` is ISO 8601. `options` are the study's, as those of a page are its chapter's; `formats` are all that it has.
    `files` are what `_quarto.yml` names: the cover. `sources` are its chapters as they were written, `styles` its own
    style sheets, `record` tells what everything was made from.
    """

    language: str
    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    date: str
    pages: tuple[Page, ...]
    floats: tuple[Float, ...]
    assets: Mapping[str, bytes]
    terms: Mapping[str, str]
    switch: Mapping[str, str]
    source_digest: str
    options: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    downloads: Mapping[str, bytes] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    sources: Mapping[str, bytes] = field(default_factory=dict)
    styles: Mapping[str, bytes] = field(default_factory=dict)
    record: Record | None = None

    def option(self, name: str, *formats: str) -> Any:
        """Return an option that the study gives one of these formats, or all, or None."""
        dotted = [f"format.{fmt}.{name}" for fmt in formats]
        return next((self.options[key] for key in (*dotted, name) if key in self.options), None)

    def own_files(self) -> dict[str, str]:
        """Return the study's own pictures and data in the book: their paths in the study and their digests."""
        own = {name.removeprefix(PICTURES): data for name, data in self.assets.items() if name.startswith(PICTURES)}
        own |= {name: data for name, data in self.downloads.items() if not name.endswith(".zip")}
        return {name: digest_bytes(data) for name, data in {**own, **self.files}.items()}
