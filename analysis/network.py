"""A city's actors and their ties, as a network: levels from the state down to the associations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise
from string import ascii_lowercase
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from analysis.drawing import (
    BLUE,
    CORNER,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PLUM,
    RED,
    SHADE,
    SMALL,
    VIOLET,
    WIDTH,
    Box,
    darker,
    line_height,
    page,
    text_width,
    wrap,
)
from analysis.facts import read_table
from analysis.layered import Graph, Item, Layered, layer, nearest, place
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

BOX_WIDTH = 1.12  # inches: longer names take another line
PADDING = 0.05  # inches: between a name and its box
LEFT, RIGHT = 0.32, WIDTH - 0.04  # inches: beside the names of the bands
HEIGHTS = (7.6, 7.8, 8.0, 8.1)  # inches: of a network, the least in which every year has a place
LETTERS = 6  # at most, for years that have no room in a network
LEGEND = 0.72  # inches below the network: what its letters, lines and marks mean
GAP = 0.12  # inches: between two rows at least, room for a year
STEEP = 0.02, 0.3  # inches: more for each tie in a gap, and of how far it goes across
BESIDE = 0.025  # inches: between a line and a year that stands beside it
CLEAR = 0.005  # inches: between a year and any line but its own, and by how much its own is the nearest
ALIKE = 0.03  # inches: between a year and lines of the same colour, if there is room
HIDDEN = 0.5  # of a line, at most, by its year
APART = 0.01  # inches: between a year and what else there is
MARGIN = 0.07  # inches: of a band above and below its rows
LONE_ROW = 0.7  # inches: a band of one row has room for its name

DASHES = (0, (3.2, 1.6))

Point = tuple[float, float]
Points = npt.NDArray[np.float64]

BANDS = (
    N_("Außerhalb der Stadt"),
    N_("Verwaltung vor Ort"),
    N_("Netzwerke, Projekte"),
    N_("Träger, Verbände"),
)
# Levels from above: their band, and the types of actors in them.
LEVELS = (
    (0, ("state", "ministry", "programme_eu", "programme_federal", "programme_federal_state", "programme_state",
         "district", "court", "region", "police_foreign")),
    (1, ("municipality", "council")),
    (1, ("department",)),
    (1, ("office", "agency", "staff_unit", "police")),
    (1, ("team",)),
    (2, ("strategy", "network", "working_group", "taskforce", "contact_point", "project", "project_group", "group",
         "place")),
    (3, ("ngo", "association", "research", "university", "company", "party")),
)  # fmt: skip
# Actors whose type does not tell where they belong.
ELSEWHERE = {"gladbeck:mittlerpool": 0, "oer-erkenschwick:wf_ib": 6}
LEVEL_OF = {kind: level for level, (_band, kinds) in enumerate(LEVELS) for kind in kinds}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of tie: its name, colour and mark, which stands where it leads or, without a direction, at both ends."""

    name: str
    colour: str
    mark: str
    directed: bool = True
    filled: bool = True


KINDS = {
    "funds": Kind(N_("finanziert"), GREEN, "^"),
    "belongs": Kind(N_("gehört zu, sitzt bei"), BLUE, "D"),
    "leads": Kind(N_("gründet, leitet, steuert"), ORANGE, "o"),
    "cooperates": Kind(N_("arbeitet zusammen, unterstützt"), PLUM, "", directed=False),
    "turns": Kind(N_("geht über in, führt zu"), VIOLET, "^", filled=False),
    "strains": Kind(N_("Konflikt, fehlende oder schwache Abstimmung"), RED, "x", directed=False),
}
KIND_OF = {
    "funds": "funds",
    **dict.fromkeys(("belongs_to", "part_of", "member_of", "located_at", "assigned_to"), "belongs"),
    **dict.fromkeys(("founded", "decided", "coordinates", "leads", "operates", "moderates", "controls"), "leads"),
    **dict.fromkeys(("cooperates_with", "supports", "participates_in", "deals_with", "reports_to"), "cooperates"),
    **dict.fromkeys(("lobbies", "extends_to", "follows_up", "buys_unit_in"), "cooperates"),
    **dict.fromkeys(("merged_into", "renamed_to", "succeeded_by", "predecessor_of", "led_to", "sold_to"), "turns"),
    **dict.fromkeys(("successor_of", "founded_after", "builds_on"), "turns"),
    **dict.fromkeys(("conflicts_with", "lacks_agreement_with", "weak_tie"), "strains"),
}
# Relations that name the later actor first; their arrow points from the earlier one to it.
BACKWARDS = ("successor_of", "founded_after", "builds_on")


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie between two actors (keys); its arrow, if its kind has one, points to `target`."""

    id: str
    source: str
    target: str
    kind: str
    inferred: bool
    year: str


@dataclass(frozen=True, slots=True)
class Line:
    """A tie as drawn, from its upper to its lower actor: straight through rows, curved between them."""

    tie: Tie
    points: tuple[Point, ...]
    downwards: bool


@dataclass(frozen=True, slots=True)
class Row:
    """The place of a row of boxes, in inches from the page's bottom."""

    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Band:
    """Rows that belong together: name and place."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class Label:
    """What stands at the line of a tie: its year, or a letter for it, in its colour; in inches."""

    text: str
    year: str
    colour: str
    box: Box


@dataclass(frozen=True, slots=True)
class Layout:
    """The network of a city: boxes and the lines of their names by actor (key), ties, years, bands; in inches."""

    height: float
    boxes: Mapping[str, Box]
    names: Mapping[str, tuple[str, ...]]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    bands: tuple[Band, ...]


def read_ties(city: str) -> list[Tie]:
    """Return the ties of a city (its slug), and those between state and district actors that it is tied to."""
    table = read_table("ties")
    own = table[table.city == city]
    drawn = {*own.source_actor, *own.target_actor}
    shared = table[(table.city == "nrw") & table.source_actor.isin(drawn) & table.target_actor.isin(drawn)]
    return [_tie(row) for row in pd.concat([shared, own]).itertuples()]


def _tie(row: Any) -> Tie:
    ends = (row.source_actor, row.target_actor)
    source, target = ends[::-1] if row.relation in BACKWARDS else ends
    year = "" if pd.isna(row.year) else _(row.year)
    return Tie(row.id, source, target, KIND_OF[row.relation], row.basis == "inferred", year)


def level(key: str, kind: str, city: str) -> int:
    """Return the level of an actor in a city's network, by its type and where it belongs."""
    foreign = not key.startswith(f"{city}:") or (kind == "municipality" and key != f"{city}:stadt")
    return 0 if foreign else ELSEWHERE.get(key, LEVEL_OF[kind])


def lay_out(city: str) -> Layout:
    """Return the network of a city (its slug): every actor with a tie has a box, no boxes overlap."""
    ties = read_ties(city)
    actors = read_table("actors").set_index("key")
    keys = sorted({key for tie in ties for key in (tie.source, tie.target)})
    names = {key: wrap(_(str(actors.loc[key, "name"])), SMALL, BOX_WIDTH) for key in keys}
    widths = {key: max(text_width(line, SMALL) for line in lines) + 2 * PADDING for key, lines in names.items()}
    levels = [
        [key for key in keys if level(key, str(actors.loc[key, "type"]), city) == at] for at in range(len(LEVELS))
    ]
    layered = layer(_graph(ties, levels, widths), RIGHT - LEFT)
    across = place(layered, widths, LEFT, RIGHT)
    heights = {key: len(lines) * line_height(SMALL) + 1.5 * PADDING for key, lines in names.items()}

    def laid_out(height: float) -> Layout:
        rows = _rows(layered, across, heights, height)
        boxes = {
            key: _box(across[key, 0], rows[index], widths[key], heights[key])
            for index, row in enumerate(layered.rows)
            for key, _number in row
            if key in widths
        }
        lines = tuple(_lines(ties, layered, across, boxes, rows))
        layout = Layout(rows[0].top + MARGIN, boxes, names, lines, (), tuple(_bands(layered, rows)))
        return replace(layout, labels=year_labels(layout))

    years = sum(tie.year != "" for tie in ties)
    layout = laid_out(HEIGHTS[0])
    for height in HEIGHTS[1:]:
        if len(layout.labels) < years:
            layout = laid_out(height)
    return layout


def _graph(ties: Sequence[Tie], levels: Sequence[Sequence[str]], widths: Mapping[str, float]) -> Graph:
    """Return the graph of the ties: what others belong to stands above these, what is older above what is newer."""
    ends = {tie.id: (tie.target, tie.source) if tie.kind == "belongs" else (tie.source, tie.target) for tie in ties}
    level = {key: number for number, keys in enumerate(levels) for key in keys}
    inside = [tie for tie in ties if KINDS[tie.kind].directed and level[tie.source] == level[tie.target]]
    return Graph(levels, widths, ends, frozenset(tie.id for tie in inside))


def _rows(layered: Layered, across: Mapping[Item, float], heights: Mapping[str, float], height: float) -> list[Row]:
    """Return the rows from above, `height` in all; the more ties a gap holds, and the flatter, the higher it is."""
    bands = [LEVELS[number][0] for number in layered.levels]
    least = [LONE_ROW if bands.count(band) == 1 else 0.0 for band in bands]
    tall = [max(low, *(heights.get(name, 0) for name, _ in row)) for row, low in zip(layered.rows, least, strict=True)]
    at = {item: index for index, row in enumerate(layered.rows) for item in row}
    more = [0.05] * (len(tall) - 1)
    for chain in layered.chains.values():
        for upper, lower in pairwise(chain):
            more[at[upper]] += STEEP[0] + STEEP[1] * abs(across[upper] - across[lower])
    room = height - LEGEND - 2 * MARGIN - sum(tall) - GAP * len(more)
    gaps = [GAP + wanted * max(0, min(1, room / sum(more))) for wanted in more]
    rows = []
    bottom = LEGEND + MARGIN
    for row, gap in zip(reversed(tall), [*reversed(gaps), 0.0], strict=True):
        rows.append(Row(bottom, bottom + row))
        bottom += row + gap
    return rows[::-1]


def _box(x: float, row: Row, width: float, height: float) -> Box:
    y = (row.bottom + row.top) / 2
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _ports(layered: Layered, across: Mapping[Item, float], boxes: Mapping[str, Box]) -> dict[tuple[str, str], float]:
    """Return where each tie (id) leaves the boxes of its actors (key): as straight as it can, clear of other ties."""
    sides: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for tie, chain in layered.chains.items():
        sides.setdefault((chain[0][0], "below"), []).append((across[chain[1]], tie))
        sides.setdefault((chain[-1][0], "above"), []).append((across[chain[-2]], tie))
    ports = {}
    for (key, _side), found in sides.items():
        box, leaving = boxes[key], sorted(found)
        left, right = box.left + PADDING, box.right - PADDING
        apart = min(0.08, (right - left) / max(1, len(leaving) - 1))
        places = nearest([(x, 1.0) for x, _tie in leaving], [apart] * (len(leaving) - 1), left, right)
        ports.update({(tie, key): x for (_x, tie), x in zip(leaving, places, strict=True)})
    return ports


def _lines(
    ties: Sequence[Tie],
    layered: Layered,
    across: Mapping[Item, float],
    boxes: Mapping[str, Box],
    rows: Sequence[Row],
) -> Iterator[Line]:
    """Yield the ties as lines: out of a box, out of its row, through rows, into a row, into a box."""
    at = {item: rows[index] for index, row in enumerate(layered.rows) for item in row}
    ports = _ports(layered, across, boxes)
    for tie in ties:
        upper, *passed, lower = layered.chains[tie.id]
        out, into = ports[tie.id, upper[0]], ports[tie.id, lower[0]]
        leaving = ((out, boxes[upper[0]].bottom), (out, at[upper].bottom))
        through = [(across[item], y) for item in passed for y in (at[item].top, at[item].bottom)]
        entering = ((into, at[lower].top), (into, boxes[lower[0]].top))
        yield Line(tie, (*leaving, *through, *entering), downwards=tie.target == lower[0])


def _bands(layered: Layered, rows: Sequence[Row]) -> Iterator[Band]:
    for number, name in enumerate(BANDS):
        inside = [at for at, level in enumerate(layered.levels) if LEVELS[level][0] == number]
        if inside:
            above, below = (_margin(rows, at) for at in (inside[0], inside[-1] + 1))
            yield Band(_(name), Box(0, rows[inside[-1]].bottom - below, WIDTH, rows[inside[0]].top + above))


def _margin(rows: Sequence[Row], at: int) -> float:
    """Return how far a band goes beyond its first row, or its last above this one: the next band stays apart."""
    return min(MARGIN, (rows[at - 1].bottom - rows[at].top) / 2 - 0.02) if 0 < at < len(rows) else MARGIN


def draw_network(city: str) -> Figure:
    """Return the network of a city (its slug) as a figure."""
    layout = lay_out(city)
    figure, axes = page(layout.height)
    for band in layout.bands:
        _draw_band(axes, band)
    # What is inferred goes below what is named.
    for line in sorted(layout.lines, key=lambda line: not line.tie.inferred):
        _draw_line(axes, line)
    for key, box in layout.boxes.items():
        _draw_box(axes, box, layout.names[key])
    for label in layout.labels:
        _draw_label(axes, label)
    _draw_legend(axes, sorted({f"{label.text} {label.year}" for label in layout.labels if label.text != label.year}))
    return figure


def curve(points: Sequence[Point]) -> Path:
    """Return the path of a tie: straight through rows, in a curve that starts and ends upright between them."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for number, (start, end) in enumerate(pairwise(points)):
        if number % 2 == 0:
            vertices.append(end)
            codes.append(Path.LINETO)
        else:
            middle = (start[1] + end[1]) / 2
            vertices += [(start[0], middle), (end[0], middle), end]
            codes += [Path.CURVE4] * 3
    return Path(vertices, codes)


def points_on(line: Line) -> Points:
    """Return points close to each other on the line of a tie, one a row."""
    pairs = enumerate(pairwise(line.points))
    return np.array(
        [_between(start, end, step / 40, number % 2 == 1) for number, (start, end) in pairs for step in range(41)]
    )


def _between(start: Point, end: Point, share: float, curved: bool) -> Point:
    across, down = share, share
    if curved:
        across, down = 3 * share**2 - 2 * share**3, 1.5 * share * (1 - share) + share**3
    return start[0] + (end[0] - start[0]) * across, start[1] + (end[1] - start[1]) * down


def year_labels(layout: Layout) -> tuple[Label, ...]:
    """Return the years of ties, each on its line where it covers no box, no other line and no other year.

    It may stand beside its line where no other is as near. A year that finds no room is a letter there, the same for
    all that are equal. One whose letter finds none either is left out; so is one that would need more than `LETTERS`.
    """
    lines = {line.tie.id: line for line in layout.lines if line.tie.year}
    years = {tie: line.tie.year for tie, line in lines.items()}
    free = cache(partial(_free, layout))
    noted: set[str] = set()
    while True:
        letters = dict(zip(sorted({years[tie] for tie in noted}), ascii_lowercase, strict=False))
        texts = {tie: letters[year] if tie in noted else year for tie, year in years.items()}
        placed = _labelled({tie: free(lines[tie], text) for tie, text in texts.items()})
        missing = years.keys() - placed.keys()
        if not missing or noted == years.keys() or len(letters) > LETTERS:
            colours = {tie: KINDS[line.tie.kind].colour for tie, line in lines.items()}
            return tuple(Label(texts[tie], years[tie], colours[tie], box) for tie, box in placed.items())
        # A letter without room gets it from the longest year.
        noted |= missing - noted or {max(years.keys() - noted, key=lambda tie: (len(years[tie]), tie))}


def _labelled(free: Mapping[str, Points]) -> dict[str, Box]:
    """Return where the text of a tie (id) stands, of where it can: the less room, the sooner it is placed."""
    placed, left = {}, free
    while left := {tie: places for tie, places in left.items() if len(places)}:
        tie = min(left, key=lambda tie: (len(left[tie]), tie))
        places = left.pop(tie)
        # On its line if it can be, apart from those of its colour, and where it takes little room from others.
        taken = sum(_meet(places, others).mean(axis=1) for others in left.values())
        cost = (places[:, 4] + 2 * places[:, 5]) * len(free) + taken
        place = places[np.argmin(cost)]
        placed[tie] = Box(*place[:4])
        left = {other: places[~_meet(places, place[np.newaxis])[:, 0]] for other, places in left.items()}
    return placed


def _free(layout: Layout, line: Line, text: str) -> Points:
    """Return where a text covers nothing else: on its line, half of which stays seen, the middle first, or beside it.

    Each row is a place: left, bottom, right, top, in inches, whether it is beside the line, and whether another line of
    the same colour is near.
    """
    width, height = text_width(text, SMALL) + 0.02, 0.9 * SMALL / 72
    half = np.array((width, height)) / 2
    points = points_on(line)[::3]
    points = points[np.argsort(np.abs(2 * np.arange(len(points)) - len(points)), kind="stable")]
    aside = width / 2 + BESIDE
    shifts = ((0.0, 0.0), *((side, up) for up in (0.0, -0.06, 0.06) for side in (aside, -aside)))
    corners = [np.hstack([points + shift - half, points + shift + half]) for shift in shifts]
    places = np.vstack(
        [np.insert(boxes, 4, bool(shift[0]), axis=1) for shift, boxes in zip(shifts, corners, strict=True)]
    )
    marks = [Box(x - 0.03, y - 0.03, x + 0.03, y + 0.03) for one in layout.lines for x, y, _mark in marks_of(one)]
    taken = np.array([(box.left, box.bottom, box.right, box.top) for box in (*layout.boxes.values(), *marks)])
    inside = (places[:, 0] >= LEFT) & (places[:, 2] <= WIDTH) & (places[:, 3] <= layout.height)
    places = places[inside & (places[:, 1] >= LEGEND) & ~_meet(places, taken).any(axis=1)]
    own = points_on(line)
    steps = np.hypot(*np.diff(own, axis=0).T)
    hidden = _meet(places, np.hstack([own, own])[1:], 0) @ steps / steps.sum()
    places = places[hidden <= HIDDEN]
    others = np.vstack([points_on(other) for other in layout.lines if other is not line])
    places = places[~_meet(places, np.hstack([others, others]), CLEAR + places[:, 4:5] * BESIDE).any(axis=1)]
    alike = [points_on(other) for other in layout.lines if other is not line and other.tie.kind == line.tie.kind]
    near = np.vstack(alike or [np.empty((0, 2))])
    crowded = _meet(places, np.hstack([near, near]), ALIKE + places[:, 4:5] * BESIDE).any(axis=1)
    free: Points = np.insert(places, 5, crowded, axis=1)
    return free


def _meet(places: Points, others: Points, gap: float | Points = APART) -> npt.NDArray[np.bool_]:
    """Return which places (rows) come closer than `gap` to which others (columns), in both directions."""
    left, bottom, right, top = places[:, :4, np.newaxis].transpose(1, 0, 2)
    across = (left < others[:, 2] + gap) & (others[:, 0] < right + gap)
    found: npt.NDArray[np.bool_] = across & (bottom < others[:, 3] + gap) & (others[:, 1] < top + gap)
    return found


def _draw_band(axes: Axes, band: Band) -> None:
    box = band.box
    height = box.top - box.bottom
    axes.add_patch(Rectangle((box.left, box.bottom), WIDTH, height, color=SHADE, linewidth=0, zorder=0))
    name = "\n".join(wrap(band.name, SMALL, height, "bold"))
    axes.text(0.14, box.centre[1], name, size=SMALL, weight="bold", rotation=90, ha="center", va="center")


def _draw_line(axes: Axes, line: Line) -> None:
    kind = KINDS[line.tie.kind]
    style = DASHES if line.tie.inferred else "solid"
    patch = PathPatch(curve(line.points), facecolor="none", edgecolor=kind.colour, linewidth=1.1, linestyle=style)
    patch.set(path_effects=[withStroke(linewidth=2.6, foreground="white")], zorder=2, capstyle="butt")
    axes.add_patch(patch)
    for x, y, mark in marks_of(line):
        axes.plot(x, y, marker=mark, **_look(kind), zorder=4)


def marks_of(line: Line) -> Iterator[tuple[float, float, str]]:
    """Yield the marks of a tie: their place and shape; an arrow points to the box at which it stands."""
    kind = KINDS[line.tie.kind]
    for (x, y), side in ((line.points[-1], 1), (line.points[0], -1)):
        if kind.mark and (not kind.directed or line.downwards == (side > 0)):
            yield x, y + side * 0.03, "v" if kind.mark == "^" and side > 0 else kind.mark


def _look(kind: Kind) -> dict[str, Any]:
    """Return how the marks of a kind of tie are drawn."""
    face = kind.colour if kind.filled else "white"
    size = 3.2 if kind.mark == "D" else 4.2
    return {"color": kind.colour, "markerfacecolor": face, "markersize": size, "markeredgewidth": 0.9}


def _draw_box(axes: Axes, box: Box, name: Sequence[str]) -> None:
    size = (box.right - box.left, box.top - box.bottom)
    axes.add_patch(Rectangle((box.left, box.bottom), *size, facecolor="white", edgecolor=INK, linewidth=0.6, zorder=3))
    for number, line in enumerate(name):
        y = box.top - 0.75 * PADDING - (number + 0.5) * line_height(SMALL)
        axes.text(box.centre[0], y, line, size=SMALL, ha="center", va="center_baseline", zorder=4)


def _draw_label(axes: Axes, label: Label) -> None:
    box = label.box
    size = (box.right - box.left, box.top - box.bottom)
    axes.add_patch(Rectangle((box.left, box.bottom), *size, facecolor="white", linewidth=0, zorder=5))
    weight = "normal" if label.text == label.year else "bold"
    looks: dict[str, Any] = {"size": SMALL, "weight": weight, "color": darker(label.colour)}
    axes.text(*box.centre, label.text, **looks, ha="center", va="center_baseline", zorder=6)


def _draw_legend(axes: Axes, noted: Sequence[str]) -> None:
    handles = [
        Line2D([], [], marker=kind.mark, **_look(kind), linewidth=1.4, label=_(kind.name)) for kind in KINDS.values()
    ]
    handles.append(Line2D([], [], color=GREY, linewidth=1.4, linestyle=DASHES, label=_("erschlossen")))
    title = _("Jahre: {years}").format(years=", ".join(noted)) if noted else None
    axes.legend(handles=handles, ncols=3, fontsize=SMALL, title=title, title_fontsize=SMALL, alignment="left", **CORNER)


def busiest(ties: Sequence[Tie]) -> tuple[str, int]:
    """Return the name (a msgid) of the actor with the most ties, and how many these are."""
    ends = Counter(key for tie in ties for key in (tie.source, tie.target))
    key, count = min(ends.items(), key=lambda item: (-item[1], item[0]))
    actors = read_table("actors").set_index("key")
    return str(actors.loc[key, "name"]), count
