"""Files are written whole or not at all; a kernel sees only what it may."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from reportkit.world import (
    file_digest,
    kernel_environment,
    replace_folder,
    source_date_epoch,
    study_date,
    uncollected,
    write_atomic,
)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a" / "file"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in path.parent.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomic(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError("no space left")))

    with pytest.raises(OSError, match="no space left"):
        write_atomic(path, b"new")

    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_exchanged_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "html"
    replace_folder(folder, {"index.html": b"1", "figures/a.svg": b"2"})
    replace_folder(folder, {"index.html": b"3"})
    assert [found.name for found in folder.rglob("*")] == ["index.html"]
    assert (folder / "index.html").read_bytes() == b"3"
    assert [found.name for found in tmp_path.iterdir()] == ["html"]


def test_a_folder_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "html"
    replace_folder(folder, {"index.html": b"old"})

    with pytest.raises(OSError):
        replace_folder(folder, {"index.html": b"new", "index.html/impossible": b"x"})

    assert (folder / "index.html").read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["html"]


def test_a_kernel_sees_nothing_of_the_environment_but_what_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    seen = kernel_environment(1, tmp_path, tmp_path)
    assert "SECRET" not in seen
    assert seen["TZ"] == "UTC"
    assert seen["SOURCE_DATE_EPOCH"] == "1"


def test_the_study_has_its_own_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert source_date_epoch("1970-01-02") == 86400
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "172800")
    assert study_date("2026-01-01") == "1970-01-03"


def test_a_missing_file_has_no_digest(tmp_path: Path) -> None:
    assert file_digest(tmp_path / "none") is None
    assert file_digest(tmp_path) is None


def test_garbage_is_collected_again_afterwards_whatever_happened() -> None:
    with pytest.raises(ZeroDivisionError), uncollected():
        assert not gc.isenabled()
        _ = 1 / 0
    assert gc.isenabled()
