"""The name server on the wire: UDP and TCP on one port, fates of the run, one ledger; and what is no query.

SPDX-License-Identifier: Apache-2.0
"""
import random
import socket
import struct
import time

import pytest

from wire import WAIT, Server, delayed, plain_profile

LOST, TRUNCATED = ("hang", 200), ("truncate", 200)


def begin(server: Server, items: int, faults=(), **changes) -> None:
    faults = [{"fault": fault, "status": status, "ppm": ppm} for (fault, status), ppm in faults]
    server.begin(profile=plain_profile(faults=faults, **changes), items=items, in_flight=1)


def query(name: str, attempt: int = 0) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 0x4560 | attempt, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)


@pytest.fixture
def names():
    with Server("--names") as server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.connect(("127.0.0.1", server.ready["name_port"]))
            asker.settimeout(WAIT)
            yield server, asker


def ask(asker: socket.socket, *about) -> bytes:
    asker.send(query(*about))
    return asker.recv(512)


def over_tcp(port: int, *about) -> bytes:
    with socket.create_connection(("127.0.0.1", port), WAIT) as stream, stream.makefile("rb") as answers:
        message = query(*about)
        stream.sendall(struct.pack("!H", len(message)) + message[:7])
        stream.sendall(message[7:])
        (length,) = struct.unpack("!H", answers.read(2))
        return answers.read(length)


def code(answer: bytes) -> int:
    return answer[3] & 15


def test_a_name_has_an_address_and_nowhere_has_none(names):
    server, asker = names
    begin(server, 30)
    found = ask(asker, "and.dev")
    assert found[:2] == query("and.dev")[:2] and found[2] & 0x80 and code(found) == 0
    assert found[-4] == 10 and found[-16:-4] == b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4)
    assert ask(asker, "AND.dev", 1)[-4:] == found[-4:], "case does not matter"
    assert code(ask(asker, "host23.invalid")) == 3
    ledger = server.end()
    assert ledger["lookups"] == {"address": 2, "no_such_name": 1, "failure": 0, "lost": 0, "truncated": 0, "over_tcp": 0, "no_queries": 0}
    assert (ledger["requests"], ledger["unique"], ledger["retries"], ledger["unexpected"], ledger["connections_used"]) == (3, 2, 1, 0, 1)


def test_what_is_cut_off_is_whole_over_tcp(names):
    server, asker = names
    begin(server, 1, [(TRUNCATED, 1_000_000)])
    cut = ask(asker, "and.dev")
    assert cut[2] & 0x02 and len(cut) == len(query("and.dev"))
    whole = over_tcp(server.ready["name_port"], "and.dev")
    assert not whole[2] & 0x02 and whole[-4] == 10
    assert server.end()["lookups"] | {"no_queries": 0} == {"address": 1, "no_such_name": 0, "failure": 0, "lost": 0, "truncated": 1, "over_tcp": 1, "no_queries": 0}


def test_a_lost_answer_is_counted_and_never_comes(names):
    server, asker = names
    begin(server, 2, [(LOST, 500_000)])
    for name in ("and.dev", "as.dev"):
        asker.send(query(name))
    assert len(asker.recv(512)) > 12, "one of the two is answered"
    asker.setblocking(False)
    with pytest.raises(BlockingIOError):
        asker.recv(512)
    ledger = server.end()
    assert ledger["lookups"]["lost"] == 1 and ledger["in_flight"] == 0


def test_an_answer_is_never_early(names):
    server, asker = names
    begin(server, 1, delay=delayed(30_000))
    begun = time.monotonic()
    ask(asker, "and.dev")
    assert time.monotonic() - begun >= 0.030
    assert server.end()["lateness_ns"]["early"] == 0


def test_a_name_of_nobody_is_unexpected(names):
    server, asker = names
    begin(server, 1)
    assert code(ask(asker, "example.org")) == 3
    assert code(ask(asker, "as.dev")) == 3, "an item beyond the run's"
    assert server.end()["unexpected"] == 2


def test_what_is_no_query_gets_no_answer_and_hurts_nobody(names):
    server, asker = names
    begin(server, 1)
    good, noise = query("and.dev"), random.Random(1)
    for _ in range(300):
        asker.send(bytes(noise.choice((0xc0, 0xff, 0, noise.randrange(256))) for _ in range(noise.randrange(80))))
    answer = bytearray(good)
    answer[2] |= 0x80
    for bad in (b"", good[:11], good[:-1], bytes(answer), good[:12] + b"\xc0\x0c" + good[-4:]):
        asker.send(bad)
    assert code(ask(asker, "and.dev")) == 0
    with socket.create_connection(("127.0.0.1", server.ready["name_port"]), WAIT) as stream:
        stream.sendall(b"\0\x05never")
        assert stream.recv(1) == b"", "closed"
    ledger = server.end()
    assert ledger["requests"] == 1 and ledger["lookups"]["no_queries"] >= 300


def test_names_are_served_without_a_run(names):
    server, asker = names
    assert ask(asker, "and.dev")[-4] == 10


def test_without_being_asked_for_there_is_no_name_server():
    with Server() as server:
        assert "name_port" not in server.ready
