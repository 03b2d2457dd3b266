"""How the PDF looks: paper, margins, fonts and type size, as Quarto names them for Typst."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reportkit.errors import Location, did_you_mean
from reportkit.model.book import FONT_ENDINGS
from reportkit.study.files import Files
from reportkit.study.section import Section

LENGTH = re.compile(r"\d+(\.\d+)?(pt|mm|cm|in|em|px|%)"), "a length such as `11pt` or `25mm`"
NUMBER = re.compile(r"\d+(\.\d+)?"), "a number such as `1.2`"
SIDES = ("x", "y", "top", "bottom", "left", "right")
FONTS = ("mainfont", "codefont", "mathfont")
SERIES = {"a": range(12), "iso-b": range(1, 9), "iso-c": range(3, 9), "jis-b": range(12)}
PAPERS = [
    *(f"{series}{number}" for series, numbers in SERIES.items() for number in numbers),
    *("us-letter", "us-legal", "us-tabloid", "us-executive", "us-digest", "us-trade", "letter", "legal"),
]


def check_looks(sections: Iterable[Section], files: Files) -> None:
    """Complain of a paper, length or font that there is not; the study's font files are read, so that they count."""
    sections = list(sections)
    folders = [folder for section in sections for folder in _folders(section, files)]
    for section in sections:
        margin = section.section("margin")
        margin.known(SIDES)
        written = [(section, "fontsize", LENGTH), (section, "linestretch", NUMBER)]
        for place, name, (form, what) in [*written, *((margin, side, LENGTH) for side in SIDES)]:
            if name in place.entries and not form.fullmatch(str(place.entries[name].value)):
                place.fail("RK103", f"`{place.dotted(name)}` must be {what}", name)
        _check_name(section, "papersize", "RK103", "paper", PAPERS)
        named = [name for name in FONTS if section.text(name)]
        families = _families(files, folders) if named else []
        for name in named:
            _check_name(section, name, "RK133", "font", families)


def _folders(section: Section, files: Files) -> Iterable[str]:
    """Yield the folders of fonts that exist, after reading what is in them."""
    for item in section.items("font-paths", single=True):
        folder = str(item.value)
        fault = files.folder_fault(folder, "folder of fonts", Location(section.file, item.line))
        if fault:
            section.faults.append(fault)
            continue
        for path in files.under(folder):
            if path.lower().endswith(FONT_ENDINGS):
                files.read(path)
        yield folder


def _families(files: Files, folders: list[str]) -> list[str]:
    import typst

    own = typst.Fonts(include_system_fonts=False, font_paths=[files.root / folder for folder in folders]).families()
    return sorted({*own, "DejaVu Sans", "DejaVu Serif"})


def _check_name(section: Section, key: str, code: str, what: str, there: list[str]) -> None:
    name = section.text(key)
    if name and name.lower() not in map(str.lower, there):
        near = did_you_mean(name, there)
        hint = f"{f'{near} ' if near else ''}There are {', '.join(there)}"
        section.fail(code, f"there is no {what} `{name}`", key, hint)
