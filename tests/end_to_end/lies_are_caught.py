"""A model that lies gets every trial void, for the right reason, and the run a non-zero exit status.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import INTERLEAVE, LYING, PATIENCE, Suite, build, trials_of

LOADS = {load["name"]: load for load in json.loads((LYING / "lies.json").read_text())}
OPTIONS = {"workload": "--workloads", "in_flight": "--in-flight", "server_profile": "--server-profile", "time_scale": "--time-scale", "cores": "--cores"}


def options_of(load: dict) -> list[str]:
    words = [word for key, option in OPTIONS.items() if key in load for word in (option, str(load[key]))]
    return words + [word for setting in load["settings"] for word in ("--set", setting)]


def lies():
    for load in LOADS.values():
        too_few = len(os.sched_getaffinity(0)) < load.get("least_cores", 1)
        marks = [pytest.mark.skipif(too_few, reason="this machine has one core: there is no other to take")]
        for lie, checks in load["lies"].items():
            yield pytest.param(lie, load["name"], checks, marks=marks, id=f"{lie}-{load['name']}")


def run(suite: Suite, model: str, load: str, out: Path, rounds: int = 1):
    return suite("run", *options_of(LOADS[load]), "--models", model, "--models-dir", LYING, "--rounds", rounds, "--seed", 5, "--out", out)


@pytest.mark.parametrize(("lie", "load", "checks"), lies())
def test_each_lie_voids_its_trial(suite: Suite, tmp_path: Path, lie: str, load: str, checks: list[str]) -> None:
    ended = run(suite, lie, load, tmp_path / "run")
    (trial,) = trials_of(tmp_path / "run")
    assert trial["verdict"] == "void"
    assert checks and set(checks) <= {reason["check"] for reason in trial["reasons"]}, trial["reasons"]
    assert ended.returncode == 1
    assert "void" in ended.stdout and lie in ended.stderr, "the reason is told, too"


@pytest.mark.parametrize("load", [name for name, load in LOADS.items() if "honest" in load])
def test_the_same_pool_without_a_lie_is_valid(suite: Suite, tmp_path: Path, load: str) -> None:
    ended = run(suite, LOADS[load]["honest"], load, tmp_path / "run", rounds=3)
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


def selftest_of(suite: Suite, tmp_path: Path, lies: dict[str, list[str]] | None, honest: str = "honest"):
    """`selftest --only lies` of a build that has these."""
    folder = build(tmp_path / "own", "sequential")
    (folder / "bin").unlink()  # a program is where it is, not where a link to it is
    (folder / "bin").mkdir()
    shutil.copy(INTERLEAVE, folder / "bin")
    if lies is not None:
        lying = folder / "tests" / "lying"
        lying.mkdir(parents=True)
        for model in [*lies, honest]:
            (lying / model).symlink_to(LYING / model)
        load = {"name": "naps", "workload": "sleep_many", "in_flight": 1, "settings": ["items=2", "least=50ms", "most=50ms"], "honest": honest, "lies": lies}
        (lying / "lies.json").write_text(json.dumps([load]))
    return subprocess.run([folder / "bin" / "interleave", "selftest", "--only", "lies", "--full", "--out", "selftest"], cwd=tmp_path, env=suite.environment,
                          capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_the_selftest_tells_whether_lies_are_caught(suite: Suite, tmp_path: Path) -> None:
    ended = selftest_of(suite, tmp_path, {"early_waker": ["oracle"]})
    assert ended.returncode == 0 and "right   lies_naps: 1 caught" in ended.stdout, ended.stdout + ended.stderr
    kept = json.loads((tmp_path / "selftest" / "lies.json").read_text())["lies"]
    assert [(one["model"], one["verdict"], one["right"]) for one in kept] == [("honest", "valid", True), ("early_waker", "void", True)]


@pytest.mark.parametrize(("lies", "honest", "told"), [
    ({"early_waker": ["oracle", "census"]}, "honest", "early_waker is not caught"),
    ({}, "early_waker", "early_waker is void")])
def test_the_selftest_fails_where_a_lie_passes_or_the_truth_does_not(suite: Suite, tmp_path: Path, lies: dict, honest: str, told: str) -> None:
    ended = selftest_of(suite, tmp_path, lies, honest)
    assert ended.returncode == 1 and "wrong   lies_naps" in ended.stdout and told in ended.stdout, ended.stdout + ended.stderr


def test_a_build_without_lies_says_so(suite: Suite, tmp_path: Path) -> None:
    ended = selftest_of(suite, tmp_path, None)
    assert "missing lies" in ended.stdout and "BUILD_TESTING" in ended.stdout and "1 not tried" in ended.stdout, ended.stdout
    assert ended.returncode == 3, "nothing was tried"
