"""Pictures that the cells of a notebook bring along: `![What is seen](attachment:name.png)`.

Each cell has names of its own, so that a picture is named by what it is: `attachment:3f2a90c1b4d7e658.png`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from reportkit.digest import digest_bytes

ENDINGS = {
    **{"image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png"},
    **{"image/svg+xml": ".svg", "image/webp": ".webp"},
}
SCHEME = "attachment:"
TARGET = re.compile(rf"(?<=\]\(){SCHEME}([^\s()<>]+)|(?<=\]\(<){SCHEME}([^<>]+)")


def named_by_content(text: str, held: Any) -> str:
    """Return the Markdown of a cell that holds attachments; each is named as `pictures` names it."""
    if not isinstance(held, Mapping) or SCHEME not in text:
        return text

    def name(target: re.Match[str]) -> str:
        bundle = held.get(unquote(target[1] or target[2]))
        return SCHEME + next(iter(pictures([{"attachments": {"": bundle}}])), target[0].removeprefix(SCHEME))

    return TARGET.sub(name, text)


def pictures(cells: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return the pictures that the cells of a notebook bring along, by the name that their bytes give them."""
    held = (cell.get("attachments") for cell in cells)
    bundles = (bundle for one in held if isinstance(one, Mapping) for bundle in one.values())
    found = (each for bundle in bundles if isinstance(bundle, Mapping) for each in bundle.items())
    made = ((_bytes(data), ENDINGS[mime]) for mime, data in found if mime in ENDINGS)
    return {f"{digest_bytes(data)[:16]}{ending}": data for data, ending in made if data}


def _bytes(data: Any) -> bytes:
    text = "".join(map(str, data)) if isinstance(data, list) else str(data)
    try:
        return text.encode() if text.lstrip().startswith("<") else base64.b64decode(text)
    except ValueError:  # no bytes at all: there is no picture then
        return b""
