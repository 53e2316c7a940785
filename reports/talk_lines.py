"""Slides along in_flight: who keeps up, and what an item costs in CPU.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.ticker import MultipleLocator

from family_data import Line, bar_of, rounds_behind, scatter
from family_findings import costs_at, cpu_lines, cpu_title, keeps_up_lines, keeps_up_title
from family_words import rounded
from number_text import put_log_ticks, tick
from plan_data import Point
from run_data import Run
from talk_canvas import BODY_TOP, Canvas, Slide, place, put_labels, put_places

LEFT, RIGHT, BOTTOM = 1.75, 10.6, 1.25
FLOORS = (0.8, 0.5, 0.0)  # of an axis of efficiencies: the first that is below them all


def said_of(row: list[Point]) -> str:
    """The loads of a row, in the plan's words."""
    return row[0].series


def draw_lines(canvas: Canvas, lines: list[Line], row: list[Point], shown: tuple[str, ...], y_label: str, log: bool):
    """Answers the axes, whose scale is that of all lines, shown or not."""
    axes = canvas.axes(LEFT, BOTTOM, RIGHT, BODY_TOP)
    put_places(axes, [point.in_flight for point in row])
    axes.set_xlabel("items in flight")
    axes.set_ylabel(y_label)
    axes.yaxis.set_label_coords(-1.3 / (RIGHT - LEFT), 0.5)
    values = [value for line in lines for _, value, _ in line.places]
    if log:
        low, high = min(values) / 1.4, max(values) * 1.4
        axes.set_yscale("log")
        axes.set_ylim(low, high)
        put_log_ticks(axes.yaxis, low, high, tick)
    else:
        low = next((floor for floor in FLOORS if floor + 0.02 < min(values)), 0.0)
        axes.set_ylim(low, 1 + 0.05 * (1 - low))
        axes.yaxis.set_major_locator(MultipleLocator((1 - low) / 4 if low else 0.25))
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    for line in lines:
        if line.family in shown:
            draw_line(canvas, axes, line)
    put_labels(canvas, axes, [(line.family, canvas.look.color(line.family), line.places[-1][1]) for line in lines if line.family in shown])
    return axes


def draw_line(canvas: Canvas, axes, line: Line) -> None:
    """Filled marks: it keeps up; hollow: it does not."""
    color = canvas.look.color(line.family)
    xs, ys = [place(at) for at, _, _ in line.places], [value for _, value, _ in line.places]
    axes.plot(xs, ys, color=color, zorder=3, gid=f"line:{line.family}")
    for x, y, (_, _, kept) in zip(xs, ys, line.places):
        axes.plot([x], [y], "o", color=color, markerfacecolor=color if kept else canvas.look.color("ground"), markeredgewidth=2.5, zorder=4,
                  gid=f"{'kept' if kept else 'lost'}:{line.family}")


def keeps_up(run: Run) -> Slide | None:
    row, lines = keeps_up_lines(run)
    if not lines:
        return None

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        axes = draw_lines(canvas, lines, row, shown, "of what is possible", log=False)
        bar = bar_of(run)
        axes.axhline(bar, color=canvas.look.color("text"), linewidth=1.6, linestyle=(0, (5, 3)), zorder=2, gid="bar")
        axes.annotate(f"keeps up: {100 * bar:.0f} %", xy=(0.02, bar), xycoords=("axes fraction", "data"), xytext=(0, -6), textcoords="offset points", va="top")
    least, most = rounds_behind(run, row, [line.model for line in lines])
    notes = (f"What it shows: efficiency, the ideal time divided by the time it took, for {said_of(row)}. The ideal is the list schedule of the very delays that the server dealt; "
             f"1 cannot be beaten. Dashed: {100 * bar_of(run):.0f} %, from which a load counts as kept up with. Hollow marks: not kept up with.\n"
             f"How it was measured: {stand_for(lines)}. A fresh process for each trial; every item's outcome was proven.\n"
             f"How sure: the marks are medians of {span(least, most)} rounds.{scattered(run, row[-1], lines, 'efficiency')}")
    return Slide("keeps_up", keeps_up_title(run, row, lines), notes, draw, tuple(line.family for line in lines))


def stand_for(lines: list[Line]) -> str:
    return ", ".join(f"{line.model} stands for {line.family}" for line in lines)


def span(least: int, most: int) -> str:
    return f"{most}" if least == most else f"{least} to {most}"


def scattered(run: Run, point: Point, lines: list[Line], *path: str) -> str:
    """The widest scatter of a model's rounds at the load that the title is about."""
    found = {line.model: apart for line in lines if (apart := scatter(run, point.id, line.model, *path))}
    if not found:
        return " One round has no scatter: nobody knows how sure it is."
    model = max(found, key=found.get)
    return f" At {tick(point.in_flight)} in flight rounds of one model differ by {100 * (found[model] - 1):.0f} % at most ({model})."


def cpu(run: Run) -> Slide | None:
    """Of who keeps up: the loads of the slide before it, or those on which nothing waits."""
    row, lines = cpu_lines(run)
    if not lines:
        return None

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        draw_lines(canvas, lines, row, shown, "CPU per item (µs)", log=True)
    least, most = rounds_behind(run, row, [line.model for line in lines])
    found = costs_at(lines)
    rates = "; ".join(f"{family} {rounded(1e6 / cost)}" for family, cost in sorted(found[1].items(), key=lambda each: each[1])) if found else ""
    notes = (f"What it shows: user and system time of the whole process tree per item, for {said_of(row)}. Hollow marks: the load was not kept up with, so the figure is no price.\n"
             + (f"Items a second that one core carries at {tick(found[0])} in flight: {rates}.\n" if found else "")
             + f"How it was measured: {stand_for(lines)}; clocks of all processes and threads, while the run was on.\n"
             f"How sure: medians of {span(least, most)} rounds.{scattered(run, row[-1], lines, 'cpu_per_item_ns')}")
    return Slide("cpu", cpu_title(lines), notes, draw, tuple(line.family for line in lines))

