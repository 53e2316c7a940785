"""Our models beside wrk, beside their native twins, and beside the ideal.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable, Iterator

from .processes import Failure
from .rows import TWO_CORES, WRK, Group, RowSpec, Wanted, by_work
from .servers import LOCAL, Ours
from .table import Row, absent, failed
from .targets import DOWNLOADING, TWINS
from .workers import Build, Description, Limit, Point, able_to, family_of, trial
from .wrk import swing

LOOPS = ("callbacks", "coroutines")  # families
SMALL = {**LOCAL, "name": "small", "bytes": [64, 191]}  # header and body in one packet of most networks
WRK_LOADS = ((LOCAL, 100), (LOCAL, 1000), (SMALL, 100))  # profile, in flight


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


_PROBE = 4000  # items


def items_for(seconds: float, rate: float, most: int, effort: Effort) -> int:
    """As many items as take about that long at `rate` a second, between a probe's and `most`: a slow machine or a model that starts
    a process for each item measures fewer, for it is the cost of one that is compared, and a comparison has to end."""
    return min(effort.items(most), max(_PROBE, int(rate * seconds)))


def _rate_of(build: Build, name: str, in_flight: int, profile: dict[str, object] = LOCAL) -> float:
    """Items a second of a short trial. Raises Limit or Failure."""
    return _trial_of(build, name, in_flight, max(_PROBE, in_flight), profile)[0]


def _sized_trial(build: Build, name: str, in_flight: int, effort: Effort, profile: dict[str, object]) -> Callable[[], Measured]:
    """A trial of a fixed number of items, which the first call finds out."""
    items: list[int] = []

    def measure() -> Measured:
        if not items:
            items.append(items_for(0.4, _rate_of(build, name, in_flight, profile), 40_000, effort))
        return _trial_of(build, name, in_flight, items[0], profile)

    return measure


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


def _wrk_specs(models: list[Description]) -> Iterator[RowSpec]:
    for profile, in_flight in WRK_LOADS:
        place = f"wrk/{profile['name']}/{in_flight}"
        for model in models:
            judged = family_of(model) in LOOPS and in_flight == 100
            work = f"{place}/{model['name']}"
            yield RowSpec(f"{work}/rate", work, 3, 1.1 if judged else None, lower_is_better=False, peer_name="wrk")
            yield RowSpec(f"{work}/cpu", work, 3, 0.90 if judged else None, unit="us", peer_name="wrk")
        if in_flight == 100:
            yield RowSpec(f"{place}/best/cpu", f"{place}/best", 8, 0.78, unit="us", peer_name="wrk")


def _beside_wrk(build: Build, models: list[Description], effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """Requests/s and CPU of each model that downloads, against wrk with one thread on the same server."""
    for profile, in_flight in WRK_LOADS:
        place = f"wrk/{profile['name']}/{in_flight}"
        best = wanted.get(f"{place}/best/cpu")
        here = [model for model in models if any(name.startswith(f"{place}/{model['name']}/") for name in wanted)
                or best and family_of(model) in LOOPS]
        if not here:
            continue
        runs: dict[str, Callable[[], Measured]] = {
            str(m["name"]): _sized_trial(build, str(m["name"]), in_flight, effort, profile) for m in here}
        runs["wrk"] = lambda: _wrk_of(build, in_flight, max(0.3, effort.scale), profile)
        measured, refused = _rounds(runs, effort.rounds_of(5))
        ratios: dict[str, float] = {}
        for model in here:
            name = str(model["name"])
            why = refused.get(name) or refused.get("wrk")
            for quantity, index in (("rate", 0), ("cpu", 1)):
                spec = wanted.get(f"{place}/{name}/{quantity}")
                if why and spec:
                    yield dataclasses.replace(why, name=spec.name, target=spec.target)
                elif not why:
                    ours, peer = ([each[index] for each in measured[side]] for side in (name, "wrk"))
                    if spec:
                        yield spec.compared(ours, peer)
                    if quantity == "cpu" and family_of(model) in LOOPS:
                        ratios[name] = statistics.median(a / b for a, b in zip(ours, peer))
        if best:
            yield _best_of(best, ratios, measured)


def _best_of(spec: RowSpec, ratios: dict[str, float], measured: dict[str, list[Measured]]) -> Row:
    """The loop model with the least CPU beside wrk's."""
    if not ratios:
        return spec.failed("no loop model was measured")
    name = min(ratios, key=ratios.__getitem__)
    return spec.compared([each[1] for each in measured[name]], [each[1] for each in measured["wrk"]])


def upper_bound(values: list[float]) -> float | None:
    """The upper 95 % confidence bound of the median, by order statistics; None for fewer than 5 values."""
    n = len(values)
    below = 0.0
    for rank in range(n):  # P(the median exceeds the value of this rank, counted from the top) <= 5 %
        below += math.comb(n, rank) / 2**n
        if below > 0.05:
            return sorted(values)[n - rank] if rank > 0 else None
    return None


def _twin_specs() -> Iterator[RowSpec]:
    for model, twin in TWINS.items():
        for in_flight in (100, 1000):
            work = f"twins/{model}/{in_flight}"
            yield RowSpec(f"{work}/cpu", work, 10, 1.015, unit="us", peer_name=twin)
            yield RowSpec(f"{work}/bound", work, 10, 1.02)


def _beside_twins(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """CPU an item through the concepts against the same download written straight on the library, in adjacent trials; and the upper
    95 % bound of the ratio."""
    for work, specs in by_work(wanted).items():
        model, in_flight = work.split("/")[1], int(work.split("/")[2])
        twin = TWINS[model]
        if build.worker(model) is None or build.worker(twin) is None:
            yield from (spec.absent(f"{twin if build.worker(model) else model} is not built") for spec in specs)
            continue
        try:
            items = items_for(0.4, _rate_of(build, model, in_flight), 40_000, effort)
        except (Limit, Failure) as error:
            yield from (spec.absent(error) if isinstance(error, Limit) else spec.failed(error) for spec in specs)
            continue
        runs = {name: (lambda name=name: _trial_of(build, name, in_flight, items)) for name in (model, twin)}
        measured, refused = _rounds(runs, effort.rounds_of(9))
        for spec in specs:
            if refused:
                yield dataclasses.replace(next(iter(refused.values())), name=spec.name, target=spec.target)
                continue
            ours, peer = [m[1] for m in measured[model]], [m[1] for m in measured[twin]]
            bound = upper_bound([a / b for a, b in zip(ours, peer)])
            if spec.peer_name:
                yield spec.compared(ours, peer)
            else:
                yield spec.alone([bound]) if bound else spec.absent("fewer than 5 rounds")


def _waiting(low_ms: int, high_ms: int) -> dict[str, object]:
    return {**LOCAL, "name": f"{low_ms}-{high_ms}ms",
            "delay": {"kind": "uniform", "low_us": low_ms * 1000, "high_us": high_ms * 1000, "sigma": 0.0}}


# in flight, items, profile, rounds where the default is 7, the efficiency that each family has to reach
EFFICIENCY_LOADS = (
    (1000, 10_000, _waiting(50, 150), 2, {"callbacks": 0.995, "coroutines": 0.995, "threads": 0.988, "processes": 0.985}),
    (10_000, 20_000, _waiting(500, 1500), 1, {"callbacks": 0.988, "coroutines": 0.988, "threads": 0.95}))  # of thousands of processes: none


def _efficiency_specs(models: list[Description]) -> Iterator[RowSpec]:
    for in_flight, _, _, rounds, targets in EFFICIENCY_LOADS:
        for model in models:
            name = f"efficiency/{in_flight}/{model['name']}"
            yield RowSpec(name, name, rounds * (1.4 if in_flight == 1000 else 3), targets.get(family_of(model)), lower_is_better=False)


def _efficiency(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """Ideal (list schedule) / makespan while replies are delayed."""
    for spec in wanted.values():
        _, in_flight, model = spec.name.split("/")
        _, items, profile, rounds, _ = next(load for load in EFFICIENCY_LOADS if load[0] == int(in_flight))
        worker = build.worker(model)
        assert worker is not None
        values = []
        try:
            for _ in range(effort.rounds_of(rounds)):
                with Ours(build.serve, items, int(in_flight), profile) as server:
                    values.append(trial(worker, Point(items, int(in_flight), port=server.port, profile=profile))["efficiency"])
        except Limit as limit:
            yield spec.absent(limit)
        except Failure as failure:
            yield spec.failed(failure)
        else:
            yield spec.alone(values)


def groups(build: Build, models: list[Description], effort: Effort) -> list[Group]:
    downloading = able_to(models, DOWNLOADING)
    return [Group("models", tuple(_wrk_specs(downloading)), lambda wanted: _beside_wrk(build, downloading, effort, wanted),
                  (TWO_CORES, WRK)),
            Group("models", tuple(_twin_specs()), lambda wanted: _beside_twins(build, effort, wanted), (TWO_CORES,)),
            Group("models", tuple(_efficiency_specs(downloading)), lambda wanted: _efficiency(build, effort, wanted), (TWO_CORES,))]
