"""The checks of PDFs find what they are for: files in which one thing is spoilt are refused."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest

from compile.sample import figure, instance, prose, resolve, study, svg_result
from prints import STREAM, elements, layout_faults, lengths_hold, refused, tag_faults
from reportkit.compile import compile_book
from reportkit.process import run_pandoc

TEXT = "# One\n\n## Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n: Numbers {#tbl-numbers}\n"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    book = resolve(study(instance("one", prose(TEXT), figure("fig-a"))), {"one": svg_result(1)})
    (made,) = compile_book(book, "pdf", run_pandoc).values()
    return made


def spoilt(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


def without(name: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        del document.Root[name]

    return change


def retagged(before: str, after: str) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        for tag in elements(document.Root.StructTreeRoot.K):
            if before == tag.S:
                tag.S = pikepdf.Name(after)

    return change


def without_alternatives(document: pikepdf.Pdf) -> None:
    for tag in elements(document.Root.StructTreeRoot.K):
        if "/Alt" in tag:
            del tag["/Alt"]


def with_a_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.beep()")


def moved_down(document: pikepdf.Pdf) -> None:
    document.pages[-1].contents_add(b"1 0 0 1 0 -600 cm", prepend=True)


def test_what_is_as_it_should_be_passes(pdf: bytes) -> None:
    assert (refused(pdf), tag_faults(pdf), layout_faults(pdf)) == (set(), [], [])


@pytest.mark.parametrize(
    ("change", "standards"),
    [
        (without("/Lang"), {"PDF_UA_1"}),
        (without_alternatives, {"PDF_UA_1"}),
        (without("/Metadata"), {"PDF_A_2A", "PDF_UA_1"}),
        (with_a_script, {"PDF_A_2A"}),
        (without("/StructTreeRoot"), {"PDF_A_2A", "PDF_UA_1"}),
    ],
)
def test_a_spoilt_file_is_refused(pdf: bytes, change: Callable[[pikepdf.Pdf], None], standards: set[str]) -> None:
    assert refused(spoilt(pdf, change)) == standards


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (without("/Lang"), "no language"),
        (without_alternatives, "figure without text"),
        (retagged("/TH", "/TD"), "table without heads"),
        (retagged("/H2", "/H3"), "H3 after H1"),
    ],
)
def test_spoilt_tags_are_told(pdf: bytes, change: Callable[[pikepdf.Pdf], None], fault: str) -> None:
    assert fault in tag_faults(spoilt(pdf, change))


def test_letters_in_the_foot_are_told(pdf: bytes) -> None:
    assert any(fault.endswith("in the foot") for fault in layout_faults(spoilt(pdf, moved_down)))


def test_a_stream_that_is_not_as_long_as_it_says_is_refused(pdf: bytes) -> None:
    found = STREAM.search(pdf)
    assert found is not None and lengths_hold(pdf)
    wrong = str(int(found[1]) - 1).rjust(len(found[1]), "0").encode()
    spoilt = pdf[: found.start(1)] + wrong + pdf[found.end(1) :]
    assert not lengths_hold(spoilt) and "PDF_A_2A" in refused(spoilt)
