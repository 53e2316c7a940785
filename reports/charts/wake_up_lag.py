"""Wake-up lag: from the server's write to the first byte that the model sees.

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

KEY = "wake_up_lag_ns"


def points(run: Run) -> list[Point]:
    """Loads with delay first: there a reply finds the model asleep."""
    fetching = [g for g in groups_of(list(run.points.values())) if g.points[0].workload.connects]
    return quantiles.chosen_points(run, sorted(fetching, key=lambda group: not group.points[0].delayed), KEY)


def figure(run: Run, look: Look):
    chosen = points(run)
    if not chosen:
        return empty_sheet(look, "Wake-up lag", "No trial that fetches has ended, so nothing was woken.", note(run, []))
    how = ("Small marks: rounds; large: the middle round. A quantile is shown where at least ten items lie beyond it. From the "
           "server's write to the first byte seen, both by CLOCK_MONOTONIC of this machine. Shown, not ranked.")
    return quantiles.draw(run, look, chosen, KEY, "wake-up lag", quantiles.finding(run, chosen, KEY, "wake-up lag"),
                          note(run, chosen, how))


CHART = Chart("wake_up_lag", "Wake-up lag",
              "Time from the server's write to the first byte seen: p50, p90, p99 and p99.9 of every round, a row a model",
              figure, lambda run: quantiles.table_at(run, points(run), KEY), lambda run: bool(points(run)))
