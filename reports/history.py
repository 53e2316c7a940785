"""Draws many runs over time: a panel a series, the levels between its steps, the steps named by their commit.

usage: history.py HISTORY.json CHART.svg|CHART.png   (HISTORY.json: as `interleave history --json` prints it)

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import math
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from drawing import bytes_of
from look import Look

MOST_PANELS = 12
COLUMNS = 3
WIDTH, PANEL_HEIGHT = 12.8, 2.3  # inches


@dataclass(frozen=True)
class Line:
    """A series against its own first level, in percent."""

    title: str
    runs: list[int]
    percents: list[float]
    steps: list[tuple[int, float]]  # place, ratio

    @property
    def weight(self) -> float:
        """What steps the most is drawn first, then what scatters the most."""
        return max((abs(math.log(ratio)) for _, ratio in self.steps), default=0) * 1e3 + statistics.pstdev(self.percents)


def line_of(series: dict) -> Line:
    values = [each["value"] for each in series["values"]]
    first = series["changes"][0]["before"] if series["changes"] else statistics.median(values)
    return Line(title=f"{series['load']}\n{series['model']}", runs=[each["run"] for each in series["values"]],
                percents=[100 * (value / first - 1) for value in values], steps=[(step["at"], step["ratio"]) for step in series["changes"]])


def levels(line: Line) -> list[tuple[int, int, float]]:
    """First place, place behind the last, median: of each stretch between steps."""
    edges = [0, *(at for at, _ in line.steps), len(line.percents)]
    return [(a, b, statistics.median(line.percents[a:b])) for a, b in zip(edges, edges[1:])]


def draw_panel(axes: Axes, line: Line, commits: list[str], look: Look) -> None:
    axes.plot(line.runs, line.percents, "o", color=look.color("soft"), markersize=3.5, linestyle="none")
    for begin, end, level in levels(line):
        axes.plot([line.runs[begin], line.runs[end - 1]], [level, level], color=look.color("threads" if line.steps else "callbacks"), linewidth=2)
    for at, ratio in line.steps:
        run = line.runs[at]
        axes.axvline(run - 0.5, color=look.color("grid"), linewidth=1)
        axes.annotate(f"{100 * (ratio - 1):+.1f} % from {commits[run][:7]}", (run - 0.5, 1), xycoords=("data", "axes fraction"), xytext=(3, -3),
                      textcoords="offset points", va="top", fontsize=8, color=look.color("text"))
    axes.set_title(line.title, fontsize=9, loc="left")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.0f} %"))
    axes.tick_params(labelsize=8)
    axes.margins(y=0.25)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, -5), max(high, 5))  # noise of a percent is not to look like a step


def figure_of(history: dict, look: Look) -> Figure:
    lines = sorted((line_of(series) for series in history["series"]), key=lambda line: line.weight, reverse=True)
    shown = lines[:MOST_PANELS]
    columns = min(COLUMNS, len(shown))
    rows = math.ceil(len(shown) / columns)
    figure = Figure(figsize=(WIDTH, PANEL_HEIGHT * rows + 0.9), layout="constrained")
    commits = [run["commit"] for run in history["runs"]]
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes, line in zip(panels.flat, shown):
        draw_panel(axes, line, commits, look)
    for axes in list(panels.flat)[len(shown):]:
        axes.set_visible(False)
    stepping = sum(bool(line.steps) for line in lines)
    title = f"{stepping} of {len(lines)} series step over {len(commits)} runs"
    if len(lines) > len(shown):
        title += f"; the {len(shown)} that change the most"
    figure.suptitle(title, fontsize=13, x=0.01, ha="left")
    figure.supxlabel("run, in the order of time; above 0 % is slower than the first level", fontsize=9)
    return figure


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, chart = map(Path, arguments)
    history = json.loads(source.read_text())
    if not history["series"]:
        print("history: no series has two values: nothing to draw", file=sys.stderr)
        return 2
    look = Look()
    with look.in_force():
        chart.write_bytes(bytes_of(figure_of(history, look), chart.suffix[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
