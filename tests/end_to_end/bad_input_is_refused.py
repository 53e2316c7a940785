"""Bad input gets one clear line that says what to do, exit status 2, and leaves nothing behind.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from conftest import PATIENCE, SLEEP, Suite, finished, output_is_missed, trials_of, wait_for

BAD = [
    (["run", "--models", "nonsense"], "sequential"),
    (["run", "--workloads", "nonsense"], "sleep_many"),
    (["run", "--profile", "nonsense"], "standard"),
    (["run", "--server-profile", "nonsense"], "hostile"),
    (["run", "--nonsense"], "--nonsense (interleave run --help"),
    (["doctor", "--nonsense"], "(interleave doctor --help"),
    (["nonsense"], "no command 'nonsense' (interleave --help"),
    ([], "--help"),
    (["run", "--set", "nonsense=1"], "timeout"),
    (["run", "--set", "items"], "key=value"),
    (["run", "--set", "items=-3"], "items"),
    (["run", "--within", "5"], "--within takes a time such as 90s, 10min or 2h, not 5"),
    (["run", "--within", "-1min"], "--within takes a time"),
    (["run", "--within", "nan s", "--dry-run"], "--within takes a time"),
    (["run", "--models", "five"], "unknown model 'five'; known: four, all, "),
    (["run", "--set", "items=many"], "items"),
    (["run", "--set", "grain=0", "--workloads", "compute"], "grain"),
    (["run", "--set", "connections=new", "--workloads", "download"], "connections=new: known are kept, fresh"),
    (["run", "--set", "attempts=0", "--workloads", "retry"], "attempts=0 must be a whole number from 1 to 16"),
    (["run", "--set", "backoff=11s", "--workloads", "retry"], "backoff=11s is not in 0s to 10s"),
    (["run", "--set", "grain=5", "--workloads", "sleep_many"], "known: items, least (sleep_many), most (sleep_many), grid (sleep_many), naps (sleep_many)\n"),
    (["run", "--profile", "classics", "--workloads", "exhibition", "--set", "pairs=0"], "pairs"),
    (["run", "--profile", "classics", "--workloads", "primes", "--set", "digits=17"], "digits"),
    (["run", "--profile", "classics", "--workloads", "executors", "--set", "read_bytes=8"], "read_bytes"),
    (["run", "--profile", "classics", "--workloads", "spinner", "--set", "slow=sleeps"], "slow=sleeps: known are waits, computes\n"),
    (["run", "--profile", "classics", "--workloads", "sleep_many", "--set", "naps=1ms,"], "naps"),
    (["run", "--profile", "classics", "--workloads", "pipeline", "--set", "consumers=0"], "consumers=0 must be a whole number from 1 to 100000"),
    (["run", "--profile", "classics", "--workloads", "race", "--set", "racers=1"], "racers=1 must be a whole number from 2 to 4"),
    (["run", "--profile", "classics", "--workloads", "race", "--set", "mode=last"], "mode=last: known are first, all\n"),
    (["run", "--profile", "classics", "--workloads", "race", "--server-profile", "local", "--set", "mode=first"], "would be luck"),
    (["run", "--profile", "classics", "--workloads", "pipeline", "--in-flight", "0"], "--in-flight"),
    (["anatomy", "--items", "100"], "--items 100 must be at least twice --in-flight 100"),
    (["run", "--set", "delay=150ms..50ms"], "delay"),
    (["run", "--set", "delay=5"], "delay"),
    (["run", "--set", "least=200ms", "--set", "most=100ms", "--workloads", "sleep_many"], "least"),
    (["run", "--in-flight", "0"], "--in-flight"),
    (["run", "--in-flight", "2000000", "--workloads", "download"], "ulimit"),
    (["run", "--in-flight", "10", "--set", "items=3"], "items"),
    (["run", "--cores", "0"], "--cores"),
    (["run", "--cores", "5000"], "--cores"),
    (["run", "--rounds", "0"], "--rounds"),
    (["run", "--seed", "x"], "--seed"),
    (["run", "--seed", "-1"], "--seed"),
    (["run", "--seed", "18446744073709551616"], "--seed"),
    (["run", "--resume", ""], "--resume"),
    (["run", "--time-scale", "0.5"], "--server-profile"),
    (["run", "--server-profile", "delay", "--time-scale", "nan"], "--time-scale"),
    (["run", "--models-dir", "/nonexistent"], "/nonexistent"),
    (["run", "--resume", "/nonexistent"], "/nonexistent"),
    (["run", "--resume", "/tmp"], "plan.json"),
    (["run", "--resume", "/tmp", "--rounds", "3"], "--rounds"),
    (["verdict", "/nonexistent"], "/nonexistent"),
    (["list", "nonsense"], "models"),
]


@pytest.mark.parametrize(("arguments", "named"), BAD, ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_one_line_says_what_to_do(suite: Suite, tmp_path: Path, arguments: list[str], named: str) -> None:
    ended = suite(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and named in ended.stderr, ended.stderr
    assert ended.stdout == ""
    assert not (tmp_path / "results").exists()


@pytest.fixture()
def run(suite: Suite, tmp_path: Path) -> Path:
    directory = tmp_path / "run"
    assert suite("run", *SLEEP, "--models", "sequential", "--rounds", 2, "--out", directory).returncode == 0
    return directory


def refused(suite: Suite, run: Path, *named: str) -> None:
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    ended = suite("run", "--resume", run)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and all(word in ended.stderr for word in named), ended.stderr
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before, "nothing is lost"


def test_a_damaged_plan_is_refused(suite: Suite, run: Path) -> None:
    (run / "plan.json").write_text((run / "plan.json").read_text()[:100])
    refused(suite, run, "plan.json", "damaged")


def test_a_plan_that_lacks_a_key_is_refused(suite: Suite, run: Path) -> None:
    plan = json.loads((run / "plan.json").read_text())
    del plan["points"][0]["items"]
    (run / "plan.json").write_text(json.dumps(plan))
    refused(suite, run, "plan.json", "items")


def test_another_version_is_refused(suite: Suite, run: Path) -> None:
    plan = json.loads((run / "plan.json").read_text())
    plan["version"] = "99.1"
    (run / "plan.json").write_text(json.dumps(plan))
    refused(suite, run, "99.1")


def test_damaged_trials_are_refused(suite: Suite, run: Path) -> None:
    lines = (run / "trials.jsonl").read_text().splitlines(keepends=True)
    (run / "trials.jsonl").write_text("{nonsense\n" + lines[1])
    refused(suite, run, "trials.jsonl", "line 1")
    assert suite("verdict", run).returncode == 2
    (run / "trials.jsonl").write_text(lines[1])  # as the message says
    assert suite("run", "--resume", run).returncode == 0
    assert sorted(trial["trial"] for trial in trials_of(run)) == [0, 1]


@pytest.mark.parametrize("key", ["trial", "verdict", "reasons"])
def test_trials_of_another_shape_are_refused(suite: Suite, run: Path, key: str) -> None:
    lines = (run / "trials.jsonl").read_text().splitlines(keepends=True)
    (run / "trials.jsonl").write_text(json.dumps({**json.loads(lines[0]), key: 1.5}) + "\n" + lines[1])
    refused(suite, run, "trials.jsonl", "line 1")


def test_trials_that_cannot_be_read_are_not_taken_for_none(suite: Suite, run: Path) -> None:
    (run / "trials.jsonl").rename(run.parent / "kept")
    (run / "trials.jsonl").mkdir()  # even root cannot read that
    for command in (["run", "--resume", run], ["verdict", run]):
        ended = suite(*command)
        assert ended.returncode == 2 and "cannot read" in ended.stderr and ended.stderr.count("\n") == 1


def script(directory: Path, text: str) -> Path:
    directory.mkdir()
    (directory / "model").write_text(f"#!/bin/sh\n{text}\n")
    (directory / "model").chmod(0o755)
    return directory


def test_a_model_that_says_no_end_is_left_out(suite: Suite, tmp_path: Path) -> None:
    ended = suite("list", "models", "--models-dir", script(tmp_path / "models", "exec yes"))
    assert ended.returncode == 0 and "sequential" in ended.stdout
    assert "model is left out" in ended.stderr and "1048576 bytes" in ended.stderr


def test_an_interrupt_ends_a_model_that_does_not_describe_itself(started, tmp_path: Path) -> None:
    told = tmp_path / "told"
    process = started("run", "--models-dir", script(tmp_path / "models", f"echo $$ > {told}; exec sleep 600"))
    pid = wait_for(lambda: told.exists() and told.read_text().strip(), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and not Path(f"/proc/{pid}").exists()


def test_a_directory_need_not_be_named_in_utf_8(suite: Suite, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9"
    ended = suite("run", *SLEEP, "--models", "sequential", "--rounds", 1, "--out", os.fsdecode(name))
    assert ended.returncode == 0, ended.stderr
    assert json.loads((Path(os.fsdecode(name)) / "plan.json").read_text())["rounds"] == 1


def test_trials_of_another_plan_are_refused(suite: Suite, run: Path) -> None:
    trial = json.loads((run / "trials.jsonl").read_text().splitlines()[0])
    trial["model"] = "another"
    (run / "trials.jsonl").write_text(json.dumps(trial) + "\n")
    refused(suite, run, "trials.jsonl")
    assert suite("verdict", run).returncode == 2


def test_changed_programs_are_refused(suite: Suite, run: Path) -> None:
    environment = json.loads((run / "environment.json").read_text())
    environment["programs"]["sequential"]["crc32c"] = "00000000"
    (run / "environment.json").write_text(json.dumps(environment))
    refused(suite, run, "programs")


def test_a_verdict_that_is_lost_is_told(suite: Suite, run: Path) -> None:
    output_is_missed(suite, "verdict", run)
    output_is_missed(suite, "verdict", run, "--json")


def test_a_directory_in_use_is_not_overwritten(suite: Suite, run: Path) -> None:
    ended = suite("run", *SLEEP, "--models", "sequential", "--out", run)
    assert ended.returncode == 2 and "--resume" in ended.stderr
    assert finished(run) == 2


def test_two_runs_do_not_measure_at_once(suite: Suite, started, tmp_path: Path) -> None:
    first = started("run", *SLEEP, "--set", "most=50ms", "--models", "sequential", "--rounds", 1000, "--out", tmp_path / "first")
    wait_for(lambda: finished(tmp_path / "first") >= 1, first)
    second = suite("run", *SLEEP, "--models", "sequential", "--rounds", 1, "--out", tmp_path / "second")
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1 and str(first.pid) in second.stderr
    assert not (tmp_path / "second").exists()


def test_a_program_that_is_no_model_is_left_out_aloud(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    shutil.copy("/bin/false", tmp_path / "models" / "broken")
    ended = suite("run", *SLEEP, "--models", "sequential", "--models-dir", tmp_path / "models", "--rounds", 1, "--out", tmp_path / "run")
    assert ended.returncode == 0 and "broken" in ended.stderr
