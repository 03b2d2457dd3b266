"""The process that runs an instance: `python -m reportkit.execute.kernel -f CONNECTION_FILE`.

An ordinary IPython kernel which is told its session (language, labels, study) by the file that
`REPORTKIT_SESSION` names, and watched by `observe`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from reportkit.chapter import session
from reportkit.execute.observe import install


def main() -> None:
    """Start the kernel and serve until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    told = json.loads(Path(os.environ.pop("REPORTKIT_SESSION")).read_text(encoding="utf-8"))
    session.building = True
    session.language, session.messages = told["language"], told["messages"]
    sys.path.insert(0, told["folder"])
    install(Path(told["root"]))
    app = IPKernelApp.instance(config=_config())
    app.initialize()
    app.start()


def _config() -> object:
    from traitlets.config import Config

    config = Config()
    config.InteractiveShell.colors = "nocolor"
    config.HistoryManager.enabled = False
    config.InlineBackend.figure_formats = {"svg"}
    # A date in the figure would be another figure each day.
    config.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
    return config


if __name__ == "__main__":
    main()
