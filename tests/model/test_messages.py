"""Units of a document and their messages, over real pandoc."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.model.ast import nodes, rewrite
from reportkit.model.book import Blocks, Inlines, Node
from reportkit.model.markdown import READER_FORMAT
from reportkit.model.messages import (
    TranslationFault,
    describe,
    find_units,
    map_units,
    protect,
    read_texts,
    restore,
    write_msgids,
)
from reportkit.process import run_pandoc

DOCUMENT = """\
# „Titel“ `place`{.value n="1"} {#sec-a .wide}

Ein *Satz* mit „Anführung“ – und `code`, [vgl. @a2018, 30], @fig-x; Note[^n]. 10 % {1}, "gerade" it's 2014–2018 ...
weiter z. B. [Link *em*](https://example.org "T"){.c} $x^2$ <b>x</b> H~2~O a^2^ ~~weg~~ **fett *und* schräg** \\
neue Zeile, [klein]{.smallcaps}.

[^n]: Fußnote mit `y`{.value n="2"}.

    Zweiter Absatz.

- eins
- zwei

Begriff
:   Erklärung

| Vers
|   zwei

| Kopf | Zahl |
|------|-----:|
| *x*  |   12 |

: Beschriftung der Tabelle

![Bild](x.png){#fig-y}

::: {.cell n="1" label="fig-z"}
::: {.caption}
Beschriftung von `place`{.value n="3"}
:::
::: {.alt}
Alternativtext
:::
:::

> Zitat "mit 'innerem' Zitat"

1\\. Keine Liste, \\# kein Titel, \\@niemand \\_x\\_ \\$3 \\[a\\](b) a_b_c \\-- \\... \\"
"""


def blocks(markdown: str) -> Blocks:
    document = json.loads(run_pandoc([{"op": "read", "text": markdown, "format": READER_FORMAT}])[0])
    return list(document["blocks"])


def msgids(document: Blocks) -> list[str]:
    return write_msgids([find_units(document)], run_pandoc)[0]


def retold(document: Blocks) -> Blocks:
    """Return a document with each unit translated by its own msgid."""
    read = iter(read_texts([msgids(document)], run_pandoc)[0])
    return map_units(document, lambda inlines: restore(protect(inlines), next(read)))


def comparable(document: Blocks) -> Any:
    """Return a document without what pandoc numbers by itself, soft line ends as spaces."""

    def plain(node: Node) -> Node:
        if node["t"] == "Cite":
            cites = [{**cite, "citationNoteNum": 0, "citationHash": 0} for cite in node["c"][0]]
            return {"t": "Cite", "c": [cites, node["c"][1]]}
        return {"t": "Space"} if node["t"] == "SoftBreak" else node

    return rewrite(document, plain)


def translated(source: str, text: str) -> Inlines:
    [block] = blocks(source)
    [[read]] = read_texts([[text]], run_pandoc)
    return restore(protect(block["c"]), read)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Ein *Satz* mit [Link](https://example.org).", "Ein *Satz* mit [Link](https://example.org)."),
        ('Im Jahr 2014 `fact("ES-011")`{.value n="1"} Menschen.', "Im Jahr 2014 {1} Menschen."),
        ("Siehe [@a, 3] und @fig-b, `code`, $x$<br>.", "Siehe {1} und {2}, {3}, {4}{5}."),
        ("Eine Zeile\nund noch eine.", "Eine Zeile und noch eine."),
        ("„Wort“, ‚Wort‘ – 2014–2018 …", "„Wort“, ‚Wort‘ – 2014–2018 …"),
        ('"Wort" \\"Wort\\" it\'s', '"Wort" \\"Wort\\" it’s'),
        ("Zwanzig\u00a0%, z.\u00a0B.", "Zwanzig\u00a0%, z.\u00a0B."),
        ("Wörtlich {1} und {name}", "Wörtlich {1} und {name}"),
        ("# Titel {#sec-a}", "Titel"),
    ],
)
def test_a_unit_is_written_as_markdown_with_placeholders(source: str, expected: str) -> None:
    assert msgids(blocks(source)) == [expected]


def test_every_kind_of_block_has_its_units() -> None:
    written = msgids(blocks(DOCUMENT))

    assert {"„Titel“ {1}", "eins", "Begriff", "Erklärung", "Vers", "Kopf", "*x*", "Bild"} <= set(written)
    assert {"Beschriftung der Tabelle", "Beschriftung von {1}", "Alternativtext"} <= set(written)
    assert {"Fußnote mit {1}.", "Zweiter Absatz."} <= set(written), "paragraphs of a note are units of their own"


def test_a_document_told_by_its_own_msgids_is_the_same_document() -> None:
    document = blocks(DOCUMENT)
    assert comparable(retold(document)) == comparable(document)


WORDS = st.text("abcxyzäöüßÉş", min_size=1, max_size=6)
ESCAPED = st.sampled_from("\\`*_{}[]()#+-.!~^$@<>|\"'%&;:,/=").map("\\{}".format)
PLAIN = (
    WORDS | ESCAPED | st.sampled_from(["–", "...", "--", "2014–2018", "1\\.", "{1}", "{12}", "{x}", "it's", "x\u00a0y"])
)
PROTECTED = st.sampled_from(
    [
        '`x`{.value n="1"}',
        "`a b`",
        "[@key, 12]",
        "[vgl. @key]",
        "@fig-x",
        "$a_1$",
        "<br>",
        "^[Fuß *note*.]",
        "![Alt](x.png)",
    ]
)


def around(opening: str, closing: str) -> Any:
    return lambda inner: opening + " ".join(inner) + closing


def marked(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = [
        ("*", "*"),
        ("**", "**"),
        ('"', '"'),
        ("„", "“"),
        ("“", "”"),
        ("[", "](https://example.org)"),
        ("[", "]{.x}"),
    ]
    phrase = st.lists(WORDS | inner, min_size=1, max_size=3)
    return st.one_of([phrase.map(around(*pair)) for pair in pairs])


PHRASES = st.lists(PLAIN | PROTECTED | marked(PLAIN | PROTECTED), min_size=1, max_size=6).map(" ".join)
GLUED = st.tuples(WORDS, PROTECTED | ESCAPED | st.just("{1}"), WORDS | st.just(".")).map("".join)
BLOCKS = st.tuples(st.sampled_from(["", "# ", "- ", "1. ", "> ", "::: {.alt}\n"]), PHRASES | GLUED).map(
    lambda parts: "".join(parts) + ("\n:::" if parts[0].startswith(":") else "")
)


@given(st.lists(BLOCKS, min_size=5, max_size=15).map("\n\n".join))
@settings(max_examples=25, deadline=None)
def test_any_document_told_by_its_own_msgids_is_the_same_document(markdown: str) -> None:
    document = blocks(markdown)
    assert comparable(retold(document)) == comparable(document)


def test_protected_parts_may_change_places() -> None:
    made = translated("Von `a`{.value n=1} bis *`b`{.value n=2}* [@key, 3].", "{3}: to **{2}** from {1}.")

    assert [node["c"][1] for node in nodes(made, "Code")] == ["b", "a"]
    assert [node["t"] for node in made][:2] == ["Cite", "Str"]
    assert made[-1] == {"t": "Str", "c": "."}


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("Only {1}.", "RK602", "`{2}` is lost"),
        ("{1}, {2} and {2}.", "RK602", "`{2}` stands 2 times"),
        ("{1}, {2} and {3}.", "RK602", "`{3}` stands for nothing"),
        ("{1} and [link]({2}).", "RK602", "`{2}` is lost"),
        ("{1} and [@key, {2}].", "RK602", "`{2}` is lost"),
        ("# {1} {2}", "RK603", "reads as `Header`"),
        ("- {1} {2}", "RK603", "reads as `BulletList`"),
        ("{1}\n\n{2}", "RK603", "reads as `Para`, `Para`"),
        ("<!-- {1} {2} -->", "RK603", "reads as `RawBlock`"),
        ("<b onclick=alert(1)>{1}</b> {2}", "RK603", "raw markup"),
        ("{1} {2} `#read(1)`{=typst}", "RK603", "raw markup"),
    ],
)
def test_a_translation_that_does_not_fit_says_why(text: str, code: str, reason: str) -> None:
    with pytest.raises(TranslationFault, match=re.escape(reason)) as caught:
        translated("Wert `a`{.value n=1} und `b`{.value n=2}.", text)
    assert caught.value.code == code


def test_there_is_nothing_to_translate_in_numbers_and_placeholders() -> None:
    units = find_units(blocks('`x`{.value n="1"}\n\n12 %\n\n[@key]\n\n{1}\n\nWort `x`{.value n="2"}'))
    assert [unit.is_message for unit in units] == [False, False, False, False, True]


def test_translators_are_told_what_placeholders_stand_for() -> None:
    source = (
        'A `fact("DU-053")`{.value n="1"} `code` [vgl. @a2018, 30; @b] @fig-x $x^2$ <b> ![Alt](x.png) {7}'
        "^[Eine Note, deren Text zu lang ist, um ganz in einer Bemerkung zu stehen.]"
    )
    [*_, unit] = find_units(blocks(source))

    assert [describe(part) for part in unit.parts] == [
        'fact("DU-053")',
        "`code`",
        "[vgl. @a2018, 30; @b]",
        "@fig-x",
        "$x^2$",
        "<b>",
        "image x.png",
        "{7}",
        "footnote: Eine Note, deren Text zu lang ist, um ganz in …",
    ]
