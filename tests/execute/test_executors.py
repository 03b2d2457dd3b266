"""Runs may be sent to the workers of a scheduler; they give what this machine would give, whoever dies on the way."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from compile.sample import instance
from execute.running import at, code, plan, run
from reportkit.errors import ExecutionError
from reportkit.execute import open_executor
from watching import Silent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data.csv").write_text("a\n1\n", encoding="utf-8")
    return tmp_path


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=subprocess.STDOUT, text=True)


def line_with(process: subprocess.Popen[str], pattern: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(pattern, line)
        if found:
            return found[0]
    raise AssertionError(f"{process.args} never said {pattern}")


@pytest.fixture
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    folder = tmp_path_factory.mktemp("dask")
    server = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", folder=folder)
    address = line_with(server, r"tcp://127\.0\.0\.1:\d+")
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder))
    workers = [start("worker", address, "--host", "127.0.0.1", *options, folder=folder) for _ in range(2)]
    for worker in workers:
        line_with(worker, "Registered to")
    yield address, workers
    for process in (*workers, server):
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


FIGURE = "import pandas, matplotlib.pyplot as plt\nplt.plot(pandas.read_csv('data.csv').a);"


def test_workers_of_a_scheduler_give_the_same_bytes_though_one_is_killed(
    root: Path, scheduler: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    address, workers = scheduler
    names = [f"n{number}" for number in range(6)]
    made = at(root, *(instance(name, code(FIGURE), code(f"print('{name}')")) for name in names))
    watcher = Killer(lambda: workers[0].send_signal(signal.SIGKILL))

    far = run(made, scheduler=address, watcher=watcher)

    assert watcher.struck
    assert set(watcher.ended) == {(name, True) for name in names}
    kept = digests(root)
    (root / "_build").rename(root / "_far")
    near = run(made)
    assert {key: result.outputs for key, result in far.items()} == {key: r.outputs for key, r in near.items()}
    assert digests(root) == kept
    assert workers[1].poll() is None


class Killer(Silent):
    """Strikes when the first run has ended."""

    def __init__(self, strike: Callable[[], None]) -> None:
        super().__init__()
        self.strike, self.struck = strike, False

    def ran(self, run: object, succeeded: bool) -> None:
        super().ran(run, succeeded)  # type: ignore[arg-type]
        if not self.struck:
            self.struck = True
            self.strike()


def digests(root: Path) -> Mapping[str, str]:
    return {path.name: path.read_text(encoding="ascii") for path in (root / "_build/store/results").iterdir()}


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportkit.execute.executors.PATIENCE", 1)
    with pytest.raises(ExecutionError) as caught, open_executor(None, "tcp://127.0.0.1:9"):
        pass
    (found,) = caught.value.diagnostics
    assert (found.code, "`tcp://127.0.0.1:9`" in found.message) == ("RK413", True)


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExecutionError) as caught, open_executor(None, "tcp://127.0.0.1:9"):
        pass
    assert "reportkit[dask]" in str(caught.value.diagnostics[0].hint)


def test_a_worker_with_other_packages_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = at(root, instance("one", code("1")))
    planned = plan(made)
    monkeypatch.setattr("reportkit.execute.packages_digest", lambda: "other")
    monkeypatch.setattr("execute.running.plan", lambda *arguments: planned)
    with pytest.raises(ExecutionError) as caught:
        run(made)
    assert [found.code for found in caught.value.diagnostics] == ["RK412"]
