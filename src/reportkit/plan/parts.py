"""What is known about a run before it starts, as digests: together the key of its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportkit.digest import digest_json
from reportkit.model.markdown import cell_option, figure_size
from reportkit.model.study import Code, Instance, Study
from reportkit.world import environment_digest, kernel_code_digest, packages_digest, source_date_epoch

# Cell options that change what a run does; the others are about showing.
EXECUTION_OPTIONS = ("eval", "error")
# Settings that do: where a run works, and what it may reach.
SETTINGS = ("project.execute-dir", "reportkit.allow.files", "reportkit.allow.connections")


def instance_parts(instance: Instance, study: Study) -> dict[str, str]:
    """Return the digests of code, expressions, parameters, packages and kernel of an instance.

    Prose, captions and places of cells are not in it. An expression counts with the number of code cells before
    it, since these decide what it sees.
    """
    return {
        "code": digest_json([_code(cell, study.options) for cell in instance.cells if isinstance(cell, Code)]),
        "expressions": digest_json([(_before(instance, e.cell), e.text) for e in instance.expressions]),
        "parameters": digest_json(dict(instance.parameters)),
        "settings": digest_json([source_date_epoch(study.date), *map(study.options.get, SETTINGS)]),
        "packages": packages_digest(),
        "environment": digest_json([environment_digest(study.allowed("environment")), dict(study.environment)]),
        "reportkit": kernel_code_digest(),
    }


def _code(cell: Code, options: Mapping[str, Any]) -> list[object]:
    chosen = {name: cell_option(cell, name, options, None) for name in EXECUTION_OPTIONS}
    return [cell.text, chosen | figure_size(cell, options), sorted(cell.tags)]


def _before(instance: Instance, index: int) -> int:
    return sum(isinstance(cell, Code) for cell in instance.cells[: index + 1])
