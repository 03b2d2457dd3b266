"""Figures, tables and listings written as divisions; layouts; widths."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from compile.sample import SVG, instance, prose, resolve, study
from language.made import PICTURE, Made, shown
from language.test_conditions import loaded
from reportkit.errors import ResolveError, StudyError
from reportkit.model import ast

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    return tmp_path


def division(attributes: str, *blocks: str) -> str:
    return "\n\n".join(["# One", f"::: {{{attributes}}}", *blocks, ":::", "See @fig-x."])


def test_a_division_with_a_label_is_a_figure_whose_last_paragraph_is_its_caption(root: Path) -> None:
    made = Made(division("#fig-x", '![](a.svg){fig-alt="Seen"}', "A *caption*."), root=root)
    assert made.texts('//figure[@id="fig-x"]/figcaption') == ["Abbildung 1.1: A caption."]
    assert made.page().xpath("//figure//svg/@aria-label") == ["Seen"]
    assert made.texts("//p/a") == ["Abbildung 1.1"]
    assert "Abbildung 1.1: A caption. See Abbildung 1.1." in made.print()


def test_pictures_in_a_division_are_parts_with_their_own_labels(root: Path) -> None:
    parts = "![Left](a.svg){#fig-l}\n\n![Right](a.svg){#fig-r}"
    made = Made(division("#fig-x layout-ncol=2", parts, "Both, see @fig-r"), root=root)
    assert made.texts('//figure[@id="fig-x"]/figcaption') == ["Abbildung 1.1: Both, see Abbildung 1.1 (b)"]
    assert made.texts('//figure[@id="fig-l"]/figcaption') == ["(a) Left"]
    assert made.page().xpath('//div[@class="layout-row"]/div/figure/@id') == ["fig-l", "fig-r"]
    assert "(a) Left (b) Right Abbildung 1.1: Both" in made.print()
    assert made.tags().count("/Figure") >= 2


def test_parts_have_labels_of_their_own_in_each_instance(root: Path) -> None:
    text = "# T\n\n::: {#fig-x}\n![L](a.svg){#fig-l}\n\n![R](a.svg){#fig-r}\n\nBoth\n:::\n\nSee @fig-r."
    towns = [instance(f"town-{name}", prose(text), suffix=f"-{name}") for name in "ab"]
    book = resolve(study(*towns, root=root))
    links = [node["c"][2][0] for page in book.pages for node in ast.nodes(page.blocks, "Link")]
    assert links == ["town-a.html#fig-r-a", "town-b.html#fig-r-b"]
    said = [ast.plain_text(page.blocks[-1]).strip() for page in book.pages]
    assert said == [f"See Abbildung\u00a0{number}.1\u00a0(b)." for number in (1, 2)]


def test_a_figure_may_hold_anything(root: Path) -> None:
    made = Made(division("#fig-x", "- one\n- two", "A list"), root=root)
    assert made.texts('//figure[@id="fig-x"]//li') == ["one", "two"]
    assert "one • two Abbildung 1.1: A list" in made.print()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("`video https://example.org/v title=x`{.shortcode}", "https://example.org/v"),
        ("<iframe src='https://example.org/v'></iframe>", "https://example.org/v"),
        ("Some text.", "Some text."),
    ],
)
def test_what_a_figure_holds_may_be_shown_as_text(content: str, said: str) -> None:
    made = Made(f"# One\n\n::: {{#fig-x}}\n{content}\n\nA film\n:::\n\n@fig-x")
    assert made.texts('//figure[@id="fig-x"]/figcaption') == ["Abbildung 1.1: A film"]
    assert made.texts('//figure[@id="fig-x"]/p') == [said]
    assert f"{said} Abbildung 1.1: A film Abbildung 1.1" in made.print()


def test_an_html_table_in_a_division_is_a_table() -> None:
    table = "```{=html}\n<table class='x'>\n<tr><th>a</th></tr>\n<tr><td>1</td></tr>\n</table>\n```\n"
    made = Made(f"# One\n\n::: {{#tbl-x}}\n\n{table}\nNumbers\n:::\n\n@tbl-x")
    assert made.texts('//table[@id="tbl-x"]/caption') == ["Tabelle 1.1: Numbers"]
    assert made.texts('//table[@id="tbl-x"]//th|//table[@id="tbl-x"]//td') == ["a", "1"]
    assert "Tabelle 1.1: Numbers a 1 Tabelle 1.1" in made.print() and made.tags().count("/Table") == 1


def test_a_figure_that_only_pages_show_is_a_dash_in_print() -> None:
    made = Made("# One\n\n::: {#fig-x}\n```{=html}\n<p>page</p>\n```\n\nA\n:::\n\n@fig-x")
    assert made.texts('//figure[@id="fig-x"]/p') == ["page"]
    assert "– Abbildung 1.1: A Abbildung 1.1" in made.print()


def test_a_table_in_a_division_has_its_last_paragraph_as_caption() -> None:
    made = Made(f"# One\n\n::: {{#tbl-x}}\n{TABLE}\nNumbers\n:::\n\n@tbl-x")
    assert made.texts('//table[@id="tbl-x"]/caption') == ["Tabelle 1.1: Numbers"]
    assert "Tabelle 1.1: Numbers a b 1 2 Tabelle 1.1" in made.print()


def test_tables_in_a_division_are_parts() -> None:
    parts = f"{TABLE}\n: First {{#tbl-a}}\n\n{TABLE}\n: Second {{#tbl-b}}\n"
    made = Made(f"# One\n\n::: {{#tbl-x layout-ncol=2}}\n{parts}\nBoth\n:::\n\n@tbl-b")
    assert made.texts('//figure[@id="tbl-x"]/figcaption') == ["Tabelle 1.1: Both"]
    assert made.texts('//figure[@id="tbl-b"]/figcaption') == ["(b) Second"]
    assert made.texts("//p/a") == ["Tabelle 1.1 (b)"]
    assert made.tags().count("/Table") == 2
    assert [found.label for found in made.book.floats] == ["tbl-x"]


def test_code_in_a_division_is_a_listing() -> None:
    made = Made("# One\n\n::: {#lst-x}\n``` {.python}\nx = 1\n```\n\nThe *code*\n:::\n\n@lst-x")
    assert made.texts('//div[@id="lst-x"]') == ["Listing 1.1: The code x = 1"]
    assert made.texts("//p/a") == ["Listing 1.1"]
    assert "Listing 1.1: The code" in made.print()


@pytest.mark.parametrize(
    ("attributes", "blocks", "expected"),
    [
        ("layout-ncol=2", "A\n\nB\n\nC", [["A", "B"], ["C"]]),
        ("layout-nrow=2", "A\n\nB\n\nC", [["A", "B"], ["C"]]),
        ('layout="[[1], [30, 70]]"', "A\n\nB\n\nC", [["A"], ["B", "C"]]),
        ('layout="[40, -20, 40]"', "A\n\nB", [["A", "", "B"]]),
        ("layout-ncol=2", "## X\n\nA\n\n## Y\n\nB", [["1.1 X A", "1.2 Y B"]]),
    ],
)
def test_blocks_stand_side_by_side(attributes: str, blocks: str, expected: list[list[str]]) -> None:
    made = Made(f"# One\n\n::: {{{attributes}}}\n{blocks}\n:::")
    rows = made.page().xpath('//div[@class="layout-row"]')
    assert [[" ".join(cell.text_content().split()) for cell in row] for row in rows] == expected
    assert " ".join(text for row in expected for text in row if text) in made.print()


@pytest.mark.parametrize(("widths", "classes"), [(("40%", "60%"), ["w-40", "w-60"]), ((None, None), ["w-50", "w-50"])])
def test_columns_are_a_row(widths: tuple[str | None, str | None], classes: list[str]) -> None:
    columns = "\n\n".join(
        f"::: {{.column{f' width={width}' if width else ''}}}\n{text}\n:::"
        for width, text in zip(widths, "AB", strict=True)
    )
    made = Made(f"# One\n\n:::: {{.columns}}\n{columns}\n::::")
    assert [cell.get("class").split()[1] for cell in made.page().xpath('//div[@class="layout-row"]/div')] == classes
    assert made.texts("//p") == ["A", "B"] and "A B" in made.print()


def test_pictures_line_by_line_stand_side_by_side_with_their_captions(root: Path) -> None:
    made = Made("# One\n\n::: {layout-ncol=2}\n![Left](a.svg)\n![Right](a.svg)\n:::", root=root)
    assert made.texts('//div[@class="layout-row"]/div/figure/figcaption') == ["Left", "Right"]
    assert "Left Right" in made.print()


def test_a_layout_that_cannot_be_read_leaves_its_blocks_as_they_are() -> None:
    made = Made('# One\n\n::: {layout="[[oops"}\nA\n\nB\n:::')
    assert made.texts("//div/p") == ["A", "B"]


@pytest.mark.parametrize(
    ("size", "classes", "width"),
    [("50%", " w-50", "225"), ("200", "", "200"), ("200px", "", "200"), ("2in", "", "192"), ("2.54cm", "", "96")],
)
def test_the_width_of_a_picture_is_no_style(root: Path, size: str, classes: str, width: str) -> None:
    made = Made(f"# One\n\n![A](a.svg){{#fig-x width={size}}}", root=root)
    (image,) = made.page().xpath("//svg")
    assert (image.get("class"), image.get("width")) == (f"drawing{classes}", width)
    assert made.tags().count("/Figure") >= 1


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        ("| reed | 40 |\n| lily | 3 |", ["reed", "lily"]),
        ("| reed | 40 |\n| reed | 3 |", []),
        ("| reed | 40 |\n|  | 3 |", []),
        ("| reed | 40 |", []),
    ],
)
def test_what_a_row_is_about_is_its_head(rows: str, heads: list[str]) -> None:
    made = Made(f"# One\n\n| plant | count |\n|---|--:|\n{rows}\n")
    assert made.texts("//tbody//th") == heads
    assert made.texts("//tbody//td")[-1] in {"40", "3"}


def test_a_list_of_lists_is_a_table() -> None:
    rows = "- - Kopf\n  - Zahl\n- - *a*\n\n    zwei\n  - 1\n- - b\n"
    made = Made(f'# One\n\n::: {{#tbl-x .list-table aligns="l,r" widths="3,1"}}\nNumbers\n\n{rows}:::\n\n@tbl-x')
    assert made.texts('//table[@id="tbl-x"]/caption') == ["Tabelle 1.1: Numbers"]
    assert made.texts("//th") == ["Kopf", "Zahl"] and made.texts("//td") == ["a zwei", "1", "b", ""]
    assert made.page().xpath("//th/@class") == ["left w-75", "right w-25"]
    assert made.texts("//p/a") == ["Tabelle 1.1"]
    assert made.tags().count("/TH") == 2 and "Kopf Zahl a zwei 1 b" in made.print()


def test_a_list_that_is_no_table_stays_a_list() -> None:
    made = Made("# One\n\n::: {.list-table}\n- a\n- b\n:::")
    assert made.texts("//li") == ["a", "b"]


@pytest.mark.parametrize("side", ["left", "center", "right"])
def test_a_picture_stands_where_its_author_says(root: Path, side: str) -> None:
    made = Made(f"# One\n\n![A](a.svg){{#fig-x fig-align={side}}}", root=root)
    assert made.page().xpath("//figure//svg/@class") == [f"drawing align-{side}"]
    assert made.tags().count("/Figure") >= 1
    with pypdfium2.PdfDocument(made.pdf()) as document:
        found = [(page.get_textpage(), page.get_width()) for page in document]
        text, width = next((text, width) for text, width in reversed(found) if "1.1: A" in text.get_text_bounded())
        left = text.get_charbox(text.get_text_range().index("1.1: A"))[0] / width
    assert {"left": left < 0.3, "center": 0.4 < left < 0.6, "right": left > 0.7}[side]


def test_a_picture_that_is_a_link_has_a_caption(root: Path) -> None:
    linked = "[![Seen *twice*](a.svg){#fig-x fig-alt='A box'}](https://example.org)"
    made = Made(f"# One\n\n{linked}\n\n@fig-x\n\nIn [![a line](a.svg)](https://example.org).", root=root)
    assert made.texts('//figure[@id="fig-x"]/figcaption') == ["Abbildung 1.1: Seen twice"]
    assert made.page().xpath('//figure/a[@href="https://example.org"]/svg/@aria-label') == ["A box"]
    assert made.page().xpath("//p/a/svg/@aria-label") == ["a line"]
    assert "Abbildung 1.1: Seen twice" in made.print() and made.tags().count("/Figure") == 2


def test_a_caption_that_is_an_alternative_text_is_plain(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG, encoding="utf-8")
    (tmp_path / "b.bib").write_text("@book{k, author={Kay, Al}, title={T}, year={2000}, publisher={P}}\n", "utf-8")
    said = "As *in* @k, see @sec-one.[^n]"
    text = f"# One {{#sec-one}}\n\n![{said}](a.svg){{#fig-a}}\n\n[^n]: Note.\n"
    cell = shown(PICTURE, label="fig-b", fig_cap=said)
    made = Made(text, cell, root=tmp_path, bibliographies=("b.bib",), is_plain=True)
    assert made.page().xpath("//figure//svg/@aria-label") == ["As in Kay (2000), see Kapitel\u00a01."] * 2


def test_the_widths_of_columns_are_classes() -> None:
    table = f'{TABLE}\n: Wide {{#tbl-x tbl-colwidths="[75,25]"}}\n'
    made = Made(
        f"# One\n\n{table}\n\n+-----+---------------+\n| a   | b             |\n+=====+===============+\n| c   | d\n"
    )
    assert made.page().xpath('//table[@id="tbl-x"]//th/@class') == ["w-75", "w-25"]
    assert "Tabelle 1.1: Wide a b 1 2" in made.print()


def test_a_reference_bare_and_with_a_word_of_its_own(root: Path) -> None:
    made = Made("# One\n\n![A](a.svg){#fig-x}\n\n[-@fig-x], [Bild @fig-x], [@fig-x; @fig-x]", root=root)
    assert made.texts("//p/a") == ["1.1", "Bild 1.1", "Abbildung 1.1", "Abbildung 1.1"]
    assert "1.1, Bild 1.1, Abbildung 1.1, Abbildung 1.1" in made.print()


VIDEOS = {"crossref": {"custom": [{"kind": "float", "key": "vid", "reference-prefix": "Video"}]}}
OWN = {"kind": "float", "key": "supp", "reference-prefix": "Abb. S", "caption-prefix": "Bild S"}
SUPPLEMENT = {"crossref": {"custom": [{**OWN, "space-before-numbering": False, "caption-location": "top"}]}}


def test_a_kind_of_floats_of_the_books_own_has_its_word_and_counts_by_itself(root: Path) -> None:
    text = f"""# One

::: {{#vid-a}}
`video https://example.org/v.mp4`{{.shortcode}}

A *film*.
:::

@vid-a, [-@vid-a], @Vid-b, [Film @vid-c].

::: {{#vid-b}}
{TABLE}

Second
:::

![Third](a.svg){{#vid-c fig-alt=C}}

![Own](a.svg){{#fig-x fig-alt=D}}
"""
    made = Made(text, root=root, options=VIDEOS)
    captions = ["Video 1.1: A film.", "Video 1.2: Second", "Video 1.3: Third", "Abbildung 1.1: Own"]
    assert made.texts("//figure[@id]/figcaption") == captions
    assert made.texts("//figure/p") == ["https://example.org/v.mp4"]
    assert made.texts('//p/a[starts-with(@href, "one")]') == ["Video 1.1", "1.1", "Video 1.2", "Film 1.3"]
    assert all(caption in made.print() for caption in captions)
    assert [found.label for found in made.book.floats] == ["fig-x"]


def test_a_kind_of_the_books_own_may_stand_close_to_its_number_below_its_caption(root: Path) -> None:
    text = "# One\n\n::: {#supp-a}\n- left\n- right\n\nThe list\n:::\n\nSee @supp-a."
    made = Made(text, root=root, options=SUPPLEMENT)
    assert made.texts('//figure[contains(@class, "caption-top")]/figcaption') == ["Bild S1.1: The list"]
    assert made.texts("//p/a") == ["Abb. S1.1"]
    assert "Bild S1.1: The list • left • right See Abb. S1.1." in made.print()


def test_floats_of_the_books_own_may_have_parts(root: Path) -> None:
    parts = "::: {#vid-l}\n- a\n\nLeft\n:::\n\n::: {#vid-r}\n- b\n\nRight\n:::"
    made = Made(f"# One\n\n:::: {{#vid-x layout-ncol=2}}\n{parts}\n\nBoth\n::::\n\n@vid-r", root=root, options=VIDEOS)
    assert made.texts("//figure/figcaption") == ["(a) Left", "(b) Right", "Video 1.1: Both"]
    assert made.texts("//p/a") == ["Video 1.1 (b)"]


def test_an_unknown_label_of_the_books_own_kind_is_told_with_the_nearest(root: Path) -> None:
    with pytest.raises(ResolveError) as raised:
        Made("# One\n\n::: {#vid-film}\n- a\n\nLeft\n:::\n\nSee @vid-flim.", root=root, options=VIDEOS)
    (fault,) = raised.value.diagnostics
    assert (fault.code, str(fault.location), fault.hint) == ("RK320", "index.md:9", "did you mean `vid-film`?")


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("{kind: box, key: vid, reference-prefix: Video}", "RK103", "`crossref.custom.kind` must be `float`"),
        ("{kind: float, key: fig, reference-prefix: Video}", "RK103", "none of fig, tbl"),
        ("{kind: float, key: v-1, reference-prefix: Video}", "RK103", "must be letters"),
        ("{kind: float, key: vid}", "RK104", "`crossref.custom.reference-prefix` is missing"),
        ("{kind: float, key: vid, reference-prefix: V, latx-env: v}", "RK102", "crossref.custom.latx-env"),
        (
            "{kind: float, key: vid, reference-prefix: V, caption-location: side}",
            "RK103",
            "`top`, `bottom` or `margin`",
        ),
    ],
)
def test_a_kind_that_is_none_is_told(tmp_path: Path, kind: str, code: str, said: str) -> None:
    with pytest.raises(StudyError) as raised:
        loaded(tmp_path, "# One\n", f"crossref:\n  custom:\n    - {kind}\nreportkit: {{}}\n")
    (fault,) = raised.value.diagnostics
    assert (fault.code, str(fault.location)) == (code, "_quarto.yml:6") and said in fault.message


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ("![Left](a.svg){#fig-l}", "![Right](a.svg)", ["(a) Left", "(b) Right"]),
        ("![Left](a.svg){#fig-l}", "![](a.svg){fig-alt=b}", ["(a) Left", "(b)"]),
        ("![Left](a.svg)", "![Right](a.svg)", ["(a) Left", "(b) Right"]),
        ("![Left](a.svg)", "![](a.svg){fig-alt=b}", ["Left"]),
        ("![](a.svg){fig-alt=b}", "![](a.svg){fig-alt=b}", []),
    ],
)
def test_all_parts_have_letters_or_none(root: Path, left: str, right: str, said: list[str]) -> None:
    made = Made(division("#fig-x layout-ncol=2", f"{left}\n\n{right}", "Both"), root=root)
    assert made.texts("//figcaption") == [*said, "Abbildung 1.1: Both"] and len(made.page().xpath("//figure//svg")) == 2
    assert " ".join([*said, "Abbildung 1.1: Both"]) in made.print()
