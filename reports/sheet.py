"""The paper a chart is drawn on: title sentence, panels, footer; margins in inches of a slide, so that no text is cut.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from look import Look
from number_text import put_log_ticks

WIDTH = 12.8
HEIGHT = 7.2
TITLE_WIDTH, TITLE_SIZE = 12.2, 20  # inches of a title line, and points
NOTE_COLUMNS = 164


@dataclass
class Sheet:
    figure: Figure
    panels: list[list[Axes]]


def lines_of(text: str, columns: int, most: int) -> list[str]:
    return cut_to(textwrap.wrap(text, columns), most, columns - 2)


def title_lines_of(text: str) -> list[str]:
    """By the width of what is written: a line of capitals is half as long again as one of small letters."""
    lines: list[str] = []
    for word in (part for word in text.split(" ") for part in textwrap.wrap(word, 38, break_on_hyphens=False) or [""]):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, TITLE_SIZE, "bold") <= TITLE_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return cut_to(lines, 3, 60)


def cut_to(lines: list[str], most: int, last: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most - 1], lines[most - 1][:last].rstrip() + " …"]


def new_sheet(look: Look, title: str, note: str, rows: int = 1, columns: int = 1, *, left: float = 1.3, right: float = 0.35,
              row_height: float = 2.6, bottom: float = 0.75, gap_x: float = 0.25, gap_y: float = 1.15,
              head: float = 0.45, note_lines: int = 4, least_height: float = HEIGHT) -> Sheet:
    """A figure 12.8 inches wide (times the scale of the size) and `least_height` high; more where the rows need it.

    The note goes below everything in small print. `head` is room above the first row for what stands over it, `bottom` holds
    tick labels and the axis label of the last row.
    """
    scale = look.scale
    title_lines = title_lines_of(title)
    small_print = lines_of(note, NOTE_COLUMNS, note_lines)
    top = 0.35 + 0.36 * len(title_lines) + head
    foot = 0.22 + 0.19 * len(small_print)
    least = top + rows * row_height + (rows - 1) * gap_y + bottom + foot
    height = max(least_height, least)
    figure = Figure(figsize=(WIDTH * scale, height * scale))
    plot_width, plot_height = WIDTH - left - right, height - top - bottom - foot
    panel_width = (plot_width - gap_x * (columns - 1)) / columns
    panel_height = (plot_height - gap_y * (rows - 1)) / rows
    grid = figure.add_gridspec(rows, columns, left=left / WIDTH, right=1 - right / WIDTH, top=1 - top / height,
                               bottom=(bottom + foot) / height, wspace=gap_x / panel_width, hspace=gap_y / panel_height)
    panels = []
    for row in range(rows):
        panels.append([])
        for column in range(columns):
            panels[row].append(figure.add_subplot(grid[row, column]))
    figure.text(0.3 / WIDTH, 1 - 0.28 / height, "\n".join(title_lines), va="top", ha="left", linespacing=1.25,
                fontsize=TITLE_SIZE * scale, fontweight="bold", gid="title")
    figure.text(0.3 / WIDTH, 0.14 / height, "\n".join(small_print), va="bottom", ha="left", linespacing=1.3,
                fontsize=10 * scale, color=look.color("soft"), gid="note")
    return Sheet(figure, panels)


def empty_sheet(look: Look, title: str, why: str, note: str) -> Figure:
    """A chart with nothing to show says so."""
    sheet = new_sheet(look, title, note, row_height=0.8, bottom=0.2, least_height=0)
    axes = sheet.panels[0][0]
    axes.set_axis_off()
    axes.text(0.5, 0.5, "\n".join(textwrap.wrap(why, 60)), ha="center", va="center", transform=axes.transAxes,
              color=look.color("soft"), fontsize=16 * look.scale, gid="empty")
    return sheet.figure


def rows_on_log_axis(axes: Axes, names: list[str], low: float, high: float, text: Callable[[float], str], size: float | None = None) -> None:
    """A row for each name, the first on top; ticks from `low` to `high` are told by `text`."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    put_log_ticks(axes.xaxis, low, high, text)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names, **({"fontsize": size} if size else {}))  # None would be another size than the style has
    axes.grid(False, axis="y")


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Inches of a slide that a line of text takes, `size` in points."""
    return size * width_at_one(text, weight)


@lru_cache(maxsize=10_000)
def width_at_one(text: str, weight: str) -> float:
    """Inches at one point. Every style has the same fonts."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(weight=weight, size=100), False)
    return width / 7200


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least `gap` apart inside [low, high], in the order of `wanted` and near it (labels beside line ends)."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    at = low
    for i in order:  # push up
        placed[i] = max(wanted[i], at)
        at = placed[i] + gap
    at = high
    for i in reversed(order):  # and back down from the top
        placed[i] = min(placed[i], at)
        at = placed[i] - gap
    return placed
