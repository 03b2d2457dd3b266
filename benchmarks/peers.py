"""How others execute the workload: run by the benchmark in the environment where they are installed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CITIES = ("altdorf", "bergheim", "castrop", "dorsten", "eslohe", "freudenberg")
LANGUAGES = ("de", "en")


def papermill(jobs: int) -> None:
    """Run Papermill's command for each city and language."""

    def run(values: tuple[str, str]) -> None:
        city, language = values
        put_in = ["-p", "city", city, "-p", "language", language]
        command = ["papermill", "--no-progress-bar", "chapter.ipynb", f"{city}-{language}.ipynb", *put_in]
        subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)

    with ThreadPoolExecutor(jobs) as executor:
        list(executor.map(run, [(city, language) for city in CITIES for language in LANGUAGES]))


def nbclient(jobs: int) -> None:
    """Execute the notebooks in this process, some at once."""
    import nbformat
    from nbclient import NotebookClient

    async def run(path: Path, places: asyncio.Semaphore) -> None:
        async with places:
            book = nbformat.read(path, as_version=4)
            await NotebookClient(book, resources={"metadata": {"path": "."}}).async_execute()
            nbformat.write(book, path.with_suffix(".done.ipynb"))

    async def run_all() -> None:
        places = asyncio.Semaphore(jobs)
        await asyncio.gather(*(run(path, places) for path in sorted(Path().glob("*.ipynb"))))

    asyncio.run(run_all())


def nbconvert(jobs: int) -> None:
    """Execute the notebooks with nbconvert's command, one after the other."""
    books = [str(path) for path in sorted(Path().glob("*.ipynb"))]
    command = ["nbconvert", "--to", "notebook", "--execute", "--output-dir", "done", *books]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)


if __name__ == "__main__":
    {"papermill": papermill, "nbclient": nbclient, "nbconvert": nbconvert}[sys.argv[1]](int(sys.argv[2]))
