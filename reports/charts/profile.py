"""Performance profile: at how many of the ranked loads each model is within so many times of the best.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

from matplotlib.figure import Figure

from chart import Chart
from line_ends import put_names, room_for
from look import Look, by_family
from number_text import put_log_ticks, tick
from provenance import note
from run_data import Run
from sheet import empty_sheet, new_sheet
from table import Table

HEADING = "Performance profile over all loads"
FARTHEST = 10.0  # times the best: the end of the axis
STEPS = (1.05, 1.5, 2.0, 5.0)


def factors_of(run: Run) -> dict[str, list[float]]:
    """How many times the best each model is, load by load; infinite where it is not ranked, as what does not keep up or cannot run."""
    found: dict[str, list[float]] = {name: [] for name in run.models}
    for verdict in run.verdicts.values():
        costs = {cell["model"]: cell["median"] for cell in verdict.get("cells", []) if cell["status"] == "valid" and cell.get("median")}
        if verdict.get("ranks_by") == "none" or len(costs) < 2 or verdict["id"] not in run.points:
            continue
        best = min(costs.values())
        for name in run.models:
            found[name].append(costs[name] / best if name in costs else math.inf)
    return {name: factors for name, factors in found.items() if any(map(math.isfinite, factors))}


def within(factors: list[float], times: float) -> float:
    """The share of loads."""
    return sum(factor <= times for factor in factors) / len(factors)


def loads_in(factors: dict[str, list[float]]) -> int:
    return len(next(iter(factors.values()), []))


def title_of(factors: dict[str, list[float]]) -> str:
    loads = loads_in(factors)
    near = {name: sum(factor <= STEPS[0] for factor in each) for name, each in factors.items()}
    best, worst = max(near, key=near.get), min(near, key=near.get)
    if near[best] == near[worst]:
        return f"Of {loads} loads, every model is within 5 % of the best at {near[best]}."
    return f"Of {loads} loads, {best} is within 5 % of the best at {near[best]}, {worst} at {near[worst]}."


def figure(run: Run, look: Look) -> Figure:
    factors = factors_of(run)
    if not factors or loads_in(factors) < 2:
        return empty_sheet(look, HEADING, "No two loads of this run rank two models or more.", note(run, []))
    names = [model.name for model in by_family(run.models.values()) if model.name in factors]
    how = ("A step a load: the share of loads at which a model is at most so many times as far as the best, in what ranks there (CPU, makespan or p99 latency). Who is not ranked at a load, as "
           "it does not keep up or cannot run, is never within. No rank over loads: which loads were chosen decides as much.")
    sheet = new_sheet(look, title_of(factors), note(run, [], how), right=room_for(names))
    axes = sheet.panels[0][0]
    farthest = min(FARTHEST, 1.1 * max(factor for each in factors.values() for factor in each if math.isfinite(factor)))
    farthest = max(farthest, 1.2)
    strokes = look.strokes(run.models)
    for name in names:
        steps = sorted({1.0, farthest, *(factor for factor in factors[name] if factor <= farthest)})
        axes.plot(steps, [within(factors[name], at) for at in steps], color=strokes[name].color, linestyle=strokes[name].line, drawstyle="steps-post", gid=f"profile:{name}")
    axes.set_xscale("log")
    axes.set_xlim(1, farthest)
    put_log_ticks(axes.xaxis, 1, farthest, tick)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.set_xlabel("times the best, at most")
    axes.set_ylabel("share of loads")
    put_names(look, axes, names, [within(factors[name], farthest) for name in names], strokes)
    return sheet.figure


def table(run: Run) -> Table:
    factors = factors_of(run)
    made = Table(["model", "loads", "best", *(f"within {step:g}×" for step in STEPS), "not ranked"])
    for model in by_family(run.models.values()):
        each = factors.get(model.name)
        if each:
            counts = [sum(factor <= step for factor in each) for step in (1.0, *STEPS)]
            made.rows.append([model.name, str(len(each)), *map(str, counts), str(sum(map(math.isinf, each)))])
    return made


CHART = Chart("profile", HEADING, "The share of loads at which each model is within so many times of the best, in what ranks at each", figure, table,
              lambda run: loads_in(factors_of(run)) > 1)
