"""Efficiency against in_flight, for loads that wait.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.figure import Figure

from findings import finding
from groups import Group, groups_of
from look import Look
from number_text import plain
from provenance import note
from run_data import Run
from scaling import Quantity, shown_models
from sheet import empty_sheet
from small_multiples import draw
from table import Table, table_of

NAME = "efficiency"
HEADING = "Efficiency"
ABOUT = "Ideal / makespan against in_flight, every round a dot, for loads that wait"
QUANTITY = Quantity(("efficiency",), 1, "efficiency\n(ideal / makespan)", lambda value: plain(value, 4), as_loss=True)
HOW = "Dots: rounds; line: median; the axis is logarithmic in the loss, 1 - efficiency."


def groups(run: Run) -> list[Group]:
    waiting = [group for group in groups_of(list(run.points.values()))
               if any(point.ranks_by == "efficiency" and point.parameter("cpu_share") is None for point in group.points)]
    return [group for group in waiting if shown_models(run, group, QUANTITY)]


def figure(run: Run, look: Look) -> Figure:
    chosen = groups(run)
    points = [point for group in chosen for point in group.points]
    if not chosen:
        return empty_sheet(look, "Efficiency against in_flight", "No load of this run waits, or none of its trials ended.",
                           note(run, []))
    return draw(run, look, chosen, QUANTITY, finding(run, chosen), note(run, points, HOW))


def table(run: Run) -> Table:
    return table_of(run, groups(run), QUANTITY.path, QUANTITY.text)
