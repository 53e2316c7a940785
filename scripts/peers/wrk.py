"""wrk against one server, measured while it is in full swing.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import dataclasses
import re
import shutil
import signal
import subprocess
import time

from .processes import CLIENT_CORE, Failure, SetupError, cpu_ns, ended_at_last, start, wait_until
from .servers import Server


_AT_MOST_S = 120


@dataclasses.dataclass(frozen=True)
class Swing:
    """Rates and costs between two moments at which wrk had all its connections open."""

    requests_per_s: float
    client_us: float  # CPU of wrk a request
    server_us: float  # CPU of the server a request


def wrk_program() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise SetupError("wrk is not installed: ./scripts/setup installs it")
    return found


def swing(server: Server, path: str, connections: int, seconds: float, keep_alive: bool = True) -> Swing:
    """Runs wrk with one thread; looks at the CPU clocks and at the server's counter twice, `seconds` apart.

    Start-up and the opening of the connections are not counted. Raises Failure if wrk met an error or a
    status other than 2xx.
    """
    command = [wrk_program(), "-t1", f"-c{connections}", f"-d{_AT_MOST_S}s", "--timeout", "30s"]
    command += [] if keep_alive else ["-H", "Connection: close"]
    wrk = start([*command, f"http://127.0.0.1:{server.port}{path}"], CLIENT_CORE, stdout=subprocess.PIPE)
    with ended_at_last(wrk):
        if keep_alive:
            wait_until(lambda: server.connections() >= connections, f"wrk's {connections} connections")
        else:
            wait_until(lambda: server.requests() >= connections, "wrk's first connections")
        time.sleep(0.1)  # its first, cold requests
        first = _seen(server, wrk)
        time.sleep(seconds)
        second = _seen(server, wrk)
        wrk.send_signal(signal.SIGINT)  # it stops, and says what it met
        text = wrk.communicate(timeout=30)[0]
    wrong = re.search(r"(Socket errors|Non-2xx).*", text)
    # With a new connection a request, the end of the run cuts some: wrk calls that a read error.
    if wrk.returncode != 0 or (wrong and keep_alive):
        raise Failure(f"wrk with {connections} connections: {wrong[0] if wrong else f'exit {wrk.returncode}'}")
    requests = second[1] - first[1]
    if requests == 0:
        raise Failure(f"wrk with {connections} connections: no request was answered")
    return Swing(requests / (second[0] - first[0]), (second[2] - first[2]) / requests / 1e3,
                 (second[3] - first[3]) / requests / 1e3)


def _seen(server: Server, wrk: subprocess.Popen[str]) -> tuple[float, int, int, int]:
    if wrk.poll() is not None:
        raise Failure(f"wrk ended early (exit {wrk.returncode})")
    return time.monotonic(), server.requests(), cpu_ns(wrk.pid), server.cpu_ns()
