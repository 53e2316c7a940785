"""anatomy counts the system calls and allocations of an item, and only those.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json

import pytest

from conftest import SLEEP, Suite, output_is_missed


def anatomy(suite: Suite, model: str, *arguments: object) -> dict:
    ended = suite("anatomy", "--models", model, "--json", *arguments)
    assert ended.returncode == 0, ended.stderr
    (line,) = json.loads(ended.stdout)["models"]
    return line


def test_a_blocking_item_is_one_send_and_one_receive(suite: Suite) -> None:
    line = anatomy(suite, "sequential", "--in-flight", "1", "--items", "400")
    calls = line["system_calls"]
    assert calls["sendto"] == 1
    assert calls["recvfrom"] == pytest.approx(1, abs=0.02)
    assert line["system_calls_per_item"] == pytest.approx(2, abs=0.2)
    assert line["allocations_per_item"] < 0.5


def test_a_coroutine_of_our_own_is_one_allocation(suite: Suite) -> None:
    line = anatomy(suite, "epoll_coroutines", "--in-flight", "20", "--items", "400")
    assert line["system_calls"]["sendto"] == 1
    assert line["allocations_per_item"] == pytest.approx(1, abs=0.1)
    assert line["allocated_bytes_per_item"] > 100


def test_a_fork_an_item_is_a_fork_an_item(suite: Suite) -> None:
    calls = anatomy(suite, "process_per_item", "--workload", "sleep_many", "--in-flight", "4", "--items", "24", "--set", "least=1ms",
                    "--set", "most=2ms")["system_calls"]
    forks = sum(count for call, count in calls.items() if call in ("fork", "clone", "clone3"))
    assert 0.9 < forks < 1.5  # a fork that a child's end interrupts is called again


def test_limits_are_told(suite: Suite) -> None:
    assert "runs only in_flight 1" in anatomy(suite, "sequential", "--in-flight", "2", "--items", "10")["skipped"]
    ended = suite("anatomy", "--models", "sequential", "--items", "10", "--in-flight", "6")
    assert ended.returncode == 2 and "--items 10 must be at least twice --in-flight 6" in ended.stderr
    assert suite("anatomy", "--in-flight", "0").returncode == 2


def test_every_workload_can_be_taken_apart_as_it_is(suite: Suite) -> None:
    line = anatomy(suite, "sequential", "--workload", "download_compute", "--in-flight", "1", "--items", "40")
    assert line["skipped"] == "" and line["system_calls"]["sendto"] == 1


def test_a_table_that_is_lost_is_told(suite: Suite) -> None:
    output_is_missed(suite, "anatomy", "--models", "sequential", "--in-flight", "1", "--items", "4")


def test_counts_are_kept_with_a_run_of_the_same_programs(suite: Suite) -> None:
    run = suite.directory / "run"
    assert suite("run", *SLEEP, "--models", "sequential", "--rounds", "1", "--out", run).returncode == 0
    asked = ("anatomy", "--models", "sequential", "--in-flight", "1", "--items", "4", "--workload", "sleep_many", "--set", "least=1ms", "--set", "most=2ms", "--into", run)
    ended = suite(*asked)
    assert ended.returncode == 0, ended.stderr
    (line,) = json.loads((run / "counts.json").read_text())["models"]
    assert line["model"] == "sequential" and line["skipped"] == ""
    environment = json.loads((run / "environment.json").read_text())
    environment["programs"]["sequential"]["crc32c"] = "00000000"
    (run / "environment.json").write_text(json.dumps(environment))
    ended = suite(*asked)
    assert ended.returncode == 2 and "the program of sequential is not the one that was measured" in ended.stderr
    ended = suite(*asked[:-1], suite.directory)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "it has no environment.json" in ended.stderr
