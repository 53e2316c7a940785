"""Soak: the hostile profile, thousands of connections, clients that give up at random; nothing may leak, stick or go uncounted.

    /usr/bin/python3 tests/server/soak.py --minutes 30 --connections 5000

Prints a line a round; exit status 1 with the reason at the first thing that is not exact.
SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import argparse
import asyncio
import pathlib
import random
import resource
import sys
import time

import oracle
from wire import Server, eventually

GIVE_UP = 0.4  # seconds a client waits for a reply that never ends


def hostile() -> dict:
    faults = [{"fault": "status", "status": status, "ppm": 20_000} for status in (418, 404, 500, 503, 429, 204, 301, 599)]
    faults += [{"fault": fault, "status": 200, "ppm": 20_000} for fault in oracle.FAULTS[2:]]
    return {"name": "hostile", "delay": {"kind": "uniform", "low_us": 1_000, "high_us": 20_000, "sigma": 0},
            "bytes": [1024, 4096], "faults": faults}


class Round:
    """One run of `items` over `connections` lanes; a share of the requests is abandoned at a random moment."""

    def __init__(self, server: Server, items: int, connections: int, seed: int, abort: float) -> None:
        self.server, self.items, self.connections, self.seed, self.abort = server, items, connections, seed, abort
        self.fates = oracle.Fates(hostile(), seed, items)
        self.random = random.Random(seed)
        self.next = iter(range(items))
        self.complete = self.aborted = 0

    async def lane(self) -> None:
        stream = None
        for item in self.next:
            stream = await self.fetch(item, stream)
        if stream:
            stream[1].close()

    async def fetch(self, item: int, stream):
        if stream is None:
            stream = await asyncio.open_connection("127.0.0.1", self.server.port)
        reader, writer = stream
        writer.write(b"GET /item/%d HTTP/1.1\r\nHost: t\r\n\r\n" % item)
        patience = self.random.uniform(0, 0.03) if self.random.random() < self.abort else GIVE_UP
        try:
            plain = await asyncio.wait_for(self.read_plain(reader, item), patience)
        except asyncio.TimeoutError:
            self.aborted += 1
            plain = False
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            plain = False
        if plain:
            return stream
        if self.random.random() < 0.5:
            writer.transport.abort()  # RST
        writer.close()
        return None

    async def read_plain(self, reader, item: int) -> bool:
        """Checks a plain reply to the byte, and keeps the connection; anything else is read to its end."""
        fate = self.fates.of(item)
        if fate.fault not in ("none", "status") or fate.status == 204:
            await reader.read()
            return False
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(fate.bytes)
        if int(head.split()[1]) != fate.status or body != oracle.body(item, fate.bytes):
            raise AssertionError(f"item {item}: not what its fate says")
        self.complete += 1
        return True

    async def run(self) -> None:
        await asyncio.gather(*(self.lane() for _ in range(self.connections)))


def check(ledger: dict, played: Round) -> None:
    expected = sum(played.fates.of(item).fingerprint(item) for item in range(played.items)) & oracle.WORD
    ended = ledger["completed"] + ledger["cut_by_client"] + ledger["cut_by_server"]
    facts = {
        "every item asked for once": (ledger["requests"], ledger["unique"], ledger["missing"], ledger["duplicates"])
                                     == (played.items, played.items, 0, 0),
        "every request ended once": ended == ledger["requests"] and ledger["in_flight"] == 0,
        "the work was that of the seed": ledger["fingerprint"] == f"{expected:016x}",
        "no reply was early": ledger["lateness_ns"]["early"] == 0,
        "whole replies were counted": ledger["completed"] >= played.complete,
    }
    if wrong := [fact for fact, holds in facts.items() if not holds]:
        raise AssertionError(f"seed {played.seed}: not so: {'; '.join(wrong)}; ledger {ledger}")


def resident_kib(pid: int) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def play(server: Server, seed: int, items: int, connections: int, abort: float) -> tuple[Round, dict]:
    server.begin(hostile(), items, seed=seed, in_flight=connections)
    played = Round(server, items, connections, seed, abort)
    asyncio.run(played.run())
    eventually(lambda: server.state()["connections_open"] == 0, "every connection closed: one is stuck")
    ledger = server.end()
    check(ledger, played)
    return played, ledger


def soak(seconds: float, connections: int, items: int, abort: float, most_growth_kib: int = 8192) -> int:
    """Plays rounds until the time is over, at least three; answers how many. Raises AssertionError."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    until = time.monotonic() + seconds
    sizes, rounds = [], 0
    with Server() as server:
        while rounds < 3 or time.monotonic() < until:
            rounds += 1
            played, ledger = play(server, rounds, items, connections, abort)
            sizes.append(resident_kib(server.process.pid))
            print(f"round {rounds}: {items} items, {played.complete} whole, {played.aborted} given up, peak in flight "
                  f"{ledger['peak_in_flight']}, cut by client {ledger['cut_by_client']}, by server {ledger['cut_by_server']}, "
                  f"RSS {sizes[-1]} KiB", flush=True)
        if sizes[-1] > sizes[1] + most_growth_kib:  # after the second round every buffer has been as large as it gets
            raise AssertionError(f"resident memory grew from {sizes[1]} to {sizes[-1]} KiB")
    return rounds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--connections", type=int, default=5000)
    parser.add_argument("--items", type=int, default=20_000, help="of a round")
    parser.add_argument("--abort", type=float, default=0.2, help="the share of requests that are given up at random")
    options = parser.parse_args()
    try:
        rounds = soak(options.minutes * 60, options.connections, options.items, options.abort)
    except AssertionError as error:
        print(f"soak: {error}", file=sys.stderr)
        return 1
    print(f"{rounds} rounds, all exact")
    return 0


if __name__ == "__main__":
    sys.exit(main())
