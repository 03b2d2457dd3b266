"""What the figures share: the page's width, colours with a meaning, text measured as it will be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

WIDTH = 6.3  # inches: the text width of a printed page
LINE = 1.25  # line height, as a multiple of the size of the letters

SMALL = 7.4  # points: the smallest letters that can be read on paper and on a telephone

# The colours of the house style.
BLUE, ORANGE, PLUM, GREEN, RED, VIOLET = "#006097", "#C38700", "#502E50", "#009169", "#872C1C", "#775AC4"
INK, GREY, PALE, SHADE = "#262626", "#666666", "#E3E3E3", "#F3F3F3"

# A legend at the foot of a page, as narrow as can be.
CORNER: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 0), "columnspacing": 0.8, "handletextpad": 0.4}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page, in inches from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


def plot(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the page's width, `height` in inches, with one set of axes."""
    figure = Figure(figsize=(WIDTH, height))
    return figure, figure.subplots()


def page(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the page's width whose axes count in inches, without any frame."""
    figure = Figure(figsize=(WIDTH, height))
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def tint(colour: str, share: float = 0.3) -> tuple[float, float, float]:
    """Return a colour mixed with white; `share` is how much of it is left."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def darker(colour: str) -> tuple[float, float, float]:
    """Return a colour of lines as letters need it: with 4.5:1 contrast to paper (WCAG 2.2)."""
    red, green, blue = (0.6 * part + 0.4 * ink for part, ink in zip(to_rgb(colour), to_rgb(INK), strict=True))
    return red, green, blue


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width in inches of a line of text, `size` in points, as vector formats draw it."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(width) / 72


def line_height(size: float) -> float:
    """Return the height in inches of a line of text, `size` in points."""
    return LINE * size / 72


@cache
def wrap(text: str, size: float, width: float, weight: str = "normal") -> tuple[str, ...]:
    """Return the text in as few lines of at most `width` inches as it takes, about equally long.

    Lines break at spaces and after hyphens and slashes; a longer word keeps a line of its own.
    """
    pieces = tuple(_pieces(text))
    lines = _filled(pieces, size, width, weight)
    narrower = width
    while narrower > 0.1:
        narrower -= 0.05
        tried = _filled(pieces, size, narrower, weight)
        if len(tried) > len(lines) or max(text_width(line, size, weight) for line in tried) > width:
            break
        lines = tried
    return lines


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in pieces, each of them ending where a line may break."""
    piece = ""
    for letter, following in zip(text, f"{text[1:]} ", strict=True):
        piece += letter
        if letter == " " or (letter in "-/" and following.isalpha()):
            yield piece
            piece = ""
    yield piece


def _filled(pieces: tuple[str, ...], size: float, width: float, weight: str) -> tuple[str, ...]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size, weight) > width:
            lines.append("")
        lines[-1] += piece
    return tuple(line.rstrip() for line in lines)
