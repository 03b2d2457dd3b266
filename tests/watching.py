"""A watcher of builds for tests: it remembers what it is told."""

from __future__ import annotations

from collections.abc import Iterable

from reportkit.errors import Diagnostic
from reportkit.model.plan import OutputPlan, Plan, Run


class Silent:
    """Keeps warnings and ended runs instead of printing them."""

    def __init__(self) -> None:
        self.warnings: list[Diagnostic] = []
        self.ended: list[tuple[str, bool]] = []

    def warn(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.warnings += diagnostics

    def planned(self, plan: Plan, saved: float) -> None:
        pass

    def running(self, runs: Iterable[Run]) -> None:
        pass

    def ran(self, run: Run, succeeded: bool) -> None:
        self.ended.append((run.instance, succeeded))

    def compiling(self, output: OutputPlan) -> None:
        pass
