"""The page of the benchmarks is what their results make."""

from __future__ import annotations

import json

from benchmarks.page import PAGE, RESULTS, make_page


def test_the_page_is_made_from_the_results() -> None:
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert PAGE.read_text(encoding="utf-8") == make_page(results)
