"""Quarto as engine: the project that it gets, word for word, and what becomes of what it tells.

`STAND_IN` is no Quarto. It is a script that takes the arguments, and writes the log, that Quarto's documentation
describes, so that our side can be tested where Quarto is not installed. Whether Quarto itself takes the project is
tested by the tests that need it, and by these alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from reportkit.build import build_study, plan_study
from reportkit.cli import main
from reportkit.compile import quarto
from reportkit.compile.quarto_tree import quarto_blocks, writing
from reportkit.errors import CompileError, StudyError
from reportkit.model.markdown import READER_FORMAT, read_blocks
from reportkit.model.plan import QUARTO, Request
from reportkit.process import run_pandoc
from watching import Silent

STUDY = Path(__file__).parents[1] / "studies" / "quarto-book"
EDITION = "_build/editions/de/quarto/html"
STAND_IN = """#!{python}
import os, subprocess, sys, time
from pathlib import Path

if sys.argv[1:] == ["--version"]:
    print(os.environ.get("STAND_IN_VERSION", "0.0.0"))
    sys.exit()
assert sys.argv[1] == "render" and "--no-execute" in sys.argv
how = os.environ.get("STAND_IN", "")
told = ["(WARN) Unable to resolve link:", "  notes.md", "(WARN) Unable to resolve link:", "  notes.md"]
if how == "fails":
    print("ERROR: no TeX installation was found", file=sys.stderr)
log = Path(sys.argv[sys.argv.index("--log") + 1])
log.write_text("\\n".join(told) + "\\n")
if how == "hangs":
    Path(os.environ["STAND_IN_PIDS"]).write_text(f"{{os.getpid()}} {{subprocess.Popen(['sleep', '600']).pid}}")
    time.sleep(600)
if how == "dies":
    log.unlink()
    sys.exit("cannot open shared object")
if how == "fails":
    sys.exit(1)
Path("_book").mkdir()
Path("_book/index.html").write_text(Path("index.qmd").read_text() + os.environ["SOURCE_DATE_EPOCH"])
"""

Compare = Callable[[str, str], None]
needs_quarto = pytest.mark.skipif(shutil.which("quarto") is None, reason="quarto is not installed")


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(STUDY, tmp_path_factory.mktemp("quarto") / "study")
    build_study(root, Request(formats=("html",)), Silent())
    return root


@pytest.fixture
def study(executed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(executed, tmp_path / "study")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return lambda how: monkeypatch.setenv("STAND_IN", how)


def asked(*formats: str, language: str = "de") -> Request:
    return Request(languages=(language,), formats=formats, engine=QUARTO)


@pytest.fixture(scope="module")
def projects(executed: Path) -> Iterator[dict[str, dict[str, str]]]:
    """Every project that a build hands to Quarto, by edition and format."""
    found: dict[str, dict[str, str]] = {}
    with pytest.MonkeyPatch.context() as patch:

        def take(files: dict[str, bytes], fmt: str, *_: object) -> object:
            texts = {name: data.decode() for name, data in files.items()}
            found[f"{texts['_quarto.yml'].partition('lang: ')[2][:2]}-{fmt}"] = texts
            return 0, {"index.html": b""}, ""

        patch.setattr(quarto, "run_quarto", take)
        for home in ("reportkit.plan.selection", "reportkit.process"):
            patch.setattr(f"{home}.quarto_version", lambda: "0")
        build_study(executed, Request(engine=QUARTO), Silent())
    yield found


@pytest.mark.parametrize("edition", ["de-html", "en-html", "de-jats"])
def test_the_project(projects: dict[str, dict[str, str]], golden: Compare, edition: str) -> None:
    for name, text in projects[edition].items():
        if name.endswith((".qmd", ".yml")):
            golden(f"quarto-book/{edition}/{name}", text)


def test_it_holds_all_that_it_names(projects: dict[str, dict[str, str]]) -> None:
    assert set(projects) == {"de-html", "de-jats", "en-html", "en-jats"}
    assert sorted(projects["de-html"]) == [
        *("_quarto.yml", "book.scss", "figures/fig-level-essen.svg", "figures/fig-level-hagen.svg", "index.qmd"),
        *("notes.qmd", "references.qmd", "town-essen.qmd", "town-hagen.qmd", "works.bib"),
    ]
    assert sorted(projects["de-jats"])[-2:] == ["index.qmd", "works.bib"]


def test_reading_and_writing_a_chapter_again_changes_nothing(projects: dict[str, dict[str, str]]) -> None:
    chapters = [text for files in projects.values() for name, text in files.items() if name.endswith(".qmd")]
    bodies = [text.partition("---\n\n")[2].strip() for text in chapters]
    read = run_pandoc([{"op": "read", "text": body, "format": READER_FORMAT} for body in bodies])
    again = run_pandoc([writing(quarto_blocks(read_blocks(reply, {}), {})) for reply in read])
    assert [text.strip() for text in again] == bodies
    assert len(bodies) == 12


def test_where_quarto_is_not_installed_it_says_how_to_get_it(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["--study", str(study), "build", "--engine", "quarto"]) == 6
    told = capsys.readouterr().err
    assert "error[RK503]: Quarto is not installed" in told and "pip install 'reportkit[quarto]'" in told


def test_a_format_that_only_quarto_makes_names_quarto(study: Path) -> None:
    with pytest.raises(StudyError) as raised:
        build_study(study, Request(formats=("jats",)), Silent())
    (fault,) = raised.value.diagnostics
    assert fault.code == "RK131" and "--engine quarto" in str(fault.hint)
    with pytest.raises(StudyError, match="did you mean `latex`"):
        build_study(study, asked("latx"), Silent())


def test_its_files_come_back_and_its_warnings_are_told(study: Path, stand_in: Callable[[str], None]) -> None:
    progress = Silent()
    built = build_study(study, asked("html"), progress)
    assert [output.folder for output in built.compiled] == [EDITION]
    assert "Vorwort" in (study / EDITION / "index.html").read_text()
    warned = [str(each) for each in progress.warnings]
    assert warned == ["warning[RK505]: Quarto, on the de edition as html: Unable to resolve link:\n  notes.md"]


def test_what_is_up_to_date_is_not_rendered_again(
    study: Path, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build_study(study, asked("html"), Silent())
    stand_in("fails")
    assert not build_study(study, asked("html"), Silent()).compiled
    command = ["--study", str(study), "build", "--engine", "quarto", "--edition", "de", "--format", "html"]
    assert main(command) == 0 and "up to date" in capsys.readouterr().out
    monkeypatch.setenv("STAND_IN_VERSION", "0.0.1")
    _, (output,) = plan_study(study, asked("html"))
    assert output.reason == "its sources or results changed"
    (study / "book.scss").write_text("")
    monkeypatch.delenv("STAND_IN_VERSION")
    _, (output,) = plan_study(study, asked("html"))
    assert output.reason == "`book.scss` changed"


@pytest.mark.parametrize(("how", "last"), [("fails", "no TeX installation was found"), ("dies", "cannot open shared")])
def test_a_failure_tells_the_end_of_its_log_and_keeps_the_files(
    study: Path, stand_in: Callable[[str], None], how: str, last: str
) -> None:
    build_study(study, asked("html"), Silent())
    before = (study / EDITION / "index.html").read_text()
    (study / "notes.md").write_text("# Anmerkungen {#notes}\n\nAnders.\n")
    stand_in(how)
    with pytest.raises(CompileError, match=last) as raised:
        build_study(study, asked("html"), Silent())
    assert [each.code for each in raised.value.diagnostics] == ["RK504"]
    assert (study / EDITION / "index.html").read_text() == before


def test_ctrl_c_ends_it_with_all_that_it_started(
    study: Path, stand_in: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in("hangs")
    pids = tmp_path / "pids"
    monkeypatch.setenv("STAND_IN_PIDS", str(pids))
    command = [sys.executable, "-m", "reportkit", "build", "--engine", "quarto", "--edition", "de", "--format", "html"]
    # A shell that starts tests in the background lets them ignore Ctrl-C.
    command = ["env", "--default-signal=INT", *command]
    with subprocess.Popen(command, cwd=study, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as build:
        deadline = time.monotonic() + 60
        while not (pids.is_file() and pids.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        build.send_signal(signal.SIGINT)
        _, told = build.communicate(timeout=60)
    assert build.returncode == 130 and b"stopped" in told
    assert [pid for pid in pids.read_text().split() if _is_running(int(pid))] == []


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@needs_quarto
@pytest.mark.parametrize("fmt", ["html", "docx", "epub", "jats", "latex", "typst"])
def test_quarto_makes_the_book(study: Path, fmt: str) -> None:
    progress = Silent()
    (output,) = build_study(study, asked(fmt), progress).compiled
    made = [path for path in (study / output.folder).rglob("*") if path.is_file()]
    assert made
    assert [each for each in progress.warnings if each.code == "RK505"] == []


@needs_quarto
def test_quarto_numbers_and_cites(study: Path) -> None:
    from lxml import html

    build_study(study, asked("html"), Silent())
    page = html.parse(str(study / EDITION / "town-hagen.html"))
    assert [node.get("href") for node in page.xpath("//a[contains(@class, 'quarto-xref')]")][:1] == [
        "#tbl-rivers-hagen"
    ]
    assert page.xpath("//*[@id='fig-level-hagen']//figcaption") and "Smith" in page.getroot().text_content()
    assert page.xpath("//div[contains(@class, 'callout-tip')]") and page.xpath("//section[@id='footnotes']")
    assert "?@" not in page.getroot().text_content()


def test_an_edition_of_one_case_has_a_home_page(
    study: Path, stand_in: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[dict[str, bytes]] = []
    monkeypatch.setattr(quarto, "run_quarto", lambda files, *_: taken.append(files) or (0, {"index.html": b""}, ""))
    only = Request(languages=("de",), formats=("html",), where={"town": "essen"}, engine=QUARTO)
    (output,) = build_study(study, only, Silent()).compiled
    assert output.folder == "_build/editions/town-essen/de/quarto/html"
    assert {name for name in taken[0] if name.endswith(".qmd")} == {"index.qmd", "references.qmd"}
    assert b"{#sec-town-essen}" in taken[0]["index.qmd"]
