"""Times a whole command: wall clock, and the CPU time of every process that it started.

Run as `python measure.py COMMAND...`: it adopts the processes that the command leaves behind and waits for them, then
prints a line of JSON on standard error.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """What one run of a command took: seconds on the clock, seconds of CPU, megabytes of its largest process."""

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run a command and return its cost; raises `CalledProcessError` if it fails."""
    watched = [sys.executable, str(Path(__file__)), *command]
    done = subprocess.run(watched, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-4000:], file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)
    return Cost(**json.loads(done.stderr.splitlines()[-1]))


def main(command: Sequence[str]) -> int:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    begun = time.perf_counter()
    status = subprocess.run(command, check=False).returncode
    wall = time.perf_counter() - begun
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = Cost(round(wall, 3), round(used.ru_utime + used.ru_stime, 3), round(used.ru_maxrss / 1000, 1))
    print("\n" + json.dumps(asdict(cost)), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
