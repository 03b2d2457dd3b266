"""What a run reads, lists, starts and connects to is seen, whatever reads it; what is not allowed is refused."""

from __future__ import annotations

import http.server
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compile.sample import instance
from execute.running import at, code, plan, run, trace_of
from reportkit.errors import ExecutionError
from watching import Silent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "study"
    (root / "data").mkdir(parents=True)
    (root / "data/a.csv").write_text("a\n1\n", encoding="utf-8")
    (root / "data/other.csv").write_text("a\n2\n", encoding="utf-8")
    (root / "elsewhere").mkdir()
    return root


def make_excel(path: Path) -> None:
    import pandas

    pandas.DataFrame({"a": [1]}).to_excel(path)


def make_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("create table t (a)")
    database.close()


def make_parquet(path: Path) -> None:
    import pandas

    pandas.DataFrame({"a": [1]}).to_parquet(path)


def make_geopackage(path: Path) -> None:
    import numpy
    import pyogrio

    point = bytes.fromhex("0101000000" + "00" * 16)
    name = numpy.array(["Hagen"], dtype=object)
    pyogrio.raw.write(
        path,
        numpy.array([point], dtype=object),
        [name],
        ["name"],
        geometry_type="Point",
        crs="EPSG:4326",
        driver="GPKG",
    )


READERS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "text": ("x.txt", lambda path: path.write_text("x"), "open('data/x.txt').read()"),
    "csv": ("x.csv", lambda path: path.write_text("a\n1\n"), "import pandas\npandas.read_csv('data/x.csv')"),
    "excel": ("x.xlsx", make_excel, "import pandas\npandas.read_excel('data/x.xlsx')"),
    "sqlite": (
        "x.db",
        make_sqlite,
        "import sqlite3\nsqlite3.connect('data/x.db').execute('select * from t').fetchall()",
    ),
    "parquet": ("x.parquet", make_parquet, "import pandas\npandas.read_parquet('data/x.parquet')"),
    "a mapped file": (
        "x.txt",
        lambda path: path.write_text("x"),
        "import pyarrow\npyarrow.memory_map('data/x.txt').read()",
    ),
    "geopackage": ("x.gpkg", make_geopackage, "import pyogrio\npyogrio.raw.read('data/x.gpkg')[3]"),
    "a program": (
        "x.txt",
        lambda path: path.write_text("x"),
        "import subprocess\nsubprocess.run(['cat', 'data/x.txt'])",
    ),
    "the shell": ("x.txt", lambda path: path.write_text("x"), "import os\nos.system('cat data/x.txt > /dev/null');"),
    "a forked process": (
        "x.txt",
        lambda path: path.write_text("x"),
        "import os\npid = os.fork()\nif not pid:\n    open('data/x.txt').read()\n    os._exit(0)\nos.waitpid(pid, 0)",
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_whoever_reads_a_file_its_change_is_a_reason(reader: str, root: Path) -> None:
    name, make, text = READERS[reader]
    file = root / "data" / name
    make(file)
    made = at(root, instance("one", code(text)))
    files = run(made)["one", "de"].trace.files
    assert f"data/{name}" in files
    assert "data/other.csv" not in files

    file.write_bytes(file.read_bytes() + b" ")

    assert [run.reason for run in plan(made).runs] == [f"`data/{name}` changed"]


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.listdir('data')",
        "import pathlib\nlist(pathlib.Path('data').iterdir())",
        "import glob\nglob.glob('data/*.csv')",
        "import os\nlist(os.walk('data'))",
        "import subprocess\nsubprocess.run(['ls', 'data'])",
    ],
)
def test_a_new_file_in_a_listed_folder_is_a_reason(text: str, root: Path) -> None:
    made = at(root, instance("one", code(text)))
    run(made)
    (root / "elsewhere/new.csv").write_text("a\n", encoding="utf-8")
    assert plan(made).runs == ()

    (root / "data/new.csv").write_text("a\n", encoding="utf-8")

    assert [run.reason for run in plan(made).runs] == ["what the folder `data` holds changed"]


def test_a_module_that_was_missing_is_a_reason_when_it_appears(root: Path) -> None:
    made = at(root, instance("one", code("try:\n    import extra\nexcept ImportError:\n    pass")))
    run(made)
    (root / "extra.py").write_text("A = 1\n", encoding="utf-8")

    assert [run.reason for run in plan(made).runs] == ["`extra.py` appeared"]


def test_a_program_of_the_study_is_a_file_and_another_one_is_a_program(root: Path) -> None:
    tool = root / "tool.sh"
    tool.write_text("#!/bin/sh\necho 1\n", encoding="utf-8")
    tool.chmod(0o755)
    trace = trace_of(root, "import subprocess\nsubprocess.run(['./tool.sh'])\nsubprocess.run(['true'])")

    assert "tool.sh" in trace.files
    assert set(trace.programs) == {"true"}


WAIT = """\
import pathlib, time
until = time.time() + 20
while not pathlib.Path('_build/ready').exists() and time.time() < until:
    time.sleep(0.05)
"""
READ = """\
import pandas, pathlib
pandas.read_parquet('data/x.parquet')
pathlib.Path('_build/ready').write_text('')
"""


def test_a_run_that_reads_through_python_alone_is_not_charged_with_what_others_read(root: Path) -> None:
    make_parquet(root / "data/x.parquet")

    results = run(at(root, instance("a", code(WAIT + "open('data/a.csv').read()")), instance("b", code(READ))))

    assert set(results["a", "de"].trace.files) == {"data/a.csv"}
    assert "data/x.parquet" in results["b", "de"].trace.files


def test_every_run_that_cannot_be_told_apart_is_charged(root: Path) -> None:
    make_parquet(root / "data/x.parquet")

    results = run(at(root, instance("a", code("import pyarrow\n" + WAIT)), instance("b", code(READ))))

    assert "data/x.parquet" in results["a", "de"].trace.files


REFUSED = {
    "a file outside": ("open('../outside.txt').read()", "`../outside.txt` is outside the study"),
    "a file in the home folder": ("import pathlib\nopen(pathlib.Path('{home}/x.txt')).read()", "is outside the study"),
    "a folder outside": ("import os\nos.listdir('..')", "is outside the study"),
    "a file of another build": ("open('_build/secret.txt').read()", "is outside the study"),
    "a file outside in a helper": ("import helper\nhelper.read()", "is outside the study"),
    "a name": ("import socket\nsocket.getaddrinfo('localhost', 80)", "a connection to `localhost`"),
    "an address": ("import socket\nsocket.create_connection(('127.0.0.1', 9))", "a connection to `127.0.0.1`"),
}


@pytest.mark.parametrize("swallowed", [False, True])
@pytest.mark.parametrize("name", REFUSED)
def test_what_lies_outside_is_refused_with_its_cell(name: str, swallowed: bool, root: Path) -> None:
    text, message = REFUSED[name]
    text = text.replace("{home}", str(root.parent))
    for outside in (root.parent / "outside.txt", root.parent / "x.txt", root / "_build/secret.txt"):
        outside.parent.mkdir(exist_ok=True)
        outside.write_text("x", encoding="utf-8")
    (root / "helper.py").write_text("def read():\n    return open('../outside.txt').read()\n", encoding="utf-8")
    if swallowed:
        text = "try:\n" + "\n".join(f"    {line}" for line in text.splitlines()) + "\nexcept Exception:\n    pass"

    with pytest.raises(ExecutionError) as caught:
        run(at(root, instance("one", code("'before'"), code(text), code("'after'"))))

    (found,) = caught.value.diagnostics
    assert found.code == "RK407"
    assert message in found.message
    assert found.location is not None
    assert (found.location.file, found.location.line) != ("one.qmd", None)
    assert not (root / "_build/store/traces/one.de").exists()


def test_a_file_that_is_allowed_by_name_is_tracked(root: Path) -> None:
    outside = root.parent / "outside.txt"
    outside.write_text("x", encoding="utf-8")
    made = at(
        root, instance("one", code("open('../outside.txt').read()")), **{"reportkit.allow.files": ["../outside.txt"]}
    )
    run(made)
    assert plan(made).runs == ()

    outside.write_text("y", encoding="utf-8")

    assert [run.reason for run in plan(made).runs] == [f"`{outside}` changed"]


@pytest.fixture
def server() -> Iterator[int]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"42")

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving.server_port
        serving.shutdown()
        thread.join()


def test_a_connection_that_is_allowed_by_name_is_made_anew_in_each_build(root: Path, server: int) -> None:
    text = f"import urllib.request\nurllib.request.urlopen('http://localhost:{server}').read()"
    made = at(root, instance("one", code(text)), **{"reportkit.allow.connections": ["localhost"]})
    from reportkit.execute import Workspace, execute_plan, open_executor
    from reportkit.store import Store

    store = Store(root / "_build/store")
    first = plan(made)
    with open_executor(1, None) as executor:
        execute_plan(first, Workspace(made, store, cold=True), lambda language: {}, executor, Silent())

    assert store.get_json("traces", "one.de")["trace"]["connections"] == ["127.0.0.1", "localhost"]  # type: ignore[index]
    assert [run.reason for run in plan(made).runs] == [
        "it reads from `127.0.0.1`, which may answer otherwise each time"
    ]


def test_a_variable_that_is_allowed_by_name_is_passed_on_and_in_the_key(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCALE", "7")
    text = "import os\nprint(os.environ.get('SCALE'))"
    hidden = run(at(root, instance("one", code(text))))["one", "de"]
    assert hidden.outputs[0][0].bundle["text/plain"] == "None\n"

    made = at(root, instance("one", code(text)), **{"reportkit.allow.environment": ["SCALE"]})
    shown = run(made)["one", "de"]
    assert shown.outputs[0][0].bundle["text/plain"] == "7\n"
    monkeypatch.setenv("SCALE", "8")

    assert [run.reason for run in plan(made).runs] == ["the environment of kernels changed"]


def test_home_and_temporary_files_are_the_runs_own(root: Path) -> None:
    text = (
        "import pathlib, tempfile\npathlib.Path.home().joinpath('x').write_text('1')\n"
        "print(len(list(pathlib.Path.home().iterdir())), len(list(pathlib.Path(tempfile.gettempdir()).iterdir())))"
    )
    results = run(at(root, instance("a", code(text)), instance("b", code(text))))
    assert [results[name, "de"].outputs[0][0].bundle["text/plain"] for name in "ab"] == ["1 0\n"] * 2


def test_a_program_left_running_is_ended_and_told(root: Path) -> None:
    import psutil

    watcher = Silent()
    text = "import subprocess\nsubprocess.Popen(['sleep', '4321'], start_new_session=True).pid"
    made = at(root, instance("one", code(text)))

    pid = int(run(made, watcher=watcher)["one", "de"].outputs[0][0].bundle["text/plain"])

    (warning,) = watcher.warnings
    assert (warning.code, "sleep 4321" in warning.message) == ("RK410", True)
    assert not psutil.pid_exists(pid)
