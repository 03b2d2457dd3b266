"""The page of the benchmarks, made from their results: `python -m benchmarks.page`."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

RESULTS = Path(__file__).with_name("results.json")
TEMPLATE = Path(__file__).with_name("page.md.jinja")
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
Runs = Sequence[Mapping[str, float]]


def make_page(results: Mapping[str, Any]) -> str:
    """Return the page in Markdown."""
    costs, nothing, growth = results["executions"], results["nothing"]["costs"], results["growth"]
    told = {
        "first": next(iter(costs.values())),
        "ours": costs["reportkit, executions"],
        "empty": least(nothing["python -c pass"], "wall"),
        "own": least(nothing["reportkit, this repository's study"], "wall"),
        "share": least(nothing["reportkit, the workload"], "wall")
        / least(nothing["Jupyter Book 1, the workload"], "wall"),
        "more": results["observing"]["observed"] / results["observing"]["plain"] - 1,
        "each": (growth[-1]["wall"] / growth[-1]["instances"]) / (growth[0]["wall"] / growth[0]["instances"]),
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(results, least=least, median=median, verdict=verdict, **told) + "\n"


def write_page(path: Path, results: Mapping[str, Any]) -> None:
    """Write the page."""
    path.write_text(make_page(results), encoding="utf-8")


def least(runs: Runs, what: str) -> float:
    """Return the smallest cost of several runs."""
    return min(run[what] for run in runs)


def median(runs: Runs, what: str) -> float:
    """Return the middle cost of several runs."""
    return statistics.median(run[what] for run in runs)


def verdict(met: bool) -> str:
    """Return a comparison in words."""
    return "met" if met else "missed"


if __name__ == "__main__":
    write_page(PAGE, json.loads(RESULTS.read_text(encoding="utf-8")))
