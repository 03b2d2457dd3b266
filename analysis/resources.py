"""Staff and vacant housing compared across the cities, with what forbids to compare the others."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.comparison import cities
from analysis.drawing import BLUE, GREY, INK, PALE, plot
from analysis.facts import amount, fact, row
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

# Posts for south-east Europe: at their peak (two values where the source is ambiguous) and in the last year.
STAFF = {"duisburg": (("DU-076", "DU-077"), "DU-078"), "essen": (("ES-050",), "ES-051")}
LOOKS = {"duisburg": (INK, "o"), "essen": (GREY, "s")}
NOT_COMPARABLE = {
    "dortmund": N_("nur alle Stellen beim KI, nicht die für Südosteuropa"),
    "hagen": N_("Angaben enden 2022, kein Höchststand genannt"),
    "oer-erkenschwick": N_("Projektstellen"),
    "gladbeck": N_("Projektstellen"),
}
VACANCY = {
    "dortmund": "DO-067",
    "duisburg": "DU-088",
    "essen": "ES-058",
    "hagen": "HA-055",
    "oer-erkenschwick": "OE-055",
    "gladbeck": None,
}
DISTRICT = N_("Kreis Recklinghausen, nicht die Stadt")


def draw_staff_change() -> Figure:
    """Return the figure of posts for south-east Europe from their peak to the last year, where both are stated."""
    figure, axes = plot(3.3)
    for city, (peaks, last) in STAFF.items():
        _draw_staff(axes, city, [amount(peak) for peak in peaks], last)
    axes.set(xlim=(2013, 2028.6), ylim=(0, 32), xticks=range(2014, 2025, 2), ylabel=_("Stellen für Südosteuropa"))
    axes.grid(axis="x", visible=False)
    lines = [f"{_(cities()[city])}: {_(reason)}" for city, reason in NOT_COMPARABLE.items()]
    text = "\n".join([_("Nicht vergleichbar:"), *lines])
    figure.text(0.01, 0, text, size=7.5, color=GREY, style="italic", va="bottom", linespacing=1.4)
    figure.set_layout_engine(ConstrainedLayoutEngine(rect=(0, 0.24, 1, 0.76)))
    return figure


def _draw_staff(axes: Axes, city: str, peaks: list[float], last: str) -> None:
    begins, ends = mean_year(STAFF[city][0][0]), mean_year(last)
    (colour, mark), line = LOOKS[city], "--" if len(peaks) > 1 else "-"
    axes.fill_between([begins, ends], [min(peaks), amount(last)], [max(peaks), amount(last)], color=colour, alpha=0.15)
    for peak in peaks:
        axes.plot([begins, ends], [peak, amount(last)], color=colour, linestyle=line, marker=mark)
    stated = " / ".join(str(fact(peak)) for peak in STAFF[city][0])
    period = _(row(STAFF[city][0][0]).period)
    axes.text(begins, max(peaks) + 1, f"{stated} ({period})", size=7.5, ha="center")
    label = f"{_(cities()[city])}: {fact(last)} ({_(row(last).period)})"
    axes.text(ends + 0.25, amount(last), label, size=7.5, va="center")


def mean_year(fact_id: str) -> float:
    """Return the year of a fact, the middle of two years."""
    found = row(fact_id)
    return (int(found.year_from) + int(found.year_to)) / 2


def draw_vacancy() -> Figure:
    """Return the figure of vacant housing: upper bounds, a single value, ranges, and a gap."""
    figure, axes = plot(2.9)
    for y, (city, fact_id) in enumerate(VACANCY.items()):
        if fact_id is None:
            axes.text(0.1, y, _("keine Angabe"), size=7.5, style="italic", color=GREY, va="center")
        else:
            _draw_vacancy(axes, fact_id, y, district=city == "oer-erkenschwick")
    axes.set(
        xlim=(0, 10), ylim=(len(VACANCY) - 0.5, -0.5), xticks=range(0, 11, 2), xlabel=_("Wohnungsleerstand in Prozent")
    )
    axes.set_yticks(range(len(VACANCY)), [_(cities()[city]) for city in VACANCY])
    axes.grid(axis="y", visible=False)
    handles = [
        Line2D([], [], marker="o", color=BLUE, linewidth=0, label=_("einzelner Wert")),
        Patch(facecolor=BLUE, label=_("Spanne")),
        Patch(facecolor=PALE, edgecolor=BLUE, label=_("unter einer oberen Grenze")),
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3)
    return figure


def _draw_vacancy(axes: Axes, fact_id: str, y: int, district: bool) -> None:
    found = row(fact_id)
    if found.qualifier == "under":
        end = amount(fact_id)
        axes.barh(y, end, height=0.34, color=PALE, edgecolor=BLUE)
        axes.vlines(end, y - 0.25, y + 0.25, color=BLUE, linewidth=2)
    elif found.qualifier == "range":
        end = found.high
        axes.barh(y, end - found.low, left=found.low, height=0.34, color=BLUE, hatch="////" if district else None)
    else:
        end = amount(fact_id)
        axes.plot(end, y, marker="o", color=BLUE, markersize=7)
    when = _("Jahr nicht angegeben") if row(fact_id).isna().period else _(found.period)
    lines = [f"{fact(fact_id)} ({when})", *([_(DISTRICT)] if district else [])]
    axes.text(end + 0.2, y, "\n".join(lines), size=7.5, color=INK, va="center")
