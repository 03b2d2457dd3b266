"""Any Jupyter client can have its kernels forked, by the provisioner's name alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

SOURCE = (
    "import sys, os\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('seaborn' in sys.modules, os.getcwd())"
)
NAMED = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": "reportkit-warm"}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells = [nbformat.v4.new_code_cell(SOURCE)]
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path = tmp_path / "plain.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=spec), path)
    return path


CLIENTS = {
    "papermill": "from papermill.__main__ import papermill; papermill(['plain.ipynb', 'done.ipynb'])",
    "jupyter execute": "from nbclient.cli import main; main(['--output=done', 'plain.ipynb'])",
}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_plain_client_forks_its_kernel_and_shows_its_figures(client: str, notebook: Path) -> None:
    command = [sys.executable, "-P", "-c", CLIENTS[client]]
    ran = subprocess.run(command, cwd=notebook.parent, env=NAMED, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    (cell,) = [
        c for c in json.loads((notebook.parent / "done.ipynb").read_text(encoding="utf-8"))["cells"] if c["source"]
    ]
    kinds = [output["output_type"] for output in cell["outputs"]]
    text = "".join("".join(output.get("text", "")) for output in cell["outputs"])
    assert "True" in text, "the kernel was not forked from a warm interpreter"
    assert str(notebook.parent) in text
    assert "display_data" in kinds
