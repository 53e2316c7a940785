"""What the end-to-end tests share: the program, run with a lock of its own, and readers of a run's files.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

BUILD = Path(os.environ["INTERLEAVE_BUILD"])
INTERLEAVE = BUILD / "bin" / "interleave"
MODELS = BUILD / "libexec" / "interleave"
LYING = BUILD / "tests" / "lying"
SCRIPTS = Path(__file__).parents[2] / "scripts"
PATIENCE = 300  # seconds: the machine may be busy

# Loads on which only a fault can make a trial void, however busy the machine is: nothing in them is a race.
SLEEP = ["--workloads", "sleep_many", "--in-flight", "1", "--set", "items=3", "--set", "least=1ms", "--set", "most=5ms"]
FETCH = ["--workloads", "download", "--server-profile", "local", "--in-flight", "1", "--set", "items=5"]


class Suite:
    """`interleave` in a scratch directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {**os.environ, "INTERLEAVE_LOCK": str(directory / "lock"), "NO_COLOR": "1"}

    def __call__(self, *arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([INTERLEAVE, *map(str, arguments)], cwd=self.directory, env={**self.environment, **changes},
                              capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)

    def script(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """One of scripts/."""
        return subprocess.run([SCRIPTS / name, *map(str, arguments)], cwd=self.directory, env=self.environment, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen([INTERLEAVE, *map(str, arguments)], cwd=self.directory, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def output_is_missed(suite: Suite, *arguments: object) -> None:
    """With its standard output on a full disk, the command says so in one line, and exits with status 2."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        ended = subprocess.run([INTERLEAVE, *map(str, arguments)], cwd=suite.directory, env=suite.environment, stdout=full,
                               stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and "cannot write" in ended.stderr, ended.stderr


def trials_of(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "trials.jsonl").read_text().splitlines()]


def plan_of(run: Path) -> dict:
    return json.loads((run / "plan.json").read_text())


def wait_for(condition: Callable[[], object], process: subprocess.Popen[str]) -> object:
    """The condition's first true value, while the process runs."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert process.poll() is None, f"ended with {process.returncode}: {process.communicate()[1]}"
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    return found


def children_of(pid: int, word: str) -> list[int]:
    """Children whose command line has the word among its arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except (OSError, IndexError):
            continue
        if parent == pid and word.encode() in words:
            found.append(int(entry.name))
    return found


def build(directory: Path, *models: str) -> Path:
    """A build folder with some models of the real one."""
    (directory / "libexec" / "interleave").mkdir(parents=True)
    (directory / "bin").symlink_to(BUILD / "bin")
    for model in models:
        shutil.copy(MODELS / model, directory / "libexec" / "interleave")
    return directory


def wrapped(directory: Path, program: Path, before: str) -> None:
    """A directory with one model: a script that does something of its own and then is that program."""
    directory.mkdir()
    (directory / "model").write_text(f"#!/bin/bash\n{before}\nexec {program} \"$@\"\n")
    (directory / "model").chmod(0o755)


def finished(run: Path) -> int:
    file = run / "trials.jsonl"
    return file.read_text().count("\n") if file.exists() else 0


@pytest.fixture()
def suite(tmp_path: Path) -> Suite:
    return Suite(tmp_path)


@pytest.fixture()
def started(suite: Suite):
    """Starts a run, and ends it with the test, whatever happens."""
    processes = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        processes.append(suite.start(*arguments))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
