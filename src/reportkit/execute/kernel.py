"""The process that runs an instance: `python -m reportkit.execute.kernel -f CONNECTION_FILE`.

An ordinary IPython kernel which is told its session (language, labels, study) by the file that
`REPORTKIT_SESSION` names, and watched by `observe`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from reportkit.chapter import session
from reportkit.execute.observe import install


def main() -> None:
    """Start the kernel and serve until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp
    from IPython.core.compilerop import CachingCompiler

    told = json.loads(Path(os.environ.pop("REPORTKIT_SESSION")).read_text(encoding="utf-8"))
    session.building = True
    session.language, session.messages = told["language"], told["messages"]
    sys.path.insert(0, told["folder"])
    install(Path(told["root"]))
    app = IPKernelApp.instance(config=_config())
    app.initialize()
    shell: Any = app.shell
    # ipykernel names a cell by a path that holds the number of its process, and warnings print it.
    shell.compile = CachingCompiler()
    # A figure made without pyplot is shown too; by name, so that Matplotlib is loaded only by who uses it.
    formatter = shell.display_formatter.formatters["image/svg+xml"]
    formatter.for_type_by_name("matplotlib.figure", "Figure", _figure_svg)
    # IPython's own `exit` would let the cells go on that are already under way.
    shell.user_ns["exit"] = shell.user_ns["quit"] = sys.exit
    app.start()


# A date in the figure would be another figure each day.
FIGURE = {"bbox_inches": "tight", "metadata": {"Date": None}}


def _figure_svg(figure: Any) -> str:
    from IPython.core.pylabtools import print_figure

    return str(print_figure(figure, "svg", **FIGURE))


def _config() -> object:
    from traitlets.config import Config

    config = Config()
    config.InteractiveShell.colors = "nocolor"
    config.HistoryManager.enabled = False
    config.InlineBackend.figure_formats = {"svg"}
    config.InlineBackend.print_figure_kwargs = FIGURE
    return config


if __name__ == "__main__":
    main()
