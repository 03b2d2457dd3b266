"""The door to other programs: pandoc (a batch of jobs per process), Quarto, Pagefind and git."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from reportkit.digest import digest_bytes
from reportkit.errors import CompileError, error
from reportkit.world import write_files

PandocJob = dict[str, Any]
Pandoc = Callable[[Sequence[PandocJob]], list[str]]

WORKER = Path(__file__).with_name("pandoc.lua")


class PandocError(CompileError):
    """Pandoc refused a job; the message is pandoc's own."""


class GitError(Exception):
    """Git refused; the message is git's own."""


@cache
def pandoc_program() -> str:
    """Return the path of the pandoc that came with the installation."""
    import pypandoc

    return str(pypandoc.get_pandoc_path())


@cache
def pandoc_version() -> str:
    """Return what an answer depends on beside its job: the digest of the worker script and pandoc's own version."""
    from importlib.metadata import version

    return f"{version('pypandoc_binary')} {digest_bytes(WORKER.read_bytes())}"


def run_pandoc(jobs: Sequence[PandocJob]) -> list[str]:
    """Answer jobs by pandoc, as many processes as there are cores, and return one string per job.

    Jobs: `{"op": "read", "text", "format"}` and `{"op": "citeproc", "document"}` give a document as JSON text,
    `{"op": "write", "document", "format", "options"}` gives text. `{"op": "read_units", "texts", "format"}` reads
    texts one by one and gives a document with a `Div` for each; `write_units` takes what `write` takes, writes the
    blocks one by one and gives a JSON list of texts. `document` is JSON text. A job whose document
    names files tells their digests under `reads`, so that its answer can be kept.
    Raises `PandocError` with the refusals of a process.
    """
    if not jobs:
        return []
    workers = min(len(jobs), os.cpu_count() or 1)
    batches = [list(jobs[start::workers]) for start in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        answered = list(pool.map(_run_batch, batches))
    return [answered[index % workers][index // workers] for index in range(len(jobs))]


def _run_batch(jobs: Sequence[PandocJob]) -> list[str]:
    replies = json.loads(_pandoc(["lua", str(WORKER)], json.dumps(jobs)))
    refused = [error("RK502", f"pandoc refused a text: {reply['error']}") for reply in replies if "error" in reply]
    if refused:
        raise PandocError(refused)
    return [reply["result"] for reply in replies]


def write_package(document: str, to: str, arguments: Sequence[str], files: Mapping[str, bytes], seconds: int) -> bytes:
    """Return a document, JSON text, as pandoc writes it in a format that packs several files (`epub3`, `docx`).

    `files` are those that document and arguments name, `seconds` since 1970 the time that all of it tells.
    Raises `PandocError` if pandoc refuses it.
    """
    with tempfile.TemporaryDirectory(prefix="rk-") as name:
        write_files(Path(name), files)
        clock = {"TZ": "UTC", "SOURCE_DATE_EPOCH": str(seconds)}
        return _pandoc(["--from=json", f"--to={to}", "--output=-", *arguments], document, name, **clock)


def _pandoc(arguments: Sequence[str], text: str, folder: str | None = None, **environment: str) -> bytes:
    done = subprocess.run(
        [pandoc_program(), *arguments],
        input=text.encode(),
        capture_output=True,
        cwd=folder,
        # In a locale without UTF-8 pandoc cannot open a file whose path has an umlaut.
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
        check=False,
    )
    if done.returncode:
        raise PandocError([error("RK502", f"pandoc failed: {done.stderr.decode(errors='replace').strip()}")])
    return done.stdout


# What no search should find: arrows, and titles that are not shown where tabs are.
UNSEARCHED = ".footnote-back, .backlinks, .tab > .box-title"
# What of Pagefind's answer a search needs; the rest are interfaces of its own.
SEARCH = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "*.pf_meta", "wasm.*", "index/*", "fragment/*")


def index_pages(pages: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the search over HTML pages as files: Pagefind's script, its index in the language that the pages tell.

    Raises `CompileError` if Pagefind fails.
    """
    import pagefind_bin

    with tempfile.TemporaryDirectory(prefix="rk-") as name:
        for path, data in pages.items():
            Path(name, path).write_bytes(data)
        program = str(pagefind_bin.get_executable())
        command = [program, "--site", name, "--root-selector", "main", "--exclude-selectors", UNSEARCHED]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CompileError([error("RK506", f"pagefind failed: {done.stderr.strip()}")])
        made = Path(name, "pagefind")
        found = sorted(path for pattern in SEARCH for path in made.glob(pattern))
        return {path.relative_to(name).as_posix(): path.read_bytes() for path in found}


# Seconds that a server may take to end.
PATIENCE = 10


class Server:
    """A program that serves until its standard input is closed, and says with a line of output when it can.

    It has a session of its own: a Ctrl-C at the terminal reaches this process alone, which then ends the server.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, start_new_session=True)

    def first_line(self) -> str:
        """Wait for the first line of output and return it, without its end."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().rstrip()

    def close(self) -> None:
        """End the server and wait for its end; one that does not end is killed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def quarto_version() -> str:
    """Return the version of the Quarto on PATH; raises `CompileError` (RK503) if there is none."""
    return _quarto(["--version"], Path())[1].strip()


def run_quarto(files: Mapping[str, bytes], fmt: str, output: str, seconds: int) -> tuple[int, dict[str, bytes], str]:
    """Return the status of `quarto render`, what it makes in the folder `output` of a project, and its warnings.

    It executes nothing. If it fails, all that it printed stands for the warnings. `seconds` since 1970 are the time
    that everything tells.
    """
    with tempfile.TemporaryDirectory(prefix="rk-") as name:
        folder, log = Path(name, "book"), Path(name, "log")
        write_files(folder, files)
        flags = ["--to", fmt, "--no-execute", "--log", str(log), "--log-level", "warning"]
        status, printed = _quarto(["render", *flags], folder, SOURCE_DATE_EPOCH=str(seconds))
        made = (path for path in sorted((folder / output).rglob("*")) if path.is_file())
        read = {path.relative_to(folder / output).as_posix(): path.read_bytes() for path in made}
        told = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    return status, read, (printed or told) if status else told


def _quarto(arguments: Sequence[str], folder: Path, **variables: str) -> tuple[int, str]:
    """Return Quarto's exit status and what it prints; if this is interrupted, it ends with all that it started."""
    program = shutil.which("quarto")
    if program is None:
        hint = "`pip install 'reportkit[quarto]'` installs it; without `--engine quarto` nothing of it is needed"
        raise CompileError([error("RK503", "Quarto is not installed: there is no `quarto` on PATH", hint=hint)])
    with subprocess.Popen(
        [program, *arguments],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "TZ": "UTC", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
            raise
    return process.returncode, printed.decode(errors="replace")


def run_git(*arguments: str, folder: Path) -> str:
    """Run git in a folder and return what it prints; raises `GitError` if it fails."""
    return _git(*arguments, folder=folder).decode()


def _git(*arguments: str, folder: Path) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError as fault:
        raise GitError("git is not installed") from fault
    if done.returncode:
        raise GitError(done.stderr.decode().strip().removeprefix("fatal: "))
    return done.stdout


def unpack_commit(repository: Path, target: Path) -> None:
    """Unpack the committed state of a folder under git into a new folder; raises `GitError` if git fails."""
    import tarfile

    archive = _git("archive", "HEAD", ".", folder=repository)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(target, filter="data")
