"""Throughput against the tail: how many items a second, and how long the slowest hundredth of them takes, as more are in flight.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from groups import Group, groups_of
from line_ends import put_names, room_for
from look import Look, by_family
from number_text import put_log_ticks, seconds_text, tick
from plan_data import Point
from provenance import note
from run_data import MEASURED, Run
from sheet import empty_sheet, new_sheet, width_of
from table import Table, remark

HEADING = "Throughput against p99"
TAIL = (MEASURED, "service_ns", "p99")
LEAST_ITEMS = 1000  # of a p99
MOST_PANELS = 2


def wanted(point: Point) -> bool:
    """Nothing waits but for the models and the server: as many are in flight as are asked, as fast as it goes."""
    return point.workload.connects and not point.delayed and not point.workload.computes and point.ranks_by != "latency" and point.items >= LEAST_ITEMS


def groups(run: Run) -> list[Group]:
    """Along in_flight, of two places at least."""
    found = groups_of([point for point in run.points.values() if wanted(point)])
    return [group for group in found if sum(any(place(run, point, model) for model in run.models) for point in group.points) > 1][:MOST_PANELS]


def place(run: Run, point: Point, model: str) -> tuple[float, float] | None:
    """Items a second, and p99 in ms, of the middle rounds."""
    makespan, tail = run.median(point.id, model, "makespan_ns"), run.median(point.id, model, *TAIL)
    return (1e9 * point.items / makespan, tail / 1e6) if makespan and tail else None


def places(run: Run, group: Group, model: str) -> list[tuple[Point, float, float]]:
    return [(point, *found) for point in group.points if (found := place(run, point, model))]


def title_of(run: Run, group: Group) -> str:
    """Who does most a second, where, and at which p99."""
    best = max(((rate, tail, name, point) for name in run.models for point, rate, tail in places(run, group, name)), key=lambda each: each[0])
    rate, tail, name, point = best
    return f"{group.title}: {name} does most, {tick(float(f'{rate:.2g}'))} a second with {tick(point.in_flight)} in flight, at a p99 of {seconds_text(tail / 1e3)}."


def figure(run: Run, look: Look) -> Figure:
    chosen = groups(run)
    if not chosen:
        return empty_sheet(look, HEADING, "No load without delay has two numbers in flight, or none of its trials ended.", note(run, []))
    names = [model.name for model in by_family(run.models.values()) if any(places(run, group, model.name) for group in chosen)]
    how = ("A mark a load, of the middle rounds; small numbers: items in flight; both axes logarithmic. Client and server share the machine, so a rate is of the pair. Closed loop: the tail is of what was "
           "asked for, not of what would have come. Shown, not ranked.")
    points = [point for group in chosen for point in group.points]
    sheet = new_sheet(look, title_of(run, chosen[0]), note(run, points, how), len(chosen), 1, right=room_for(names), row_height=3.2)
    for group, (axes,) in zip(chosen, sheet.panels):
        axes.set_title(group.title)
        draw_panel(run, look, axes, group)
    sheet.panels[-1][0].set_xlabel("items a second")
    return sheet.figure


def draw_panel(run: Run, look: Look, axes: Axes, group: Group) -> None:
    strokes = look.strokes(run.models)
    lines = {model.name: found for model in by_family(run.models.values()) if (found := places(run, group, model.name))}
    for name, found in lines.items():
        axes.plot([rate for _, rate, _ in found], [tail for _, _, tail in found], color=strokes[name].color, marker=strokes[name].marker, linestyle=strokes[name].line,
                  markeredgecolor=look.color("ground"), markeredgewidth=0.7 * look.scale, zorder=3, gid=f"median:{name}")
    for axis, scale, values in ((axes.xaxis, axes.set_xscale, [rate for found in lines.values() for _, rate, _ in found]),
                                (axes.yaxis, axes.set_yscale, [tail for found in lines.values() for _, _, tail in found])):
        scale("log")
        low, high = min(values) / 1.25, max(values) * 1.35
        (axes.set_xlim if axis is axes.xaxis else axes.set_ylim)(low, high)
        put_log_ticks(axis, low, high, tick)
    axes.set_ylabel("p99 of an item's time (ms)")
    put_numbers(look, axes, [each for found in lines.values() for each in found])
    put_names(look, axes, list(lines), [found[-1][2] for found in lines.values()], strokes)


def put_numbers(look: Look, axes: Axes, marks: list[tuple[Point, float, float]]) -> None:
    """How many are in flight, over a mark; not where another number stands already."""
    size = 9.5
    high = size * look.scale * axes.figure.dpi / 72
    taken: list[tuple[float, float, float]] = []
    for point, rate, tail in marks:
        x, y = axes.transData.transform((rate, tail))
        wide = width_of(tick(point.in_flight), size) * look.scale * axes.figure.dpi / 2
        free = all(abs(x - other) > wide + its or abs(y - up) > 1.2 * high for other, up, its in taken)
        axes.annotate(tick(point.in_flight), xy=(rate, tail), xytext=(0, 6 * look.scale), textcoords="offset points", ha="center", fontsize=size * look.scale,
                      color=look.color("soft"), gid=f"number:{point.id}", visible=free)
        if free:
            taken.append((x, y, wide))


def table(run: Run) -> Table:
    made = Table(["load", "model", "items a second, middle round", "p99 of an item's time, middle round", "remark"])
    for group in groups(run):
        for point in group.points:
            for model in by_family(run.models.values()):
                found = place(run, point, model.name)
                made.rows.append([point.label, model.name, *([tick(round(found[0])), seconds_text(found[1] / 1e3)] if found else ["–", "–"]), remark(run, point.id, model.name)])
    return made


CHART = Chart("throughput", HEADING, "Items a second against the p99 of an item's time, a mark a number in flight, for loads without delay", figure, table, lambda run: bool(groups(run)))
