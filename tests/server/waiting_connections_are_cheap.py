"""What a connection costs that waits: memory alone, and little of it. No sanitizer could keep this promise.

SPDX-License-Identifier: Apache-2.0
"""
import pathlib
import resource

from wire import Server, delayed, eventually, plain_profile, request


def heap_kib(pid: int) -> int:
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split("RssAnon:")[1].split()[0])


def test_a_waiting_connection_takes_at_most_two_kib():
    count = 4000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with Server() as server:
        server.begin(plain_profile(delay=delayed(100_000_000)), items=count, in_flight=count)
        server.ask("/ready")
        before = heap_kib(server.process.pid)
        connections = [server.connect() for _ in range(count)]
        for item, connection in enumerate(connections):
            connection.sendall(request(f"/item/{item}"))
        eventually(lambda: server.state()["in_flight"] == count, "all under way")
        each = (heap_kib(server.process.pid) - before) * 1024 / count
        for connection in connections:
            connection.close()
        eventually(lambda: server.state()["connections_open"] == 0, "all closed")
        assert server.end()["cut_by_client"] == count
    assert each <= 2048, f"{each:.0f} bytes a waiting connection"
