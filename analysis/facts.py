"""The study's facts as typed values: what the prose prints, each by the id of its row."""

from __future__ import annotations

from collections import defaultdict
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import pandas as pd

from reportkit.chapter import TypedValue, date, interval, number, percent, words
from reportkit.chapter import noop as N_

DATA = Path(__file__).parents[1] / "data"
TOPICS = ("population", "shares", "staff", "housing", "networks", "projects", "survey", "events")
# Years, ids and numbers as printed stay text: a year is a name, not a quantity.
TYPES = defaultdict(lambda: "string", {"value": "float64", "low": "float64", "high": "float64"})
# How prose writes small numbers: one in its gender and case, the others as they are.
ONE = (N_("ein"), N_("eine"), N_("einer"))
SMALL = (
    *(N_("zwei"), N_("drei"), N_("vier"), N_("fünf"), N_("sechs"), N_("sieben")),
    *(N_("acht"), N_("neun"), N_("zehn"), N_("elf"), N_("zwölf")),
)


@cache
def read_table(name: str) -> pd.DataFrame:
    """Return a table of the data package; all columns but the measured numbers are text, missing cells are NA."""
    return pd.read_csv(DATA / f"{name}.csv", dtype=TYPES)


@cache
def _facts() -> pd.DataFrame:
    return pd.concat([read_table(topic) for topic in TOPICS]).set_index("fact")


def row(fact_id: str) -> pd.Series:
    """Return the row of a fact; raises `KeyError` with the nearest id, or why the fact is left out of the tables."""
    facts = _facts()
    if fact_id in facts.index:
        return facts.loc[[fact_id]].iloc[0]
    reasons = read_table("left_out").set_index("fact").reason
    if fact_id in reasons.index:
        raise KeyError(f"fact `{fact_id}` is left out: {reasons[fact_id]}")
    near = get_close_matches(fact_id, facts.index, n=1)
    raise KeyError(f"there is no fact `{fact_id}`" + (f"; did you mean `{near[0]}`?" if near else ""))


def fact(fact_id: str, *, bare: bool = False) -> TypedValue:
    """Return a fact as a typed value with its qualifier; `bare` leaves the qualifier's word out."""
    return typed(row(fact_id), bare=bare)


def in_words(fact_id: str, one: str = "eine") -> TypedValue:
    """Return an exact whole number from 1 to 12 as a word; `one` is the form of 1 that the sentence needs.

    Raises `ValueError` for any other fact and any other form.
    """
    found = row(fact_id)
    spelled = {1: one, **dict(enumerate(SMALL, start=2))}
    if one not in ONE or found.qualifier != "exact" or found.value not in spelled:
        raise ValueError(f"{fact_id} ({fact(fact_id)}) with `{one}` for one: no exact whole number from 1 to 12")
    return words(spelled[int(found.value)])


def spelled(count: int) -> TypedValue:
    """Return a count from 2 to 12 as a word."""
    return words(dict(enumerate(SMALL, start=2))[count])


def typed(found: pd.Series, *, bare: bool = False) -> TypedValue:
    """Return the value of a row: a number, share, range, date or word, as its unit says."""
    if found.unit == "years":
        return TypedValue(kind="text", text=f"{found.low:.0f}–{found.high:.0f}")
    if found.unit == "year":
        return date(f"{found.value:.0f}")
    if pd.notna(found.value):
        qualifier = "exact" if bare else str(found.qualifier)
        return number(_plain(found.value), qualifier=qualifier, unit=_unit(found))
    if pd.notna(found.low):
        return interval(_plain(found.low), _plain(found.high), unit=_unit(found))
    return date(found.text) if found.unit in {"date", "month"} else words(str(found.text))


def amount(fact_id: str) -> float:
    """Return the number of a fact for computing with it; raises `ValueError` if it states none."""
    value = row(fact_id).value
    if pd.isna(value):
        raise ValueError(f"{fact_id} states no single number")
    return float(value)


def growth(earlier: str, later: str) -> TypedValue:
    """Return the derived growth from one fact to another, in percent of the earlier."""
    return percent(100 * (amount(later) / amount(earlier) - 1), digits=1)


def factor(earlier: str, later: str) -> TypedValue:
    """Return the derived factor between two facts, such as 4.98."""
    return number(amount(later) / amount(earlier), digits=2)


def total(*fact_ids: str) -> TypedValue:
    """Return the derived sum of facts in the same unit, no more exact than they are.

    Raises `ValueError` if their qualifiers contradict each other.
    """
    inexact = {str(row(fact_id).qualifier) for fact_id in fact_ids} - {"exact"}
    if len(inexact) > 1:
        raise ValueError(f"no sum of {', '.join(fact_ids)}: {' and '.join(sorted(inexact))}")
    return number(_plain(sum(amount(fact_id) for fact_id in fact_ids)), qualifier=inexact.pop() if inexact else "exact")


def difference(more: str, less: str) -> TypedValue:
    """Return the derived difference of two facts."""
    return number(_plain(amount(more) - amount(less)))


def share_of(part: str, whole: str) -> TypedValue:
    """Return the derived number of people in a share: percent fact `part` of count fact `whole`.

    Shares are printed in whole percent, so that tens are all that follows from them.
    """
    return number(round(amount(part) / 100 * amount(whole), -1), qualifier="about")


def city_name(slug: str) -> str:
    """Return the German name of a city, a msgid."""
    cities = read_table("cities").set_index("slug")
    return str(cities.loc[slug, "name"])


def _unit(found: pd.Series) -> str:
    return "percent" if found.unit == "percent" else ""


def _plain(value: float) -> float:
    """Return a whole number as `int`, so that it prints without decimals."""
    return int(value) if float(value).is_integer() else float(value)
