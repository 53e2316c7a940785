"""Our server beside nginx under the same wrk, and its timers under delay.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import dataclasses
import statistics
import subprocess
import time
from collections.abc import Iterator

from .model_rows import SMALL, Effort, items_for
from .processes import CLIENT_CORE, SERVER_CORE, Failure, SetupError, pinned, proportional_bytes, start, wait_until
from .rows import NEEDS, NGINX, TWO_CORES, WRK, Group, RowSpec, Wanted, by_work
from .servers import LOCAL, Nginx, Ours
from .table import Row
from .targets import DRIVERS
from .workers import Build, Limit, Point, trial
from .wrk import Swing, swing, wrk_program

_BODY = 2560  # bytes: the mean of the profile `local`
_CONNECTIONS = (1, 64, 100, 1000, 10_000)


def _pairs(build: Build, connections: int, seconds: float, rounds: int, keep_alive: bool) -> list[tuple[Swing, Swing]]:
    """(ours, nginx) a round, each server fresh, the order turned each round."""
    def ours() -> Swing:
        with Ours(build.serve, 10_000, connections) as server:
            path, size = server.item_of_size(_BODY)
            sizes.append(size)
            return swing(server, path, connections, seconds, keep_alive)

    def nginx() -> Swing:
        with Nginx(sizes[-1] if sizes else _BODY) as server:
            return swing(server, "/", connections, seconds, keep_alive)

    sizes: list[int] = []
    pairs = []
    for turn in range(rounds):
        if turn % 2 == 0:
            pairs.append((ours(), nginx()))
        else:
            pairs.append((nginx(), ours())[::-1])
    return pairs


def _nginx_specs() -> Iterator[RowSpec]:
    for connections in _CONNECTIONS:
        work, judged = f"nginx/{connections}", connections > 1  # with one connection all wait for wake-ups
        seconds = 15 if connections < 10_000 else 22
        yield RowSpec(f"{work}/cpu", work, seconds, 0.90 if judged else None, unit="us", peer_name="nginx")
        yield RowSpec(f"{work}/rate", work, seconds, 1.0 if judged else None, lower_is_better=False, peer_name="nginx")


def _quantity(specs: list[RowSpec], pairs: list[tuple[Swing, Swing]]) -> Iterator[Row]:
    """CPU a request, or requests/s, by what the row is called."""
    for spec in specs:
        sides = list(zip(*((a.server_us, b.server_us) if spec.name.endswith("/cpu") else (a.requests_per_s, b.requests_per_s)
                           for a, b in pairs)))
        yield spec.compared(*sides)


def _beside_nginx(build: Build, effort: Effort, descriptors: int, wanted: Wanted) -> Iterator[Row]:
    """CPU a request and requests/s of both servers, connections kept."""
    for work, specs in by_work(wanted).items():
        connections = int(work.split("/")[1])
        if connections + 100 > descriptors:
            yield from (spec.absent(f"the limit of open files is {descriptors} (ulimit -n)") for spec in specs)
            continue
        try:
            pairs = _pairs(build, connections, max(0.3, 0.7 * effort.scale), effort.rounds, keep_alive=True)
        except Failure as failure:
            yield from (spec.failed(failure) for spec in specs)
            continue
        yield from _quantity(specs, pairs)


def _new_connections(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """One connection a request."""
    pairs = _pairs(build, 64, max(0.3, 0.7 * effort.scale), effort.rounds, keep_alive=False)
    yield from _quantity(list(wanted.values()), pairs)


def _driver(build: Build) -> str:
    """The first that is built."""
    for name in DRIVERS:
        if build.worker(name) is not None:
            return name
    raise SetupError(f"none of {', '.join(DRIVERS)} is built: cmake --build --preset release")


def _driven(build: Build, items: int, in_flight: int, profile: dict[str, object]) -> tuple[dict, dict]:
    worker = build.worker(_driver(build))
    assert worker is not None
    with Ours(build.serve, items, in_flight, profile) as server:
        result = trial(worker, Point(items, in_flight, port=server.port, profile=profile))
        return result, server.end()


def _capacity(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """Requests/s that one core serves to our cheapest client, 100 in flight, bodies of 64 to 191 bytes."""
    (spec,) = wanted.values()
    rate = 10_000 / _driven(build, 10_000, 100, SMALL)[0]["makespan_ns"] * 1e9
    items = items_for(1.0, rate, 200_000, effort)
    yield spec.alone([items / _driven(build, items, 100, SMALL)[0]["makespan_ns"] * 1e9 for _ in range(effort.rounds)])


# in flight, delays in seconds, targets of p50, p99 and p999 in us; none where a plateau is beyond what a core can do
_LATENESS = ((10_000, 0.5, 1.5, (60, 250, 1000)), (19_500, 1.0, 3.0, (None,) * 3))


def _lateness_specs() -> Iterator[RowSpec]:
    for in_flight, _, high_s, targets in _LATENESS:
        work, seconds = f"lateness/{in_flight}", 12 * high_s
        for quantile, target in zip(("p50", "p99", "p999"), targets, strict=True):
            yield RowSpec(f"{work}/{quantile}", work, seconds, target, unit="us")
        judged = targets[0] is not None
        yield RowSpec(f"{work}/early", work, seconds, 0 if judged else None)
        yield RowSpec(f"{work}/peak", work, seconds, in_flight if judged else None, lower_is_better=False)


def _lateness(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """How long after the asked delay replies are written, about 10,000 of them a second; the server's own ledger."""
    for work, specs in by_work(wanted).items():
        in_flight, low_s, high_s, _ = next(load for load in _LATENESS if work == f"lateness/{load[0]}")
        profile = {**LOCAL, "name": "wait", "delay": {
            "kind": "uniform", "low_us": int(low_s * 1e6), "high_us": int(high_s * 1e6), "sigma": 0.0}}
        try:
            ledgers = [_driven(build, 3 * in_flight, in_flight, profile)[1] for _ in range(effort.rounds_of(3))]
        except Limit as limit:
            yield from (spec.absent(limit) for spec in specs)
            continue
        except Failure as failure:
            yield from (spec.failed(failure) for spec in specs)
            continue
        for spec in specs:
            what = spec.name.rpartition("/")[2]
            if what == "peak":
                yield spec.alone([ledger["peak_in_flight"] for ledger in ledgers])
            elif what == "early":
                yield spec.alone([sum(ledger["lateness_ns"]["early"] for ledger in ledgers)])
            else:
                yield spec.alone([ledger["lateness_ns"][what] / 1e3 for ledger in ledgers])


_SHARES = {"p50": 0.5, "p99": 0.99, "p999": 0.999}


def _bare_sleeps(effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """How late a plain sleep of 100 us ends on the server's core: what this machine does to anybody's timer."""
    def lateness_us() -> list[float]:
        late = []
        for _ in range(effort.items(10_000)):
            due = time.monotonic_ns() + 100_000
            time.sleep(1e-4)
            late.append((time.monotonic_ns() - due) / 1e3)
        return sorted(late)

    with pinned(SERVER_CORE):
        runs = [lateness_us() for _ in range(effort.rounds_of(5))]
    for spec in wanted.values():
        share = _SHARES[spec.name.rpartition("/")[2]]
        yield spec.alone([run[int(share * len(run))] for run in runs])


def _waiting_memory(build: Build, descriptors: int, wanted: Wanted) -> Iterator[Row]:
    """User memory that a connection costs while its request waits: of 10,000, or as many as the limit of open files lets be."""
    (spec,) = wanted.values()
    waiting = min(10_000, descriptors - 100)
    profile = {**LOCAL, "name": "wait", "delay": {"kind": "fixed", "low_us": 60_000_000, "high_us": 60_000_000, "sigma": 0.0}}
    with Ours(build.serve, 10_000, waiting, profile) as server:
        before = proportional_bytes(server.process.pid)
        wrk = start([wrk_program(), "-t1", f"-c{waiting}", "-d60s", f"http://127.0.0.1:{server.port}/item/0"], CLIENT_CORE,
                    stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: server.state()["in_flight"] >= waiting, f"{waiting} waiting requests")
            grown = proportional_bytes(server.process.pid) - before
        finally:
            wrk.kill()
            wrk.wait()
    yield spec.alone([grown / waiting])


def _start_and_stop(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """From start to listening, and from SIGTERM to the end; nginx is shown beside."""
    times: dict[str, list[tuple[float, float]]] = {"interleave": [], "nginx": []}
    for _ in range(effort.rounds_of(11)):
        for server in (Ours(build.serve, 10_000, 1), Nginx(_BODY)):
            times[server.name].append((server.ready_s * 1e3, server.stop() * 1e3))
    for spec in wanted.values():
        index = ("ready", "stopped").index(spec.name.rpartition("/")[2])
        row = spec.alone([each[index] for each in times["interleave"]])
        yield dataclasses.replace(row, peer=statistics.median(each[index] for each in times["nginx"]), peer_name="nginx")


def groups(build: Build, effort: Effort, descriptors: int) -> list[Group]:
    new = (RowSpec("new_connections/rate", "new_connections", 15, 1.0, lower_is_better=False, peer_name="nginx"),
           RowSpec("new_connections/cpu", "new_connections", 15, 1.0, unit="us", peer_name="nginx"))
    starting = (RowSpec("start/ready", "start", 4, 20, unit="ms"), RowSpec("start/stopped", "start", 4, 100, unit="ms"))
    sleeps = tuple(RowSpec(f"bare_sleeps/{name}", "bare_sleeps", 10, unit="us") for name in _SHARES)
    return [Group("server", tuple(_nginx_specs()), lambda wanted: _beside_nginx(build, effort, descriptors, wanted),
                  NEEDS),
            Group("server", new, lambda wanted: _new_connections(build, effort, wanted), NEEDS),
            Group("server", (RowSpec("capacity", "capacity", 10, 220_000, lower_is_better=False),),
                  lambda wanted: _capacity(build, effort, wanted), (TWO_CORES,)),
            Group("server", tuple(_lateness_specs()), lambda wanted: _lateness(build, effort, wanted), (TWO_CORES,)),
            Group("server", sleeps, lambda wanted: _bare_sleeps(effort, wanted), (TWO_CORES,)),
            Group("server", (RowSpec("waiting_memory", "waiting_memory", 3, 2048, unit="bytes"),),
                  lambda wanted: _waiting_memory(build, descriptors, wanted), (TWO_CORES, WRK)),
            Group("server", starting, lambda wanted: _start_and_stop(build, effort, wanted), (TWO_CORES, NGINX))]
