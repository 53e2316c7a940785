"""Several shards keep one ledger: the same load comes to the same counts, and what is in flight is a sum over them.

SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import signal
import subprocess

import pytest

import oracle
from wire import PROGRAM, TWO_CORES, WAIT, Server, delayed, eventually, plain_profile, reply, request

pytestmark = TWO_CORES
FAULTS = [{"fault": "status", "status": 418, "ppm": 250_000}, {"fault": "truncate", "status": 200, "ppm": 100_000}]
ITEMS = 400


@pytest.fixture(scope="module", params=[1, 2])
def sharded(request):
    with Server("--shards", str(request.param)) as server:
        server.shards = request.param
        yield server


@pytest.fixture(scope="module")
def two():
    with Server("--shards", "2") as server:
        yield server


def play(server: Server, items: range, connections: int) -> None:
    """Every item once, over connections of their own that a few threads share."""
    def some(offset: int) -> None:
        for item in items[offset::connections]:
            server.ask(f"/item/{item}")

    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        list(pool.map(some, range(connections)))


def test_the_same_load_comes_to_the_same_ledger(sharded):
    profile = plain_profile(faults=FAULTS, bytes=[10, 99], delay=delayed(100, 2_000))
    sharded.begin(profile, items=ITEMS, seed=9, in_flight=4)
    play(sharded, range(ITEMS), 4)
    ledger = sharded.end()
    fates = oracle.Fates(profile, 9, ITEMS)
    assert ledger["fingerprint"] == f"{sum(fates.of(i).fingerprint(i) for i in range(ITEMS)) & oracle.WORD:016x}"
    assert [ledger[key] for key in ("requests", "unique", "missing", "duplicates", "unexpected", "in_flight")] == [ITEMS, ITEMS, 0, 0, 0, 0]
    assert ledger["fates"] == {"ok": 260, "status_418": 100, "truncate": 40}
    assert (ledger["completed"], ledger["cut_by_server"], ledger["cut_by_client"]) == (360, 40, 0)
    assert ledger["connections_used"] == ledger["connections_accepted"] == ITEMS and ledger["connections_open"] == 0
    assert ledger["lateness_ns"]["count"] == ITEMS and ledger["lateness_ns"]["early"] == 0
    assert 1 <= ledger["peak_in_flight"] <= 4 and ledger["loop_lag_ns"]["count"] > 0


def test_connections_are_dealt_out_evenly(sharded):
    sharded.begin(plain_profile(), items=40)
    play(sharded, range(40), 1)
    shares = sharded.end()["shards"]
    assert [share["requests"] for share in shares] == [40 // sharded.shards] * sharded.shards
    assert [share["connections_accepted"] for share in shares] == [40 // sharded.shards] * sharded.shards


def test_the_same_item_on_two_shards_is_a_duplicate(two):
    two.begin(plain_profile(), items=3)
    for target in ("/item/0", "/item/0", "/item/0?attempt=1", "/item/0?attempt=1", "/item/9"):
        two.ask(target)
    ledger = two.end()
    assert [ledger[key] for key in ("requests", "unique", "missing", "duplicates", "unexpected", "retries")] == [5, 1, 2, 2, 1, 2]


def test_an_early_retry_on_another_shard_is_seen(two):
    two.begin(plain_profile(), items=1)
    two.ask("/busy?status=503&retry_after=100")
    two.ask("/busy?status=503&retry_after=100")
    assert two.end()["early_retries"] == 1


def test_a_run_forgets_what_the_last_one_told_to_wait(two):
    for _ in range(2):
        two.begin(plain_profile(faults=[{"fault": "status", "status": 429, "ppm": 1_000_000}], retry_after_s=100), items=1)
        two.ask("/item/0")
        assert two.end()["early_retries"] == 0


def test_the_peak_in_flight_is_what_the_clients_held_open(two):
    held, items = 31, 62
    two.begin(plain_profile(delay=delayed(60_000_000)), items=items, in_flight=held)
    connections = [two.connect() for _ in range(held)]
    for item, connection in enumerate(connections):
        connection.sendall(request(f"/item/{item}"))
    eventually(lambda: two.state()["in_flight"] == held, "all under way")
    for connection in connections:
        connection.close()
    eventually(lambda: two.state()["in_flight"] == 0, "all gone")
    # Now one at a time, on both shards in turn: the peaks of the two must not be added up.
    for item in range(held, items):
        with two.connect() as connection:
            connection.sendall(request(f"/item/{item}"))
            eventually(lambda: two.state()["in_flight"] == 1, "one under way")
        eventually(lambda: two.state()["in_flight"] == 0, "it is gone")
    ledger = two.end()
    assert (ledger["peak_in_flight"], ledger["unique"], ledger["cut_by_client"]) == (held, items, items)
    assert 0 < ledger["mean_in_flight"] < held


def test_requests_one_after_the_other_never_make_two_in_flight(two):
    two.begin(plain_profile(delay=delayed(500)), items=100)
    play(two, range(100), 1)
    ledger = two.end()
    assert ledger["peak_in_flight"] == 1 and ledger["mean_in_flight"] <= 1 and [s["requests"] for s in ledger["shards"]] == [50, 50]


def test_runs_begin_and_end_while_both_shards_are_busy(two):
    """Clients that never stop: each ledger is consistent in itself, and every request is in one run at most."""
    stop, counted = False, []

    def ask_on() -> None:
        with two.connect() as connection:
            while not stop:
                connection.sendall(request("/item/0"))
                counted.append(bool(reply(connection).fields("X-Times")))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(ask_on) for _ in range(4)]
        requests = 0
        try:
            for _ in range(30):
                two.begin(plain_profile(), items=1, in_flight=4)
                eventually(lambda: two.control("GET", "/ledger")[1]["requests"] > 20, "some requests")
                ledger = two.control("POST", "/end")[1]
                requests += ledger["requests"]
                ended = ledger["completed"] + ledger["cut_by_client"] + ledger["cut_by_server"]
                assert ledger["requests"] == ended + ledger["in_flight"] == ledger["duplicates"] + 1
                assert ledger["requests"] == sum(share["requests"] for share in ledger["shards"]) and ledger["peak_in_flight"] <= 4
        finally:
            stop = True
        for client in clients:
            client.result(WAIT)
    assert sum(counted) == requests


def test_sigterm_drains_every_shard():
    with Server("--shards", "2") as server:
        busy, idle = [server.connect() for _ in range(4)], [server.connect() for _ in range(4)]
        for connection in busy:
            connection.sendall(request("/x?delay=500ms&bytes=3"))
        eventually(lambda: server.state()["in_flight"] == 4, "the requests under way")
        server.process.send_signal(signal.SIGTERM)
        assert [connection.recv(1) for connection in idle] == [b""] * 4
        assert [len(reply(connection).body) for connection in busy] == [3] * 4
        assert server.process.wait(WAIT) == 0
        for connection in [*busy, *idle]:
            connection.close()


@pytest.mark.parametrize("count", ["0", "-1", "many", "100000"])
def test_as_many_shards_as_cores_at_most(count):
    result = subprocess.run([*PROGRAM, "--shards", count], capture_output=True, text=True, timeout=WAIT)
    assert result.returncode == 2 and "shards" in result.stderr and result.stderr.count("\n") == 1
