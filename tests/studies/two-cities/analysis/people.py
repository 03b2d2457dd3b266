"""People and events in the two cities."""

import pandas as pd

CITIES = {"altdorf": "Altdorf", "neustadt": "Neustadt"}


def inhabitants(city: str) -> pd.Series:
    """Return a city's inhabitants by year."""
    table = pd.read_csv("data/population.csv")
    return table[table.city == city].set_index("year").inhabitants


def events(city: str) -> pd.DataFrame:
    """Return a city's events, the first one first; years are text."""
    table = pd.read_csv("data/events.csv", dtype={"year": str})
    return table[table.city == city].sort_values("year")
