"""The fault ports: what goes wrong before a request has been read.

SPDX-License-Identifier: Apache-2.0
"""
import socket
import time

import pytest

from wire import Server, eventually, reply, request, silent, until_end


@pytest.fixture(scope="module")
def ports():
    with Server("--fault-ports", "--late-accept", "300ms") as server:
        yield server.ready["fault_ports"]


def test_refused(ports):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports["refused"]), timeout=10)


def test_connect_timeout(ports):
    with pytest.raises(TimeoutError):
        socket.create_connection(("127.0.0.1", ports["connect_timeout"]), timeout=1.5)


def test_reset_on_accept(ports):
    try:
        with socket.create_connection(("127.0.0.1", ports["reset_on_accept"]), timeout=10) as connection:
            end = until_end(connection).end
    except ConnectionResetError:  # it came before connect() had returned
        end = "RST"
    assert end == "RST"


def test_late_accept_serves_late(ports):
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", ports["late_accept"]), timeout=10) as connection:
        connection.sendall(request("/ready"))
        assert reply(connection).status == 200
    assert time.monotonic() - start >= 0.3


def test_never_reads_lets_writes_block(ports):
    with socket.create_connection(("127.0.0.1", ports["never_reads"]), timeout=10) as connection:
        connection.setblocking(False)
        sent = 0

        def blocked() -> bool:
            nonlocal sent
            try:
                sent += connection.send(b"x" * (1 << 16))
                return False
            except BlockingIOError:
                return True

        eventually(blocked, "the send blocks")
        assert sent < 16 << 20 and silent(connection)


def test_never_reads_lets_go_of_clients_that_left():
    with Server("--fault-ports") as server:
        fds = lambda: len(list(__import__("pathlib").Path(f"/proc/{server.process.pid}/fd").iterdir()))
        before = fds()
        with socket.create_connection(("127.0.0.1", server.ready["fault_ports"]["never_reads"]), timeout=10) as connection:
            connection.sendall(b"unread")
            eventually(lambda: fds() == before + 1, "the connection accepted")
        eventually(lambda: fds() == before, "the connection closed")
