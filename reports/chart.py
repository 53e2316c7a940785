"""What every chart offers, and the charts that are a quantity along an axis.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from matplotlib.figure import Figure

from findings import spread_finding, verdict_finding
from groups import Group, groups_of
from look import Look
from provenance import note
from plan_data import Point
from run_data import Run
from scaling import Quantity, shown_models
from sheet import empty_sheet
from small_multiples import draw
from table import Table, table_of


@dataclass(frozen=True)
class Chart:
    """`name` is the file's and the command line's; figure and table are pure: data in, figure or rows out."""

    name: str
    heading: str
    about: str
    figure: Callable[[Run, Look], Figure]
    table: Callable[[Run], Table]
    shows: Callable[[Run], bool]  # whether the run has anything for it
    leads: bool = False           # stands on the page before the verdicts
    of_searches: bool = False     # shows what `interleave limits` found


@dataclass(frozen=True)
class ScalingChart:
    """A quantity along an axis, for the loads that `wants` picks. `empty` is what a chart without data says."""

    name: str
    heading: str
    about: str
    quantity: Quantity
    wants: Callable[[Point], bool]
    how: str
    empty: str
    group: Callable[[list[Point]], list[Group]] = groups_of
    least_places: int = 1  # on an axis; fewer show no scaling
    leads: bool = False    # as a Chart's
    of_searches: bool = False
    finding: Callable[[Run], str | None] | None = None  # a sentence about families; None where the run has none

    def groups(self, run: Run) -> list[Group]:
        """Groups with a wanted load (their other loads come along) and at least one value; without those that have too few places, if others have more."""
        found = [group for group in self.group(list(run.points.values())) if any(map(self.wants, group.points)) and shown_models(run, group, self.quantity)]
        return [group for group in found if len(group.points) >= self.least_places] or found

    def shows(self, run: Run) -> bool:
        return any(len(group.points) >= self.least_places for group in self.groups(run))

    def figure(self, run: Run, look: Look) -> Figure:
        groups = self.groups(run)
        points = [point for group in groups for point in group.points]
        if not groups:
            return empty_sheet(look, self.heading, self.empty, note(run, []))
        return draw(run, look, groups, self.quantity, self.title(run, groups), note(run, points, self.how + self.left_out(run, points)))

    def left_out(self, run: Run, points: list[Point]) -> str:
        """How many rounds have no dot, their value being no measurement."""
        values = [value for point in points for model in run.models for value in run.values(point.id, model, *self.quantity.path)]
        count = sum(not self.quantity.measurable(value) for value in values)
        return f" Left out: {count:,} round{'s' if count > 1 else ''} of 0 or less (not measurable)." if count else ""

    def title(self, run: Run, groups: list[Group]) -> str:
        """What families make of it; else the verdict where this quantity ranks; elsewhere the spread of what is shown."""
        quantity = self.quantity
        told = self.finding(run) if self.finding else None
        if told:
            return told
        verdict = verdict_finding(run, groups, quantity.ranks) if quantity.ranks else None
        return verdict or spread_finding(run, groups, quantity.path, quantity.what, quantity.text)

    def table(self, run: Run) -> Table:
        return table_of(run, self.groups(run), self.quantity.path, self.quantity.words)
