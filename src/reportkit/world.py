"""The door to the machine: environment, installed packages, clock, files written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, time
from datetime import date as Date
from functools import cache
from pathlib import Path

from reportkit.digest import digest_bytes, digest_json
from reportkit.errors import StudyError, error

# What a kernel may see of the machine beside what is fixed below.
PASSED_ON = ("HOME", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")
# The same for every run, whatever the machine: results must not depend on them.
FIXED = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}


def kernel_environment(epoch: int, scratch: Path, caches: Path) -> dict[str, str]:
    """Return the whole environment of a kernel: scrubbed, with the study's date as its clock's stand-in.

    `epoch` is `SOURCE_DATE_EPOCH` in seconds; `scratch` is the kernel's own folder, `caches` one that stays
    (Matplotlib's font list takes half a second to make).
    """
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    folders = {"IPYTHONDIR": str(scratch), "JUPYTER_RUNTIME_DIR": str(scratch), "MPLCONFIGDIR": str(caches)}
    return passed | FIXED | folders | {"SOURCE_DATE_EPOCH": str(epoch)}


def source_date_epoch(date: str) -> int:
    """Return the study's date as seconds since 1970; the variable `SOURCE_DATE_EPOCH` overrides it.

    Raises `StudyError` (RK132) if that is no number.
    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    override = os.environ.get("SOURCE_DATE_EPOCH")
    if override and not override.isdecimal():
        message = f"`SOURCE_DATE_EPOCH` is `{override}`, not a number of seconds since 1970"
        raise StudyError([error("RK132", message)])
    if override:
        return int(override)
    return int(datetime.combine(Date.fromisoformat(date), time(), UTC).timestamp())


def study_date(date: str) -> str:
    """Return the date that editions print, ISO 8601: the study's, or that of `SOURCE_DATE_EPOCH`."""
    return datetime.fromtimestamp(source_date_epoch(date), UTC).date().isoformat()


@cache
def packages_digest() -> str:
    """Return the digest of the interpreter's version and the names and versions of all installed packages."""
    folders = sorted({Path(path) for path in sys.path if path.endswith(("site-packages", "dist-packages"))})
    names = sorted(path.name for folder in folders if folder.is_dir() for path in folder.iterdir())
    return digest_json([sys.version, [name for name in names if name.endswith((".dist-info", ".egg-info"))]])


@cache
def code_digest(*names: str) -> str:
    """Return the digest of reportkit's own files, all of them or those named by path within the package."""
    package = Path(__file__).parent
    chosen = [package / name for name in names] or [
        path for path in package.rglob("*") if "__pycache__" not in path.parts
    ]
    return digest_json({path.relative_to(package).as_posix(): file_digest(path) for path in sorted(chosen)})


def file_digest(path: Path) -> str | None:
    """Return the digest of a file's bytes, or None where there is no file to read."""
    try:
        return digest_bytes(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it: readers see the old bytes or the new ones, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a folder with exactly these files in the place of an older one; until it is complete the old one stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    try:
        for name, data in files.items():
            target = beside / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        beside.chmod(0o755)
        _swap(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".old-"))
    try:
        folder.rename(old / "kept")
        new.rename(folder)
    except BaseException:
        if not folder.exists():
            (old / "kept").rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
