"""Declared pairs: models that differ in one thing, and what that costs in CPU.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from look import Look
from number_text import plain, tick
from plan_data import FAMILIES
from provenance import note
from run_data import Run
from sheet import empty_sheet, new_sheet, rows_on_log_axis, width_of
from table import Table

HEADING = "Counterparts: what one thing costs"
NAME_SIZE = 13  # points of a slide


@dataclass(frozen=True)
class Pair:
    """How many times the CPU of `other` the `model` takes, in the median of the loads that both keep up with; without an interval there are too few loads."""

    model: str
    other: str
    ratio: float
    low: float | None
    high: float | None
    loads: int

    @property
    def name(self) -> str:
        return f"{self.model} : {self.other}"

    @property
    def differs(self) -> bool:
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


def pairs_of(run: Run) -> list[Pair]:
    """Of models to be shown, in the order of families of the first."""
    raw = (run.verdict.get("families") or {}).get("counterparts", [])
    found = [Pair(each["b"], each["a"], each["cpu_ratio"], each["low"], each["high"], each["loads"]) for each in raw
             if each["cpu_ratio"] and each["a"] in run.models and each["b"] in run.models]
    return sorted(found, key=lambda pair: (FAMILIES.index(run.models[pair.model].family), pair.name))


def title_of(pairs: list[Pair]) -> str:
    told = [pair for pair in pairs if pair.differs]
    if not told:
        return f"None of {len(pairs)} declared pairs is told apart in CPU per item."
    widest = max(told, key=lambda pair: max(pair.ratio, 1 / pair.ratio))
    percent = 100 * (widest.ratio - 1)
    return f"{widest.model} takes {abs(percent):.0f} % {'more' if percent > 0 else 'less'} CPU per item than its counterpart {widest.other}."


def figure(run: Run, look: Look) -> Figure:
    pairs = pairs_of(run)
    if not pairs:
        return empty_sheet(look, HEADING, "No two models of this run declare that they differ in one thing.", note(run, []))
    left = min(6.0, 0.6 + max(width_of(pair.name, NAME_SIZE) for pair in pairs))
    sheet = new_sheet(look, title_of(pairs), note(run, [], "Mark: the ratio in the median of the loads that both keep up with; bar: its interval, at a level that all pairs share (none: too few loads). "
                      "Right of the line the first of the pair takes more CPU."), left=left, right=3.3, row_height=0.5 * len(pairs), least_height=0)
    axes = sheet.panels[0][0]
    ends = [value for pair in pairs for value in (pair.ratio, pair.low, pair.high) if value]
    low, high = min([*ends, 0.9]) / 1.03, max([*ends, 1.1]) * 1.03
    rows_on_log_axis(axes, [pair.name for pair in pairs], low, high, tick, NAME_SIZE * look.scale)
    axes.axvline(1, color=look.color("text"), linewidth=1.2 * look.scale)
    for row, pair in enumerate(pairs):
        draw_pair(run, look, axes, row, pair)
    axes.set_xlabel("CPU per item of the first, to that of the second")
    return sheet.figure


def draw_pair(run: Run, look: Look, axes: Axes, row: int, pair: Pair) -> None:
    words = plain(pair.ratio)
    if pair.low and pair.high:
        axes.plot([pair.low, pair.high], [row, row], color=look.color("text"), linewidth=1.8 * look.scale, marker="|", markersize=16 * look.scale,
                  markeredgewidth=1.8 * look.scale, gid=f"interval:{pair.name}", zorder=3)
        words += f"  [{plain(pair.low)}, {plain(pair.high)}]"
    axes.plot([pair.ratio], [row], "o", color=look.color(run.models[pair.model].family), markersize=10 * look.scale, markeredgecolor=look.color("ground"),
              gid=f"median:{pair.name}", zorder=4)
    axes.text(1.02, row, f"{words}  {pair.loads} load{'s' if pair.loads != 1 else ''}", transform=axes.get_yaxis_transform(), va="center", fontsize=12 * look.scale)


def table(run: Run) -> Table:
    made = Table(["pair", "CPU of the first to the second", "low", "high", "loads", "told apart"])
    for pair in pairs_of(run):
        bounds = ["–" if value is None else plain(value, 4) for value in (pair.low, pair.high)]
        made.rows.append([pair.name, plain(pair.ratio, 4), *bounds, str(pair.loads), "yes" if pair.differs else "no"])
    return made


CHART = Chart("counterparts", HEADING, "CPU per item of models that differ in one thing, as one of them declares, in the median of the loads that both keep up with", figure, table,
              lambda run: bool(pairs_of(run)))
