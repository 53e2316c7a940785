"""A model that lies gets every trial void, for the right reason, and the run a non-zero exit status.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conftest import LYING, Suite, trials_of

# A second of delay, so that a busy machine cannot pull the honest model's concurrency down; as many items for each lane, so that no
# thread has ended when the census looks at half of the ideal time.
DELAYED = ["--workloads", "download", "--server-profile", "local", "--in-flight", "4", "--set", "items=8", "--set", "delay=1s"]
FAULTY = ["--workloads", "download", "--server-profile", "error", "--time-scale", "0.1", "--in-flight", "4", "--set", "items=100",
          "--set", "timeout=5s"]
SLEEPING = ["--workloads", "sleep_many", "--in-flight", "4", "--set", "items=4", "--set", "least=1s", "--set", "most=1s"]
MANY_NAPS = ["--workloads", "sleep_many", "--in-flight", "4", "--set", "items=12", "--set", "least=100ms", "--set", "most=200ms"]
COMPUTING = ["--workloads", "compute", "--in-flight", "4", "--cores", "1", "--set", "items=12", "--set", "grain=30000000"]

CHAINED = ["--workloads", "download_chain", "--server-profile", "error", "--time-scale", "0.4", "--in-flight", "4", "--set", "items=40",
           "--set", "timeout=300ms"]
RETRIED = ["--workloads", "retry", "--server-profile", "busy", "--time-scale", "0.1", "--in-flight", "4", "--set", "items=40"]
FRESH = ["--workloads", "download", "--server-profile", "local", "--in-flight", "4", "--set", "items=80", "--set", "delay=20ms",
         "--set", "connections=fresh"]
# Consumers are the bottleneck, so that the queue is full most of the time.
HANDED_ON = ["--workloads", "pipeline", "--in-flight", "2", "--set", "items=60", "--set", "consumers=2", "--set", "capacity=5", "--set", "pause=1ms",
             "--set", "takes=5ms"]
RACED = ["--workloads", "race", "--server-profile", "local", "--in-flight", "4", "--set", "items=8", "--set", "delay=100ms..1s",
         "--set", "mode=first"]
RESOLVED = ["--workloads", "resolve", "--server-profile", "lossy", "--time-scale", "0.1", "--in-flight", "4", "--set", "items=40",
            "--set", "timeout=300ms"]
SAVED = ["--workloads", "download_save", "--server-profile", "local", "--in-flight", "4", "--set", "items=40", "--set", "delay=20ms",
         "--set", "save=inline", "--set", "offload=inline"]

LIES = [("wrong_body", DELAYED, "oracle"), ("dropped_item", DELAYED, "oracle"), ("dropped_item", DELAYED, "ledger"),
        ("doubled_item", DELAYED, "oracle"), ("doubled_item", DELAYED, "ledger"), ("lower_concurrency", DELAYED, "concurrency"),
        ("wrong_label", SLEEPING, "census"), ("fewer_threads", SLEEPING, "census"), ("swallowed_error", FAULTY, "oracle"),
        ("early_waker", SLEEPING, "oracle"), ("twice_the_lanes", MANY_NAPS, "overlap"), ("out_of_order", MANY_NAPS, "order"),
        ("short_items", MANY_NAPS, "early"), ("short_makespan", MANY_NAPS, "overlap"), ("late_start", MANY_NAPS, "window"),
        ("late_records", MANY_NAPS, "tape"), ("copied_record", MANY_NAPS, "oracle"), ("work_before_the_run", COMPUTING, "oracle"),
        ("twice_the_lanes", COMPUTING, "overlap"), ("asks_regardless", CHAINED, "ledger"), ("asks_backwards", CHAINED, "ledger"),
        ("made_up_reply", CHAINED, "ledger"), ("wrong_body", CHAINED, "oracle"), ("impatient", RETRIED, "ledger"),
        ("doubled_item", RETRIED, "ledger"), ("kept_connection", FRESH, "ledger"),
        ("unbounded_queue", HANDED_ON, "queue"), ("last_in_first_out", HANDED_ON, "queue"),
        ("waits_for_all", RACED, "ledger"), ("cancels_too_early", RACED, "oracle"),
        ("never_asks", RESOLVED, "ledger"), ("only_over_tcp", RESOLVED, "ledger"), ("dropped_item", RESOLVED, "oracle"),
        ("never_saves", SAVED, "oracle"), ("saves_late", SAVED, "window"), ("wrong_body", SAVED, "oracle"),
        ("early_start", MANY_NAPS, "window"), ("writes_at_the_end", MANY_NAPS, "tape"),
        pytest.param("more_cores", COMPUTING, "cpu", marks=pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="this machine has one core: there is no other to take"))]


def run(suite: Suite, model: str, load: list[str], out: Path, rounds: int = 1):
    return suite("run", *load, "--models", model, "--models-dir", LYING, "--rounds", rounds, "--seed", 5, "--out", out)


@pytest.mark.parametrize(("lie", "load", "check"), LIES)
def test_each_lie_voids_its_trial(suite: Suite, tmp_path: Path, lie: str, load: list[str], check: str) -> None:
    ended = run(suite, lie, load, tmp_path / "run")
    (trial,) = trials_of(tmp_path / "run")
    assert trial["verdict"] == "void"
    assert check in {reason["check"] for reason in trial["reasons"]}, trial["reasons"]
    assert ended.returncode == 1
    assert "void" in ended.stdout and lie in ended.stderr, "the reason is told, too"


@pytest.mark.parametrize("load", [DELAYED, SLEEPING, CHAINED, RETRIED, FRESH, HANDED_ON, RACED, RESOLVED, SAVED],
                         ids=["delayed", "sleeping", "chained", "retried", "fresh", "handed_on", "raced", "resolved", "saved"])
def test_the_same_pool_without_a_lie_is_valid(suite: Suite, tmp_path: Path, load: list[str]) -> None:
    ended = run(suite, "honest", load, tmp_path / "run", rounds=3)
    trials = trials_of(tmp_path / "run")
    # A stall of the machine in the middle of a trial may keep it from being sustained; nothing else may be found.
    assert [reason for trial in trials for reason in trial["reasons"] if reason["check"] not in ("sustained", "disturbed")] == []
    assert "valid" in [trial["verdict"] for trial in trials]
    assert ended.returncode == 0, ended.stderr


def test_void_trials_may_be_allowed_and_are_told_all_the_same(suite: Suite, tmp_path: Path) -> None:
    load = ["--workloads", "sleep_many", "--in-flight", "1", "--set", "items=2", "--set", "least=50ms", "--set", "most=50ms"]
    ended = suite("run", *load, "--models", "sequential,early_waker", "--models-dir", LYING, "--rounds", 1, "--out", tmp_path / "run", "--allow-void")
    assert ended.returncode == 3 and "void: early_waker" in ended.stdout, "allowed, but a model that was asked for has no result"


def test_a_lie_is_never_ranked(suite: Suite, tmp_path: Path) -> None:
    load = ["--workloads", "sleep_many", "--in-flight", "1", "--set", "items=2", "--set", "least=50ms", "--set", "most=50ms"]
    ended = suite("run", *load, "--models", "sequential,early_waker", "--models-dir", LYING, "--rounds", 2, "--out", tmp_path / "run", "--json")
    assert ended.returncode == 1
    (point,) = json.loads(ended.stdout)["points"]
    assert point["leaders"] == ["sequential"] and point["verdict"] == "single", "it slept half as long, and does not win"
    assert {cell["model"]: cell["status"] for cell in point["cells"]} == {"sequential": "valid", "early_waker": "void"}
