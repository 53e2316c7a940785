"""The map of winners when waiting and computing mix: who leads at each in_flight and CPU share.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import winner_map
from chart import Chart
from groups import dial_of, dial_value, has_a_share, others
from look import Look
from number_text import tick
from provenance import note
from plan_data import Point
from run_data import Run
from sheet import empty_sheet

HOW = "Tile: the family that leads; text: who, and how much better than the best that does not lead."


def mixed(run: Run) -> list[Point]:
    return list(filter(has_a_share, run.points.values()))


def shown(run: Run) -> winner_map.Map:
    """A row a CPU share, the largest on top; rows split where one place has several loads (delays, cores)."""
    rows: dict[tuple[float, str], dict[float, Point]] = {}
    traits = [set(traits_of(point)) for point in mixed(run)]
    shared = set.intersection(*traits) if traits else set()
    for point in mixed(run):
        kind = ", ".join(trait for trait in traits_of(point) if trait not in shared)
        label = f"{tick(dial_value(point))} {dial_of(point).unit}" + (f", {kind}" if kind else "")
        rows.setdefault((-dial_value(point), label), {})[point.in_flight] = point
    columns = sorted({point.in_flight for point in mixed(run)})
    return winner_map.Map("items in flight", columns, [(label, row) for (_, label), row in sorted(rows.items())])


def traits_of(point: Point) -> list[str]:
    """What else tells loads apart: server, delays, further parameters and policies, cores."""
    return [point.workload.name, point.profile, point.delay_text, *(f"{key} {value}" for key, value in others(point, dial_of(point).name)), f"{point.cores} cores"]


def figure(run: Run, look: Look):
    chosen = shown(run)
    if not winner_map.any_ended(run, chosen.points()):
        return empty_sheet(look, "Who leads as waiting turns into computing",
                           "No load of this run waits and computes, or none of its trials ended.", note(run, []))
    return winner_map.draw(run, look, chosen, winner_map.title_of(run, chosen.points()),
                           lambda footnotes: note(run, chosen.points(), HOW, footnotes))


CHART = Chart("winners_by_cpu_share", "Who leads as waiting turns into computing",
              "The model that leads at each in_flight and share of computing, coloured by family", figure,
              lambda run: winner_map.table_of(run, shown(run).points()),
              lambda run: len(mixed(run)) > 1 and winner_map.any_ended(run, mixed(run)))
