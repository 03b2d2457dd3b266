"""A store gives back what was put in, or nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit import process
from reportkit.store import Store, remembering


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def objects(store: Store) -> list[Path]:
    return [path for path in (store.folder / "objects").rglob("*") if path.is_file()]


def test_what_was_put_is_got(store: Store) -> None:
    store.put("results", "a", b"one")
    store.put("results", "a", b"two")
    assert store.get("results", "a") == b"two"
    assert store.get("results", "b") is None
    assert store.get("others", "a") is None


def test_json_is_kept_whatever_the_order_of_its_keys(store: Store) -> None:
    store.put_json("results", "a", {"b": 1, "a": [None, "ü"]})
    first = store.digest("results", "a")
    store.put_json("results", "a", {"a": [None, "ü"], "b": 1})
    assert store.digest("results", "a") == first
    assert store.get_json("results", "a") == {"a": [None, "ü"], "b": 1}


@given(damage=st.binary(max_size=40))
def test_a_damaged_object_counts_as_absent_and_is_made_anew(
    damage: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store(tmp_path_factory.mktemp("damaged"))
    store.put("results", "a", b"the right bytes")
    (found,) = objects(store)
    found.write_bytes(damage)

    assert store.get("results", "a") is None
    store.put("results", "a", b"the right bytes")
    assert store.get("results", "a") == b"the right bytes"


@pytest.mark.parametrize("pointer", [b"", b"abc", b"\xff\xfe", b"../../../../etc/passwd"])
def test_a_damaged_pointer_counts_as_absent(pointer: bytes, store: Store) -> None:
    store.put("results", "a", b"bytes")
    (store.folder / "results" / "a").write_bytes(pointer)
    assert store.get("results", "a") is None


def test_many_may_write_at_once(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.put("results", "a", b"x" * n), range(200)))
    data = store.get("results", "a")
    assert data is not None and set(data) <= {ord("x")}
    assert not list(store.folder.rglob(".new-*"))


def test_pandoc_is_asked_only_what_it_was_not_asked_before(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def pandoc(jobs: list[dict[str, str]]) -> list[str]:
        asked.extend(job["text"] for job in jobs)
        return [job["text"].upper() for job in jobs]

    monkeypatch.setattr(process, "run_pandoc", pandoc)
    answer = remembering(store)

    assert answer([{"text": "a"}, {"text": "b"}]) == ["A", "B"]
    assert answer([{"text": "b"}, {"text": "c"}, {"text": "a"}]) == ["B", "C", "A"]
    assert asked == ["a", "b", "c"]
