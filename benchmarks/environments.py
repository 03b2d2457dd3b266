"""Virtual environments for the benchmark: one with reportkit and what executes notebooks, one with Jupyter Book 1."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".bench"
# Jupyter Book 1 wants older versions of what nbconvert and Papermill share with it.
PACKAGES = {
    "main": ["--requirement", str(ROOT / "requirements.lock"), "nbconvert"],
    "book": ["jupyter-book<2", "pandas", "seaborn", "matplotlib", "ipykernel"],
}
NAMED = {
    "main": ("papermill", "nbclient", "nbconvert", "ipykernel", "jupyter_client", "pandas", "matplotlib", "seaborn"),
    "book": ("jupyter-book", "myst-nb", "jupyter-cache", "sphinx", "ipykernel", "pandas", "seaborn"),
}


@dataclass(frozen=True)
class Environment:
    """A virtual environment: its interpreter, and the variables that its programs get."""

    python: Path

    @property
    def variables(self) -> dict[str, str]:
        """The machine's variables with this environment first, and bytecode caches on."""
        path = f"{self.python.parent}{os.pathsep}{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {**kept, "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1"}

    def versions(self, names: tuple[str, ...]) -> dict[str, str]:
        """Return the versions of installed packages."""
        code = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {names!r}}}))"
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True, check=True)
        versions: dict[str, str] = json.loads(done.stdout)
        return versions


def prepare(name: str) -> Environment:
    """Return an environment, made if it is not there, with every module compiled."""
    folder = FOLDER / name
    environment = Environment(folder / "bin" / "python")
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        wanted = [line for line in PACKAGES[name] if line != "nbconvert"] if name == "main" else PACKAGES[name]
        _install(environment, *wanted)
        if name == "main":
            _install(environment, "nbconvert")
            _install(environment, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        (folder / "ready").touch()
    return environment


def _install(environment: Environment, *wanted: str) -> None:
    command = [str(environment.python), "-m", "pip", "install", "--quiet", "--compile", *wanted]
    subprocess.run(command, check=True, env=environment.variables)
