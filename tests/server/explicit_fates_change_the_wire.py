"""Every key of the explicit grammar changes what a client gets; what is unknown or contradicts is refused by its name.

SPDX-License-Identifier: Apache-2.0
"""
import time

import pytest

import oracle
from wire import eventually, plain_profile, reply, request, silent, until_end

NOISE = oracle.body(0, 4096)


def timed(ask):
    start = time.monotonic_ns()
    return ask(), time.monotonic_ns() - start


def test_without_a_key_there_is_nothing(server):
    assert server.ask("/any/path").status == 404


def test_status_and_bytes(server):
    got = server.ask("/any/path?status=503&bytes=4096")
    assert (got.status, got.body) == (503, NOISE)


def test_a_size_has_a_unit(server):
    assert len(server.ask("/x?bytes=64K").body) == 65536


@pytest.mark.parametrize("text, least_ns", [("20ms", 20_000_000), ("30000us", 30_000_000), ("0.025s", 25_000_000)])
def test_a_delay_is_never_early(server, text, least_ns):
    got, took = timed(lambda: server.ask(f"/x?delay={text}"))
    assert got.status == 200 and took >= least_ns


def test_headers_say_the_same_as_the_query(server):
    got = server.ask("/x", "X-Fate-Status: 418", "x-fate-bytes: 7")
    assert (got.status, got.body) == (418, NOISE[:7])


def test_the_query_beats_the_header(server):
    assert server.ask("/x?status=500", "X-Fate-Status: 418", "X-Fate-Bytes: 9").status == 500
    assert len(server.ask("/x?status=500", "X-Fate-Status: 418", "X-Fate-Bytes: 9").body) == 9


def test_the_header_beats_the_seeded_fate_and_is_counted(server):
    server.begin(plain_profile(), items=2)
    assert server.ask("/item/1", "X-Fate-Status: 503").status == 503
    assert server.ask("/item/0?bytes=3").body == oracle.body(0, 3)
    ledger = server.end()
    assert ledger["fates"] == {"ok": 1, "status_503": 1} and ledger["unique"] == 2


def test_chunks_are_as_many_as_asked(server):
    got = server.ask("/x?bytes=80&chunks=8")
    assert got.body.count(b"a\r\n") >= 8 and got.body.endswith(b"0\r\n\r\n")


def test_drip_waits_between_the_chunks(server):
    got, took = timed(lambda: server.ask("/x?bytes=50&chunks=5&drip=10ms"))
    assert got.body.endswith(b"0\r\n\r\n") and took >= 40_000_000


def test_pieces_drip_a_body_with_a_length(server):
    got, took = timed(lambda: server.ask("/x?bytes=50&pieces=5&drip=10ms"))
    assert got.body == NOISE[:50] and took >= 40_000_000


def test_a_rate_caps_the_bandwidth(server):
    got, took = timed(lambda: server.ask("/x?bytes=4000&rate=40000"))
    assert got.body == NOISE[:4000] and took >= 100_000_000


def test_header_pause_comes_after_the_header(server):
    with server.connect() as connection:
        connection.sendall(request("/x?bytes=5&header_pause=300ms"))
        received = connection.recv(1 << 16)
        assert received.endswith(b"\r\n\r\n") and silent(connection, 0.01)
        assert connection.recv(5) == NOISE[:5]


@pytest.mark.parametrize("fault, body, end", [
    ("reset@100", NOISE[:100], "RST"), ("truncate@200", NOISE[:200], "FIN"), ("reset@0", b"", "RST"),
    ("truncate_chunked@3", b"3\r\n" + NOISE[:3] + b"\r\n", "FIN"),
])
def test_faults_strike_at_the_byte_asked_for(server, fault, body, end):
    got = server.ask(f"/x?bytes=1000&fault={fault}")
    assert (got.body, got.end) == (body, end)


def test_a_stall_strikes_at_the_byte_asked_for(server):
    with server.connect() as connection:
        connection.sendall(request("/x?bytes=1000&fault=stall@10"))
        received = b""
        while len(received.partition(b"\r\n\r\n")[2]) < 10:
            received += connection.recv(1 << 16)
        assert silent(connection) and received.endswith(NOISE[:10])


def test_interim_codes_as_asked(server):
    with server.connect() as connection:
        connection.sendall(request("/x?interim=103,102,199&bytes=0"))
        assert [reply(connection).status for _ in range(4)] == [103, 102, 199, 200]


def test_close_announces_and_closes(server):
    with server.connect() as connection:
        connection.sendall(request("/x?close=1&bytes=1"))
        got = until_end(connection)
    assert got.fields("Connection") == ["close"] and got.end == "FIN"


def test_close_after_counts_the_requests_of_the_connection(server):
    with server.connect() as connection:
        for _ in range(2):
            connection.sendall(request("/x?close_after=3&bytes=1"))
            assert reply(connection).fields("Connection") == []
        connection.sendall(request("/x?close_after=3&bytes=1"))
        assert until_end(connection).fields("Connection") == ["close"]


def test_the_keep_alive_race_closes_without_a_word(server):
    with server.connect() as connection:
        connection.sendall(request("/x?fault=keep_alive_race&bytes=1"))
        got = until_end(connection)
    assert got.status == 200 and got.fields("Connection") == [] and got.end == "FIN"


def test_location_is_told(server):
    got = server.ask("/x?status=307&location=/elsewhere%3Fa")
    assert got.status == 307 and got.fields("Location") == ["/elsewhere?a"]


def test_retry_after_is_told_and_an_early_retry_counted(server):
    server.begin(plain_profile(), items=1)
    assert server.ask("/busy?status=429&retry_after=1").fields("Retry-After") == ["1"]
    start = time.monotonic()
    server.ask("/busy?status=429&retry_after=1")  # early, and told to wait anew
    eventually(lambda: time.monotonic() > start + 1.05, "a second")
    second = time.monotonic()
    server.ask("/busy?status=429&retry_after=1")
    assert second - start > 1
    assert server.end()["early_retries"] == 1


def test_seeded_retry_after(server):
    server.begin(plain_profile(faults=[{"fault": "status", "status": 503, "ppm": 1_000_000}], retry_after_s=2), items=1)
    assert server.ask("/item/0").fields("Retry-After") == ["2"]
    server.ask("/item/0?attempt=1")
    ledger = server.end()
    assert (ledger["early_retries"], ledger["retries"], ledger["unique"]) == (1, 1, 1)


def test_head_has_the_header_and_no_body(server):
    with server.connect() as connection:
        connection.sendall(request("/x?bytes=500", "Connection: close", method="HEAD"))
        got = until_end(connection)
    assert got.fields("Content-Length") == ["500"] and got.body == b""


@pytest.mark.parametrize("query, named", [
    ("speed=5", "speed"), ("delay=5", "delay"), ("delay=-1ms", "delay"), ("delay=301s", "delay"), ("delay=5parsecs", "delay"),
    ("status=99", "status"), ("status=1000", "status"), ("status=abc", "status"), ("bytes=2G", "bytes"), ("bytes=-1", "bytes"),
    ("fault=nosuch", "nosuch"), ("fault=hang@5", "hang@5"), ("fault=truncate@5000&bytes=10", "fault"), ("chunks=0", "chunks"),
    ("chunks=4&fault=truncate", "chunks"), ("pieces=2&chunks=2", "pieces"), ("drip=5ms", "drip"), ("rate=0", "rate"),
    ("rate=5&chunks=2", "rate"), ("close=2", "close"), ("close=1&close_after=2", "close_after"), ("interim=200", "interim"),
    ("interim=101", "interim"), ("status=204&bytes=5", "bytes"), ("status=204&fault=truncate", "fault"),
    ("delay=1ms&delay=2ms", "delay"), ("close_after=0", "close_after"), ("location=%0d%0aX:y", "location"),
    ("rate=1&bytes=1M", "rate"), ("drip=100s&chunks=10&bytes=10", "drip"), ("retry_after=301", "retry_after"),
    ("delay=200s&header_pause=200s", "delay"), ("fault=hang&status=500", "status"), ("fault=reset&bytes=5", "bytes"),
    ("fault=empty&retry_after=5", "retry_after"), ("fault=garbage&close=1", "close"), ("fault=malformed&location=/x", "location"),
    ("fault=two_lengths&bytes=5", "bytes"), ("fault=truncate&header_pause=1ms", "header_pause"), ("fault=idle_408&close=1", "close"),
    ("fault=keep_alive_race&close_after=2", "close"), ("fault=http_1_0&close=1", "close"), ("idle=1ms", "idle"), ("fault=idle_408@5", "idle_408"),
])
def test_bad_parameters_are_refused_by_name(server, query, named):
    got = server.ask(f"/x?{query}")
    assert got.status == 400 and named in got.body.decode()


def test_an_attempt_beyond_the_last_is_refused(server):
    assert server.ask("/item/1?attempt=31").status == 200
    assert server.ask("/item/1?attempt=32").status == 400
