"""What the user asked for, checked against the study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reportkit.errors import StudyError
from reportkit.model.study import Study
from reportkit.plan import select_outputs
from reportkit.study import load_study


@pytest.fixture
def study(study_at: Callable[[str], Path]) -> Study:
    return load_study(study_at("two-cities"))


def test_nothing_named_is_everything(study: Study) -> None:
    selection = select_outputs(study, [], [], {})
    assert selection.languages == ("de", "en")
    assert selection.formats == ("html", "pdf")
    assert selection.only is None
    assert selection.folder == "_build/editions"


def test_a_city_edition_has_its_chapter_and_the_references_in_a_folder_of_its_own(study: Study) -> None:
    selection = select_outputs(study, ["de"], ["html"], {"city": "altdorf"})
    assert selection.only == {"city-altdorf", "references"}
    assert selection.folder == "_build/editions/city-altdorf"


@pytest.mark.parametrize(
    ("languages", "formats", "where", "message", "hint"),
    [
        (["fr"], [], {}, "there is no edition `fr`", "the study has: de, en"),
        ([], ["pfd"], {}, "there is no format `pfd`", "did you mean `pdf`?"),
        ([], [], {"citty": "altdorf"}, "there is no parameter `citty`", "did you mean `city`?"),
        ([], [], {"city": "aldorf"}, "there is no city `aldorf`", "did you mean `altdorf`?"),
    ],
)
def test_what_the_study_does_not_have_is_told(
    study: Study, languages: list[str], formats: list[str], where: dict[str, str], message: str, hint: str
) -> None:
    with pytest.raises(StudyError) as caught:
        select_outputs(study, languages, formats, where)
    (fault,) = caught.value.diagnostics
    assert (fault.message, fault.hint) == (message, hint)
