"""Runs in the kernel: how large Matplotlib's figures are unless the code says otherwise."""

from __future__ import annotations

from typing import Any

# What held before the present size was set.
_before: dict[str, Any] = {}


def size_figures(width: float | None = None, height: float | None = None, dpi: float | None = None) -> None:
    """Make figures so large (inches) and fine from now on; what is not given is as it was before any size was set."""
    import matplotlib

    settings: Any = matplotlib.rcParams
    settings.update(_before)
    own_width, own_height = settings["figure.figsize"]
    sizes = {"figure.figsize": (width or own_width, height or own_height), "figure.dpi": dpi or settings["figure.dpi"]}
    _before.update({name: settings[name] for name in sizes})
    settings.update(sizes)
