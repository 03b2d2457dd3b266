"""reportkit's part up to the results in the store: load, plan, execute; no editions. `python executing.py [cold]`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from reportkit.execute import Workspace, execute_plan, open_executor, warm_kernels
from reportkit.plan import plan_build, remembered_labels, select_outputs
from reportkit.store import STORE, Store
from reportkit.study import load_study


class Silent:
    """Watches runs and says nothing."""

    def running(self, runs: object) -> None:
        pass

    def ran(self, run: object, succeeded: bool) -> None:
        pass

    def warn(self, diagnostics: object) -> None:
        pass


def main(cold: bool) -> None:
    study = load_study(Path().resolve())
    store = Store(study.root / STORE)
    labels, selection = remembered_labels(study, store), select_outputs(study, [], [], {})
    runs = 0
    with warm_kernels(), open_executor(None, None) as executor:
        while (plan := plan_build(study, store, labels, selection)).runs:
            execute_plan(plan, Workspace(study, store, cold), labels, executor, Silent())
            runs += len(plan.runs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    told = json.dumps({"runs": runs, "driver_megabytes": round(memory, 1)})
    Path("_build/executed.json").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] == ["cold"])
