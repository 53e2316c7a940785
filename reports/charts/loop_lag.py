"""Loop lag: how late a heartbeat every 10 ms is, because the loop is busy.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

import quantiles
from chart import Chart
from groups import Group, dial_value, groups_of
from look import Look
from provenance import note
from plan_data import Point
from run_data import Run
from sheet import empty_sheet

KEY = "loop_lag_ns"


def points(run: Run) -> list[Point]:
    """Loads that compute most first: there a loop can be late."""
    groups = groups_of(list(run.points.values()))
    return quantiles.chosen_points(run, sorted(groups, key=computing, reverse=True), KEY)


def computing(group: Group) -> float:
    """How much the loads of a group compute besides waiting, by their dial; below 0 where they do not."""
    value = dial_value(group.points[0]) if group.points[0].workload.mixes else math.nan
    return -1 if math.isnan(value) else value


def figure(run: Run, look: Look):
    chosen = points(run)
    if not chosen:
        return empty_sheet(look, "Loop lag", "No trial of this run measured the lag of an event loop.", note(run, []))
    how = ("Small marks: rounds; large: the middle round. A quantile is shown where at least ten heartbeats lie beyond it. Models "
           "without a loop have none. Shown, not ranked.")
    return quantiles.draw(run, look, chosen, KEY, "loop lag", quantiles.finding(run, chosen, KEY, "loop lag"),
                          note(run, chosen, how))


CHART = Chart("loop_lag", "Loop lag", "How late a heartbeat every 10 ms is on a model's event loops: p50, p90, p99 and p99.9 of every "
              "round, a row a model", figure, lambda run: quantiles.table_at(run, points(run), KEY), lambda run: bool(points(run)))
