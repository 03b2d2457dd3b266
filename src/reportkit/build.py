"""The order of the stages; nothing else.

load_study → plan_build → execute_plan → resolve_edition → make_record → compile_book
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from reportkit.digest import digest_bytes
from reportkit.errors import Diagnostic, ExecutionError, ResolveError, error, raise_errors, warning
from reportkit.finished import Seen, names_digest, remember_build
from reportkit.model.book import Book, Claim
from reportkit.model.execution import Execution
from reportkit.model.plan import QUARTO, Change, OutputPlan, Plan, Request, Run, Selection
from reportkit.model.study import EditionSpec, Study
from reportkit.plan import explain_instance, plan_build, plan_outputs, remembered_labels, select_outputs
from reportkit.process import Pandoc
from reportkit.store import STORE, Store
from reportkit.study import load_study
from reportkit.study.checked import check_data_once
from reportkit.world import replace_folder, uncollected, write_atomic

# Where an edition's record lies, seen from the folder of a format.
RECORD = "../record.json"
# The plan of a build that runs nothing.
NOTHING = Plan((), {}, (), stored=True)


class Progress(Protocol):
    """Whoever watches a build."""

    def warn(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take the warnings of a stage."""

    def planned(self, plan: Plan, saved: float) -> None:
        """Take what runs next, and how many seconds the results took that are reused."""

    def running(self, runs: Iterable[Run]) -> None:
        """Take what is running now, several times a second."""

    def ran(self, run: Run, succeeded: bool) -> None:
        """Take a run that ended."""

    def compiling(self, output: OutputPlan) -> None:
        """Take an edition and format that is being made."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the runs, the editions it compiled, those that were up to date, the claims of the compiled."""

    ran: tuple[Run, ...]
    compiled: tuple[OutputPlan, ...]
    unchanged: tuple[OutputPlan, ...]
    claims: tuple[Claim, ...]


def build_study(root: Path, request: Request, progress: Progress) -> Built:
    """Bring the selected editions of a study up to date.

    Raises a `ReportkitError` with all faults of the first stage that has any; editions made before stay in place.
    """
    seen = Seen(names_digest(root))
    study = load_study(root, request.execute)
    progress.warn(_warnings(study, request))
    store = Store(study.root / STORE)
    seen.add({**study.inputs, **check_data_once(study, store)})
    selection = select_outputs(study, request.languages, request.formats, request.where, request.engine)
    plan, ran = _execute(study, store, selection, request, progress) if request.execute else (NOTHING, ())
    outputs = plan_outputs(study, store, plan, selection)
    outdated = tuple(output for output in outputs if output.reason)
    claims = _compile(study, store, plan, selection, outdated, progress)
    _remember(study, store, plan, outputs, request, seen)
    return Built(ran, outdated, tuple(output for output in outputs if not output.reason), claims)


def _warnings(study: Study, request: Request) -> list[Diagnostic]:
    """Return the warnings of a study; if Quarto compiles, it honours every key of `_quarto.yml`."""
    theirs = "_quarto.yml" if request.engine == QUARTO else None
    return [each for each in study.warnings if (each.code, each.location and each.location.file) != ("RK105", theirs)]


def _remember(
    study: Study, store: Store, plan: Plan, outputs: Iterable[OutputPlan], request: Request, seen: Seen
) -> None:
    """Note that this is finished, unless a run heard from a host that may answer otherwise."""
    for (name, _), made_in in plan.reused.items():
        trace = store.get_json("traces", f"{name}.{made_in}")["trace"]
        if trace["connections"]:
            return
        seen.add(trace["files"], trace["folders"], trace["programs"])
    for output in outputs:
        made = store.get_json("editions", output.name)
        seen.add({f"{output.folder}/{name}": digest for name, digest in made["files"].items()} | made["pictures"])
    told = {
        "outputs": [output.folder for output in outputs],
        "warnings": [str(each) for each in _warnings(study, request)],
    }
    remember_build(store, request, study.allowed("environment"), seen, told)


def plan_study(root: Path, request: Request) -> tuple[Plan, tuple[OutputPlan, ...]]:
    """Return what a build would do now, without doing it."""
    study = load_study(root)
    store = Store(study.root / STORE)
    selection = select_outputs(study, request.languages, request.formats, request.where, request.engine)
    plan = plan_build(study, store, remembered_labels(study, store), selection)
    return plan, plan_outputs(study, store, plan, selection)


def explain_run(root: Path, instance: str) -> dict[str, tuple[Change, ...]]:
    """Return for each language what makes an instance run again; nothing where its kept result serves."""
    study = load_study(root)
    store = Store(study.root / STORE)
    return explain_instance(study, store, remembered_labels(study, store), instance)


def _execute(
    study: Study, store: Store, selection: Selection, request: Request, progress: Progress
) -> tuple[Plan, tuple[Run, ...]]:
    """Plan and run until nothing is left to run; return the last plan and what ran."""
    labels = remembered_labels(study, store)
    plan = plan_build(study, store, labels, selection)
    if not plan.runs:
        return plan, ()
    from reportkit.execute import FORKS, Workspace, execute_plan, open_executor, saved_seconds, warm_kernels
    from reportkit.execute.stored import blank_execution
    from reportkit.resolve.early import check_text
    from reportkit.store import remembering

    check_text(study, blank_execution(study), remembering(store))
    if not FORKS and not request.cold:
        progress.warn([warning("RK414", "kernels are started anew for each instance: this system cannot fork them")])
    ran: list[Run] = []
    workspace = Workspace(study, store, request.cold)
    with warm_kernels(), open_executor(request.jobs, request.scheduler) as executor:
        while plan.runs:
            # A run whose reason came back changes what it reads, and would never settle.
            raise_errors(ExecutionError, [_unsettled(run) for run in plan.runs if run in ran])
            progress.planned(plan, saved_seconds(plan, store))
            execute_plan(plan, workspace, labels, executor, progress)
            ran += plan.runs
            plan = plan_build(study, store, labels, selection, {(run.instance, run.language) for run in ran})
    return plan, tuple(ran)


def _unsettled(run: Run) -> Diagnostic:
    hint = "a notebook must not change a file that it or another one reads"
    return error("RK406", f"`{run.instance}` cannot be kept: {run.reason} while it ran", None, hint)


@uncollected()
def _compile(
    study: Study,
    store: Store,
    plan: Plan,
    selection: Selection,
    outdated: tuple[OutputPlan, ...],
    progress: Progress,
) -> tuple[Claim, ...]:
    """Resolve every edition that has an outdated output, then write its record and these outputs.

    Returns the claims, which are the same in all languages.
    """
    if not outdated:
        return ()
    import os
    from concurrent.futures import ThreadPoolExecutor

    from reportkit.execute import load_execution, stored_execution
    from reportkit.store import remembering
    from reportkit.verify import make_record, record_path, write_record

    if plan.stored:
        execution, lacking = stored_execution(study)
        progress.warn(lacking)
    else:
        execution = load_execution(plan, study, store)
    pandoc = remembering(store)
    editions = [edition for edition in study.editions if any(o.language == edition.language for o in outdated)]
    books = _resolve(study, editions, execution, pandoc, selection, progress)
    records = {}
    for edition in () if selection.quarto else editions:
        book = books[edition.language]
        record = make_record(study, execution, book)
        books[edition.language] = replace(book, record=record, sources=_sources(study, book))
        written = write_record(record)
        write_atomic(study.root / record_path(selection.folder, edition.language), written)
        records[edition.language] = digest_bytes(written)
    # Most of the time passes in Typst and other programs. Only in this thread an interrupt reaches Quarto.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        in_turn = map if selection.quarto else pool.map
        coming = in_turn(lambda output: _files(books[output.language], output.format, pandoc, selection), outdated)
        for output in outdated:
            progress.compiling(output)
            files, warnings = next(coming)
            progress.warn(warnings)
            replace_folder(study.root / output.folder, files)
            made = {name: digest_bytes(data) for name, data in files.items()}
            made |= {RECORD: records[output.language]} if output.language in records else {}
            # Kept last: an edition that this does not tell of is made again.
            kept = {"key": output.key, "files": made, "pictures": books[output.language].own_files()}
            store.put_json("editions", output.name, kept)
    return books[outdated[0].language].claims


def _files(book: Book, fmt: str, pandoc: Pandoc, selection: Selection) -> tuple[dict[str, bytes], Iterable[Diagnostic]]:
    """Return the files of a book in a format, and the warnings of Quarto if that makes them."""
    from reportkit.compile import compile_book
    from reportkit.compile.quarto import render_book

    return render_book(book, fmt, pandoc) if selection.quarto else (compile_book(book, fmt, pandoc), ())


def _sources(study: Study, book: Book) -> dict[str, bytes]:
    """Return the chapters of a book as their authors wrote them."""
    shown = {page.name for page in book.pages}
    chapters = dict.fromkeys(instance.chapter for instance in study.instances if instance.name in shown)
    return {chapter: (study.root / chapter).read_bytes() for chapter in chapters}


def _resolve(
    study: Study,
    editions: Iterable[EditionSpec],
    execution: Execution,
    pandoc: Pandoc,
    selection: Selection,
    progress: Progress,
) -> dict[str, Book]:
    """Return the editions' books; the faults of all editions are raised together."""
    from reportkit.resolve import resolve_edition

    books: dict[str, Book] = {}
    faults: list[Diagnostic] = []
    for edition in editions:
        try:
            books[edition.language], warnings = resolve_edition(
                study, edition, execution, pandoc, selection.only, quarto=bool(selection.quarto)
            )
            progress.warn(warnings)
        except ResolveError as fault:
            faults += fault.diagnostics
    if faults:
        raise ResolveError(dict.fromkeys(faults))
    return books
