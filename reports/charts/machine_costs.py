"""The cost ladder of the machine: what a switch, a call, a start takes here, whatever the model.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from family_words import times
from look import Look
from machine_data import MachineCost
from number_text import NBSP, seconds_text, tick
from plan_data import FAMILIES
from run_data import Run
from sheet import empty_sheet, new_sheet, rows_on_log_axis, width_of
from table import Table

HEADING = "What the machine charges"
NAME_SIZE = 13  # points of a slide
UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns"))


def measured(run: Run) -> list[MachineCost]:
    """The cheapest first."""
    return sorted((cost for cost in run.machine_costs if cost.median_ns is not None), key=lambda cost: cost.median_ns)


def title_of(costs: list[MachineCost]) -> str:
    """Of what only some families pay the dearest and the cheapest; where there are none of everything."""
    own = [cost for cost in costs if cost.family] or costs
    least, most = own[0], own[-1]
    if least is most:
        return f"{capital(most.said)} takes {seconds_text(most.median_ns / 1e9)} on this machine."
    return f"{capital(most.said)} takes {seconds_text(most.median_ns / 1e9)} here, {times(most.median_ns / least.median_ns)} {least.said}."


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def tick_text(ns: float) -> str:
    size, unit = next((each for each in UNITS if ns >= 0.999 * each[0]), UNITS[-1])
    return f"{tick(round(ns / size, 3))}{NBSP}{unit}"


def color_of(look: Look, cost: MachineCost) -> str:
    return look.color(cost.family if cost.family in FAMILIES else "soft")


def figure(run: Run, look: Look) -> Figure:
    costs = measured(run)
    if not costs:
        return empty_sheet(look, HEADING, "Nobody asked what this machine charges: `interleave doctor --costs --into DIR` measures it, or `interleave run --costs`.", "")
    left = 0.55 + max(width_of(cost.said, NAME_SIZE) for cost in costs)
    missing = [f"{cost.said}: {cost.why_not}" for cost in run.machine_costs if cost.median_ns is None]
    how = ("Mark: the median of short batches; bar: their middle half; axis logarithmic. Colour: the family that pays it most; grey: all do. A cost of the machine alone, measured apart from the trials; "
           f"what a model makes of it is in the other charts. Run {run.name}." + (f" Not measured: {'; '.join(missing)}." if missing else ""))
    sheet = new_sheet(look, title_of(costs), how, left=left, right=2.3, row_height=0.42 * len(costs), least_height=0)
    axes = sheet.panels[0][0]
    low, high = min(cost.low_ns for cost in costs) / 1.5, max(cost.high_ns for cost in costs) * 1.5
    rows_on_log_axis(axes, [cost.said for cost in costs], low, high, tick_text, NAME_SIZE * look.scale)
    for row, cost in enumerate(costs):
        draw_cost(look, axes, row, cost, low)
    axes.set_xlabel("time of each")
    return sheet.figure


def draw_cost(look: Look, axes: Axes, row: int, cost: MachineCost, low: float) -> None:
    color = color_of(look, cost)
    axes.plot([low, cost.median_ns], [row, row], color=color, linewidth=1.2 * look.scale, alpha=0.5, zorder=2)
    axes.plot([cost.low_ns, cost.high_ns], [row, row], color=color, linewidth=5 * look.scale, alpha=0.5, solid_capstyle="butt", zorder=3, gid=f"interval:{cost.name}")
    axes.plot([cost.median_ns], [row], "o", color=color, markersize=10 * look.scale, markeredgecolor=look.color("ground"), zorder=4, gid=f"median:{cost.name}")
    axes.text(1.02, row, seconds_text(cost.median_ns / 1e9), transform=axes.get_yaxis_transform(), va="center", fontsize=NAME_SIZE * look.scale, fontweight="bold")
    axes.text(1.17, row, cost.family if cost.family in FAMILIES else "", transform=axes.get_yaxis_transform(), va="center", fontsize=12 * look.scale, color=look.color("soft"))


def table(run: Run) -> Table:
    made = Table(["cost", "median", "middle half", "batches", "of how many each", "who pays it most", "remark"])
    for cost in run.machine_costs:
        told = [seconds_text(cost.median_ns / 1e9), f"{seconds_text(cost.low_ns / 1e9)} to {seconds_text(cost.high_ns / 1e9)}"] if cost.median_ns is not None else ["–", "–"]
        made.rows.append([cost.said, *told, str(cost.batches), f"{cost.operations:,}", cost.family or "all", cost.why_not])
    return made


CHART = Chart("machine_costs", HEADING, "What a memory access, a system call, a switch, a start, a message and a write take on this machine, on one logarithmic axis", figure, table,
              lambda run: bool(measured(run)))
