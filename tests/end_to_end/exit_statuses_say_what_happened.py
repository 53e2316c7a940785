"""The exit status is the run's result, and what was asked for by name counts.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from pathlib import Path

from conftest import LYING, SLEEP, Suite

# `sequential` has one lane, and skips whatever asks for two.
TWO = ["--workloads", "sleep_many", "--in-flight", "2", "--set", "items=2", "--set", "least=1ms", "--set", "most=2ms"]
WITH_HONEST = ["--models-dir", LYING, "--rounds", 1]


def test_a_model_asked_for_by_name_must_have_a_result(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", *TWO, *WITH_HONEST, "--models", "sequential,honest", "--out", run)
    assert ended.returncode == 3, ended.stderr
    assert "sequential was asked for by name and has no valid result: " in ended.stderr
    assert "honest was asked" not in ended.stderr
    assert suite("verdict", run).returncode == 3
    assert suite("run", "--resume", run).returncode == 3


def test_words_of_their_own_are_names_too(suite: Suite, tmp_path: Path) -> None:
    for number, names in enumerate((["--models=sequential,honest"], ["--models", "honest", "--models", "sequential"], ["--models", "honest", "sequential"])):
        assert suite("run", *TWO, *WITH_HONEST, *names, "--out", tmp_path / str(number)).returncode == 3


def test_a_model_that_was_not_named_may_be_skipped(suite: Suite, tmp_path: Path) -> None:
    only = tmp_path / "only"  # all models there are: named by nobody
    ended = suite("run", *TWO, *WITH_HONEST, "--models", "honest", "--out", only)
    assert ended.returncode == 0, ended.stderr


def test_a_result_at_one_load_is_a_result(suite: Suite, tmp_path: Path) -> None:
    ended = suite("run", *TWO, "--in-flight", "1,2", *WITH_HONEST, "--models", "sequential,honest", "--out", tmp_path / "run")
    assert ended.returncode == 0, ended.stderr


def test_a_fault_goes_first(suite: Suite, tmp_path: Path) -> None:
    lie = [*SLEEP, *WITH_HONEST, "--models", "early_waker,honest"]
    assert suite("run", *lie, "--out", tmp_path / "void").returncode == 1
    assert suite("run", *lie, "--allow-void", "--out", tmp_path / "allowed").returncode == 3, "allowed, and yet without a result"


def test_repeats_of_one_reason_are_told_once(suite: Suite, tmp_path: Path) -> None:
    ended = suite("run", *SLEEP, "--models-dir", LYING, "--models", "early_waker", "--rounds", 5, "--out", tmp_path / "run")
    told = [line for line in ended.stderr.splitlines() if line.startswith("void: early_waker")]
    assert len(told) == 2 and "round 0" in told[0] and "the same reason 4 more times" in told[1], ended.stderr


def test_there_is_one_table_of_statuses(suite: Suite) -> None:
    for command in (["--help"], ["run", "--help"]):
        said = suite(*command).stdout
        for status in ("130  interrupted", "2  usage or set-up", "1  void trials", "4  two runs", "3  inconclusive", "0  fine"):
            assert status in said
