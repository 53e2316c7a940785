"""Open loop: the whole of latency, percentile by percentile, at the rates that items come at.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from findings import in_place
from line_ends import put_names, room_for
from look import Look, by_family
from number_text import put_log_ticks, seconds_text, tick
from plan_data import Point
from provenance import note
from run_data import MEASURED, Run
from sheet import empty_sheet, lines_of, new_sheet
from table import Table, remark

HEADING = "Latency, percentile by percentile"
KEY = "latency_ns"
# Key in a trial, name, and how many items there are to one beyond it.
QUANTILES = (("p50", "50 %", 2), ("p90", "90 %", 10), ("p99", "99 %", 100), ("p999", "99.9 %", 1000))
BEYOND = 10  # items that a quantile needs beyond it
MOST_PANELS = 2


def points(run: Run) -> list[Point]:
    """Loads whose items come at a rate, those with most items first: there the tail is known furthest."""
    found = [point for point in run.points.values() if point.ranks_by == "latency" and any(lines(run, point, name) for name in run.models)]
    return sorted(found, key=lambda point: -point.items)[:MOST_PANELS]


def known(point: Point) -> list[tuple[str, str, int]]:
    return [each for each in QUANTILES if point.items >= BEYOND * each[2]] or [QUANTILES[0]]


def lines(run: Run, point: Point, model: str) -> list[list[float]]:
    """Of each valid round its percentiles, in ns, as far as they are known."""
    rounds = [[trial.value(MEASURED, KEY, key) for key, _, _ in known(point)] for trial in run.trials_of(point.id, model)]
    return [each for each in rounds if all(each)]


def middle(run: Run, point: Point, model: str) -> list[float]:
    """The middle round, percentile by percentile."""
    return [run.median(point.id, model, MEASURED, KEY, key) or math.nan for key, _, _ in known(point)]


def title_of(run: Run, point: Point) -> str:
    ends = {name: middle(run, point, name)[-1] for name in run.models if lines(run, point, name)}
    best, worst = min(ends, key=ends.get), max(ends, key=ends.get)
    _, text, _ = known(point)[-1]
    if best == worst:
        return f"{in_place(point)}: {text} of the items take {best} at most {seconds_text(ends[best] / 1e9)}."
    return f"{in_place(point)}: {text} of the items take at most {seconds_text(ends[best] / 1e9)} ({best}) to {seconds_text(ends[worst] / 1e9)} ({worst})."


def figure(run: Run, look: Look) -> Figure:
    chosen = points(run)
    if not chosen:
        return empty_sheet(look, HEADING, "No load of this run has items that come at a rate, or none of its trials ended.", note(run, []))
    how = ("Faint: rounds; thick: the middle round, percentile by percentile. A line ends where fewer than ten items lie beyond it. Latency counts from when an item was due. The further right, "
           "the rarer; both axes logarithmic.")
    names = [name for point in chosen for name in run.models if lines(run, point, name)]
    sheet = new_sheet(look, title_of(run, chosen[0]), note(run, chosen, how), len(chosen), 1, right=room_for(names), row_height=2.3)
    for point, (axes,) in zip(chosen, sheet.panels):
        draw_panel(run, look, axes, point)
        axes.set_title("\n".join(lines_of(in_place(point), 90, 1)))
    sheet.panels[-1][0].set_xlabel("of the items take at most so long")
    return sheet.figure


def draw_panel(run: Run, look: Look, axes: Axes, point: Point) -> None:
    places = [math.log10(of) for _, _, of in known(point)]
    strokes = look.strokes(run.models)
    names = [model.name for model in by_family(run.models.values()) if lines(run, point, model.name)]
    for name in names:
        rounds = lines(run, point, name)
        axes.plot([*places, math.nan] * len(rounds), [value / 1e6 for each in rounds for value in (*each, math.nan)], color=strokes[name].color, alpha=0.3,
                  linewidth=1 * look.scale, zorder=2, gid=f"lines:{name}:{point.id}")  # one path for all
        axes.plot(places, [value / 1e6 for value in middle(run, point, name)], color=strokes[name].color, linestyle=strokes[name].line, marker=strokes[name].marker, zorder=4,
                  gid=f"median:{name}:{point.id}")
    axes.set_xticks(places, [text for _, text, _ in known(point)])
    axes.set_yscale("log")
    ys = [y for line in axes.lines for y in line.get_ydata() if not math.isnan(y)]
    low, high = min(ys) / 1.2, max(ys) * 1.2
    axes.set_ylim(low, high)
    put_log_ticks(axes.yaxis, low, high, tick)
    axes.set_ylabel("latency (ms)")
    put_names(look, axes, names, [middle(run, point, name)[-1] / 1e6 for name in names], strokes)


def table(run: Run) -> Table:
    made = Table(["load", "model", *(f"{text}, middle round" for _, text, _ in QUANTILES), "remark"])
    for point in points(run):
        for model in by_family(run.models.values()):
            values = [seconds_text(value / 1e9) for value in middle(run, point, model.name) if not math.isnan(value)]
            made.rows.append([point.label, model.name, *values, *["–"] * (len(QUANTILES) - len(values)), remark(run, point.id, model.name)])
    return made


CHART = Chart("percentiles", HEADING, "Latency from when an item was due, percentile by percentile, of items that come at a rate", figure, table, lambda run: bool(points(run)))
