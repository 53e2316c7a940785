"""Draws quantiles of a time as a row for every model: small marks for rounds, large ones for the middle round.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from findings import in_place
from groups import Group
from look import Look, by_family
from number_text import NBSP, plain, put_log_ticks, seconds_text, tick
from plan_data import Point
from run_data import MEASURED, Run
from sheet import new_sheet
from table import Table, remark

# Key in a trial, name, items beyond it in a thousand, marker. A quantile needs ten items beyond it.
QUANTILES = (("p50", "p50", 500, "o"), ("p90", "p90", 100, "s"), ("p99", "p99", 10, "^"), ("p999", "p99.9", 1, "D"))
MOST_PANELS = 2


@dataclass(frozen=True)
class Unit:
    """What an axis and the title above it count time in."""

    name: str
    ns: float

    def text(self, ns: float) -> str:
        return f"{plain(ns / self.ns)}{NBSP}{self.name}"


def known_quantiles(run: Run, point: Point, key: str) -> list[tuple[str, str, int, str]]:
    """Those with at least ten samples beyond them in every round: items, or heartbeats where the key counts these."""
    samples = point.items
    if key == "loop_lag_ns":
        beats = [count for name in run.models for count in run.values(point.id, name, MEASURED, "heartbeats") if count > 0]
        samples = min(beats, default=0)
    return [each for each in QUANTILES if samples * each[2] >= 10_000] or [QUANTILES[0]]


def models_at(run: Run, point: Point, key: str) -> list[str]:
    """Models with a time above zero at the point, in the order of families."""
    return [model.name for model in by_family(run.models.values())
            if any(value > 0 for value in run.values(point.id, model.name, MEASURED, key, "p50"))]


def chosen_points(run: Run, groups: list[Group], key: str) -> list[Point]:
    """Of each group the load with the most in flight that has times; at most MOST_PANELS."""
    found = []
    for group in groups:
        with_times = [point for point in group.points if models_at(run, point, key)]
        if with_times:
            found.append(with_times[-1])
    return found[:MOST_PANELS]


def unit_of(run: Run, points: list[Point], key: str) -> Unit:
    """Of the middle of the axis: microseconds if that is below a millisecond."""
    shown = [value for point in points for name in models_at(run, point, key) for quantile, *_ in known_quantiles(run, point, key)
             if (value := run.median(point.id, name, MEASURED, key, quantile))]
    return Unit("µs", 1e3) if math.sqrt(min(shown) * max(shown)) < 1e6 else Unit("ms", 1e6)


def finding(run: Run, points: list[Point], key: str, what: str) -> str:
    """Who has the shortest and the longest of the highest quantile that is known at the first load, by the middle round."""
    point, unit = points[0], unit_of(run, points, key)
    names = models_at(run, point, key)
    quantile, text, _, _ = known_quantiles(run, point, key)[:3][-1]
    middle = {name: run.median(point.id, name, MEASURED, key, quantile) for name in names}
    least, most = min(names, key=middle.get), max(names, key=middle.get)
    where = in_place(point)
    if least == most:
        return f"{where}: {text} {what} of {least} is {unit.text(middle[least])}."
    return f"{where}: {text} {what} from {unit.text(middle[least])} ({least}) to {unit.text(middle[most])} ({most})."


def draw(run: Run, look: Look, points: list[Point], key: str, label: str, title: str, note: str) -> Figure:
    """One panel a load, one row a model. `points` is not empty; `label` names the time without its unit."""
    unit = unit_of(run, points, key)
    names = [model.name for model in by_family(run.models.values()) if any(model.name in models_at(run, p, key) for p in points)]
    titles = [textwrap.wrap(in_place(point), 88 // len(points)) for point in points]
    title_height = 0.22 * max(map(len, titles))
    sheet = new_sheet(look, title, note, 1, len(points), left=2.3, head=0.75 + title_height, row_height=0.42 * len(names), gap_x=0.35)
    for point, words, axes in zip(points, titles, sheet.panels[0]):
        draw_panel(run, look, point, key, names, unit, axes)
        axes.set_xlabel(f"{label} ({unit.name})")
        axes.set_title("\n".join(words), fontsize=13 * look.scale)
        axes.tick_params(labelleft=axes is sheet.panels[0][0])
    known = {quantile for point in points for quantile in known_quantiles(run, point, key)}
    put_key(look, sheet.panels[0][0], title_height + 0.2, [quantile for quantile in QUANTILES if quantile in known])
    return sheet.figure


def draw_panel(run: Run, look: Look, point: Point, key: str, names: list[str], unit: Unit, axes: Axes) -> None:
    shown = []
    for row, name in enumerate(names):
        if name in models_at(run, point, key):
            shown += draw_row(run, look, point, key, name, row, unit, axes)
        else:
            axes.text(0.02, row, run.absence(point.id, name), transform=axes.get_yaxis_transform(), va="center", color=look.color("soft"),
                      fontsize=11 * look.scale, style="italic")
    axes.set_xscale("log")
    axes.set_xlim(min(shown) / 1.3, max(shown) * 1.3)
    put_log_ticks(axes.xaxis, min(shown) / 1.3, max(shown) * 1.3, tick)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names)
    axes.grid(False, axis="y")


def draw_row(run: Run, look: Look, point: Point, key: str, name: str, row: int, unit: Unit, axes: Axes) -> list[float]:
    """Answers the values drawn, in the unit."""
    color = look.color(run.models[name].family)
    shown, middles = [], []
    for quantile, _, _, marker in known_quantiles(run, point, key):
        for verdict, tone in (("void", look.color("void")), ("valid", color)):
            values = [value / unit.ns for value in run.values(point.id, name, MEASURED, key, quantile, verdict=verdict) if value > 0]
            if values:
                axes.plot(values, [row] * len(values), marker, color=tone, alpha=0.4, markersize=4 * look.scale, markeredgewidth=0,
                          linestyle="none", gid=f"{'rounds' if verdict == 'valid' else 'void'}:{name}:{point.id}:{quantile}", zorder=2)
            shown += values
        middle = run.median(point.id, name, MEASURED, key, quantile)
        if middle:
            middles.append(middle / unit.ns)
            axes.plot([middle / unit.ns], [row], marker, color=color, markersize=8 * look.scale, markeredgecolor=look.color("ground"),
                      markeredgewidth=0.7 * look.scale, zorder=4, gid=f"median:{name}:{point.id}:{quantile}")
    axes.plot(middles, [row] * len(middles), color=color, linewidth=1.4 * look.scale, zorder=3)
    return shown


def put_key(look: Look, axes: Axes, inches: float, known: list[tuple[str, str, int, str]]) -> None:
    """Which marker is which quantile, so far above the first panel."""
    handles = [Line2D([], [], marker=marker, linestyle="none", color=look.color("soft")) for _, _, _, marker in known]
    up = inches * look.scale * axes.figure.dpi / axes.get_window_extent().height
    axes.legend(handles, [text for _, text, _, _ in known], loc="lower left", bbox_to_anchor=(0, 1 + up), ncol=len(known),
                borderaxespad=0, borderpad=0, handletextpad=0.1, columnspacing=1.2, fontsize=12 * look.scale)


def table_at(run: Run, points: list[Point], key: str) -> Table:
    """The middle round's quantiles: never averages of them."""
    table = Table(["load", "model", *(f"{text}, middle round" for _, text, _, _ in QUANTILES), "p99 least", "p99 most", "remark"])
    for point in points:
        known = {each[0] for each in known_quantiles(run, point, key)}
        for model in by_family(run.models.values()):
            row = [point.label, model.name]
            for quantile, *_ in QUANTILES:
                middle = run.median(point.id, model.name, MEASURED, key, quantile) if quantile in known else None
                row.append(seconds_text(middle / 1e9) if middle else "–")
            tails = run.values(point.id, model.name, MEASURED, key, "p99") if "p99" in known else []
            row += [seconds_text(min(tails) / 1e9), seconds_text(max(tails) / 1e9)] if tails else ["–", "–"]
            table.rows.append([*row, remark(run, point.id, model.name)])
    return table
