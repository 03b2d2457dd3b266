"""From a folder to a `Study`."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from pathlib import Path
from typing import Any

from reportkit.errors import Diagnostic, Location, StudyError, did_you_mean, forgiven, raise_errors, warning
from reportkit.model.study import DATA_PACKAGE, Study
from reportkit.study.config import Config, read_config
from reportkit.study.environment import read_environment
from reportkit.study.files import Files
from reportkit.study.instances import fan_out
from reportkit.study.metadata import read_tree
from reportkit.study.parameters import check_parameters
from reportkit.study.pieces import Faults
from reportkit.study.sources import Sources
from reportkit.world import variables_of

VARIABLES = "_variables.yml"


def load_study(root: Path, executes: bool = True) -> Study:
    """Return the study in a folder; raises `StudyError` with everything that is wrong with it.

    If nothing `executes`, code that could not run (RK116) is no fault.
    """
    faults: Faults = []
    files = Files(root)
    config = read_config(files, faults)
    sources = Sources(files, faults)
    chapters = [chapter for chapter in config.chapters if sources.has(chapter)]
    for chapter in chapters:
        given = config.parameters.get(chapter.path, {})
        faults.extend(check_parameters(chapter.path, sources.chapter(chapter.path), given))
    instances = fan_out(chapters, config.parameters, sources)
    source_files = sources.source_files()
    _read_others(config, files, faults)
    variables = _read_variables(files, faults)
    allowed = config.options.get("reportkit.allow.environment") or ()
    environment = read_environment(files, variables_of(map(str, allowed)), faults)
    is_plain = "reportkit" not in config.metadata
    faults = [fault for fault in faults if executes or fault.code != "RK116"]
    warnings = raise_errors(StudyError, forgiven(faults) if is_plain else faults)
    return Study(
        root=files.root,
        title=config.title,
        subtitle=config.subtitle,
        authors=config.authors,
        date=config.date,
        editions=config.editions,
        formats=config.formats,
        bibliographies=config.bibliographies,
        csl=config.csl,
        instances=instances,
        sources=source_files,
        inputs=files.digests,
        options=config.options,
        metadata=config.metadata,
        variables=variables,
        environment=environment,
        styles=tuple(dict.fromkeys(path for path, _ in config.styles)),
        warnings=warnings,
        is_plain=is_plain,
    )


def _read_others(config: Config, files: Files, faults: Faults) -> None:
    """Read bibliography, style, catalogs and the description of the data, so that their digests are known."""
    others = [*(("bibliography", path) for path in config.bibliographies), *(("csl", path) for path in [config.csl])]
    for what, path in others:
        if path is not None:
            _read(path, what, config.places[what], files, faults)
    for path, place in config.styles:
        _read(path, "style sheet", place, files, faults)
    for edition in config.editions:
        if edition.catalog is not None:
            place = config.places[f"editions.{edition.language}"]
            _read_catalog(edition.catalog, place, files, faults)
    if (files.root / DATA_PACKAGE).exists():
        _read(DATA_PACKAGE, "file", Location(DATA_PACKAGE), files, faults)


def _read_variables(files: Files, faults: Faults) -> dict[str, Any]:
    """Return what `_variables.yml` says, nothing if there is none."""
    if not (files.root / VARIABLES).exists():
        return {}
    found = read_tree(files, VARIABLES, "file", Location(VARIABLES), faults).plain()
    return found if isinstance(found, dict) else {}


def _read_catalog(folder: str, place: Location, files: Files, faults: Faults) -> None:
    fault = files.folder_fault(folder, "catalog", place)
    if fault is not None:
        begun = {posixpath.dirname(path) for path in files.under("") if path.endswith(".po")}
        hint = did_you_mean(folder, {parent for path in begun for parent in (path, posixpath.dirname(path))} - {""})
        missing = fault.code == "RK107"
        faults.append(_not_begun(folder, place) if missing and hint is None else replace(fault, hint=hint))
        return
    for path in files.under(folder):
        if path.endswith(".po"):
            _read(path, "catalog", place, files, faults)


def _not_begun(folder: str, place: Location) -> Diagnostic:
    """Return the warning for a catalog that nobody has begun: the edition is the source text, marked."""
    return warning("RK123", f"catalog `{folder}` does not exist yet", place, "`reportkit translate update` begins it")


def _read(path: str, what: str, place: Location, files: Files, faults: Faults) -> None:
    fault = files.fault(path, what, place)
    if fault is None:
        files.read(path)
    else:
        faults.append(fault)
