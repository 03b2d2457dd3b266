"""What is known about a run before it starts, as digests: together the key of its result."""

from __future__ import annotations

from functools import cache

from reportkit.digest import digest_json
from reportkit.model.study import Code, Instance, Study
from reportkit.world import code_digest, packages_digest, source_date_epoch

# Cell options that change what a run does; the others are about showing.
EXECUTION_OPTIONS = ("eval", "error", "fig-width", "fig-height")
# The part of reportkit that runs inside kernels.
KERNEL_CODE = (
    "chapter.py",
    "execute/kernel.py",
    "execute/matplotlibrc",
    "execute/notebook.py",
    "execute/observe.py",
    "house.mplstyle",
    "model/values.py",
    "world.py",
)


def instance_parts(instance: Instance, study: Study) -> dict[str, str]:
    """Return the digests of code, expressions, parameters, packages and kernel of an instance.

    Prose, captions and places of cells are not in it. An expression counts with the number of code cells before
    it, since these decide what it sees.
    """
    return {
        "code": digest_json([_code(cell) for cell in instance.cells if isinstance(cell, Code)]),
        "expressions": digest_json([(_before(instance, e.cell), e.text) for e in instance.expressions]),
        "parameters": digest_json(dict(instance.parameters)),
        "settings": digest_json([source_date_epoch(study.date), study.options.get("project.execute-dir")]),
        "packages": _packages(),
        "reportkit": _kernel_code(),
    }


def _code(cell: Code) -> list[object]:
    options = {name: cell.options[name] for name in EXECUTION_OPTIONS if name in cell.options}
    return [cell.text, options, sorted(cell.tags)]


def _before(instance: Instance, index: int) -> int:
    return sum(isinstance(cell, Code) for cell in instance.cells[: index + 1])


@cache
def _packages() -> str:
    return packages_digest()


@cache
def _kernel_code() -> str:
    return code_digest(*KERNEL_CODE)
