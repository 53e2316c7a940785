"""Reads timeline.json, what `interleave trace` measured: items and threads of several models on one axis of time.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plan_data import FAMILIES
from run_data import UnusableRun

FILE = "timeline.json"
SCHEMA = 1


@dataclass(frozen=True)
class Span:
    """A time, in ms since the run's start, and what it was filled with: a stage of an item, or "runs" or "waits" of a thread."""

    what: str
    begin: float
    end: float


@dataclass(frozen=True)
class Item:
    number: int
    lane: int
    begin: float
    end: float
    outcome: str
    stages: tuple[Span, ...]


@dataclass(frozen=True)
class Thread:
    name: str
    process: int
    begin: float
    end: float
    turns: int
    states: tuple[Span, ...]


@dataclass(frozen=True)
class TracedModel:
    """One model's run; `took` in ms."""

    name: str
    family: str
    in_flight: int
    took: float
    items: tuple[Item, ...]
    threads: tuple[Thread, ...]
    notes: tuple[str, ...]
    clock_error_ns: float
    call_ns: float

    @property
    def processes(self) -> int:
        return len({thread.process for thread in self.threads})

    @property
    def lanes(self) -> list[int]:
        return sorted({item.lane for item in self.items})


@dataclass(frozen=True)
class Trace:
    workload: str
    seed: int
    items: int
    models: tuple[TracedModel, ...]  # those that ran
    skipped: tuple[str, ...]

    @property
    def longest(self) -> float:
        return max(model.took for model in self.models)


def in_ms(raw: dict[str, Any], key: str) -> float:
    return float(raw[key]) / 1e6


def spans(raw: list[dict[str, Any]], key: str) -> tuple[Span, ...]:
    return tuple(Span(each[key], in_ms(each, "from_ns"), in_ms(each, "to_ns")) for each in raw)


def item_from(raw: dict[str, Any]) -> Item:
    return Item(raw["item"], raw["lane"], in_ms(raw, "start_ns"), in_ms(raw, "end_ns"), raw["outcome"], spans(raw["stages"], "stage"))


def thread_from(raw: dict[str, Any]) -> Thread:
    return Thread(raw["name"], raw["process"], in_ms(raw, "from_ns"), in_ms(raw, "to_ns"), raw["turns"], spans(raw["states"], "state"))


def model_from(raw: dict[str, Any]) -> TracedModel:
    if raw["family"] not in FAMILIES:
        raise ValueError(f"model {raw['model']} is of family {raw['family']!r}")
    return TracedModel(raw["model"], raw["family"], raw["in_flight"], in_ms(raw, "run_ns"), tuple(map(item_from, raw["items"])),
                       tuple(map(thread_from, raw["threads"])), tuple(raw["notes"]), raw["clock_error_ns"], raw["call_ns"])


def trace_from(raw: dict[str, Any]) -> Trace:
    load = raw["load"]
    ran = tuple(model_from(model) for model in raw["models"] if not model["skipped"])
    return Trace(load["workload"], load["seed"], load["items"], ran, tuple(model["model"] for model in raw["models"] if model["skipped"]))


def read_trace(directory: Path) -> Trace:
    """Throws UnusableRun, in one line that names the file."""
    file = directory / FILE
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
            raise UnusableRun(f"{file} is of another schema than {SCHEMA}: trace again")
        trace = trace_from(raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableRun(f"{file} is no trace that can be drawn ({type(error).__name__}: {' '.join(str(error).split())})") from None
    if not trace.models:
        raise UnusableRun(f"{file}: no model ran, so there is nothing to draw")
    return trace
