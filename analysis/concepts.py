"""When the cities took their first steps and wrote their concepts: years over all cities, ambiguous ones as spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis.comparison import cities
from analysis.drawing import (
    BLUE,
    CORNER,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    SHADE,
    SMALL,
    VIOLET,
    WIDTH,
    line_height,
    page,
    tint,
)
from analysis.facts import row
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

# What is compared: name, colour and mark.
ROLES = {
    "step": (N_("erster Schritt"), GREEN, "D"),
    "general": (N_("allgemeines Konzept"), BLUE, "o"),
    "see": (N_("Konzept für Südosteuropa"), ORANGE, "s"),
    "centre": (N_("Kommunales Integrationszentrum (KI)"), VIOLET, "^"),
}
# Facts by city and role; two facts in one pair of brackets date the same thing differently.
DATED: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "dortmund": {"step": (("DO-001",),), "general": (("DO-002",),), "see": (("DO-007",),), "centre": (("DO-005",),)},
    "duisburg": {
        "step": (("DU-001",),),
        "general": (("DU-003",), ("DU-010",)),
        "see": (("DU-021", "DU-031"),),
        "centre": (("DU-008",),),
    },
    "essen": {"step": (("ES-003",),), "general": (("ES-004",), ("ES-008",)), "see": (), "centre": (("ES-002",),)},
    "hagen": {
        "step": (("HA-001",),),
        "general": (("HA-002", "HA-022"), ("HA-008", "HA-004")),
        "see": (("HA-006",),),
        "centre": (("HA-003",),),
    },
    "oer-erkenschwick": {"step": (("OE-001",),), "general": (), "see": (), "centre": (("GL-008",),)},
    "gladbeck": {
        "step": (("GL-001",),),
        "general": (("GL-007",), ("GL-010", "GL-012")),
        "see": (),
        "centre": (("GL-008",),),
    },
}
# What the source says there is none of; elsewhere a gap means that it names none.
DENIED = {("essen", "see"), ("oer-erkenschwick", "general"), ("oer-erkenschwick", "see")}
# Cities whose centre is that of the district.
DISTRICT = ("oer-erkenschwick", "gladbeck")

FIRST_YEAR, LAST_YEAR = 1998, 2024  # what is older stands at the axis' edge, with its year
LEFT, RIGHT = 1.3, WIDTH - 0.5  # inches: the axis
ROW = line_height(SMALL) + 0.015  # inches: a role of a city
MARGIN = 0.06  # inches: above and below a city
AXIS, LEGEND = 0.22, 0.22  # inches: the years, the legend


@dataclass(frozen=True, slots=True)
class Dated:
    """A thing and its years: one, a period, or (`ambiguous`) two of which the source names now one, now the other."""

    role: str
    first: int
    last: int
    ambiguous: bool
    district: bool

    @property
    def label(self) -> str:
        """The years in words."""
        years = str(self.first)
        if self.last != self.first:
            years = f"{self.first} {_('oder')} {self.last}" if self.ambiguous else f"{self.first}–{self.last}"
        return years + (f" ({_('Kreis')})" if self.district else "")


def dated(city: str) -> list[Dated]:
    """Return the dated things of a city (its slug), role by role."""
    return [_dated(city, role, facts) for role, things in DATED[city].items() for facts in things]


def gap(city: str, role: str) -> str:
    """Return what stands where a city (its slug) has nothing in a role."""
    return _("ausdrücklich keines") if (city, role) in DENIED else _("keines genannt")


def _dated(city: str, role: str, facts: tuple[str, ...]) -> Dated:
    rows = [row(fact_id) for fact_id in facts]
    first = min(int(found.year_from) for found in rows)
    last = max(int(found.year_to) if found.notna().year_to else int(found.year_from) for found in rows)
    return Dated(role, first, last, len(facts) > 1, role == "centre" and city in DISTRICT)


def draw_concepts() -> Figure:
    """Return the figure of first steps, concepts and centres over the years, city by city."""
    block = len(ROLES) * ROW + 2 * MARGIN
    height = AXIS + len(DATED) * block + LEGEND
    figure, axes = page(height)
    for year in range(FIRST_YEAR + 2, LAST_YEAR + 1, 2):
        axes.vlines(across(year), LEGEND, height - AXIS, color=PALE, linewidth=0.5, zorder=1)
        axes.text(across(year), height - AXIS / 2, str(year), size=SMALL, ha="center", va="center")
    for number, city in enumerate(DATED):
        top = height - AXIS - number * block
        if number % 2 == 0:
            axes.add_patch(Rectangle((0, top - block), WIDTH, block, color=SHADE, linewidth=0, zorder=0))
        axes.text(0.06, top - block / 2, _(cities()[city]), size=8, weight="bold", va="center")
        _draw_city(axes, city, top - MARGIN)
    _draw_legend(axes)
    return figure


def _draw_city(axes: Axes, city: str, top: float) -> None:
    found = dated(city)
    for number, role in enumerate(ROLES):
        y = top - (number + 0.5) * ROW
        things = [one for one in found if one.role == role]
        for one in things:
            _draw_dated(axes, one, y)
        if not things:
            _draw_none(axes, role, y, gap(city, role))


def _draw_none(axes: Axes, role: str, y: float, text: str) -> None:
    _name, colour, mark = ROLES[role]
    axes.plot(LEFT + 0.06, y, marker=mark, color=colour, markerfacecolor="white", markersize=4.5)
    axes.text(LEFT + 0.13, y, text, size=SMALL, style="italic", color=GREY, va="center_baseline")


def _draw_dated(axes: Axes, one: Dated, y: float) -> None:
    _name, colour, mark = ROLES[one.role]
    left, right = across(one.first), across(one.last)
    if one.last > one.first:
        size = (right - left, 0.08)
        style = (0, (2, 1)) if one.ambiguous else "solid"
        face = "white" if one.ambiguous else tint(colour)
        patch = Rectangle((left, y - 0.04), *size, facecolor=face, edgecolor=colour, linewidth=0.8, linestyle=style)
        axes.add_patch(patch)
    for x in {left, right} if one.ambiguous else {left}:
        early = one.first < FIRST_YEAR
        axes.plot(x, y, marker="<" if early else mark, color=colour, markersize=4.5, zorder=3)
    axes.text(right + 0.07, y, one.label, size=SMALL, color=INK, va="center_baseline", zorder=4)


def across(year: int) -> float:
    """Return where a year stands, in inches from the left; years before the axis stand at its edge."""
    share = (max(year, FIRST_YEAR) - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)
    return LEFT + 0.06 + share * (RIGHT - LEFT)


def _draw_legend(axes: Axes) -> None:
    handles = list(_handles())
    axes.legend(handles=handles, ncols=4, fontsize=SMALL, **CORNER)


def _handles() -> Iterator[Line2D]:
    for name, colour, mark in ROLES.values():
        yield Line2D([], [], color=colour, marker=mark, markersize=4.5, linewidth=0, label=_(name))
