"""list and doctor say what there is and what is amiss, for people and as JSON.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import subprocess

import pytest

from conftest import INTERLEAVE, LYING, PATIENCE, SLEEP, Suite, output_is_missed


def test_the_version_is_told(suite: Suite) -> None:
    ended = suite("--version")
    assert ended.returncode == 0 and ended.stdout.startswith("interleave ")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["list", "--help"], ["verdict", "--help"], ["doctor", "--help"],
                                       ["serve", "--help"]], ids=" ".join)
def test_help_is_help(suite: Suite, arguments: list[str]) -> None:
    ended = suite(*arguments)
    assert ended.returncode == 0 and len(ended.stdout.splitlines()) > 3 and ended.stderr == ""


def test_models_are_listed_with_what_they_are(suite: Suite) -> None:
    ended = suite("list", "models", "--json")
    assert ended.returncode == 0, ended.stderr
    models = {model["name"]: model for model in json.loads(ended.stdout)}
    assert models["sequential"]["style"] == "blocking"
    assert {"download", "sleep_many", "compute"} <= set(models["sequential"]["workloads"])
    assert "sequential" in suite("list", "models").stdout


def test_more_models_may_be_added(suite: Suite) -> None:
    ended = suite("list", "models", "--json", "--models-dir", LYING)
    assert {"honest", "wrong_body", "sequential"} <= {model["name"] for model in json.loads(ended.stdout)}


def test_workloads_are_listed_with_their_parameters(suite: Suite) -> None:
    workloads = {each["name"]: each for each in json.loads(suite("list", "workloads", "--json").stdout)}
    assert {parameter["name"] for parameter in workloads["sleep_many"]["parameters"]} >= {"least", "most", "grid"}
    assert workloads["download"]["connects"] and not workloads["compute"]["connects"]
    assert all(each["summary"] for each in workloads.values())


def test_profiles_are_listed(suite: Suite) -> None:
    profiles = json.loads(suite("list", "profiles", "--json").stdout)
    kinds = {each["name"]: each["kind"] for each in profiles}
    assert kinds["quick"] == kinds["standard"] == kinds["rigorous"] == kinds["classics"] == "run"
    assert kinds["local"] == kinds["hostile"] == "server"


def test_each_server_profile_says_what_it_does(suite: Suite) -> None:
    said = {each["name"]: each["summary"] for each in json.loads(suite("list", "profiles", "--json").stdout) if each["kind"] == "server"}
    assert len(set(said.values())) == len(said) == 9
    assert said["error"] == "50 to 500 ms; 1024 to 4096 bytes; 24 % other statuses, 1 % other faults"


def test_what_can_be_set_is_listed(suite: Suite) -> None:
    named = {each["name"] for each in json.loads(suite("list", "settings", "--json").stdout)}
    assert named == {"items", "timeout", "delay", "bytes", "offload", "offload_workers"}
    assert "policies: offload, offload_workers" in suite("list", "models").stdout


def test_columns_are_as_wide_as_their_widest_entry(suite: Suite) -> None:
    lines = [line for line in suite("list", "models").stdout.splitlines() if "waits with" in line]
    assert len({line.index("waits with") for line in lines}) == 1 and len(lines) > 5


def test_the_doctor_knows_the_machine(suite: Suite) -> None:
    ended = suite("doctor", "--json")
    assert ended.returncode in (0, 2), ended.stderr
    said = json.loads(ended.stdout)
    assert said["machine"]["cores"] >= len(said["machine"]["allowed_cpus"]) >= 1
    assert said["machine"]["limits"]["descriptors_hard"] > 0
    levels = {finding["level"] for finding in said["findings"]}
    assert levels <= {"fine", "note", "warning", "problem"}
    assert (ended.returncode == 2) == ("problem" in levels)
    assert all(finding["cure"] for finding in said["findings"] if finding["level"] in ("warning", "problem"))


@pytest.mark.parametrize(("descriptors", "level", "says"), [(64, "problem", "no model can download"), (100, "warning", "in_flight above 36")])
def test_the_doctor_counts_descriptors(suite: Suite, descriptors: int, level: str, says: str) -> None:
    ended = subprocess.run(["bash", "-c", f'ulimit -n {descriptors}; exec "$0" doctor --json', INTERLEAVE], cwd=suite.directory,
                           env=suite.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    findings = {finding["what"]: finding["level"] for finding in json.loads(ended.stdout)["findings"]}
    assert [found for what, found in findings.items() if says in what] == [level]
    assert (ended.returncode == 2) == ("problem" in findings.values())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["list"], ["list", "models", "--json"], ["doctor"], ["doctor", "--json"]],
                         ids=" ".join)
def test_lost_output_is_told(suite: Suite, arguments: list[str]) -> None:
    output_is_missed(suite, *arguments)


def test_the_doctor_misses_a_python_that_draws(suite: Suite) -> None:
    plain = suite("doctor")
    assert "sequential" in plain.stdout
    assert ("problem" in plain.stdout) == (plain.returncode == 2)


def test_what_the_machine_charges_is_told_and_kept_with_a_run(suite: Suite) -> None:
    run = suite.directory / "run"
    assert suite("run", *SLEEP, "--models", "sequential,thread_pool", "--rounds", "1", "--costs", "--out", run).returncode == 0
    kept = json.loads((run / "machine_costs.json").read_text())
    assert all(cost["low_ns"] <= cost["median_ns"] <= cost["high_ns"] for cost in kept["costs"] if cost["median_ns"] is not None)
    (run / "machine_costs.json").unlink()
    ended = suite("doctor", "--costs", "--into", run)
    assert ended.returncode == 0 and len(ended.stdout.splitlines()) == 1 + len(kept["costs"]), ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 80 and "a switch to another thread" in ended.stdout
    again = json.loads((run / "machine_costs.json").read_text())
    assert [cost["name"] for cost in again["costs"]] == [cost["name"] for cost in kept["costs"]]
    assert {file.name for file in run.iterdir()} == {"environment.json", "plan.json", "trials.jsonl", "verdict.json", "machine_costs.json"}
    elsewhere = json.loads((run / "environment.json").read_text())
    (run / "environment.json").write_text(json.dumps({**elsewhere, "machine": {**elsewhere["machine"], "cpu": "Another CPU"}}))
    ended = suite("doctor", "--costs", "--into", run)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "of another machine" in ended.stderr


def test_prices_are_kept_with_runs_alone(suite: Suite) -> None:
    for arguments, says in ((["--costs", "--into", suite.directory], "it has no environment.json"), (["--into", suite.directory], "--costs"), (["--costs", "--into", ""], "--into")):
        ended = suite("doctor", *arguments)
        assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and says in ended.stderr, ended.stderr
