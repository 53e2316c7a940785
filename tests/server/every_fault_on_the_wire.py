"""Each fault that can be dealt by seed, as the bytes and the end of connection that a client gets.

SPDX-License-Identifier: Apache-2.0
"""
import re

import pytest

import oracle
from wire import Server, plain_profile, reply, request, silent, until_end

ITEM, BYTES = 0, 1000
BODY = oracle.body(ITEM, BYTES)
LENGTH = f"Content-Length: {BYTES}".encode()


def dealt(server: Server, fault: str, status: int = 200):
    """The connection of a client that has asked for the one item of a run that deals `fault` to all."""
    server.begin(plain_profile(faults=[{"fault": fault, "status": status, "ppm": 1_000_000}]), items=1)
    connection = server.connect()
    connection.sendall(request(f"/item/{ITEM}"))
    return connection


def seen(server: Server, fault: str):
    with dealt(server, fault) as connection:
        result = until_end(connection)
    ledger = server.end()
    assert ledger["fates"] == {fault: 1}
    assert ledger["requests"] == 1 == ledger["completed"] + ledger["cut_by_server"]
    return result, ledger


def until_first_byte(connection) -> None:
    try:
        connection.recv(1)
    except ConnectionResetError:
        pass


def unchunked(body: bytes) -> tuple[list[bytes], list[bytes], bytes]:
    """Chunks, extensions, and what follows the last chunk's line."""
    chunks, extensions = [], []
    while True:
        line, _, body = body.partition(b"\r\n")
        size, _, extension = line.partition(b";")
        extensions.append(extension)
        if int(size, 16) == 0:
            return chunks, extensions, body
        chunks.append(body[:int(size, 16)])
        assert body[int(size, 16):int(size, 16) + 2] == b"\r\n"
        body = body[int(size, 16) + 2:]


@pytest.mark.parametrize("status", [201, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 408, 410, 413, 418, 429, 431, 500,
                                    501, 502, 503, 504, 299, 599, 999])
def test_a_status_is_a_whole_reply(server, status):
    with dealt(server, "status", status) as connection:
        got = reply(connection)
        assert silent(connection, 0.01)
    assert (got.status, got.body) == (status, BODY)
    assert server.end()["fates"] == {f"status_{status}": 1}


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_body_has_none(server, status):
    with dealt(server, "status", status) as connection:
        got = reply(connection)
        assert silent(connection, 0.01)
    assert got.status == status and got.body == b"" and got.fields("Content-Length") == []
    server.end()


def test_chunked_replies_hold_the_body_and_keep_the_connection(server):
    with dealt(server, "chunked") as connection:
        received = b""
        while not received.endswith(b"0\r\n\r\n"):
            received += connection.recv(1 << 16)
        connection.sendall(request("/ready"))
        assert reply(connection).status == 200
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head and b"Content-Length" not in head
    assert b"".join(unchunked(body)[0]) == BODY
    server.end()


def test_chunk_bytes_are_chunks_of_one_byte(server):
    with dealt(server, "chunk_bytes") as connection:
        received = b""
        while not received.endswith(b"0\r\n\r\n"):
            received += connection.recv(1 << 16)
    chunks = unchunked(received.partition(b"\r\n\r\n")[2])[0]
    assert [len(chunk) for chunk in chunks] == [1] * BYTES and b"".join(chunks) == BODY
    server.end()


def test_chunk_trailers_come_with_extensions_before_them(server):
    with dealt(server, "chunk_trailers") as connection:
        received = b""
        while b"X-Bytes: 1000\r\n\r\n" not in received:
            received += connection.recv(1 << 16)
    chunks, extensions, trailers = unchunked(received.partition(b"\r\n\r\n")[2])
    assert b"".join(chunks) == BODY and extensions[0] == b"name=value;flag"
    assert re.fullmatch(rb"X-Digest: [0-9a-f]{8}\r\nX-Bytes: 1000\r\n\r\n", trailers)
    server.end()


@pytest.mark.parametrize("fault, version, length, close", [
    ("close_delimited", "HTTP/1.1", [], ["close"]),
    ("http_1_0", "HTTP/1.0", [str(BYTES)], []),
    ("close", "HTTP/1.1", [str(BYTES)], ["close"]),
])
def test_whole_replies_that_end_the_connection(server, fault, version, length, close):
    got, ledger = seen(server, fault)
    assert got.head.startswith(version + " 200 OK") and got.end == "FIN" and got.body == BODY
    assert (got.fields("Content-Length"), got.fields("Connection")) == (length, close)
    assert ledger["completed"] == 1


def test_interim_replies_precede_the_final_one(server):
    with dealt(server, "interim") as connection:
        codes = [reply(connection).status, reply(connection).status]
        final = reply(connection)
    assert codes == [100, 103] and final.status == 200 and final.body == BODY
    server.end()


def test_reset_after_is_a_whole_reply_and_then_a_reset(server):
    got, ledger = seen(server, "reset_after")
    assert (got.body, got.end, got.fields("Connection")) == (BODY, "RST", ["close"])
    assert ledger["completed"] == 1


@pytest.mark.parametrize("fault, end", [("truncate", "FIN"), ("reset_body", "RST")])
def test_half_of_the_body_and_then_the_end(server, fault, end):
    got, ledger = seen(server, fault)
    assert LENGTH in got.bytes and (got.body, got.end) == (BODY[:500], end) and ledger["cut_by_server"] == 1


def test_truncate_chunked_lacks_its_last_chunk(server):
    got, _ = seen(server, "truncate_chunked")
    assert got.end == "FIN" and got.body == b"3e8\r\n" + BODY + b"\r\n"


@pytest.mark.parametrize("fault, end", [("empty", "FIN"), ("reset", "RST")])
def test_the_end_without_a_byte(server, fault, end):
    got, ledger = seen(server, fault)
    assert (got.bytes, got.end, ledger["cut_by_server"]) == (b"", end, 1)


def test_reset_header_ends_inside_the_header(server):
    got, _ = seen(server, "reset_header")
    assert got.end == "RST" and got.bytes.startswith(b"HTTP/1.1 200 OK\r\n") and b"\r\n\r\n" not in got.bytes


@pytest.mark.parametrize("fault, part", [("hang", b""), ("hang_header", b"X-Half: the end is mis"), ("stall", BODY[:500])])
def test_faults_that_never_end_wait_for_the_client(server, fault, part):
    with dealt(server, fault) as connection:
        received = b""
        while not received.endswith(part):
            received += connection.recv(1 << 16)
        assert silent(connection)
        assert server.state()["in_flight"] == 1
    ledger = server.end()
    assert ledger["cut_by_client"] == 1 and ledger["completed"] == 0
    assert ledger["hang_wait_ns"]["count"] == 1 and ledger["hang_wait_ns"]["max"] >= 190_000_000


@pytest.mark.parametrize("fault, pattern", [
    ("malformed", rb"HTTP/one 2OO what\r\n\r\n"),
    ("garbage", rb"\x16\x03\x01 this is not HTTP\r\n\r\n"),
    ("bad_header", rb"HTTP/1.1 200 OK\r\n.*\r\nX-Without-Colon\r\n.*"),
    ("nul_header", rb".*\r\nX-Nul: a\x00b\r\n.*"),
    ("bare_lf", rb".*\r\nX-One: 1\nX-Two: 2\r\n.*"),
    ("huge_header", rb".*\r\nX-Huge: h{65536}\r\n.*"),
    ("many_headers", rb".*\r\nX-0: 0\r\n.*\r\nX-9999: 9999\r\n.*"),
    ("bad_chunk", rb".*\r\n\r\n4\r\ngood\r\nxyz\r\n.*"),
    ("chunk_overflow", rb".*\r\n\r\n4\r\ngood\r\nf{17}\r\n.*"),
    ("both_framings", rb".*Content-Length: 4\r\nTransfer-Encoding: chunked\r\n.*"),
    ("two_lengths", rb".*Content-Length: 4\r\nContent-Length: 7\r\n.*"),
    ("negative_length", rb".*Content-Length: -1\r\n.*"),
])
def test_malformed_replies_say_what_they_should_and_end(server, fault, pattern):
    got, ledger = seen(server, fault)
    assert re.fullmatch(pattern, got.bytes, re.DOTALL) and got.end == "FIN" and ledger["cut_by_server"] == 1


@pytest.mark.parametrize("fault, extra", [
    ("long_body", b"and more than the length says"),
    ("two_replies", b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"),
])
def test_bytes_behind_the_end_come_after_the_close_was_announced(server, fault, extra):
    got, _ = seen(server, fault)
    assert LENGTH in got.bytes and got.fields("Connection")[0] == "close" and got.body == BODY + extra and got.end == "FIN"


def test_hostile_deals_every_fault_there_is():
    with Server("--profile", "hostile", "--items", "50", "--seed", "3") as hostile:
        hostile.begin(oracle.hostile(), items=50, seed=3)
        for item in range(50):
            with hostile.connect() as connection:
                connection.sendall(request(f"/item/{item}"))
                fate = oracle.Fates(oracle.hostile(), 3, 50).of(item)
                if fate.fault not in oracle.NEVER_END:
                    until_first_byte(connection)
        ledger = hostile.end()
    assert set(ledger["fates"]) >= set(oracle.FAULTS[2:]) and sum(ledger["fates"].values()) == 50
