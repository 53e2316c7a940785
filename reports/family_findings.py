"""What charts and slides state of families: who keeps up, what an item costs, how many a gibibyte holds.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from family_data import Line, arrives, bearers, efficiency_of, flat_out_row, lines_of, reach, waiting_row
from family_words import listed, seconds, sentence, times, verb
from findings import in_place
from number_text import tick
from plan_data import Point
from run_data import Run

GIB = 2**30


def keeps_up_lines(run: Run) -> tuple[list[Point], list[Line]]:
    """Loads that wait, and each family's efficiency along them."""
    row = waiting_row(run)
    return row, lines_of(run, row, lambda point, model: efficiency_of(run, point, model)) if row else []


def keeps_up_title(run: Run, row: list[Point], lines: list[Line]) -> str:
    """Who keeps up furthest, and who stops first."""
    reaches = {line.family: reach(run, row, line.model) for line in lines}
    most, least = max(reaches.values()), min(reaches.values())
    best = [family for family, at in reaches.items() if at == most]
    worst = [family for family, at in reaches.items() if at == least]
    if most == 0:
        return sentence(f"No family keeps up with {tick(row[0].in_flight)} in flight here")
    if most == least:
        who = f"all {len(best)} families" if len(best) > 2 else listed(best)
        return sentence(f"{who} {'keep' if len(best) > 2 else verb(best, 'keep')} up with {tick(most)} items in flight")
    ahead = f"{listed(best)} {verb(best, 'keep')} up with {tick(most)} in flight"
    behind = f"{listed(worst)} with {tick(least)}" if least else f"{listed(worst)} not with {tick(row[0].in_flight)}"
    return sentence(f"{ahead}, {behind}", ahead, f"{len(best)} families keep up with {tick(most)} in flight")


def cpu_lines(run: Run) -> tuple[list[Point], list[Line]]:
    """The same of CPU in microseconds; of loads on which nothing waits where no others have it."""
    for row in (waiting_row(run), flat_out_row(run)):
        lines = lines_of(run, row, lambda point, model: micro(run.median(point, model, "cpu_per_item_ns"))) if row else []
        if lines:
            return row, lines
    return [], []


def micro(value: float | None) -> float | None:
    return value / 1e3 if value else None


def costs_at(lines: list[Line]) -> tuple[int, dict[str, float]] | None:
    """The place where most families keep up, of those the one with most in flight; and what an item costs there. With one in flight nothing is told
    apart: every model waits for the same wake-ups."""
    places = sorted({at for line in lines for at, _, kept in line.places if kept})
    costs = {at: {line.family: value for line in lines for there, value, kept in line.places if kept and there == at} for at in places}
    return max(((at, of) for at, of in costs.items() if len(of) > 1 and at > 1), key=lambda each: (len(each[1]), each[0]), default=None)


def cpu_title(lines: list[Line]) -> str:
    if len(lines) == 1:
        return alone(lines[0])
    found = costs_at(lines)
    if found is None:
        return sentence("No two families keep up with the same load here")
    at, costs = found
    least, most = min(costs, key=costs.get), max(costs, key=costs.get)
    factor = costs[most] / costs[least]
    if factor < 1.05:
        return sentence(f"at {tick(at)} in flight, all pay about the same CPU per item")
    return sentence(f"at {tick(at)} in flight, {said_verb(most)} {times(factor)} the CPU of {listed([least])}")


def alone(line: Line) -> str:
    """Of one family there is nothing to compare."""
    kept = [(at, value) for at, value, keeps_up in line.places if keeps_up]
    if not kept:
        return sentence(f"{listed([line.family])} {'does' if line.family == 'sequential' else 'do'} not keep up with any of these loads")
    return sentence(f"with {tick(kept[-1][0])} in flight, an item costs {listed([line.family])} {seconds(1e3 * kept[-1][1])} of CPU")


def said_verb(family: str) -> str:
    return f"{listed([family])} {verb([family], 'take')}"


def per_gib(run: Run, point: Point) -> dict[str, float]:
    """Items in flight a gibibyte holds, by family, at one load."""
    found = {family: run.median(point.id, model, "memory", "per_item_bytes") for family, model in bearers(run).items()}
    return {family: GIB / size for family, size in found.items() if size and size > 0}


def fullest(run: Run) -> Point | None:
    """The load at which most families have a figure; of those the one with most in flight."""
    points = [point for point in run.points.values() if point.in_flight > 1 and not point.workload.computes and not arrives(point)]
    return max((point for point in points if len(per_gib(run, point)) > 1), key=lambda point: (len(per_gib(run, point)), point.in_flight), default=None)


def memory_title(held: dict[str, float]) -> str:
    most, least = max(held, key=held.get), min(held, key=held.get)
    factor = held[most] / held[least]
    if factor < 1.05:
        return sentence("In memory, all families are alike")
    return sentence(f"{listed([least])} {verb([least], 'take')} {times(factor)} the memory of {listed([most])}, item by item")


def of_loads(where: str, told: str) -> str:
    """The sentence, after the loads that it is about."""
    return f"{where}: {told[:1].lower()}{told[1:]}"


def keeping_up(run: Run) -> str | None:
    row, lines = keeps_up_lines(run)
    return of_loads(row[0].series, keeps_up_title(run, row, lines)) if lines else None


def cost(run: Run) -> str | None:
    row, lines = cpu_lines(run)
    return of_loads(row[0].series, cpu_title(lines)) if lines and costs_at(lines) else None


def room(run: Run) -> str | None:
    point = fullest(run)
    return of_loads(in_place(point), memory_title(per_gib(run, point))) if point else None
