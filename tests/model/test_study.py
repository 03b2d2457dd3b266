"""A study's files are read as text, whatever wrote them; what is no text is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from compile.sample import study
from reportkit.errors import StudyError
from reportkit.model.study import decode


def test_line_ends_of_windows_and_a_byte_order_mark_make_no_difference(tmp_path: Path) -> None:
    text = "\ufeff@book{a}\r\n@book{b}\r\n".encode()
    (tmp_path / "works.bib").write_bytes(text)

    assert decode(text, "works.bib") == "@book{a}\n@book{b}\n"
    assert study(root=tmp_path).read("works.bib") == "@book{a}\n@book{b}\n"


def test_a_file_that_is_not_utf8_is_told_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "works.bib").write_bytes("@book{a}\n  author = {Müller},\n".encode("latin-1"))

    with pytest.raises(StudyError) as told:
        study(root=tmp_path).read("works.bib")

    (fault,) = told.value.diagnostics
    assert (fault.code, str(fault.location)) == ("RK110", "works.bib:2")
    assert fault.hint == "save it as UTF-8"
