"""Points that belong on one axis: the same work but for what the axis shows.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable

from number_text import tick
from plan_data import Axis, Point
from run_data import Run


@dataclass(frozen=True)
class Along:
    """What the x axis shows. `apart` is what else must be equal on one axis; delays may differ and are named."""

    label: str
    unit: str  # as a sentence says it, after the number
    value: Callable[[Point], float]
    apart: Callable[[Point], tuple]
    place: Callable[[float], float] = math.log10  # where a value stands; the axis itself is linear
    dial: str | None = None  # the parameter that it shows, if it shows one


@dataclass(frozen=True)
class Group:
    title: str
    along: Along
    points: tuple[Point, ...]  # ascending along the axis, no two at one place


def server(point: Point) -> str:
    return point.profile if point.workload.connects else ""


def others(point: Point, without: str) -> tuple:
    return tuple(pair for pair in point.parameters if pair[0] != without)


def number(point: Point, parameter: str, otherwise: float = math.nan) -> float:
    try:
        return float(point.parameter(parameter) or otherwise)
    except ValueError:
        return otherwise


def dial_of(point: Point) -> Axis | None:
    """The first dial of its workload that the load has a number for."""
    return next((axis for axis in point.workload.dials if not math.isnan(number(point, axis.name))), None)


def dial_value(point: Point) -> float:
    """Where the load stands on its dial; NaN where it has none."""
    axis = dial_of(point)
    return number(point, axis.name) if axis else math.nan


def has_a_share(point: Point) -> bool:
    """It waits and computes, in a share that is one of its parameters."""
    return point.workload.mixes and not math.isnan(dial_value(point))


def apart_of(point: Point) -> tuple:
    return point.workload.name, server(point), point.cores


IN_FLIGHT = Along("items in flight", "in flight", lambda p: p.in_flight, lambda p: (*apart_of(p), p.parameters, p.delayed))
CORES = Along("cores", "cores", lambda p: p.cores, lambda p: (p.workload.name, p.parameters))


def along_dial(axis: Axis, points: list[Point]) -> Along:
    """Against a parameter. Where lanes are not the cores, in_flight and delays are kept apart too. An axis that begins at 0 is
    logarithmic in one more."""
    def apart(point: Point) -> tuple:
        return (*apart_of(point), others(point, axis.name), *(() if point.workload.lanes == "cores" else (point.in_flight, point.delay_us)))

    from_zero = any(number(point, axis.name) == 0 for point in points)
    return Along(axis.unit, axis.unit, lambda point: number(point, axis.name), apart,
                 place=(lambda value: math.log10(1 + value)) if from_zero else math.log10, dial=axis.name)


def titled(points: list[Point], along: Along) -> str:
    """What the loads of an axis have in common, in the plan's words where these are the same for all. How many are in flight is said where it is neither the axis nor a lane a core."""
    first = points[0]
    alike = along.dial is None and len({point.series for point in points}) == 1
    words = [first.series] if alike else [" ".join([first.workload.name, *([first.profile] if first.workload.connects else [])])]
    if not alike and first.delayed and len({point.delay_us for point in points}) == 1:
        words.append(first.delay_text)
    words += [] if alike else [f"{key.replace('_', ' ')} {readable(value)}" for key, value in first.parameters if key != along.dial]
    in_flight = sorted({point.in_flight for point in points})
    in_step = first.workload.lanes == "cores" and all(point.in_flight == point.cores for point in points)
    if along is not IN_FLIGHT and not in_step:
        words.append(f"{' and '.join(f'{each:,}' for each in in_flight)} in flight")
    if along is not CORES and (first.cores != 1 or (along.dial and first.workload.lanes == "cores")):
        words.append(f"{first.cores} cores" if first.cores != 1 else "1 core")
    return ", ".join(words)


def readable(value: str) -> str:
    return f"{int(value):,}" if value.isdigit() else value


def groups_of(points: list[Point], along: Along = IN_FLIGHT) -> list[Group]:
    """Groups in the order of the plan; points at one place of the axis go to groups of their own delay and in_flight."""
    by_key: dict[tuple, list[Point]] = {}
    for point in points:
        if along.value(point) == along.value(point):  # a number
            by_key.setdefault(along.apart(point), []).append(point)
    groups = []
    for members in by_key.values():
        if len({along.value(point) for point in members}) == len(members):
            groups.append(make_group(members, along))
            continue
        finer: dict[tuple, list[Point]] = {}
        for point in members:
            finer.setdefault((point.delay_us, None if along is IN_FLIGHT else point.in_flight), []).append(point)
        groups += [make_group(part, along) for part in finer.values()]
    return groups


def groups_by_dial(points: list[Point]) -> list[Group]:
    """Groups along each dial of each workload, in the order of the plan."""
    found = []
    for workload in dict.fromkeys(point.workload for point in points):
        here = [point for point in points if point.workload == workload]
        for axis in workload.dials:
            found += groups_of(here, along_dial(axis, here))
    return found


def make_group(points: list[Point], along: Along) -> Group:
    return Group(titled(points, along), along, tuple(sorted(points, key=along.value)))


def remarks(run: Run, group: Group) -> str:
    """What a reader must know of single places of the axis: delays that the title does not tell, limits, what is not ranked."""
    places: dict[str, list[str]] = {}
    several_delays = len({point.delay_us for point in group.points}) > 1
    for point in group.points:
        at = tick(group.along.value(point))
        if point.delayed and several_delays:
            places.setdefault(f"delays of {point.delay_text}", []).append(at)
        if run.server_limited(point.id):
            places.setdefault("server-limited (shaded)", []).append(at)
        if point.ranks_by == "none":
            places.setdefault("not ranked", []).append(at)
    all_of_it = [words for words, at in places.items() if len(at) == len(group.points)]
    some = [f"{words} at {' and '.join(at)}" for words, at in places.items() if len(at) < len(group.points)]
    return "; ".join(all_of_it + some)
