"""The process that runs an instance: `python -m reportkit.execute.kernel -f CONNECTION_FILE`.

An IPython kernel. `REPORTKIT_SESSION` names the file that tells it its session (language, labels, study, limits);
it is then watched by `observe`. Without a session it is the kernel that any Jupyter client knows.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from reportkit.chapter import session
from reportkit.execute.observe import count_machinery, install
from reportkit.execute.places import Places


def main() -> None:
    """Start the kernel and serve until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    file = os.environ.pop("REPORTKIT_SESSION", None)
    if file is None:
        app = IPKernelApp.instance()
        app.initialize()
    else:
        told = json.loads(Path(file).read_text(encoding="utf-8"))
        app = IPKernelApp.instance(config=_config())
        app.initialize()
        if told["cold"]:
            count_machinery()
        _set_up(app.shell)
        _begin_session(told)
        _limit_memory(told["memory"])
    app.start()


def _begin_session(told: Mapping[str, Any]) -> None:
    session.building = True
    session.language, session.messages = told["language"], told["messages"]
    caches = Path(os.environ["MPLCONFIGDIR"])
    if not any(caches.glob("fontlist*")):
        # Making the list reads every font of the machine, which is no matter of the study.
        import matplotlib.font_manager  # noqa: F401
    places = Places.of(Path(told["root"]), (told["scratch"], str(caches)), told["files"])
    sys.path.insert(0, told["folder"])
    install(places, told["hosts"], told["folders"], early=told["arrow"])


def _set_up(shell: Any) -> None:
    from IPython.core.compilerop import CachingCompiler

    # ipykernel names a cell by a path that holds the number of its process, and warnings print it.
    shell.compile = CachingCompiler()
    _keep_order(sys.stdout, sys.stderr)
    # A figure made without pyplot is shown too; by name, so that Matplotlib is loaded only by who uses it.
    formatter = shell.display_formatter.formatters["image/svg+xml"]
    formatter.for_type_by_name("matplotlib.figure", "Figure", _figure_svg)
    # IPython's own `exit` would let the cells go on that are already under way.
    shell.user_ns["exit"] = shell.user_ns["quit"] = sys.exit


def _keep_order(*streams: Any) -> None:
    """Let what is printed to several streams arrive in the order in which it was printed: each is sent by itself."""
    last = streams[0]

    def ordered(stream: Any, write: Callable[[str], int | None], text: str) -> int | None:
        nonlocal last
        if last is not stream:
            last.flush()
            last = stream
        return write(text)

    for stream in streams:
        stream.write = partial(ordered, stream, stream.write)


def _limit_memory(megabytes: int | None) -> None:
    """Let this process have no more than so much memory of its own (on Linux; elsewhere this has no effect)."""
    if megabytes is not None and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000, megabytes * 1_000_000))


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
