"""Requests are read as RFC 9112 says: what is malformed gets 400 and the close, what is incomplete is waited for.

SPDX-License-Identifier: Apache-2.0
"""
import time

import pytest

from wire import WAIT, reply, request, silent, until_end

GOOD = b"GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("name, raw", [
    ("bare LF", b"GET /ready HTTP/1.1\nHost: a\n\n"),
    ("bare LF in a field", b"GET /ready HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    ("bare CR in a field", b"GET /ready HTTP/1.1\r\nHost: a\rb\r\n\r\n"),
    ("folded with a blank", b"GET /ready HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
    ("folded with a tab", b"GET /ready HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"),
    ("blank before the colon", b"GET /ready HTTP/1.1\r\nHost : a\r\n\r\n"),
    ("no colon", b"GET /ready HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n"),
    ("empty name", b"GET /ready HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
    ("NUL in a value", b"GET /ready HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
    ("no Host", b"GET /ready HTTP/1.1\r\n\r\n"),
    ("two Hosts", b"GET /ready HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("two lengths that agree", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"),
    ("two lengths in one field", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx"),
    ("signed length", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx"),
    ("negative length", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx"),
    ("hexadecimal length", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx"),
    ("length beyond 64 bits", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx"),
    ("both framings", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("both framings the other way", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    ("chunk size that is none", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"),
    ("chunk size with 0x", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
    ("chunk size too large", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n"),
    ("chunk longer than its size", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"),
    ("chunk size with a sign", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n"),
    ("bare LF after a chunk size", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"),
    ("no CRLF after a chunk", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc0\r\n\r\n"),
    ("bare LF in a trailer", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: r\nU: v\r\n\r\n"),
    ("blank before the colon of a trailer", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT : r\r\n\r\n"),
    ("folded first field", b"GET /ready HTTP/1.1\r\n Host: a\r\n\r\n"),
    ("Transfer-Encoding in HTTP/1.0", b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("two blanks in the request line", b"GET  /ready HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("no version", b"GET /ready\r\nHost: a\r\n\r\n"),
    ("no version, and the end", b"GET /ready \r\n\r\n"),
    ("no version, and no blank", b"GET /ready\r\n\r\n"),
    ("no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a blank in the target", b"GET /re ady HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a version in lower case", b"GET /ready http/1.1\r\nHost: a\r\n\r\n"),
    ("a version without minor", b"GET /ready HTTP/1\r\nHost: a\r\n\r\n"),
    ("a version of three digits", b"GET /ready HTTP/1.10\r\nHost: a\r\n\r\n"),
    ("a blank behind the version", b"GET /ready HTTP/1.1 \r\nHost: a\r\n\r\n"),
    ("a tab in the request line", b"GET\t/ready HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("Host with a blank", b"GET /ready HTTP/1.1\r\nHost: a b\r\n\r\n"),
    ("Host with a user", b"GET /ready HTTP/1.1\r\nHost: u@h\r\n\r\n"),
    ("Host with a path", b"GET /ready HTTP/1.1\r\nHost: h/path\r\n\r\n"),
    ("two hosts in a Host", b"GET /ready HTTP/1.1\r\nHost: a,b\r\n\r\n"),
    ("Host with a port that is none", b"GET /ready HTTP/1.1\r\nHost: a:http\r\n\r\n"),
    ("Host with a scheme", b"GET /ready HTTP/1.1\r\nHost: http://a\r\n\r\n"),
    ("Host with an open bracket", b"GET /ready HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    ("Host of IPv6 without brackets", b"GET /ready HTTP/1.1\r\nHost: ::1\r\n\r\n"),
    ("chunked, gzip", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n"),
    ("gzip alone", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
    ("chunked twice", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n"),
    ("chunked twice in two fields", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ("chunked with words", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked foo\r\n\r\n"),
    ("no transfer coding", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"),
    *((f"bare LF in a chunked body: {rest!r}", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + rest) for rest in (
        b"0\n\n", b"0\n", b"0\r\n\n", b"0;x=y\n", b"3\nabc\n0\n\n", b"3\r\nabc\n", b"0\r\nT: r\n", b"0\r\nT: r\n\r\n", b"1;x\na")),
    *((f"malformed chunk: {rest!r}", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + rest) for rest in (
        b"\r\n", b";x\r\n", b"3 \r\nabc", b"3;\r\n", b"3;=y\r\n", b"3;x=\r\n", b"3;x y\r\n", b"0\r\n T: r\r\n", b"0\r\nT r\r\n", b"0\r\n: r\r\n",
        b"0\r\nT: \0\r\n", b"0\r\nT: r\rx", b"f" * 17 + b"\r\n", b"0" * 40 + b"\r\n", b"1\r\na\rx", b"1\r\nab")),
    ("no method", b" /ready HTTP/1.1\r\nHost: a\r\n\r\n"),
])
def test_malformed_requests_get_400_and_the_close(server, name, raw):
    got = server.tell(raw)
    assert (got.status, got.end) == (400, "FIN"), name
    assert got.fields("Connection") == ["close"] and len(got.body) > 5, "the reason is told"


@pytest.mark.parametrize("reason, raw", [
    ("ends in LF without CR", b"GET /ready HTTP/1.1\nHost: a\r\n\r\n"),
    ("obs-fold", b"GET /ready HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
    ("Host is missing", b"GET /ready HTTP/1.1\r\n\r\n"),
    ("Host is given twice", b"GET /ready HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("Content-Length is given twice", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx"),
    ("both Content-Length and Transfer-Encoding", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ("both Content-Length and Transfer-Encoding", b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
    ("Transfer-Encoding in HTTP/1.0", b"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
])
def test_the_reason_is_told_in_words(server, reason, raw):
    got = server.tell(raw)
    assert got.status == 400 and reason in got.body.decode()


def test_other_versions_get_505(server):
    for version in ("HTTP/2.0", "HTTP/0.9", "HTTP/1.2"):
        assert server.tell(f"GET /ready {version}\r\nHost: a\r\n\r\n".encode()).status == 505


def test_other_transfer_codings_get_501(server):
    for fields in (b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"):
        assert server.tell(b"POST /echo HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n\r\n").status == 501


@pytest.mark.parametrize("host", ["", "a", "a.b:80", "a:", "127.0.0.1:8080", "[::1]", "[::1]:8080", "a_b-c~d", "%41", "x!$&'()*+;="])
def test_valid_hosts_pass(server, host):
    assert server.tell(f"GET /ready HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()).status == 200


def test_a_request_may_come_byte_by_byte(server):
    with server.connect() as connection:
        for byte in GOOD[:-1]:
            connection.sendall(bytes([byte]))
        assert silent(connection, 0.05)
        connection.sendall(GOOD[-1:])
        assert reply(connection).status == 200


def test_a_chunked_body_may_come_byte_by_byte(server):
    with server.connect() as connection:
        for byte in b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: r\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert reply(connection).body == b"abcde"


def test_an_empty_chunked_body_may_come_byte_by_byte(server):
    with server.connect() as connection:
        for byte in b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert reply(connection).status == 200


def test_empty_lines_before_a_request_are_skipped(server):
    with server.connect() as connection:
        connection.sendall(b"\r\n\r\n" + GOOD)
        assert reply(connection).status == 200


def test_pipelined_requests_are_answered_in_order(server):
    with server.connect() as connection:
        connection.sendall(b"".join(request(f"/x?bytes={n}&delay={10 - n}ms") for n in range(1, 9)))
        assert [len(reply(connection).body) for _ in range(8)] == list(range(1, 9))


def test_the_absolute_form_is_understood(server):
    assert server.ask("http://test/x?status=418").status == 418


def test_http_1_0_closes_unless_asked_to_stay(server):
    assert server.tell(b"GET /ready HTTP/1.0\r\n\r\n").end == "FIN"
    with server.connect() as connection:
        for _ in range(2):
            connection.sendall(b"GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert reply(connection).fields("Connection") == ["keep-alive"]


def test_expect_100_continue_is_answered_before_the_body(server):
    with server.connect() as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        assert reply(connection).status == 100
        connection.sendall(b"body")
        assert reply(connection).body == b"body"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_echo_takes_any_method_and_body(server, method):
    with server.connect() as connection:
        connection.sendall(request("/echo", "Content-Length: 3", method=method) + b"a\0\n")
        assert reply(connection).body == b"a\0\n"


@pytest.mark.parametrize("status, raw", [
    (414, b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    (431, b"GET /ready HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 30_000 + b"\r\n\r\n"),
    (431, b"GET /ready HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 101 + b"\r\n"),
    (413, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"),
])
def test_requests_beyond_the_limits(server, status, raw):
    got = server.tell(raw)
    assert (got.status, got.end) == (status, "FIN")


def test_requests_at_the_limits(server):
    with server.connect() as connection:
        connection.sendall(request("/x?bytes=1", *["X: y"] * 98))
        assert reply(connection).status == 200
        connection.sendall(request("/echo", "Content-Length: 1048576", method="POST") + b"e" * 1048576)
        assert reply(connection).body == b"e" * 1048576


def test_bodies_are_drained_where_nobody_wants_them(server):
    with server.connect() as connection:
        for framing, body in (("Content-Length: 1048576", b"d" * 1048576),
                              ("Transfer-Encoding: chunked", b"80000\r\n" + b"d" * 0x80000 + b"\r\n0\r\n\r\n")):
            connection.sendall(request("/x?bytes=5", framing, method="POST") + body)
            assert len(reply(connection).body) == 5


def test_a_chunked_body_beyond_the_limit(server):
    with server.connect() as connection:
        connection.sendall(request("/x?bytes=5", "Transfer-Encoding: chunked", method="POST") + b"100001\r\n" + b"d" * 0x100001)
        got = until_end(connection)
    assert (got.status, got.end) == (413, "FIN")


def test_what_begins_must_come_in_time(server):
    """A header within 5 s however it trickles; a body without a pause of 5 s."""
    trickling, starting, pausing, coming = (server.connect() for _ in range(4))
    starting.sendall(GOOD[:10])
    pausing.sendall(request("/x?bytes=1", "Content-Length: 2", method="POST") + b"1")
    coming.sendall(request("/x?bytes=1", "Content-Length: 20", method="POST"))
    header = request("/x?bytes=1", "X-Slow: " + "s" * 100)
    start, sent = time.monotonic(), 0
    while silent(trickling, 0.4):
        trickling.sendall(header[sent:sent + 1])
        coming.sendall(b"b")
        sent += 1
        assert time.monotonic() < start + WAIT
    for late in (trickling, starting, pausing):
        got = until_end(late)
        assert (got.status, got.end) == (408, "FIN")
        late.close()
    assert time.monotonic() >= start + 4.5
    coming.sendall(b"b" * (20 - sent))
    assert len(reply(coming).body) == 1
    coming.close()
