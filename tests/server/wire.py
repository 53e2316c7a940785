"""A server of one's own on free ports, its control port, and raw exchanges with it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import http.client
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

import pytest

# Shards are at most one a core.
TWO_CORES = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="--shards 2 needs two cores, and this process may run on one")
WAIT = 30.0  # seconds that anything may take on a busy machine before a test gives up
BUILD = pathlib.Path(os.environ.get("INTERLEAVE_BUILD", pathlib.Path(__file__).parents[2] / "build"))
PROGRAM = [str(BUILD / "bin" / "interleave"), "serve"]


def plain_profile(**changes) -> dict:
    """No delay, no fault, 1,000 bytes; `changes` replace keys."""
    profile = {"name": "test", "delay": {"kind": "none", "low_us": 0, "high_us": 0, "sigma": 0}, "bytes": [1000, 1000], "faults": []}
    return profile | changes


def delayed(low_us: int, high_us: int | None = None) -> dict:
    return {"kind": "uniform", "low_us": low_us, "high_us": high_us or low_us, "sigma": 0}


def eventually(condition, what: str):
    """Waits until `condition` answers something true, and answers it."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        if result := condition():
            return result
        time.sleep(0.002)
    raise AssertionError(f"did not happen within {WAIT} s: {what}")


@dataclass
class Seen:
    """What came back on a connection, and how it ended: FIN, RST, or open."""
    bytes: bytes
    end: str

    @property
    def head(self) -> str:
        return self.bytes.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def status(self) -> int:
        return int(self.bytes.split(b" ", 2)[1])

    @property
    def body(self) -> bytes:
        return self.bytes.partition(b"\r\n\r\n")[2]

    def fields(self, name: str) -> list[str]:
        lines = [line.partition(":") for line in self.head.split("\r\n")[1:]]
        return [value.strip() for key, _, value in lines if key.lower() == name.lower()]


class Server:
    """`interleave serve` with these arguments; a context manager that ends it."""

    def __init__(self, *arguments: str, **popen) -> None:
        self.process = subprocess.Popen([*PROGRAM, "--with-parent", *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, **popen)
        line = self.process.stdout.readline()
        assert line, f"no ready line: {self.process.stderr.read()}"
        self.ready = json.loads(line)
        self.port, self.control_port = self.ready["port"], self.ready["control_port"]

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind, *_) -> None:
        """SIGINT ends it at once; what a sanitizer found, or any other complaint, is then on its stderr and in its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            complaint = self.process.communicate(timeout=WAIT)[1]
        finally:
            self.process.kill()
        if kind is None or complaint:
            assert (self.process.returncode, complaint) == (0, ""), f"ended with {self.process.returncode}, and said: {complaint}"

    def control(self, method: str, path: str, body=None) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=WAIT)
        connection.request(method, path, body if body is None or isinstance(body, str) else json.dumps(body))
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        return reply.status, json.loads(text)

    def begin(self, profile: dict, items: int, *, seed: int = 1, in_flight: int = 1) -> None:
        status, reply = self.control("POST", "/begin", {"run": "test", "seed": seed, "items": items, "in_flight": in_flight,
                                                        "profile": profile})
        assert (status, reply) == (200, {"ok": True})

    def end(self) -> dict:
        """The ledger, once nothing is under way any more."""
        eventually(lambda: self.state()["in_flight"] == 0, "no request under way")
        return self.control("POST", "/end")[1]

    def state(self) -> dict:
        return self.control("GET", "/state")[1]

    def connect(self, port: int | None = None) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port or self.port), timeout=WAIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, target: str, *fields: str, method: str = "GET", port: int | None = None) -> Seen:
        """One request that asks for the close, and everything until the connection ends."""
        with self.connect(port) as connection:
            connection.sendall(request(target, *fields, "Connection: close", method=method))
            return until_end(connection)

    def tell(self, raw: bytes) -> Seen:
        """These bytes, and everything until the connection ends."""
        with self.connect() as connection:
            connection.sendall(raw)
            return until_end(connection)

    def stop(self, sent: int = signal.SIGTERM) -> int:
        self.process.send_signal(sent)
        return self.process.wait(WAIT)


def request(target: str, *fields: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: test", *fields, "", ""]).encode()


def until_end(connection: socket.socket) -> Seen:
    received = b""
    try:
        while piece := connection.recv(1 << 16):
            received += piece
    except ConnectionResetError:
        return Seen(received, "RST")
    return Seen(received, "FIN")


def reply(connection: socket.socket) -> Seen:
    """One reply with a Content-Length, from a connection that stays open; not a byte more is read."""
    received = b""
    while not received.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, f"the connection ended inside a header: {received!r}"
        received += byte
    seen = Seen(received, "open")
    left = int((seen.fields("Content-Length") or ["0"])[0])
    while left:
        piece = connection.recv(left)
        assert piece, "the connection ended inside a body"
        left -= len(piece)
        received += piece
    return Seen(received, "open")


def silent(connection: socket.socket, seconds: float = 0.2) -> bool:
    """Whether nothing arrives, not even an end, for this long."""
    return not select.select([connection], [], [], seconds)[0]
