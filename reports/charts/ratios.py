"""The ratio forest: at one load, how many times better the best model is than each other, with intervals.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes

from chart import Chart
from findings import finding_at, in_place
from look import Look
from number_text import plain, tick
from provenance import note
from plan_data import RANKED_BY, Point
from run_data import Run
from sheet import empty_sheet, new_sheet, rows_on_log_axis
from table import Table

NO_END = math.inf  # of a ratio to a model that has lost rounds


@dataclass(frozen=True)
class Ratio:
    """The best model against another: above 1, the best is better; NO_END where the other has lost the rounds that it hangs on.
    The interval holds together with those of all pairs of the load; without one there are too few rounds."""

    other: str
    median: float
    low: float | None
    high: float | None
    rounds: tuple[float, ...]


def point_of(run: Run) -> Point | None:
    """The load to show: one without delay if there is any, where most models compete, with most in flight."""
    def rank(point: Point) -> tuple:
        competing = sum(cell.get("status") == "valid" for cell in run.verdicts[point.id].get("cells", []))
        return point.ranks_by == "cpu_per_item" and not run.server_limited(point.id), competing, point.in_flight
    ranked = [point for point in run.points.values() if point.ranks_by != "none" and run.verdicts.get(point.id, {}).get("pairs")]
    return run.points[run.focus] if run.focus else max(ranked, key=rank, default=None)


def ratios(run: Run, point: Point) -> list[Ratio]:
    """Of the first leader against each other model, the nearest first. An end that is null beside a level is none."""
    verdict = run.verdicts[point.id]
    best = (verdict.get("leaders") or [None])[0]
    values = {cell["model"]: cell.get("values") or [] for cell in verdict["cells"]}
    found = []
    for pair in verdict["pairs"]:
        if best not in (pair["a"], pair["b"]):
            continue
        turned = pair["b"] == best
        other = pair["a"] if turned else pair["b"]
        if other not in run.models:
            continue
        middle, low, high = pair["median_ratio"], *interval_of(pair, turned)
        found.append(Ratio(other, NO_END if middle is None else 1 / middle if turned else middle, low, high,
                           rounds_of(values.get(best, []), values.get(other, []))))
    return sorted(found, key=lambda ratio: ratio.median)


def interval_of(pair: dict, turned: bool) -> tuple[float | None, float | None]:
    """As the best sees it: 0 and NO_END where it has no end on that side, twice None where there is no interval."""
    if pair["level_percent"] is None:
        return None, None
    low, high = (0.0 if pair["low"] is None else pair["low"]), (NO_END if pair["high"] is None else pair["high"])
    return (1 / high, 1 / low if low else NO_END) if turned else (low, high)


def rounds_of(best: list, other: list) -> tuple[float, ...]:
    both = [(x, y) for x, y in zip(best, other) if x and y]
    return tuple(y / x for x, y in both)


def figure(run: Run, look: Look):
    point = point_of(run)
    rows = ratios(run, point) if point else []
    if not rows:
        return empty_sheet(look, "Ratios at one load", "No load of this run has two models to compare.", note(run, []))
    best = run.verdicts[point.id]["leaders"][0]
    how = (f"Dots: rounds; mark: their median; bar: its interval. Those of all pairs hold at once in "
           f"{100 - run.verdict['error_percent']:g} % of runs (no bar: too few rounds for that). Shaded: within "
           f"±{100 * run.margin:g} %, a tie if the whole bar is inside.")
    slow = [model for model, at in run.too_slow if at == point.id]
    sheet = new_sheet(look, finding_at(run, point, in_place(point)) + ".", note(run, [point], how), left=2.3, right=2.3,
                      row_height=0.5 * (len(rows) + len(slow)))
    axes = sheet.panels[0][0]
    axes.axvspan(1 / (1 + run.margin), 1 + run.margin, gid="margin", color=look.color("unresolved"), linewidth=0, zorder=0)
    axes.axvline(1, color=look.color("text"), linewidth=1.2 * look.scale)
    limits = limits_of(rows, run.margin)
    for row, ratio in enumerate(rows):
        draw_row(run, look, axes, row, ratio, limits)
    for row, model in enumerate(slow, start=len(rows)):
        axes.text(1.02, row, f"too slow: {run.too_slow[model, point.id].partition(',')[0]}", gid=f"slow:{model}", va="center",
                  transform=axes.get_yaxis_transform(), fontsize=12 * look.scale)
    finish(axes, [*(ratio.other for ratio in rows), *slow], limits)
    axes.set_xlabel(f"times better {best} is, in {RANKED_BY[point.ranks_by]}")
    return sheet.figure


def bound(value: float) -> str:
    return "∞" if value == NO_END else plain(value, 4)


def draw_row(run: Run, look: Look, axes: Axes, row: int, ratio: Ratio, limits: tuple[float, float]) -> None:
    """What has no end is drawn to the edge."""
    color = look.color(run.models[ratio.other].family)
    axes.plot(ratio.rounds, [row] * len(ratio.rounds), "o", color=color, alpha=0.4, markersize=5 * look.scale, markeredgewidth=0,
              gid=f"rounds:{ratio.other}", zorder=2)
    words = bound(ratio.median)
    if ratio.low is not None and ratio.high is not None:
        axes.plot([max(ratio.low, limits[0]), min(ratio.high, limits[1])], [row, row], color=look.color("text"), linewidth=1.8 * look.scale, marker="|",
                  markersize=16 * look.scale, markeredgewidth=1.8 * look.scale, gid=f"interval:{ratio.other}", zorder=3)
        words += f"  [{bound(ratio.low)}, {bound(ratio.high)}]"
    axes.plot([min(ratio.median, limits[1])], [row], look.strokes(run.models)[ratio.other].marker, color=color, markersize=10 * look.scale,
              markeredgecolor=look.color("ground"), gid=f"median:{ratio.other}", zorder=4, clip_on=False)
    axes.text(1.02, row, words, transform=axes.get_yaxis_transform(), va="center", fontsize=12 * look.scale)


def limits_of(rows: list[Ratio], margin: float) -> tuple[float, float]:
    """Of the axis: around all that has an end."""
    shown = [value for ratio in rows for value in (*ratio.rounds, ratio.low, ratio.high, ratio.median) if value and value != NO_END]
    return min([*shown, 1 / (1 + margin)]) / 1.02, max([*shown, 1 + margin]) * 1.02


def finish(axes: Axes, names: list[str], limits: tuple[float, float]) -> None:
    low, high = limits
    rows_on_log_axis(axes, names, low, high, tick)


def table(run: Run) -> Table:
    """At every ranked load, the best against each other; the page's JSON has all pairs."""
    made = Table(["load", "best", "against", "times better (median)", "low", "high", "rounds"])
    for point in run.points.values():
        if not run.verdicts.get(point.id, {}).get("leaders"):
            continue
        for ratio in ratios(run, point):
            ends = [bound(end) if end is not None else "–" for end in (ratio.low, ratio.high)]
            made.rows.append([point.label, run.verdicts[point.id]["leaders"][0], ratio.other, bound(ratio.median), *ends,
                              str(len(ratio.rounds))])
        made.rows += [[point.label, run.verdicts[point.id]["leaders"][0], model, words.partition(":")[0], "–", "–", "–"]
                      for (model, at), words in run.too_slow.items() if at == point.id]
    return made


CHART = Chart("ratios", "Ratios at one load", "How many times better the best model is than each other at one load, with intervals; "
              "the table has every load", figure, table, lambda run: bool((point := point_of(run)) and ratios(run, point)))
