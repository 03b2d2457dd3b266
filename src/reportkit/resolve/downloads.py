"""Files of the study's data package, to which its text may link: readers of the pages download them."""

from __future__ import annotations

import io
import json
import posixpath
import zipfile
from collections.abc import Mapping
from functools import partial
from urllib.parse import unquote

from reportkit.digest import digest_bytes
from reportkit.model import ast
from reportkit.model.book import DOWNLOAD, Node
from reportkit.model.study import DATA_PACKAGE, Study
from reportkit.resolve.chapters import Chapter

FOLDER = posixpath.dirname(DATA_PACKAGE)


def package_files(study: Study) -> dict[str, bytes]:
    """Return the files of the data package by path, and all of them as `data/NAME.zip`, the same bytes each time."""
    if DATA_PACKAGE not in study.inputs:
        return {}
    package = json.loads(study.read(DATA_PACKAGE))
    named = [resource.get("path", []) for resource in package["resources"]]
    paths = [path for one in named for path in ([one] if isinstance(one, str) else one)]
    wanted = [DATA_PACKAGE, *sorted({posixpath.normpath(posixpath.join(FOLDER, path)) for path in paths})]
    files = {path: (study.root / path).read_bytes() for path in wanted}
    return {**files, f"{FOLDER}/{package.get('name', 'data')}.zip": _zipped(files)}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    # Stored as they are: what a compressor makes depends on its version.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return made.getvalue()


def link_downloads(chapter: Chapter, files: Mapping[str, bytes]) -> Chapter:
    """Return a chapter whose links to such files, relative to its folder or the study's, lead to downloads."""
    change = partial(_linked, posixpath.dirname(chapter.instance.chapter), files)
    return chapter.with_blocks(ast.rewrite(chapter.blocks, change)) if files else chapter


def _linked(folder: str, files: Mapping[str, bytes], node: Node) -> Node:
    if node["t"] != "Link":
        return node
    (identifier, classes, pairs), inlines, (target, title) = node["c"]
    paths = [posixpath.normpath(path) for path in (posixpath.join(folder, unquote(target)), target)]
    path = next((path for path in paths if path in files), None)
    if path is None:
        return node
    attributes = [identifier, [*classes, DOWNLOAD], [*pairs, ["download", ""]]]
    return {"t": "Link", "c": [attributes, inlines, [path, title or f"SHA-256: {digest_bytes(files[path])}"]]}
