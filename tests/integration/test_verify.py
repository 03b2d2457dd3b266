"""`reportkit verify` names each of five seeded faults; committing the lock changes nothing that it locks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fonts import put_fonts
from reportkit.build import Request, build_study
from reportkit.model.plan import OutputPlan
from reportkit.verify import Verification, lock_editions, verify_build
from reportkit.verify.compare import Verdict
from watching import Silent

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="a committed state needs git: `apt install git`")

STUDY = Path(__file__).parents[1] / "studies" / "two-cities"


def build_all(root: Path) -> tuple[OutputPlan, ...]:
    put_fonts(root)
    built = build_study(root, Request(formats=("html",)), Silent())
    return (*built.compiled, *built.unchanged)


def commit(root: Path) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "state"], cwd=root, check=True)


@pytest.fixture(scope="module")
def locked(built_once: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = shutil.copytree(built_once(STUDY), tmp_path_factory.mktemp("locked") / "study")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    (root / ".gitignore").write_text("/_build/\n", encoding="utf-8")
    lock_editions(root, build_all(root))
    commit(root)
    return root


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def verify_after(edit: Callable[[Path], None], locked: Path, folder: Path) -> Verification:
    root = shutil.copytree(locked, folder / "study", symlinks=True)
    edit(root)
    if subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True).stdout:
        commit(root)
    return verify_build(root, build_all)


def changed(verification: Verification) -> dict[str, str]:
    return {f"{finding.edition}/{finding.name}": finding.reason for finding in verification.differing}


def test_the_locked_state_is_identical_and_the_lock_changes_nothing(locked: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (locked / "_build/editions").rglob("*") if path.is_file()}

    verification = verify_after(lambda root: None, locked, tmp_path)
    again = build_study(locked, Request(formats=("html",)), Silent())

    assert verification.exit_status == 0
    assert {finding.verdict for finding in verification.findings} == {Verdict.IDENTICAL}
    assert len(verification.findings) > 20
    assert again.ran == () and again.compiled == ()
    assert {path: path.read_bytes() for path in before} == before


def test_a_changed_data_cell_is_named(locked: Path, tmp_path: Path) -> None:
    text = (locked / "data/population.csv").read_text(encoding="utf-8").splitlines()
    last = next(line for line in reversed(text) if line.startswith("neustadt"))
    value = last.rsplit(",", 1)[1]

    verification = verify_after(replace("data/population.csv", last, last.replace(value, "4711")), locked, tmp_path)

    assert verification.exit_status == 7
    found = changed(verification)
    assert "de/city-neustadt/fig-population-neustadt" in found
    assert "`data/population.csv` changed" in found["de/city-neustadt/fig-population-neustadt"]
    assert not any("altdorf/" in name and "fig-" in name for name in found)


def test_a_number_typed_in_place_of_a_computed_one_is_named(locked: Path, tmp_path: Path) -> None:
    edit = replace("chapters/comparison.qmd", '`{python} number(grown["neustadt"])`', "99")

    verification = verify_after(edit, locked, tmp_path)

    missing = [f.name for f in verification.differing if f.verdict is Verdict.MISSING]
    assert any('grown["neustadt"]' in name for name in missing)
    assert any("`chapters/comparison.qmd` changed" in reason for reason in changed(verification).values())
    assert any("99" in finding.difference for finding in verification.differing)


def test_a_figure_exchanged_in_a_published_edition_is_named(locked: Path, tmp_path: Path) -> None:
    def swap(root: Path) -> None:
        figures = root / "_build/editions/de/html/figures"
        one, other = figures / "fig-population-altdorf.svg", figures / "fig-population-neustadt.svg"
        first = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(first)

    verification = verify_after(swap, locked, tmp_path)

    assert verification.exit_status == 7
    assert [Path(path).name for path in verification.published] == [
        "fig-population-altdorf.svg",
        "fig-population-neustadt.svg",
    ]


def test_a_changed_module_is_named(locked: Path, tmp_path: Path) -> None:
    verification = verify_after(replace("analysis/people.py", ".inhabitants", ".inhabitants * 2"), locked, tmp_path)

    found = changed(verification)
    assert "`analysis/people.py` changed" in found["de/city-altdorf/fig-population-altdorf"]


def test_an_unseeded_random_number_is_named(locked: Path, tmp_path: Path) -> None:
    root = shutil.copytree(locked, tmp_path / "random", symlinks=True)
    edit = replace(
        "chapters/comparison.qmd", '`{python} number(grown["neustadt"])`', "`{python} __import__('random').random()`"
    )
    edit(root)
    lock_editions(root, build_all(root))
    commit(root)

    verification = verify_build(root, build_all)

    assert any("does not give the same result twice" in reason for reason in changed(verification).values())
    assert all("random" in name or "/text" in name for name in changed(verification))


def test_a_study_without_version_control_is_told_what_to_do(tmp_path: Path) -> None:
    from reportkit.errors import VerifyError

    root = shutil.copytree(STUDY, tmp_path / "study")
    with pytest.raises(VerifyError, match="RK702") as caught:
        verify_build(root, build_all)
    assert "fatal" not in str(caught.value)
