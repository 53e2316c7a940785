"""trace shows who does what when in a few items, as it was measured.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from conftest import INTERLEAVE, Suite, output_is_missed


def may_trace() -> bool:
    """Whether the kernel lets it; strace itself comes with the set-up, and a machine without it fails here."""
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


traces = pytest.mark.skipif(not may_trace(), reason="the kernel or a container forbids ptrace here")
NAPS = ["--workload", "sleep_many", "--items", "3", "--set", "naps=60ms,40ms,20ms"]


def traced(suite: Suite, *arguments: object) -> dict[str, dict]:
    """The models of timeline.json, by name."""
    ended = suite("trace", "--json", *arguments)
    assert ended.returncode == 0, ended.stderr
    return {model["model"]: model for model in json.loads(ended.stdout)["models"]}


def most_at_once(items: list[dict]) -> int:
    return max(sum(other["start_ns"] <= item["start_ns"] < other["end_ns"] for other in items) for item in items)


@traces
def test_three_waits_one_after_another_and_overlapped(suite: Suite) -> None:
    models = traced(suite, "--models", "sequential,asio_coroutines", *NAPS)
    one, many = models["sequential"], models["asio_coroutines"]
    assert (one["in_flight"], many["in_flight"]) == (1, 3)
    assert most_at_once(one["items"]) == 1 and {item["lane"] for item in one["items"]} == {1}
    assert most_at_once(many["items"]) == 3 and {item["lane"] for item in many["items"]} == {1, 2, 3}
    assert one["run_ns"] >= 120e6
    for model in (one, many):
        assert [stage["stage"] for item in model["items"] for stage in item["stages"]] == ["waits"] * 3
        (thread,) = model["threads"]  # both do it on one
        assert thread["waits_ns"] > 0
    assert {state["call"] for state in one["threads"][0]["states"]} == {"", "clock_nanosleep"}
    assert many["threads"][0]["turns"] >= 1


@traces
def test_every_bearer_shows_what_a_reply_is_followed_by(suite: Suite) -> None:
    out = suite.directory / "traced"
    ended = suite("trace", "--models", "four", "--workload", "download_compute", "--items", "4", "--in-flight", "2", "--set", "cpu_share=30", "--out", out.name)
    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= 80 and "\x1b" not in ended.stdout
    models = json.loads((out / "timeline.json").read_text())["models"]
    assert {model["family"] for model in models} >= {"processes", "threads", "callbacks", "coroutines"}
    for model in models:
        if model["skipped"]:
            continue
        for item in model["items"]:
            stages = [stage["stage"] for stage in item["stages"]]
            assert stages[0] == "waits" and stages[-1] == "computes", (model["model"], stages)
            assert item["threads"], "its request was seen, and who sent it"
        assert sum(thread["runs_ns"] for thread in model["threads"]) > 0
    events = json.loads((out / "trace.json").read_text())["traceEvents"]
    assert {event["ph"] for event in events} == {"M", "X"}
    drawn = suite("report", out.name, "--theme", "light", "--format", "svg", "--no-animation")
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout == f"{out.name}/timeline-light.svg\n" and "thread runs" in (out / "timeline-light.svg").read_text()


@traces
def test_threads_and_processes_are_told_apart(suite: Suite) -> None:
    models = traced(suite, "--models", "thread_pool,process_pool", "--workload", "compute", "--items", "2", "--in-flight", "2")
    assert len({thread["process"] for thread in models["thread_pool"]["threads"]}) == 1
    assert len({thread["process"] for thread in models["process_pool"]["threads"]}) == 3
    for model in models.values():
        assert {stage["stage"] for item in model["items"] for stage in item["stages"]} == {"computes"}


def test_what_cannot_be_traced_is_one_line(suite: Suite) -> None:
    for arguments, words in [
        (["--models", "nobody"], "unknown model 'nobody'"),
        (["--workload", "nothing"], "unknown workload 'nothing'"),
        (["--items", "61"], "--items 61 is more than a picture can show: at most 60"),
        (["--items", "30", "--in-flight", "21"], "--in-flight 21 is more than a picture can show"),
        (["--set", "items=70"], "--items 70 is more than"),
        (["--set", "spam=1"], "knows 'spam'"),
        (["--items", "0"], "--items"),
        (["--workload", "pipeline"], "hands its items from lane to lane"),
        (["--draw"], "--draw needs --out"),
        (["--out", INTERLEAVE], "exists and is not an empty directory"),
    ]:
        ended = suite("trace", *arguments)
        assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and words in ended.stderr, (arguments, ended.stderr)


def test_a_machine_without_strace_or_without_the_right_to_trace_is_told(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    ended = suite("trace", *NAPS, PATH=str(tmp_path / "bin"))
    assert ended.returncode == 2 and ended.stderr == "interleave: trace needs strace: apt-get install strace\n"
    strace = tmp_path / "bin" / "strace"
    strace.write_text("#!/bin/bash\necho 'strace: test_ptrace_get_syscall_info: PTRACE_TRACEME: Operation not permitted' >&2\nexit 1\n")
    strace.chmod(0o755)
    ended = suite("trace", *NAPS, PATH=str(tmp_path / "bin"))
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1, ended.stderr
    assert "can trace nothing here" in ended.stderr and "PTRACE_TRACEME: Operation not permitted" in ended.stderr


@traces
def test_where_no_model_runs_it_nothing_was_traced(suite: Suite) -> None:
    ended = suite("trace", "--models", "sequential", "--workload", "race")
    assert ended.returncode == 3 and "nothing was traced" in ended.stderr
    assert "sequential: skipped, " in ended.stdout


@traces
def test_a_picture_that_is_lost_is_told(suite: Suite) -> None:
    output_is_missed(suite, "trace", "--models", "sequential", *NAPS)
