"""33 shapes of requests, the ones that conformance testers of HTTP/1.1 servers send: a prefix is waited for, a valid request is answered,
and an invalid one is refused at once.

SPDX-License-Identifier: Apache-2.0
"""
import pytest

from wire import WAIT, request, silent, until_end

WHOLE = b"GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n"
LINE = b"GET /echo HTTP/1.1\r\n"
HOST = b"Host: one.example\r\n"

# Where a request may be cut so that nobody can judge it yet.
PREFIXES = [WHOLE[:end] for end in (1, 4, 9, 10, 14, 18, 19, 20, 23, 25, 26, 35, 36, 37, 38)]
GOOD = {
    "a plain one": (LINE + HOST + b"\r\n", b""),
    "odd cases, a tab, and an empty field": (LINE + b"hoST:\tone.example\r\nnothing:\r\n\r\n", b""),
    "a field of a blank": (LINE + HOST + b"X-Blank: \r\n\r\n", b""),
    "with a body": (b"POST /echo HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello", b"hello"),
    "with a body in chunks": (b"POST /echo HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nb\r\nhello there\r\n0\r\n\r\n", b"hello there"),
    "that expects to go on, and has no body": (LINE + HOST + b"Expect: 100-continue\r\n\r\n", b""),
}
BAD = {
    "no version": (b"GET /echo \r\n\r\n", {400}),
    "brackets in a name": (LINE + HOST + b"X-Odd[]: x\r\n\r\n", {400}),
    "no Host": (LINE + b"Content-Length: 5\r\n\r\n", {400}),
    "two Hosts": (LINE + HOST + b"Host: two.example\r\n\r\n", {400}),
    "a length far below zero": (LINE + HOST + b"Content-Length: -" + b"9" * 27 + b"\r\n\r\n", {400}),
    "a length below zero": (LINE + HOST + b"Content-Length: -12\r\n\r\n", {400}),
    "a length that is none": (LINE + HOST + b"Content-Length: five\r\n\r\n", {400}),
    "a bell in a value": (LINE + HOST + b"X-Bell: ring\x07\r\n\r\n", {400}),
    "a version nobody has": (b"GET /echo HTTP/9.9\r\n" + HOST + b"\r\n", {505}),
    "words before the method": (b"Some words" + WHOLE, {400}),
    "a lone CR before a field": (LINE + HOST + b"\rX-Odd: x\r\n\r\n", {400}),
    "two framings, in odd cases": (b"POST /echo HTTP/1.1\r\n" + HOST + b"content-LENGTH: 5\r\nTransFER-encoding: chunked\r\n\r\nb\r\nhello there\r\n0\r\n\r\n", {400}),
}


def test_there_are_as_many_as_that():
    assert len(PREFIXES) + len(GOOD) + len(BAD) == 33 and len(set(PREFIXES)) == 15


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_prefix_is_waited_for(server, prefix):
    with server.connect() as connection:
        connection.sendall(prefix)
        assert silent(connection, 0.05)
        connection.sendall(WHOLE[len(prefix):])
        assert connection.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("shape", GOOD)
def test_a_good_one_is_answered(server, shape):
    raw, body = GOOD[shape]
    with server.connect() as connection:
        connection.sendall(raw + request("/echo", "Connection: close"))
        got = until_end(connection)
    assert got.bytes.count(b"HTTP/1.1 200 OK") == 2 and got.body.startswith(body + b"HTTP/1.1 200")


@pytest.mark.parametrize("shape", BAD)
def test_a_bad_one_is_refused_at_once(server, shape):
    """At once: what is waited for gets 408 after five seconds."""
    raw, statuses = BAD[shape]
    got = server.tell(raw)
    assert got.status in statuses and got.end == "FIN"


@pytest.mark.parametrize("shape", GOOD | BAD)
def test_the_root_does_as_well_as_echo(server, shape):
    """Testers know no other path: GET has a page there, and what brings a body gets it back."""
    raw = (GOOD | BAD)[shape][0].replace(b" /echo ", b" / ")
    with server.connect() as connection:
        connection.sendall(raw + (request("/echo", "Connection: close") if shape in GOOD else b""))
        got = until_end(connection)
    if shape in BAD:
        assert got.status in BAD[shape][1]
    else:
        assert got.status == 200 and (not GOOD[shape][1] or got.body.startswith(GOOD[shape][1] + b"HTTP/1.1 200"))
