"""Each limit of docs/server.md, at the last byte that passes and at the first that does not; what is refused is refused at once.

SPDX-License-Identifier: Apache-2.0
"""
import pytest

from wire import reply, request, until_end

LINE = 8 * 1024  # of the request line without CRLF
FIELDS = 16 * 1024  # of the field lines with CRLF


def status(server, raw: bytes) -> int:
    with server.connect() as connection:
        connection.sendall(raw)
        return reply(connection).status


def line(length: int, method: str = "GET") -> bytes:
    padding = length - len(f"{method} /echo? HTTP/1.1")
    return f"{method} /echo?{'a' * padding} HTTP/1.1\r\nHost: a\r\n\r\n".encode()


def fields(length: int, name: str = "X") -> bytes:
    padding = length - len(f"Host: a\r\n{name}: \r\n")
    return f"GET /echo HTTP/1.1\r\nHost: a\r\n{name}: {'x' * padding}\r\n\r\n".encode()


def in_chunks(rest: bytes) -> bytes:
    return b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + rest


def test_the_request_line(server):
    assert status(server, line(LINE)) == 200
    assert status(server, line(LINE + 1)) == 414
    assert status(server, line(LINE, "M" * 100)) == 200
    assert status(server, line(LINE + 1, "M" * 100)) == 414


def test_a_method_that_is_longer_than_any(server):
    for length in (LINE + 1, 24_000):
        assert status(server, b"M" * length + b" /echo HTTP/1.1\r\nHost: a\r\n\r\n") == 501


@pytest.mark.parametrize("length", [LINE + 2, 30_000])
def test_a_long_target_is_refused_before_it_ends(server, length):
    assert status(server, b"GET /" + b"a" * length) == 414


def test_the_header(server):
    assert status(server, fields(FIELDS)) == 200
    assert status(server, fields(FIELDS + 1)) == 431
    long_line = line(LINE)[:-2]  # one limit is not taken from the other
    assert status(server, long_line + fields(FIELDS)[len(b"GET /echo HTTP/1.1\r\nHost: a\r\n"):]) == 200


def test_a_long_header_is_refused_before_it_ends(server):
    assert status(server, fields(30_000)[:24_000]) == 431


def test_a_header_of_many_short_lines(server):
    assert status(server, request("/echo", *["X-N: " + "y" * 155] * 99)) == 200
    assert status(server, request("/echo", *["X-N: " + "y" * 165] * 99)) == 431


def test_the_fields(server):
    assert status(server, request("/echo", *["X: y"] * 99)) == 200
    assert status(server, request("/echo", *["X: y"] * 100)) == 431


def test_the_body(server):
    assert status(server, request("/x?bytes=1", "Content-Length: 1048576", method="POST") + b"b" * 1048576) == 200
    assert server.tell(request("/x?bytes=1", "Content-Length: 1048577", method="POST")).status == 413
    assert status(server, in_chunks(b"100000\r\n" + b"b" * 1048576 + b"\r\n0\r\n\r\n")) == 200
    assert server.tell(in_chunks(b"100001\r\n")).status == 413
    assert server.tell(in_chunks(b"1\r\na\r\n100000\r\n")).status == 413


def extended(length: int) -> bytes:
    """Chunks whose extensions have `length` bytes, of the semicolon to the CR."""
    return in_chunks(b"1;a=" + b"e" * (length - 3 - 1) + b"\r\nx\r\n0\r\n\r\n")


def test_chunk_extensions(server):
    assert status(server, extended(FIELDS)) == 200
    assert server.tell(extended(FIELDS + 1)).status == 413
    assert server.tell(in_chunks(b"1;" + b"e" * 60_000)).status == 413
    assert server.tell(in_chunks((b"1;" + b"e" * 1000 + b"\r\nx\r\n") * 17)).status == 413, "of all chunks together"


def test_trailers(server):
    assert status(server, in_chunks(b"0\r\nT: " + b"t" * (FIELDS - 5) + b"\r\n\r\n")) == 200
    assert server.tell(in_chunks(b"0\r\nT: " + b"t" * (FIELDS - 4) + b"\r\n\r\n")).status == 431
    assert server.tell(in_chunks(b"0\r\nT: " + b"t" * 60_000)).status == 431
    assert status(server, in_chunks(b"0\r\n" + b"T: t\r\n" * 100 + b"\r\n")) == 200
    assert server.tell(in_chunks(b"0\r\n" + b"T: t\r\n" * 101 + b"\r\n")).status == 431


def test_extensions_and_trailers_change_nothing(server):
    with server.connect() as connection:
        connection.sendall(in_chunks(b'2 ; a = "b;\\"\r" ;c\r\nxy\r\n001;d=e\r\nz\r\n000\r\nX-Fate-Status: 418\r\n\r\n'.replace(b"\r\"", b"\"")))
        got = reply(connection)
        assert (got.status, got.body) == (200, b"xyz")
        connection.sendall(request("/echo", "Connection: close"))
        assert until_end(connection).status == 200
