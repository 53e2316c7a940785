"""Reads limits.json: how far each model goes on each ladder, and what ended it there.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from number_text import NBSP, seconds_text, tick

NOT_ITS_OWN = ("ladder", "server")  # ends that say nothing of the model: it may go further
NOBODY = ("skipped",)
OPEN = "open"  # its search is not finished
GIB = "in flight in 1 GiB"


@dataclass(frozen=True)
class Reach:
    """How far one model goes. `limit` is the last rung that it keeps up with; None where there is none. `between`: what a repeat
    finds, from the last rung that most of its trials keep up with to the last that one does, where these are not the same."""

    model: str
    family: str
    bears_family: bool
    limit: float | None
    ended_by: str
    reason: str
    task_ns: float | None = None
    per_gib: float | None = None
    between: tuple[float, float] | None = None

    @property
    def may_go_further(self) -> bool:
        return self.limit is not None and self.ended_by in NOT_ITS_OWN


@dataclass(frozen=True)
class Ladder:
    name: str
    said: str
    unit: str
    values: tuple[float, ...]  # from the easiest rung to the hardest
    reaches: tuple[Reach, ...]

    @property
    def descends(self) -> bool:
        """Less is harder, as of a wait or a task."""
        return self.values[0] > self.values[-1]

    def share(self, value: float) -> float:
        """How far up the ladder a value is: 0 at its foot, 1 at its end; logarithmic."""
        first, last, at = (math.log(max(each, 1e-9)) for each in (self.values[0], self.values[-1], value))
        return min(1.0, max(0.0, (at - first) / (last - first)))

    def further(self, one: float, other: float) -> float:
        """How many times further `one` is than `other`."""
        return other / one if self.descends else one / other

    def text(self, reach: Reach) -> str:
        """Such as `1,800`, `240–320`, `≥13` or `≤24 ms`; `240?` of a search that is not finished."""
        if reach.limit is None:
            return "?" if reach.ended_by == OPEN else "none"
        if reach.ended_by == OPEN:
            return self.amount(reach) + "?"
        if reach.may_go_further:
            return ("≤" if self.descends else "≥") + self.amount(reach)
        if reach.between is None:
            return self.amount(reach)
        least, most = (self.amount(reach, value) for value in reach.between)
        return f"{without_unit(least, most)}–{most}"

    def amount(self, reach: Reach, value: float | None = None) -> str:
        """Of its limit, or of another value; a task is told as the time that it takes, which goes with its size."""
        value = reach.limit if value is None else value
        if reach.task_ns is not None:
            return seconds_text(reach.task_ns / 1e9 * value / reach.limit)
        return value_text(value, self.unit)


@dataclass(frozen=True)
class Limits:
    """`ladders` are those on which somebody tried; how many are in flight in 1 GiB is the last, where memory was measured."""

    finished: bool
    trials_done: int
    ladders: tuple[Ladder, ...]
    name: str = ""  # of the directory


def value_text(value: float, unit: str) -> str:
    """Rungs are round; what is not gets three figures."""
    if unit == "us":
        return f"{tick(value / 1e3)}{NBSP}ms" if value >= 1e3 else f"{tick(value)}{NBSP}µs"
    digits = math.floor(math.log10(value)) if value > 0 else 0
    rounded = tick(round(value, 2 - digits))
    return f"{rounded}{NBSP}{unit}" if unit == "%" else rounded


def without_unit(text: str, following: str) -> str:
    """What stands before a dash; where both have a unit of their own, it stays."""
    (number, _, unit), (_, _, other) = text.partition(NBSP), following.partition(NBSP)
    return number if unit == other else text


def limits_from(raw: dict[str, Any]) -> Limits:
    """Raises KeyError, TypeError or ValueError where it is damaged."""
    bears = {model["model"]: (model["family"], bool(model["bears_family"])) for model in raw["models"]}
    ladders = [ladder_from(ladder, bears) for ladder in raw["ladders"]]
    tried = [ladder for ladder in ladders if ladder.reaches and len(ladder.values) > 1]
    return Limits(bool(raw["finished"]), int(raw["trials_done"]), (*tried, *memory_of(tried)))


def ladder_from(raw: dict[str, Any], bears: dict[str, tuple[str, bool]]) -> Ladder:
    reaches = [Reach(each["model"], *bears[each["model"]], number(each.get("limit")), str(each["ended_by"]), str(each.get("reason", "")),
                     number(each.get("task_ns")), number(each.get("in_flight_per_gib")), between(each)) for each in raw["models"] if each["ended_by"] not in NOBODY]
    return Ladder(str(raw["name"]), str(raw["said"] or raw["name"]), str(raw["unit"]), tuple(map(float, raw["values"])), tuple(reaches))


def between(raw: dict[str, Any]) -> tuple[float, float] | None:
    if "interval" not in raw:
        return None
    least, most = raw["interval"]
    return float(least), float(most)


def number(value: Any) -> float | None:
    return None if value is None else float(value)


def memory_of(ladders: list[Ladder]) -> list[Ladder]:
    """From the limit at which a model had most in flight: what is there once is shared by as many as can be."""
    most: dict[str, Reach] = {}
    for ladder in ladders:
        for reach in ladder.reaches:
            counts = not ladder.unit and reach.per_gib and reach.limit
            if counts and (reach.model not in most or most[reach.model].limit < reach.limit):
                most[reach.model] = reach
    if len(most) < 2:
        return []
    reaches = [Reach(reach.model, reach.family, reach.bears_family, reach.per_gib, "memory", f"measured at {tick(reach.limit)} in flight")
               for reach in most.values()]
    ends = [reach.limit for reach in reaches]
    low, high = 10.0 ** math.floor(math.log10(min(ends))), 10.0 ** math.ceil(math.log10(max(ends)))
    return [Ladder("in_flight_per_gib", GIB, "", (low, max(high, 10 * low)), tuple(reaches))]


def shown_of(ladder: Ladder, order: tuple[str, ...]) -> list[tuple[Reach, list[Reach]]]:
    """Of each family who stands for it, and its other models; without a bearer the one that goes furthest stands."""
    found = []
    for family in order:
        members = [reach for reach in ladder.reaches if reach.family == family]
        if members:
            bearer = max(members, key=lambda reach: (reach.bears_family, -1 if reach.limit is None else ladder.share(reach.limit)))
            found.append((bearer, [reach for reach in members if reach is not bearer]))
    return found
