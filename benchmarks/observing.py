"""What observation costs: the workload's cells in forked processes with and without it, turn by turn.

Run as `python observing.py ROUNDS` in the folder of the study; prints the medians in seconds.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path

import IPython.core.getipython
import matplotlib.pyplot as plt
import seaborn  # noqa: F401
from inotify_simple import INotify

from reportkit.chapter import session
from reportkit.execute import observe
from reportkit.execute.places import Places
from reportkit.world import study_folders


def run(cells: list[str], observed: bool) -> float:
    """Return the seconds that the cells take in a process of their own."""
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        session.building, session.language = True, "de"
        root = Path().resolve()
        observer = None
        if observed:
            observer = observe.install(Places.of(root, (), ()), (), study_folders(str(root)))
        names: dict[str, object] = {}
        for cell in cells:
            exec(cell, names)
            for number in plt.get_fignums():
                plt.figure(number).savefig(os.devnull, format="svg")
            plt.close("all")
        if observer is not None:
            observer.trace()
        os._exit(0)
    os.waitpid(child, 0)
    return time.perf_counter() - begun


def main(rounds: int) -> None:
    book = json.loads(Path("city.ipynb").read_text(encoding="utf-8"))
    cells = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"]
    # As in every kernel: IPython is loaded, and the first watch is made before the fork.
    assert IPython.core.getipython.get_ipython() is None
    INotify().close()
    observe.count_machinery()
    taken: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(rounds):
        for observed in taken:
            taken[observed].append(run(cells, observed))
    print(json.dumps({"plain": statistics.median(taken[False]), "observed": statistics.median(taken[True])}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
