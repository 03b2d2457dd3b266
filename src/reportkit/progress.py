"""Shows a build as it goes on: a live display in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from reportkit.errors import Diagnostic, ReportkitError
from reportkit.model.plan import OutputPlan, Plan, Run


class Progress:
    """Prints a line for each step, and in a terminal what is running at the moment.

    Use it in a `with` block: at the end of it the display is closed.
    """

    def __init__(self) -> None:
        self.total = self.done = self.told = 0
        self._display: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._close()
        if isinstance(fault, ReportkitError):
            fault.before = self.told

    def warn(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print warnings."""
        for diagnostic in diagnostics:
            self.told += 1
            self._print(str(diagnostic), sys.stderr)

    def planned(self, plan: Plan, saved: float) -> None:
        """Print what runs next, and what need not run."""
        self.total, self.done = len(plan.runs), 0
        kept = f", {len(plan.reused)} from the store" if plan.reused else ""
        spared = f" ({count(round(saved), 'second')} saved)" if round(saved) else ""
        self._print(f"executing {count(self.total, 'instance')}{kept}{spared}")
        if sys.stdout.isatty():
            self._close()
            self._display = _Display(self.total)

    def running(self, runs: Iterable[Run]) -> None:
        """Show what is running now."""
        if self._display is not None:
            self._display.running([f"{run.instance} ({run.language})" for run in runs])

    def ran(self, run: Run, succeeded: bool) -> None:
        """Print an instance that ended."""
        self.done += 1
        state = "done" if succeeded else "FAILED"
        self._print(f"  [{self.done}/{self.total}] {run.instance} ({run.language}) {state}: {run.reason}")
        if self._display is not None:
            self._display.advance(f"{run.instance} ({run.language})")

    def compiling(self, output: OutputPlan) -> None:
        """Print an edition that is being made."""
        self._close()
        self._print(f"compiling {output.folder}: {output.reason}")

    def _print(self, line: str, file: Any = None) -> None:
        if self._display is None:
            print(line, file=file, flush=True)
        else:
            self._display.print(line)

    def _close(self) -> None:
        if self._display is not None:
            self._display.close()
            self._display = None


class _Display:
    """A bar over all runs and a line for each that is running, below what is printed."""

    def __init__(self, total: int) -> None:
        from rich import progress

        columns = (progress.SpinnerColumn(), progress.TextColumn("{task.description}", markup=False))
        self._bar = progress.Progress(*columns, progress.BarColumn(), progress.TimeElapsedColumn(), transient=True)
        self._all = self._bar.add_task(f"0 of {total}", total=total)
        self._total, self._lines = total, dict[str, Any]()
        self._bar.start()

    def running(self, names: list[str]) -> None:
        for name in self._lines.keys() - set(names):
            self._bar.remove_task(self._lines.pop(name))
        for name in names:
            if name not in self._lines:
                self._lines[name] = self._bar.add_task(f"  {name}", total=None)

    def advance(self, name: str) -> None:
        if name in self._lines:
            self._bar.remove_task(self._lines.pop(name))
        self._bar.advance(self._all)
        done = int(self._bar.tasks[0].completed)
        self._bar.update(self._all, description=f"{done} of {self._total}")

    def print(self, line: str) -> None:
        self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        self._bar.stop()


def count(number: int, what: str) -> str:
    """Return a number with its noun: `1 instance`, `2 instances`."""
    return f"{number} {what}" + ("" if number == 1 else "s")
