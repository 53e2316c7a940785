"""Families along loads that differ in one number: who stands for each, and who keeps up with which.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Callable

from groups import apart_of
from plan_data import FAMILIES, Point
from run_data import MEASURED, Run

KEEPS_UP = 0.95


def bar_of(run: Run) -> float:
    """The efficiency from which a load counts as kept up with."""
    return float((run.verdict.get("families") or {}).get("keeps_up_at", KEEPS_UP))


def bearers(run: Run) -> dict[str, str]:
    """A model for each family that is there: the one that the plan names, else the one with the most valid trials."""
    columns = {column["family"]: column["model"] for column in (run.verdict.get("families") or {}).get("columns", [])}
    named = {raw["name"] for raw in run.plan.get("models", []) if raw.get("bears_family")} | set(columns.values())
    found = {}
    for family in FAMILIES:
        members = [name for name, model in run.models.items() if model.family == family]
        if members:
            found[family] = max(members, key=lambda name: (name in named, run.valid_trials[name]))
    return found


def rows_of(points: list[Point], wanted: Callable[[Point], bool]) -> list[list[Point]]:
    """Loads that differ in nothing but how many are in flight, ascending; rows of two at least."""
    rows: dict[tuple, dict[int, Point]] = {}
    for point in filter(wanted, points):
        rows.setdefault((apart_of(point), point.parameters, point.delay_us), {})[point.in_flight] = point
    return [[row[at] for at in sorted(row)] for row in rows.values() if len(row) > 1]


def arrives(point: Point) -> bool:
    """Its items come at a rate, so in_flight is a bound and no target."""
    return point.ranks_by == "latency"


def longest(rows: list[list[Point]]) -> list[Point]:
    """The row that goes over most decades, of those the one with most places, then the one that goes furthest."""
    return max(rows, key=lambda row: (round(math.log10(row[-1].in_flight / row[0].in_flight), 3), len(row), row[-1].in_flight), default=[])


def waiting_row(run: Run) -> list[Point]:
    """Loads that wait, and do nothing else."""
    points = list(run.points.values())
    rows = rows_of(points, lambda point: point.workload.waits and not point.workload.computes and point.ranks_by == "cpu_keeping_up")
    fetching = [row for row in rows if row[0].workload.connects]
    return longest(fetching or rows)


def flat_out_row(run: Run) -> list[Point]:
    """Loads on which nothing waits."""
    return longest(rows_of(list(run.points.values()), lambda point: point.ranks_by == "cpu_per_item" or (
        point.ranks_by == "none" and point.workload.connects and not point.delayed)))


def efficiency_of(run: Run, point: str, model: str) -> float | None:
    """The middle valid round; where none is, what was read of those that did not keep the load up."""
    found = run.median(point, model, "efficiency")
    if found is not None:
        return found
    lost = [value for trial in run.trials_of(point, model, "void") if trial.unsustained
            and (value := trial.value(MEASURED, "efficiency")) is not None]
    return median(lost) if lost else None


def keeps_up(run: Run, point: Point, model: str) -> bool:
    """Most of its rounds are valid, and where there is an ideal it is reached as far as is asked."""
    valid, void = (len(run.trials_of(point.id, model, verdict)) for verdict in ("valid", "void"))
    if not valid or void > valid or (model, point.id) in run.too_slow or run.status(point.id, model) not in ("", "valid"):
        return False
    efficiency = run.median(point.id, model, "efficiency")
    return point.ranks_by != "cpu_keeping_up" or (efficiency is not None and efficiency >= bar_of(run))


def was_tried(run: Run, point: str, model: str) -> bool:
    return bool(run.trials_of(point, model) or run.trials_of(point, model, "void") or (model, point) in run.too_slow)


def reach(run: Run, row: list[Point], model: str) -> int:
    """The most in flight up to which it keeps up with every load of the row that it was tried at; 0: not with the first."""
    furthest = 0
    for point in row:
        if not was_tried(run, point.id, model):
            continue
        if not keeps_up(run, point, model):
            break
        furthest = point.in_flight
    return furthest


@dataclass(frozen=True)
class Line:
    """Of one family, along a row: in_flight, value, and whether it kept up there."""

    family: str
    model: str
    places: tuple[tuple[int, float, bool], ...]


def lines_of(run: Run, row: list[Point], value: Callable[[str, str], float | None]) -> list[Line]:
    """In the order of families; none where nobody has two places, which makes a line."""
    found = []
    for family, model in bearers(run).items():
        places = [(point.in_flight, at, keeps_up(run, point, model)) for point in row if (at := value(point.id, model)) is not None]
        if places:
            found.append(Line(family, model, tuple(places)))
    return found if any(len(line.places) > 1 for line in found) else []


def rounds_behind(run: Run, points: list[Point], models: list[str]) -> tuple[int, int]:
    """The least and the most valid rounds of the cells that are drawn."""
    counts = [count for point in points for model in models if (count := len(run.trials_of(point.id, model)))]
    return (min(counts), max(counts)) if counts else (0, 0)


def scatter(run: Run, point: str, model: str, *path: str) -> float | None:
    """How far rounds lie apart: most / least; None below two."""
    values = [value for value in run.values(point, model, *path) if value > 0]
    return max(values) / min(values) if len(values) > 1 else None
