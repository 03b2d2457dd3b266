"""Runs in real kernels: what comes back, what was observed, what a failure tells."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from compile.sample import instance, lines, prose, study
from reportkit.errors import ExecutionError
from reportkit.execute import Workspace, execute_plan, load_execution, warm
from reportkit.model.execution import Result
from reportkit.model.plan import Plan, Selection
from reportkit.model.study import Code, EditionSpec, Expression, Instance, Line, Study
from reportkit.plan import plan_build
from reportkit.store import Store

SELECTION = Selection(("de",), ("html",), {}, None, "_build/editions")
ENGLISH = {"Jahr": "Year"}


def code(text: str, **options: object) -> Code:
    return Code(lines(text, "one.qmd"), options)


def parameters(text: str) -> Code:
    return Code(lines(text, "one.qmd"), tags=frozenset({"parameters"}))


def expression(number: int, text: str, cell: int) -> Expression:
    return Expression(number, text, cell, Line("", "one.qmd", 1))


def run(made: Study, cold: bool = False, selection: Selection = SELECTION) -> Mapping[tuple[str, str], Result]:
    def labels(language: str) -> Mapping[str, str]:
        return ENGLISH if language == "en" else {}

    store = Store(made.root / "_build/store")
    workspace = Workspace(made, store, labels)
    with nullcontext(workspace) if cold else warm(workspace) as place, ThreadPoolExecutor(2) as executor:
        while (plan := plan_build(made, store, labels, selection)).runs:
            execute_plan(plan, place, executor, lambda run, succeeded: None)
    return load_execution(plan, made, store).results


def one(*cells: object, expressions: tuple[Expression, ...] = (), **parameters: str) -> Instance:
    return instance("one", *cells, expressions=expressions, parameters=parameters)  # type: ignore[arg-type]


def at(root: Path, *instances: Instance, **options: object) -> Study:
    return study(*instances, root=root, options={"project.execute-dir": "project", **options})


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "helper.py").write_text("NUMBER = 42\n", encoding="utf-8")
    return tmp_path


def test_parameters_values_and_outputs_come_back_by_their_cell(root: Path) -> None:
    cells = [parameters('town = "x"'), prose("text"), code("print(town)"), code("1 / 0", eval=False), code("town * 2")]
    result = run(
        at(root, one(*cells, expressions=(expression(7, "town", 1), expression(8, "1 + 1", 4)), town="hagen"))
    )["one", "de"]

    assert [(o.kind, o.bundle) for o in result.outputs[2]] == [("stdout", {"text/plain": "hagen\n"})]
    assert [o.bundle["text/plain"] for o in result.outputs[4]] == ["'hagenhagen'"]
    assert 3 not in result.outputs
    assert result.values == {7: {"kind": "text", "text": "hagen"}, 8: {"kind": "text", "text": "2"}}


def test_what_a_run_reads_is_observed(root: Path) -> None:
    source = "\n".join(
        [
            "import helper, pandas, pathlib",
            "pandas.read_csv('data/a.csv')",
            "pathlib.Path('none.txt').exists() or pathlib.Path('_build/x').exists()",
            "try:\n    open('none.txt')\nexcept FileNotFoundError:\n    pass",
            "from reportkit.chapter import gettext\ngettext('Jahr');",
        ]
    )
    trace = run(at(root, one(code(source))))["one", "de"].trace

    assert set(trace.files) == {"data/a.csv", "helper.py", "none.txt"}
    assert trace.files["none.txt"] is None
    assert trace.messages == {"Jahr": "Jahr"}
    assert trace.language is None


def test_a_stale_bytecode_cache_does_not_hide_a_change(root: Path) -> None:
    import compileall

    module = root / "helper.py"
    compileall.compile_dir(root, quiet=1)
    times = module.stat()
    module.write_text("NUMBER = 43\n", encoding="utf-8")
    os.utime(module, ns=(times.st_atime_ns, times.st_mtime_ns))

    outputs = run(at(root, one(code("import helper\nhelper.NUMBER"))))["one", "de"].outputs

    assert outputs[0][0].bundle["text/plain"] == "43"


def test_an_instance_that_asks_for_no_label_runs_once_for_all_editions(root: Path) -> None:
    both = Selection(("de", "en"), ("html",), {}, None, "_build/editions")
    plain = instance("plain", code("1"))
    labelled = instance("labelled", code("from reportkit.chapter import gettext\ngettext('Jahr')"))
    made = study(plain, labelled, root=root, editions=(EditionSpec("de", "T"), EditionSpec("en", "T")))

    results = run(made, selection=both)

    assert results["labelled", "en"].outputs[0][0].bundle["text/plain"] == "'Year'"
    kept = sorted(path.name for path in (root / "_build/store/results").iterdir())
    assert kept == ["labelled.de", "labelled.en", "plain.de"]


def test_a_warm_and_an_ordinary_kernel_give_the_same_bytes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = at(root, one(code(PLOT), code("import os, sys\nprint(os.environ['TZ'], sys.flags.hash_randomization)")))
    first = run(made)["one", "de"]
    (root / "_build").rename(root / "_first")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PYTHONHASHSEED", "5")

    second = run(made, cold=True)["one", "de"]

    assert "<svg" in first.outputs[0][0].bundle["image/svg+xml"]
    assert first.outputs == second.outputs


def test_nothing_leaks_from_one_warm_kernel_into_another(root: Path) -> None:
    imports = "import os, matplotlib\n"
    spoil = "os.environ['X'] = '1'\nos.chdir('/')\nmatplotlib.rcParams['lines.linewidth'] = 9"
    look = "(os.environ.get('X'), os.getcwd(), matplotlib.rcParams['lines.linewidth'])"
    made = at(root, instance("a", code(imports + spoil)), instance("b", code(imports + look)))

    shown = run(made)["b", "de"].outputs[0][0].bundle["text/plain"]

    assert shown == f"(None, '{root}', 1.5)"


FAILURES: dict[str, tuple[Callable[[], Code], str, str]] = {
    "an exception": (lambda: code("x = 1\n{}['b']"), "RK401", "one.qmd:2"),
    "a syntax error": (lambda: code("x = 1\ndef f(:"), "RK401", "one.qmd:2"),
    "a killed kernel": (lambda: code("import os\nos.kill(os.getpid(), 9)"), "RK402", "one.qmd:1"),
    "the end of the process": (lambda: code("import os\nos._exit(0)"), "RK402", "one.qmd:1"),
    "a cell too slow": (lambda: code("import time\ntime.sleep(60)"), "RK403", "one.qmd:1"),
    "exit": (lambda: code("exit()"), "RK404", "one.qmd:1"),
    "exit by hand": (lambda: code("raise SystemExit"), "RK404", "one.qmd:1"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_names_its_cell_and_keeps_the_partial_notebook(name: str, root: Path) -> None:
    cell, fault, place = FAILURES[name]
    made = at(root, one(code("print('before')"), cell()), instance("two", code("1")), **{"reportkit.timeout": 2})

    with pytest.raises(ExecutionError) as caught:
        run(made)

    (found,) = caught.value.diagnostics
    assert found.code == fault
    assert str(found.location).startswith(place)
    assert "before" in (root / "_build/failed/one.de.ipynb").read_text(encoding="utf-8")
    assert (root / "_build/store/results/two.de").exists()
    assert not (root / "_build/store/results/one.de").exists()


def test_an_error_that_is_wanted_is_an_output(root: Path) -> None:
    result = run(at(root, one(code("1 / 0", error=True), code("'after'"))))["one", "de"]
    assert result.outputs[0][0].kind == "error"
    assert "ZeroDivisionError" in result.outputs[0][0].bundle["text/plain"]
    assert result.outputs[1][0].bundle["text/plain"] == "'after'"


def test_a_plan_with_nothing_to_run_loads_what_was_kept(root: Path) -> None:
    made = at(root, one(code("'kept'")))
    run(made)
    plan = Plan((), {("one", "de"): "de"}, ())
    results = load_execution(plan, made, Store(root / "_build/store")).results
    assert results["one", "de"].outputs[0][0].bundle["text/plain"] == "'kept'"
