"""Layered drawing of a graph (after Sugiyama, Tagawa and Toda, 1981): rows, order in the rows, places across.

A link between rows that are not neighbours passes through a place of its own in each row between, so that
no line crosses a box. Nothing is random: the same graph has the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

Item = tuple[str, int]  # a node and 0, or a link and the row in which it passes by
SWEEPS = 24  # more of them change nothing any more
SETTLING = 200
BOX_GAP, LINE_GAP = 0.13, 0.085  # inches: between two boxes; between a line and its neighbour


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes level by level from above, their width in inches, and links: id to the two nodes that it joins.

    `falling` are the links whose first node should stand above the second one, if they are of one level.
    """

    levels: Sequence[Sequence[str]]
    widths: Mapping[str, float]
    links: Mapping[str, tuple[str, str]]
    falling: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layered:
    """A graph in rows from above, the level of each row, and for each link the items it runs through, downwards."""

    rows: tuple[tuple[Item, ...], ...]
    levels: tuple[int, ...]
    chains: Mapping[str, tuple[Item, ...]]


def layer(graph: Graph, room: float) -> Layered:
    """Return the graph in rows of at most `room` inches, no two linked nodes in one row.

    Raises `ValueError` if a row is longer however few boxes are in it.
    """
    for tenths in range(int(10 * room), 0, -2):
        layered = _layer(graph, tenths / 10)
        if all(_length(row, graph.widths) <= room for row in layered.rows):
            return layered
    raise ValueError(f"too many links for rows of {room} inches")


def _layer(graph: Graph, room: float) -> Layered:
    rows = _Rows(graph, room)
    while rows.shorten():
        pass
    at = rows.at
    chains = {link: _chain(link, sorted(ends, key=at.__getitem__), at) for link, ends in graph.links.items()}
    filled: list[list[Item]] = [[(name, 0) for name in row] for row in rows.rows]
    for chain in chains.values():
        for item in chain[1:-1]:
            filled[item[1]].append(item)
    return Layered(_ordered(filled, list(chains.values())), tuple(rows.levels), chains)


def _chain(link: str, ends: Sequence[str], at: Mapping[str, int]) -> tuple[Item, ...]:
    upper, lower = ends
    return ((upper, 0), *((link, row) for row in range(at[upper] + 1, at[lower])), (lower, 0))


class _Rows:
    """Nodes in rows, first wherever they fit, then moved one by one within their level."""

    def __init__(self, graph: Graph, room: float) -> None:
        self.room, self.widths = room, graph.widths
        self.near: dict[str, list[str]] = {name: [] for level in graph.levels for name in level}
        self.above: dict[str, list[str]] = {name: [] for name in self.near}
        for link, (one, other) in graph.links.items():
            self.near[one].append(other)
            self.near[other].append(one)
            if link in graph.falling:
                self.above[other].append(one)
        self.rows: list[list[str]] = []
        self.levels: list[int] = []
        self.at: dict[str, int] = {}
        for number, level in enumerate(graph.levels):
            for name in sorted(level, key=lambda name: (self._depth(name, level), -len(self.near[name]), name)):
                self._add(name, number)

    def _add(self, name: str, level: int) -> None:
        fitting = (index for index in self._rows_of(level) if self._fits(name, index))
        index = next(fitting, len(self.rows))
        if index == len(self.rows):
            self.rows.append([])
            self.levels.append(level)
        self.rows[index].append(name)
        self.at[name] = index

    def _rows_of(self, level: int) -> list[int]:
        return [index for index, found in enumerate(self.levels) if found == level]

    def _depth(self, name: str, level: Sequence[str], seen: frozenset[str] = frozenset()) -> int:
        """Return how many nodes of its level stand one above the other above a node."""
        upper = [other for other in self.above[name] if other in level and other not in seen]
        return max((1 + self._depth(other, level, seen | {name}) for other in upper), default=0)

    def _fits(self, name: str, index: int) -> bool:
        row = [*self.rows[index], name]
        falls = all(self.at.get(other, -1) < index for other in self.above[name])
        rises = all(
            index < self.at.get(other, len(self.rows)) for other in self.near[name] if name in self.above[other]
        )
        apart = not set(row) & set(self.near[name])
        return falls and rises and apart and sum(self.widths[other] for other in row) <= self.room

    def _length(self, name: str, index: int) -> int:
        return sum(abs(index - self.at[other]) for other in self.near[name])

    def shorten(self) -> bool:
        """Move a node within its level so that its links become shorter; return whether there was one."""
        for name in sorted(self.at):
            home = self.at[name]
            for index in self._rows_of(self.levels[home]):
                if index != home and self._length(name, index) < self._length(name, home) and self._fits(name, index):
                    self.rows[home].remove(name)
                    self.rows[index].append(name)
                    self.at[name] = index
                    return True
        return False


def _ordered(rows: list[list[Item]], chains: Sequence[Sequence[Item]]) -> tuple[tuple[Item, ...], ...]:
    """Return the rows in an order in which few links cross: sweeps by barycentre, neighbours exchanged."""
    above: dict[Item, list[Item]] = {item: [] for row in rows for item in row}
    below: dict[Item, list[Item]] = {item: [] for row in rows for item in row}
    for upper, lower in (pair for chain in chains for pair in pairwise(chain)):
        below[upper].append(lower)
        above[lower].append(upper)
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        for row in rows if downwards else reversed(rows):
            _sort_by_barycentre(row, above if downwards else below, _places(rows))
        for row in rows:
            _exchange(row, (above, below), _places(rows))
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return tuple(tuple(row) for row in best)


def _places(rows: Sequence[Sequence[Item]]) -> dict[Item, float]:
    return {item: (index + 0.5) / len(row) for row in rows for index, item in enumerate(row)}


def _sort_by_barycentre(row: list[Item], near: Mapping[Item, Sequence[Item]], places: Mapping[Item, float]) -> None:
    def barycentre(item: Item) -> float:
        linked = [places[other] for other in near[item]]
        return sum(linked) / len(linked) if linked else places[item]

    row.sort(key=barycentre)


def _exchange(row: list[Item], sides: tuple[Mapping[Item, Sequence[Item]], ...], places: Mapping[Item, float]) -> None:
    """Exchange neighbours in a row as long as that takes crossings away."""

    def crossing(left: Item, right: Item) -> int:
        return sum(places[one] > places[other] for near in sides for one in near[left] for other in near[right])

    better = True
    while better:
        better = False
        for index, (left, right) in enumerate(pairwise(tuple(row))):
            if row[index] == left and crossing(right, left) < crossing(left, right):
                row[index], row[index + 1] = right, left
                better = True


def _crossings(rows: Sequence[Sequence[Item]], below: Mapping[Item, Sequence[Item]]) -> int:
    places = _places(rows)
    count = 0
    for row in rows:
        ends = [places[lower] for upper in row for lower in sorted(below[upper], key=places.__getitem__)]
        count += sum(one > other for index, one in enumerate(ends) for other in ends[index + 1 :])
    return count


def place(layered: Layered, widths: Mapping[str, float], left: float, right: float) -> dict[Item, float]:
    """Return where across the page, in inches, the middle of each item stands: near its links, clear of its row."""
    near: dict[Item, list[tuple[Item, float]]] = {item: [] for row in layered.rows for item in row}
    for upper, lower in (pair for chain in layered.chains.values() for pair in pairwise(chain)):
        # A line that passes by should be straight before a box is above another.
        weight = (1.0, 2.0, 8.0)[(upper[0] not in widths) + (lower[0] not in widths)]
        near[upper].append((lower, weight))
        near[lower].append((upper, weight))
    apart = [list(_gaps(row, widths)) for row in layered.rows]
    middle = (left + right) / 2
    at = {
        item: middle - sum(between) / 2 + along
        for row, between in zip(layered.rows, apart, strict=True)
        for item, along in zip(row, accumulate(between, initial=0.0), strict=True)
    }
    for sweep in range(SETTLING):
        order = range(len(layered.rows))
        for index in order if sweep % 2 == 0 else reversed(order):
            row = layered.rows[index]
            wanted = [_wanted(item, near, at) for item in row]
            inner = left + _half(row[0], widths), right - _half(row[-1], widths)
            at.update(zip(row, nearest(wanted, apart[index], *inner), strict=True))
    return at


def _length(row: Sequence[Item], widths: Mapping[str, float]) -> float:
    return _half(row[0], widths) + sum(_gaps(row, widths)) + _half(row[-1], widths)


def _half(item: Item, widths: Mapping[str, float]) -> float:
    return widths.get(item[0], 0) / 2


def _gaps(row: Sequence[Item], widths: Mapping[str, float]) -> Iterator[float]:
    for one, other in pairwise(row):
        gap = BOX_GAP if one[0] in widths and other[0] in widths else LINE_GAP
        yield _half(one, widths) + gap + _half(other, widths)


def _wanted(
    item: Item, near: Mapping[Item, Sequence[tuple[Item, float]]], at: Mapping[Item, float]
) -> tuple[float, float]:
    """Return where an item would best stand, and how much that matters."""
    total = sum(weight for _other, weight in near[item])
    return sum(weight * at[other] for other, weight in near[item]) / total, total


def nearest(wanted: Sequence[tuple[float, float]], gaps: Sequence[float], left: float, right: float) -> list[float]:
    """Return the places nearest to the wanted ones (least squares) that keep order, gaps and bounds.

    Without the gaps, which are subtracted first, the places must not decrease: isotonic regression by
    pooling adjacent violators.
    """
    along = list(accumulate(gaps, initial=0.0))
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for (place_, weight), offset in zip(wanted, along, strict=True):
        pools.append((place_ - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (one, heavy, many), (other, light, few) = pools[-2:]
            pools[-2:] = [((one * heavy + other * light) / (heavy + light), heavy + light, many + few)]
    means = [mean for mean, _weight, length in pools for _ in range(length)]
    return [min(max(mean, left), right - along[-1]) + offset for mean, offset in zip(means, along, strict=True)]
