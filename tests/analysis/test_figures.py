"""The figures: everything in the data is drawn, nothing overlaps, gaps are stated, every label is translated."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from analysis.drawing import WIDTH, Box
from babel.messages.pofile import read_po
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis import comparison, concepts, drawing, network, population, programmes, resources, tables, timeline
from reportkit.chapter import STYLE, session
from test_chapter import contrast

ROOT = Path(__file__).parents[2]
CITIES = ("dortmund", "duisburg", "essen", "hagen", "oer-erkenschwick", "gladbeck")
PER_CITY = (timeline.draw_timeline, network.draw_network, population.draw_population)
ACROSS = (
    comparison.draw_growth,
    comparison.draw_concentration,
    resources.draw_staff_change,
    resources.draw_vacancy,
    concepts.draw_concepts,
    programmes.draw_programmes,
)
FIGURES = [*((draw, (city,)) for draw in PER_CITY for city in CITIES), *((draw, ()) for draw in ACROSS)]
ROUNDING = 1e-6  # inches
TALLEST = 8.2  # inches: what a page has room for above a caption and a source
# Words of typed values, which the language's own rules print.
VALUE_WORDS = {"rund", "knapp", "unter", "über", "bis", "höchstens"}

each_city = pytest.mark.parametrize("city", CITIES)
NAMES = ["-".join([draw.__name__, *arguments]) for draw, arguments in FIGURES]
each_figure = pytest.mark.parametrize(("draw", "arguments"), FIGURES, ids=NAMES)


@pytest.fixture(autouse=True)
def house_style() -> Iterator[None]:
    with mpl.rc_context(fname=STYLE):
        yield


class Shouted(dict[str, str]):
    """A catalog which translates every message into capitals."""

    def get(self, message: str, default: Any = None) -> str:
        return "".join(part if part.startswith("{") else part.upper() for part in re.split(r"(\{\w+\})", message))


@pytest.fixture
def shouting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "messages", Shouted())


@cache
def messages_of(language: str) -> dict[str, str]:
    """What the study's catalogs of a language say, nothing for the language it is written in."""
    catalogs = [read_po(io.BytesIO(path.read_bytes())) for path in (ROOT / "translations" / language).rglob("*.po")]
    return {message.id: message.string for catalog in catalogs for message in catalog if message.string}


def rows(table: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ties_of(city: str) -> list[dict[str, str]]:
    """The ties to be drawn: the city's own, and those of the state between actors which these name."""
    ties = rows("ties")
    own = [tie for tie in ties if tie["city"] == city]
    named = {tie[end] for tie in own for end in ("source_actor", "target_actor")}
    shared = [tie for tie in ties if tie["city"] == "nrw" and {tie["source_actor"], tie["target_actor"]} <= named]
    return [*own, *shared]


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def svg(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def overlap(one: Box, other: Box, gap: float) -> bool:
    """Whether two boxes come closer than a gap in both directions."""
    across = one.left < other.right + gap and other.left < one.right + gap
    return across and one.bottom < other.top + gap and other.bottom < one.top + gap


def distance(box: Box, points: network.Points) -> float:
    """How far a line is from a box."""
    middle = np.array(box.centre)
    beyond = np.abs(points - middle) - (np.array((box.right, box.top)) - middle)
    return float(np.hypot(*np.maximum(beyond, 0).T).min())


def holds(box: Box, points: Any) -> bool:
    """Whether one of the points (one a row) lies inside a box."""
    return any(box.left < x < box.right and box.bottom < y < box.top for x, y in points)


def hidden(box: Box, points: Any) -> float:
    """The share of a line, given as points, that lies inside a box."""
    steps = [(math.dist(start, end), holds(box, [start]) and holds(box, [end])) for start, end in pairwise(points)]
    return sum(length for length, inside in steps if inside) / sum(length for length, _inside in steps)


def within(box: Box, page: Box) -> bool:
    across = page.left <= box.left and box.right <= page.right
    return across and page.bottom <= box.bottom and box.top <= page.top


def overlapping(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(one, other) for one, other in combinations(boxes, 2) if overlap(one, other, -ROUNDING)]


@each_city
def test_every_actor_with_a_tie_has_a_box(city: str) -> None:
    named = {tie[end] for tie in ties_of(city) for end in ("source_actor", "target_actor")}
    assert set(network.lay_out(city).boxes) == named


@each_city
def test_every_tie_is_drawn_once(city: str) -> None:
    drawn = sorted(line.tie.id for line in network.lay_out(city).lines)
    assert drawn == sorted(tie["id"] for tie in ties_of(city))


@each_city
def test_inferred_ties_are_dashed(city: str) -> None:
    figure = network.draw_network(city)
    dashed = [patch for patch in figure.axes[0].patches if patch.get_linestyle() not in {"solid", "-"}]
    assert len(dashed) == sum(tie["basis"] == "inferred" for tie in ties_of(city))


@each_city
def test_boxes_are_apart_and_on_the_page(city: str) -> None:
    layout = network.lay_out(city)
    boxes = [*layout.boxes.values(), *(label.box for label in layout.labels)]
    page = Box(0, network.LEGEND, WIDTH, layout.height)
    assert not overlapping(boxes)
    assert all(within(box, page) for box in boxes)
    assert layout.height <= TALLEST


@each_city
def test_bands_are_apart(city: str) -> None:
    bands = network.lay_out(city).bands
    assert all(upper.box.bottom - lower.box.top > 0.03 for upper, lower in pairwise(bands))


@each_city
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_year_stands_at_its_tie(city: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "messages", messages_of(language))
    layout = network.lay_out(city)
    years = [line.tie.year for line in layout.lines if line.tie.year]
    assert Counter(label.year for label in layout.labels) == Counter(years)
    for label in layout.labels:
        x, y = label.box.centre
        room = (label.box.right - label.box.left) / 2 + network.BESIDE + ROUNDING
        near = Box(x - room, y - 0.12, x + room, y + 0.12)
        assert any(holds(near, network.points_on(line)) for line in layout.lines if line.tie.year == label.year)
        assert sum(holds(label.box, network.points_on(line)) for line in layout.lines) <= 1
        far = {line.tie.id: distance(label.box, network.points_on(line)) for line in layout.lines}
        own = min(far[line.tie.id] for line in layout.lines if line.tie.year == label.year)
        assert own == min(far.values()) and list(far.values()).count(own) == 1
        assert max(hidden(label.box, network.points_on(line)) for line in layout.lines) <= network.HIDDEN
    letters = {label.text: label.year for label in layout.labels if label.text != label.year}
    assert len(letters) <= network.LETTERS and len(set(letters.values())) == len(letters)


@pytest.mark.parametrize("kind", network.KINDS)
def test_years_in_the_colour_of_their_tie_can_be_read(kind: str) -> None:
    assert contrast(to_hex(drawing.darker(network.KINDS[kind].colour))) >= 4.5


@each_city
def test_no_tie_runs_through_the_box_of_another_actor(city: str) -> None:
    layout = network.lay_out(city)
    crossed = [
        (line.tie.id, key)
        for line in layout.lines
        for key, box in layout.boxes.items()
        if key not in {line.tie.source, line.tie.target} and holds(box, network.points_on(line))
    ]
    assert not crossed


@each_city
def test_names_fit_into_their_boxes(city: str) -> None:
    layout = network.lay_out(city)
    for key, lines in layout.names.items():
        box = layout.boxes[key]
        assert max(drawing.text_width(line, drawing.SMALL) for line in lines) < box.right - box.left
        assert len(lines) * drawing.line_height(drawing.SMALL) < box.top - box.bottom


@each_city
def test_a_tie_ends_at_its_actors(city: str) -> None:
    layout = network.lay_out(city)
    for line in layout.lines:
        ends = (line.tie.source, line.tie.target) if line.downwards else (line.tie.target, line.tie.source)
        upper, lower = (layout.boxes[key] for key in ends)
        assert line.points[0][1] == upper.bottom and upper.left < line.points[0][0] < upper.right
        assert line.points[-1][1] == lower.top and lower.left < line.points[-1][0] < lower.right


def test_the_arrow_points_from_the_older_to_the_newer() -> None:
    (tie,) = [tie for tie in network.read_ties("dortmund") if tie.id == "T009"]
    assert (tie.source, tie.target) == ("dortmund:integrationsbuero", "dortmund:miado")


def test_every_relation_and_type_has_its_place() -> None:
    assert {tie["relation"] for tie in rows("ties")} == set(network.KIND_OF)
    assert {actor["type"] for actor in rows("actors")} <= set(network.LEVEL_OF) | {"municipality"}


@each_city
def test_every_event_is_in_the_timeline(city: str) -> None:
    lanes = timeline.lay_out(city).lanes
    drawn = sorted(placed.event.text for lane in lanes[1:] for placed in lane.placed)
    assert drawn == sorted(row["event"] for row in rows("timeline") if row["city"] == city)


@each_city
def test_labels_of_the_timeline_are_apart_and_on_the_page(city: str) -> None:
    layout = timeline.lay_out(city)
    boxes = layout.label_boxes()
    assert not overlapping(boxes)
    assert all(within(box, Box(timeline.LEFT, 0, WIDTH, layout.height)) for box in boxes)


@each_city
def test_events_stand_at_their_years(city: str) -> None:
    for lane in timeline.lay_out(city).lanes:
        for placed in lane.placed:
            if placed.event.at_once and not timeline.is_early(placed.event.start):
                assert sum(placed.mark) / 2 == pytest.approx(timeline.across(placed.event.start), abs=0.01)


@each_city
def test_the_densest_years_hold_most_beginnings(city: str) -> None:
    begins = [int(row["year_from"]) for row in rows("timeline") if row["city"] == city and row["year_from"]]
    first, last, most = timeline.densest(city)
    assert (last - first, most) == (4, sum(first <= year <= last for year in begins))
    assert most == max(sum(year <= other <= year + 4 for other in begins) for year in begins)


@pytest.mark.parametrize(
    ("city", "stated"), [("dortmund", "Keine jährlichen Kopfzahlen"), ("hagen", "Keine Kopfzahlen")]
)
def test_missing_head_counts_are_stated(city: str, stated: str) -> None:
    figure = population.draw_population(city)
    assert figure.axes[0].get_title(loc="left").startswith(stated)
    assert figure.axes[0].get_xlabel() == "Prozent"


@pytest.mark.parametrize("city", ["duisburg", "essen", "gladbeck"])
def test_bars_are_as_long_as_the_counts(city: str) -> None:
    counted = [
        float(row["value"])
        for row in rows("population")
        if row["city"] == city and row["variable"] in population.COUNTED
    ]
    drawn = [patch.get_width() for patch in population.draw_population(city).axes[0].patches]
    assert sorted(drawn) == sorted(counted)


def test_sums_and_derived_counts_are_marked() -> None:
    assert population.bars("duisburg")[1].heading.endswith("zusammen 14.029 (berechnet)")
    assert "; berechnet: rund\u00a01.550 aus Rumänien" in population.bars("oer-erkenschwick")[2].heading


def test_composition_shows_both_kinds_of_states_and_the_year_without_a_count() -> None:
    shown = population.bars("oer-erkenschwick")
    assert [len(bar.parts) for bar in shown] == [2, 4, 5, 2, 0, 4]
    assert all(sum(size for _group, size in bar.parts) == 100 for bar in shown if bar.parts)
    assert shown[4].heading == "2004–2014: Menschen aus Drittstaaten leicht sinkend, ohne Zahl"


@pytest.mark.parametrize(
    ("city", "read"),
    [
        ("dortmund", "Der Anteil in der Innenstadt-Nord sank von 61\u00a0% (2014) auf 50\u00a0% (Juli 2023)"),
        ("duisburg", "Ihre Zahl stieg von rund\u00a03.700 (2008/2009) auf knapp\u00a025.622 (2022)"),
        (
            "hagen",
            "Ihr Anteil an der ausländischen Bevölkerung stieg "
            "von rund\u00a06\u00a0% (2014) auf knapp\u00a016\u00a0% (2022)",
        ),
    ],
)
def test_the_figure_of_the_population_is_read_in_a_sentence(city: str, read: str) -> None:
    summary = population.summary(city)
    ends = f"{summary.first} ({summary.first_period}) auf {summary.last} ({summary.last_period})"
    assert f"{summary.subject} {summary.change} {ends}" == read


def test_growth_leaves_a_slot_for_cities_without_counts() -> None:
    axes = comparison.draw_growth().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()][0::3] == ["Dortmund", "Hagen"]
    stated = {round(text.get_position()[1]): text.get_text() for text in axes.texts if "keine" in text.get_text()}
    assert set(stated) == {0, 3}
    assert len(axes.patches) == 2 * 4


def test_concentration_shows_the_share_that_rises() -> None:
    rising = [one for one in comparison.concentrations() if one.rises]
    assert [(one.first, one.last) for one in rising] == [("DU-064", "DU-071")]


def test_staff_shows_both_values_of_the_peak_and_who_is_left_out() -> None:
    figure = resources.draw_staff_change()
    peaks = sorted(line.get_ydata()[0] for line in figure.axes[0].lines)
    assert peaks == [14, 25.5, 28]
    (note,) = [text.get_text() for text in figure.texts]
    assert [line.split(":")[0] for line in note.split("\n")[1:]] == [
        "Dortmund",
        "Hagen",
        "Oer-Erkenschwick",
        "Gladbeck",
    ]


def test_vacancy_names_the_district_and_the_gap() -> None:
    texts_of = [text.get_text() for text in resources.draw_vacancy().axes[0].texts]
    assert texts_of[-1] == "keine Angabe"
    assert texts_of[-2].endswith("Kreis Recklinghausen, nicht die Stadt")


def test_ambiguous_years_are_spans() -> None:
    labels = [one.label for city in concepts.DATED for one in concepts.dated(city) if one.ambiguous]
    assert labels == ["2011 oder 2013", "2011 oder 2012", "2018 oder 2019", "2018 oder 2019"]


def test_programmes_say_in_words_what_has_no_year() -> None:
    texts_of = [text.get_text() for text in programmes.draw_programmes().axes[0].texts]
    lanes = len(programmes.RUNS) * len(programmes.PROGRAMMES)
    dated = {(city, run.programme) for city in programmes.RUNS for run in programmes.runs(city)}
    assert texts_of.count("genutzt, Jahr nicht angegeben") == len(programmes.UNDATED)
    assert texts_of.count("nicht genannt") == len(programmes.unnamed())
    assert len(dated) + len(programmes.UNDATED) + len(programmes.unnamed()) == lanes
    assert dated.isdisjoint(programmes.UNDATED)


def test_programmes_have_the_years_of_the_data() -> None:
    assert [run.label for run in programmes.runs("hagen")] == ["2011 oder 2012", "seit 2017", "2020 oder 2022"]
    assert [(run.first, run.last) for run in programmes.runs("oer-erkenschwick") if run.programme == "ehap"] == [
        (2017, 2017),
        (2019, 2022),
        (2022, 2026),
    ]
    joined = [row["city"] for row in rows("projects") if row["variable"] == "soe_programme_since"]
    assert len(programmes.since(2017)) + len(programmes.since(2020)) == len(joined)


@pytest.mark.parametrize(
    ("draw", "years"),
    [(concepts.draw_concepts, tables.concept_years), (programmes.draw_programmes, tables.programme_years)],
)
def test_the_years_of_a_figure_stand_in_its_table(draw: Any, years: Any) -> None:
    drawn = Counter(text.get_text() for text in draw().axes[0].texts)
    told = Counter(part for row in years().to_numpy() for cell in row for part in cell.split("; "))
    names = {name for looks in (*concepts.ROLES.values(), *programmes.PROGRAMMES.values()) for name in looks[:1]}
    worded = {text: count for text, count in drawn.items() if text not in names and not text.isdecimal()}
    assert not told - drawn
    assert {text: count for text, count in told.items() if not text.isdecimal()} == worded


@each_city
def test_the_frame_of_a_timeline_stands_in_its_table(city: str) -> None:
    frame = [event.text for event in timeline.events(city) if event.lane == timeline.FRAME]
    assert frame and list(tables.frame().event) == frame


def test_shares_have_four_bases() -> None:
    shares = tables.shares()
    assert shares.base.nunique() == 4
    assert all(value["unit"] == "percent" for value in shares.value)


@each_city
def test_tables_hold_all_rows(city: str) -> None:
    assert len(tables.events(city)) == sum(row["city"] == city for row in rows("timeline"))
    counted = [row for row in rows("staff") if row["city"] == city and row["unit"] in tables.UNITS]
    assert len(tables.staff(city)) == len(counted)


@each_figure
def test_text_is_readable_and_on_the_page(draw: Any, arguments: tuple[str, ...]) -> None:
    figure = draw(*arguments)
    figure.draw_without_rendering()
    assert figure.get_figwidth() == WIDTH
    assert min(text.get_fontsize() for text in texts(figure)) >= drawing.SMALL
    ticks = {label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in axis.get_ticklabels()}
    for text in set(texts(figure)) - ticks:
        extent = text.get_window_extent()
        assert extent.x0 >= figure.bbox.x0 - 8 and extent.x1 <= figure.bbox.x1 + 8, text.get_text()
        assert extent.y0 >= figure.bbox.y0 - 8 and extent.y1 <= figure.bbox.y1 + 8, text.get_text()


@each_figure
def test_every_label_is_translated(draw: Any, arguments: tuple[str, ...], shouting: None) -> None:
    figure = draw(*arguments)
    figure.draw_without_rendering()
    left = {word for text in texts(figure) for word in re.findall(r"[a-zäöüß]{2,}", text.get_text())}
    assert left <= VALUE_WORDS


def test_numbers_are_those_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "language", "en")
    assert population.bars("essen")[0].heading.startswith("2014: 3,700")


@pytest.mark.parametrize("draw", PER_CITY)
def test_the_same_data_have_the_same_figure(draw: Any) -> None:
    assert svg(draw("dortmund")) == svg(draw("dortmund"))


@pytest.mark.parametrize("chapter", ["city", "comparison"])
def test_notebooks_are_stripped_and_described(chapter: str) -> None:
    notebook = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for source in ("".join(cell["source"]) for cell in code):
        assert ("#| label: fig-" in source) == ("#| fig-alt: " in source)


@pytest.mark.parametrize("chapter", ["city", "comparison"])
def test_figures_are_read_from_data_and_name_their_source(chapter: str) -> None:
    cells = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell, following in pairwise(cells):
        source = "".join(cell["source"])
        for caption in re.findall(r"#\| fig-cap: (.*)", source):
            assert re.search(r"(: |; )[^:]*`\{python\} [^`]+`.*\.", caption), caption
        if "#| label: " in source:
            assert re.match(r"::: \{\.source\}|\{\{< include _parts/\{city\}/source-", "".join(following["source"]))
