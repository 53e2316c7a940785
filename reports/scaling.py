"""Draws a quantity along an axis: a dot for every round, a line through the medians, grey crosses for void trials.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable

from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from groups import Group
from look import Look, by_family
from number_text import LEAST_LOSS, log_ticks, loss, put_efficiency_ticks, put_log_ticks, tick
from run_data import MEASURED, Run


@dataclass(frozen=True)
class Quantity:
    """What is drawn: the number's path in a trial, its unit's size, the axis label, and how a table writes a value."""

    path: tuple[str, ...]
    unit: float
    label: str
    text: Callable[[float], str]
    what: str = "it"       # its name in a sentence
    ranks: str = ""        # the ranks_by of the loads whose verdict it decides
    as_loss: bool = False  # efficiency, on a log axis of 1 - efficiency
    linear: bool = False   # from 0
    ideal: bool = False    # draw the ideal's place too
    line: float | None = None  # a value to be drawn across, and
    line_means: str = ""       # what it means
    per: float = 0         # what is drawn is so much divided by the value, in units

    def place(self, value: float) -> float:
        """Where a value stands on the axis; NaN where it is not measurable."""
        if not self.measurable(value):
            return math.nan
        if self.per:
            return self.per / value / self.unit
        return loss(value) if self.as_loss else value / self.unit

    def measurable(self, value: float) -> bool:
        """A log axis has no place for 0 or less, which a difference can come to: of memory, by what the kernel gives back."""
        return self.linear or self.as_loss or value > 0

    def words(self, value: float) -> str:
        return self.text(value) if self.measurable(value) else "not measurable"


def label_of(run: Run, group: Group, quantity: Quantity, name: str) -> str:
    """The model's name, and why it has no line if it has none."""
    medians = [median for point in group.points if (median := run.median(point.id, name, *quantity.path)) is not None]
    if any(map(quantity.measurable, medians)):
        return name
    return f"{name} ({'not measurable' if medians else 'void'})"


def shown_models(run: Run, group: Group, quantity: Quantity) -> list[str]:
    """In the order of families; those with a value, valid or void, at any point of the group, measurable or not."""
    def has(name: str) -> bool:
        return any(run.values(p.id, name, *quantity.path) or run.values(p.id, name, *quantity.path, verdict="void")
                   for p in group.points)
    return [model.name for model in by_family(run.models.values()) if has(model.name)]


class Panel:
    """One set of axes: some models of one group in colour, the others faint behind them."""

    def __init__(self, run: Run, look: Look, group: Group, quantity: Quantity, models: list[str], axes: Axes):
        self.run, self.look, self.group, self.quantity, self.axes = run, look, group, quantity, axes
        self.models = models
        self.strokes = look.strokes(run.models)
        self.places = [group.along.place(group.along.value(point)) for point in group.points]
        gaps = [b - a for a, b in zip(self.places, self.places[1:])]
        self.room = min([0.7] + [0.5 * gap for gap in gaps])  # of the dots at one place

    def x(self, point: int, model: int) -> float:
        """Models stand beside each other, so that none hides another."""
        shift = (model - (len(self.models) - 1) / 2) * self.room / max(len(self.models), 4)
        return self.places[point] + shift

    def draw(self, others: list[str]) -> list[tuple[str, float, float]]:
        """Draws all, and answers where each model's line ends: (model, x, y), y being NaN where nothing of it is drawn."""
        for name in others:
            xs, ys = self.broken(self.places, self.medians(name))
            self.axes.plot(xs, ys, color=self.look.color("faint"), linewidth=1.2 * self.look.scale, marker="_",
                           markeredgewidth=1.2 * self.look.scale, markersize=5 * self.look.scale, zorder=1, gid=f"faint:{name}")
        ends = [self.draw_model(place, name) for place, name in enumerate(self.models)]
        if self.quantity.ideal:
            self.draw_ideal()
        if self.quantity.line is not None:
            self.draw_line(self.quantity.line)
        self.finish_x()
        self.finish_y()
        return ends

    def medians(self, name: str) -> list[float]:
        found = [self.run.median(point.id, name, *self.quantity.path) for point in self.group.points]
        return [math.nan if value is None else self.quantity.place(value) for value in found]

    def draw_model(self, place: int, name: str) -> tuple[str, float, float]:
        stroke = self.strokes[name]
        for index, point in enumerate(self.group.points):
            self.draw_dots("void", name, point.id, self.x(index, place), self.look.color("void"), "x", 6)
            self.draw_dots("valid", name, point.id, self.x(index, place), stroke.color, "o", 4.5)
        medians = self.medians(name)
        xs, ys = self.broken([self.x(i, place) for i in range(len(medians))], medians)
        self.axes.plot(xs, ys, color=stroke.color, marker=stroke.marker, linestyle=stroke.line, zorder=4, gid=f"median:{name}",
                       markeredgecolor=self.look.color("ground"), markeredgewidth=0.7 * self.look.scale)
        known = [(x, y) for x, y in zip(xs, ys) if not math.isnan(y)] or self.void_places(place, name)
        return (name, *known[-1]) if known else (name, self.places[-1], math.nan)

    def void_places(self, place: int, name: str) -> list[tuple[float, float]]:
        return [(self.x(index, place), y) for index, point in enumerate(self.group.points)
                for y in self.drawn(point.id, name, "void")]

    def drawn(self, point: str, name: str, verdict: str) -> list[float]:
        """The places of the rounds that have one."""
        places = map(self.quantity.place, self.run.values(point, name, *self.quantity.path, verdict=verdict))
        return [place for place in places if not math.isnan(place)]

    def draw_dots(self, verdict: str, name: str, point: str, x: float, color: str, marker: str, size: float) -> None:
        ys = self.drawn(point, name, verdict)
        if ys:
            edge = {} if marker == "x" else {"markeredgewidth": 0}
            self.axes.plot([x] * len(ys), ys, marker, color=color, markersize=size * self.look.scale,
                           alpha=1 if marker == "x" else 0.45, zorder=3, **edge,
                           gid=f"{'void' if verdict == 'void' else 'rounds'}:{name}:{point}")

    def broken(self, xs: list[float], ys: list[float]) -> tuple[list[float], list[float]]:
        """Lines join only loads of one delay: others are not the same work."""
        out_x, out_y, before = [], [], None
        for point, x, y in zip(self.group.points, xs, ys):
            if before not in (None, point.delay_us):
                out_x.append(math.nan)
                out_y.append(math.nan)
            before = point.delay_us
            out_x.append(x)
            out_y.append(y)
        return out_x, out_y

    def draw_ideal(self) -> None:
        for place, point in zip(self.places, self.group.points):
            ideals = [self.run.median(point.id, name, MEASURED, "ideal_ns") for name in self.run.models]
            known = [value for value in ideals if value]
            if known:
                self.axes.plot([place - self.room * 0.6, place + self.room * 0.6], [min(known) / self.quantity.unit] * 2,
                               color=self.look.color("text"), linewidth=1.3 * self.look.scale, zorder=5, gid=f"ideal:{point.id}")

    def draw_line(self, value: float) -> None:
        level = self.quantity.place(value)
        self.axes.axhline(level, color=self.look.color("text"), linewidth=1.1 * self.look.scale, linestyle=(0, (4, 3)), zorder=1, gid="line")
        self.axes.annotate(self.quantity.line_means, xy=(0.01, level), xycoords=("axes fraction", "data"), xytext=(0, -3 * self.look.scale), textcoords="offset points",
                           va="top", fontsize=11 * self.look.scale, color=self.look.color("soft"))

    def finish_x(self) -> None:
        values = [self.group.along.value(point) for point in self.group.points]
        self.axes.xaxis.set_major_locator(FixedLocator(self.places))
        self.axes.xaxis.set_major_formatter(FixedFormatter([tick(value) for value in values]))
        self.axes.xaxis.set_minor_locator(NullLocator())
        self.axes.set_xlim(self.places[0] - 0.9 * self.room, self.places[-1] + 0.9 * self.room)
        for place, point in zip(self.places, self.group.points):
            if self.run.server_limited(point.id):
                self.axes.axvspan(place - 0.75 * self.room, place + 0.75 * self.room, color=self.look.color("limited"), zorder=0,
                                  linewidth=0, gid=f"limited:{point.id}")

    def finish_y(self) -> None:
        """One scale for all that is drawn; panels of a row draw the same models, faint or not, so they agree but for dots."""
        ys = [y for line in self.axes.lines for y in line.get_ydata() if not math.isnan(y)]
        if self.quantity.linear:
            self.axes.set_ylim(0, max(ys, default=1.0) * 1.08)
            return
        self.axes.set_yscale("log")
        set_limits(self.axes, self.quantity, min(ys, default=1.0), max(ys, default=10.0))


def set_limits(axes: Axes, quantity: Quantity, least: float, most: float) -> None:
    """A log axis around [least, most], wide enough for two ticks."""
    if quantity.as_loss:
        low, high = max(least / 1.5, LEAST_LOSS / 1.5), min(most * 1.5, 1.02)
        middle = math.sqrt(low * high)
        low, high = min(low, middle / 3), max(high, min(middle * 3, 1.02))
        axes.set_ylim(high, low)
        put_efficiency_ticks(axes.yaxis, low, high)
        return
    low, high = least / 1.15, most * 1.15
    if len(log_ticks(low, high)) < 2:
        low, high = low / 1.6, high * 1.6
    axes.set_ylim(low, high)
    put_log_ticks(axes.yaxis, low, high, tick)


def common_limits(panels: list[Panel]) -> None:
    """The widest scale of the panels for all of them."""
    ends = [sorted(panel.axes.get_ylim()) for panel in panels]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    quantity = panels[0].quantity
    for panel in panels:
        if quantity.linear:
            panel.axes.set_ylim(low, high)
        elif quantity.as_loss:
            panel.axes.set_ylim(high, low)
            put_efficiency_ticks(panel.axes.yaxis, low, high)
        else:
            panel.axes.set_ylim(low, high)
            put_log_ticks(panel.axes.yaxis, low, high, tick)
