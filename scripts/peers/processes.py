"""Processes pinned to a core, and what they cost.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

SERVER_CORE, CLIENT_CORE = 1, 0
_PATIENCE_S = 120.0  # no measurement here takes that long; a process that does is a fault


class SetupError(Exception):
    """Something the comparison needs is missing; the text says what to do."""


class Failure(Exception):
    """One measurement went wrong; the others may go on."""


@dataclasses.dataclass(frozen=True)
class Ended:
    """A process after its end: its exit status (negative: the signal) and what it printed."""

    status: int
    out: str
    err: str


def raise_descriptor_limit() -> int:
    """Sets the soft limit of open files to the hard one, for this process and its children; returns it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def start(command: Sequence[str], core: int | None, **options: object) -> subprocess.Popen[str]:
    """Starts a command, on one core only where `core` is given."""
    def pin() -> None:
        if core is not None:
            os.sched_setaffinity(0, {core})

    return subprocess.Popen(command, preexec_fn=pin, text=True, stdin=subprocess.DEVNULL, **options)


def run(command: Sequence[str], core: int | None, patience_s: float = _PATIENCE_S) -> Ended:
    """Runs a command to its end. Raises Failure if it takes longer than `patience_s` seconds."""
    process = start(command, core, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with ended_at_last(process):
        try:
            out, err = process.communicate(timeout=patience_s)
        except subprocess.TimeoutExpired:
            raise Failure(f"{pathlib.Path(command[0]).name} did not end within {patience_s:.0f} s") from None
    return Ended(process.returncode, out, err)


@contextlib.contextmanager
def ended_at_last(process: subprocess.Popen[str]) -> Iterator[None]:
    """Whatever happens inside, the process does not outlive it."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@contextlib.contextmanager
def pinned(*cores: int) -> Iterator[None]:
    """This process on these cores, for a while."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def time_to_spawn_and_wait(command: Sequence[str], *cores: int) -> float:
    """Seconds from posix_spawn, the cheapest start there is, to the end of a command that must succeed."""
    null = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]
    with pinned(*cores):  # inherited
        began = time.monotonic()
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=null)
        _, status = os.waitpid(pid, 0)
        took = time.monotonic() - began
    if status != 0:
        raise Failure(f"{pathlib.Path(command[0]).name}: exit {os.waitstatus_to_exitcode(status)}")
    return took


def cpu_ns(pid: int) -> int:
    """CPU time of a living process, all its threads, without its children, in ns (its CPU clock, see clock_getcpuclockid)."""
    return time.clock_gettime_ns(((~pid) << 3) | 2)


def proportional_bytes(pid: int) -> int:
    """Proportional set size of a process and its descendants, in bytes (/proc/PID/smaps_rollup); 0 of one that has ended."""
    total = 0
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
        for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
            total += sum(proportional_bytes(int(child)) for child in children.read_text(encoding="ascii").split())
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended while being looked at
    return total


def wait_until(condition: Callable[[], bool], what: str, patience_s: float = 30.0, every_s: float = 0.005) -> None:
    """Waits for a condition; raises Failure naming `what` after `patience_s` seconds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"waited {patience_s:.0f} s in vain for {what}")
        time.sleep(every_s)
