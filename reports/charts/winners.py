"""The map of winners: who leads at each in_flight of each workload.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import textwrap

import winner_map
from chart import Chart
from findings import names
from groups import CORES, groups_of, has_a_share
from look import Look
from plan_data import Workload
from provenance import note
from run_data import Run
from sheet import empty_sheet

HOW = "Tile: the family that leads; text: who, and how much better than the best that does not lead."


def with_a_lane_a_core(run: Run) -> list[Workload]:
    """As profiles have it for work that follows the cores; --in-flight puts any number of lanes on a core."""
    following = dict.fromkeys(point.workload for point in run.points.values() if point.workload.lanes == "cores")
    return [workload for workload in following
            if all(point.in_flight == point.cores for point in run.points.values() if point.workload == workload)]


def said_of_lanes(run: Run) -> str:
    workloads = [workload.name for workload in with_a_lane_a_core(run)]
    return f" {names(workloads)} {'has' if len(workloads) == 1 else 'have'} a lane a core." if workloads else ""


def shown(run: Run) -> winner_map.Map:
    """Rows are workloads with their server, parameters and cores; where items wait and compute, the shares have their own map."""
    points = [point for point in run.points.values() if not has_a_share(point)]
    in_step = {point.id for point in points if point.workload in with_a_lane_a_core(run)}  # one row for all numbers of cores
    groups = groups_of([p for p in points if p.id not in in_step])
    columns = sorted({point.in_flight for point in points})
    rows = [(group.title, group.points) for group in groups]
    rows += [(group.title, group.points) for group in groups_of([p for p in points if p.id in in_step], CORES)]
    return winner_map.Map("items in flight", columns, [("\n".join(textwrap.wrap(title, 30)), {p.in_flight: p for p in members})
                                                       for title, members in rows])


def figure(run: Run, look: Look):
    chosen = shown(run)
    how = HOW + said_of_lanes(run)
    if not winner_map.any_ended(run, chosen.points()):
        return empty_sheet(look, "Who leads where", "No trial has ended, so nobody leads anywhere.", note(run, []))
    return winner_map.draw(run, look, chosen, winner_map.title_of(run, chosen.points()),
                           lambda footnotes: note(run, chosen.points(), how, footnotes))


CHART = Chart("winners", "Who leads where", "The model that leads at each in_flight of each workload, coloured by family", figure,
              lambda run: winner_map.table_of(run, shown(run).points()), lambda run: winner_map.any_ended(run, shown(run).points()))
