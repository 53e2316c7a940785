"""The control port reads requests as the data port does: what is too large, malformed or of the wrong method gets an answer, and then the next
one is served.

SPDX-License-Identifier: Apache-2.0
"""
import json
import subprocess

import pytest

from wire import WAIT, Seen, Server, plain_profile, request, until_end


@pytest.fixture()
def tell(server):
    def told(raw: bytes) -> Seen:
        with server.connect(server.control_port) as connection:
            connection.sendall(raw)
            return until_end(connection)
    yield told
    assert server.state()["run"] is None


def post(body: bytes, *fields: str) -> bytes:
    return request("/begin", f"Content-Length: {len(body)}", *fields, method="POST") + body


@pytest.mark.parametrize("status, raw", [
    (413, request("/begin", "Content-Length: 1048577", method="POST")),
    (413, request("/begin", "Content-Length: 99999999999", method="POST")),
    (413, request("/begin", "Transfer-Encoding: chunked", method="POST") + b"100001\r\n"),
    (400, b"nonsense\r\n\r\n"), (400, b"GET /state \r\n\r\n"), (400, b"GET /state HTTP/1.1\nHost: a\n\n"), (400, b"GET /state HTTP/1.1\r\n\r\n"),
    (400, b"GET /state HTTP/1.1\r\nHost: a b\r\n\r\n"), (400, b"GET /state HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"), (400, b"GET state HTTP/1.1\r\nHost: a\r\n\r\n"),
    (400, request("/begin", "Transfer-Encoding: chunked", method="POST") + b"xyz\r\n"), (505, b"GET /state HTTP/3.0\r\nHost: a\r\n\r\n"),
    (414, b"GET /" + b"a" * 10_000), (431, request("/state", "X: " + "y" * 20_000)),
])
def test_what_cannot_be_read_is_answered_and_closed(tell, status, raw):
    got = tell(raw)
    assert (got.status, got.end, got.fields("Connection")) == (status, "FIN", ["close"])
    assert len(json.loads(got.body)["error"]) > 5


def test_a_body_that_is_too_large_does_not_break_the_reply(server):
    """Two mebibytes are on their way when the answer comes; it must arrive all the same, also to curl, which waits to be told to go on."""
    with server.connect(server.control_port) as connection:
        connection.sendall(post(b" " * (2 << 20)))
        got = until_end(connection)
    assert (got.status, got.end) == (413, "FIN")
    curl = subprocess.run(["curl", "-s", "-m", str(int(WAIT)), "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@-",
                           f"http://127.0.0.1:{server.control_port}/begin"], input=b" " * (2 << 20), capture_output=True, timeout=2 * WAIT)
    assert curl.stdout == b"413"


def test_a_body_of_a_mebibyte_is_read(server):
    run = json.dumps({"run": "r", "seed": 1, "items": 1, "in_flight": 1, "profile": plain_profile()})
    assert server.control("POST", "/begin", run + " " * ((1 << 20) - len(run)))[0] == 200
    assert server.end()["run"] == "r"


def test_a_client_that_waits_to_go_on_is_told(server):
    with server.connect(server.control_port) as connection:
        connection.sendall(request("/begin", "Content-Length: 2", "Expect: 100-continue", "Connection: close", method="POST"))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert until_end(connection).status == 400


@pytest.mark.parametrize("method, path, allowed", [("GET", "/begin", "POST"), ("DELETE", "/state", "GET, HEAD"), ("POST", "/ledger", "GET, HEAD"), ("PUT", "/end", "POST")])
def test_another_method_is_told_which(tell, method, path, allowed):
    got = tell(request(path, "Connection: close", method=method))
    assert got.status == 405 and got.fields("Allow") == [allowed]


def test_requests_may_come_in_pieces_and_in_a_row(server):
    with server.connect(server.control_port) as connection:
        for byte in request("/state"):
            connection.sendall(bytes([byte]))
        connection.sendall(b"\r\n" + request("http://test/state") + request("/nope") + b"GET /state HTTP/1.0\r\n\r\n")
        got = until_end(connection)
    assert [line.split(b" ")[1] for line in got.bytes.split(b"\r\n") if b"HTTP/1.1 " in line] == [b"200", b"200", b"404", b"200"] or got.bytes.count(b"HTTP/1.1 200") == 3
