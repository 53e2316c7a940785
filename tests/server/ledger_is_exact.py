"""The ledger counts what was done, exactly; the control port refuses what makes no sense.

SPDX-License-Identifier: Apache-2.0
"""
import http.client
import json
import socket

import pytest

import oracle
from wire import WAIT, Server, delayed, eventually, plain_profile, reply, request, silent

FAULTS = [{"fault": "status", "status": 418, "ppm": 250_000}, {"fault": "truncate", "status": 200, "ppm": 250_000}]


def test_counts_add_up_and_the_fingerprint_is_that_of_the_seed(server):
    profile, items = plain_profile(faults=FAULTS, bytes=[10, 99]), 40
    server.begin(profile, items, seed=9)
    for item in range(items):
        server.ask(f"/item/{item}")
    ledger = server.end()
    fates = oracle.Fates(profile, 9, items)
    assert (ledger["requests"], ledger["unique"], ledger["missing"], ledger["duplicates"]) == (items, items, 0, 0)
    assert ledger["fates"] == {"ok": 20, "status_418": 10, "truncate": 10}
    assert (ledger["completed"], ledger["cut_by_server"], ledger["cut_by_client"]) == (30, 10, 0)
    assert ledger["fingerprint"] == f"{sum(fates.of(i).fingerprint(i) for i in range(items)) & oracle.WORD:016x}"
    assert ledger["connections_accepted"] == items == ledger["connections_used"]
    assert ledger["requests_per_connection"]["mean"] == 1


def test_missing_duplicate_and_unexpected_items_are_told_apart(server):
    server.begin(plain_profile(), items=5)
    for target in ("/item/0", "/item/0", "/item/1", "/item/1?attempt=1", "/item/77"):
        server.ask(target)
    ledger = server.end()
    assert [ledger[key] for key in ("requests", "unique", "missing", "duplicates", "unexpected", "retries")] == [5, 2, 3, 1, 1, 1]


def test_only_what_is_expected_can_be_missing(server):
    server.control("POST", "/begin", {"run": "some", "seed": 1, "items": 10, "expected": 2, "in_flight": 1, "profile": plain_profile()})
    server.ask("/item/9")
    assert server.control("GET", "/ledger")[1]["missing"] == 1
    server.ask("/item/4")
    complete = server.control("GET", "/ledger")[1]
    assert (complete["items"], complete["expected"], complete["unique"], complete["missing"]) == (10, 2, 2, 0)
    server.ask("/ready")
    assert server.control("GET", "/ledger")[1]["wall_ns"] == complete["wall_ns"], "the run was over with the last reply"
    server.ask("/item/5")
    ledger = server.end()
    assert (ledger["unique"], ledger["missing"], ledger["unexpected"]) == (3, 0, 0)


def test_bytes_are_counted_to_the_last(server):
    server.begin(plain_profile(), items=3)
    received = sum(len(server.ask(f"/item/{item}").bytes) for item in range(3))
    assert server.end()["bytes_sent"] == received


def test_only_items_are_counted(server):
    server.begin(plain_profile(), items=1)
    for target in ("/ready", "/x?status=500", "/get", "/nowhere"):
        server.ask(target)
    ledger = server.end()
    assert (ledger["requests"], ledger["connections_used"], ledger["missing"]) == (0, 0, 1)


def test_requests_are_counted_by_connection(server):
    server.begin(plain_profile(), items=4)
    with server.connect() as connection:
        for item in range(3):
            connection.sendall(request(f"/item/{item}"))
            reply(connection)
    server.ask("/item/3")
    eventually(lambda: server.state()["connections_open"] == 0, "both closed")
    ledger = server.end()
    assert ledger["requests_per_connection"] == {"mean": 2, "max_of_closed": 3} and ledger["connections_used"] == 2


def test_a_connection_may_serve_two_runs(server):
    with server.connect() as connection:
        for asked in (3, 1):
            server.begin(plain_profile(), items=3)
            for item in range(asked):
                connection.sendall(request(f"/item/{item}"))
                reply(connection)
            ledger = server.end()
            assert (ledger["connections_used"], ledger["connections_open"]) == (1, 1)
            assert ledger["requests_per_connection"]["mean"] == asked
        server.begin(plain_profile(), items=1)
    eventually(lambda: server.state()["connections_open"] == 0, "it is closed")
    ledger = server.end()
    assert (ledger["connections_used"], ledger["requests_per_connection"]) == (0, {"mean": 0, "max_of_closed": 0})


def test_time_and_cpu_are_those_of_the_run(server):
    server.begin(plain_profile(delay=delayed(60_000)), items=2)
    server.ask("/item/0")
    server.ask("/item/1")
    ledger = server.end()
    assert ledger["wall_ns"] >= 120_000_000 and 0 < ledger["cpu_ns"]["total"] < ledger["wall_ns"]


def test_a_full_accept_queue_is_told():
    with Server("--fault-ports") as other, socket.socket() as connecting:
        other.begin(plain_profile(), items=1)
        connecting.setblocking(False)
        connecting.connect_ex(("127.0.0.1", other.ready["fault_ports"]["connect_timeout"]))
        eventually(lambda: other.control("GET", "/ledger")[1]["listen_overflows"] > 0, "an overflow")


def test_head_is_counted_as_a_whole_reply(server):
    server.begin(plain_profile(), items=1)
    got = server.ask("/item/0", method="HEAD")
    assert (got.fields("Content-Length"), got.body) == (["1000"], b"")
    ledger = server.end()
    assert (ledger["completed"], ledger["bytes_sent"]) == (1, len(got.bytes))


def test_requests_in_flight_are_measured(server):
    in_flight = 20
    server.begin(plain_profile(delay=delayed(200_000)), items=in_flight, in_flight=in_flight)
    connections = [server.connect() for _ in range(in_flight)]
    for item, connection in enumerate(connections):
        connection.sendall(request(f"/item/{item}"))
    eventually(lambda: server.state()["in_flight"] == in_flight, "all under way")
    for connection in connections:
        assert reply(connection).status == 200
        connection.close()
    ledger = server.end()
    assert ledger["peak_in_flight"] == in_flight and 0 < ledger["mean_in_flight"] <= in_flight
    assert 0 < ledger["plateau_share"] <= 1


def test_a_plateau_that_was_never_reached_has_no_share(server):
    server.begin(plain_profile(), items=2, in_flight=2)
    server.ask("/item/0")
    server.ask("/item/1")
    ledger = server.end()
    assert (ledger["peak_in_flight"], ledger["plateau_share"]) == (1, 0)


def test_no_reply_is_early(server):
    items = 300
    server.begin(plain_profile(delay=delayed(100, 20_000)), items=items, in_flight=items)
    with server.connect() as connection:
        for item in range(items):
            connection.sendall(request(f"/item/{item}"))
        times = [[int(t) for t in reply(connection).fields("X-Times")[0].split(",")] for _ in range(items)]
    late = server.end()["lateness_ns"]
    assert late["count"] == items and late["early"] == 0 and 0 < late["p50"] <= late["p99"] <= late["max"]
    fates = oracle.Fates(plain_profile(delay=delayed(100, 20_000)), 1, items)
    for item, (parsed, due, written) in enumerate(times):
        assert due - parsed == fates.of(item).delay_ns and written >= due


def test_times_are_told_in_a_run_only(server):
    assert server.ask("/item/1").fields("X-Times") == []


def test_the_standing_profile_is_that_of_the_command_line():
    with Server("--profile", "error", "--seed", "5", "--items", "100", "--time-scale", "0.001") as other:
        statuses = []
        for item in range(100):
            with other.connect() as connection:
                connection.sendall(request(f"/item/{item}"))
                statuses.append(0 if silent(connection, 1) else reply(connection).status)
    assert {status: statuses.count(status) for status in set(statuses)} == {200: 75, 418: 12, 404: 4, 500: 3, 503: 3, 429: 2, 0: 1}


def test_a_second_run_starts_from_nothing(server):
    for _ in range(2):
        server.begin(plain_profile(), items=1)
        server.ask("/item/0")
        ledger = server.end()
        assert (ledger["requests"], ledger["connections_accepted"]) == (1, 1)


def test_a_run_that_is_open_is_not_begun_again(server):
    server.begin(plain_profile(), items=1)
    status, reply_ = server.control("POST", "/begin", {})
    assert status == 409 and "open" in reply_["error"]
    assert server.control("GET", "/ledger")[1]["run"] == "test"
    server.end()
    assert server.control("POST", "/end")[0] == 409
    assert server.state()["run"] is None


def test_an_item_asked_for_in_absolute_form_is_counted(server):
    server.begin(plain_profile(), items=2)
    assert server.ask("http://test/item/1").fields("X-Times")
    ledger = server.end()
    assert (ledger["requests"], ledger["unique"], ledger["missing"]) == (1, 1, 1)


@pytest.mark.parametrize("body", [b"\xff", b"{", b'{"run": "\xff\xfe"}'])
def test_a_begin_that_is_no_json_is_refused_and_the_server_lives(server, body):
    connection = http.client.HTTPConnection("127.0.0.1", server.control_port, timeout=WAIT)
    connection.request("POST", "/begin", body)
    reply_ = connection.getresponse()
    assert reply_.status == 400 and json.loads(reply_.read())["error"]
    connection.close()
    assert server.state()["run"] is None


@pytest.mark.parametrize("change, named", [
    ({"items": 0}, "items"), ({"expected": 2}, "expected"), ({"expected": 0}, "expected"), ({"in_flight": 0}, "in_flight"), ({"profile": {}}, "name"), ({"seed": "x"}, "number"),
    ({"profile": plain_profile(faults=[{"fault": "nosuch", "status": 200, "ppm": 1}])}, "nosuch"),
    ({"profile": plain_profile(faults=[{"fault": "hang", "status": 200, "ppm": 1_000_001}])}, "shares"),
    ({"profile": plain_profile(delay=delayed(5, 4))}, "delay"),
])
def test_a_bad_begin_says_what_is_bad(server, change, named):
    body = {"run": "bad", "seed": 1, "items": 1, "in_flight": 1, "profile": plain_profile()} | change
    status, answer = server.control("POST", "/begin", body)
    assert status == 400 and named in answer["error"]
    assert server.state()["run"] is None


@pytest.mark.parametrize("key", ["run", "seed", "items", "in_flight", "profile"])
def test_a_begin_that_lacks_a_key_is_told_which(server, key):
    body = {"run": "bad", "seed": 1, "items": 1, "in_flight": 1, "profile": plain_profile()}
    del body[key]
    status, answer = server.control("POST", "/begin", body)
    assert (status, answer["error"]) == (400, f"begin: the key '{key}' is missing")
