"""The delay/error server and one worker, as the tests of this folder drive them."""
# SPDX-License-Identifier: Apache-2.0
import http.client
import json
import os
import re
import subprocess
import time
from pathlib import Path

BUILD = Path(os.environ["INTERLEAVE_BUILD"])
SOURCE = Path(__file__).resolve().parents[2]
PATIENCE_S = 120  # for anything that must end by itself; a busy machine needs a fraction of it
DELAY = {"kind": "uniform", "low_us": 1000, "high_us": 5000, "sigma": 0}
NO_DELAY = {"kind": "none", "low_us": 0, "high_us": 0, "sigma": 0}


def fault_names() -> list[str]:
    """Every fault that a profile can deal, in the order of the enumeration."""
    header = (SOURCE / "harness/http/faults.hpp").read_text()
    block = re.search(r"enum class Fault[^{]*\{(.*?)\};", header, re.S).group(1)
    names = [name for name in re.findall(r"^\s*(\w+),", block, re.M) if name not in ("none", "status")]
    assert len(names) >= 6, names
    return names


def profile(delay: dict = DELAY, faults: list[tuple[str, int, int]] = (), **more) -> dict:
    """A profile of the server; a fault is (name, status, parts per million); `more` has other keys."""
    return {
        "name": "test",
        "delay": delay,
        "bytes": [1024, 4096],
        "faults": [{"fault": name, "status": status, "ppm": ppm} for name, status, ppm in faults],
        **more,
    }


class Server:
    """`interleave serve` on free ports; ends with the test."""

    def __init__(self) -> None:
        program = BUILD / "bin/interleave"
        command = [program, "serve"] if program.exists() else [BUILD / "bin/interleave-server-alone"]
        self.process = subprocess.Popen([*command, "--names", "--with-parent"], stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())
        self.port, self.control_port, self.name_port = ports["port"], ports["control_port"], ports["name_port"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=PATIENCE_S)
        connection.request(method, path, None if body is None else json.dumps(body))
        reply = connection.getresponse()
        answer = json.loads(reply.read())
        connection.close()
        assert reply.status == 200, answer
        return answer

    def begin(self, point: dict, ids: int = 0) -> None:
        """`ids`: how many the server has fates for, where it is another number than that of the items."""
        keys = ("seed", "profile", "items", "in_flight")
        self.ask("POST", "/begin", {"run": "conformance", **{key: point[key] for key in keys}, "items": ids or point["items"]})

    def wait_for(self, what: str, holds) -> dict:
        """The first /state for which holds(state), which must come."""
        end = time.monotonic() + PATIENCE_S
        while not holds(state := self.ask("GET", "/state")):
            assert time.monotonic() < end, f"{what} never came: {state}"
            time.sleep(0.005)
        return state


def point(workload: str, server: Server | None, *, items: int, in_flight: int, seed: int = 7, timeout_us: int = 10_000_000,
          cores: int = 1, of: dict | None = None, parameters: dict | None = None, policies: dict | None = None) -> dict:
    return {
        "schema": 1, "workload": workload, "items": items, "in_flight": in_flight, "cores": cores, "seed": seed,
        "timeout_us": timeout_us, "profile": of or profile(), **({"port": server.port, "name_port": server.name_port} if server else {}),
        "parameters": parameters or {}, "policies": policies or {},
    }


class Trial:
    """What one run of a worker came to, as `interleave trial` judges it."""

    def __init__(self, worker: Path, at: dict, folder: Path, server: Server | None = None, ids: int = 0) -> None:
        file = folder / "point.json"
        file.write_text(json.dumps(at))
        if server:
            server.begin(at, ids)
        try:
            done = subprocess.run([BUILD / "bin/interleave", "trial", "--slower", "5", "--point", file, "--", worker], capture_output=True, text=True,
                                  timeout=PATIENCE_S)
        finally:
            self.ledger = server.ask("POST", "/end") if server else None
        self.status, self.stderr, self.stdout = done.returncode, done.stderr, done.stdout
        self.json = json.loads(done.stdout) if done.stdout else None
        self.tape = (self.json or {}).get("tape") or {}
        self.worker = (self.json or {}).get("worker") or {}
        self.outcomes = self.tape.get("outcomes", {})
        self.checks = {reason["check"] for reason in (self.json or {}).get("reasons", [])}


def describe(worker: Path) -> dict:
    return json.loads(subprocess.run([worker, "--describe"], capture_output=True, check=True, timeout=PATIENCE_S).stdout)
