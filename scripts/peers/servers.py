"""Our server and nginx, behind one interface: started fresh, pinned, asked for their counters.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from typing import Self

from .processes import SERVER_CORE, Failure, SetupError, cpu_ns, start, wait_until

LOCAL = {"name": "local", "delay": {"kind": "none", "low_us": 0, "high_us": 0, "sigma": 0.0},
         "bytes": [1024, 4096], "faults": []}
_MOST_CONNECTIONS = 20_000


def _asked(port: int, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


class Server:
    """A server process on its core; a context manager that ends it."""

    name = ""
    port = 0
    ready_s = 0.0  # from its start to the moment it listens
    process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> float:
        """Ends the server by SIGTERM and returns how long that took, in seconds."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure(f"{self.name} did not end within 30 s of SIGTERM") from None
        return time.monotonic() - began

    def cpu_ns(self) -> int:
        return cpu_ns(self.process.pid)

    def requests(self) -> int:
        """How many requests it has answered or begun to."""
        raise NotImplementedError

    def connections(self) -> int:
        raise NotImplementedError


class Ours(Server):
    """`interleave serve`, with a run open so that the whole ledger is kept."""

    name = "interleave"

    def __init__(self, command: list[str], items: int, in_flight: int, profile: dict[str, object] | None = None, seed: int = 1):
        self.profile, self.seed, self.items = profile or LOCAL, seed, items
        ready, told = os.pipe()
        began = time.monotonic()
        self.process = start([*command, "--with-parent", "--ready-fd", str(told)], SERVER_CORE, pass_fds=(told,),
                             stdout=subprocess.DEVNULL)
        os.close(told)
        with open(ready, encoding="ascii") as line:
            ports = line.read()  # ends when the server closes the descriptor
        self.ready_s = time.monotonic() - began
        if not ports:
            raise SetupError(f"{command[0]} did not start (exit {self.process.wait()})")
        self.port, self.control = json.loads(ports)["port"], json.loads(ports)["control_port"]
        self.begin(in_flight)

    def begin(self, in_flight: int) -> None:
        status, text = _asked(self.control, "POST", "/begin", {
            "run": "compare_peers", "seed": self.seed, "items": self.items, "in_flight": in_flight, "profile": self.profile})
        if status != 200:
            raise SetupError(f"the server refused to begin: {text.decode()}")

    def end(self) -> dict[str, object]:
        """Closes the run and returns the ledger."""
        return json.loads(_asked(self.control, "POST", "/end")[1])

    def state(self) -> dict[str, int]:
        return json.loads(_asked(self.control, "GET", "/state")[1])

    def requests(self) -> int:
        return int(json.loads(_asked(self.control, "GET", "/ledger")[1])["requests"])

    def connections(self) -> int:
        return self.state()["connections_open"]

    def item_of_size(self, wanted: int) -> tuple[str, int]:
        """The path and body size of the first item whose body is within 1 % of `wanted` bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            for item in range(self.items):
                connection.request("GET", f"/item/{item}")
                size = len(connection.getresponse().read())
                if abs(size - wanted) <= wanted / 100:
                    return f"/item/{item}", size
        finally:
            connection.close()
        raise SetupError(f"no item of about {wanted} bytes among {self.items}")


_NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log crit;
worker_rlimit_nofile {files}; events {{ worker_connections {connections}; use epoll; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; default_type application/octet-stream;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200 "{body}"; }} }}
  server {{ listen 127.0.0.1:{counters}; location / {{ stub_status; }} }}
}}
"""


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def nginx_program() -> str:
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        raise SetupError("nginx is not installed: ./scripts/setup installs it")
    return found


class Nginx(Server):
    """nginx, one process, `return 200` with a body of the given size."""

    name = "nginx"

    def __init__(self, body_bytes: int):
        self._folder = tempfile.TemporaryDirectory(prefix="interleave-nginx-")
        folder = pathlib.Path(self._folder.name)
        self.port, self._counters = _free_ports(2)
        (folder / "nginx.conf").write_text(_NGINX.format(
            folder=folder, port=self.port, counters=self._counters, body="x" * body_bytes, files=_MOST_CONNECTIONS,
            connections=_MOST_CONNECTIONS), encoding="ascii")
        began = time.monotonic()
        self.process = start([nginx_program(), "-p", str(folder), "-c", str(folder / "nginx.conf")], SERVER_CORE,
                             stderr=subprocess.DEVNULL)
        wait_until(self._answers, "nginx to listen", every_s=0.0002)
        self.ready_s = time.monotonic() - began

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise SetupError("nginx ended at once; try its configuration by hand: nginx -t")
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except ConnectionRefusedError:
            return False
        return True

    def stop(self) -> float:
        took = super().stop()
        self._folder.cleanup()
        return took

    def _counted(self) -> tuple[int, int]:
        text = _asked(self._counters, "GET", "/")[1].decode()
        active = re.search(r"Active connections: (\d+)", text)
        requests = re.search(r"^\s*\d+ \d+ (\d+)", text, re.MULTILINE)
        if active is None or requests is None:
            raise SetupError("nginx has no stub_status")
        return int(active[1]) - 1, int(requests[1])  # the question itself is a connection

    def requests(self) -> int:
        return self._counted()[1]

    def connections(self) -> int:
        return self._counted()[0]
