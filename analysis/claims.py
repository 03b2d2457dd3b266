"""The claims that the study examines and makes: what is claimed, the values it rests on, and whether it holds.

A claim of the source chapter is told by `SOURCE`; the others are the study's own.
"""

from __future__ import annotations

from analysis.comparison import concentrations, growth_of_cities, largest
from analysis.concepts import DATED, dated
from analysis.facts import amount, fact, factor, row
from reportkit.chapter import TypedValue, claim, missing, percent
from reportkit.chapter import noop as N_

SOURCE = N_("Ausgangskapitel")


def tenfold() -> TypedValue:
    """Oer-Erkenschwick: the stated growth, against the counts that are stated beside it."""
    return claim(
        "tenfold",
        N_("Die Zahl der EU-Staatsangehörigen in Oer-Erkenschwick hat sich von 2004 bis 2014 mehr als verzehnfacht."),
        by=SOURCE,
        holds=amount("OE-032") > amount("OE-031") * amount("OE-026"),
        expected=False,
        values={"2004": fact("OE-026"), "2014": fact("OE-032"), N_("Faktor"): factor("OE-026", "OE-032")},
    )


def same_order() -> TypedValue:
    """Oer-Erkenschwick: the three most frequent countries of origin stand in one order in both years."""
    years = (("OE-034", "OE-035", "OE-036"), ("OE-039", "OE-040", "OE-041"))
    labels = (
        N_("Rumänien 2014"),
        N_("Polen 2014"),
        N_("Ungarn 2014"),
        N_("Rumänien 2022"),
        N_("Polen 2022"),
        N_("Ungarn 2022"),
    )
    facts = [fact_id for year in years for fact_id in year]
    return claim(
        "same-order",
        N_("Nach der Zahl der Menschen in Oer-Erkenschwick folgen 2014 wie 2022 auf Rumänien erst Polen, dann Ungarn."),
        holds=all(amount(first) > amount(second) > amount(third) for first, second, third in years),
        values={label: fact(fact_id) for label, fact_id in zip(labels, facts, strict=True)},
    )


def falling_concentration() -> TypedValue:
    """Duisburg: the concentration that is said to fall, by the districts of the Bulgarian group."""
    districts = (("DU-063", "DU-070"), ("DU-064", "DU-071"))
    return claim(
        "falling-concentration",
        N_(
            "Die Wohnkonzentration der bulgarischen Staatsangehörigen in Duisburg hat sich verringert, gemessen an "
            "jedem der beiden wichtigsten Bezirke."
        ),
        by=SOURCE,
        holds=all(amount(last) < amount(first) for first, last in districts),
        expected=False,
        values={
            N_("Mitte/Hochfeld 2015"): fact("DU-063"),
            N_("Mitte/Hochfeld 2022"): fact("DU-070"),
            N_("Hamborn/Marxloh 2015"): fact("DU-064"),
            N_("Hamborn/Marxloh 2022"): fact("DU-071"),
        },
    )


def falling_concentration_romanian() -> TypedValue:
    """Duisburg: the same of the Romanian group, for which the last year has no shares."""
    return claim(
        "falling-concentration-romanian",
        N_("Die Wohnkonzentration der rumänischen Staatsangehörigen hat sich in Duisburg verringert."),
        by=SOURCE,
        holds=None,
        expected=None,
        values={N_("Meiderich-Beeck 2015"): fact("DU-066"), "2022": missing(N_("keine Anteile angegeben"))},
    )


def both_districts() -> TypedValue:
    """Duisburg: the two main districts of the Bulgarian group taken together."""
    first, last = (amount(a) + amount(b) for a, b in (("DU-063", "DU-064"), ("DU-070", "DU-071")))
    return claim(
        "both-districts",
        N_("In den beiden wichtigsten Duisburger Bezirken zusammen lebt ein kleinerer Teil der bulgarischen Gruppe."),
        holds=last < first,
        values={"2015": percent(first, qualifier="about"), "2022": percent(last)},
    )


def one_share_rises() -> TypedValue:
    """Concentration: of all shares with two years only one rises."""
    compared = [one for one in concentrations() if len(one.facts) == 2]
    rising = [row(one.facts[0]).area for one in compared if one.rises]
    return claim(
        "one-share-rises",
        N_("Von den vergleichbaren Anteilen steigt nur der bulgarische in Hamborn/Marxloh."),
        holds=rising == ["Hamborn/Marxloh"],
        values={N_("vergleichbare Anteile"): len(compared), N_("steigende"): len(rising)},
    )


def bulgarian_doubled() -> TypedValue:
    """Duisburg: the stated growth of the Bulgarian group."""
    return claim(
        "bulgarian-doubled",
        N_("In Duisburg hat sich die Zahl der bulgarischen Staatsangehörigen von 2015 bis 2022 mehr als verdoppelt."),
        by=SOURCE,
        holds=amount("DU-056") > amount("DU-058") * amount("DU-053"),
        values={"2015": fact("DU-053"), "2022": fact("DU-056"), N_("Faktor"): factor("DU-053", "DU-056")},
    )


def inflow_below_stock() -> TypedValue:
    """Essen: what came in, as far as stated, does not make up those who live there."""
    return claim(
        "inflow-below-stock",
        N_("Die für Essen genannten Zuzüge ergeben zusammen weniger Menschen als der Bestand von 2014."),
        holds=amount("ES-045") + amount("ES-046") < amount("ES-011"),
        values={
            N_("Zuzüge 2006–2013"): fact("ES-045"),
            N_("Zuzüge 2014"): fact("ES-046"),
            N_("Bestand 2014"): fact("ES-011"),
        },
    )


def same_level() -> TypedValue:
    """Essen: its first count is said to be the level that Duisburg had years before, of which no count is stated."""
    return claim(
        "same-level",
        N_("Essen erreichte 2014 den Stand, den Duisburg schon 2008/2009 hatte."),
        by=SOURCE,
        holds=None,
        expected=None,
        values={N_("Essen 2014"): fact("ES-011"), N_("Duisburg 2008/2009"): missing(N_("keine eigene Zahl"))},
    )


def half_of_posts() -> TypedValue:
    """Hagen: posts mainly for south-east Europe among all posts."""
    share = percent(100 * amount("HA-046") / amount("HA-044"), digits=1)
    return claim(
        "half-of-posts",
        N_("In Hagen gilt 2022 weniger als die Hälfte der Stellen überwiegend Südosteuropa."),
        by=SOURCE,
        holds=share["value"] < amount("HA-047"),
        values={N_("alle Stellen"): fact("HA-044"), N_("für Südosteuropa"): fact("HA-046"), N_("Anteil"): share},
    )


def most_people() -> TypedValue:
    """Comparison: the largest group in absolute numbers."""
    counts = {one.city: one.counts[1] for one in growth_of_cities() if one.counts}
    return claim(
        "most-people",
        N_("Von den Städten mit Angabe hat Duisburg 2022 die meisten rumänischen und bulgarischen Staatsangehörigen."),
        holds=max(counts, key=lambda city: counts[city]["value"]) == "duisburg",
        values={
            N_("Duisburg"): counts["duisburg"],
            N_("Essen"): counts["essen"],
            N_("Gladbeck"): counts["gladbeck"],
            N_("Oer-Erkenschwick (nur rumänische)"): counts["oer-erkenschwick"],
        },
    )


def most_growth() -> TypedValue:
    """Comparison: the largest growth by its factor."""
    factors = {one.city: one.factor for one in growth_of_cities() if one.counts}
    return claim(
        "most-growth",
        N_("Gemessen am Ausgangswert ist die Gruppe in Gladbeck am stärksten gewachsen."),
        holds=largest(growth_of_cities()).city == "gladbeck",
        values={
            N_("Gladbeck, Faktor"): factors["gladbeck"],
            N_("Oer-Erkenschwick (nur rumänische)"): factors["oer-erkenschwick"],
            N_("Essen"): factors["essen"],
            N_("Duisburg"): factors["duisburg"],
        },
    )


def staff_fell() -> TypedValue:
    """Comparison: posts from their peak to 2024; in Duisburg by either reading of the peak."""
    peak = min(amount("DU-076"), amount("DU-077"))
    return claim(
        "staff-fell",
        N_("In Duisburg und Essen gibt es 2024 weniger eigens bestimmte Stellen als auf dem Höchststand."),
        holds=amount("DU-078") < peak and amount("ES-051") < amount("ES-050"),
        values={
            N_("Duisburg, kleinerer Höchststand"): fact("DU-077"),
            N_("Duisburg 2024"): fact("DU-078"),
            N_("Essen 2019"): fact("ES-050"),
            N_("Essen 2024"): fact("ES-051"),
        },
    )


def similar_shares() -> TypedValue:
    """Comparison: Hagen's share of the total population, computed from two shares, beside Duisburg's."""
    hagen = percent(amount("HA-040") * amount("HA-042") / 100, digits=1, qualifier="about")
    return claim(
        "similar-shares",
        N_("Hagen und Duisburg unterscheiden sich 2022 im Anteil an der Gesamtbevölkerung um weniger als einen Punkt."),
        holds=abs(hagen["value"] - amount("DU-057")) < 1,
        values={N_("Hagen 2022, errechnet"): hagen, N_("Duisburg 2022"): fact("DU-057")},
    )


def tight_markets() -> TypedValue:
    """Comparison: where vacancy is lowest."""
    others = [amount("DU-088"), *(float(row(fact_id).low) for fact_id in ("HA-055", "OE-055"))]
    return claim(
        "tight-markets",
        N_("Die Leerstandsquoten von Dortmund und Essen liegen unter allen anderen genannten."),
        holds=max(float(row(fact_id).high) for fact_id in ("DO-067", "ES-058")) < min(others),
        values={
            N_("Dortmund"): fact("DO-067"),
            N_("Essen"): fact("ES-058"),
            N_("Duisburg"): fact("DU-088"),
            N_("Hagen"): fact("HA-055"),
            N_("Kreis Recklinghausen"): fact("OE-055"),
        },
    )


def earliest_step() -> TypedValue:
    """Comparison: who began first, by the first year of any step, concept or centre."""
    first = {city: min(one.first for one in dated(city)) for city in DATED}
    return claim(
        "earliest-step",
        N_("Den frühesten genannten Schritt hat Gladbeck getan, den zweiten Essen."),
        holds=sorted(first, key=lambda city: first[city])[:2] == ["gladbeck", "essen"],
        values={N_("Gladbeck"): str(first["gladbeck"]), N_("Essen"): str(first["essen"])},
    )
