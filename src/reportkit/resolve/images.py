"""Pictures that the text itself names: files of the study, taken into the edition."""

from __future__ import annotations

import posixpath
import re

from reportkit.errors import Diagnostic, error
from reportkit.model import ast
from reportkit.model.book import Node
from reportkit.model.study import Study
from reportkit.resolve.chapters import Chapter


def take_images(chapter: Chapter, study: Study, assets: dict[str, bytes]) -> tuple[Chapter, list[Diagnostic]]:
    """Return a chapter whose images are assets of the book; their bytes are added to `assets`.

    A path is relative to the chapter's folder. A missing file, or one outside the study, is an error (RK333).
    """
    faults: list[Diagnostic] = []
    folder = posixpath.dirname(chapter.instance.chapter)

    def take(node: Node) -> Node:
        if node["t"] != "Image" or node["c"][2][0] in assets:
            return node
        attributes, alt, (target, title) = node["c"]
        path = posixpath.normpath(posixpath.join(folder, target))
        file = (study.root / path).resolve()
        if "://" in target or not file.is_relative_to(study.root.resolve()) or not file.is_file():
            hint = "a picture is a file of the study, named relative to the chapter's folder"
            place = chapter.locate(re.escape(target))
            faults.append(error("RK333", f"there is no picture `{target}`", place, hint))
            return node
        name = f"images/{path}"
        assets[name] = file.read_bytes()
        return {"t": "Image", "c": [attributes, alt, [name, title]]}

    return chapter.with_blocks(ast.rewrite(chapter.blocks, take)), faults
