"""The tree is the architecture: layers import only downwards, stages never each other, heavy libraries at one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "reportkit"
STAGES = ("study", "plan", "execute", "resolve", "compile", "verify", "translate")
DOORS = ("store", "world", "process")
LAYERS = [
    ("__main__",),
    ("cli",),
    ("progress",),
    ("build",),
    ("finished",),
    STAGES,
    DOORS,
    ("chapter",),
    ("model",),
    ("errors", "digest", "__init__"),
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# Libraries that take long to load, or that one place alone may know, and that place.
HOMES = {
    "papermill": {"execute"},
    "nbformat": {"execute"},
    "nbclient": {"execute"},
    "jupyter_client": {"execute"},
    "zmq": {"execute"},
    "pybtex": {"resolve"},
    "typst": {"compile", "study"},
    "jinja2": {"compile"},
    "frictionless": {"study"},
    "pypandoc": {"process"},
    "pandas": {"chapter"},
    "ruamel": {"study", "compile"},
    "distributed": {"execute"},
    "inotify_simple": {"execute"},
    "rich": {"progress"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return plain | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    here = home(path)
    for name in imports(path):
        if name.startswith("reportkit."):
            there = name.split(".")[1]
            assert there == here or RANK[there] > RANK[here] or {there, here} <= set(DOORS), f"{here} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_heavy_library_is_known_in_one_place(path: Path) -> None:
    for name in imports(path):
        allowed = HOMES.get(name.split(".")[0])
        assert allowed is None or home(path) in allowed, f"{home(path)} imports {name}"


def test_loading_the_command_line_loads_no_heavy_library() -> None:
    import subprocess
    import sys

    code = "import sys, reportkit.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "reportkit.finished" in loaded
    assert not {"reportkit.build", "reportkit.study", "subprocess", "rich"} & set(loaded)
    assert not {"pandas", "papermill", "nbformat", "frictionless", "typst", "jinja2", "babel", "pybtex"} & set(loaded)


def test_files_are_small_enough_to_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert max(lengths.values()) <= 400, lengths
    # The page says what the lines are for; a change that needs more must say there what should go instead.
    assert sum(lengths.values()) <= 15_500


def test_the_architecture_page_names_every_package_and_dependency() -> None:
    page = (PACKAGE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    pyproject = (PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"^dependencies = \[(.*?)^\]", pyproject, re.DOTALL | re.MULTILINE)
    assert block is not None
    dependencies = re.findall(r'"([A-Za-z0-9_.-]+)', block[1])
    assert dependencies
    assert [name for name in dependencies if f"`{name}`" not in page] == []
    assert [name for name in STAGES + DOORS if f"`{name}" not in page] == []
