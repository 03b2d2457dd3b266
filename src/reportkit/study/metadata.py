"""The files of YAML that say what holds for the whole book or a folder of it, merged as Quarto merges them.

Source: https://quarto.org/docs/projects/quarto-projects.html
"""

from __future__ import annotations

import posixpath
from itertools import accumulate

from reportkit.errors import Location, error
from reportkit.model.study import decode
from reportkit.study.files import Files
from reportkit.study.pieces import Faults
from reportkit.study.section import Section
from reportkit.study.yaml_tree import Entry, YamlFault, merged, parse_yaml

FILE = "_quarto.yml"
FOLDER_FILE = "_metadata.yml"
NOTHING = Entry({}, 1)


def read_text(files: Files, path: str, what: str, place: Location, faults: Faults) -> str | None:
    """Return the text of a file, None if it is missing (RK107) or no text (RK110)."""
    fault = files.fault(path, what, place)
    text = fault if fault is not None else decode(files.read(path), path)
    if isinstance(text, str):
        return text
    faults.append(text)
    return None


def read_tree(files: Files, path: str, what: str, place: Location, faults: Faults) -> Entry:
    """Return the tree of a file, an empty one if it cannot be read or is no YAML (RK101)."""
    text = read_text(files, path, what, place, faults)
    if text is None:
        return NOTHING
    try:
        return parse_yaml(text, path)
    except YamlFault as broken:
        faults.append(error("RK101", f"`{path}` is not YAML: {broken.message}", Location(path, broken.line)))
        return NOTHING


def project_tree(files: Files, faults: Faults) -> Entry:
    """Return `_quarto.yml` with its `metadata-files`, of which each goes above what was read before."""
    tree = read_tree(files, FILE, "the study's configuration", Location(FILE), faults)
    top = Section.of(tree, FILE, [])
    for name in ("metadata-file", "metadata-files"):
        for item in top.items(name, single=True):
            path, place = posixpath.normpath(str(item.plain())), Location(FILE, item.line)
            tree = merged(tree, read_tree(files, path, f"`{name}`", place, faults))
    return tree


def folder_tree(files: Files, chapter: str, faults: Faults) -> Entry:
    """Return what the `_metadata.yml` of a chapter's folder says, and above it of the folders that hold this one."""
    tree = NOTHING
    for folder in accumulate(posixpath.dirname(chapter).split("/"), posixpath.join):
        path = posixpath.join(folder, FOLDER_FILE)
        if (files.root / path).exists():
            tree = merged(tree, read_tree(files, path, "file", Location(path), faults))
    return tree
