"""Drawings in pages: shapes and text alone, ids that clash with none, colours for light and dark paper."""

from __future__ import annotations

import io
import re

import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure

from compile.sample import SVG, figure, instance, prose, resolve, study, svg_result
from reportkit.chapter import STYLE
from reportkit.compile import compile_book
from reportkit.compile.drawings import LONGEST, colour_rules, drawing, with_words
from reportkit.process import run_pandoc

ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"{}>{}</svg>'
CIRCLE = '<circle id="c" cx="1" cy="2" r="3" fill="#0072b2"/>'
PREFIX = '<svg fill="#000000" viewBox="0 0 9 9" width="100%"><g aria-hidden="true">'


def drawn(body: str, root: str = "") -> str | None:
    return drawing(ROOT.format(root, body).encode(), "d", ())


@pytest.fixture(scope="module")
def plotted() -> bytes:
    """A figure in the house style, with clipped lines, marks, hatches, text and a formula."""
    with rc_context(fname=STYLE):
        made = Figure()
        axes = made.subplots()
        axes.plot([1, 3, 2], marker="o", label="Träger & Co.")
        axes.barh(1, 2, hatch="//")
        axes.set(title="Größe <1>", xlabel=r"$\frac{a}{b}$")
        axes.legend()
        file = io.BytesIO()
        made.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def test_a_figure_of_the_house_style_has_no_styles_and_its_text_is_text(plotted: bytes) -> None:
    made = drawing(plotted, "d", (("role", "img"), ("aria-label", 'Said "so"')))
    assert made is not None and " style=" not in made and "<style" not in made
    assert made.startswith('<svg role="img" aria-label="Said &quot;so&quot;"')
    assert ">Träger &amp; Co.</text>" in made and ">Größe &lt;1&gt;</text>" in made
    assert "font-family=\"'DejaVu Sans', 'Verdana', sans-serif\"" in made
    assert len(made) < len(plotted)


def test_what_is_referred_to_is_there_once_and_nothing_else_is_named(plotted: bytes) -> None:
    made = drawing(plotted, "d", ()) or ""
    used = set(re.findall(r"url\(#([^)]+)\)", made)) | set(re.findall(r'href="#([^"]+)"', made))
    names = re.findall(r' id="([^"]+)"', made)
    assert used and sorted(names) == sorted(used)
    assert all(name.startswith("d-") for name in names)


def test_styles_become_attributes_and_those_of_the_style_win() -> None:
    made = drawn('<style>* {stroke-linejoin: round}</style><rect fill="red" style="fill: #fff; mix-blend-mode: x"/>')
    assert made is not None and 'viewBox="0 0 9 9" stroke-linejoin="round" width="100%"' in made
    assert '<rect fill="#fff" /></g></svg>' in made


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<image href="a.png"/>',
        '<image xlink:href="data:image/png;base64,AA=="/>',
        '<a href="https://example.org"><rect/></a>',
        '<use href="other.svg#a"/>',
        '<use xlink:href="javascript:alert(1)"/>',
        '<rect fill="url(https://example.org/#a)"/>',
        '<rect clip-path="URL(other.svg#a)"/>',
        '<rect mask="\\75rl(https://example.org)"/>',
        '<rect style="fill: url(https://example.org/a)"/>',
        "<style>rect {fill: red}</style>",
        "<style>@import 'https://example.org'; * {}</style>",
        '<set attributeName="href" to="javascript:alert(1)"/>',
        "<filter/>",
        "<rect>",
    ],
)
def test_what_runs_loads_or_styles_something_stays_a_picture(body: str) -> None:
    assert drawn(CIRCLE) is not None
    assert drawn(CIRCLE + body) is None


def test_attributes_that_run_something_and_what_is_not_drawn_are_left_out() -> None:
    body = '<metadata><x/></metadata><title>T</title><y:z xmlns:y="urn:y"/><g onclick="alert(1)" class="a" id="b"/>'
    assert drawn(body, ' onload="alert(1)"') == f"{PREFIX}<g /></g></svg>"


def test_entities_that_grow_without_end_stay_a_picture() -> None:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "x">{names}]>' + ROOT.format("", "<text>&e11;</text>")
    assert drawing(bomb.encode(), "d", ()) is None


def test_a_drawing_that_is_too_deep_stays_a_picture() -> None:
    assert drawn("<g>" * 5000 + "</g>" * 5000) is None


def test_a_drawing_that_is_long_or_has_no_size_stays_a_picture() -> None:
    assert drawn(f"<!--{'x' * LONGEST}-->") is None
    assert drawing(b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>', "d", ()) is None


@pytest.mark.parametrize(
    ("size", "told", "width"),
    [
        ('width="100" height="50"', {}, "112"),
        ('width="72pt" height="36pt"', {}, "108"),
        ('width="1in" height="1in"', {"width": "40"}, "40"),
        ('width="50%"', {}, "100%"),
        ('width="160" height="80"', {"height": "14"}, "28"),
    ],
)
def test_a_drawing_is_as_wide_as_it_was_made_beside_the_letters_of_a_page(
    size: str, told: dict[str, str], width: str
) -> None:
    made = drawing(ROOT.format(f" {size}", "").encode(), "d", tuple(told.items()))
    assert made is not None and f' width="{width}"' in made and ("height" in made) is ("height" in told)


def test_a_size_without_a_view_box_becomes_one() -> None:
    made = drawing(b'<svg xmlns="http://www.w3.org/2000/svg" width="96" height="1in"/>', "d", ())
    assert made is not None and 'viewBox="0 0 96 96"' in made


def test_white_is_paper_and_what_is_no_colour_has_no_rule() -> None:
    body = '<g fill="white" stroke="none"/><g fill="currentColor" stroke="url(#a)"/><g id="a" fill="rgb(1, 2, 3)"/>'
    page = drawing(ROOT.format("", body).encode(), "d", (("class", "drawing"),)) or ""
    assert colour_rules([page, '<p fill="#123456">', page]).splitlines() == [
        '[fill="#000000"] { fill: light-dark(#000000, oklch(from #000000 calc(1.2 - l) c h)); }',
        '[fill="rgb(1, 2, 3)"] { fill: light-dark(rgb(1, 2, 3), oklch(from rgb(1, 2, 3) calc(1.2 - l) c h)); }',
        '[fill="white"] { fill: var(--paper); }',
    ]


def test_a_colour_cannot_bring_in_other_rules() -> None:
    page = drawing(ROOT.format("", '<rect fill="red; } * { color: red"/>').encode(), "d", (("class", "drawing"),)) or ""
    assert "color: red" in page and colour_rules([page]).count("{") == 1


def test_the_search_reads_what_a_drawing_says() -> None:
    words = "<text>Amt 33</text><text><tspan>KI</tspan></text>"
    made = drawing(ROOT.format("", words).encode(), "d", (("class", "drawing"),))
    assert with_words(f"<p>{made}</p>") == "<p>Amt 33 · KI</p>"


def test_a_drawing_shown_twice_has_ids_of_its_own_and_both_open_the_file() -> None:
    clipped = SVG.replace(
        "<rect ", '<clipPath id="c"><rect width="9" height="9"/></clipPath><rect clip-path="url(#c)" '
    )
    book = resolve(study(instance("one", prose("# One"), figure("fig-a"), figure("fig-b"))), {"one": svg_result(1, 2)})
    book.assets.update(dict.fromkeys(book.assets, clipped.encode()))  # type: ignore[attr-defined]
    page = compile_book(book, "html", run_pandoc)["one.html"].decode()
    assert re.findall(r' id="(drawing-[^"]+)"', page) == ["drawing-1-1", "drawing-2-1"]
    assert re.findall(r"url\(#([^)]+)\)", page) == ["drawing-1-1", "drawing-2-1"]
    assert re.findall(r'<a href="([^"]+)" draggable="false"><svg', page) == ["figures/fig-a.svg", "figures/fig-b.svg"]
