"""What plan.json says of a run: its workloads, loads and models. Nothing here, or anywhere in reports/, knows one by its name.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FAMILIES = ("sequential", "threads", "processes", "callbacks", "coroutines")
# What orders the models of a load, by its ranks_by, in words (those of the sentences in verdict.json).
RANKED_BY = {"cpu_per_item": "CPU per item", "cpu_keeping_up": "CPU per item", "makespan": "makespan", "latency": "p99 latency"}


@dataclass(frozen=True)
class Axis:
    """A dial of a workload: a field of the load (`of` is "load") or a parameter. `unit` follows the number in a sentence."""

    name: str
    unit: str
    of: str


@dataclass(frozen=True)
class Workload:
    """What a workload says of itself."""

    name: str
    summary: str = ""
    connects: bool = False  # to the server: it has a profile
    waits: bool = False
    computes: bool = False
    offloads: bool = False
    ideal: str = "none"     # exact, calibrated or none
    axes: tuple[Axis, ...] = ()
    lanes: str = "items"    # "cores": in_flight follows the cores

    @property
    def only_computes(self) -> bool:
        return self.computes and not self.waits

    @property
    def mixes(self) -> bool:
        """An item waits and computes."""
        return self.computes and self.waits

    @property
    def dials(self) -> tuple[Axis, ...]:
        """Axes that are parameters."""
        return tuple(axis for axis in self.axes if axis.of == "parameter")


@dataclass(frozen=True)
class Model:
    """One contestant, as plan.json describes it. `family` is one of FAMILIES."""

    name: str
    style: str = ""
    library: str = ""
    back_end: str = ""
    threads: str = ""
    family: str = "threads"
    language: str = ""


@dataclass(frozen=True)
class Point:
    """One load of the plan. Delays in microseconds, 0 and 0 where the server answers at once or there is none; `parameters` are
    those of the workload and the policies of the models."""

    id: str
    label: str
    series: str  # the label without in_flight and cores
    workload: Workload
    items: int
    in_flight: int
    cores: int
    ranks_by: str
    profile: str
    delay_us: tuple[int, int]
    parameters: tuple[tuple[str, str], ...]

    @property
    def delayed(self) -> bool:
        return self.delay_us[1] > 0

    @property
    def delay_text(self) -> str:
        """Such as `50–150 ms`; empty without delay."""
        if not self.delayed:
            return ""
        low, high = self.delay_us
        in_ms = low % 1000 == 0 and high % 1000 == 0
        low, high, unit = (low // 1000, high // 1000, "ms") if in_ms else (low, high, "µs")
        return f"{low:,} {unit}" if low == high else f"{low:,}–{high:,} {unit}"

    def parameter(self, name: str) -> str | None:
        return dict(self.parameters).get(name)


def workload_from(name: str, raw: dict[str, Any]) -> Workload:
    axes = tuple(Axis(axis["name"], axis.get("unit") or axis["name"].replace("_", " "), axis.get("of", "load"))
                 for axis in raw.get("axes", []))
    flags = {each: bool(raw.get(each, False)) for each in ("connects", "waits", "computes", "offloads")}
    return Workload(name, raw.get("summary", ""), **flags, ideal=raw.get("ideal", "none"), axes=axes, lanes=raw.get("lanes", "items"))


def model_from(raw: dict[str, Any]) -> Model:
    family = raw["family"]
    if family not in FAMILIES:
        raise ValueError(f"model {raw['name']} is of family {family!r}, but this report knows {', '.join(FAMILIES)}")
    return Model(raw["name"], raw.get("style", ""), raw.get("library", ""), raw.get("back_end", ""), str(raw.get("threads", "")), family,
                 raw.get("language", ""))


def point_from(raw: dict[str, Any], workload: Workload) -> Point:
    profile = raw.get("profile") or {}
    delay = profile.get("delay") or {}
    moving = workload.connects and delay.get("kind", "none") != "none"  # a plan carries a profile where there is no server, too
    settings = {**(raw.get("parameters") or {}), **(raw.get("policies") or {})}
    return Point(raw["id"], raw["label"], raw["series"], workload, raw["items"], raw["in_flight"],
                 raw.get("cores", 1), raw.get("ranks_by", "none"), profile.get("name", ""),
                 (delay.get("low_us", 0), delay.get("high_us", 0)) if moving else (0, 0),
                 tuple(sorted((key, str(value)) for key, value in settings.items())))
