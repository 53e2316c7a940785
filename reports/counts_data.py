"""Reads counts.json: what `interleave anatomy` counted of an item, by model. Counting is slow, so it is no trial of the run.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FILE = "counts.json"  # in a run's directory
KEYS = ("system_calls_per_item", "allocations_per_item", "allocated_bytes_per_item", "instructions_per_item")
NOTHING = 0.005  # what is below it does not grow with the items


@dataclass(frozen=True)
class Counts:
    """`of` has what was counted, by model and key; a model that a limit kept from running has nothing."""

    workload: str
    items: int
    in_flight: int
    of: dict[str, dict[str, float]]

    def value(self, model: str, key: str) -> float | None:
        found = self.of.get(model, {}).get(key)
        return None if found is None else 0.0 if found < NOTHING else found

    @property
    def said(self) -> str:
        return f"{self.workload}, {self.in_flight:,} in flight"


def counts_from(raw: dict[str, Any]) -> Counts:
    """Raises KeyError, TypeError or ValueError where it is damaged."""
    load = raw["load"]
    of = {str(each["model"]): {key: float(each[key]) for key in KEYS if key in each} for each in raw["models"] if not each["skipped"]}
    return Counts(str(load["workload"]), int(load["items"]), int(load["in_flight"]), of)
