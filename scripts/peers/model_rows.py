"""Our models beside wrk, beside their native twins, and beside the ideal.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator

from .processes import Failure
from .servers import LOCAL, Ours
from .table import Row, absent, alone, compared, failed
from .workers import Build, Limit, Point, trial
from .wrk import swing

LOOPS = ("callback", "coroutine")
TWINS = (("uv_callbacks", "native_uv"), ("asio_coroutines", "native_asio"), ("thread_pool", "native_threads"))
SMALL = {**LOCAL, "name": "small", "bytes": [64, 191]}  # header and body in one packet of most networks


@dataclasses.dataclass(frozen=True)
class Effort:
    """How much is measured: rounds, and a factor on items and seconds."""

    rounds: int
    scale: float = 1.0

    def items(self, full: int) -> int:
        return max(100, int(full * self.scale))

    def rounds_of(self, full: int) -> int:
        """For rows that need more or fewer rounds than the others: `full` of them where the default is 7."""
        return max(1, round(full * self.rounds / 7))


Measured = tuple[float, float]  # requests/s, CPU us an item


def _trial_of(build: Build, name: str, in_flight: int, items: int, profile: dict[str, object] = LOCAL) -> Measured:
    worker = build.worker(name)
    assert worker is not None
    with Ours(build.serve, items, in_flight, profile) as server:
        result = trial(worker, Point(items, in_flight, port=server.port, profile=profile))
    return items / result["makespan_ns"] * 1e9, result["cpu_run_ns"]["total"] / items / 1e3


def _items_of(name: str, in_flight: int, effort: Effort) -> int:
    if name.endswith("_per_item"):
        return effort.items(10_000)  # a fork an item takes its time
    return effort.items(200_000 if in_flight >= 1000 else 100_000)  # many a lane, for wrk is measured without its start


def _wrk_of(build: Build, in_flight: int, seconds: float, profile: dict[str, object]) -> Measured:
    # wrk asks for one item of the mean size again and again, which costs it least; the models ask for each item once.
    with Ours(build.serve, 10_000, in_flight, profile) as server:
        path, _ = server.item_of_size(sum(profile["bytes"]) // 2)
        swung = swing(server, path, in_flight, seconds)
    return swung.requests_per_s, swung.client_us


def _rounds(runs: dict[str, Callable[[], Measured]], rounds: int) -> tuple[dict[str, list[Measured]], dict[str, Row]]:
    """Every run once a round, the order turned by one each round; and a row without a name for each that could not be run."""
    measured: dict[str, list[Measured]] = {name: [] for name in runs}
    refused: dict[str, Row] = {}
    for turn in range(rounds):
        names = [name for name in runs if name not in refused]
        turned = names[turn % len(names):] + names[:turn % len(names)]
        for name in turned:
            try:
                measured[name].append(runs[name]())
            except Limit as limit:
                refused[name] = absent("", str(limit))
            except Failure as failure:
                refused[name] = failed("", failure)
    return measured, refused


def beside_wrk(build: Build, effort: Effort) -> Iterator[Row]:
    """Requests/s and CPU of each model that downloads, against wrk with one thread on the same server."""
    models = [model for model in build.models() if "download" in model["workloads"] and model["name"] != "sequential"]
    for profile, in_flight in ((LOCAL, 100), (LOCAL, 1000), (SMALL, 100)):
        runs: dict[str, Callable[[], Measured]] = {
            str(m["name"]): (lambda name=str(m["name"]): _trial_of(build, name, in_flight, _items_of(name, in_flight, effort), profile))
            for m in models}
        runs["wrk"] = lambda: _wrk_of(build, in_flight, max(0.3, effort.scale), profile)
        measured, refused = _rounds(runs, effort.rounds)
        if "wrk" in refused:
            yield dataclasses.replace(refused["wrk"], name=f"{profile['name']}, {in_flight:,} in flight: wrk")
            continue
        best: Row | None = None
        for model in models:
            name, judged = str(model["name"]), model["style"] in LOOPS and in_flight == 100
            title = f"{profile['name']}, {in_flight:,} in flight: {name}"
            if name in refused:
                yield dataclasses.replace(refused[name], name=title)
                continue
            (rates, cpus), (peer_rates, peer_cpus) = zip(*measured[name]), zip(*measured["wrk"])
            yield compared(f"{title}, requests/s", rates, peer_rates, lower_is_better=False, target=1.1 if judged else None,
                           peer_name="wrk")
            row = compared(f"{title}, CPU an item", cpus, peer_cpus, target=0.90 if judged else None, peer_name="wrk", unit="us")
            yield row
            if judged and (best is None or row.ratio < best.ratio):
                best = row
        if best is not None:
            yield dataclasses.replace(best, name=f"{best.name} (the best loop model)", target=0.78)


def upper_bound(values: list[float]) -> float | None:
    """The upper 95 % confidence bound of the median, by order statistics; None for fewer than 5 values."""
    n = len(values)
    below = 0.0
    for rank in range(n):  # P(the median exceeds the value of this rank, counted from the top) <= 5 %
        below += math.comb(n, rank) / 2**n
        if below > 0.05:
            return sorted(values)[n - rank] if rank > 0 else None
    return None


def beside_twins(build: Build, effort: Effort) -> Iterator[Row]:
    """CPU an item through the concepts against the same download written straight on the library, in adjacent trials."""
    for model, twin in TWINS:
        if build.worker(model) is None or build.worker(twin) is None:
            yield absent(f"{model} / {twin}", f"{twin if build.worker(model) else model} is not built")
            continue
        for in_flight in (100, 1000):
            items = effort.items(100_000)
            runs = {name: (lambda name=name: _trial_of(build, name, in_flight, items)) for name in (model, twin)}
            measured, refused = _rounds(runs, effort.rounds_of(15))
            if refused:
                yield dataclasses.replace(next(iter(refused.values())), name=f"{model} / {twin}, {in_flight} in flight")
                continue
            ours, peer = [m[1] for m in measured[model]], [m[1] for m in measured[twin]]
            yield compared(f"{model}: CPU an item, {in_flight} in flight", ours, peer, target=1.015, peer_name=twin, unit="us")
            bound = upper_bound([a / b for a, b in zip(ours, peer)])
            name = f"{model} / {twin}: upper 95 % bound, {in_flight} in flight"
            yield alone(name, [bound], target=1.02) if bound else absent(name, "fewer than 5 rounds")


def _waiting(low_ms: int, high_ms: int) -> dict[str, object]:
    return {**LOCAL, "name": f"{low_ms}-{high_ms}ms",
            "delay": {"kind": "uniform", "low_us": low_ms * 1000, "high_us": high_ms * 1000, "sigma": 0.0}}


def _kind(model: dict[str, object]) -> str:
    name = str(model["name"])
    if model["style"] in LOOPS or name == "fibers":
        return "loop"
    return "process" if "process" in name else "thread"


def efficiency(build: Build, effort: Effort) -> Iterator[Row]:
    """Ideal (list schedule) / makespan while replies are delayed."""
    loads = ((1000, 10_000, _waiting(50, 150), {"loop": 0.995, "thread": 0.988, "process": 0.985}),
             (10_000, 20_000, _waiting(500, 1500), {"loop": 0.988, "thread": 0.95}))
    for in_flight, items, profile, targets in loads:
        for model in build.models():
            if "download" not in model["workloads"] or model["name"] == "sequential":
                continue
            name = f"{model['name']}: efficiency, {in_flight:,} in flight, {profile['name']}"
            if _kind(model) not in targets:
                yield absent(name, "thousands of processes would measure the machine's patience")
                continue
            values = []
            try:
                for _ in range(effort.rounds_of(5)):
                    with Ours(build.serve, items, in_flight, profile) as server:
                        worker = build.worker(str(model["name"]))
                        assert worker is not None
                        values.append(trial(worker, Point(items, in_flight, port=server.port, profile=profile))["efficiency"])
            except Limit as limit:
                yield absent(name, str(limit))
                continue
            except Failure as failure:
                yield failed(name, failure)
                continue
            yield alone(name, values, lower_is_better=False, target=targets[_kind(model)])
