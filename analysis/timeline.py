"""A city's timeline: events and periods in lanes by kind, every label measured and clear of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from analysis.drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    RED,
    SHADE,
    SMALL,
    VIOLET,
    Box,
    line_height,
    page,
    text_width,
    tint,
    wrap,
)
from analysis.facts import read_table
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

FIRST_YEAR, LAST_YEAR = 2004, 2027  # the same axis for every city; what is older stands at its edge, with its year
UNSTATED = 3  # years: how long a bar is whose beginning is not stated
DATA_COLLECTION = 2024  # what goes on is drawn up to here
LEFT, RIGHT = 1.06, 6.25  # inches: the lanes beside their names
ROW = line_height(SMALL) + 0.02  # inches: one line of a label
MARK = 0.045  # inches: half a mark
GAP = 0.06  # inches: between a mark and its label
APART = 0.16  # inches: between a label and the next mark
LABEL_WIDTH = 2.5  # inches: longer labels take another line
AXIS = 0.22  # inches: the years above and below the lanes
LANE_MARGIN = 0.05  # inches: above and below the rows of a lane

FRAME = "frame"  # the lane of what state, federation and European Union set
LANES = {
    FRAME: (N_("Rahmen in Land, Bund und EU"), GREY),
    "strategy": (N_("Konzepte und Strategien"), BLUE),
    "office": (N_("Ämter, Stellen, Anlaufstellen"), GREEN),
    "network": (N_("Netzwerke und Kooperation"), ORANGE),
    "project": (N_("Projekte und Programme"), VIOLET),
    "event": (N_("Ereignisse und Entwicklungen"), RED),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An event or a period; a side of a period that is not stated is open (None)."""

    lane: str
    text: str
    start: int | None
    end: int | None

    @property
    def at_once(self) -> bool:
        """Whether it is a mark in one year, not a period."""
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Placed:
    """An event in its lane: inches from the left, rows from the lane's top; the label's lines from above."""

    event: Event
    mark: tuple[float, float]
    label: tuple[float, float]
    lines: tuple[str, ...]
    row: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """From where to where the event takes up its rows."""
        return min(self.mark[0], self.label[0]), max(self.mark[1], self.label[1])

    @property
    def rows(self) -> range:
        """The rows that the event takes up."""
        return range(self.row, self.row + len(self.lines))


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: its name's lines, colour, upper edge (inches from the page's top) and the events in it."""

    name: tuple[str, ...]
    colour: str
    depth: float
    placed: tuple[Placed, ...]

    @property
    def height(self) -> float:
        """The height of the lane in inches."""
        rows = max(placed.rows.stop for placed in self.placed)
        return 2 * LANE_MARGIN + max(rows, len(self.name)) * ROW


@dataclass(frozen=True, slots=True)
class Layout:
    """A timeline on a page that is `height` inches high."""

    height: float
    lanes: tuple[Lane, ...]

    def label_boxes(self) -> list[Box]:
        """Return the boxes of all labels and marks, in inches from the page's lower left corner."""
        return [box for lane in self.lanes for placed in lane.placed for box in self._boxes(lane, placed)]

    def row_top(self, lane: Lane, row: int) -> float:
        """Return the upper edge of a row of a lane, in inches from the page's bottom."""
        return self.height - lane.depth - LANE_MARGIN - row * ROW

    def _boxes(self, lane: Lane, placed: Placed) -> Iterator[Box]:
        top = self.row_top(lane, placed.row)
        yield Box(placed.label[0], top - len(placed.lines) * ROW, placed.label[1], top)
        if placed.label[0] >= placed.mark[1] or placed.label[1] <= placed.mark[0]:
            yield Box(placed.mark[0], top - ROW, placed.mark[1], top)


def read_timeline(city: str) -> pd.DataFrame:
    """Return the rows of a city (its slug), the earliest first; NA where a side of a period is open."""
    table = read_table("timeline")
    rows = table[table.city == city]
    begins = rows.year_from.fillna(rows.year_to)
    return rows.assign(begins=begins).sort_values(["begins", "year_to"], kind="stable")


def read_frame() -> pd.DataFrame:
    """Return the rows of what state, federation and European Union set, the earliest first."""
    rows = read_timeline("nrw")
    return rows[rows.kind.isin(["law", "event"])]


def events(city: str) -> list[Event]:
    """Return the events of a city (its slug), after what state, federation and European Union set as its frame."""
    return [
        *(_event(row, FRAME) for row in read_frame().itertuples()),
        *(_event(row, lane_of(str(row.kind))) for row in read_timeline(city).itertuples()),
    ]


def lane_of(kind: str) -> str:
    """Return the lane in which a kind of event is drawn."""
    return {"programme": "project", "law": "event"}.get(kind, kind)


def _event(row: Any, lane: str) -> Event:
    return Event(lane, row.event, _year(row.year_from), _year(row.year_to))


def _year(text: Any) -> int | None:
    return None if pd.isna(text) else int(text)


def densest(city: str, years: int = 5) -> tuple[int, int, int]:
    """Return the span of `years` in which most events and periods of a city (its slug) begin, and how many do.

    What has no stated beginning begins in none of them.
    """
    begins = read_timeline(city).year_from.dropna().astype(int)
    counts = {year: int(begins.between(year, year + years - 1).sum()) for year in begins}
    first = max(sorted(counts), key=lambda year: counts[year])
    return first, first + years - 1, counts[first]


def is_early(year: int | None) -> bool:
    """Return whether a year is before the axis: its event stands at the axis' edge and names the year."""
    return year is not None and year < FIRST_YEAR


def lay_out(city: str) -> Layout:
    """Return the timeline of a city (its slug): no label overlaps another one or a mark."""
    happened = events(city)
    lanes: list[Lane] = []
    depth = AXIS
    for key, (name, colour) in LANES.items():
        placed = _pack([event for event in happened if event.lane == key])
        if placed:
            lanes.append(Lane(wrap(_(name), SMALL, LEFT - 0.2, "bold"), colour, depth, tuple(placed)))
            depth += lanes[-1].height
    return Layout(depth + AXIS, tuple(lanes))


def _pack(happened: Sequence[Event]) -> list[Placed]:
    """Place events one after the other into the first rows where they are clear of those before."""
    placed: list[Placed] = []
    for event in happened:
        tried = [_dropped(candidate, placed) for candidate in _candidates(event)]
        placed.append(min(tried, key=lambda item: item.rows.stop))
    return placed


def _dropped(candidate: Placed, placed: Sequence[Placed]) -> Placed:
    row = 0
    while any(_collide(candidate, row, other) for other in placed):
        row += 1
    return Placed(candidate.event, candidate.mark, candidate.label, candidate.lines, row)


def _collide(candidate: Placed, row: int, other: Placed) -> bool:
    apart = candidate.span[0] >= other.span[1] + APART or other.span[0] >= candidate.span[1] + APART
    return not apart and row < other.rows.stop and other.rows.start < row + len(candidate.lines)


def _candidates(event: Event) -> Iterator[Placed]:
    """Yield an event with its label in its bar, to the right of its mark, to the left, as far as there is room."""
    text = _label(event)
    left, right = mark = _mark(event)
    whole = text_width(text, SMALL)
    if whole + 3 * GAP < right - left:
        yield Placed(event, mark, (left + GAP, left + GAP + whole), (text,))
        return
    room_right, room_left = RIGHT - right - GAP, left - GAP - LEFT
    for room, rightwards in ((room_right, True), (room_left, False)):
        if room < min(LABEL_WIDTH, whole) and room < max(room_right, room_left):
            continue
        lines = wrap(text, SMALL, min(LABEL_WIDTH, room))
        width = max(text_width(line, SMALL) for line in lines)
        start = right + GAP if rightwards else left - GAP - width
        yield Placed(event, mark, (start, start + width), lines)


def _label(event: Event) -> str:
    return f"{event.start}: {_(event.text)}" if is_early(event.start) else _(event.text)


def _mark(event: Event) -> tuple[float, float]:
    # A beginning that is not stated is not the beginning of time: a short bar points to it.
    first = event.start if event.start is not None else (event.end or LAST_YEAR) - UNSTATED
    start = max(LEFT, across(first))
    end = across(DATA_COLLECTION) if event.end is None else max(start, across(event.end))
    return (max(LEFT, start - MARK), end + MARK) if event.at_once else (start, max(end, start + 2 * MARK))


def across(year: float) -> float:
    """Return where a year stands, in inches from the left."""
    return LEFT + 0.12 + (RIGHT - LEFT - 0.24) * (year - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)


def draw_timeline(city: str) -> Figure:
    """Return the timeline of a city (its slug) as a figure."""
    layout = lay_out(city)
    figure, axes = page(layout.height)
    _draw_years(axes, layout)
    for index, lane in enumerate(layout.lanes):
        _draw_lane(axes, layout, lane, shaded=index % 2 == 0)
        for placed in lane.placed:
            _draw_mark(axes, placed, layout.row_top(lane, placed.row) - ROW / 2, lane.colour)
            _draw_label(axes, placed, layout.row_top(lane, placed.row))
    return figure


def _draw_years(axes: Axes, layout: Layout) -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        x = across(year)
        width = 0.9 if year % 10 == 0 else 0.4
        axes.vlines(x, AXIS, layout.height - AXIS, color=PALE, linewidth=width, zorder=1)
        if year % 2 == 0:
            for y in (AXIS / 2, layout.height - AXIS / 2):
                axes.text(x, y, str(year), size=SMALL, ha="center", va="center")


def _draw_lane(axes: Axes, layout: Layout, lane: Lane, shaded: bool) -> None:
    bottom = layout.height - lane.depth - lane.height
    if shaded:
        axes.add_patch(Rectangle((0, bottom), RIGHT, lane.height, color=SHADE, linewidth=0, zorder=0))
    axes.add_patch(Rectangle((0, bottom), 0.05, lane.height, color=lane.colour, linewidth=0, zorder=2))
    top = layout.row_top(lane, 0)
    axes.text(0.1, top, "\n".join(lane.name), size=SMALL, weight="bold", va="top", linespacing=1.25)


def _draw_mark(axes: Axes, placed: Placed, y: float, colour: str) -> None:
    left, right = placed.mark
    if placed.event.at_once:
        marker = "<" if is_early(placed.event.start) else "o"
        axes.plot((left + right) / 2, y, marker=marker, color=colour, markersize=5, zorder=3)
        return
    half, tip = ROW / 2 - 0.012, min(0.06, (right - left) / 2)
    open_left = placed.event.start is None or is_early(placed.event.start)
    before = [(left, y)] if open_left else []
    after = [(right, y)] if placed.event.end is None else []
    left, right = (left + tip if open_left else left), (right - tip if placed.event.end is None else right)
    outline = [(left, y + half), (right, y + half), *after, (right, y - half), (left, y - half), *before]
    axes.add_patch(Polygon(outline, facecolor=tint(colour), edgecolor=colour, linewidth=0.6, zorder=2))


def _draw_label(axes: Axes, placed: Placed, top: float) -> None:
    leftwards = placed.label[1] <= placed.mark[0]
    for number, line in enumerate(placed.lines):
        y = top - (number + 0.5) * ROW
        x, side = (placed.label[1], "right") if leftwards else (placed.label[0], "left")
        axes.text(x, y, line, size=SMALL, ha=side, va="center_baseline", color=INK, zorder=4)
