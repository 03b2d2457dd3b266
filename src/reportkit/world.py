"""The door to the machine: environment, installed packages, clock, files written whole or not at all."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import site
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from datetime import date as Date
from functools import cache
from pathlib import Path
from time import time as clock

from reportkit.digest import digest_bytes, digest_json
from reportkit.errors import StudyError, error

# What a kernel may see of the machine beside what is fixed below and what the study allows by name.
PASSED_ON = ("LD_LIBRARY_PATH", *(("PATH", "SYSTEMDRIVE", "SYSTEMROOT") if os.name == "nt" else ()))
# What builds and imports make in the folders of a study.
UNLISTED = frozenset({"_build", "__pycache__"})
# The part of reportkit that runs inside kernels.
KERNEL_CODE = (
    "chapter.py",
    "digest.py",
    "execute/figures.py",
    "execute/kernel.py",
    "execute/matplotlibrc",
    "execute/notebook.py",
    "execute/observe.py",
    "execute/places.py",
    "execute/watch.py",
    "house.mplstyle",
    "model/values.py",
    "world.py",
)
# The same for every run, whatever the machine: results must not depend on them.
FIXED = {
    # Arrow's memory would be looked after by a thread, and a process with threads cannot be forked.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
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
# What a process needs to be forked from.
SINGLE = (
    "JE_ARROW_MALLOC_CONF",
    "MPLBACKEND",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PYDEVD_DISABLE_FILE_VALIDATION",
)


def kernel_environment(epoch: int, scratch: Path, caches: Path, allowed: Iterable[str] = ()) -> dict[str, str]:
    """Return the whole environment of a kernel: scrubbed, with the study's date as its clock's stand-in.

    `epoch` is `SOURCE_DATE_EPOCH` in seconds; `scratch` is the kernel's own folder, with its home and temporary
    files below; `caches` one that stays (Matplotlib's font list takes half a second to make); `allowed` are the
    variables that the study allows by name.
    """
    home, temporary = str(scratch / "home"), str(scratch / "tmp")
    folders = dict.fromkeys(("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"), str(scratch)) | {"MPLCONFIGDIR": str(caches)}
    folders |= dict.fromkeys(("HOME", "USERPROFILE"), home) | dict.fromkeys(("TEMP", "TMP", "TMPDIR"), temporary)
    here = {"PATH": program_folders(allowed), "PYTHONUSERBASE": site.getuserbase(), "SOURCE_DATE_EPOCH": str(epoch)}
    return FIXED | folders | here | passed_on(allowed)


def plain_environment() -> dict[str, str]:
    """Return this process's environment with what kernels need to be forked from one that has it."""
    return dict(os.environ) | {name: FIXED[name] for name in SINGLE}


def passed_on(allowed: Iterable[str]) -> dict[str, str]:
    """Return the variables that a kernel is given as this machine has them."""
    return variables_of((*PASSED_ON, *allowed))


def variables_of(names: Iterable[str]) -> dict[str, str]:
    """Return those of some variables that this machine has."""
    return {name: os.environ[name] for name in names if name in os.environ}


def environment_digest(allowed: Iterable[str]) -> str:
    """Return the digest of what a kernel's environment says, but for its folders."""
    return digest_json([FIXED, passed_on(allowed)])


def program_folders(allowed: Iterable[str]) -> str:
    """Return where a kernel finds programs (its `PATH`): beside the interpreter and where systems keep theirs."""
    if "PATH" in (*PASSED_ON, *allowed):
        return os.environ.get("PATH", os.defpath)
    return os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"])


NO_DATE = "1980-01-01"


def source_date_epoch(date: str) -> int:
    """Return the study's date as seconds since 1970, of none the first day that archives know (1980).

    The variable `SOURCE_DATE_EPOCH` overrides it.

    Raises `StudyError` (RK132) if that is no number.
    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    override = source_date_override()
    if override and not override.isdecimal():
        message = f"`SOURCE_DATE_EPOCH` is `{override}`, not a number of seconds since 1970"
        raise StudyError([error("RK132", message)])
    if override:
        return int(override)
    return int(datetime.combine(Date.fromisoformat(date or NO_DATE), time(), UTC).timestamp())


def source_date_override() -> str | None:
    """Return what `SOURCE_DATE_EPOCH` says, None if it is not set."""
    return os.environ.get("SOURCE_DATE_EPOCH")


def study_date(date: str) -> str:
    """Return the date that editions print, ISO 8601: the study's, or that of `SOURCE_DATE_EPOCH`, or none."""
    if not date and not source_date_override():
        return ""
    return datetime.fromtimestamp(source_date_epoch(date), UTC).date().isoformat()


@cache
def packages_digest() -> str:
    """Return the digest of the interpreter's version and the names and versions of all installed packages."""
    folders = sorted({Path(path) for path in sys.path if path.endswith(("site-packages", "dist-packages"))})
    names = sorted(path.name for folder in folders if folder.is_dir() for path in folder.iterdir())
    return digest_json([sys.version, [name for name in names if name.endswith((".dist-info", ".egg-info"))]])


def kernel_code_digest() -> str:
    """Return the digest of the part of reportkit that runs inside kernels."""
    return code_digest(*KERNEL_CODE)


@cache
def code_digest(*names: str) -> str:
    """Return the digest of reportkit's own files, all of them or those named by path within the package."""
    package = Path(__file__).parent
    chosen = [package / name for name in names] or [
        path for path in package.rglob("*") if "__pycache__" not in path.parts
    ]
    return digest_json({path.relative_to(package).as_posix(): file_digest(path) for path in sorted(chosen)})


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cyclic garbage meanwhile: in a book's trees, which have no cycles, that takes a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def file_digest(path: Path) -> str | None:
    """Return the digest of a file's bytes, or None where there is no file to read."""
    try:
        return digest_bytes(path.read_bytes())
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def folder_digest(path: Path) -> str | None:
    """Return the digest of the names in a folder (not the build's), or None where there is no folder."""
    try:
        return digest_json(sorted(entry.name for entry in path.iterdir() if entry.name not in UNLISTED))
    except (FileNotFoundError, NotADirectoryError):
        return None


def study_folders(root: str) -> list[str]:
    """Return the folders of a study, as full paths: not the build's, no hidden ones, no virtual environments."""
    found = []
    for folder, names, files in os.walk(root):
        if "pyvenv.cfg" in files:
            names.clear()
            continue
        found.append(folder)
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in UNLISTED)
    return found


def program_digest(name: str, folders: str | None = None) -> str | None:
    """Return the digest of a program's file, or None; `folders` are where to look (by default the process's `PATH`)."""
    found = shutil.which(name, path=folders)
    return None if found is None else file_digest(Path(found))


def age_in_days(path: Path) -> float:
    """Return how long ago a file was written by the machine's clock, 0 for one that is gone."""
    try:
        return (clock() - path.stat().st_mtime) / 86_400
    except FileNotFoundError:
        return 0


def folder_size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that it holds; nothing happens if there is none."""
    if folder.exists():
        shutil.rmtree(folder)


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
        write_files(beside, files)
        beside.chmod(0o755)
        _swap(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files, named by their path, into a folder that is nobody's yet."""
    for name, data in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


@cache
def matplotlib_fonts() -> Mapping[str, bytes]:
    """Return the fonts DejaVu Sans and DejaVu Serif, which Matplotlib brings along, by a name for each file.

    Another font there has a picture for any character, and so would hide that a character is missing.
    """
    found = importlib.util.find_spec("matplotlib")
    folder = Path(found.origin or "").parent / "mpl-data" / "fonts" / "ttf" if found else Path()
    files = [*folder.glob("DejaVuSans[.-]*"), *folder.glob("DejaVuSerif[.-]*")]
    return {f"fonts/{path.name}": path.read_bytes() for path in sorted(files)}


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
