"""Evidence: the record of every edition, the lock, and the verification of one against the other."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reportkit.errors import VerifyError, error
from reportkit.model.plan import OutputPlan
from reportkit.model.record import Record
from reportkit.process import GitError, run_git, unpack_commit
from reportkit.verify.compare import Finding, Verdict, compare_records
from reportkit.verify.lock import read_lock, write_lock
from reportkit.verify.record import make_record, record_path, write_record
from reportkit.world import file_digest

__all__ = [
    "Verification",
    "compare_builds",
    "correct_build",
    "lock_editions",
    "make_record",
    "record_path",
    "verify_build",
    "write_record",
]

Build = Callable[[Path], tuple[OutputPlan, ...]]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found: every artifact's finding, the published files that differ, uncommitted files."""

    commit: str
    findings: tuple[Finding, ...]
    published: tuple[str, ...]
    uncommitted: tuple[str, ...]

    @property
    def exit_status(self) -> int:
        """0 if everything is identical, else that of `VerifyError`."""
        return 0 if not self.differing and not self.published else VerifyError.exit_status

    @property
    def differing(self) -> list[Finding]:
        """The findings that are not identical."""
        return [finding for finding in self.findings if finding.verdict is not Verdict.IDENTICAL]

    def report(self) -> str:
        """Return the report as text."""
        counts = {verdict: sum(f.verdict is verdict for f in self.findings) for verdict in Verdict}
        lines = [
            *(str(finding) for finding in self.differing),
            *(f"published: `{path}` is not what the committed sources give" for path in self.published),
            *(f"not verified: `{path}` is not committed" for path in self.uncommitted),
            f"verified commit {self.commit}: "
            + ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count),
        ]
        return "\n".join(lines)


def read_record(root: Path, language: str) -> Record:
    """Return the record that the last build of an edition wrote."""
    return Record.from_json(json.loads((root / record_path("_build/editions", language)).read_text(encoding="utf-8")))


def lock_editions(root: Path, outputs: tuple[OutputPlan, ...]) -> Path:
    """Write the records of the editions just built to `editions.lock` and return its path."""
    return write_lock(root, {output.language: read_record(root, output.language) for output in outputs})


def verify_build(root: Path, build: Build) -> Verification:
    """Build the committed state of a study in another folder, with an empty store, and compare it with its lock.

    `build` builds all editions of a study in a folder and returns its outputs. Files of editions that stand
    in the study's own build folder are compared with the new ones, so that an exchanged picture is found.
    Raises `VerifyError` if the study is not under version control or has no lock.
    """
    commit, uncommitted = _committed(root)
    with tempfile.TemporaryDirectory(prefix="rk-verify-") as folder:
        copy = Path(folder, "study").resolve()
        unpack_commit(root, copy)
        locked = read_lock(copy)
        findings, published = _compare(root, copy, locked, build(copy))
    return Verification(commit, findings, published, uncommitted)


def correct_build(root: Path, build: Build) -> tuple[str, ...]:
    """Compute a study anew in another folder with an empty store, and return what of its last build differs.

    `build` builds the editions to compare and returns their outputs. A build is correct if nothing differs,
    whatever its store had kept, and whatever happened to builds before it: artifacts of the record and files of
    the editions are named that a build from the same files would make otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="rk-correct-") as folder:
        copy = Path(folder, "study").resolve()
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns("_build", ".*"), symlinks=True)
        return compare_builds(root, copy, build(copy))


def compare_builds(root: Path, copy: Path, outputs: Iterable[OutputPlan]) -> tuple[str, ...]:
    """Return what differs between the editions built in two folders that hold the same study."""
    recorded = {output.language: read_record(root, output.language) for output in outputs}
    findings, published = _compare(root, copy, recorded, outputs)
    return (*(str(finding) for finding in findings if finding.verdict is not Verdict.IDENTICAL), *published)


def _compare(
    root: Path, copy: Path, recorded: Mapping[str, Record], outputs: Iterable[OutputPlan]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return the findings for all artifacts rebuilt in `copy`, and the files of editions in `root` that differ."""
    built = {output.language: read_record(copy, output.language) for output in outputs}
    known = [language for language in built if language in recorded]
    findings = [finding for language in known for finding in compare_records(recorded[language], built[language])]
    return tuple(findings), tuple(path for output in outputs for path in _published(root, copy, output))


def _committed(root: Path) -> tuple[str, tuple[str, ...]]:
    try:
        commit = run_git("rev-parse", "--short=12", "HEAD", folder=root).strip()
        changed = run_git("status", "--porcelain", "--", ".", folder=root).splitlines()
    except GitError as fault:
        message = f"there is no committed state to verify: {fault}"
        hint = "`git init`, then commit the study with its `editions.lock`"
        raise VerifyError([error("RK702", message, None, hint)]) from fault
    return commit, tuple(line[3:] for line in changed)


def _published(root: Path, copy: Path, output: OutputPlan) -> list[str]:
    """Return the files of a published edition that differ from the rebuilt one; its folder if its sources differ."""
    if not (root / output.folder).is_dir():
        return []
    if read_record(root, output.language).source_digest != read_record(copy, output.language).source_digest:
        return [output.folder]
    rebuilt = sorted(path.relative_to(copy) for path in (copy / output.folder).rglob("*") if path.is_file())
    return [path.as_posix() for path in rebuilt if file_digest(root / path) != file_digest(copy / path)]
