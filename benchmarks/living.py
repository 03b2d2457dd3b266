"""Builds a study again and again in one process, as a preview would: `python living.py ROUNDS`, in its folder.

Prints as JSON the costs of one changed sentence and of no change, each for HTML, PDF and both.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.books import change_sentence
from reportkit.build import build_study
from reportkit.model.plan import Request

FORMATS = {"HTML": ("html",), "PDF": ("pdf",), "both": ("html", "pdf")}


class Silent:
    """Watches a build and says nothing."""

    def warn(self, diagnostics: object) -> None:
        pass

    def planned(self, plan: object, saved: float) -> None:
        pass

    def running(self, runs: object) -> None:
        pass

    def ran(self, run: object, succeeded: bool) -> None:
        pass

    def compiling(self, output: object) -> None:
        pass


def main(rounds: int) -> None:
    root = Path().resolve()
    changed: dict[str, list[dict[str, float]]] = {}
    unchanged: dict[str, list[dict[str, float]]] = {}
    for name, formats in FORMATS.items():
        for number in range(rounds + 1):
            change_sentence(root, f"in one process, {name} {number}")
            again = [_cost(root, Request(formats=formats)) for _ in ("changed", "unchanged")]
            if number:  # the first one loads what a living process has
                changed.setdefault(name, []).append(again[0])
                unchanged.setdefault(name, []).append(again[1])
    print(json.dumps({"changed": changed, "unchanged": unchanged}))


def _cost(root: Path, request: Request) -> dict[str, float]:
    begun, used = time.perf_counter(), _cpu()
    build_study(root, request, Silent())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {
        "wall": round(time.perf_counter() - begun, 3),
        "cpu": round(_cpu() - used, 3),
        "memory": round(memory, 1),
    }


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    main(int(sys.argv[1]))
