"""Points that belong on one axis: the same work but for what the axis shows.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable

from number_text import tick
from run_data import Point, Run


@dataclass(frozen=True)
class Along:
    """What the x axis shows. `apart` is what else must be equal on one axis; delays may differ and are named."""

    label: str
    unit: str  # as a sentence says it, after the number
    value: Callable[[Point], float]
    apart: Callable[[Point], tuple]
    place: Callable[[float], float] = math.log10  # where a value stands; the axis itself is linear


@dataclass(frozen=True)
class Group:
    title: str
    along: Along
    points: tuple[Point, ...]  # ascending along the axis, no two at one place


def connects(point: Point) -> bool:
    return point.workload not in ("compute", "sleep_many")  # these have no server, whatever profile the plan carries


def server(point: Point) -> str:
    return point.profile if connects(point) else ""


def others(point: Point, without: str) -> tuple:
    return tuple(pair for pair in point.parameters if pair[0] != without)


def number(point: Point, parameter: str, otherwise: float = math.nan) -> float:
    try:
        return float(point.parameter(parameter) or otherwise)
    except ValueError:
        return otherwise


IN_FLIGHT = Along("items in flight", "in flight", lambda p: p.in_flight,
                  lambda p: (p.workload, server(p), p.parameters, p.cores, p.delayed))
CORES = Along("cores", "cores", lambda p: p.cores, lambda p: (p.workload, p.parameters))
GRAIN = Along("squares an item", "squares an item", lambda p: number(p, "grain"),
              lambda p: (p.workload, others(p, "grain"), p.cores))
CPU_SHARE = Along("CPU share (%, log)", "% CPU share", lambda p: number(p, "cpu_share"),
                  lambda p: (p.workload, server(p), others(p, "cpu_share"), p.cores, p.in_flight, p.delay_us),
                  place=lambda share: math.log10(1 + share))


def titled(points: list[Point], along: Along, with_delay: bool) -> str:
    """What the loads of an axis have in common. How many are in flight is said where it is neither the axis nor a lane a core."""
    first = points[0]
    words = [first.workload]
    if connects(first):
        words.append({"local": "without delay", "delay": "with delay"}.get(first.profile, f"profile {first.profile}"))
    if with_delay and first.delayed:
        words.append(first.delay_text)
    hidden = {GRAIN.label: "grain", CPU_SHARE.label: "cpu_share"}.get(along.label)
    words += [f"{key.replace('_', ' ')} {readable(value)}" for key, value in first.parameters if key != hidden]
    in_flight = sorted({point.in_flight for point in points})
    if along is CPU_SHARE or (along is not IN_FLIGHT and any(point.in_flight != point.cores for point in points)):
        words.append(f"{' and '.join(f'{each:,}' for each in in_flight)} in flight")
    if along is not CORES and (first.cores != 1 or along is GRAIN):
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
            groups.append(make_group(members, along, False))
            continue
        finer: dict[tuple, list[Point]] = {}
        for point in members:
            finer.setdefault((point.delay_us, None if along is IN_FLIGHT else point.in_flight), []).append(point)
        groups += [make_group(part, along, True) for part in finer.values()]
    return groups


def make_group(points: list[Point], along: Along, with_delay: bool) -> Group:
    return Group(titled(points, along, with_delay), along, tuple(sorted(points, key=along.value)))


def remarks(run: Run, group: Group) -> str:
    """What a reader must know of single places of the axis: delays, limits, what is not ranked."""
    places: dict[str, list[str]] = {}
    for point in group.points:
        at = tick(group.along.value(point))
        if point.delayed:
            places.setdefault(f"delays of {point.delay_text}", []).append(at)
        if run.server_limited(point.id):
            places.setdefault("server-limited (shaded)", []).append(at)
        if point.ranks_by == "none":
            places.setdefault("not ranked", []).append(at)
    all_of_it = [words for words, at in places.items() if len(at) == len(group.points)]
    some = [f"{words} at {' and '.join(at)}" for words, at in places.items() if len(at) < len(group.points)]
    return "; ".join(all_of_it + some)
