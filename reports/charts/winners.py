"""The map of winners: who leads at each in_flight of each workload.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import textwrap

import winner_map
from chart import Chart
from groups import CORES, groups_of
from look import Look
from provenance import note
from run_data import Run
from sheet import empty_sheet

HOW = "Tile: the family that leads; text: who, and how much better than the best that does not lead."
A_LANE_A_CORE = " compute has a lane a core."


def lanes_are_cores(run: Run) -> bool:
    """As profiles have it; --in-flight puts any number of lanes on a core."""
    computing = [point for point in run.points.values() if point.workload == "compute"]
    return bool(computing) and all(point.in_flight == point.cores for point in computing)


def shown(run: Run) -> winner_map.Map:
    """Rows are workloads with their server, parameters and cores; the mix of download_compute has its own map."""
    points = [point for point in run.points.values() if point.parameter("cpu_share") is None]
    in_step = {p.id for p in points if p.workload == "compute"} if lanes_are_cores(run) else set()  # one row for all numbers of cores
    groups = groups_of([p for p in points if p.id not in in_step])
    columns = sorted({point.in_flight for point in points})
    rows = [(group.title, group.points) for group in groups]
    rows += [(group.title, group.points) for group in groups_of([p for p in points if p.id in in_step], CORES)]
    return winner_map.Map("items in flight", columns, [("\n".join(textwrap.wrap(title, 30)), {p.in_flight: p for p in members})
                                                       for title, members in rows])


def figure(run: Run, look: Look):
    chosen = shown(run)
    how = HOW + (A_LANE_A_CORE if lanes_are_cores(run) else "")
    if not any(run.trials_of(point.id, model, verdict) for point in chosen.points() for model in run.models
               for verdict in ("valid", "void")):
        return empty_sheet(look, "Who leads where", "No trial has ended, so nobody leads anywhere.", note(run, []))
    return winner_map.draw(run, look, chosen, winner_map.title_of(run, chosen.points()),
                           lambda footnotes: note(run, chosen.points(), how, footnotes))


CHART = Chart("winners", "Who leads where", "The model that leads at each in_flight of each workload, coloured by family", figure,
              lambda run: winner_map.table_of(run, shown(run).points()))
