"""A run leaves a plan, its environment, every trial with its evidence, and a verdict that can be made again.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from conftest import FETCH, LYING, SLEEP, Suite, plan_of, trials_of


def test_every_planned_trial_is_in_the_files(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", *SLEEP, "--models", "sequential,honest", "--models-dir", LYING, "--rounds", 3, "--seed", 7, "--out", run)
    assert ended.returncode == 0, ended.stderr
    plan, trials = plan_of(run), trials_of(run)
    assert [trial["trial"] for trial in trials] == list(range(6)) == [each["trial"] for each in plan["order"]]
    assert Counter((trial["round"], trial["model"]) for trial in trials) == Counter(
        (round_, model) for round_ in range(3) for model in ("sequential", "honest"))
    assert {trial["verdict"] for trial in trials} == {"valid"}
    assert plan["seed"] == 7 and plan["rounds"] == 3
    point = plan["points"][0]
    assert (point["items"], point["in_flight"], point["parameters"]) == (3, 1, {"least": "1ms", "most": "5ms"})
    assert plan["command"][1] == "run"
    environment = json.loads((run / "environment.json").read_text())
    assert {"interleave", "sequential", "honest"} <= set(environment["programs"])
    assert "sleep_many" in ended.stdout and str(run) in ended.stderr
    assert not list(run.glob("*.part"))


def test_the_verdict_is_made_again_to_the_byte(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", *SLEEP, "--models", "sequential,honest", "--models-dir", LYING, "--rounds", 2, "--out", run, "--json")
    assert ended.returncode == 0, ended.stderr
    first = (run / "verdict.json").read_bytes()
    assert ended.stdout.encode() == first, "--json prints the verdict and nothing else"
    verdict = json.loads(first)
    assert verdict["points"][0]["verdict"] == "leading", "two rounds cannot crown a winner"
    (run / "verdict.json").unlink()
    again = suite("verdict", run)
    assert again.returncode == 0, again.stderr
    assert (run / "verdict.json").read_bytes() == first


def test_the_seed_decides_order_and_loads(suite: Suite, tmp_path: Path) -> None:
    plans = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ended = suite("run", *SLEEP, "--models", "sequential,honest", "--models-dir", LYING, "--rounds", 4, "--seed", seed, "--out",
                      tmp_path / name)
        assert ended.returncode == 0, ended.stderr
        plans.append(plan_of(tmp_path / name))
    assert plans[0]["order"] == plans[1]["order"] and plans[0]["points"] == plans[1]["points"]
    assert plans[0]["points"][0]["seed"] != plans[2]["points"][0]["seed"]


def test_a_request_is_proven_by_the_servers_ledger(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", *FETCH, "--models", "sequential", "--rounds", 2, "--out", run)
    assert ended.returncode == 0, ended.stderr
    for trial in trials_of(run):
        ledger, tape = trial["ledger"], trial["tape"]
        assert ledger["requests"] == ledger["unique"] == 5
        assert ledger["fingerprint"] != "0" * 16 and tape["digest"] != "0" * 16
        assert tape["outcomes"] == {"OK": 5} and tape["peak_in_flight"] == 1
        assert trial["tree"]["user_ns"] + trial["tree"]["system_ns"] > 0
        assert trial["cpu_per_item_ns"] > 0
    assert plan_of(run)["points"][0]["ranks_by"] == "none", "one in flight is shown, not ranked"


def test_census_and_memory_are_taken_on_the_plateau(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", "--workloads", "sleep_many", "--in-flight", 8, "--set", "items=8", "--set", "least=1s", "--set", "most=1s", "--models",
                  "honest", "--models-dir", LYING, "--rounds", 1, "--out", run)
    assert ended.returncode == 0, ended.stderr
    (trial,) = trials_of(run)
    assert trial["census"] == {"sampled": True, "threads": 9, "processes": 1}
    assert trial["memory"]["plateau_pss_bytes"] > 100_000
    assert trial["run_queue_wait_ns"] >= 0


def test_a_limit_is_a_skip_with_its_reason(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    load = ["--workloads", "sleep_many", "--in-flight", 2, "--set", "items=2", "--set", "least=1ms", "--set", "most=2ms"]
    ended = suite("run", *load, "--models", "sequential,honest", "--models-dir", LYING, "--rounds", 2, "--out", run)
    assert ended.returncode == 3, "sequential was asked for by name"
    skipped = [trial for trial in trials_of(run) if trial["model"] == "sequential"]
    assert [trial["verdict"] for trial in skipped] == ["skipped", "skipped"]
    assert "runs only in_flight 1" in skipped[0]["reasons"][0]["text"] and "runs only in_flight 1" in ended.stdout
    alone = suite("run", *load, "--models", "sequential", "--rounds", 1, "--out", tmp_path / "alone")
    assert alone.returncode == 3, "nothing measured is no success"
