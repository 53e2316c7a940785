"""Two runs at hand are compared: what is slower, what is missing, and never a pass where nothing was compared.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import csv
import json
import shutil
import xml.etree.ElementTree
from pathlib import Path

import pytest

from conftest import LYING, SLEEP, Suite, output_is_missed, plan_of, trials_of


@pytest.fixture()
def base(suite: Suite, tmp_path: Path) -> Path:
    run = tmp_path / "base"
    ended = suite("run", *SLEEP, "--models-dir", LYING, "--models", "sequential,honest", "--rounds", 8, "--out", run)
    assert ended.returncode == 0, ended.stderr
    rewrite(run, steady)  # a busy machine is no part of the promise
    return run


def steady(trial: dict) -> None:
    trial.update(verdict="valid", reasons=[], makespan_ns=1e7, efficiency=0.99, cpu_per_item_ns=1e5 + 100 * (trial["round"] % 5))


def rewrite(run: Path, change) -> None:
    trials = trials_of(run)
    for trial in trials:
        change(trial)
    (run / "trials.jsonl").write_text("".join(json.dumps(trial) + "\n" for trial in trials))


def changed(base: Path, name: str, change) -> Path:
    """A copy of a run, with each trial as `change` leaves it."""
    copy = base.parent / name
    shutil.copytree(base, copy)
    rewrite(copy, change)
    return copy


def slow(trial: dict) -> None:
    if trial["model"] == "honest":
        trial["cpu_per_item_ns"] *= 2


def void(trial: dict) -> None:
    if trial["model"] == "honest":
        trial.update(verdict="void", reasons=[{"check": "oracle", "text": "item 1 is missing"}])


def test_a_run_passes_against_itself(suite: Suite, base: Path) -> None:
    ended = suite("compare", base, base)
    assert ended.returncode == 0 and "2 the same within 5 %" in ended.stdout and "Pass (exit 0)" in ended.stdout, ended.stdout + ended.stderr
    assert max(map(len, ended.stdout.replace(str(base), "base").splitlines())) <= 80


def test_a_slower_model_fails(suite: Suite, base: Path) -> None:
    new = changed(base, "new", slow)
    ended = suite("compare", base, new)
    assert ended.returncode == 1 and "1 slower" in ended.stdout, ended.stdout
    assert suite("compare", new, base).returncode == 0, "faster"
    assert suite("compare", base, new, "--fail-over", "150%").returncode == 0


def test_a_void_cell_is_named(suite: Suite, base: Path) -> None:
    ended = suite("compare", base, changed(base, "new", void))
    assert ended.returncode == 4 and "honest: void in NEW: oracle: item 1 is missing" in ended.stdout, ended.stdout


def test_every_form_tells_the_same(suite: Suite, base: Path) -> None:
    new = changed(base, "new", slow)
    said = {form: suite("compare", base, new, "--format", form) for form in ("json", "markdown", "junit", "github")}
    assert {ended.returncode for ended in said.values()} == {1}
    document = json.loads(said["json"].stdout)
    assert document["exit_status"] == 1 and document["error_percent"] == 5
    assert {cell["model"]: cell["verdict"] for cell in document["cells"]}["honest"] == "slower"
    suites = xml.etree.ElementTree.fromstring(said["junit"].stdout)
    assert suites.find("testsuite").get("failures") == "1"
    assert len(suites.findall(".//failure")) == 1
    assert said["github"].stdout.count("::error ") == 1
    assert said["markdown"].stdout.startswith("### interleave compare\n") and said["markdown"].stdout.count("\n") <= 40


def a_little_more(trial: dict) -> None:
    trial["cpu_per_item_ns"] *= 1.04


def lose(trial: dict) -> None:
    """Two of eight rounds, in which the concurrency was not kept up."""
    if trial["model"] == "honest" and trial["round"] < 2:
        trial.update(verdict="void", reasons=[{"check": "sustained", "text": "peak in flight was 0, asked were 1"}])


def run_out_of_patience(trial: dict) -> None:
    if trial["model"] == "honest":
        trial.update(verdict="skipped", reasons=[{"check": "patience", "text": "a trial takes 9 s", "limit_s": 5.0}])


@pytest.mark.parametrize("change", [slow, void, a_little_more, lose, run_out_of_patience])
def test_the_report_has_the_same_words(suite: Suite, base: Path, change) -> None:
    """There is one definition of a difference."""
    new = changed(base, "new", change)
    for run in (base, new):
        assert suite("verdict", run).returncode in (0, 1, 3)  # 3: who was asked for has no valid round
    told = json.loads(suite("compare", base, new, "--format", "json").stdout)
    ended = suite("report", new, base, "--json", "--only", "outcomes", "--theme", "light", "--format", "svg", "--out", new / "o")
    assert ended.returncode == 0, ended.stderr
    drawn = json.loads(ended.stdout)["comparison"]
    by_cell = {(cell["point"], cell["model"]): cell for cell in told["cells"]}
    assert {(cell["point"], cell["model"]): cell["word"] for cell in drawn["cells"]} == {key: cell["verdict"] for key, cell in by_cell.items()}
    for cell in drawn["cells"]:
        there = by_cell[cell["point"], cell["model"]]
        for key in ("ratio", "low", "high"):
            assert cell[key] == (None if there[key] is None else pytest.approx(there[key])), (cell, there)
    assert [gap["model"] for gap in drawn["gaps"]] == [gap["model"] for gap in told["gaps"]]


def test_another_machine_is_said(suite: Suite, base: Path) -> None:
    other = changed(base, "other", lambda trial: None)
    environment = json.loads((other / "environment.json").read_text())
    environment["machine"]["cpu"] = "Another 9000"
    environment["build"]["flags"] = "-O0"
    (other / "environment.json").write_text(json.dumps(environment))
    ended = suite("compare", base, other)
    said = " ".join(ended.stdout.split())
    assert ended.returncode == 0 and "Another 9000 now" in said and "another flags" in said, ended.stdout


def test_a_run_without_its_environment_is_compared(suite: Suite, base: Path) -> None:
    other = changed(base, "other", lambda trial: None)
    (other / "environment.json").unlink()
    ended = suite("compare", base, other)
    assert ended.returncode == 0 and "not told by both" in ended.stdout


@pytest.mark.parametrize(("key", "value", "told"), [("schema", 2, "another schema"), ("version", "9.9.9", "version 9.9.9")])
def test_another_schema_is_refused(suite: Suite, base: Path, key: str, value: object, told: str) -> None:
    other = changed(base, "other", lambda trial: None)
    (other / "plan.json").write_text(json.dumps({**plan_of(other), key: value}))
    ended = suite("compare", base, other)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and told in ended.stderr, ended.stderr
    assert ended.stdout == ""


def test_bad_arguments_are_refused(suite: Suite, base: Path) -> None:
    for words, told in ((["/nonexistent", base], "/nonexistent is not a directory"), ([base, base.parent], "plan.json"),
                        ([base], "new"), ([base, base, "--fail-over", "0%"], "--fail-over"), ([base, base, "--fail-over", "5 apples"], "5 apples"),
                        ([base, base, "--fail-over", "nan"], "nan"), ([base, base, "--format", "xml"], "--format")):
        ended = suite("compare", *words)
        assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and told in ended.stderr, ended.stderr


def test_an_empty_run_is_no_pass(suite: Suite, base: Path) -> None:
    empty = changed(base, "empty", lambda trial: None)
    (empty / "trials.jsonl").write_text("")
    assert suite("compare", empty, empty).returncode == 3
    assert suite("compare", base, empty).returncode == 4


def test_a_run_is_exported(suite: Suite, base: Path) -> None:
    formats = ("google-benchmark", "google-benchmark-summary", "bencher", "csv", "junit", "markdown")
    said = {form: suite("export", base, "--format", form) for form in formats}
    assert {ended.returncode for ended in said.values()} == {0}
    rows = json.loads(said["google-benchmark"].stdout)["benchmarks"]
    assert len(rows) == 16 and all(row["real_time"] > 0 and row["cpu_time"] > 0 for row in rows)
    assert any(row["name"].endswith("/metric:p99") for row in json.loads(said["google-benchmark-summary"].stdout)["benchmarks"])
    assert len(list(csv.reader(said["csv"].stdout.splitlines()))) == 17
    assert len(xml.etree.ElementTree.fromstring(said["junit"].stdout).findall(".//testcase")) == 2
    for words, told in (([base], "--format"), ([base, "--format", "xml"], "google-benchmark-summary"), (["/nonexistent", "--format", "csv"], "/nonexistent")):
        ended = suite("export", *words)
        assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and told in ended.stderr, ended.stderr
    output_is_missed(suite, "export", base, "--format", "csv")


CONTEXT = {"date": str, "host_name": str, "executable": str, "num_cpus": int, "mhz_per_cpu": int, "cpu_scaling_enabled": bool, "caches": list, "load_avg": list,
           "library_build_type": str}
ROW = {"name": str, "run_name": str, "run_type": str, "repetitions": int, "repetition_index": int, "threads": int, "iterations": int,
       "real_time": (int, float), "cpu_time": (int, float), "time_unit": str}


def no_number(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


@pytest.mark.parametrize("form", ["google-benchmark", "google-benchmark-summary"])
def test_a_run_has_what_readers_of_google_benchmark_ask_for(suite: Suite, base: Path, form: str) -> None:
    """The types that github-action-benchmark declares, and what Bencher's cpp_google demands beside: caches, nothing but times, no two rows of one name where it
    is a summary."""
    document = json.loads(suite("export", base, "--format", form).stdout, parse_constant=no_number)
    assert {key: type(document["context"][key]) for key in CONTEXT} == CONTEXT
    assert all(isinstance(row[key], kind) for row in document["benchmarks"] for key, kind in ROW.items())
    assert {row["time_unit"] for row in document["benchmarks"]} == {"ns"} and {row["run_type"] for row in document["benchmarks"]} == {"iteration"}
    names = [row["name"] for row in document["benchmarks"]]
    assert form == "google-benchmark" or len(set(names)) == len(names)
    assert form == "google-benchmark-summary" or sorted(row["repetition_index"] for row in document["benchmarks"] if row["name"] == names[0]) == list(range(8))


def test_a_run_has_what_bencher_asks_for(suite: Suite, base: Path) -> None:
    """A name, a measure, a value, and bounds about it."""
    document = json.loads(suite("export", base, "--format", "bencher").stdout, parse_constant=no_number)
    assert len(document) == 2
    for name, measures in document.items():
        assert 0 < len(name) <= 1024 and measures
        for metric in measures.values():
            assert metric.keys() <= {"value", "lower_value", "upper_value"} and all(isinstance(value, (int, float)) for value in metric.values())
            assert metric.get("lower_value", metric["value"]) <= metric["value"] <= metric.get("upper_value", metric["value"])
    assert any("lower_value" in metric for measures in document.values() for metric in measures.values())


def test_a_lost_output_is_missed(suite: Suite, base: Path) -> None:
    output_is_missed(suite, "compare", base, base)


@pytest.mark.parametrize("wish", [("--json", "gate.json"), ("--junit", "gate.xml"), ("--dry-run",), ("--models", "honest")])
def test_gate_of_two_runs_passes_over_no_wish(suite: Suite, base: Path, wish: tuple[str, ...]) -> None:
    ended = suite("gate", base, base, *wish)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
    assert wish[0] in ended.stderr and "interleave compare BASE NEW --format" in ended.stderr
