"""Latency tails: how long one item takes from its start to its end.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import quantiles
from chart import Chart
from groups import groups_of
from look import Look, by_family
from number_text import seconds_text
from provenance import note
from plan_data import Point
from run_data import MEASURED, Run
from sheet import empty_sheet
from table import Table

KEY = "service_ns"
RESULTS = {"first_end_ns": "first result", "median_end_ns": "median result", "last_end_ns": "last result"}  # medians of rounds


def points(run: Run) -> list[Point]:
    """Loads without delay first: there the model is all there is to see. None whose items come at a rate: another chart has their latency."""
    fetching = [g for g in groups_of([point for point in run.points.values() if point.ranks_by != "latency"]) if g.points[0].workload.connects]
    return quantiles.chosen_points(run, sorted(fetching, key=lambda group: group.points[0].delayed), KEY)


def figure(run: Run, look: Look):
    chosen = points(run)
    if not chosen:
        return empty_sheet(look, "Latency tails", "No trial that fetches has ended, so no item has a time.", note(run, []))
    how = ("Small marks: rounds; large: the middle round. A quantile is shown where at least ten items lie beyond it. Closed loop: an "
           "item starts when another ends. Shown, not ranked.")
    return quantiles.draw(run, look, chosen, KEY, "item's time", quantiles.finding(run, chosen, KEY, "time of an item"),
                          note(run, chosen, how))


def table(run: Run) -> Table:
    """Beside the quantiles, when results were there: in order of completion, from the start of the run."""
    chosen = points(run)
    told = quantiles.table_at(run, chosen, KEY)
    told.headers[-1:-1] = RESULTS.values()
    cells = [(point.id, model.name) for point in chosen for model in by_family(run.models.values())]
    for row, cell in zip(told.rows, cells, strict=True):
        ends = [run.median(*cell, MEASURED, key) for key in RESULTS]
        row[-1:-1] = [seconds_text(end / 1e9) if end else "–" for end in ends]
    return told


CHART = Chart("latency", "Latency tails", "Time from an item's start to its end: p50, p90, p99 and p99.9 of every round, a row a model",
              figure, table, lambda run: bool(points(run)))
