"""What it takes to compile a book whose notebooks are executed: from nothing, after one sentence, after nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.books import change_sentence, write_myst, write_quarto
from benchmarks.environments import Environment
from benchmarks.measure import Cost, measure

HERE = Path(__file__).parent
SIZES = (8, 16, 40)
# The sizes at which others are timed too.
COMPARED = (8, 40)
BOOK = ("-c", "from jupyter_book.cli.main import main; main()", "build", ".")
OF_STORE = ("editions", "finished", "pandoc")


@dataclass(frozen=True)
class Compiler:
    """A command that compiles a book in its folder, and what makes it forget all that it compiled."""

    name: str
    format: str
    command: tuple[str, ...]
    folder: Path
    environment: Environment
    forget: Callable[[Path], None]

    def run(self) -> Cost:
        """Compile the book."""
        return measure(list(self.command), self.folder, self.environment.variables)

    def rows(self, number: int) -> Iterator[tuple[str, Cost]]:
        """Yield what compiling takes cold, after a changed sentence, and without any change."""
        self.forget(self.folder)
        yield "cold", self.run()
        change_sentence(self.folder, f"for {self.name} as {self.format}, {number}")
        yield "changed", self.run()
        yield "unchanged", self.run()


def compiling(main: Environment, book: Environment, rounds: int, date: str) -> dict[str, Any]:
    """Return the costs of compiling the book at each size; Quarto's where it is on PATH."""
    sizes = [_size(main, book, chapters, rounds) for chapters in SIZES]
    versions = {**main.versions(("pypandoc_binary", "typst")), **book.versions(("jupyter-book", "sphinx"))}
    quarto = shutil.which("quarto")
    if quarto:
        told = subprocess.run([quarto, "--version"], capture_output=True, text=True, check=True).stdout
        versions["quarto"] = told.strip()
    return {"date": date, "rounds": rounds, "versions": versions, "quarto": bool(quarto), "sizes": sizes}


def _size(main: Environment, book: Environment, chapters: int, rounds: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        compilers = _compilers(main, book, chapters, Path(name))
        costs: dict[str, dict[str, dict[str, list[dict[str, float]]]]] = {}
        for number in range(rounds):
            for one in compilers:
                for what, cost in one.rows(number):
                    kept = costs.setdefault(one.name, {}).setdefault(one.format, {})
                    kept.setdefault(what, []).append(asdict(cost))
                    print(f"{chapters} chapters, {one.name}, {one.format}, {what}: {cost.wall:.2f} s", flush=True)
        folder = compilers[0].folder
        living, typst = (_told(main, script, 2 * rounds, folder) for script in ("living.py", "typesetting.py"))
        return {"chapters": chapters, **_pages(folder), "costs": costs, "living": living, "typst": typst}


def _told(environment: Environment, script: str, rounds: int, folder: Path) -> Any:
    """Return what a script of ours prints about the study in a folder."""
    command = [str(environment.python), str(HERE / script), str(rounds)]
    done = subprocess.run(command, cwd=folder, env=environment.variables, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _compilers(main: Environment, book: Environment, chapters: int, folder: Path) -> list[Compiler]:
    study, build = folder / "study", (str(main.python), "-m", "reportkit", "build")
    write_quarto(study, chapters)
    measure(build, study, main.variables)
    formats = {"HTML": ("--format=html",), "PDF": ("--format=pdf",), "both": ("--format=html", "--format=pdf")}
    found = [Compiler("reportkit", fmt, (*build, *more), study, main, forget_study) for fmt, more in formats.items()]
    if chapters not in COMPARED:
        return found
    myst = folder / "myst"
    write_myst(myst, chapters)
    execute(book, myst)
    command = (str(book.python), *BOOK)
    found.append(Compiler("Jupyter Book 1", "HTML", command, myst, book, _forget))
    quarto = shutil.which("quarto")
    if quarto:
        executed = folder / "quarto"
        write_quarto(executed, chapters)
        execute(book, executed)
        for fmt, name in (("HTML", "html"), ("PDF", "typst")):
            found.append(Compiler("Quarto", fmt, (quarto, "render", "--to", name), executed, main, _forget))
    return found


def execute(environment: Environment, folder: Path) -> None:
    """Execute the notebooks of a folder and keep their outputs in them."""
    command = [str(environment.python), str(HERE / "peers.py"), "nbclient", "2"]
    subprocess.run(command, cwd=folder, env=environment.variables, check=True, capture_output=True)
    for path in folder.glob("*.done.ipynb"):
        path.replace(path.with_name(path.name.replace(".done", "")))


def forget_study(folder: Path) -> None:
    """Remove all but the results of the executions."""
    _remove(folder / "_build/editions", *(folder / "_build/store" / kind for kind in OF_STORE))


def _forget(folder: Path) -> None:
    _remove(*(folder / name for name in ("_build", "_book", ".quarto")))


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _pages(study: Path) -> dict[str, int]:
    """Return how large the book is: words of its chapters, bytes of its PDF."""
    (made,) = (study / "_build/editions").glob("*/pdf/*.pdf")
    cells = [cell for path in study.glob("*.ipynb") for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    words = sum(len(cell["source"].split()) for cell in cells if cell["cell_type"] == "markdown")
    return {"words": words, "pdf_bytes": made.stat().st_size}
