"""Reads machine_costs.json: what the machine charges for a switch, a call, a start, as `interleave doctor --costs` measured it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FILE = "machine_costs.json"  # in a run's directory


@dataclass(frozen=True)
class MachineCost:
    """Of one thing: the median of batches in ns, their middle half, and the family that pays it most ("": all do). Without a median `why_not` says why."""

    name: str
    said: str
    family: str
    batches: int
    operations: int
    median_ns: float | None
    low_ns: float | None
    high_ns: float | None
    why_not: str


def machine_costs_from(raw: dict[str, Any]) -> tuple[MachineCost, ...]:
    """Raises KeyError, TypeError or ValueError where it is damaged."""
    return tuple(cost_from(each) for each in raw["costs"])


def cost_from(raw: dict[str, Any]) -> MachineCost:
    middle, low, high = (None if raw[key] is None else float(raw[key]) for key in ("median_ns", "low_ns", "high_ns"))
    if middle is not None and (low is None or high is None or not 0 < low <= middle <= high):
        raise ValueError(f"{raw['name']} has no middle half around its median")
    return MachineCost(str(raw["name"]), str(raw["said"]), str(raw["family"] or ""), int(raw["batches"]), int(raw["operations"]), middle, low, high, str(raw["why_not"] or ""))
