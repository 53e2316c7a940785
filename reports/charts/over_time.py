"""While a trial runs: how many items end, and how long those take, from its start to its end.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from family_data import bearers
from findings import in_place
from line_ends import put_names, room_for
from look import Look, by_family
from number_text import log_ticks, plain, put_log_ticks, seconds_text, tick
from plan_data import Point
from provenance import note
from run_data import Run
from sheet import empty_sheet, lines_of, new_sheet
from slices_data import Course, courses, has_course, middle_of, point_of
from small_multiples import MOST_SERIES
from table import Table, remark

HEADING = "While a trial runs"
MOST_ROWS = 2    # workloads in a picture; the page has a picture for each
MOST_ROUNDS = 5  # that are drawn, evenly chosen: more would be a band
PARTS = 10       # of a run, in the table


def points(run: Run) -> list[Point]:
    """One load a workload, in the order of the plan; those that fetch come first."""
    found = [point for workload in run.workloads if (point := point_of(run, workload))]
    return sorted(found, key=lambda point: not point.workload.connects)


def models_at(run: Run, point: Point) -> list[str]:
    """Those with a course, in the order of families; where they are too many those that stand for their families, if these have one."""
    found = [model.name for model in by_family(run.models.values()) if has_course(run, point, model.name)]
    standing = [name for name in found if name in bearers(run).values()]
    return standing if standing and len(found) > MOST_SERIES else found[:MOST_SERIES]


def title_of(run: Run, point: Point) -> str:
    """Who works most evenly, and who least."""
    steady = {name: middle_of(courses(run, point, name)).steady for name in models_at(run, point)}
    most, least = max(steady, key=steady.get), min(steady, key=steady.get)
    where = in_place(point)
    if round(100 * steady[most]) == round(100 * steady[least]):
        who = f"all {len(steady)} models are" if len(steady) > 1 else f"{most} is"
        return f"{where}: {who} above half of the mean rate for {100 * steady[most]:.0f} % of the time."
    return f"{where}: {most} is above half of its mean rate for {100 * steady[most]:.0f} % of the time, {least} for {100 * steady[least]:.0f} %."


def figure(run: Run, look: Look) -> Figure:
    chosen = points(run)[:MOST_ROWS]
    if not chosen:
        return empty_sheet(look, HEADING, "No trial of this run tells when its items ended: it was measured before trials did, or has few items.", note(run, []))
    fewer = any(len(models_at(run, point)) < sum(has_course(run, point, name) for name in run.models) for point in chosen)
    how = ("Thick: the median over rounds, slice by slice of a trial; faint: rounds" + (f" ({MOST_ROUNDS} of them at most)." if most_rounds(run, chosen) > MOST_ROUNDS else ".")
           + " Left: how fast items end, to the mean of the trial; right: the median time of those that end (from when they were due where they come at a rate). Beside the names: the median makespan."
           + (" Models that stand for their families; the table has all." if fewer else "") + " Shown, not ranked.")
    names = [label_of(run, point, name) for point in chosen for name in models_at(run, point)]
    sheet = new_sheet(look, title_of(run, chosen[0]), note(run, chosen, how), len(chosen), 2, left=1.15, right=room_for(names), gap_x=1.1, gap_y=0.95, row_height=2.3, head=0.5)
    for point, (left, right) in zip(chosen, sheet.panels):
        draw_row(run, look, point, left, right)
    for axes in sheet.panels[-1]:
        axes.set_xlabel("share of the run that has gone by (%)")
    return sheet.figure


def label_of(run: Run, point: Point, name: str) -> str:
    return f"{name} {seconds_text(middle_of(courses(run, point, name)).makespan_ms / 1e3)}"


def most_rounds(run: Run, chosen: list[Point]) -> int:
    return max(len(courses(run, point, name)) for point in chosen for name in models_at(run, point))


def some_of(rounds: list[Course]) -> list[Course]:
    """Evenly chosen, where there are more than are drawn."""
    return rounds if len(rounds) <= MOST_ROUNDS else [rounds[place * len(rounds) // MOST_ROUNDS] for place in range(MOST_ROUNDS)]


def draw_row(run: Run, look: Look, point: Point, left: Axes, right: Axes) -> None:
    strokes, names, ends = look.strokes(run.models), models_at(run, point), []
    for name in names:
        rounds = courses(run, point, name)
        middle = middle_of(rounds)
        for axes, values in ((left, lambda course: course.rates), (right, lambda course: course.times_ms)):
            xs = [x for course in some_of(rounds) for x in (*course.places, math.nan)]
            ys = [y for course in some_of(rounds) for y in (*values(course), math.nan)]
            axes.plot(xs, ys, color=strokes[name].color, alpha=0.3, linewidth=0.8 * look.scale, zorder=2, gid=f"lines:{name}:{point.id}")  # one path for all
            axes.plot(middle.places, values(middle), color=strokes[name].color, linestyle=strokes[name].line, linewidth=2 * look.scale, zorder=4, gid=f"median:{name}:{point.id}")
        ends.append(next((time for time in reversed(middle.times_ms) if time > 0), math.nan))
    left.set_title("\n".join(lines_of(in_place(point), 90, 1)))
    finish_rates(look, left)
    finish_times(look, right)
    low, _ = right.get_ylim()
    labels = {label_of(run, point, name): strokes[name] for name in names}
    put_names(look, right, list(labels), [low if math.isnan(end) else end for end in ends], labels)
    for axes in (left, right):
        axes.set_xlim(0, 100)


def finish_rates(look: Look, axes: Axes) -> None:
    """As high as medians go: single rounds may be cut."""
    axes.set_ylim(0, 1.25 * (max(y for line in axes.lines for y in line.get_ydata() if str(line.get_gid()).startswith("median:")) or 1))
    axes.axhline(1, color=look.color("text"), linewidth=1.1 * look.scale, linestyle=(0, (4, 3)), zorder=1)
    axes.set_ylabel("times the mean rate", fontsize=12.5 * look.scale)


def finish_times(look: Look, axes: Axes) -> None:
    """Logarithmic; where every item took less than half a microsecond there is nothing to draw."""
    ys = [y for line in axes.lines for y in line.get_ydata() if y > 0]
    low, high = (min(ys) / 1.2, max(ys) * 1.2) if ys else (1e-3, 1e-2)
    if len(log_ticks(low, high)) < 2:
        low, high = low / 1.6, high * 1.6
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    put_log_ticks(axes.yaxis, low, high, tick)
    axes.set_ylabel("time of an item (ms)", fontsize=12.5 * look.scale)


def table(run: Run) -> Table:
    """Shares of the items by tenths of the run, of the median course; all models."""
    made = Table(["load", "model", "rounds", "makespan", *(f"ended in tenth {part + 1}" for part in range(PARTS)), "time at first", "time halfway", "time at last", "above half of the mean rate",
                  "longest without a result", "remark"])
    for point in points(run):
        for model in by_family(run.models.values()):
            rounds = courses(run, point, model.name)
            cells = cells_of(middle_of(rounds)) if rounds else ["–"] * (PARTS + 6)
            made.rows.append([point.label, model.name, str(len(rounds)), *cells, remark(run, point.id, model.name)])
    return made


def cells_of(course: Course) -> list[str]:
    times = [time for time in course.times_ms if not math.isnan(time)]
    return [seconds_text(course.makespan_ms / 1e3), *(f"{plain(100 * share)} %" for share in course.shares(PARTS)), *(seconds_text(times[place] / 1e3) for place in (0, len(times) // 2, -1)),
            f"{100 * course.steady:.0f} %", seconds_text(course.longest_gap_ms / 1e3) if course.longest_gap_ms else "–"]


CHART = Chart("over_time", HEADING, "Items that end, and how long those take, from the start of a trial to its end, a faint line a round: one load of each workload", figure, table,
              lambda run: bool(points(run)))
