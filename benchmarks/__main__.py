"""Runs the benchmarks and writes what they gave: `python -m benchmarks --date 2026-01-31 [--rounds 3]`.

`--only compiling` measures this part again and keeps the others' results, so does `executing` or `pages`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import workload
from benchmarks.compiling import BOOK, compiling
from benchmarks.environments import NAMED, Environment, prepare
from benchmarks.measure import Cost, measure
from benchmarks.page import PAGE, RESULTS, write_page
from benchmarks.pages import pages

HERE = Path(__file__).parent
SIZES = (99, 396)


@dataclass(frozen=True)
class Variant:
    """A way to do the work: how its folder is laid out, in which environment, with which command."""

    name: str
    lay_out: Callable[[Path], None]
    environment: Environment
    command: Sequence[str]

    def run(self, folder: Path) -> Cost:
        """Do the work in a folder."""
        return measure([str(self.environment.python), *self.command], folder, self.environment.variables)

    def fresh(self) -> Cost:
        """Do the work in a folder of its own."""
        with tempfile.TemporaryDirectory() as folder:
            self.lay_out(Path(folder, "work"))
            return self.run(Path(folder, "work"))


def executions(main: Environment, book: Environment) -> list[Variant]:
    """Return every way to execute the workload, the first being what the others are compared with."""
    plain, study, put_in = workload.write_notebooks, workload.write_study, workload.write_parametrised
    return [
        Variant(
            "Papermill's command, one after the other",
            put_in,
            main,
            [script("peers.py"), "papermill", "1"],
        ),
        Variant(
            "Papermill's command, two at once",
            put_in,
            main,
            [script("peers.py"), "papermill", "2"],
        ),
        Variant("nbclient, two at once in one process", plain, main, [script("peers.py"), "nbclient", "2"]),
        Variant("nbconvert's command, one after the other", plain, main, [script("peers.py"), "nbconvert", "1"]),
        Variant("Jupyter Book 1, with its HTML pages", plain, book, BOOK),
        Variant("reportkit, executions", study, main, [script("executing.py")]),
        Variant("reportkit, executions, `--cold`", study, main, [script("executing.py"), "cold"]),
        Variant("reportkit, with its HTML pages", study, main, BUILD),
        Variant("floor: fork and run the cells, one after the other", plain, main, [script("floor.py"), "1"]),
        Variant("floor: fork and run the cells, two at once", plain, main, [script("floor.py"), "2"]),
    ]


BUILD = ["-m", "reportkit", "build", "--format", "html"]


def script(name: str) -> str:
    """Return the path of a script of this folder."""
    return str(HERE / name)


def in_turn(named: dict[str, Callable[[], Cost]], rounds: int) -> dict[str, list[dict[str, float]]]:
    """Run everything once in each round, so that the machine's moods are shared."""
    costs: dict[str, list[dict[str, float]]] = {name: [] for name in named}
    for number in range(rounds):
        for name, run in named.items():
            cost = run()
            costs[name].append(asdict(cost))
            print(f"round {number + 1}: {name}: {cost.wall:.2f} s, CPU {cost.cpu:.2f} s", flush=True)
    return costs


def nothing_to_do(main: Environment, book: Environment, rounds: int, folder: Path) -> dict[str, Any]:
    """Time a second build of the workload and of this repository's study, beside an empty interpreter."""
    workload.write_study(folder / "study")
    workload.write_notebooks(folder / "book")
    own = folder / "own"
    subprocess.run(["git", "clone", "--quiet", str(HERE.parent), str(own)], check=True)
    reportkit = Variant("", workload.write_study, main, BUILD)
    again: dict[str, Callable[[], Cost]] = {
        "python -c pass": lambda: measure([str(main.python), "-c", "pass"], folder, main.variables),
        "reportkit, the workload": lambda: reportkit.run(folder / "study"),
        "reportkit, this repository's study": lambda: reportkit.run(own),
        "Jupyter Book 1, the workload": lambda: Variant("", workload.write_notebooks, book, BOOK).run(folder / "book"),
    }
    for run in again.values():
        run()
    return {"costs": in_turn(again, rounds), "changes": changes(main, folder / "study")}


def changes(main: Environment, study: Path) -> dict[str, list[str]]:
    """Return which instances run again after each change of the workload's study."""
    found = {}
    table, shared, text = study / "data/staff-castrop.csv", study / "data/people.csv", study / "city.ipynb"
    edits = {
        "one city's table": (table, b"\n"),
        "the table that all read": (shared, b"\n"),
        "one sentence": (text, None),
    }
    for name, (path, more) in edits.items():
        before = path.read_bytes()
        path.write_bytes(before + more if more else before.replace(b"Ein Satz.", b"Ein anderer Satz."))
        assert path.read_bytes() != before
        command = [str(main.python), "-m", "reportkit", "plan"]
        done = subprocess.run(command, cwd=study, env=main.variables, capture_output=True, text=True, check=True)
        found[name] = [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith("execute")]
        path.write_bytes(before)
    return found


def growth(main: Environment) -> list[dict[str, Any]]:
    """Execute ever more cities in two languages; return time, the driver's memory, and the time of doing nothing."""
    rows: list[dict[str, Any]] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "study")
            cities = [f"stadt{number}" for number in range(size)]
            workload.write_study(folder, cities, workload.LIGHT)
            command = [str(main.python), str(HERE / "executing.py")]
            cost = measure(command, folder, main.variables)
            executed = json.loads((folder / "_build/executed.json").read_text(encoding="utf-8"))
            build = Variant("", workload.write_study, main, BUILD)
            first, again = build.run(folder), build.run(folder)
            row = {"instances": executed["runs"], "wall": cost.wall, "cpu": cost.cpu, **executed}
            rows.append({**row, "build_megabytes": first.memory, "nothing_to_do": again.wall})
            print(rows[-1], flush=True)
    return rows


def observing(main: Environment, rounds: int) -> dict[str, float]:
    """Return the median seconds of the workload's cells with and without observation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "study")
        workload.write_study(folder)
        command = [str(main.python), str(HERE / "observing.py"), str(rounds)]
        done = subprocess.run(command, cwd=folder, env=main.variables, capture_output=True, text=True, check=True)
        taken: dict[str, float] = json.loads(done.stdout)
        return taken


def executing(environments: dict[str, Environment], rounds: int, date: str) -> dict[str, Any]:
    """Return the results of everything but compiling."""
    first, book = environments["main"], environments["book"]
    with tempfile.TemporaryDirectory() as folder:
        return {
            "command": f"python -m benchmarks --rounds {rounds} --date {date}",
            "date": date,
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
            "versions": {name: environments[name].versions(NAMED[name]) for name in environments},
            "executions": in_turn({way.name: way.fresh for way in executions(first, book)}, rounds),
            "nothing": nothing_to_do(first, book, 3 * rounds, Path(folder)),
            "observing": observing(first, 10 * rounds),
            "growth": growth(first),
        }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="time reportkit beside its peers")
    parser.add_argument("--rounds", type=int, default=3, help="times that each command is run (default: 3)")
    parser.add_argument("--date", required=True, help="the day of the run, printed on the page")
    parser.add_argument(
        "--only", choices=["executing", "compiling", "pages"], help="measure one part, keep the results of others"
    )
    arguments = parser.parse_args()
    rounds, date = arguments.rounds, arguments.date
    environments = {name: prepare(name) for name in ("main", "book")}
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    first, book = environments["main"], environments["book"]
    if arguments.only in {None, "executing"}:
        results |= executing(environments, rounds, date)
    if arguments.only in {None, "compiling"}:
        results |= {"compiling": compiling(first, book, rounds, date)}
    if arguments.only in {None, "pages"}:
        results |= {"pages": pages(first, book, rounds, date)}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_page(PAGE, results)
    shutil.rmtree(HERE / "__pycache__", ignore_errors=True)
    print(f"wrote {RESULTS} and {PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main()
