"""The slide of the CPU trap: what computing between replies does to those that have one loop, and what handing it over buys.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from groups import dial_of, dial_value, has_a_share, others
from look import Look
from number_text import put_log_ticks, tick
from plan_data import Point
from run_data import MEASURED, Run
from sheet import width_of
from talk_canvas import BODY_TOP, MOST_SERIES, TEXT, Canvas, Slide, put_labels, put_places, place
from family_data import bearers, efficiency_of, rounds_behind
from family_words import rounded, seconds, sentence

OFFLOAD, INLINE = "offload", "inline"
LAG = (MEASURED, "loop_lag_ns", "p99")
LEFT, RIGHT, BOTTOM = 1.5, 12.3, 1.25
BESIDE = 1.65  # inches between the panels, beside the labels


@dataclass(frozen=True)
class Trace:
    """One family, inline or with its CPU work handed over, along the shares."""

    family: str
    model: str
    handed_over: bool
    points: tuple[Point, ...]

    @property
    def label(self) -> str:
        """At the end of its line: its colour says the family."""
        return "offloaded" if self.handed_over else self.family

    @property
    def key(self) -> str:
        return f"{self.family}, offloaded" if self.handed_over else self.family


def rows(run: Run) -> dict[tuple, dict[str, list[Point]]]:
    """Loads that differ in their share alone, ascending, by where the work goes; two at least."""
    found: dict[tuple, dict[str, dict[float, Point]]] = {}
    for point in filter(has_a_share, run.points.values()):
        rest = tuple(pair for pair in others(point, dial_of(point).name) if pair[0] != OFFLOAD)
        where = point.parameter(OFFLOAD) or INLINE
        found.setdefault((point.workload.name, point.profile, point.delay_us, point.in_flight, point.cores, rest), {}).setdefault(where, {})[dial_value(point)] = point
    return {key: {where: [row[at] for at in sorted(row)] for where, row in of.items() if len(row) > 1} for key, of in found.items()}


def chosen(run: Run) -> dict[str, list[Point]]:
    """Those that are handed over as well rather than not; then with most in flight and most shares."""
    usable = [of for of in rows(run).values() if INLINE in of]
    return max(usable, key=lambda of: (len(of) > 1, of[INLINE][0].in_flight, len(of[INLINE])), default={})


def has_loops(run: Run, trace: Trace) -> bool:
    return any(run.values(point.id, trace.model, *LAG) for point in trace.points)


def traces_of(run: Run) -> list[Trace]:
    """Every family inline, then as many loops that hand over as there is room for."""
    of = chosen(run)
    if not of:
        return []
    models = {family: model for family, model in bearers(run).items() if family != "sequential"}
    inline = [Trace(family, model, False, tuple(of[INLINE])) for family, model in models.items()]
    inline = [trace for trace in inline if len(values(run, trace)) > 1]
    where = next((each for each in ("threads", *of) if each in of and each != INLINE), None)
    over = [Trace(trace.family, trace.model, True, tuple(of[where])) for trace in reversed(inline) if has_loops(run, trace)] if where else []
    return [*inline, *[trace for trace in over if len(values(run, trace)) > 1][:MOST_SERIES - len(inline)]]


def values(run: Run, trace: Trace) -> list[tuple[float, float]]:
    return [(dial_value(point), value) for point in trace.points if (value := efficiency_of(run, point.id, trace.model)) is not None]


def lags(run: Run, trace: Trace) -> list[tuple[float, float]]:
    return [(dial_value(point), value) for point in trace.points if (value := run.median(point.id, trace.model, *LAG))]


def title_of(run: Run, traces: list[Trace]) -> str:
    """At the greatest share: how long a loop stands still, and whether handing over helps; without loops, who loses most."""
    inline = [trace for trace in traces if not trace.handed_over]
    share = max(at for trace in inline for at, _ in values(run, trace))
    stalls = {trace.family: value for trace in inline for at, value in lags(run, trace) if at == share}
    over = {trace.family: value for trace in traces if trace.handed_over for at, value in lags(run, trace) if at == share}
    where = f"at {tick(share)} % CPU"
    if over and stalls and (both := [family for family in over if family in stalls]):
        family = both[0]
        return sentence(f"{where}, {family} stall {seconds(stalls[family])} inline, {seconds(over[family])} when offloading")
    if stalls:
        worst = max(stalls, key=stalls.get)
        return sentence(f"{where}, the loop of {worst} stands still for {seconds(stalls[worst])}")
    left = {trace.family: value for trace in inline for at, value in values(run, trace) if at == share}
    worst = min(left, key=left.get)
    return sentence(f"{where}, {worst} reach {rounded(100 * left[worst])} % of what is possible")


def trap(run: Run) -> Slide | None:
    traces = traces_of(run)
    if not traces:
        return None
    series = tuple(trace.key for trace in traces)

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        draw_both(run, canvas, traces, shown)
    least, most = rounds_behind(run, [point for trace in traces for point in trace.points], [trace.model for trace in traces])
    point = traces[0].points[0]
    missing = "" if any(trace.handed_over for trace in traces) else " This run has no load whose work is handed over (--set offload=threads): what that buys is not shown."
    notes = (f"What it shows: left, the ideal time divided by the time it took, against the share of an item's time that is computing; right, how late a heartbeat every 10 ms is on a loop (p99). "
             f"Dashed, hollow: the work is handed to other threads.{missing}\n"
             f"How it was measured: {point.workload.name}, {point.in_flight:,} in flight, on {point.cores} core{'s' if point.cores > 1 else ''}; {', '.join(dict.fromkeys(trace.model for trace in traces))}.\n"
             f"How sure: medians of {least if least == most else f'{least} to {most}'} rounds. The computing part of the ideal is calibrated in each trial: a little above 1 is noise.")
    return Slide("cpu_trap", title_of(run, traces), notes, draw, series)


def stroke(look: Look, trace: Trace) -> dict:
    """Dashed and hollow where the work is handed over."""
    if trace.handed_over:
        return {"color": look.color(trace.family), "linestyle": (0, (3, 1.5)), "marker": "s", "markerfacecolor": look.color("ground"), "markeredgewidth": 2.5}
    return {"color": look.color(trace.family), "marker": "o"}


def draw_both(run: Run, canvas: Canvas, traces: list[Trace], shown: tuple[str, ...]) -> None:
    late = [value for trace in traces for _, value in lags(run, trace)]
    shares = sorted({dial_value(point) for trace in traces for point in trace.points})
    label = max(width_of(trace.label, TEXT, "bold") for trace in traces)
    width = (RIGHT - LEFT - label - BESIDE) / 2 if late else RIGHT - LEFT - label - 0.3
    axes = canvas.axes(LEFT, BOTTOM, LEFT + width, BODY_TOP - 0.45)
    put_places(axes, shares)
    axes.set_xlabel("% CPU share")
    axes.set_title("of what is possible", loc="left")
    axes.set_ylim(0, 1.05 * max([1.0, *(value for trace in traces for _, value in values(run, trace))]))
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    ends = []
    for trace in traces:
        if trace.key in shown:
            found = values(run, trace)
            axes.plot([place(at) for at, _ in found], [value for _, value in found], **stroke(canvas.look, trace), gid=f"line:{trace.key}")
            ends.append((trace.label, canvas.look.color(trace.family), found[-1][1]))
    put_labels(canvas, axes, ends, ("offloaded",))
    if late:
        draw_lags(run, canvas, traces, shown, shares, late, RIGHT - width)


def draw_lags(run: Run, canvas: Canvas, traces: list[Trace], shown: tuple[str, ...], shares: list[float], late: list[float], left: float) -> None:
    axes = canvas.axes(left, BOTTOM, RIGHT, BODY_TOP - 0.45)
    put_places(axes, shares)
    axes.set_xlabel("% CPU share")
    axes.set_title("a loop is late by (ms)", loc="left")
    low, high = min(late) / 1e6 / 1.5, max(late) / 1e6 * 1.5
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    put_log_ticks(axes.yaxis, low, high, tick)
    for trace in traces:
        found = lags(run, trace)
        if trace.key in shown and found:
            axes.plot([place(at) for at, _ in found], [value / 1e6 for _, value in found], **stroke(canvas.look, trace), gid=f"lag:{trace.key}")
