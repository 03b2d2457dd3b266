"""Callouts: titles, what folds, how they look."""

from __future__ import annotations

import pytest

from language.made import Made
from reportkit.model.study import EditionSpec


def box(attributes: str, body: str = "Body.") -> str:
    return f"# One\n\n::: {{{attributes}}}\n{body}\n:::\n"


@pytest.mark.parametrize(
    ("kind", "german", "english"),
    [
        ("note", "Hinweis", "Note"),
        ("tip", "Tipp", "Tip"),
        ("warning", "Warnung", "Warning"),
        ("caution", "Vorsicht", "Caution"),
        ("important", "Wichtig", "Important"),
    ],
)
def test_each_kind_has_its_word_as_title(kind: str, german: str, english: str) -> None:
    made = Made(box(f".callout-{kind}"))
    assert made.texts(f'//div[@class="callout {kind}"]/div[@class="box-title"]') == [german]
    assert f"{german} Body." in made.print()
    assert Made(box(f".callout-{kind}"), editions=(EditionSpec("en", "T"),)).texts('//div[@class="box-title"]') == [
        english
    ]


@pytest.mark.parametrize(
    ("attributes", "body"),
    [('.callout-tip title="My *own*"', "Body."), (".callout-tip", "## My *own*\n\nBody.")],
)
def test_a_title_is_an_attribute_or_a_heading_that_is_no_section(attributes: str, body: str) -> None:
    made = Made(box(attributes, body))
    assert made.texts('//div[@role="note"]/div[@class="box-title"]') == ["My own"]
    assert made.texts('//div[@class="box-title"]/em') == ["own"]
    assert [heading.title for heading in made.book.pages[0].headings] == ["One"]
    assert "My own Body." in made.print()
    assert made.tags().count("/H2") == 0


@pytest.mark.parametrize(("collapse", "opened"), [("true", []), ("false", ["open"])])
def test_a_callout_that_folds_needs_no_script_and_is_open_in_print(collapse: str, opened: list[str]) -> None:
    made = Made(box(f'.callout-note title="More" collapse="{collapse}"'))
    assert made.texts("//details/summary") == ["More"]
    assert [name for name in made.page().xpath("//details")[0].attrib if name == "open"] == opened
    assert made.texts("//details/p") == ["Body."]
    assert "More Body." in made.print()


@pytest.mark.parametrize(
    ("attributes", "classes", "titles"),
    [
        ('appearance="simple"', "callout note simple", []),
        ('appearance="minimal"', "callout note no-icon minimal", []),
        ('appearance="simple" title="Own"', "callout note simple", ["Own"]),
        ("icon=false", "callout note no-icon", ["Hinweis"]),
    ],
)
def test_how_a_callout_looks(attributes: str, classes: str, titles: list[str]) -> None:
    made = Made(box(f".callout-note {attributes}"))
    assert made.page().xpath('//div[@role="note"]/@class') == [classes]
    assert made.texts('//div[@class="box-title"]') == titles
    assert " ".join([*titles, "Body."]) in made.print()


def test_a_callout_is_heard_as_what_it_is() -> None:
    folded = box('.callout-tip collapse="true"', "## Two\n\nBody.").removeprefix("# One\n")
    made = Made(box(".callout-warning", "## Own\n\nBody.") + folded)
    assert made.page().xpath('//div[@role="note"]/@aria-label') == ["Warnung"]
    assert made.page().xpath("//details/@aria-label") == ["Tipp"]


@pytest.mark.parametrize(("title", "said"), [("## Own\n\n", "Tipp 1.1: Own"), ("", "Tipp 1.1")])
def test_a_callout_with_a_label_is_numbered_and_referred_to(title: str, said: str) -> None:
    made = Made(box("#tip-x .callout-tip", f"{title}Body.\n\n$$a$$ {{#eq-a}}") + "\nSee @tip-x, @eq-a.\n")
    assert made.texts('//div[@id="tip-x"]/div[@class="box-title"]') == [said]
    assert made.texts("//p/a") == ["Tipp 1.1", "Gleichung 1.1"]
    assert f"{said} Body." in made.print() and "See Tipp 1.1, Gleichung 1.1." in made.print()


def test_a_heading_that_begins_like_a_label_is_none() -> None:
    made = Made("# One\n\n## Tip one\n\n## Def of x\n\n[there](#tip-one)\n")
    assert made.page().xpath("//h2/@id") == ["tip-one", "def-of-x"]
    assert made.page().xpath("//p/a/@href") == ["one.html#tip-one"]


def test_a_callout_holds_blocks_of_every_kind() -> None:
    made = Made(box(".callout-important", "A `code`.\n\n- one\n- two\n\n| a |\n|---|\n| 1 |\n"))
    assert made.texts('//div[@role="note"]//li') == ["one", "two"]
    assert made.texts('//div[@role="note"]//td') == ["1"]
    assert {"/L", "/Table"} <= set(made.tags())
