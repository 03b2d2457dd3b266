"""Which programmes paid for the cities' work, and when: a row per programme in each city, gaps said in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from analysis.comparison import cities
from analysis.drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PLUM,
    SMALL,
    VIOLET,
    WIDTH,
    line_height,
    page,
    text_width,
    tint,
)
from analysis.facts import row
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

# The programmes that more than one city names: name, colour.
PROGRAMMES = {
    "komm_in": (N_("KOMM-IN"), PLUM),
    "esf": (N_("ESF"), BLUE),
    "ehap": (N_("EHAP"), ORANGE),
    "see": (N_("SOE"), GREEN),
    "kim": (N_("KIM"), VIOLET),
}
# Facts by city and programme; two facts in one pair of brackets date the same thing differently.
RUNS: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "dortmund": {"komm_in": (("DO-007",),)},
    "duisburg": {"esf": (("DU-040",),), "see": (("DU-030",),)},
    "essen": {"esf": (("ES-031",),), "ehap": (("ES-037",),), "see": (("ES-039",),), "kim": (("ES-041",),)},
    "hagen": {"komm_in": (("HA-002", "HA-022"),), "see": (("HA-018",),), "kim": (("HA-026", "HA-051"),)},
    "oer-erkenschwick": {
        "komm_in": (("OE-001",),),
        "ehap": (("OE-014",), ("OE-015",), ("OE-016",)),
        "see": (("OE-020",),),
    },
    "gladbeck": {"ehap": (("GL-022",),), "see": (("GL-026",),), "kim": (("GL-049",),)},
}
# What the source says was used without saying when; elsewhere a gap means that it names none.
UNDATED = {
    *(("dortmund", "esf"), ("dortmund", "see"), ("dortmund", "kim")),
    *(("duisburg", "komm_in"), ("duisburg", "ehap"), ("oer-erkenschwick", "kim")),
}

FIRST_YEAR, LAST_YEAR = 2005, 2026
DATA_COLLECTION = 2024  # what goes on is drawn up to here
LEFT, RIGHT = 1.8, WIDTH - 0.1  # inches: the axis
SIZE = SMALL
ROW = line_height(SIZE) + 0.02  # inches: a programme of a city
MARGIN = 0.06  # inches: above and below a city
AXIS, LEGEND = 0.22, 0.22  # inches: the years, the legend
HALF = ROW / 2 - 0.012  # inches: half a bar, which its letters fit into


@dataclass(frozen=True, slots=True)
class Run:
    """The years of a programme in a city: open at the end (`last` None), or `ambiguous` between two years."""

    programme: str
    first: int
    last: int | None
    ambiguous: bool
    label: str

    @property
    def ends(self) -> int:
        """The year up to which it is drawn."""
        return DATA_COLLECTION if self.last is None else self.last


def runs(city: str) -> list[Run]:
    """Return the dated programmes of a city (its slug)."""
    return [_run(programme, facts) for programme, things in RUNS[city].items() for facts in things]


def _run(programme: str, facts: tuple[str, ...]) -> Run:
    rows = [row(fact_id) for fact_id in facts]
    years = [int(year) for found in rows for year in (found.year_from, found.year_to) if str(year).isdecimal()]
    last = None if rows[-1].isna().year_to else max(years)
    label = f" {_('oder')} ".join(_(found.period) for found in rows)
    return Run(programme, min(years), last, len(facts) > 1, label)


def since(year: int) -> list[str]:
    """Return the cities (names, msgids) that have been in the state programme SOE since a year."""
    joined = [(city, run) for city in RUNS for run in runs(city) if run.programme == "see"]
    return [cities()[city] for city, run in joined if run.first == year]


def unnamed() -> list[tuple[str, str]]:
    """Return the cities (slugs) and programmes of which the source says nothing."""
    pairs = [(city, programme) for city in RUNS for programme in PROGRAMMES]
    return [(city, programme) for city, programme in pairs if not _stated(city, programme)]


def _stated(city: str, programme: str) -> bool:
    return programme in RUNS[city] or (city, programme) in UNDATED


def gap(city: str, programme: str) -> str:
    """Return what stands where a city (its slug) has no years for a programme."""
    return _("genutzt, Jahr nicht angegeben") if (city, programme) in UNDATED else _("nicht genannt")


def draw_programmes() -> Figure:
    """Return the figure of the programmes over the years, city by city."""
    block = len(PROGRAMMES) * ROW + 2 * MARGIN
    height = AXIS + len(RUNS) * block + LEGEND
    figure, axes = page(height)
    for year in range(FIRST_YEAR + 1, LAST_YEAR + 1, 2):
        axes.plot([across(year)] * 2, [LEGEND, height - AXIS], color="#DDDDDD", linewidth=0.5, zorder=1)
        axes.text(across(year), height - AXIS / 2, str(year), size=SIZE, ha="center", va="center")
    for number, city in enumerate(RUNS):
        top = height - AXIS - number * block
        if number % 2 == 0:
            axes.add_patch(Rectangle((0, top - block), WIDTH, block, color="#F5F5F5", linewidth=0, zorder=0))
        axes.text(0.06, top - block / 2, _(cities()[city]), size=8, weight="bold", va="center")
        _draw_city(axes, city, top - MARGIN)
    axes.legend(handles=list(_handles()), loc="lower left", bbox_to_anchor=(0, 0), ncols=4, fontsize=SMALL)
    return figure


def _draw_city(axes: Axes, city: str, top: float) -> None:
    found = runs(city)
    for number, (programme, (name, _colour)) in enumerate(PROGRAMMES.items()):
        y = top - (number + 0.5) * ROW
        axes.text(LEFT - 0.08, y, _(name), size=SIZE, ha="right", va="center_baseline")
        for run in found:
            if run.programme == programme:
                _draw_run(axes, run, y)
        if programme not in RUNS[city]:
            axes.text(LEFT + 0.06, y, gap(city, programme), size=SIZE, style="italic", color=GREY, va="center_baseline")


def _draw_run(axes: Axes, run: Run, y: float) -> None:
    colour, left, right = PROGRAMMES[run.programme][1], across(run.first), across(run.ends)
    if run.first == run.ends:
        axes.plot(left, y, marker="o", color=colour, markersize=4.5, zorder=3)
    else:
        tip = 0.06 if run.last is None else 0.0
        outline = [(left, y + HALF), (right - tip, y + HALF), (right, y), (right - tip, y - HALF), (left, y - HALF)]
        style = (0, (2, 1)) if run.ambiguous else "solid"
        face = "white" if run.ambiguous else tint(colour)
        axes.add_patch(Polygon(outline, facecolor=face, edgecolor=colour, linewidth=0.8, linestyle=style, zorder=2))
    x, side = _label_place(run, left, right)
    axes.text(x, y, run.label, size=SIZE, color=INK, ha=side, va="center_baseline", zorder=4)


def _label_place(run: Run, left: float, right: float) -> tuple[float, str]:
    """Return where a label stands: in its bar, to the left of its mark, or to the right."""
    if text_width(run.label, SIZE) + 0.02 < right - left:
        return (left + right) / 2, "center"
    return (left - 0.07, "right") if run.first == run.ends else (right + 0.07, "left")


def across(year: int) -> float:
    """Return where a year stands, in inches from the left."""
    return LEFT + 0.06 + (RIGHT - LEFT - 0.12) * (year - FIRST_YEAR) / (LAST_YEAR - FIRST_YEAR)


def _handles() -> Iterator[Line2D]:
    yield Line2D([], [], color=GREY, linewidth=5, alpha=0.4, label=_("Laufzeit"))
    yield Line2D([], [], color=GREY, marker="o", linewidth=0, markersize=4.5, label=_("einzelnes Jahr"))
    yield Line2D([], [], color=GREY, marker=">", linewidth=0, markersize=4.5, label=_("Ende offen"))
    yield Line2D([], [], color=GREY, linestyle=(0, (2, 1)), label=_("zwei Jahre angegeben"))
