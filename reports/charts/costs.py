"""Cost dots: what an item costs each model in CPU, memory, switches, and in calls and allocations where these were counted.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from family_data import arrives, bearers
from family_words import rounded
from findings import in_place
from look import Look, by_family
from number_text import bytes_text, log_ticks, plain, put_log_ticks, seconds_text, tick
from plan_data import Point
from provenance import note
from run_data import Run, Trial
from sheet import empty_sheet, new_sheet, width_of
from table import Table, remark

HEADING = "What an item costs"
NAME_SIZE, VALUE_SIZE = 13, 10  # points of a slide
USUAL = 100  # in flight, where the counting does not say


@dataclass(frozen=True)
class Cost:
    """One thing that an item takes. `of_trial` reads it from a trial, in the unit that is drawn; `counted` is its key in counts.json."""

    name: str
    heading: str
    text: Callable[[float], str]
    of_trial: Callable[[Trial, int], float | None] | None = None
    counted: str = ""
    per: float = 1  # what is read, to one of the unit that is drawn


def switches(trial: Trial, items: int) -> float | None:
    """Of the whole trial; with its start, which is no item's."""
    told = [trial.value("tree", key) for key in ("voluntary_switches", "involuntary_switches")]
    return None if None in told or not items else sum(told) / items


COSTS = (
    Cost("CPU", "CPU (µs)", lambda value: seconds_text(value / 1e9), lambda trial, _: trial.value("cpu_per_item_ns"), per=1e3),
    Cost("memory in flight", "memory in\nflight (KiB)", bytes_text, lambda trial, _: trial.value("memory", "per_item_bytes"), per=1024),
    Cost("context switches", "context\nswitches", plain, switches),
    Cost("system calls", "system\ncalls", plain, counted="system_calls_per_item"),
    Cost("allocations", "allocations", plain, counted="allocations_per_item"),
    Cost("bytes allocated", "bytes\nallocated", bytes_text, counted="allocated_bytes_per_item"),
    Cost("instructions", "instructions\n(thousands)", plain, counted="instructions_per_item", per=1e3),
)


def values(run: Run, point: Point, cost: Cost, model: str) -> list[float]:
    """In every valid round, or the one that was counted; a difference of 0 or less measures nothing, a count of 0 is one."""
    if cost.of_trial is None:
        counted = run.counts.value(model, cost.counted) if run.counts else None
        return [] if counted is None else [counted / cost.per]
    found = [cost.of_trial(trial, point.items) for trial in run.trials_of(point.id, model)]
    return [value / cost.per for value in found if value is not None and value > 0]


def is_as_counted(run: Run, point: Point) -> bool:
    return run.counts is not None and not point.delayed and (point.workload.name, point.in_flight) == (run.counts.workload, run.counts.in_flight)


def point_of(run: Run) -> Point | None:
    """The load that was counted, if the run has it; else one at which most families stand beside each other, replies come at once and a hundred are in flight."""
    costed = {point: sum(bool(run.values(point.id, model, "cpu_per_item_ns")) for model in bearers(run).values()) for point in run.points.values()}
    found = [point for point, families in costed.items() if families or any(run.values(point.id, model, "cpu_per_item_ns") for model in run.models)]
    if run.focus in {point.id for point in found}:
        return run.points[run.focus]
    return max(found, key=lambda point: (is_as_counted(run, point), point.in_flight > 1, not arrives(point), costed[point], point.workload.connects and not point.workload.computes,
                                         not point.delayed, -abs(math.log10(point.in_flight / USUAL)), point.items), default=None)


def costs_at(run: Run, point: Point) -> list[Cost]:
    """Those that somebody has."""
    return [cost for cost in COSTS if any(values(run, point, cost, model) for model in run.models)]


def models_at(run: Run, point: Point) -> list[str]:
    return [model.name for model in by_family(run.models.values()) if any(values(run, point, cost, model.name) for cost in COSTS)]


def title_of(run: Run, point: Point) -> str:
    """From whom it takes least to whom it takes most: CPU, and of the others that in which they are furthest apart."""
    told = [spread_of(run, point, cost) for cost in costs_at(run, point)]
    cpu = [each for each in told if each.cost is COSTS[0]]
    rest = sorted((each for each in told if each.cost is not COSTS[0] and each.factor > 1), key=lambda each: -each.factor)
    return f"{in_place(point)}: an item takes {' and '.join(each.words for each in (cpu + rest[:1]) or told[:1])}."


@dataclass(frozen=True)
class Spread:
    """Of one thing the least and the most, of those that take any."""

    cost: Cost
    least: tuple[str, float]
    most: tuple[str, float]

    @property
    def factor(self) -> float:
        return self.most[1] / self.least[1] if self.least[1] > 0 else 1.0

    def text(self, value: float) -> str:
        """Two figures where there is no unit: a sentence has no use for more."""
        return rounded(value * self.cost.per) if self.cost.text is plain else self.cost.text(value * self.cost.per)

    @property
    def words(self) -> str:
        low, high = (self.text(value) for _, value in (self.least, self.most))
        if self.factor == 1:
            return f"{low} {self.of} ({self.least[0]})"
        return f"{low} ({self.least[0]}) to {high} ({self.most[0]}) {self.of}"

    @property
    def of(self) -> str:
        return self.cost.name if self.cost.text is plain else f"of {self.cost.name}"


def spread_of(run: Run, point: Point, cost: Cost) -> Spread:
    middle = {name: median(found) for name in run.models if (found := values(run, point, cost, name))}
    some = {name: value for name, value in middle.items() if value > 0} or middle
    least, most = min(some, key=some.get), max(some, key=some.get)
    return Spread(cost, (least, some[least]), (most, some[most]))


def how_of(run: Run, point: Point) -> str:
    told = "Large: the median; small dots: rounds; every axis logarithmic; less is better; bold names stand for their families. Context switches are of the whole trial, start and connections among them."
    if run.counts is None:
        return told + " Calls and allocations are not counted in trials: `interleave anatomy --into DIR` adds them."
    elsewhere = "" if is_as_counted(run, point) else f" ({run.counts.said}, replies at once)"
    return told + f" Calls and allocations were counted apart{elsewhere}, under strace and a counting allocator; hollow: none."


def figure(run: Run, look: Look) -> Figure:
    point = point_of(run)
    if point is None:
        return empty_sheet(look, HEADING, "No valid trial of this run tells what an item costs.", note(run, []))
    costs, names = costs_at(run, point), models_at(run, point)
    left = 0.55 + max(width_of(name, NAME_SIZE, "bold") for name in names)
    sheet = new_sheet(look, title_of(run, point), note(run, [point], how_of(run, point)), 1, len(costs), left=left, row_height=0.33 * len(names) + 0.3, head=0.7, bottom=0.4, gap_x=0.2,
                      least_height=0)
    for cost, axes in zip(costs, sheet.panels[0]):
        draw_panel(run, look, axes, point, cost, names)
        axes.tick_params(labelleft=axes is sheet.panels[0][0])
    standing = bearers(run).values()
    for label, name in zip(sheet.panels[0][0].get_yticklabels(), names):
        label.set_fontweight("bold" if name in standing else "normal")
    return sheet.figure


def draw_panel(run: Run, look: Look, axes: Axes, point: Point, cost: Cost, names: list[str]) -> None:
    found = {name: values(run, point, cost, name) for name in names}
    some = [value for each in found.values() for value in each if value > 0]
    nothing = any(value == 0 for each in found.values() for value in each)
    low, high = min(some, default=1.0) / (3 if nothing else 1.6), max(some, default=1.0) * 1.6
    inches = axes.get_window_extent().width / axes.figure.dpi / look.scale
    high *= (high / low) ** (0.5 / max(inches - 0.5, 0.3))  # room for a value
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    for row, name in enumerate(names):
        draw_row(run, look, axes, row, name, found[name], low, cost)
        if not found[name]:
            why = run.absence(point.id, name) if cost is COSTS[0] else "–"
            axes.text(0.04, row, why, transform=axes.get_yaxis_transform(), va="center", color=look.color("soft"), fontsize=VALUE_SIZE * look.scale, style="italic")
    put_few_ticks(axes, low, high)
    axes.tick_params(axis="x", bottom=bool(some), labelbottom=bool(some), labelsize=10 * look.scale)
    axes.grid(bool(some), axis="x")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names, fontsize=NAME_SIZE * look.scale)
    axes.set_title(cost.heading, fontsize=12.5 * look.scale)
    axes.grid(False, axis="y")


def draw_row(run: Run, look: Look, axes: Axes, row: int, name: str, found: list[float], low: float, cost: Cost) -> None:
    if not found:
        return
    color, middle = look.color(run.models[name].family), median(found)
    if cost.of_trial:
        axes.plot(found, [row] * len(found), "o", color=color, alpha=0.4, markersize=4 * look.scale, markeredgewidth=0, gid=f"rounds:{name}:{cost.name}", zorder=2)
    axes.plot([middle or low], [row], "o", color=color, markerfacecolor=color if middle else look.color("ground"), markersize=(9 if name in bearers(run).values() else 7) * look.scale,
              markeredgecolor=look.color("ground") if middle else color, markeredgewidth=(0.7 if middle else 1.5) * look.scale, zorder=4, clip_on=False, gid=f"median:{name}:{cost.name}")
    axes.annotate(rounded(middle), xy=(max([*found, middle or low]), row), xytext=(7 * look.scale, 0), textcoords="offset points", va="center",
                  fontsize=VALUE_SIZE * look.scale, color=look.color("soft"))


def put_few_ticks(axes: Axes, low: float, high: float) -> None:
    """Three at most: the values stand at their dots."""
    room = (high / low) ** 0.06  # a label at an edge would run into the next panel's
    inside = [each for each in log_ticks(low, high) if low * room < each < high / room]
    whole = [each for each in inside if math.isclose(math.log10(each), round(math.log10(each)), abs_tol=1e-9)]
    chosen = whole if len(whole) > 1 else inside
    put_log_ticks(axes.xaxis, low, high)
    axes.xaxis.get_major_locator().locs = chosen[:: max(1, -(-len(chosen) // 3))]


def table(run: Run) -> Table:
    point = point_of(run)
    made = Table(["load", "model", "family", *(cost.name for cost in COSTS), "rounds", "counted at", "remark"])
    for model in by_family(run.models.values()) if point else ():
        cells = [cost.text(median(found) * cost.per) if (found := values(run, point, cost, model.name)) else "–" for cost in COSTS]
        counted = run.counts.said if run.counts and model.name in run.counts.of else "–"
        made.rows.append([point.label, model.name, model.family, *cells, str(len(run.trials_of(point.id, model.name))), counted, remark(run, point.id, model.name)])
    return made


CHART = Chart("costs", HEADING, "CPU, memory and context switches an item at one load, and where they were counted system calls and allocations, a row a model, every round a dot", figure, table,
              lambda run: point_of(run) is not None)
