"""Typst by itself, on the files that reportkit gives it: `python typesetting.py ROUNDS`, in the folder of a study.

Prints as JSON the costs of the whole book in a fresh process and of one changed sentence in a living one: no build of
the PDF can take less. `python typesetting.py once FOLDER` compiles the files once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.books import CHANGED, SENTENCE, change_sentence
from benchmarks.living import Silent, _cpu
from benchmarks.measure import measure

SETTINGS: dict[str, Any] = {
    "format": "pdf",
    "pdf_standards": ["ua-1", "a-2a"],
    "timestamp": 0,
    "ignore_system_fonts": True,
}


def compile_once(folder: Path) -> None:
    """Compile the files in a folder."""
    import typst

    typst.compile(folder / "main.typ", root=folder, **SETTINGS)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_sources(Path().resolve(), folder)
        once = [sys.executable, __file__, "once", name]
        cold = [asdict(measure(once, folder, os.environ)) for _ in range(rounds)]
        compile_once(folder)
        print(json.dumps({"cold": cold, "changed": [_changed(folder, number) for number in range(rounds)]}))


def _changed(folder: Path, number: int) -> dict[str, float]:
    page = folder / "pages" / Path(CHANGED).with_suffix(".typ").name
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text}\n{SENTENCE} Changed {number}.\n", encoding="utf-8")
    begun, used = time.perf_counter(), _cpu()
    compile_once(folder)
    return {"wall": round(time.perf_counter() - begun, 3), "cpu": round(_cpu() - used, 3)}


def _write_sources(root: Path, folder: Path) -> None:
    """Build the PDF of a study and write what Typst is given for it into a folder."""
    from reportkit.build import build_study
    from reportkit.compile import pdf
    from reportkit.model.plan import Request
    from reportkit.world import write_files

    compile_typst = pdf.compile_typst

    def keeping(book: Any, files: Mapping[str, bytes], **settings: Any) -> list[bytes]:
        write_files(folder, files)
        return compile_typst(book, files, **settings)

    pdf.compile_typst = keeping
    change_sentence(root, "for Typst by itself")
    build_study(root, Request(formats=("pdf",)), Silent())


if __name__ == "__main__":
    compile_once(Path(sys.argv[2])) if sys.argv[1] == "once" else main(int(sys.argv[1]))
