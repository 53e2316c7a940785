"""A worker or the server killed in the middle voids that trial with its reason; the run goes on, or stops cleanly; what
takes too long is not repeated.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from conftest import PATIENCE, SLEEP, Suite, children_of, finished, trials_of, wait_for

# Trials long enough to be hit in the middle.
LONG_SLEEP = [*SLEEP, "--set", "least=500ms", "--set", "most=500ms"]
LONG_FETCH = ["--workloads", "download", "--server-profile", "local", "--in-flight", "1", "--set", "items=3", "--set", "delay=500ms"]


def test_a_killed_worker_voids_its_trial_alone(started, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = started("run", *LONG_SLEEP, "--models", "sequential", "--rounds", 3, "--out", run)
    (worker,) = wait_for(lambda: children_of(process.pid, "--point"), process)
    os.kill(worker, signal.SIGKILL)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, err
    first, *rest = trials_of(run)
    assert first["verdict"] == "void" and first["signal"] == signal.SIGKILL
    assert "SIGKILL" in first["reasons"][0]["text"] and "OOM" in first["reasons"][0]["text"]
    assert [trial["verdict"] for trial in rest] == ["valid", "valid"]


def test_a_crash_names_its_signal(started, tmp_path: Path) -> None:
    process = started("run", *LONG_SLEEP, "--models", "sequential", "--rounds", 1, "--out", tmp_path / "run")
    (worker,) = wait_for(lambda: children_of(process.pid, "--point"), process)
    os.kill(worker, signal.SIGSEGV)
    process.communicate(timeout=PATIENCE)
    (trial,) = trials_of(tmp_path / "run")
    assert trial["verdict"] == "void" and "SIGSEGV" in trial["reasons"][0]["text"]


def kill_server_in_a_trial(process, but: int = 0) -> int:
    wait_for(lambda: children_of(process.pid, "--point"), process)
    (server,) = wait_for(lambda: [pid for pid in children_of(process.pid, "serve") if pid != but], process)
    wait_for(lambda: children_of(process.pid, "--point"), process)
    os.kill(server, signal.SIGKILL)
    return server


def test_the_server_is_started_anew_once_and_the_run_stops_at_its_second_death(suite: Suite, started, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = started("run", *LONG_FETCH, "--models", "sequential", "--rounds", 6, "--out", run)
    first = kill_server_in_a_trial(process)
    wait_for(lambda: finished(run) >= 2, process)
    voided, after = trials_of(run)[:2]
    assert voided["verdict"] == "void" and voided["reasons"][0]["check"] == "server"
    assert after["verdict"] == "valid", after["reasons"]

    kill_server_in_a_trial(process, but=first)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and "--resume" in err, err
    kept = trials_of(run)
    assert 2 <= len(kept) < 6

    resumed = suite("run", "--resume", run)
    assert resumed.returncode == 1, "the void trial stays"
    trials = trials_of(run)
    assert [trial["trial"] for trial in trials] == list(range(6))
    assert [trial["verdict"] for trial in trials].count("void") == 1


def test_a_cell_that_takes_too_long_is_not_run_again(started, tmp_path: Path) -> None:
    run = tmp_path / "run"
    slow = [*SLEEP, "--set", "least=200ms", "--set", "most=200ms"]  # quick has patience for 1.5 s and three times 600 ms
    process = started("run", *slow, "--models", "sequential", "--rounds", 3, "--out", run)
    (worker,) = wait_for(lambda: children_of(process.pid, "--point"), process)
    os.kill(worker, signal.SIGSTOP)
    time.sleep(7)  # more than twice that, so once is enough
    os.kill(worker, signal.SIGCONT)
    process.communicate(timeout=PATIENCE)
    first, *rest = trials_of(run)
    # It may have been stopped between being let go and its start, which is told.
    assert {reason["check"] for reason in first["reasons"]} <= {"disturbed"} and first["wall_ns"] > 6.8e9, first["reasons"]
    assert [trial["verdict"] for trial in rest] == ["skipped", "skipped"] and rest[0]["reasons"][0]["check"] == "patience"
    assert rest[0]["reasons"][0]["limit_s"] == pytest.approx(1.5 + 3 * 0.6, abs=0.05)
    log = run / "trials.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    assert started("run", "--resume", run).wait(timeout=PATIENCE) == 3
    assert [trial["reasons"][0]["check"] for trial in trials_of(run)[1:]] == ["patience", "patience"], "a run that goes on knows it as well"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_end(pids: list[int]) -> None:
    deadline = time.monotonic() + 60
    try:
        while any(alive(pid) for pid in pids):
            assert time.monotonic() < deadline, [pid for pid in pids if alive(pid)]
            time.sleep(0.005)
    finally:
        for pid in pids:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_the_server_dies_with_a_killed_run(started, tmp_path: Path) -> None:
    process = started("run", *LONG_FETCH, "--models", "sequential", "--rounds", 4, "--out", tmp_path / "run")
    servers = wait_for(lambda: children_of(process.pid, "serve"), process)
    process.kill()
    process.communicate(timeout=PATIENCE)
    all_end(servers)


# Minutes away from its end and without a server whose death would end it: who is gone was killed.
ENDLESS_SLEEP = [*SLEEP, "--set", "items=100", "--set", "least=100s", "--set", "most=100s"]


@pytest.mark.parametrize(("model", "forks"), [("sequential", 0), ("process_pool", 1), ("process_per_item", 1), ("prefork_coroutines", 1)])
def test_the_worker_and_what_it_forked_die_with_a_killed_run(started, tmp_path: Path, model: str, forks: int) -> None:
    process = started("run", *ENDLESS_SLEEP, "--models", model, "--rounds", 1, "--out", tmp_path / "run")
    (worker,) = wait_for(lambda: children_of(process.pid, "--point"), process)
    forked = wait_for(lambda: children_of(worker, "--point"), process) if forks else []
    process.kill()
    process.communicate(timeout=PATIENCE)
    all_end([worker, *forked])
