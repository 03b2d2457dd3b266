"""Files of the study's data package, to which its text may link: readers of the pages download them."""

from __future__ import annotations

import io
import json
import posixpath
import zipfile
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import unquote

from reportkit.digest import digest_bytes
from reportkit.model.book import DOWNLOAD, Node
from reportkit.model.study import DATA_PACKAGE, Study

FOLDER = posixpath.dirname(DATA_PACKAGE)


class Package:
    """The data package of a study; its tables are read when something links to one of them."""

    def __init__(self, study: Study) -> None:
        self.study = study
        described = json.loads(study.read(DATA_PACKAGE)) if DATA_PACKAGE in study.inputs else {}
        named = [resource.get("path", []) for resource in described.get("resources", ())]
        tables = {path for one in named for path in ([one] if isinstance(one, str) else one)}
        self.paths = [DATA_PACKAGE, *sorted(posixpath.normpath(posixpath.join(FOLDER, path)) for path in tables)]
        self.archive = f"{FOLDER}/{posixpath.basename(described.get('name', '')) or 'data'}.zip"

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files by path, and all of them as one, the same bytes each time."""
        files = {path: (self.study.root / path).read_bytes() for path in self.paths}
        return {**files, self.archive: _zipped(files)}

    def linked(self, link: Node, folder: str) -> Node | None:
        """Return a link to one of the files, named from a folder or the study's, as a download, or None."""
        (identifier, classes, pairs), inlines, (target, title) = link["c"]
        candidates = [posixpath.normpath(path) for path in (posixpath.join(folder, unquote(target)), target)]
        path = next((path for path in candidates if path in (*self.paths, self.archive)), None)
        if path is None or DATA_PACKAGE not in self.study.inputs:
            return None
        attributes = [identifier, [*classes, DOWNLOAD], [*pairs, ["download", ""]]]
        return {"t": "Link", "c": [attributes, inlines, [path, title or f"SHA-256: {digest_bytes(self.files[path])}"]]}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    # Stored as they are: what a compressor makes depends on its version.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return made.getvalue()
