"""The ratio forest: at one load, how many times better the best model is than each other, with intervals.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from chart import Chart
from findings import finding_at, in_place
from look import Look
from number_text import plain, put_log_ticks, tick
from provenance import note
from plan_data import Point
from run_data import Run
from sheet import empty_sheet, new_sheet
from table import Table

TIE = 1.06   # an interval within this factor is a tie
WIN = 1.03   # a lead from here on counts


@dataclass(frozen=True)
class Ratio:
    """The best model against another: above 1, the best is better. Interval at the level Holm gives the pair."""

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
    """Of the first leader against each other model, the nearest first."""
    verdict = run.verdicts[point.id]
    best = (verdict.get("leaders") or [None])[0]
    values = {cell["model"]: cell.get("values") or [] for cell in verdict["cells"]}
    found = []
    for pair in verdict["pairs"]:
        if best not in (pair["a"], pair["b"]) or not pair.get("median_ratio"):
            continue
        turned = pair["b"] == best
        other = pair["a"] if turned else pair["b"]
        if other not in run.models:
            continue
        low, high = pair.get("low"), pair.get("high")
        if low is not None and high is not None and turned:
            low, high = 1 / high, 1 / low
        found.append(Ratio(other, 1 / pair["median_ratio"] if turned else pair["median_ratio"], low, high,
                           rounds_of(values.get(best, []), values.get(other, []), point.ranks_by != "efficiency")))
    return sorted(found, key=lambda ratio: ratio.median)


def rounds_of(best: list, other: list, less_is_better: bool) -> tuple[float, ...]:
    both = [(x, y) for x, y in zip(best, other) if x and y]
    return tuple(y / x if less_is_better else x / y for x, y in both)


def figure(run: Run, look: Look):
    point = point_of(run)
    rows = ratios(run, point) if point else []
    if not rows:
        return empty_sheet(look, "Ratios at one load", "No load of this run has two models to compare.", note(run, []))
    best = run.verdicts[point.id]["leaders"][0]
    how = (f"Dots: rounds; mark: their median; bar: its interval, certain to 95 % for all pairs together (no bar: too few rounds "
           f"for that). Shaded: within ±{round(100 * (TIE - 1))} %, a tie if the whole bar is inside.")
    sheet = new_sheet(look, finding_at(run, point, in_place(point)) + ".", note(run, [point], how), left=2.3, right=2.3,
                      row_height=0.5 * len(rows))
    axes = sheet.panels[0][0]
    axes.axvspan(1 / TIE, TIE, color=look.color("unresolved"), linewidth=0, zorder=0)
    axes.axvline(1, color=look.color("text"), linewidth=1.2 * look.scale)
    for row, ratio in enumerate(rows):
        draw_row(run, look, axes, row, ratio)
    finish(look, axes, rows)
    quantity = {"cpu_per_item": "CPU per item", "efficiency": "efficiency", "makespan": "makespan"}[point.ranks_by]
    axes.set_xlabel(f"times better {best} is, in {quantity}")
    return sheet.figure


def draw_row(run: Run, look: Look, axes: Axes, row: int, ratio: Ratio) -> None:
    color = look.color(run.models[ratio.other].family)
    axes.plot(ratio.rounds, [row] * len(ratio.rounds), "o", color=color, alpha=0.4, markersize=5 * look.scale, markeredgewidth=0,
              gid=f"rounds:{ratio.other}", zorder=2)
    words = f"{plain(ratio.median, 4)}"
    if ratio.low is not None and ratio.high is not None:
        axes.plot([ratio.low, ratio.high], [row, row], color=look.color("text"), linewidth=1.8 * look.scale, marker="|",
                  markersize=16 * look.scale, markeredgewidth=1.8 * look.scale, gid=f"interval:{ratio.other}", zorder=3)
        words += f"  [{plain(ratio.low, 4)}, {plain(ratio.high, 4)}]"
    axes.plot([ratio.median], [row], look.strokes(run.models)[ratio.other].marker, color=color, markersize=10 * look.scale,
              markeredgecolor=look.color("ground"), gid=f"median:{ratio.other}", zorder=4)
    axes.text(1.02, row, words, transform=axes.get_yaxis_transform(), va="center", fontsize=12 * look.scale)


def finish(look: Look, axes: Axes, rows: list[Ratio]) -> None:
    shown = [value for ratio in rows for value in (*ratio.rounds, ratio.low, ratio.high, ratio.median) if value is not None]
    low, high = min([*shown, 1 / TIE]) / 1.02, max([*shown, TIE]) * 1.02
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    put_log_ticks(axes.xaxis, low, high, tick)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [ratio.other for ratio in rows])
    axes.grid(False, axis="y")


def table(run: Run) -> Table:
    """At every ranked load, the best against each other; the page's JSON has all pairs."""
    made = Table(["load", "best", "against", "times better (median)", "low", "high", "rounds"])
    for point in run.points.values():
        if not run.verdicts.get(point.id, {}).get("leaders"):
            continue
        for ratio in ratios(run, point):
            ends = [plain(end, 4) if end is not None else "–" for end in (ratio.low, ratio.high)]
            made.rows.append([point.label, run.verdicts[point.id]["leaders"][0], ratio.other, plain(ratio.median, 4), *ends,
                              str(len(ratio.rounds))])
    return made


CHART = Chart("ratios", "Ratios at one load", "How many times better the best model is than each other at one load, with intervals; "
              "the table has every load", figure, table, lambda run: bool((point := point_of(run)) and ratios(run, point)))
