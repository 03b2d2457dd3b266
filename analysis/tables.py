"""A city's tables: its staff and its events."""

from __future__ import annotations

import pandas as pd

from analysis.facts import read_table, typed
from analysis.timeline import LANES, lane_of, read_timeline
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


def staff(city: str) -> pd.DataFrame:
    """Return what is counted of a city's (slug) staff: label, period, the typed value and its unit, as printed."""
    rows = read_table("staff")
    rows = rows[(rows.city == city) & rows.unit.isin(UNITS)]
    values = [typed(row) for _, row in rows.iterrows()]
    return pd.DataFrame({"label": rows.label, "period": rows.period, "value": values, "unit": rows.unit.map(UNITS)})


def events(city: str) -> pd.DataFrame:
    """Return the events of a city (its slug), the earliest first: period, event, the lane they are drawn in."""
    rows = read_timeline(city)
    kinds = [LANES[lane_of(kind)][0] for kind in rows.kind]
    return pd.DataFrame({"period": rows.period, "event": rows.event, "kind": kinds})


def staff_table(city: str) -> TypedTable:
    """Return the table of a city's (slug) staff."""
    heads = {"label": N_("Was gezählt wird"), "period": N_("Zeit"), "value": N_("Zahl"), "unit": N_("Einheit")}
    return table(staff(city), heads=heads, translate=["label", "period", "unit"])


def events_table(city: str) -> TypedTable:
    """Return the table of a city's (slug) events."""
    heads = {"period": N_("Zeit"), "event": N_("Ereignis"), "kind": N_("Art")}
    return table(events(city), heads=heads, translate=["period", "event", "kind"])
