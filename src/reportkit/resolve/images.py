"""Pictures that the text itself names: files of the study, taken into the edition."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from reportkit.errors import Diagnostic, Location, error
from reportkit.model import ast, attachments
from reportkit.model.book import PICTURES, Inlines, Node
from reportkit.model.study import Study
from reportkit.resolve.chapters import Chapter, Resolved
from reportkit.resolve.harmless import still_drawing

CONFIGURATION = "_quarto.yml"
# What browsers and Typst both can show.
ENDINGS = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp")
STRING = re.compile(r'"([^"\\\n]+)"')
FILE_HINT = f"a picture is a file of the study ({', '.join(ENDINGS)}), named relative to the chapter's folder"
ATTACHED_HINT = "the cell does not hold it: put it in once more, or name a file of the study"
ALT_HINT = 'write `![what is seen](file)`, or `#| fig-alt: "…"` in a cell'


def take_images(chapter: Chapter, root: Path, assets: dict[str, bytes]) -> Resolved:
    """Return a chapter whose images are assets of the book; their bytes are added to `assets`.

    A path is relative to the chapter's folder. A missing file, or one outside the study in the folder `root`, is an
    error (RK333); so is an image that says nothing to those who do not see it (RK330).
    """
    faults: list[Diagnostic] = []
    if not chapter.mentions("!["):
        return chapter, faults
    folder = posixpath.dirname(chapter.instance.chapter)
    attached = _attached(root, chapter)

    def take(node: Node) -> Node | Inlines:
        attributes, alt, (target, title) = node["c"]
        place = chapter.locate("|".join(map(re.escape, (target, unquote(target)))))
        if not ast.plain_text(alt).strip():
            faults.append(error("RK330", f"image `{unquote(target)}` has no alternative text", place, ALT_HINT))
            alt = [ast.word(posixpath.splitext(posixpath.basename(unquote(target)))[0])]
        path = posixpath.normpath(posixpath.join(folder, unquote(target)))
        try:
            if target in attached:
                asset = f"figures/{target.removeprefix(attachments.SCHEME)}"
                assets[asset] = _stilled(asset, attached[target])
            else:
                asset = PICTURES + path
                assets[asset] = _picture(root, path)
        except ValueError as fault:
            hint = ATTACHED_HINT if target.startswith(attachments.SCHEME) else FILE_HINT
            faults.append(error("RK333", f"picture `{unquote(target)}` cannot be shown: {fault}", place, hint))
            return list(alt)
        return in_its_language({"t": "Image", "c": [attributes, alt, [asset, title]]})

    return chapter.with_blocks(ast.rewrite(chapter.blocks, take, "Image")), faults


def _attached(root: Path, chapter: Chapter) -> Mapping[str, bytes]:
    """Return the pictures that the chapter's notebook holds, if its text names any."""
    if not chapter.mentions(attachments.SCHEME):
        return {}
    held = attachments.pictures(json.loads((root / chapter.instance.chapter).read_bytes())["cells"])
    return {f"{attachments.SCHEME}{name}": content for name, content in held.items()}


def in_its_language(image: Node) -> Node:
    """Return an image that names the language of its alternative text, if that has no translation."""
    language = next((ast.attribute(part, "lang") for part in image["c"][1] if part["t"] == "Span"), None)
    return ast.add_attribute(image, "lang", language) if language else image


def _picture(root: Path, path: str) -> bytes:
    """Return a picture of the study, a drawing stilled; raises `ValueError` if there is none at a path."""
    content = _read(root, path) if path.lower().endswith(ENDINGS) else None
    if content is None:
        raise ValueError("there is no such picture in the study")
    return _stilled(path, content)


def _stilled(path: str, content: bytes) -> bytes:
    return still_drawing(content) if path.lower().endswith(".svg") else content


def _read(root: Path, path: str) -> bytes | None:
    """Return the bytes of a file of the study, or None if there is none at a path."""
    file = Path(os.path.realpath(root / path))
    if path.startswith(("../", "/")) or not file.is_relative_to(os.path.realpath(root)):
        return None
    try:
        return file.read_bytes()
    except OSError:  # missing, a folder, or a name that the file system refuses
        return None


def cover_of(study: Study, faults: list[Diagnostic]) -> dict[str, bytes]:
    """Return the picture that a study names as its cover, by its path; one that is not there is an error (RK333)."""
    options = {**study.metadata.get("book", {}), **study.options}
    names = ("format.epub.cover-image", "format.epub.epub-cover-image", "epub-cover-image", "cover-image")
    path = next((str(options[name]) for name in names if options.get(name)), None)
    if path is None:
        return {}
    try:
        return {posixpath.normpath(path): _picture(study.root, posixpath.normpath(path))}
    except ValueError as fault:
        lines = study.read(CONFIGURATION).splitlines()
        line = next((number for number, text in enumerate(lines, 1) if path in text), None)
        faults.append(error("RK333", f"cover `{path}` cannot be shown: {fault}", Location(CONFIGURATION, line)))
        return {}


def named_files(metadata: Mapping[str, Any], root: Path) -> dict[str, bytes]:
    """Return the files of the study in the folder `root` that metadata name, such as styles, by their path."""
    texts = STRING.findall(json.dumps(metadata, ensure_ascii=False))
    found = {text: _read(root, text) for text in sorted(set(texts))}
    return {posixpath.normpath(path): content for path, content in found.items() if content is not None}
