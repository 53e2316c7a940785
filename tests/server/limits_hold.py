"""Out of descriptors, the server lives on, idles, and can be controlled.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import resource
import select
import time

import pytest

from wire import Server, eventually, plain_profile, reply, request, until_end

IDLE = 1.0  # seconds that are watched


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.fixture(params=[["--fault-ports"], ["--fault-ports", "--classic", "--local-port", "0", "--delay-port", "0", "--error-port", "0"]])
def exhausted(request):
    """A server that has no descriptor left, and whose every port has connections that wait to be accepted."""
    with Server(*request.param) as server:
        ports = [server.port, server.control_port, *server.ready.get("classic", {}).values()]
        ports += [server.ready["fault_ports"][name] for name in ("reset_on_accept", "late_accept", "never_reads")]
        limit = descriptors(server.process.pid) + 4
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        held = [server.connect() for _ in range(6)]
        eventually(lambda: descriptors(server.process.pid) >= limit, "no descriptor left")
        waiting = [server.connect(port) for port in ports if port != server.control_port for _ in range(3)]
        yield server, held + waiting
        for connection in held + waiting:
            connection.close()


def test_out_of_descriptors_it_idles_and_answers_its_control_port(exhausted):
    server, _ = exhausted
    for _ in range(3):
        assert server.control("GET", "/state")[0] == 200
    queued = [server.connect(server.control_port) for _ in range(3)]  # and ask nothing
    before, start = cpu_seconds(server.process.pid), time.monotonic()
    select.select([], [], [], IDLE)
    used, watched = cpu_seconds(server.process.pid) - before, time.monotonic() - start
    for connection in queued:
        connection.close()
    assert used <= 0.03 * watched + 0.02, f"{used} s of CPU in {watched} s"
    assert server.control("GET", "/state")[0] == 200


def test_it_accepts_again_once_there_are_descriptors(exhausted):
    server, connections = exhausted
    for connection in connections:
        connection.close()
    eventually(lambda: server.ask("/ready").bytes.startswith(b"HTTP/1.1 200"), "it serves again")
    for name, port in server.ready.get("classic", {}).items():
        if name == "local":
            eventually(lambda: server.ask("/ready", port=port).bytes.startswith(b"HTTP/1.1 200"), "the classic ports too")
    assert server.ask("/x?bytes=1", port=server.ready["fault_ports"]["late_accept"]).status == 200


def test_out_of_descriptors_it_sheds_the_newest_and_lives_on():
    limits = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    with Server(preexec_fn=limits) as server:
        server.begin(plain_profile(), items=1)
        first = server.connect()
        first.sendall(request("/ready"))  # once before: UBSan's first look at a type needs a descriptor, and says "invalid vptr" without one
        assert reply(first).status == 200
        others = [server.connect() for _ in range(60)]
        first.sendall(request("/ready"))
        assert reply(first).status == 200, "the oldest is served"
        assert until_end(others[-1]).bytes == b"", "the newest is closed"
        for connection in [first, *others]:
            connection.close()
        eventually(lambda: server.ask("/ready").bytes.startswith(b"HTTP/1.1 200"), "it serves again")
        assert server.end()["connections_shed"] >= 20
