"""What the slides of a talk are drawn on: exactly 16:9, a title of two lines at most, nothing below 18 points.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from look import Look
from number_text import tick
from sheet import HEIGHT, WIDTH, spread, width_of

TEXT, BIG = 18, 22  # points
TITLE_SIZES = (28, 26, 24, 22, 20)
TITLE_WIDTH, TITLE_TOP, TITLE_LINES = 12.0, 6.9, 2
BODY_TOP = 5.7  # inches from below
MOST_SERIES = 5
LINE = 0.33  # inches, of a line of TEXT


@dataclass(frozen=True)
class Slide:
    """One idea. `series` are what a build-up adds one by one; `draw` is told which of them to show."""

    name: str
    title: str
    notes: str
    draw: Callable[[Canvas, tuple[str, ...]], None]
    series: tuple[str, ...] = ()

    @property
    def steps(self) -> list[tuple[str, ...]]:
        """What is shown at each step of the build-up: of one or two there is none."""
        if len(self.series) <= 2:
            return [self.series]
        return [self.series[:count] for count in range(1, len(self.series) + 1)]


@dataclass
class Canvas:
    look: Look
    figure: Figure = field(default_factory=lambda: Figure(figsize=(WIDTH, HEIGHT)))

    def axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Inches from the lower left corner."""
        return self.figure.add_axes((left / WIDTH, bottom / HEIGHT, (right - left) / WIDTH, (top - bottom) / HEIGHT))

    def blank(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Axes without marks of their own, in inches of the canvas."""
        axes = self.axes(left, bottom, right, top)
        axes.set_axis_off()
        axes.set(xlim=(left, right), ylim=(bottom, top))
        return axes

    def write(self, x: float, y: float, text: str, size: float = TEXT, **how) -> None:
        self.figure.text(x / WIDTH, y / HEIGHT, text, fontsize=size, **{"va": "center", "color": self.look.color("text"), **how})

    def put_title(self, text: str) -> None:
        size, lines = fitted_title(text)
        self.figure.text(0.4 / WIDTH, TITLE_TOP / HEIGHT, "\n".join(lines), va="top", ha="left", linespacing=1.2, fontsize=size, fontweight="bold", gid="title")


def wrapped(text: str, size: float, inches: float, weight: str = "normal") -> list[str]:
    """Lines by the width of what is written; a word that is wider than a line is cut."""
    lines: list[str] = []
    for word in (cut(each, size, inches, weight) for each in text.split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= inches:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def cut(text: str, size: float, inches: float, weight: str = "normal") -> str:
    """As much of a text as has room, with an ellipsis where that is not all."""
    if width_of(text, size, weight) <= inches:
        return text
    while len(text) > 1 and width_of(text + "…", size, weight) > inches:
        text = text[:-1]
    return text.rstrip() + "…"


def balanced(text: str, size: float, inches: float, weight: str = "normal") -> list[str]:
    """As few lines as `wrapped` needs, and of about one length, so that no word stands alone in the last."""
    lines = wrapped(text, size, inches, weight)
    narrow = inches
    while len(lines) > 1 and narrow > 0.5 * inches:
        narrow -= 0.02 * inches
        tighter = wrapped(text, size, narrow, weight)
        if len(tighter) > len(lines) or any("…" in line for line in tighter):
            break
        lines = tighter
    return lines


def fitted(text: str, size: float, inches: float, most: int) -> list[str]:
    """At most so many lines; what has no room is cut."""
    lines = balanced(text, size, inches)
    return lines if len(lines) <= most else [*lines[:most - 1], cut(" ".join(lines[most - 1:]), size, inches)]


def fitted_title(text: str) -> tuple[float, list[str]]:
    """The greatest size at which the title has room."""
    for size in TITLE_SIZES:
        lines = balanced(text, size, TITLE_WIDTH, "bold")
        if len(lines) <= TITLE_LINES:
            return size, lines
    return size, [*lines[:TITLE_LINES - 1], cut(" ".join(lines[TITLE_LINES - 1:]), size, TITLE_WIDTH, "bold")]


def place(value: float) -> float:
    """Where a number of items in flight, or a share, stands on an axis."""
    return math.log10(max(value, 0.1))


def put_places(axes: Axes, values: list[float], text: Callable[[float], str] = tick) -> None:
    """Ticks at the values, without those whose labels would touch."""
    inches = axes.get_window_extent().width / axes.figure.dpi
    low, high = place(values[0]), place(values[-1])
    margin = 0.06 * (high - low) or 0.5
    axes.set_xlim(low - margin, high + margin)
    an_inch = (high - low + 2 * margin) / inches
    kept: list[float] = []
    for value in reversed(values):  # the last one is what a title speaks of
        room = width_of(text(value), TEXT) / 2 + (width_of(text(kept[-1]), TEXT) / 2 if kept else 0) + 0.15
        if not kept or place(kept[-1]) - place(value) >= room * an_inch:
            kept.append(value)
    axes.set_xticks([place(value) for value in kept], [text(value) for value in kept])


def put_labels(canvas: Canvas, axes: Axes, ends: list[tuple[str, str, float]], hollow: tuple[str, ...] = ()) -> None:
    """Beside the axes, each as near to the end of its line as it fits: text, colour and y in data. `hollow` are the texts whose marks are."""
    box = axes.get_window_extent()
    dpi = axes.figure.dpi
    wanted = [min(max(axes.transData.transform((0, y))[1], box.y0), box.y1) for _, _, y in ends]
    for (text, color, _), level in zip(ends, spread(wanted, LINE * dpi, box.y0, box.y1)):
        canvas.write(box.x1 / dpi + 0.15, level / dpi, text, color=canvas.look.color("text"), gid=f"label:{text}", ha="left", fontweight="bold")
        face = canvas.look.color("ground") if text in hollow else color
        axes.plot([1.0], [(level - box.y0) / box.height], "s", color=color, markerfacecolor=face, markeredgewidth=2.5, transform=axes.transAxes, clip_on=False, markersize=8, zorder=5)
