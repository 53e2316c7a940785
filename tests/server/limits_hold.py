"""What one server takes: few descriptors are survived, and a waiting connection is cheap.

SPDX-License-Identifier: Apache-2.0
"""
import pathlib
import resource

from wire import Server, delayed, eventually, plain_profile, reply, request, until_end


def test_out_of_descriptors_it_sheds_the_newest_and_lives_on():
    limits = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    with Server(preexec_fn=limits) as server:
        server.begin(plain_profile(), items=1)
        first = server.connect()
        others = [server.connect() for _ in range(60)]
        first.sendall(request("/ready"))
        assert reply(first).status == 200, "the oldest is served"
        assert until_end(others[-1]).bytes == b"", "the newest is closed"
        for connection in [first, *others]:
            connection.close()
        eventually(lambda: server.ask("/ready").bytes.startswith(b"HTTP/1.1 200"), "it serves again")
        assert server.end()["connections_shed"] >= 20


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
