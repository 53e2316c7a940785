"""Refusals that depend on the moment: a limited rate (429), a load that is shed (503). The ledger says that there were such.

SPDX-License-Identifier: Apache-2.0
"""
import pytest

from wire import TWO_CORES, Server, eventually, plain_profile, reply, request, until_end


@pytest.fixture(scope="module", params=[1, pytest.param(2, marks=TWO_CORES)])
def server(request):
    with Server("--shards", str(request.param)) as started:
        yield started


def by_chance(ledger: dict) -> tuple:
    return ledger["deterministic"], ledger["by_chance"]["rate_limited_429"], ledger["by_chance"]["load_shed_503"]


def test_a_bucket_holds_its_burst_and_then_limits(server):
    server.begin(plain_profile(), items=1)
    got = [server.ask("/bucket?limit=0.01&burst=3&bytes=5") for _ in range(5)]
    assert [each.status for each in got] == [200, 200, 200, 429, 429]
    assert [each.fields("Retry-After") for each in got[:3]] == [[]] * 3
    assert 90 <= int(got[3].fields("Retry-After")[0]) <= 100, "a token comes every 100 s"
    ledger = server.end()
    assert by_chance(ledger) == (False, 2, 0) and ledger["early_retries"] == 1


def test_the_next_run_is_told_nothing_of_it(server):
    server.ask("/before?limit=0.01&bytes=5")
    server.ask("/before?limit=0.01&bytes=5")
    server.begin(plain_profile(), items=1)
    server.ask("/item/0")
    assert by_chance(server.end()) == (True, 0, 0)


def test_a_bucket_fills_again(server):
    assert server.ask("/fills?limit=20").status == 200
    eventually(lambda: server.ask("/fills?limit=20").status == 200, "a token")


def test_each_path_has_a_bucket_of_its_own(server):
    assert [server.ask(f"/own/{path}?limit=0.01").status for path in "aab"] == [200, 429, 200]


def test_another_rate_begins_anew(server):
    assert [server.ask(f"/anew?limit={rate}").status for rate in ("0.01", "0.01", "0.02")] == [200, 429, 200]


def test_a_refusal_does_not_wait_for_the_delay(server):
    server.ask("/late?limit=0.01&delay=1ms")
    assert server.ask("/late?limit=0.01&delay=300s").status == 429


def test_a_refusal_keeps_the_connection(server):
    with server.connect() as connection:
        for status in (200, 429, 429):
            connection.sendall(request("/stays?limit=0.01&bytes=1"))
            assert reply(connection).status == status


def test_above_its_load_a_path_is_shed(server):
    server.begin(plain_profile(), items=1)
    target = "/load?shed_above=2&delay=100s"
    held = [server.connect() for _ in range(2)]
    for count, connection in enumerate(held):
        connection.sendall(request(target))
        eventually(lambda: server.state()["in_flight"] == count + 1, "it is under way")
    shed = server.ask(target)
    assert (shed.status, shed.fields("Retry-After")) == (503, ["1"])
    assert server.ask("/elsewhere?shed_above=2").status == 200
    held.pop().close()
    eventually(lambda: server.state()["in_flight"] == 1, "the client that left is forgotten")
    with server.connect() as connection:
        connection.sendall(request("/load?shed_above=2&bytes=7"))
        assert len(reply(connection).body) == 7
    held.pop().close()
    assert by_chance(server.end()) == (False, 0, 1)


@pytest.mark.parametrize("query", ["limit=5", "shed_above=5"])
def test_items_are_never_dealt_by_chance(server, query):
    got = server.ask(f"/item/0?{query}")
    assert got.status == 400 and "/item/" in got.body.decode()
    assert server.ask("/item/0", f"X-Fate-{query.replace('=', ': ').replace('_', '-')}").status == 400


@pytest.mark.parametrize("query, named", [("limit=0", "limit"), ("limit=5parsecs", "limit"), ("limit=2e6", "limit"), ("limit=nan", "limit"),
                                          ("burst=3", "burst"), ("burst=0&limit=1", "burst"), ("shed_above=0", "shed_above")])
def test_bad_limits_are_refused_by_name(server, query, named):
    got = server.ask(f"/x?{query}")
    assert got.status == 400 and named in got.body.decode()
