"""Our server beside nginx under the same wrk, and its timers under delay.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Iterator

from .model_rows import SMALL, Effort
from .processes import CLIENT_CORE, SERVER_CORE, SetupError, pinned, proportional_bytes, start, wait_until
from .servers import LOCAL, Nginx, Ours
from .table import Row, absent, alone, compared
from .workers import Build, Limit, Point, trial
from .wrk import Swing, swing, wrk_program

_BODY = 2560  # bytes: the mean of the profile `local`
_CONNECTIONS = (1, 64, 100, 1000, 10_000)
_DRIVERS = ("epoll_coroutines", "asio_callbacks", "uv_callbacks", "asio_coroutines")  # the first that is built is used


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


def beside_nginx(build: Build, effort: Effort, descriptors: int) -> Iterator[Row]:
    """CPU a request and requests/s of both servers, connections kept."""
    for connections in _CONNECTIONS:
        if connections + 100 > descriptors:
            yield absent(f"{connections:,} connections", f"the limit of open files is {descriptors} (ulimit -n)")
            continue
        pairs = _pairs(build, connections, max(0.5, 2 * effort.scale), effort.rounds, keep_alive=True)
        judged = connections > 1  # with one connection all wait for wake-ups
        yield compared(f"server CPU a request, {connections:,} connections", [a.server_us for a, _ in pairs],
                       [b.server_us for _, b in pairs], target=0.90 if judged else None, peer_name="nginx", unit="us")
        yield compared(f"requests/s, {connections:,} connections", [a.requests_per_s for a, _ in pairs],
                       [b.requests_per_s for _, b in pairs], lower_is_better=False, target=1.0 if judged else None,
                       peer_name="nginx")


def new_connections(build: Build, effort: Effort) -> Iterator[Row]:
    """One connection a request."""
    pairs = _pairs(build, 64, max(0.5, 1.5 * effort.scale), effort.rounds, keep_alive=False)
    yield compared("new connections/s", [a.requests_per_s for a, _ in pairs], [b.requests_per_s for _, b in pairs],
                   lower_is_better=False, target=1.0, peer_name="nginx")
    yield compared("server CPU a new connection", [a.server_us for a, _ in pairs], [b.server_us for _, b in pairs],
                   target=1.0, peer_name="nginx", unit="us")


def _driver(build: Build) -> str:
    for name in _DRIVERS:
        if build.worker(name) is not None:
            return name
    raise SetupError(f"none of {', '.join(_DRIVERS)} is built: cmake --build --preset release")


def _driven(build: Build, items: int, in_flight: int, profile: dict[str, object]) -> tuple[dict, dict]:
    worker = build.worker(_driver(build))
    assert worker is not None
    with Ours(build.serve, items, in_flight, profile) as server:
        result = trial(worker, Point(items, in_flight, port=server.port, profile=profile))
        return result, server.end()


def capacity(build: Build, effort: Effort) -> Iterator[Row]:
    """Requests/s that one core serves to our cheapest client, small bodies."""
    items = effort.items(300_000)
    rates = [items / _driven(build, items, 100, SMALL)[0]["makespan_ns"] * 1e9 for _ in range(effort.rounds)]
    yield alone(f"requests/s to {_driver(build)}, 100 in flight, 64 to 191 bytes", rates, lower_is_better=False, target=220_000)


def lateness(build: Build, effort: Effort) -> Iterator[Row]:
    """How long after the asked delay replies are written, about 10,000 of them a second; the server's own ledger."""
    for in_flight, low_s, high_s, targets in ((10_000, 0.5, 1.5, (60, 250, 1000)), (19_500, 1.0, 3.0, (None,) * 3)):
        profile = {**LOCAL, "name": "wait", "delay": {
            "kind": "uniform", "low_us": int(low_s * 1e6), "high_us": int(high_s * 1e6), "sigma": 0.0}}
        title = f"timer lateness, {in_flight:,} in flight"
        try:
            ledgers = [_driven(build, 3 * in_flight, in_flight, profile)[1] for _ in range(effort.rounds_of(5))]
        except Limit as limit:
            yield absent(title, str(limit))
            continue
        for quantile, target in zip(("p50", "p99", "p999"), targets, strict=True):
            yield alone(f"{title}: {quantile}", [ledger["lateness_ns"][quantile] / 1e3 for ledger in ledgers],
                        target=target, unit="us")
        yield Row(f"{title}: early, of {sum(ledger['lateness_ns']['count'] for ledger in ledgers):,}",
                  sum(ledger["lateness_ns"]["early"] for ledger in ledgers), target=0, rounds=len(ledgers))
        yield alone(f"{title}: peak the ledger saw", [ledger["peak_in_flight"] for ledger in ledgers],
                    lower_is_better=False, target=in_flight)


def bare_sleeps(effort: Effort) -> Iterator[Row]:
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
    for name, share in (("p50", 0.5), ("p99", 0.99), ("p999", 0.999)):
        yield alone(f"the same of a bare sleep, no server: {name}", [run[int(share * len(run))] for run in runs], unit="us")


def waiting_memory(build: Build, descriptors: int) -> Iterator[Row]:
    """User memory that a connection costs while its request waits."""
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
    yield Row(f"memory of a waiting connection, {waiting:,} of them", grown / waiting, target=2048, unit="bytes")


def start_and_stop(build: Build, effort: Effort) -> Iterator[Row]:
    """From start to listening, and from SIGTERM to the end."""
    times: dict[str, list[tuple[float, float]]] = {"interleave": [], "nginx": []}
    for _ in range(effort.rounds_of(11)):
        for server in (Ours(build.serve, 10_000, 1), Nginx(_BODY)):
            times[server.name].append((server.ready_s * 1e3, server.stop() * 1e3))
    for index, what, target in ((0, "ready", 20), (1, "stopped", 100)):
        nginx = statistics.median(each[index] for each in times["nginx"])
        yield alone(f"{what} after (nginx: {nginx:.3g} ms)", [each[index] for each in times["interleave"]], target=target,
                    unit="ms")
