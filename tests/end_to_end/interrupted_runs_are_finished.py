"""An interrupted run keeps what is finished, says so, and is finished by --resume.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from conftest import PATIENCE, SLEEP, Suite, finished, plan_of, trials_of, wait_for

ROUNDS = 40


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_keeps_every_finished_trial(suite: Suite, started, tmp_path: Path, number: signal.Signals) -> None:
    run = tmp_path / "run"
    process = started("run", *SLEEP, "--set", "most=50ms", "--models", "sequential", "--rounds", ROUNDS, "--out", run)
    wait_for(lambda: finished(run) >= 2, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    kept = trials_of(run)
    assert 2 <= len(kept) < ROUNDS
    assert "sleep_many" in out, "the partial table"
    assert "--resume" in err and (run / "verdict.json").exists()

    resumed = suite("run", "--resume", run)
    assert resumed.returncode == 0, resumed.stderr
    trials = trials_of(run)
    assert trials[: len(kept)] == kept, "nothing is measured twice"
    assert [trial["trial"] for trial in trials] == list(range(ROUNDS))


def test_a_torn_last_line_is_measured_again(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert suite("run", *SLEEP, "--models", "sequential", "--rounds", 3, "--out", run).returncode == 0
    whole = (run / "trials.jsonl").read_bytes()
    (run / "trials.jsonl").write_bytes(whole[:-40])
    resumed = suite("run", "--resume", run)
    assert resumed.returncode == 0, resumed.stderr
    assert "1 of 3 trials" in resumed.stderr
    assert [trial["trial"] for trial in trials_of(run)] == [0, 1, 2]


def test_a_finished_run_has_nothing_to_resume(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert suite("run", *SLEEP, "--models", "sequential", "--rounds", 1, "--out", run).returncode == 0
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    resumed = suite("run", "--resume", run)
    assert resumed.returncode == 0, resumed.stderr
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before


def test_the_plan_is_on_the_disk_before_the_first_trial(suite: Suite, started, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = started("run", *SLEEP, "--set", "least=3s", "--set", "most=3s", "--models", "sequential", "--rounds", 2, "--out", run)
    wait_for((run / "plan.json").exists, process)
    assert finished(run) == 0 and len(plan_of(run)["order"]) == 2
