"""Which models and how many trials a run has: by profile, by name, by what is decided, and by the clock.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from conftest import FETCH, LYING, SLEEP, Suite, plan_of, trials_of

COMPUTE = ["--workloads", "compute", "--cores", "1", "--in-flight", "1", "--set", "items=100", "--set", "grain=1000"]
FAMILIES = {"sequential", "processes", "threads", "callbacks", "coroutines"}


def all_models(suite: Suite) -> dict[str, dict]:
    return {model["name"]: model for model in json.loads(suite("list", "models", "--json").stdout)}


def models_of_a_run(suite: Suite, *arguments: object) -> set[str]:
    run = suite.directory / "run"
    ended = suite("run", *COMPUTE, "--rounds", 1, "--out", run, *arguments)
    assert ended.returncode == 0, ended.stderr
    return {model["name"] for model in plan_of(run)["models"]}


def test_each_family_has_one_model_that_stands_for_it(suite: Suite) -> None:
    models = all_models(suite)
    assert Counter(model["family"] for model in models.values() if model["bears_family"]) == Counter(FAMILIES)
    others = {other: name for name, model in models.items() for other in model["counterparts"]}
    assert others and set(others) <= set(models), "counterparts are models that there are"


@pytest.mark.parametrize("arguments", [[], ["--models", "four"], ["--profile", "classics"]], ids=" ".join)
def test_quick_and_classics_measure_who_stands_for_a_family(suite: Suite, arguments: list[str]) -> None:
    bearers = {name for name, model in all_models(suite).items() if model["bears_family"]}
    assert models_of_a_run(suite, *arguments) == bearers


@pytest.mark.parametrize("arguments", [["--models", "all"], ["--profile", "standard"]], ids=" ".join)
def test_all_are_measured_where_all_are_asked_for(suite: Suite, arguments: list[str]) -> None:
    assert models_of_a_run(suite, *arguments) == set(all_models(suite))


def test_names_may_be_added_to_the_four(suite: Suite) -> None:
    chosen = models_of_a_run(suite, "--models", "four,fibers")
    assert "fibers" in chosen and len(chosen) == 1 + len(FAMILIES)


def test_models_of_a_directory_of_ones_own_are_not_left_out(suite: Suite) -> None:
    planned = suite("run", *FETCH, "--models-dir", LYING, "--dry-run")
    assert planned.returncode == 0, planned.stderr
    lying = {model["name"] for model in json.loads(suite("list", "models", "--json", "--models-dir", LYING).stdout)} - set(all_models(suite))
    assert lying and f" {len(FAMILIES) + len(lying)} models" in planned.stdout


def test_a_dry_run_says_what_would_be_and_leaves_nothing(suite: Suite) -> None:
    ended = suite("run", *SLEEP, "--models", "sequential,thread_pool", "--rounds", 3, "--dry-run")
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    load, total = ended.stdout.splitlines()
    assert load.split()[:2] == ["6", "trials:"] and total.startswith("1 points, 2 models, 3 rounds: 6 trials, about ")
    assert not (suite.directory / "results").exists()
    whole = suite("run", "--dry-run").stdout
    assert len(whole.splitlines()) > 30 and max(map(len, whole.splitlines())) <= 100


# A fork for each item takes many times as long, whatever the machine does meanwhile.
UNEQUAL = [*COMPUTE, "--profile", "standard", "--models", "sequential,process_per_item"]


def test_a_run_is_over_when_its_load_is_decided(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", *UNEQUAL, "--out", run)
    assert ended.returncode == 0, ended.stderr
    verdict = json.loads((run / "verdict.json").read_text())
    (point,) = verdict["points"]
    assert (point["verdict"], point["leaders"]) == ("wins", ["sequential"])
    assert 13 <= len(trials_of(run)) < 60, "3 rounds at least of who is far behind and 10 of who is left, 30 at most"
    assert verdict["trials_done"] + verdict["trials_not_needed"] == verdict["trials_planned"] == 60
    assert "Not finished" not in ended.stdout
    before = (run / "trials.jsonl").read_bytes()
    again = suite("run", "--resume", run)
    assert again.returncode == 0 and (run / "trials.jsonl").read_bytes() == before, again.stderr


def test_a_run_stops_when_its_time_is_over_and_goes_on_later(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    slow = [*SLEEP, "--set", "least=200ms", "--set", "most=200ms", "--models", "sequential"]
    ended = suite("run", *slow, "--rounds", 8, "--within", "1s", "--out", run)
    assert ended.returncode == 0, ended.stderr
    kept = trials_of(run)
    assert 1 <= len(kept) < 8 and "the time of --within is over; go on with: interleave run --resume" in ended.stderr
    assert f"Not finished: {len(kept)} of 8 trials" in ended.stdout
    assert suite("run", "--resume", run).returncode == 0
    assert trials_of(run)[: len(kept)] == kept and len(trials_of(run)) == 8


def test_time_that_is_too_short_for_a_round_is_inconclusive(suite: Suite, tmp_path: Path) -> None:
    slow = [*SLEEP, "--set", "least=1200ms", "--set", "most=1200ms", "--models", "sequential,uv_callbacks"]
    ended = suite("run", *slow, "--rounds", 2, "--within", "1s", "--out", "run")
    assert ended.returncode == 3 and ended.stderr.endswith("interleave: --within was over before any load had a round of all its models\n"), ended.stderr
    assert "go on with: interleave run --resume run" in ended.stderr and len(trials_of(tmp_path / "run")) == 1


def test_standard_takes_half_an_hour_at_most_unless_told_otherwise(suite: Suite) -> None:
    def last_line(*asked: str) -> str:
        return suite("run", "--models", "all", "--dry-run", *asked).stdout.splitlines()[-1]

    assert last_line("--profile", "standard").endswith("at most 30.0 min")
    assert last_line("--profile", "standard", "--within", "10min").endswith("at most 10.0 min")
    assert float(last_line("--profile", "rigorous").split()[-2]) > 60, "it has all the time that it takes"
