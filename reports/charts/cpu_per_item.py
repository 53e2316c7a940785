"""CPU per item of the process tree against in_flight, for loads without delay.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.figure import Figure

from findings import finding
from groups import Group, groups_of
from look import Look
from number_text import seconds_text
from provenance import note
from run_data import Run
from scaling import Quantity, shown_models
from sheet import empty_sheet
from small_multiples import draw
from table import Table, table_of

NAME = "cpu_per_item"
HEADING = "CPU per item"
ABOUT = "CPU of the whole process tree per item against in_flight, every round a dot, for loads without delay"
QUANTITY = Quantity(("cpu_per_item_ns",), 1e3, "CPU per item (µs)", lambda value: seconds_text(value / 1e9))
HOW = "Dots: rounds; line: median; both axes logarithmic; user and system time of all processes and threads."


def groups(run: Run) -> list[Group]:
    busy = [group for group in groups_of(list(run.points.values()))
            if any(point.ranks_by == "cpu_per_item" for point in group.points)]
    return [group for group in busy if shown_models(run, group, QUANTITY)]


def figure(run: Run, look: Look) -> Figure:
    chosen = groups(run)
    points = [point for group in chosen for point in group.points]
    if not chosen:
        return empty_sheet(look, "CPU per item against in_flight",
                           "No load of this run is without delay, or none of its trials ended.", note(run, []))
    return draw(run, look, chosen, QUANTITY, finding(run, chosen), note(run, points, HOW))


def table(run: Run) -> Table:
    return table_of(run, groups(run), QUANTITY.path, QUANTITY.text)
