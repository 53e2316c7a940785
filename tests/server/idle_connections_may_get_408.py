"""fault=idle_408: a connection that is kept alive gets a 408 nobody asked for, and the close (RFC 9110, 15.5.9).

SPDX-License-Identifier: Apache-2.0
"""
from wire import reply, request, silent, until_end

TARGET = "/x?fault=idle_408&bytes=3"


def test_an_idle_connection_is_told_408_and_closed(server):
    with server.connect() as connection:
        connection.sendall(request(TARGET))
        first = reply(connection)
        assert (first.status, len(first.body), first.fields("Connection")) == (200, 3, [])
        told = until_end(connection)
    assert (told.status, told.fields("Connection"), told.end) == (408, ["close"], "FIN")


def test_it_waits_as_long_as_it_is_told(server):
    with server.connect() as connection:
        connection.sendall(request(TARGET + "&idle=150ms"))
        assert reply(connection).status == 200 and silent(connection, 0.1)
        assert reply(connection).status == 408


def test_a_request_that_comes_in_time_is_answered(server):
    with server.connect() as connection:
        connection.sendall(request(TARGET + "&idle=250ms"))
        assert reply(connection).status == 200
        connection.sendall(request("/x?bytes=9"))
        assert len(reply(connection).body) == 9
        assert silent(connection, 0.4), "the new request took the 408 back"
        connection.sendall(request("/x?bytes=9"))
        assert len(reply(connection).body) == 9


def test_requests_sent_ahead_are_not_idle(server):
    with server.connect() as connection:
        connection.sendall(request(TARGET) + request("/x?bytes=9&delay=20ms"))
        assert [len(reply(connection).body) for _ in range(2)] == [3, 9]
        assert silent(connection, 0.05)


def test_the_reply_itself_is_whole_for_the_ledger(server):
    server.begin({"name": "t", "delay": {"kind": "none", "low_us": 0, "high_us": 0, "sigma": 0}, "bytes": [1, 1], "faults": []}, items=1)
    with server.connect() as connection:
        connection.sendall(request("/item/0?fault=idle_408"))
        assert [reply(connection).status, reply(connection).status] == [200, 408]
    ledger = server.end()
    assert (ledger["completed"], ledger["cut_by_server"], ledger["fates"]) == (1, 0, {"ok": 1})
    assert not ledger["deterministic"] and ledger["by_chance"]["keep_alive_races"] == 1


def test_who_asks_for_the_close_gets_no_408(server):
    got = server.ask(TARGET)
    assert (got.status, len(got.body), got.end) == (200, 3, "FIN")
