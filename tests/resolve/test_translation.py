"""Translations put into chapters: what changes, what stays, what is marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reportkit.model.ast import nodes, plain_text, rewrite
from reportkit.model.book import Blocks, Node
from reportkit.model.catalog import Catalog, Translation
from reportkit.model.execution import Result, Trace
from reportkit.model.markdown import READER_FORMAT, chapter_markdown
from reportkit.model.study import Expression, Instance, Line
from reportkit.process import run_pandoc
from reportkit.resolve.chapters import Chapter
from reportkit.resolve.translation import translate_chapters
from reportkit.resolve.values import place_values
from reportkit.resolve.wording import Wording
from reportkit.study import load_study

ROOT = Path(__file__).parents[2]


def read(markdown: str) -> Blocks:
    document = json.loads(run_pandoc([{"op": "read", "text": markdown, "format": READER_FORMAT}])[0])
    return list(document["blocks"])


def chapter(markdown: str, *expressions: Expression) -> Chapter:
    instance = Instance("page", "page.md", {}, "", (), expressions, ("page.md", "part.md"))
    values = {one.number: {"kind": "number", "value": 3700, "qualifier": "about"} for one in expressions}
    return Chapter(instance, read(markdown), Result({}, values, Trace({}, {}, None)))


def catalog(**files: dict[str, str]) -> Catalog:
    return Catalog(
        {
            name: {msgid: Translation(text, f"en/{name}.po", 7) for msgid, text in texts.items()}
            for name, texts in files.items()
        }
    )


def translate(markdown: str, page: dict[str, str], part: dict[str, str] | None = None) -> Blocks:
    [done], faults = translate_chapters([chapter(markdown)], catalog(page=page, part=part or {}), "de", run_pandoc)
    assert faults == []
    return done.blocks


def html(blocks: Blocks) -> str:
    text = json.dumps({"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks})
    return run_pandoc([{"op": "write", "document": text, "format": "html"}])[0].strip()


def test_a_translation_takes_the_place_of_its_unit_and_leaves_the_rest() -> None:
    blocks = translate(
        "# Titel {#sec-a .wide}\n\nVon `a`{.value n=1} nach [@key, 3][^n].\n\n[^n]: Die Note.",
        {"Titel": "Title", "Von {1} nach {2}{3}.": "To {2}{3} from *{1}*.", "Die Note.": "The note."},
    )

    assert blocks[0]["c"][1:] == [["sec-a", ["wide"], []], [{"t": "Str", "c": "Title"}]]
    assert plain_text(blocks[1]) == "To [@key, 3] from a.\n"
    assert [plain_text(note["c"]) for note in nodes(blocks, "Note")] == ["The note.\n"]
    assert list(nodes(blocks, "Div", "Span")) == []


def test_the_first_source_file_that_has_a_translation_gives_it() -> None:
    blocks = translate("Eins\n\nZwei", {"Eins": "One"}, {"Eins": "Other", "Zwei": "Two"})
    assert plain_text(blocks) == "One\nTwo\n"


def test_neighbours_without_translation_are_marked_as_one() -> None:
    written = html(translate("Eins.\n\n- Zwei\n- Drei\n\n> Vier\n\nFünf.\n\nSechs.", {"Fünf.": "Five."}))
    assert written == (
        '<div class="untranslated" lang="de">\n<p>Eins.</p>\n<ul>\n<li>Zwei</li>\n<li>Drei</li>\n</ul>\n'
        "<blockquote>\n<p>Vier</p>\n</blockquote>\n</div>\n<p>Five.</p>\n"
        '<div class="untranslated" lang="de">\n<p>Sechs.</p>\n</div>'
    )


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# Titel {#a}", '<h1 id="a"><span class="untranslated" lang="de">Titel</span></h1>'),
        ("- Eins\n- Zwei", '<ul>\n<li><div class="untranslated" lang="de">\nEins\n</div></li>\n<li>Two</li>\n</ul>'),
        ("::: {.alt}\nText\n:::", '<div class="alt">\n<p><span class="untranslated" lang="de">Text</span></p>\n</div>'),
        (
            "::: {.note}\nText\n:::",
            '<div class="note">\n<div class="untranslated" lang="de">\n<p>Text</p>\n</div>\n</div>',
        ),
        (
            "| Eins\n| Drei",
            '<div class="untranslated" lang="de">\n<div class="line-block">Eins<br />\nDrei</div>\n</div>',
        ),
        ("| Eins\n| Zwei", '<div class="line-block"><span class="untranslated" lang="de">Eins</span><br />\nTwo</div>'),
        (
            "Begriff\n:   Zwei",
            '<dl>\n<dt><span class="untranslated" lang="de">Begriff</span></dt>\n<dd>\nTwo\n</dd>\n</dl>',
        ),
        ("2014\n\n`x`", "<p>2014</p>\n<p><code>x</code></p>"),
    ],
)
def test_a_division_marks_where_it_can_stand_and_a_span_elsewhere(markdown: str, expected: str) -> None:
    assert html(translate(markdown, {"Zwei": "Two"})) == expected


def test_table_cells_and_notes_are_marked_by_spans() -> None:
    blocks = translate(
        "| A | 1 |\n|---|---|\n| b | 2 |\n\n: Titel\n\nSatz[^n].\n\n[^n]: Note.", {"Satz{1}.": "Sentence{1}."}
    )

    assert [plain_text(span["c"][1]) for span in nodes(blocks, "Span")] == ["Titel", "A", "b", "Note."]
    assert list(nodes(blocks, "Div")) == []


def test_a_note_is_marked_by_itself_for_it_stands_elsewhere_on_the_page() -> None:
    blocks = translate("Satz[^n].\n\n[^n]: Note.", {})
    assert [node["t"] for node in nodes(blocks, "Div", "Note", "Span")] == ["Div", "Note", "Span"]


def test_a_translation_that_does_not_fit_is_an_error_and_its_unit_stays() -> None:
    page = {"Von {1}.": "Of nothing.", "Gut.": "# Good"}
    [done], faults = translate_chapters(
        [chapter("Von `a`{.value n=1}.\n\nGut.\n\nVon `a`{.value n=2}.")], catalog(page=page), "de", run_pandoc
    )

    assert [(fault.code, str(fault.location)) for fault in faults] == [
        ("RK602", "en/page.po:7"),
        ("RK603", "en/page.po:7"),
    ]
    assert plain_text(done.blocks) == "Von a.\nGut.\nVon a.\n"


def test_values_print_in_the_language_of_the_text_around_them() -> None:
    values = [Expression(number, "people", 0, Line("", "page.md", 1)) for number in (1, 2, 3)]
    one = chapter("Ja `x`{.value n=1}[^n].\n\nNein `x`{.value n=2}.\n\n[^n]: Note `x`{.value n=3}.", *values)
    [done], _ = translate_chapters(
        [one], catalog(page={"Ja {1}{2}.": "Yes {1}{2}.", "Note {1}.": "Note {1}."}), "de", run_pandoc
    )
    placed, faults = place_values(done, Wording("en", {}, "de"), run_pandoc)

    assert faults == []
    assert plain_text(placed.blocks) == "Yes about\u00a03,700.\nNein rund\u00a03.700.\n"
    assert [plain_text(note["c"]) for note in nodes(placed.blocks, "Note")] == ["Note about\u00a03,700.\n"]


class Same(Catalog):
    """Translates every message by itself."""

    def find(self, msgid: str, sources: Any) -> Translation:
        return Translation(msgid, "same.po", 1)


@pytest.mark.parametrize("root", [ROOT, ROOT / "tests/studies/two-cities"], ids=["flagship", "two-cities"])
def test_a_study_translated_by_its_own_messages_is_the_same_study(root: Path) -> None:
    study = load_study(root)
    before = [Chapter(one, read(chapter_markdown(one.cells, study.options)), None) for one in study.instances]

    after, faults = translate_chapters(before, Same(), "de", run_pandoc)

    assert faults == []
    for one, other in zip(before, after, strict=True):
        assert comparable(one.blocks) == comparable(other.blocks), one.instance.name


def comparable(blocks: Blocks) -> Any:
    """Return blocks without what pandoc numbers by itself, soft line ends as spaces."""

    def plain(node: Node) -> Node:
        if node["t"] == "Cite":
            cites = [{**cite, "citationNoteNum": 0, "citationHash": 0} for cite in node["c"][0]]
            return {"t": "Cite", "c": [cites, node["c"][1]]}
        return {"t": "Space"} if node["t"] == "SoftBreak" else node

    return rewrite(blocks, plain)
