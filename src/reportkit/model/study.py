"""A study as it stands on disk, read and checked but not executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportkit.errors import Diagnostic, Location, StudyError, error

# What describes the tables of a study, if it has any.
DATA_PACKAGE = "data/datapackage.json"
# The language of code that runs.
PYTHON = "python"
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of Markdown or code and where it was written (its own partial after an include)."""

    text: str
    file: str
    number: int
    cell: int | None = None

    def location(self, instance: str | None = None) -> Location:
        """Return the place of this line in the study."""
        return Location(self.file, self.number, self.cell, instance)


@dataclass(frozen=True, slots=True)
class Prose:
    """A Markdown cell. Inline expressions read `` `expr`{.value n="3"} ``: `n` is the expression's number."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The Markdown of the cell."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Code:
    """A cell of code in a `language`, of which Python runs: its code without the `#|` lines, and these as options.

    Text options (`fig-cap`, `fig-alt`, `tbl-cap`, ...) mark inline expressions as `Prose` does.
    `tags` are the notebook's cell tags; `parameters` marks the cell that names the parameters.
    """

    lines: tuple[Line, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    option_lines: Mapping[str, Line] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    language: str = PYTHON

    @property
    def text(self) -> str:
        """The code of the cell."""
        return "\n".join(line.text for line in self.lines)

    @property
    def label(self) -> str | None:
        """The cell's label as its author wrote it, such as `fig-timeline`."""
        label = self.options.get("label")
        return None if label is None else str(label)


Cell = Prose | Code


@dataclass(frozen=True, slots=True)
class Expression:
    """An inline expression: its number in the instance, its Python text, the cell (from 0) it follows, its line."""

    number: int
    text: str
    cell: int
    line: Line


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of prose as its author wrote it: a chapter or a partial, includes not expanded.

    The unit of translation: its messages are extracted once, whatever it is fanned out into.
    """

    path: str
    cells: tuple[Cell, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Instance:
    """A chapter with one set of parameters, includes expanded.

    `name` is its page and its handle in messages (`city-hagen`); `suffix` (`-hagen`) turns a label of the
    instance into the public one; `files` are the source files it was made from, the chapter first; `metadata` is
    its front matter.
    """

    name: str
    chapter: str
    parameters: Mapping[str, Scalar]
    suffix: str
    cells: tuple[Cell, ...]
    expressions: tuple[Expression, ...]
    files: tuple[str, ...]
    part: str | None = None
    appendix: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def executes(self) -> bool:
        """Whether there is anything to run."""
        return bool(self.expressions) or any(isinstance(cell, Code) for cell in self.cells)

    @property
    def described(self) -> str | None:
        """The parameters as messages name them: `city=hagen`."""
        return ", ".join(f"{key}={value}" for key, value in self.parameters.items()) or None


@dataclass(frozen=True, slots=True)
class EditionSpec:
    """An edition that the study declares: a language, its own title, the folder of its catalogs, options of its own."""

    language: str
    title: str
    subtitle: str | None = None
    catalog: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Study:
    """Everything the author wrote, checked: what every later stage starts from.

    `editions` begins with the source language. `formats` are those of `format:` which the engine can write
    (`html`, `pdf`). `date` is the study's own date (ISO 8601, "" in a plain Quarto book without one), the only clock
    of its editions.
    `inputs` maps every file of the study that was read (configuration, chapters, partials, catalogs,
    bibliography, style) to its digest; data read by notebooks are observed later and not in it.
    `options` are book-wide settings as `_quarto.yml` names them, dotted: `toc-depth`, `execute.echo`,
    `project.execute-dir`, `reportkit.timeout`, `reportkit.allow.files`. `metadata` is all that `_quarto.yml`
    says, `variables` what `_variables.yml` does, `environment` what `_environment` does, and the machine as far as the
    study allows it. `styles` are the style sheets that its pages have beside ours. A study `is_plain` if it is a
    Quarto book like any other: `_quarto.yml` has no key `reportkit`.
    """

    root: Path
    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    date: str
    editions: tuple[EditionSpec, ...]
    formats: tuple[str, ...]
    bibliographies: tuple[str, ...]
    csl: str | None
    instances: tuple[Instance, ...]
    sources: tuple[SourceFile, ...]
    inputs: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    styles: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    is_plain: bool = False

    @property
    def language(self) -> str:
        """The source language."""
        return self.editions[0].language

    def inputs_of(self, language: str) -> dict[str, str]:
        """Return the inputs of the edition in a language: all but the catalogs of the others."""
        others = tuple(f"{other.catalog}/" for other in self.editions if other.catalog and other.language != language)
        return {path: digest for path, digest in self.inputs.items() if not path.startswith(others)}

    def allowed(self, what: str) -> tuple[str, ...]:
        """Return what a run may use beside the study and the installation: `files`, `connections`, `environment`."""
        return tuple(map(str, self.options.get(f"reportkit.allow.{what}", ())))

    def read(self, path: str) -> str:
        """Return the text of a file of the study; raises `StudyError` (RK110) if it is not UTF-8."""
        text = decode((self.root / path).read_bytes(), path)
        if isinstance(text, Diagnostic):
            raise StudyError([text])
        return text


def decode(data: bytes, path: str) -> str | Diagnostic:
    """Return the text of a file, its line ends as `\\n`; or what is wrong if it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        return error("RK110", f"`{path}` is not UTF-8 text", Location(path, line), "save it as UTF-8")
    return text.replace("\r\n", "\n")
