"""The floor: preload, fork a process for each chapter and run its cells there, without Jupyter.

Run as `python floor.py JOBS` in the folder of the notebooks.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path


def run_cells(path: Path) -> None:
    """Run a notebook's cells in this process and draw its figures, as a kernel would."""
    import matplotlib.pyplot as plt

    names: dict[str, object] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(cell["source"], names)
            for number in plt.get_fignums():
                plt.figure(number).savefig(os.devnull, format="svg")
            plt.close("all")


def main(jobs: int) -> None:
    for name in ("pandas", "matplotlib.pyplot", "matplotlib.backends.backend_svg", "seaborn"):
        importlib.import_module(name)
    running = 0
    for path in sorted(Path().glob("*.ipynb")):
        if running == jobs:
            os.wait()
            running -= 1
        if os.fork() == 0:
            run_cells(path)
            os._exit(0)
        running += 1
    for _ in range(running):
        os.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
