"""`interleave advise` takes a load in numbers, says which family to take, and refuses what it cannot measure.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Suite, plan_of, trials_of


@pytest.mark.parametrize("arguments, line", [
    (["--wait", "20ms"], "--in-flight is required"),
    (["--in-flight", "0"], "--in-flight"),
    (["--in-flight", "9", "--wait", "20"], "--wait: '20' is not a time; write it like 250us, 50ms or 1.5s"),
    (["--in-flight", "9", "--wait", "1h"], "--wait"),
    (["--in-flight", "9", "--cpu", "2s"], "--cpu 2s is above 1 s"),
    (["--in-flight", "9", "--cores", "999"], "--cores 999: a model can have"),
    (["--in-flight", "9", "--memory", "lots"], "--memory"),
    (["--in-flight", "900000"], "this machine allows"),
])
def test_what_cannot_be_measured_is_refused_in_one_line(suite: Suite, tmp_path: Path, arguments: list[str], line: str) -> None:
    ended = suite("advise", *arguments)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and line in ended.stderr, ended.stderr
    assert not (tmp_path / "results").exists()


def test_it_recommends_one_within_a_minute_and_keeps_what_it_measured(suite: Suite, tmp_path: Path) -> None:
    ended = suite("advise", "--in-flight", "4", "--wait", "20ms", "--out", "advice")
    assert ended.returncode in (0, 3), ended.stderr
    first = ended.stdout.splitlines()[0]
    assert first.startswith("Take " if ended.returncode == 0 else "No family will do"), ended.stdout
    assert "interleave run --workloads" in ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= 80
    resumed = suite("run", "--resume", "advice", "--allow-void")  # as it says where its minute is over
    assert "unknown profile" not in resumed.stderr and resumed.returncode in (0, 3), resumed.stderr
    assert len(plan_of(tmp_path / "advice")["points"]) == 5
    assert trials_of(tmp_path / "advice")
    assert suite("verdict", "advice").returncode in (0, 1)
