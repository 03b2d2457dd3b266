"""Sees which files of a study anybody opens: readers written in C, and programs that a run starts.

On Linux the kernel tells (inotify(7)), though not who it was. Elsewhere nothing is known.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from reportkit.world import study_folders


class Watch:
    """A watch over folders, from its start on; ending one takes the system longer than many a cell does."""

    def __init__(self, folders: Sequence[str]) -> None:
        self.folders = folders
        self._notify: Any = None
        self._watched: dict[int, str] = {}

    def start(self) -> None:
        """Begin to watch, where the system can."""
        if self._notify is not None or sys.platform != "linux":
            return
        from inotify_simple import INotify, flags

        mask = flags.OPEN | flags.CREATE | flags.MOVED_TO
        with suppress(OSError):  # the machine's limit of watches: nothing is known then, as elsewhere
            notify = INotify()
            self._watched = {notify.add_watch(folder, mask): folder for folder in self.folders}
            self._notify = notify

    def opened(self) -> set[str]:
        """Return the files and folders that may have been opened since, as full paths: all if nobody has watched."""
        if self._notify is None:
            return set(_everything(self.folders))
        from inotify_simple import flags

        events = list(self._notify.read(timeout=0))
        if any(event.mask & flags.Q_OVERFLOW for event in events):
            return set(_everything(self.folders))
        named = [
            (event, os.path.join(self._watched[event.wd], event.name)) for event in events if event.wd in self._watched
        ]
        # What happened in a folder that is newer than the watch was not seen.
        new = [path for event, path in named if event.mask & flags.ISDIR and not event.mask & flags.OPEN]
        hidden = {path for folder in new for path in _everything(study_folders(folder))}
        return hidden | {path.rstrip(os.sep) for event, path in named if event.mask & flags.OPEN}


def _everything(folders: Iterable[str]) -> Iterable[str]:
    for folder in folders:
        yield folder
        if os.path.isdir(folder):
            yield from (entry.path for entry in os.scandir(folder) if entry.is_file())
