"""Two builds in other folders, time zones, locales and with other hash seeds give the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

STUDY = Path(__file__).parents[1] / "studies" / "two-cities"


def build(root: Path, **environment: str) -> dict[str, bytes]:
    shutil.copytree(STUDY, root)
    configuration = (root / "_quarto.yml").read_text(encoding="utf-8")
    formats = configuration.replace("  html: default\n", "  html: default\n  epub: default\n  docx: default\n")
    (root / "_quarto.yml").write_text(formats, encoding="utf-8")
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(root.parent), **environment}
    subprocess.run([sys.executable, "-m", "reportkit", "build"], cwd=root, env=surroundings, check=True)
    editions = root / "_build" / "editions"
    return {str(path.relative_to(editions)): path.read_bytes() for path in editions.rglob("*") if path.is_file()}


def test_editions_do_not_depend_on_where_and_when_they_are_built(tmp_path: Path) -> None:
    here = build(tmp_path / "here", TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="0")
    there = build(tmp_path / "thère" / "x", TZ="Asia/Tokyo", LANG="C", LC_ALL="C", PYTHONHASHSEED="12345")

    assert set(here) == set(there)
    assert {".html", ".pdf", ".epub", ".docx"} <= {Path(name).suffix for name in here}
    assert [name for name in here if here[name] != there[name]] == []
