"""`_quarto.yml` as frozen data, every key of it checked."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as Date
from typing import Any

from reportkit.errors import Location, error, warning
from reportkit.model.markdown import FIGURE_SIZE
from reportkit.model.study import EditionSpec, Scalar
from reportkit.model.terms import is_printed
from reportkit.study.files import Files
from reportkit.study.keys import AUTHOR, HONOURED, KNOWN, NOTES
from reportkit.study.looks import check_looks
from reportkit.study.metadata import FILE, NOTHING, project_tree
from reportkit.study.pieces import Faults
from reportkit.study.section import Section
from reportkit.study.slugs import slug
from reportkit.study.yaml_tree import Entry

# Limits of a run, and what they are measured in.
NUMBERS = {"timeout": "seconds", "start-timeout": "seconds", "memory": "megabytes"}
# Options that an edition may word anew.
TRANSLATED = ("keywords", "rights")
CHAPTERS = (".ipynb", ".md", ".qmd")
# What labels of a kind of the book's own begin with, and what they may not begin with.
KEY, TAKEN = re.compile(r"[a-z][A-Za-z]*"), "fig, tbl, lst, eq, sec"
NUMBERING = re.compile(r"arabic|(alpha|roman)( [A-Za-z])?")
AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class ChapterSpec:
    """A chapter as the book lists it; `part` is the title of its part, or the chapter that opens the part."""

    path: str
    line: int
    part: str | None = None
    appendix: bool = False
    file: str = FILE

    @property
    def place(self) -> Location:
        """Where the book lists it."""
        return Location(self.file, self.line)


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """A parameter of a chapter: the values it takes one after the other."""

    values: tuple[Scalar, ...]
    place: Location


ChapterParameters = Mapping[str, ParameterSpec]


@dataclass(frozen=True, slots=True)
class Config:
    """What `_quarto.yml` says; `places` tells where `bibliography`, `csl` and editions are named."""

    title: str = ""
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    date: str = ""
    chapters: tuple[ChapterSpec, ...] = ()
    bibliographies: tuple[str, ...] = ()
    csl: str | None = None
    formats: tuple[str, ...] = ()
    styles: tuple[tuple[str, Location], ...] = ()
    editions: tuple[EditionSpec, ...] = ()
    parameters: Mapping[str, ChapterParameters] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)


def read_config(files: Files, faults: Faults) -> Config:
    """Return the configuration of a study; what is wrong with it is added to `faults`."""
    tree = project_tree(files, faults)
    if tree is NOTHING:
        return Config()
    top = Section.of(tree, FILE, faults)
    config = _config(top)
    check_looks([top, _formats_of(top).section("typst")], files)
    return config


def _config(top: Section) -> Config:
    top.known(HONOURED[""] | HONOURED["options"] | HONOURED["typst"], KNOWN["document"], is_open=True)
    project = _project(top)
    book = top.section("book")
    formats = top.entries.get("format")
    cover = {"cover-image"} if formats and "epub" in (formats.value or ()) else set()
    book.known(HONOURED["book"] | cover, KNOWN["book"])
    _check_crossref(top)
    for section in (top, *map(_formats_of(top).section, HONOURED["format"] & _formats_of(top).entries.keys())):
        section.one_of("code-annotations", *NOTES)
    _check_words(top)
    ours = top.section("reportkit")
    ours.known({"parameters", "editions", *NUMBERS, "preload", "allow"})
    title = book.text("title", required=True) or ""
    chapters = tuple(_book_chapters(book))
    made = tuple(dict.fromkeys(_formats(top)))
    _check_downloads(book, made)
    return Config(
        title=title,
        subtitle=book.text("subtitle"),
        authors=tuple(_authors(book)),
        date=_date(book, "reportkit" not in top.entries),
        chapters=chapters,
        bibliographies=tuple(str(item.value) for item in top.items("bibliography", single=True)),
        csl=_style(top),
        formats=made,
        styles=tuple(_styles(top)),
        editions=_editions(top, ours.section("editions"), title, book.text("subtitle")),
        parameters=_parameters(ours.section("parameters"), [chapter.path for chapter in chapters]),
        options=_options(top, project, ours),
        metadata={name: entry.plain() for name, entry in top.entries.items()},
        places=_places(top, ours.section("editions")),
    )


def _style(top: Section) -> str | None:
    style = top.text("csl")
    if style is None or "://" not in style:
        return style
    top.warn("RK105", f"`{style}` is not loaded: keep the style in the study", "csl")
    return None


def _check_crossref(top: Section) -> None:
    entry = top.entries.get("crossref")
    if entry and entry.value is False:
        message = "`crossref: false` has no effect: figures, tables and the like have numbers"
        top.faults.append(warning("RK105", message, top.place(entry)))
        return
    crossref = top.section("crossref")
    crossref.known(HONOURED["crossref"], KNOWN["crossref"])
    for kind in crossref.items("custom"):
        _check_kind(crossref.sub(kind, "custom"))
    for name in crossref.entries:
        if name.endswith("labels") and not NUMBERING.fullmatch(crossref.text(name) or "arabic"):
            crossref.fail("RK103", f"`crossref.{name}` must be `arabic`, `alpha a` or `roman i`", name)


def _check_kind(kind: Section) -> None:
    """Complain of a kind of floats that no label could begin with, or no caption could name."""
    kind.known(HONOURED["custom"])
    kind.one_of("kind", "float")
    kind.one_of("caption-location", "top", "bottom", "margin")
    kind.needs("kind")
    kind.text("caption-prefix")
    kind.text("reference-prefix", required=True)
    key = kind.text("key", required=True)
    if key is not None and (key in TAKEN.split(", ") or not KEY.fullmatch(key)):
        kind.fail("RK103", f"`{kind.dotted('key')}` must be letters, not capital at first, and none of {TAKEN}", "key")


def _check_words(top: Section) -> None:
    """Warn of words that a study gives itself and that are printed nowhere."""
    entry = top.entries.get("language")
    section = top.sub(entry, "language") if entry and isinstance(entry.value, dict) else None
    for name in section.entries if section else ():
        if section and not is_printed(name):
            section.warn("RK105", f"`{section.dotted(name)}` is not honoured yet", name)


def _project(top: Section) -> Section:
    project = top.section("project")
    project.known(HONOURED["project"], KNOWN["project"])
    project.needs("type")
    project.one_of("type", "book")
    project.one_of("execute-dir", "project", "file")
    return project


def _book_chapters(book: Section) -> Iterator[ChapterSpec]:
    seen: set[str] = set()
    book.needs("chapters")
    for key in ("chapters", "appendices"):
        for chapter in _chapters(book, book.items(key), None, key == "appendices"):
            if chapter.path in seen:
                book.faults.append(error("RK109", f"chapter `{chapter.path}` is listed twice", chapter.place))
            else:
                seen.add(chapter.path)
                yield chapter


def _chapters(book: Section, items: Sequence[Entry], part: str | None, appendix: bool) -> Iterator[ChapterSpec]:
    for item in items:
        path = _file_of(item)
        if path is not None:
            yield ChapterSpec(posixpath.normpath(path), item.line, part, appendix, item.file)
        elif isinstance(item.value, dict) and part is None:
            section = book.sub(item, "part")
            section.known({"part", "chapters"})
            title = section.text("part", required=True)
            if title is not None and title.endswith(CHAPTERS):
                title = posixpath.normpath(title)
                yield ChapterSpec(title, item.line, title, appendix, item.file)
            yield from _chapters(book, section.items("chapters"), title, appendix)
        else:
            book.fault("RK103", "a chapter must be the path of a file, or a `part` with `chapters`", item)


def _file_of(item: Entry) -> str | None:
    """Return the file that an entry of the book names, by itself or as `file` or `href` with a `text` for menus."""
    named = item.value
    if isinstance(named, dict):
        named = next((named[key].value for key in ("file", "href") if key in named), None)
    return named if isinstance(named, str) else None


def _authors(book: Section) -> Iterator[str]:
    for item in book.items("author", single=True):
        if isinstance(item.value, dict):
            book.sub(item, "author").known({"name"}, AUTHOR, is_open=True)
        name = item.value.get("name") if isinstance(item.value, dict) else item
        if isinstance(name, Entry) and isinstance(name.value, dict):
            name = Entry(" ".join(str(name.value[key].value) for key in ("given", "family") if key in name.value), 0)
        if isinstance(name, Entry) and isinstance(name.value, str):
            yield name.value
        else:
            book.fault("RK103", "an author must be a name, or have a `name`", item)


def _date(book: Section, is_plain: bool) -> str:
    text = book.text("date", required=not is_plain)
    try:
        day = AMERICAN.sub(lambda match: f"{match[3]}-{match[1]:0>2}-{match[2]:0>2}", text or "")
        return Date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        message = f"`book.date` must be a day such as `2026-11-20`, not `{text}`"
        if is_plain:
            book.warn("RK105", f"{message}: no date is printed", "date")
        else:
            book.fail("RK103", message, "date")
        return ""


def _formats(top: Section) -> Iterator[str]:
    entry = top.entries.get("format")
    if entry is None:
        yield "html"
        return
    if isinstance(entry.value, str):
        entry = replace(entry, value={entry.value: replace(entry, value="default")})
    formats = top.sub(entry, "format")
    formats.known(HONOURED["format"], KNOWN["format"])
    for name, options in formats.entries.items():
        if name in HONOURED["format"]:
            ignored = KNOWN["document"] | HONOURED[""] | KNOWN["book"]
            why = {"why": "has no effect: PDF is made with Typst, not LaTeX"} if name == "pdf" else {}
            own = HONOURED["typst"] if name == "typst" else frozenset()
            formats.sub(options, name).known(HONOURED["options"] | own, ignored, is_open=True, **why)
            yield "pdf" if name == "typst" else name
    _check_sizes(formats)


def _check_sizes(formats: Section) -> None:
    """Warn of sizes of figures that are not those which all formats show."""
    sections = [formats.section(name) for name in ("html", "typst", "pdf") if name in formats.entries]
    for name in FIGURE_SIZE:
        first, *others = [section for section in sections if name in section.entries] or [formats]
        for other in others:
            if other.entries[name].value != first.entries[name].value:
                why = f"has no effect: figures are drawn once, with `{first.dotted(name)}`"
                other.warn("RK105", f"`{other.dotted(name)}` {why}", name)


def _check_downloads(book: Section, formats: Sequence[str]) -> None:
    """Warn of downloads that nobody makes; those of all other formats are on every page."""
    for item in book.items("downloads", single=True):
        if item.plain() not in formats:
            message = f"`book.downloads` names `{item.plain()}`, which is not below `format:`"
            book.faults.append(warning("RK105", message, book.place(item)))


def _styles(top: Section) -> Iterator[tuple[str, Location]]:
    """Yield the style sheets for pages, and where they are named."""
    for section in (top, _formats_of(top).section("html")):
        for item in section.items("css", single=True):
            yield posixpath.normpath(str(item.plain())), section.place(item)


def _editions(top: Section, editions: Section, title: str, subtitle: str | None) -> tuple[EditionSpec, ...]:
    language = top.text("lang") or next(iter(editions.entries), "en")
    if editions.entries and next(iter(editions.entries)) != language:
        editions.fail("RK103", f"the first edition must be that of the source language, `{language}`")
    made = [EditionSpec(language, title, subtitle)]
    for name, entry in editions.entries.items():
        edition = editions.sub(entry, name)
        edition.known(() if name == language else {"title", "subtitle", "catalog", *TRANSLATED})
        if not LANGUAGE.fullmatch(name):
            editions.fail("RK103", f"`{name}` is not a language such as `en` or `pt-BR`", name)
        if name != language:
            catalog = edition.text("catalog", required=True)
            own = {key: edition.entries[key].plain() for key in TRANSLATED if key in edition.entries}
            made.append(EditionSpec(name, edition.text("title") or title, edition.text("subtitle"), catalog, own))
    return tuple(made)


def _parameters(section: Section, chapters: Sequence[str]) -> Mapping[str, ChapterParameters]:
    section.known(chapters, what="chapter")
    found = {}
    for chapter in section.entries:
        parameters = section.section(chapter)
        found[chapter] = {
            name: ParameterSpec(_values(parameters, name), parameters.place(entry))
            for name, entry in parameters.entries.items()
        }
    return found


def _values(parameters: Section, name: str) -> tuple[Scalar, ...]:
    items = parameters.items(name)
    values = tuple(item.value for item in items if isinstance(item.value, Scalar))
    if len(values) < max(len(items), 1):
        parameters.fail("RK103", f"`{name}` must be a list of values", name)
    for item in items:
        if item.value in values and not slug(item.value):
            parameters.fault("RK103", f"value `{item.value}` has no letter or digit to name a page by", item)
    return values


def _options(top: Section, project: Section, ours: Section) -> Mapping[str, Any]:
    execute = top.section("execute")
    execute.known(HONOURED["execute"], KNOWN["execute"])
    allow = _allow(ours)
    formats = _formats_of(top)
    kept = [
        (top, KNOWN["document"] | HONOURED["options"]),
        (execute, execute.entries),
        (project, {"execute-dir"}),
        (ours, {*NUMBERS, "preload"}),
        (allow, allow.entries),
        *((formats.section(name), HONOURED["options"] | HONOURED["typst"]) for name in formats.entries),
    ]
    return {
        section.dotted(name): entry.plain()
        for section, names in kept
        for name, entry in section.entries.items()
        if name in names
    }


def _formats_of(top: Section) -> Section:
    """Return the section of formats, an empty one where a single format is named."""
    entry = top.entries.get("format")
    return top.section("format" if entry and isinstance(entry.value, dict) else "")


def _allow(ours: Section) -> Section:
    """Return what runs may use outside the study, after checking it and the settings of runs."""
    for key, unit in NUMBERS.items():
        entry = ours.entries.get(key)
        if entry is not None and (not isinstance(entry.value, int | float) or entry.value <= 0):
            ours.fail("RK103", f"`reportkit.{key}` must be a number of {unit}", key)
    allow = ours.section("allow")
    allow.known({"files", "connections", "environment"})
    for section, names in ((ours, ["preload"]), (allow, list(allow.entries))):
        for item in (item for name in names for item in section.items(name)):
            if not isinstance(item.value, str):
                section.fault("RK103", f"`{section.name}` must hold lists of names, not `{item.plain()}`", item)
    return allow


def _places(top: Section, editions: Section) -> Mapping[str, Location]:
    places = {name: top.place(top.entries[name]) for name in ("bibliography", "csl") if name in top.entries}
    return places | {f"editions.{name}": editions.place(entry) for name, entry in editions.entries.items()}
