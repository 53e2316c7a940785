"""Clients that leave during a delay are seen at once, counted, and no longer in flight.

SPDX-License-Identifier: Apache-2.0
"""
import socket
import struct

import pytest

from wire import delayed, eventually, plain_profile, reply, request


@pytest.mark.parametrize("reset", [False, True])
def test_a_client_that_leaves_is_no_longer_in_flight(server, reset):
    server.begin(plain_profile(delay=delayed(60_000_000)), items=10, in_flight=10)
    connections = [server.connect() for _ in range(10)]
    for item, connection in enumerate(connections):
        connection.sendall(request(f"/item/{item}"))
    eventually(lambda: server.state()["in_flight"] == 10, "all under way")
    for connection in connections:
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    eventually(lambda: server.state() == {"connections_open": 0, "in_flight": 0, "run": "test"}, "all gone, long before the delay")
    ledger = server.end()
    assert (ledger["cut_by_client"], ledger["completed"], ledger["in_flight"]) == (10, 0, 0)


def test_a_client_that_leaves_amid_a_large_body_is_counted(server):
    server.begin(plain_profile(bytes=[50_000_000, 50_000_000]), items=1)
    with server.connect() as connection:
        connection.sendall(request("/item/0"))
        connection.recv(1000)
    eventually(lambda: server.state()["connections_open"] == 0, "the connection closed")
    assert server.end()["cut_by_client"] == 1


def test_requests_sent_ahead_of_a_delay_are_kept(server):
    server.begin(plain_profile(delay=delayed(30_000)), items=3)
    with server.connect() as connection:
        for item in range(3):
            connection.sendall(request(f"/item/{item}"))
        assert [reply(connection).status for _ in range(3)] == [200, 200, 200]
    ledger = server.end()
    assert (ledger["completed"], ledger["peak_in_flight"]) == (3, 1)


@pytest.mark.parametrize("fault", ["hang", "hang_header", "stall"])
def test_a_client_that_sends_ahead_of_a_hang_is_kept_and_its_leaving_seen(server, fault):
    server.begin(plain_profile(faults=[{"fault": fault, "status": 200, "ppm": 1_000_000}]), items=1)
    with server.connect() as connection:
        connection.sendall(request("/item/0") + request("/ready") * 3000)  # more than the server's buffer
        eventually(lambda: server.state()["in_flight"] == 1, "the request under way")
        connection.setblocking(False)
        sent = bytearray()
        try:
            while byte := connection.recv(1 << 16):
                sent += byte
            raise AssertionError("the server closed")
        except BlockingIOError:
            pass
        connection.setblocking(True)
        assert server.state() == {"connections_open": 1, "in_flight": 1, "run": "test"}
    eventually(lambda: server.state() == {"connections_open": 0, "in_flight": 0, "run": "test"}, "the client's leaving was seen")
    assert server.end()["cut_by_client"] == 1
