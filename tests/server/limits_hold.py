"""Out of descriptors, the server lives on.

SPDX-License-Identifier: Apache-2.0
"""
import resource

from wire import Server, eventually, plain_profile, reply, request, until_end


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
