"""What a reply owes to its request, whatever its fate: no body to HEAD, nothing of HTTP/1.1 to HTTP/1.0, a Date, the fields that its status
demands; and one meaning for both forms of a target.

SPDX-License-Identifier: Apache-2.0
"""
import email.utils
import socket
import time

import pytest

from wire import Seen, Server, plain_profile, reply, request, until_end

PATHS = ["/nope", "/ready", "/", "/get", "/x?bytes=100", "/x?status=503&chunks=3", "/x?unknown=1", "/x?fault=chunk_bytes", "/x?fault=close_delimited", "/x?fault=long_body",
         "/status/418", "/post", "/flags/br/br.gif", "/flags/xx/xx.gif", "/item/0", "/item/99999", "/drip?duration=0&numbytes=5", "/x?bytes=50&pieces=5&drip=1ms"]


@pytest.mark.parametrize("path", PATHS)
def test_head_has_no_body_anywhere(server, path):
    head = server.ask(path, method="HEAD")
    assert head.body == b"" and head.status in (200, 400, 404, 405, 418, 503)


@pytest.mark.parametrize("raw", [b"HEAD / \r\n\r\n", b"HEAD /x HTTP/1.1\nHost: a\r\n\r\n", b"HEAD /x HTTP/1.1\r\nHost: a b\r\n\r\n", b"HEAD /" + b"a" * 9000])
def test_head_has_no_body_where_it_is_refused(server, raw):
    assert server.tell(raw).body == b""


def test_head_leaves_the_connection_in_step(server):
    with server.connect() as connection:
        for path in ("/nope", "/x?bytes=9", "/status/404"):
            connection.sendall(request(path, method="HEAD") + request("/x?bytes=3"))
            received = b""
            while not received.endswith(b"\r\n\r\n"):
                received += connection.recv(1)
            assert int(Seen(received, "open").fields("Content-Length")[0]) >= 0
            assert len(reply(connection).body) == 3


def control(server, raw: bytes) -> Seen:
    with server.connect(server.control_port) as connection:
        connection.sendall(raw)
        return until_end(connection)


@pytest.mark.parametrize("path", ["/state", "/nope", "/end", "/ledger"])
def test_head_has_no_body_on_the_control_port(server, path):
    got = control(server, request(path, method="HEAD") + request("/state", "Connection: close"))
    first, _, rest = got.bytes.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 ") and rest.startswith(b"HTTP/1.1 200"), rest


def http_1_0(server, target: str, *fields: str, method: str = "GET", body: bytes = b"") -> Seen:
    return server.tell("\r\n".join([f"{method} {target} HTTP/1.0", *fields, "", ""]).encode() + body)


@pytest.mark.parametrize("target", ["/x?bytes=50&chunks=5", "/x?fault=chunk_bytes&bytes=50", "/x?fault=chunk_trailers&bytes=50", "/stream-bytes/50?chunk_size=7"])
@pytest.mark.parametrize("fields", [[], ["Connection: keep-alive"]])
def test_http_1_0_gets_no_chunks(server, target, fields):
    got = http_1_0(server, target, *fields)
    assert got.fields("Transfer-Encoding") == [] and got.fields("Trailer") == [] and got.fields("Connection") == ["close"]
    assert len(got.body) == 50 and got.end == "FIN"


def test_http_1_0_sees_that_a_body_is_cut(server):
    got = http_1_0(server, "/x?fault=truncate_chunked&bytes=50")
    assert got.fields("Transfer-Encoding") == [] and len(got.body) < int(got.fields("Content-Length")[0])


@pytest.mark.parametrize("target", ["/x?interim=103&bytes=5", "/x?fault=interim&bytes=5"])
def test_http_1_0_gets_nothing_interim(server, target):
    got = http_1_0(server, target)
    assert got.status == 200 and got.body.count(b"HTTP/") == 0


def test_http_1_0_is_not_told_to_go_on(server):
    with server.connect() as connection:
        connection.sendall(b"POST /echo HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
        connection.sendall(b"body")
        assert until_end(connection).status == 200


@pytest.mark.parametrize("path", PATHS + ["/x?status=204", "/x?fault=http_1_0", "/x?fault=truncate", "/x?fault=two_lengths", "/status/401", "*"])
def test_every_reply_has_a_date(server, path):
    got = server.ask(path, method="OPTIONS" if path == "*" else "GET")
    (date,) = got.fields("Date")
    assert abs(email.utils.parsedate_to_datetime(date).timestamp() - time.time()) < 30 and date.endswith(" GMT") and len(date) == 29


def test_refusals_and_the_control_port_have_a_date(server):
    assert len(server.tell(b"GET / \r\n\r\n").fields("Date")) == 1
    assert len(control(server, request("/state", "Connection: close")).fields("Date")) == 1
    assert len(control(server, b"nonsense\r\n\r\n").fields("Date")) == 1


def test_counted_replies_have_a_date():
    with Server() as server:
        server.begin(plain_profile(faults=[{"fault": "status", "status": 401, "ppm": 500_000}]), items=2)
        replies = [server.ask(f"/item/{item}") for item in range(2)]
        server.end()
    assert all(len(got.fields("Date")) == 1 for got in replies)
    assert [len(got.fields("WWW-Authenticate")) for got in sorted(replies, key=lambda got: got.status)] == [0, 1]


@pytest.mark.parametrize("status, field", [(401, "WWW-Authenticate"), (405, "Allow"), (407, "Proxy-Authenticate"), (426, "Upgrade")])
@pytest.mark.parametrize("target", ["/x?status={}", "/status/{}", "/x?status={}&chunks=2", "/x?status={}&fault=close"])
def test_a_status_brings_the_field_it_may_not_come_without(server, status, field, target):
    got = server.ask(target.format(status))
    assert got.status == status and len(got.fields(field)) == 1


@pytest.mark.parametrize("path", ["/ready", "/item/0", "/item/0?bytes=5", "/get?a=1&a=2", "/nope", "/x?status=418", "/flags/br/metadata.json", "/", "/anything/below?q"])
@pytest.mark.parametrize("base", ["http://test", "http://other:80", "HTTP://test".lower()])
def test_both_forms_of_a_target_mean_the_same(server, path, base):
    plain, absolute = server.ask(path), server.ask(base + path)
    assert (absolute.status, len(absolute.body) - len(plain.body)) == (plain.status, (len(base) - len("http://test")) if b'"url"' in plain.body else 0)


def test_an_absolute_target_may_end_with_the_host(server):
    assert server.ask("http://test").body == server.ask("/").body
    assert server.ask("http://test?status=418").status == 418
    assert server.ask("http://test", method="OPTIONS").fields("Allow")


def test_an_item_counts_in_either_form():
    with Server() as server:
        server.begin(plain_profile(), items=2)
        for target in ("/item/0", "http://test/item/1"):
            assert server.ask(target).fields("X-Times")
        ledger = server.end()
        assert (ledger["unique"], ledger["missing"]) == (2, 0)
        assert control(server, request("http://test/state", "Connection: close")).status == 200


@pytest.mark.parametrize("target", ["ready", "ftp://test/ready", "http:///ready", "http://a b/ready", "http://u@h/ready", "*", "http://:80/"])
def test_what_is_no_target_is_refused(server, target):
    assert server.ask(target).status == 400


def test_options_asks_of_the_server(server):
    got = server.ask("*", method="OPTIONS")
    assert (got.status, got.body) == (200, b"") and "GET" in got.fields("Allow")[0]


def test_connect_is_not_for_this_server(server):
    assert server.ask("test:80", method="CONNECT").status == 501


def test_ipv6_is_listened_on_too():
    with Server("--listen-anywhere", "--fault-ports") as server:
        assert server.ask("/ready").status == 200
        try:
            connection = socket.create_connection(("::1", server.port), timeout=30)
        except OSError as error:
            if error.errno in (97, 99):  # EAFNOSUPPORT, EADDRNOTAVAIL
                pytest.skip(f"this host has no IPv6 loopback: {error}")
            raise
        with connection:
            connection.sendall(request("/ip", "Connection: close"))
            assert b"::1" in until_end(connection).body
        assert b'"127.0.0.1"' in server.ask("/ip").body
        with pytest.raises((ConnectionResetError, ConnectionRefusedError)):
            server.connect(server.ready["fault_ports"]["refused"])
