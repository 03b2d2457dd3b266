"""Runs in real kernels: what comes back, what was observed, what a failure tells."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compile.sample import instance, lines, prose, study
from execute.running import at, code, run
from reportkit.errors import ExecutionError
from reportkit.execute import load_execution
from reportkit.execute.notebook import outputs_of
from reportkit.model.plan import Plan, Selection
from reportkit.model.study import Code, EditionSpec, Expression, Instance, Line
from reportkit.store import Store


def parameters(text: str) -> Code:
    return Code(lines(text, "one.qmd"), tags=frozenset({"parameters"}))


def expression(number: int, text: str, cell: int) -> Expression:
    return Expression(number, text, cell, Line("", "one.qmd", 1))


def one(*cells: object, expressions: tuple[Expression, ...] = (), **parameters: str) -> Instance:
    return instance("one", *cells, expressions=expressions, parameters=parameters)  # type: ignore[arg-type]


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
    kept = sorted(path.name for path in (root / "_build/store/traces").iterdir())
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


SPOIL = """\
import os, sys, random, locale, tempfile
import matplotlib, numpy, pandas, seaborn, helper
os.environ["X"] = "1"
os.chdir("/")
sys.path.append("/nowhere")
matplotlib.rcParams["lines.linewidth"] = 9
seaborn.set_theme(style="dark")
pandas.options.display.max_rows = 3
helper.NUMBER = 7
random.seed(1)
numpy.random.seed(1)
left = "global"
open(os.path.join(tempfile.gettempdir(), "left"), "w").close()
"""
LOOK = """\
import os, sys, tempfile
import matplotlib, pandas, helper
print(os.environ.get("X"), os.getcwd(), "/nowhere" in sys.path, "left" in globals(), helper.NUMBER)
print(matplotlib.rcParams["lines.linewidth"], matplotlib.rcParams["axes.facecolor"], pandas.options.display.max_rows)
print(os.listdir(tempfile.gettempdir()))
"""


def test_nothing_leaks_from_one_warm_kernel_into_another(root: Path) -> None:
    made = at(root, instance("a", code(SPOIL)), instance("b", code(LOOK)), instance("c", code(LOOK)))

    results = run(made)

    clean = f"None {root} False False 42\n1.5 white 60\n[]\n"
    assert [results[name, "de"].outputs[0][0].bundle["text/plain"] for name in "bc"] == [clean] * 2


def test_every_warm_kernel_has_a_random_state_of_its_own(root: Path) -> None:
    draw = "import random, numpy\nprint(random.random(), numpy.random.random())"
    results = run(at(root, instance("a", code(draw)), instance("b", code(draw))))
    drawn = {results[name, "de"].outputs[0][0].bundle["text/plain"] for name in "ab"}
    assert len(drawn) == 2


def test_a_study_may_name_what_is_preloaded(root: Path) -> None:
    shown = "import sys\nprint('pandas' in sys.modules, 'xml.dom.minidom' in sys.modules)"
    result = run(at(root, one(code(shown)), **{"reportkit.preload": ["xml.dom.minidom"]}))["one", "de"]
    assert result.outputs[0][0].bundle["text/plain"] == "False True\n"


def test_a_library_that_cannot_be_preloaded_is_told(root: Path) -> None:
    with pytest.raises(ExecutionError) as caught:
        run(at(root, one(code("1")), **{"reportkit.preload": ["no_such_library"]}))
    (found,) = caught.value.diagnostics
    assert (found.code, "`no_such_library`" in found.message) == ("RK409", True)


def test_a_system_that_cannot_fork_starts_ordinary_kernels(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportkit.execute.FORKS", False)
    monkeypatch.setattr("reportkit.execute.fork_server", lambda *arguments: pytest.fail("a server was started"))
    assert run(at(root, one(code("'ordinary'"))))["one", "de"].outputs[0][0].bundle["text/plain"] == "'ordinary'"


FAILURES: dict[str, tuple[Callable[[], Code], str, str]] = {
    "an exception": (lambda: code("x = 1\n{}['b']"), "RK401", "one.qmd:2"),
    "a syntax error": (lambda: code("x = 1\ndef f(:"), "RK401", "one.qmd:2"),
    "a killed kernel": (lambda: code("import os\nos.kill(os.getpid(), 9)"), "RK402", "one.qmd:1"),
    "the end of the process": (lambda: code("import os\nos._exit(0)"), "RK402", "one.qmd:1"),
    "a cell too slow": (lambda: code("import time\ntime.sleep(60)"), "RK403", "one.qmd:1"),
    "exit": (lambda: code("exit()"), "RK404", "one.qmd:1"),
    "exit by hand": (lambda: code("raise SystemExit"), "RK404", "one.qmd:1"),
    "too much memory": (lambda: code("x = 1\ny = bytearray(3_000_000_000)"), "RK408", "one.qmd:2"),
    "too much output": (
        lambda: code("line = 'x' * 1000\nfor n in range(100_000):\n    print(line)"),
        "RK411",
        "one.qmd:1",
    ),
}


LIMITS = {"reportkit.timeout": 9, "reportkit.memory": 2500}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_names_its_cell_and_keeps_the_partial_notebook(name: str, root: Path) -> None:
    cell, fault, place = FAILURES[name]
    limits = LIMITS | ({"reportkit.timeout": 3} if fault == "RK403" else {})
    made = at(root, one(code("print('before')"), cell()), instance("two", code("1")), **limits)

    with pytest.raises(ExecutionError) as caught:
        run(made)

    (found,) = caught.value.diagnostics
    assert found.code == fault
    assert str(found.location).startswith(place)
    assert "jupyter lab _build/failed/one.de.ipynb" in str(found.hint)
    assert "before" in (root / "_build/failed/one.de.ipynb").read_text(encoding="utf-8")
    assert (root / "_build/store/traces/two.de").exists()
    assert not (root / "_build/store/traces/one.de").exists()


def test_the_notebook_of_a_failed_run_goes_when_it_succeeds(root: Path) -> None:
    with pytest.raises(ExecutionError):
        run(at(root, one(code("1 / 0"))))
    assert list((root / "_build/failed").iterdir())
    run(at(root, one(code("1 / 1"))))
    assert not list((root / "_build/failed").iterdir())


def test_figures_are_as_large_as_options_say(root: Path) -> None:
    draw = code("import matplotlib.pyplot as plt\n_ = plt.plot([1]); size = plt.gcf().get_size_inches()")
    wide = replace(draw, options={"fig-width": 9, "fig-dpi": 200})
    cells = [draw, code("size"), wide, code("plt.rcParams['figure.dpi'], size"), draw, code("size")]
    made = run(at(root, instance("one", *cells), **{"fig-height": 2, "format.html.fig-width": 3}))["one", "de"]
    texts = [output.bundle["text/plain"] for cell in (1, 3, 5) for output in made.outputs[cell]]
    assert texts == ["array([3., 2.])", "(100.0, array([9., 2.]))", "array([3., 2.])"]


@pytest.mark.parametrize("cold", [False, True])
def test_what_a_cell_shows_comes_in_the_order_in_which_it_was_shown(root: Path, cold: bool) -> None:
    text = """import sys, warnings
for number in range(3):
    print("careful", number, file=sys.stderr)
    print("printed", number)
display(7)
print("last")
warnings.warn("late")"""
    made = run(at(root, instance("one", code(text))), cold=cold)["one", "de"].outputs[0]
    said = [(output.kind, output.bundle["text/plain"].split("\n")[0]) for output in made]
    turns = [(kind, f"{word} {n}") for n in range(3) for kind, word in (("stderr", "careful"), ("stdout", "printed"))]
    assert said[:-1] == [*turns, ("display", "7"), ("stdout", "last")]
    assert said[-1][0] == "stderr"
    assert re.fullmatch(r"Cell In\[\d+\], line 7: UserWarning: late", said[-1][1])


def test_an_error_that_is_wanted_is_an_output(root: Path) -> None:
    result = run(at(root, one(code("1 / 0", error=True), code("'after'"))))["one", "de"]
    assert result.outputs[0][0].kind == "error"
    assert "ZeroDivisionError" in result.outputs[0][0].bundle["text/plain"]
    assert result.outputs[1][0].bundle["text/plain"] == "'after'"


def test_a_wanted_error_names_the_frames_of_the_study_alone(root: Path) -> None:
    (root / "helper.py").write_text("import json\n\n\ndef read():\n    return json.loads('{')\n", encoding="utf-8")
    text = (
        run(at(root, one(code("import helper\n\nhelper.read()", error=True))))["one", "de"]
        .outputs[0][0]
        .bundle["text/plain"]
    )
    assert [line for line in text.split("\n") if line.startswith(("File", "Cell"))] == [
        "Cell In[1], line 3",
        "File helper.py:5, in read()",
    ]
    assert text.split("\n")[-1].startswith("JSONDecodeError: ") and str(root) not in text


def test_a_plan_with_nothing_to_run_loads_what_was_kept(root: Path) -> None:
    made = at(root, one(code("'kept'")))
    run(made)
    plan = Plan((), {("one", "de"): "de"}, ())
    results = load_execution(plan, made, Store(root / "_build/store")).results
    assert results["one", "de"].outputs[0][0].bundle["text/plain"] == "'kept'"


def test_a_kernel_that_does_not_start_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reportkit.execute.engine.KERNEL", ["sleep", "60"])
    with pytest.raises(ExecutionError) as caught:
        run(at(root, one(code("1")), **{"reportkit.start-timeout": 1}), cold=True)
    (found,) = caught.value.diagnostics
    assert (found.code, "start-timeout" in str(found.hint)) == ("RK405", True)


def test_a_fault_in_a_module_of_the_study_names_its_lines(root: Path) -> None:
    (root / "helper.py").write_text(
        "def inner():\n    return {}['b']\n\n\ndef outer():\n    return inner()\n", encoding="utf-8"
    )
    with pytest.raises(ExecutionError) as caught:
        run(at(root, one(code("import helper\nhelper.outer()"))))
    (found,) = caught.value.diagnostics
    assert str(found.location) == "one.qmd:2"
    assert "raised in `helper.py:2`, called from `helper.py:6`" in str(found.hint)


def processes_of(root: Path) -> list[str]:
    """Return the programs whose arguments name a marker that the test's cells started them with."""
    import psutil

    found = (process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"]))
    return [" ".join(line) for line in found if any(str(root) in part for part in line)]


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "1 / 0", "time.sleep(600)"])
def test_what_a_failed_run_started_is_gone_with_it(end: str, root: Path) -> None:
    start = (
        f"import os, subprocess, time\nsubprocess.Popen(['tail', '-f', '{root}/helper.py'], start_new_session=True)\n"
    )
    with pytest.raises(ExecutionError):
        run(at(root, one(code(start + end)), **{"reportkit.timeout": 2}))
    assert processes_of(root / "helper.py") == []


WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.mark.parametrize(
    ("bundle", "kept"),
    [
        ({WIDGET: {}, "text/plain": "IntSlider(value=3)"}, {WIDGET, "text/plain"}),
        ({WIDGET: {}, "text/plain": "<Map at 0x7f3ab21c9d50>"}, {WIDGET}),
        ({"image/png": "x", "text/plain": "<Figure>"}, {"image/png"}),
        ({"text/plain": "<Map at 0x7f3ab21c9d50>"}, {"text/plain"}),
    ],
)
def test_the_text_beside_what_nothing_prints_is_kept(bundle: dict[str, object], kept: set[str]) -> None:
    ((_, made),) = outputs_of([{"output_type": "display_data", "data": bundle}])
    assert made.keys() == kept
