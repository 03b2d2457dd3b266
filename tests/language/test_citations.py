"""Citations and lists of references, over real pandoc and Typst."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from compile.sample import SVG, instance, prose, resolve, study
from language.made import Made, squeezed
from language.test_conditions import loaded
from reportkit.compile import compile_book
from reportkit.errors import ResolveError
from reportkit.model.book import Book
from reportkit.model.study import EditionSpec, Study
from reportkit.process import run_pandoc
from reportkit.resolve.bibliography import join_bibliographies, read_bibliography

WORKS = """\
@book{adam, author = {Adam, Ada}, title = {Alpha}, date = {2018}, doi = {10.1000/alpha}}
@book{bert, author = {Bert, Bo}, title = {Beta}, date = {2019}, url = {https://example.org/beta}}
@book{cora, author = {Cora, Cy}, title = {Gamma}, date = {2020}}
"""
LIST = "# Works\n\n::: {#refs}\n:::"
STYLE = """\
<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="{kind}" version="1.0">
<info><title>T</title><id>t</id><updated>2026-01-01T00:00:00+00:00</updated></info>
<citation{options}><layout delimiter="; " suffix="{end}"><choose>
<if position="ibid"><text term="ibid"/></if>
<else><group delimiter=" "><names variable="author"><name form="short"/></names><date variable="issued"><date-part
name="year"/></date></group></else></choose>
<group prefix=", " delimiter=" "><label variable="locator" form="short"/><text variable="locator"/></group>
</layout></citation>
<bibliography><layout suffix="."><group delimiter=": ">
<names variable="author"><name name-as-sort-order="all"/></names><text variable="title"/></group>
</layout></bibliography></style>
"""
INLINE = STYLE.format(kind="in-text", options="", end="")
NOTES = STYLE.format(kind="note", options="", end="")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "works.bib").write_text(WORKS, encoding="utf-8")
    (tmp_path / "inline.csl").write_text(INLINE, encoding="utf-8")
    (tmp_path / "notes.csl").write_text(NOTES, encoding="utf-8")
    (tmp_path / "_quarto.yml").write_text("lang: de\n", encoding="utf-8")
    return tmp_path


def citing(root: Path, *parts: Any, **more: Any) -> Made:
    return Made(*parts, root=root, **{"bibliographies": ("works.bib",), "csl": "inline.csl"} | more)


def book_of(root: Path, *texts: str, **more: Any) -> Book:
    """Return a book with a chapter for each text, `a`, `b`, ..."""
    chapters = [instance(name, prose(text, f"{name}.md")) for name, text in zip("abcd", texts, strict=False)]
    return resolve(study(*chapters, root=root, **{"bibliographies": ("works.bib",), "csl": "inline.csl"} | more))


def listed(made: Made) -> list[str]:
    return made.texts('//div[contains(@class, "csl-entry")]')


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[@adam]", "(Adam 2018)"),
        ("[-@adam]", "(2018)"),
        ("[vgl. @adam, S. 3--5; @bert]", "(vgl. Adam 2018, S. 3–5; Bert 2019)"),
        ("@adam [S. 3]", "Adam (2018, S. 3)"),
        ("[@adam, Kap. 2, S. 5]", "(Adam 2018, Kap. 2, S. 5)"),
        ("[@adam{S. iv-vi}]", "(Adam 2018, S. iv–vi)"),
    ],
)
def test_prefixes_locators_and_suppressed_authors(root: Path, written: str, said: str) -> None:
    style = INLINE.replace('delimiter="; "', 'prefix="(" suffix=")" delimiter="; "').replace(' suffix=""', "")
    (root / "inline.csl").write_text(style, encoding="utf-8")
    made = citing(root, f"# One\n\nSo {written}.")
    assert made.texts("//p")[0] == f"So {said}."
    assert f"So {said}." in made.print()


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "Adam 2018, S. 3 Adam 2018, Kap. 4, S. 5 Adam 2018, Bd. 6 Adam 2018, Abs. 7"),
     ("en", "Adam 2018, p. 3 Adam 2018, chap. 4, p. 5 Adam 2018, vol. 6 Adam 2018, para. 7")],
)  # fmt: skip
@pytest.mark.parametrize("written", ["S. 3|Kap. 4, S. 5|Bd. 6|Absatz 7", "p. 3|chap. 4, p. 5|vol. 6|para. 7"])
def test_labels_of_locators_are_in_the_language_of_the_edition(
    root: Path, written: str, language: str, said: str
) -> None:
    first, *others = [f"[@adam, {locator}]" for locator in written.split("|")]
    text = "\n\n".join([f"# One\n\n{first}", *(f"[@bert]\n\n{other}" for other in others)])
    made = citing(root, text, editions=(EditionSpec(language, "T"),))
    shown = [found for found in made.texts("//p") if found.startswith("Adam")]
    assert " ".join(shown).replace("\xa0", " ").startswith(said)


@pytest.mark.parametrize(
    ("language", "said"), [("de", "vgl. Adam 2018 A, siehe Bert"), ("en", "cf. Adam 2018 A, see Bert")]
)
@pytest.mark.parametrize("written", ["vgl. @adam|A, siehe @bert", "cf. @adam|A, see @bert"])
def test_words_before_a_work_are_in_the_language_of_the_edition(
    root: Path, written: str, language: str, said: str
) -> None:
    text = "# One\n\n" + "\n\n".join(f"[{citation}]" for citation in written.split("|"))
    made = citing(root, text, editions=(EditionSpec(language, "T"),))
    assert " ".join(made.texts("//p")).replace("\xa0", " ").startswith(said)


def test_words_that_only_begin_like_these_stay(root: Path) -> None:
    assert (
        citing(root, "# One\n\n[see also @adam]", editions=(EditionSpec("de", "T"),))
        .texts("//p")[0]
        .startswith("see also")
    )


def test_words_that_only_look_like_labels_stay(root: Path) -> None:
    assert citing(root, "# One\n\n[@adam, Teil des Bandes]").texts("//p")[0] == "Adam 2018, Teil des Bandes"


def test_what_is_cited_is_listed_and_what_nocite_names(root: Path) -> None:
    text = f"# One\n\n[@bert]\n\n{LIST[2:]}"
    assert [found[:4] for found in listed(citing(root, text))] == ["Bert"]
    more = citing(root, text, metadata={"nocite": "@cora, @adam"})
    assert sorted(found[:4] for found in listed(more)) == ["Adam", "Bert", "Cora"]
    everything = citing(root, text, metadata={"nocite": "@*"})
    assert sorted(found[:4] for found in listed(everything)) == ["Adam", "Bert", "Cora"]


def test_nocite_of_a_chapter_counts(root: Path) -> None:
    chapter = instance("a", prose(LIST, "a.md"), metadata={"nocite": ["@cora"]})
    book = resolve(study(chapter, root=root, bibliographies=("works.bib",), csl="inline.csl"))
    assert "ref-cora" in json.dumps(book.pages[0].blocks)
    assert "ref-adam" not in json.dumps(book.pages[0].blocks)


def test_a_city_edition_lists_what_it_cites(root: Path) -> None:
    chapters = [instance("a", prose("# A\n\n[@adam]", "a.md")), instance("b", prose("# B\n\n[@bert]", "b.md"))]
    made = study(*chapters, instance("c", prose(LIST, "c.md")), root=root, bibliographies=("works.bib",))
    book = resolve(Study(**{**vars_of(made), "metadata": {"nocite": "@*"}}), None, frozenset({"b", "c"}))
    shown = json.dumps([page.blocks for page in book.pages])
    assert "ref-bert" in shown
    assert "ref-adam" not in shown
    assert "ref-cora" not in shown


def vars_of(made: Study) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__slots__}


def test_without_a_place_each_chapter_has_a_list_of_its_own(root: Path) -> None:
    book = book_of(root, "# A\n\n[@adam; @cora]", "# B\n\n[@adam]", "# C\n\nNothing.")
    pages = compile_book(book, "html", run_pandoc)
    trees = {name: html.fromstring(pages[f"{name}.html"]) for name in "abc"}
    shown = {
        name: [found.text_content().strip()[:4] for found in trees[name].find_class("csl-entry")] for name in trees
    }
    assert shown == {"a": ["Adam", "Cora"], "b": ["Adam"], "c": []}
    (heading,) = [found for found in trees["b"].iter("h2") if found.get("id") == "references"]
    assert heading.text_content() == "Literatur"
    (cited,) = trees["b"].xpath('//span[@data-cites="adam"]/a | //span[@class="citation"]/a')
    assert cited.get("href") in {"#ref-adam", "b.html#ref-adam"}
    compile_book(book, "pdf", run_pandoc)


def test_each_entry_leads_back_to_where_it_is_cited(root: Path) -> None:
    picture = "![See [@adam]](a.svg){#fig-a fig-alt='A box'}"
    (root / "a.svg").write_text(SVG, encoding="utf-8")
    made = citing(
        root, f"# One\n\n[@adam] and [@bert].\n\n{picture}\n\nAgain [@adam].\n\n## Works\n\n::: {{#refs}}\n:::"
    )
    backs = made.page().xpath('//*[@id="ref-adam"]//a[@role="doc-backlink"]')
    targets = [back.get("href").partition("#")[2] for back in backs]
    assert [back.get("aria-label") for back in backs] == [f"Zurück zu Stelle {number}: One" for number in (1, 2, 3)]
    assert targets[1] == "fig-a"
    for target in targets:
        assert "Adam 2018" in squeezed(made.page().xpath(f'//*[@id="{target}"]')[0].text_content())
    assert len(made.page().xpath('//*[@id="ref-bert"]//a[@role="doc-backlink"]')) == 1
    assert "[Zitiert auf S. " in made.print()


def test_digital_object_identifiers_and_addresses_are_links(root: Path) -> None:
    (root / "inline.csl").write_text(
        INLINE.replace(
            "</group>\n</layout></bib", '<text variable="DOI"/><text variable="URL"/></group>\n</layout></bib'
        ),
        encoding="utf-8",
    )
    made = citing(root, f"# One\n\n[@adam; @bert]\n\n{LIST[2:]}")
    assert set(made.page().xpath('//div[@id="refs"]//a[not(@role)]/@href')) >= {
        "https://doi.org/10.1000/alpha",
        "https://example.org/beta",
    }


def test_an_address_of_the_bibliography_is_one_or_its_text(root: Path) -> None:
    (root / "a.bib").write_text(
        "@online{adam, author={Adam, A.}, title={\\href{javascript:x}{One}}, year=2001, url={javascript:alert(1)}}\n"
        "@online{bert, author={Bert, B.}, title={Two}, year=2002, doi={10.1002/(SICI)1<2::AID>3.0}}\n",
        encoding="utf-8",
    )
    made = citing(root, f"# One\n\n[@adam; @bert]\n\n{LIST[2:]}", csl=None, bibliographies=("a.bib",))
    links = made.page().xpath('//div[@id="refs"]//a[not(@role)]/@href')
    assert links == ["https://doi.org/10.1002/(SICI)1%3C2::AID%3E3.0"]


def test_a_note_style_makes_footnotes_and_starts_anew_in_each_chapter(root: Path) -> None:
    made = citing(root, "# One\n\nIt is so [@adam]. And so [@adam, S. 4], too.^[See @bert.]", csl="notes.csl")
    notes = made.texts('//section[@role="doc-endnotes"]//li')
    assert [note.rstrip("↩︎ ") for note in notes] == ["Adam 2018", "Ebd., S. 4", "See Bert, 2019."]
    assert made.texts("//p")[0] == "It is so.1 And so,2 too.3"
    assert made.tags().count("/Note") + made.tags().count("/FENote") == 3
    book = book_of(root, "# A\n\nSo [@adam].", "# B\n\nSo [@adam].", csl="notes.csl")
    assert "ebd" not in json.dumps(book.pages[1].blocks)


def test_several_bibliographies_and_csl_json(root: Path) -> None:
    work = {
        "id": "dora",
        "type": "book",
        "title": "Delta",
        "author": [{"family": "Dora"}],
        "issued": {"date-parts": [[2021]]},
    }
    (root / "more.json").write_text(json.dumps([work]), encoding="utf-8")
    made = citing(root, f"# One\n\n[@adam; @dora]\n\n{LIST[2:]}", bibliographies=("works.bib", "more.json"))
    assert made.texts("//p")[0] == "Adam 2018; Dora 2021"


def test_a_key_in_two_files_is_an_error() -> None:
    both = join_bibliographies([read_bibliography(WORKS, "a.bib"), read_bibliography(WORKS.splitlines()[1], "b.bib")])
    assert [str(found) for found in both.diagnostics] == [
        "error[RK302]: citation key `bert` stands in `a.bib`, line 2, too\n"
        "  --> b.bib:1\n"
        "  hint: keep one of the two entries"
    ]


@pytest.mark.parametrize(
    ("text", "place"), [("[{", "m.json:1"), ("{}", "m.json:1"), ('[{"title": "No key"}]', "m.json:1")]
)
def test_csl_json_that_cannot_be_read(text: str, place: str) -> None:
    read = read_bibliography(text, "m.json")
    assert [(found.code, str(found.location)) for found in read.diagnostics] == [("RK303", place)] or text == "{}"


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("<style", "style `broken.csl` is damaged: unclosed token"),
        ("<html/>", "`broken.csl` is no style of the Citation Style Language"),
    ],
)
def test_a_style_that_is_none_is_an_error(root: Path, style: str, said: str) -> None:
    (root / "broken.csl").write_text(style, encoding="utf-8")
    with pytest.raises(ResolveError) as caught:
        citing(root, "# One\n\n[@adam]", csl="broken.csl")
    assert [str(found).partition("\n")[0] for found in caught.value.diagnostics] == [f"error[RK306]: {said}"]


def test_a_style_on_the_web_is_told_and_not_loaded(tmp_path: Path) -> None:
    made = loaded(tmp_path, "# One\n", "csl: https://www.zotero.org/styles/apa\n")
    assert [(fault.code, str(fault.location)) for fault in made.warnings] == [("RK105", "_quarto.yml:4")]
    assert made.csl is None


def test_an_unknown_key_of_nocite_has_its_line(root: Path) -> None:
    (root / "_quarto.yml").write_text("lang: de\nnocite: '@adan'\n", encoding="utf-8")
    with pytest.raises(ResolveError) as caught:
        citing(root, "# One", metadata={"nocite": "@adan"})
    (found,) = caught.value.diagnostics
    assert (found.code, str(found.location), found.hint) == ("RK301", "_quarto.yml:2", "did you mean `adam`?")
