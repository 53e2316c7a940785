"""Latency tails: how long one item takes from its start to its end.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import quantiles
from chart import Chart
from groups import groups_of
from look import Look
from provenance import note
from plan_data import Point
from run_data import Run
from sheet import empty_sheet

KEY = "service_ns"


def points(run: Run) -> list[Point]:
    """Loads without delay first: there the model is all there is to see."""
    fetching = [g for g in groups_of(list(run.points.values())) if g.points[0].workload.connects]
    return quantiles.chosen_points(run, sorted(fetching, key=lambda group: group.points[0].delayed), KEY)


def figure(run: Run, look: Look):
    chosen = points(run)
    if not chosen:
        return empty_sheet(look, "Latency tails", "No trial that fetches has ended, so no item has a time.", note(run, []))
    how = ("Small marks: rounds; large: the middle round. A quantile is shown where at least ten items lie beyond it. Closed loop: an "
           "item starts when another ends. Shown, not ranked.")
    return quantiles.draw(run, look, chosen, KEY, "item's time", quantiles.finding(run, chosen, KEY, "time of an item"),
                          note(run, chosen, how))


CHART = Chart("latency", "Latency tails", "Time from an item's start to its end: p50, p90, p99 and p99.9 of every round, a row a model",
              figure, lambda run: quantiles.table_at(run, points(run), KEY), lambda run: bool(points(run)))
