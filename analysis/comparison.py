"""Population compared across the cities: each figure shows what can be compared, and says where it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.drawing import GREEN, GREY, INK, RED, SMALL, plot
from analysis.facts import amount, fact, read_table, row, share_of
from analysis.population import summed
from reportkit.chapter import TypedValue, format_number, number
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

# First and last head count of Romanian and Bulgarian citizens; facts of one year are added up.
COUNTS = {
    "duisburg": (("DU-052", "DU-053"), ("DU-055", "DU-056")),
    "essen": (("ES-011",), ("ES-047",)),
    "gladbeck": (("GL-038", "GL-039"), ("GL-042",)),
}
# Counts that follow only from a share (first) of a count (second), and only for Romanian citizens.
DERIVED = {"oer-erkenschwick": (("OE-034", "OE-032"), ("OE-039", "OE-038"))}
NO_COUNTS = {
    "dortmund": N_("keine Angabe für einzelne Jahre"),
    "hagen": N_("keine Angabe, nur Anteile"),
}
# Shares of a group that live in an area, in the first and in the last year; None where not stated.
AREAS = (
    ("DO-060", "DO-061"),
    ("DU-063", "DU-070"),
    ("DU-064", "DU-071"),
    (None, "DU-073"),
    ("DU-065", None),
    ("DU-066", None),
    ("DU-067", None),
    ("DU-068", None),
)
# The first year and the last, told apart without colour, too.
BOTH = (GREEN, "#00513B")
GROUPS = {"ro+bg": N_("beide Gruppen"), "ro": N_("rumänisch"), "bg": N_("bulgarisch")}
NO_AREAS = N_("Essen, Hagen, Oer-Erkenschwick, Gladbeck: keine Anteile angegeben")


@dataclass(frozen=True, slots=True)
class Growth:
    """The first and the last count of a city, None where there are none; `derived` if computed from shares."""

    city: str
    counts: tuple[TypedValue, TypedValue] | None
    periods: tuple[str, str] = ("", "")
    derived: bool = False

    @property
    def factor(self) -> TypedValue:
        """How many times as many people there are in the last year."""
        first, last = self.counts or ({"value": 1}, {"value": 1})
        return number(last["value"] / first["value"], digits=1)


@dataclass(frozen=True, slots=True)
class Concentration:
    """The share of a group that lives in an area, by the ids of its facts in the first and in the last year."""

    first: str | None
    last: str | None

    @property
    def facts(self) -> list[str]:
        """The ids of the facts that are stated."""
        return [fact_id for fact_id in (self.first, self.last) if fact_id is not None]

    @property
    def name(self) -> str:
        """City, area and group, for the axis."""
        found = row(self.facts[0])
        return f"{_(cities()[found.city])}, {_(self.area)}\n({_(GROUPS[found.group])})"

    @property
    def area(self) -> str:
        """The area, a msgid."""
        return str(row(self.facts[0]).area)

    @property
    def rises(self) -> bool:
        """Whether the share is larger in the last year."""
        return self.first is not None and self.last is not None and amount(self.last) > amount(self.first)


def cities() -> dict[str, str]:
    """Return the cities in the order of the book: slug to name (a msgid)."""
    found = read_table("cities")
    found = found[found.kind == "stadt"]
    return dict(zip(found.slug.astype(str), found.name.astype(str), strict=True))


def growth_of_cities() -> list[Growth]:
    """Return the counts of all cities, in the order of the book."""
    return [_growth(city) for city in cities()]


def _growth(city: str) -> Growth:
    if city in NO_COUNTS:
        return Growth(city, None)
    derived = city in DERIVED
    first, last = (DERIVED if derived else COUNTS)[city]
    counts = (share_of(*first), share_of(*last)) if derived else (summed(first), summed(last))
    return Growth(city, counts, (str(row(first[0]).period), str(row(last[0]).period)), derived)


def draw_growth() -> Figure:
    """Return the figure of first and last head counts, with an empty slot for each city without any."""
    figure, axes = plot(3.6)
    for y, one in enumerate(growth_of_cities()):
        _draw_growth(axes, one, y)
    axes.set(xlabel=_("Menschen"), xlim=(0, 40000), ylim=(len(cities()) - 0.5, -0.5), xticks=range(0, 30000, 5000))
    axes.set_yticks(range(len(cities())), [_(name) for name in cities().values()])
    axes.xaxis.set_major_formatter(lambda value, _position: format_number(value))
    axes.grid(axis="y", visible=False)
    return figure


def _draw_growth(axes: Axes, one: Growth, y: int) -> None:
    if one.counts is None:
        axes.text(300, y, _(NO_COUNTS[one.city]), size=7.5, style="italic", color=GREY, va="center")
        return
    factor = _("Faktor {factor}").format(factor=one.factor)
    notes = [", " + _("nur rumänische Staatsangehörige, aus Anteilen berechnet") if one.derived else "", f" ({factor})"]
    hatch = "////" if one.derived else None
    for when, (count, colour) in enumerate(zip(one.counts, BOTH, strict=True)):
        middle = y - 0.2 + 0.4 * when
        axes.barh(middle, count["value"], height=0.4, color=colour, hatch=hatch, edgecolor="white")
        label = f"{_(one.periods[when])}: {count}{notes[when]}"
        axes.text(count["value"] + 300, middle, label, size=7.5, va="center")


def concentrations() -> list[Concentration]:
    """Return the shares of a group that live in one area, as the figure shows them."""
    return [Concentration(first, last) for first, last in AREAS]


def draw_concentration() -> Figure:
    """Return the figure of how concentrated the groups live: first and last year of each area."""
    found = concentrations()
    figure, axes = plot(3.7)
    frame = pd.DataFrame(
        {"place": y, "share": amount(fact_id), "when": "first" if fact_id == one.first else "last"}
        for y, one in enumerate(found)
        for fact_id in one.facts
    )
    look: dict[str, Any] = {"palette": {"first": "white", "last": INK}, "edgecolor": INK, "linewidth": 1.2, "s": 42}
    sns.scatterplot(frame, x="share", y="place", hue="when", legend=False, zorder=3, ax=axes, **look)
    for y, one in enumerate(found):
        _draw_concentration(axes, one, y)
    axes.set(xlim=(0, 80), ylim=(len(found), -0.6), ylabel="", xlabel=_("Anteil der Gruppe, der dort lebt, in Prozent"))
    axes.set_yticks(range(len(found)), [one.name for one in found], size=7.5)
    axes.text(1, len(found) - 0.35, _(NO_AREAS), size=7.5, style="italic", color=GREY, va="center")
    figure.legend(handles=_change_handles(), loc="outside lower left", ncols=4)
    return figure


def _draw_concentration(axes: Axes, one: Concentration, y: int) -> None:
    ends = [amount(fact_id) for fact_id in one.facts]
    axes.plot(ends, [y] * len(ends), color=RED if one.rises else GREY, linewidth=2.2, linestyle="-", zorder=2)
    for fact_id, x in zip(one.facts, ends, strict=True):
        label = f"{fact(fact_id)} ({_(row(fact_id).period)})"
        before = len(ends) == 2 and x == min(ends)
        axes.text(x + (-1.3 if before else 1.3), y, label, size=SMALL, ha="right" if before else "left", va="center")


def _change_handles() -> list[Line2D]:
    return [
        Line2D([], [], marker="o", color=INK, markerfacecolor="white", linewidth=0, label=_("erster Wert")),
        Line2D([], [], marker="o", color=INK, linewidth=0, label=_("letzter Wert")),
        Line2D([], [], color=GREY, linewidth=2.2, label=_("sinkt")),
        Line2D([], [], color=RED, linewidth=2.2, label=_("steigt")),
    ]


def largest(found: Sequence[Growth]) -> Growth:
    """Return the city whose count has become the most times larger."""
    return max((one for one in found if one.counts), key=lambda one: one.factor["value"])
