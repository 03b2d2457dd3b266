"""What is wrong with a PDF: what a validator says, what its tags lack, what lies where no text belongs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import page as validator
import pikepdf
import pypdfium2

PROFILES = (validator.ValidationProfile.PDF_A_2A, validator.ValidationProfile.PDF_UA_1)
# The margins of a page that has no others, and how far an accent may reach into them.
MM = 72 / 25.4
SIDE, TOP, BOTTOM, REACH = 27 * MM, 28 * MM, 26 * MM, 2.0


# The validator takes the last byte of a stream for the end of a line where it is a carriage return.
LENGTHS = "PDFA2A-STREAM-LENGTH-001"
STREAM = re.compile(rb"/Length (\d+)\b.{0,400}?>>\s*stream\r?\n", re.DOTALL)


def refused(pdf: bytes) -> set[str]:
    """Return the standards, of PDF/A-2a and PDF/UA-1, that a file breaks: by a validator, lengths of streams by us."""
    broken = set()
    for profile in PROFILES:
        rules = {fault.rule_id for fault in validator.validate_pdf_bytes(pdf, profile=profile).failures}
        if rules - {LENGTHS} or (rules and not lengths_hold(pdf)):
            broken.add(profile.name)
    return broken


def lengths_hold(pdf: bytes) -> bool:
    """Return whether each stream ends where its length says (ISO 19005-2, 6.1.7.1)."""
    ends = [found.end() + int(found[1]) for found in STREAM.finditer(pdf)]
    return bool(ends) and all(re.match(rb"\r?\nendstream", pdf[end : end + 12]) for end in ends)


def elements(node: Any) -> Iterator[Any]:
    """Yield the structure elements of a tag tree in reading order."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def tag_faults(pdf: bytes) -> list[str]:
    """Return what the tags of a file lack for those who listen to it."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        tags = list(elements(root.StructTreeRoot.K))
        levels = [int(str(tag.S)[2:]) for tag in tags if str(tag.S)[1:2] == "H" and str(tag.S)[2:].isdigit()]
        faults = [] if str(root.get("/Lang", "")) else ["no language"]
        faults += [f"H{low} after H{high}" for high, low in zip([0, *levels], levels, strict=False) if low > high + 1]
        faults += ["figure without text" for tag in tags if tag.S == "/Figure" and not str(tag.get("/Alt", "")).strip()]
        for table in (tag for tag in tags if tag.S == "/Table"):
            heads = [tag for tag in elements(table.K) if tag.S == "/THead"]
            cells = [tag for head in heads for tag in elements(head.K) if str(tag.S) in {"/TH", "/TD"}]
            faults += [] if cells and all(cell.S == "/TH" for cell in cells) else ["table without heads"]
    return faults


def layout_faults(pdf: bytes) -> list[str]:
    """Return which letters lie in the margins of their page, but for its number and its running head."""
    faults = []
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document, start=1):
        width, height = page.get_size()
        texts = page.get_textpage()
        for at in range(texts.count_chars()):
            left, bottom, right, top = texts.get_charbox(at)
            letter = chr(pypdfium2.raw.FPDFText_GetUnicode(texts, at))
            if letter.isspace() or left == right:
                continue
            is_in_foot = top < BOTTOM - REACH and letter in "0123456789ivxlc"
            is_in_head = bottom > height - TOP + REACH
            if left < SIDE - REACH or right > width - SIDE + REACH:
                faults.append(f"page {number}: {letter!r} at the side")
            elif bottom < BOTTOM - 2 * REACH and not is_in_foot:
                faults.append(f"page {number}: {letter!r} in the foot")
            elif top > height - TOP + REACH and not is_in_head:
                faults.append(f"page {number}: {letter!r} in the head")
    document.close()
    return faults


def titles(pdf: bytes) -> list[str]:
    """Return the bookmarks of a file in their order."""

    def below(items: list[Any]) -> Iterator[str]:
        for item in items:
            yield item.title
            yield from below(item.children)

    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        return list(below(outline.root))


def read(pdf: bytes) -> str:
    """Return the text of a file, page by page, as a program extracts it."""
    document = pypdfium2.PdfDocument(pdf)
    found = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(found.split())
