"""A city's Romanian and Bulgarian citizens: counted where counts are stated, shares where only these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.drawing import BLUE, GREEN, GREY, INK, ORANGE, PALE, PLUM, RED, SMALL, VIOLET, plot, text_width
from analysis.facts import amount, fact, read_table, row, share_of, total
from reportkit.chapter import TypedValue, format_number, percent, words
from reportkit.chapter import gettext as _
from reportkit.chapter import noop as N_

ROOM = 5.9  # inches: how long a bar of 100 per cent is, at least
COUNTED = ("population", "population_level_reached_before_essen")
GROUPS = {
    "ro": (N_("aus Rumänien"), BLUE),
    "bg": (N_("aus Bulgarien"), ORANGE),
    "ro+bg": (N_("aus beiden Staaten, nicht getrennt angegeben"), GREEN),
    "pl": (N_("aus Polen"), PLUM),
    "hu": (N_("aus Ungarn"), VIOLET),
    "tr": (N_("aus der Türkei"), RED),
    "sy": (N_("aus Syrien"), "#00704F"),
    "ua": (N_("aus der Ukraine"), GREY),
    "foreign": (N_("ausländische Bevölkerung insgesamt"), GREY),
    "rest": (N_("andere oder nicht angegeben"), PALE),
}
# Cities without head counts: the shares that stand in for them, each with its own base.
SHARES = {
    "dortmund": ("DO-060", "DO-061"),
    "hagen": ("HA-038", "HA-040", "HA-039", "HA-042"),
}
SUBJECTS = {
    "share_living_innenstadt_nord": N_("in der Innenstadt-Nord"),
    "share_foreign_of_total": N_("ausländische Staatsangehörige"),
    "share_of_foreign_population": N_("rumänische und bulgarische Staatsangehörige"),
}
# The city whose counts follow only from shares of all citizens of EU states, or of others: for each year their count,
# then the shares.
COMPOSITION: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "oer-erkenschwick": (
        ("OE-026", ("OE-028",)),
        ("OE-032", ("OE-034", "OE-035", "OE-036")),
        ("OE-038", ("OE-039", "OE-043", "OE-040", "OE-041")),
        ("OE-029", ("OE-030",)),
        ("OE-037", ()),
        ("OE-044", ("OE-045", "OE-046", "OE-047")),
    ),
}
# What the figures say in one sentence: of what, and the facts of its first and its last value.
READINGS = {
    "dortmund": (N_("Der Anteil in der Innenstadt-Nord"), "DO-060", "DO-061"),
    "hagen": (N_("Ihr Anteil an der ausländischen Bevölkerung"), "HA-039", "HA-042"),
    "oer-erkenschwick": (N_("Der rumänische Anteil an den EU-Staatsangehörigen"), "OE-034", "OE-039"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what stands above it, and its parts as pairs of group and size (people or percent)."""

    heading: str
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The figure in words and typed values, for its alt text and the sentence that reads it."""

    title: TypedValue
    shown: TypedValue
    subject: TypedValue
    change: TypedValue
    first: TypedValue
    first_period: TypedValue
    last: TypedValue
    last_period: TypedValue
    gap: TypedValue


def bars(city: str) -> list[Bar]:
    """Return the bars of a city (its slug), the earliest first."""
    if city in SHARES:
        return [_share_bar(fact_id) for fact_id in SHARES[city]]
    if city in COMPOSITION:
        return [_composition_bar(count, shares) for count, shares in COMPOSITION[city]]
    return [_count_bar(fact_ids) for fact_ids in counts(city)]


def counts(city: str) -> list[list[str]]:
    """Return the ids of the head counts of a city (its slug), period by period, the earliest first."""
    rows = read_table("population")
    rows = rows[(rows.city == city) & rows.variable.isin(COUNTED) & rows.group.isin(["ro", "bg", "ro+bg"])]
    rows = rows.sort_values(["year_from", "group"], ascending=[True, False])
    return [[str(fact_id) for fact_id in period.fact] for _, period in rows.groupby("year_from")]


def _count_bar(fact_ids: Sequence[str]) -> Bar:
    groups = [str(row(fact_id).group) for fact_id in fact_ids]
    stated = [f"{fact(fact_id)} {_(GROUPS[group][0])}" for fact_id, group in zip(fact_ids, groups, strict=True)]
    if len(stated) > 1:
        stated.append(_("zusammen {number} (berechnet)").format(number=summed(fact_ids)))
    parts = tuple((group, amount(fact_id)) for fact_id, group in zip(fact_ids, groups, strict=True))
    return Bar(f"{_(row(fact_ids[0]).period)}: {', '.join(stated)}", parts)


def summed(fact_ids: Sequence[str]) -> TypedValue:
    """Return a count as it is stated, or the derived sum of several."""
    return total(*fact_ids) if len(fact_ids) > 1 else fact(fact_ids[0])


def _composition_bar(count: str, shares: Sequence[str]) -> Bar:
    found = row(count)
    if not shares:
        gap = _("{period}: Menschen aus Drittstaaten {trend}, ohne Zahl")
        return Bar(gap.format(period=_(found.period), trend=fact(count)), ())
    people = _("Menschen aus EU-Staaten") if found.group == "eu" else _("Menschen aus Drittstaaten")
    heading = f"{_(found.period)}: {fact(count)} {people}"
    derived = [
        f"{share_of(share, count)} {_(GROUPS[row(share).group][0])}"
        for share in shares
        if row(share).group in {"ro", "bg"}
    ]
    if derived:
        heading += _("; berechnet: {groups}").format(groups=", ".join(derived))
    parts = [(row(share).group, amount(share)) for share in shares]
    return Bar(heading, (*parts, ("rest", 100 - sum(size for _, size in parts))))


def _share_bar(fact_id: str) -> Bar:
    found = row(fact_id)
    heading = _("{period}: {value} {subject} (Basis: {base})").format(
        period=_(found.period), value=fact(fact_id), subject=_(SUBJECTS[found.variable]), base=_(found.base)
    )
    return Bar(heading, ((found.group, amount(fact_id)),))


def gap(city: str) -> str | None:
    """Return what the figure of a city (its slug) says about missing head counts; None if there are some."""
    if city == "dortmund":
        stated = _("Keine jährlichen Kopfzahlen angegeben, nur ein Stand: {count} Menschen {period}. Gezeigt: Anteile.")
        return str(stated.format(count=fact("DO-066"), period=_(row("DO-066").period)))
    return _("Keine Kopfzahlen angegeben. Gezeigt: Anteile mit ihrer Basis.") if city in SHARES else None


def summary(city: str) -> Summary:
    """Return the figure of a city (its slug) in typed values."""
    title = N_("Rumänische und bulgarische Staatsangehörige")
    if city in SHARES:
        shown = N_("Balken mit Anteilen in Prozent")
        lacking = N_("Kopfzahlen einzelner Jahre sind nicht angegeben.")
    elif city in COMPOSITION:
        title = N_("Ausländische Staatsangehörige nach Herkunft")
        shown = N_("Gestapelte Balken mit den Anteilen der Herkunftsstaaten, getrennt nach EU- und Drittstaaten")
        lacking = N_("Kopfzahlen nach Herkunft sind aus den Anteilen berechnet, für Drittstaaten fehlt 2014.")
    else:
        shown = N_("Balken mit der Zahl rumänischer und bulgarischer Staatsangehöriger")
        lacking = N_("Andere Jahre sind nicht angegeben.")
    subject, first, last = _reading(city)
    change = N_("stieg von") if sum(map(amount, last)) > sum(map(amount, first)) else N_("sank von")
    return Summary(
        title=words(title),
        shown=words(shown),
        subject=words(subject),
        change=words(change),
        first=summed(first),
        first_period=words(str(row(first[0]).period)),
        last=summed(last),
        last_period=words(str(row(last[0]).period)),
        gap=words(lacking),
    )


def _reading(city: str) -> tuple[str, list[str], list[str]]:
    """Return what is read from the figure of a city, and the ids of the facts of its first and its last value."""
    if city in READINGS:
        subject, earlier, later = READINGS[city]
        return subject, [earlier], [later]
    first, *_between, last = counts(city)
    return N_("Ihre Zahl"), first, last


def draw_population(city: str) -> Figure:
    """Return the population of a city (its slug) as a figure."""
    shown, stated = bars(city), gap(city)
    is_composed = city in COMPOSITION
    figure, axes = plot(0.6 + (0.68 if is_composed else 0.52) * len(shown) + (0.25 if stated else 0))
    for y, bar in enumerate(shown):
        _draw_bar(axes, bar, y, 0.48 if is_composed else 0.4)
    counted = city not in SHARES and not is_composed
    axes.set(ylim=(len(shown) - (0.45 if is_composed else 0.6), -0.75), yticks=[])
    axes.set_xlim(0, None if counted else 100)
    axes.set_xlabel(_("Menschen") if counted else _("Prozent"))
    axes.xaxis.set_major_formatter(lambda value, _position: format_number(value))
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    if stated:
        axes.set_title(stated, loc="left", size=7.5, style="italic", color=INK)
    if city not in SHARES:
        groups = {group for bar in shown for group, _size in bar.parts}
        _draw_legend(axes, ["rest"] if is_composed else [group for group in GROUPS if group in groups])
    return figure


def _draw_bar(axes: Axes, bar: Bar, y: int, height: float) -> None:
    left = 0.0
    for group, size in bar.parts:
        axes.barh(y, size, left=left, height=height, color=GROUPS[group][1], hatch=_hatch(group), edgecolor="white")
        if bar.parts[-1][0] == "rest":
            _label_part(axes, left + size / 2, y, group, size, height)
        left += size
    axes.text(0, y - height / 2 - 0.06, bar.heading, size=7.5, va="bottom")


def _hatch(group: str) -> str | None:
    return "////" if group == "rest" else None


def _label_part(axes: Axes, x: float, y: int, group: str, size: float, height: float) -> None:
    """Write into a part of a bar, or below it if that is too short, what it is: colours alone look alike in grey."""
    if group == "rest":
        return
    name, share = _(GROUPS[group][0]), str(percent(size, digits=0))
    if text_width(name, SMALL) < size / 100 * ROOM:
        axes.text(x, y, f"{name}\n{share}", size=SMALL, color="white", ha="center", va="center", linespacing=1.1)
    else:
        axes.text(x, y + height / 2 + 0.03, f"{name} {share}", size=SMALL, color=INK, ha="center", va="top")


def _draw_legend(axes: Axes, groups: Sequence[str]) -> None:
    if groups == ["rest"] or len(groups) > 1:
        handles = [
            Patch(facecolor=GROUPS[group][1], hatch=_hatch(group), edgecolor="white", label=_(GROUPS[group][0]))
            for group in groups
        ]
        axes.figure.legend(handles=handles, loc="outside lower left", ncols=3)
