"""The tables: a city's staff, events and ties, the shares in all cities, and what is drawn otherwise, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from analysis import concepts, programmes
from analysis.facts import city_name, read_table, typed
from analysis.network import KINDS, read_ties
from analysis.timeline import LANES, lane_of, read_frame, read_timeline
from reportkit.chapter import TypedTable, table
from reportkit.chapter import noop as N_

UNITS = {
    "positions": N_("Stellen"),
    "fte": N_("Vollzeitstellen"),
    "persons": N_("Personen"),
    "teams": N_("Teams"),
    "subgroups": N_("Untergruppen"),
    "units": N_("Einheiten"),
    "units per city district": N_("je Stadtbezirk"),
    "percent": N_("der Stellen"),
}
# The units of which there may be one.
ONE = {
    "positions": N_("Stelle"),
    "fte": N_("Vollzeitstelle"),
    "persons": N_("Person"),
    "teams": N_("Team"),
    "subgroups": N_("Untergruppe"),
}


SHARES = (
    "share_of_total_population",
    "share_of_foreign_population",
    "share_of_eu_foreigners",
    "share_sgb2_households",
)
GROUPS = {
    "ro": N_("rumänische Staatsangehörige"),
    "bg": N_("bulgarische Staatsangehörige"),
    "ro+bg": N_("beide Gruppen"),
}


def staff(city: str) -> pd.DataFrame:
    """Return what is counted of a city's (slug) staff: label, period, the typed value and its unit, as printed."""
    rows = read_table("staff")
    rows = rows[(rows.city == city) & rows.unit.isin(UNITS)]
    values = [typed(row) for _, row in rows.iterrows()]
    units = rows.unit.map(UNITS).mask(rows.value == 1, rows.unit.map(UNITS | ONE))
    return pd.DataFrame({"label": rows.label, "period": rows.period, "value": values, "unit": units})


def events(city: str) -> pd.DataFrame:
    """Return the events of a city (its slug), the earliest first: period, event, the lane they are drawn in."""
    rows = read_timeline(city)
    kinds = [LANES[lane_of(kind)][0] for kind in rows.kind]
    return pd.DataFrame({"period": rows.period, "event": rows.event, "kind": kinds})


def frame() -> pd.DataFrame:
    """Return what state, federation and European Union set, the earliest first: period, event."""
    return read_frame()[["period", "event"]]


def ties(city: str) -> pd.DataFrame:
    """Return the ties of a city (its slug) as they are drawn: from whom, what kind, to whom, when, on what basis."""
    names = read_table("actors").set_index("key").name
    found = read_ties(city)
    return pd.DataFrame(
        {
            "source": [names[tie.source] for tie in found],
            "kind": [KINDS[tie.kind].name for tie in found],
            "target": [names[tie.target] for tie in found],
            "year": [tie.year or None for tie in found],
            "basis": [N_("erschlossen") if tie.inferred else N_("genannt") for tie in found],
        }
    )


def shares() -> pd.DataFrame:
    """Return the shares of Romanian and Bulgarian citizens in all cities, base by base: typed values."""
    rows = read_table("shares")
    rows = rows[rows.variable.isin(SHARES) & rows.group.isin(GROUPS)]
    rows = rows.sort_values("variable", key=lambda column: column.map(SHARES.index), kind="stable")
    return pd.DataFrame(
        {
            "city": [city_name(city) for city in rows.city],
            "group": rows.group.map(GROUPS),
            "period": rows.period,
            "value": [typed(row) for _, row in rows.iterrows()],
            "base": rows.base,
        }
    )


def concept_years() -> pd.DataFrame:
    """Return the years of first steps, concepts and centres: a city (msgid) a row, a role a column, as drawn."""

    def said(city: str, role: str) -> str:
        years = [one.label for one in concepts.dated(city) if one.role == role]
        return "; ".join(years) or concepts.gap(city, role)

    return _by_city(concepts.DATED, concepts.ROLES, said)


def programme_years() -> pd.DataFrame:
    """Return the years of the programmes: a city (msgid) a row, a programme a column, as drawn."""

    def said(city: str, programme: str) -> str:
        years = [run.label for run in programmes.runs(city) if run.programme == programme]
        return "; ".join(years) or programmes.gap(city, programme)

    return _by_city(programmes.RUNS, programmes.PROGRAMMES, said)


def _by_city(cities: Iterable[str], columns: Iterable[str], said: Callable[[str, str], str]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"city": city_name(city), **{column: said(city, column) for column in columns}} for city in cities]
    )


def staff_table(city: str) -> TypedTable:
    """Return the table of a city's (slug) staff."""
    heads = {"label": N_("Was gezählt wird"), "period": N_("Zeit"), "value": N_("Zahl"), "unit": N_("Einheit")}
    return table(staff(city), heads=heads, translate=["label", "period", "unit"])


def events_table(city: str) -> TypedTable:
    """Return the table of a city's (slug) events."""
    heads = {"period": N_("Zeit"), "event": N_("Ereignis"), "kind": N_("Art")}
    return table(events(city), heads=heads, translate=["period", "event", "kind"])


def frame_table() -> TypedTable:
    """Return the table of what state, federation and European Union set."""
    return table(frame(), heads={"period": N_("Zeit"), "event": N_("Ereignis")}, translate=["period", "event"])


def concepts_table() -> TypedTable:
    """Return the table of the years of first steps, concepts and centres."""
    heads = {"city": N_("Stadt"), **{role: name for role, (name, *_looks) in concepts.ROLES.items()}}
    return table(concept_years(), heads=heads, translate=["city"])


def programmes_table() -> TypedTable:
    """Return the table of the years of the programmes."""
    heads = {"city": N_("Stadt"), **{key: name for key, (name, _colour) in programmes.PROGRAMMES.items()}}
    return table(programme_years(), heads=heads, translate=["city"])


def ties_table(city: str) -> TypedTable:
    """Return the table of a city's (slug) ties."""
    heads = {
        "source": N_("Von"),
        "kind": N_("Beziehung"),
        "target": N_("Zu"),
        "year": N_("Zeit"),
        "basis": N_("Grundlage"),
    }
    return table(ties(city), heads=heads, translate=["source", "kind", "target", "basis"])


def shares_table() -> TypedTable:
    """Return the table of shares in all cities."""
    heads = {
        "base": N_("Basis"),
        "city": N_("Stadt"),
        "group": N_("Gruppe"),
        "period": N_("Zeit"),
        "value": N_("Anteil"),
    }
    return table(shares(), heads=heads, translate=["base", "city", "group", "period"])
