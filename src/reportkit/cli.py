"""The command line: arguments, printing, exit status; nothing else."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportkit import __version__
from reportkit.errors import Diagnostic, ReportkitError, ResolveError, StudyError, error, raise_errors
from reportkit.finished import finished_build
from reportkit.model.plan import EMBEDDED, QUARTO, Change, OutputPlan, Request
from reportkit.progress import Progress, count
from reportkit.store import STORE, Store, remembering
from reportkit.world import folder_size, remove_folder, write_atomic

# The stages are loaded by the commands that need them: a build with nothing to do needs none.
if TYPE_CHECKING:
    from reportkit.build import Built
    from reportkit.model.study import EditionSpec, Study

CONFIGURATION = "_quarto.yml"


def main(argv: Sequence[str] | None = None) -> int:
    """Run `reportkit` with arguments and return its exit status."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except BrokenPipeError:
        # Whoever read the output has closed it, as `head` does; there is nobody to tell.
        sys.stdout = None
        return 1
    except (ReportkitError, OSError) as fault:
        told = fault if isinstance(fault, ReportkitError) else _machine_error(fault)
        Progress().warn(told.diagnostics)
        print(count(told.before + len(told.diagnostics), "diagnostic"), file=sys.stderr)
        return told.exit_status
    except KeyboardInterrupt:
        print("stopped; editions made before are in place", file=sys.stderr)
        return 130


def _machine_error(fault: OSError) -> ReportkitError:
    """Return what a folder that may not be written, a full disk and the like are told as."""
    where = f": `{fault.filename}`" if fault.filename else ""
    message = f"the machine refused: {(fault.strerror or str(fault)).lower()}{where}"
    return ReportkitError([error("RK001", message, None, "editions made before are in place")])


def _build(arguments: argparse.Namespace) -> int:
    request = _request(arguments)
    finished = finished_build(arguments.study, Store(arguments.study / STORE), request)
    if finished is None:
        return _build_anew(arguments.study, request)
    for warning in finished["warnings"]:
        print(warning, file=sys.stderr)
    _print_outputs("everything is up to date", finished["outputs"])
    return 0


def _build_anew(study: Path, request: Request) -> int:
    from reportkit.build import build_study

    with Progress() as progress:
        built = build_study(study, request, progress)
    if built.claims:
        print(_claims([claim.holds for claim in built.claims]))
    _print_outputs(_summary(built), [output.folder for output in (*built.compiled, *built.unchanged)])
    return 0


def _print_outputs(summary: str, folders: Sequence[str]) -> None:
    print(summary)
    for folder in folders:
        print(f"  {folder}")


def _summary(built: Built) -> str:
    if not built.ran and not built.compiled:
        return "everything is up to date"
    return f"executed {count(len(built.ran), 'instance')}, compiled {count(len(built.compiled), 'edition')}"


def _claims(verdicts: Sequence[bool | None]) -> str:
    """Return how many claims are true; one with another verdict than expected would have ended the build."""
    words = {True: "true", False: "false", None: "undecided"}
    told = [f"{verdicts.count(verdict)} {word}" for verdict, word in words.items() if verdict in verdicts]
    return f"{count(len(verdicts), 'claim')}: {', '.join(told)}, as expected"


def _plan(arguments: argparse.Namespace) -> int:
    from reportkit.build import plan_study

    plan, outputs = plan_study(arguments.study, _request(arguments))
    for run in plan.runs:
        print(f"execute {run.instance} ({run.language}): {run.reason}")
    for instance, language in plan.waiting:
        print(f"perhaps {instance} ({language}): known once its first run shows whether it asks for the language")
    for output in outputs:
        if output.reason:
            print(f"compile {output.folder}: {output.reason}")
    if not plan.runs and not any(output.reason for output in outputs):
        print("everything is up to date")
    return 0


def _why(arguments: argparse.Namespace) -> int:
    from reportkit.build import explain_run

    for language, changes in explain_run(arguments.study, arguments.instance).items():
        print(f"{arguments.instance} ({language}): {'runs again' if changes else 'is up to date'}")
        for change in changes:
            print(f"  {change.text}{_digests(change)}")
    return 0


def _digests(change: Change) -> str:
    """Return what an input was and is now, digests shortened as git does."""
    if change.before == change.now:
        return ""
    before, now = ("nothing" if text is None else text[:12] for text in (change.before, change.now))
    return f": {before} → {now}"


def _clean(arguments: argparse.Namespace) -> int:
    folder = arguments.study / "_build"
    before = folder_size(folder)
    if arguments.older_than is None:
        remove_folder(folder)
    else:
        Store(arguments.study / STORE).remove_older(arguments.older_than)
    after = folder_size(folder)
    print(f"removed {(before - after) / 1e6:.1f} MB; {after / 1e6:.1f} MB are left in {folder}")
    return 0


def _lock(arguments: argparse.Namespace) -> int:
    from reportkit.verify import lock_editions

    path = lock_editions(arguments.study, _build_all(arguments.study, Request()))
    print(f"wrote {path.name}; commit it to state that these are the results")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from reportkit.verify import verify_build

    verification = verify_build(arguments.study, lambda study: _build_all(study, Request(cold=True)))
    print(verification.report())
    return verification.exit_status


def _build_all(study: Path, request: Request) -> tuple[OutputPlan, ...]:
    from reportkit.build import build_study

    with Progress() as progress:
        built = build_study(study, request, progress)
    return (*built.compiled, *built.unchanged)


def _translate_update(arguments: argparse.Namespace) -> int:
    from reportkit.study import load_study
    from reportkit.translate import update_catalogs

    study, pandoc = load_study(arguments.study), remembering(Store(arguments.study / STORE))
    for edition in _translated(study, arguments.edition):
        texts = {study.root / path: text.encode() for path, text in update_catalogs(study, edition, pandoc).items()}
        changed = [path for path, text in texts.items() if not path.is_file() or path.read_bytes() != text]
        for path in changed:
            write_atomic(path, texts[path])
            print(f"wrote {path.relative_to(study.root)}")
        print(f"{len(texts) - len(changed)} catalogs of {edition.language} are as they were")
    return 0


def _translate_status(arguments: argparse.Namespace) -> int:
    from reportkit.study import load_study
    from reportkit.translate import catalog_status, check_catalogs

    study, pandoc = load_study(arguments.study), remembering(Store(arguments.study / STORE))
    faults: list[Diagnostic] = []
    for edition in _translated(study, arguments.edition):
        for file in catalog_status(study, edition, pandoc):
            total = file.translated + file.fuzzy + file.missing
            print(f"{file.translated:5} of {total:5}, {file.fuzzy:4} to check   {file.file}")
        faults += check_catalogs(study, edition, pandoc)
    Progress().warn(raise_errors(ResolveError, faults))
    return 0


def _translated(study: Study, language: str | None) -> list[EditionSpec]:
    """Return the editions with a catalog: the one in a language, or all."""
    from reportkit.plan import select_outputs

    selection = select_outputs(study, [language] if language else [], [], {})
    return [edition for edition in study.editions if edition.catalog and edition.language in selection.languages]


def _request(arguments: argparse.Namespace) -> Request:
    where = dict(arguments.only)
    if len(where) < len(arguments.only):
        hint = "a city edition has one value of a parameter: run the command once for each"
        raise StudyError([error("RK131", "`--only` gives a parameter twice", None, hint)])
    jobs, cold = getattr(arguments, "jobs", None), getattr(arguments, "cold", False)
    scheduler = getattr(arguments, "scheduler", None)
    execute = getattr(arguments, "execute", True)
    languages, formats = tuple(arguments.edition), tuple(arguments.format)
    return Request(languages, formats, where, jobs, cold, scheduler, execute, arguments.engine)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="reportkit",
        description="Builds a study, one analysis over many cases, into its editions.",
        epilog="example: reportkit build --edition de --format pdf",
    )
    parser.add_argument("--version", action="version", version=f"reportkit {__version__}")
    parser.add_argument("--study", type=_study_folder, default=".", help="the study's folder (default: this one)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = _command(commands, _build, "build", "bring editions up to date", " --only city=hagen")
    _selection(build)
    build.add_argument("--jobs", type=_jobs, metavar="N", help="instances executed at once (default: one per core)")
    build.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler whose workers run the instances")
    build.add_argument("--cold", action="store_true", help="start every kernel anew instead of forking a warm one")
    held = "run nothing: show the outputs that the notebooks hold"
    build.add_argument("--no-execute", dest="execute", action="store_false", help=held)
    _selection(_command(commands, _plan, "plan", "print what a build would do, and why"))
    why = _command(commands, _why, "why", "print what makes an instance run again", " city-hagen")
    why.add_argument("instance", help="as `reportkit plan` and the progress of builds name it")
    clean = _command(commands, _clean, "clean", "remove everything that builds made", " --older-than 30")
    clean.add_argument("--older-than", type=_days, metavar="DAYS", help="only results made more than DAYS days ago")
    _command(commands, _lock, "lock", "record the present results in editions.lock")
    _command(commands, _verify, "verify", "build the committed state elsewhere, compare it with editions.lock")
    translate = commands.add_parser("translate", help="the translator's commands").add_subparsers(required=True)
    for name, run, text in (
        ("update", _translate_update, "bring the catalogs of an edition up to date with the text"),
        ("status", _translate_status, "print how much of each file is translated"),
    ):
        verb = _command(translate, run, name, text, " en")
        verb.add_argument("edition", nargs="?", help="the edition's language (default: all)")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], int],
    name: str,
    text: str,
    example: str = "",
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.epilog = f"example: {command.prog}{example}"
    command.set_defaults(command=run)
    return command


def _selection(command: argparse.ArgumentParser) -> None:
    command.add_argument("--edition", action="append", default=[], metavar="LANGUAGE", help="only this edition")
    command.add_argument("--format", action="append", default=[], metavar="FORMAT", help="only html, or only pdf")
    command.add_argument("--engine", choices=(EMBEDDED, QUARTO), default=EMBEDDED, help="what compiles (default: ours)")
    command.add_argument(
        "--only", action="append", default=[], type=_condition, metavar="NAME=VALUE", help="a small edition of one case"
    )


def _condition(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"`{text}` is not NAME=VALUE, such as city=hagen")
    return name, value


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 1")
    return int(text)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1
    if not days >= 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of days")
    return days


def _study_folder(text: str) -> Path:
    folder = Path(text).resolve()
    if not (folder / CONFIGURATION).is_file():
        raise argparse.ArgumentTypeError(f"`{text}` holds no study: there is no {CONFIGURATION} in it")
    return folder
