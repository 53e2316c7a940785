"""`interleave limits` climbs real ladders, keeps what it has when it is stopped, and goes on where it was.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from conftest import Suite, plan_of, trials_of

ONE = ["--ladders", "in_flight_10ms", "--models", "sequential,uv_callbacks", "--seed", "5"]


def limits_in(run: Path) -> dict[str, dict]:
    (ladder,) = json.loads((run / "limits.json").read_text())["ladders"]
    return {model["model"]: model for model in ladder["models"]}


def kept_up(trial: dict) -> bool:
    if trial["verdict"] == "void":  # for gaps in its plateau alone
        return {reason["check"] for reason in trial["reasons"]} == {"sustained"} and trial["tape"]["efficiency"] >= 0.95
    return trial["verdict"] == "valid" and trial["efficiency"] >= 0.95


# On a busy machine that may be any rung, or none; it is the one that the trials say.
def test_each_model_has_the_last_rung_that_it_kept_up_with(suite: Suite, tmp_path: Path) -> None:
    ended = suite("limits", *ONE, "--out", "limits")
    run = tmp_path / "limits"
    found = limits_in(run)
    assert ended.returncode == (3 if None in (model["limit"] for model in found.values()) else 0), ended.stderr
    rungs = plan_of(run)["ladders"][0]["values"]
    for name, model in found.items():
        def trials_at(rung: float) -> list[dict]:
            return [trial for trial in trials_of(run) if trial["model"] == name and f"-c{rung:.0f}-" in trial["point"]]
        holds = -1
        if model["limit"] is not None:
            holds = rungs.index(model["limit"])
            assert sum(map(kept_up, trials_at(model["limit"]))) >= 2, model
        if model["first_failed"] is not None:
            assert rungs.index(model["first_failed"]) == holds + 1, model
            failed = [trial for trial in trials_at(model["first_failed"]) if not kept_up(trial)]
            assert len(failed) >= 5 or any(trial["verdict"] == "skipped" for trial in failed), model
    refused = found["sequential"]
    assert refused["limit"] is None or refused["ended_by"] == "refused" and "one item at a time" in refused["reason"], refused
    assert max(map(len, ended.stdout.splitlines())) <= 80
    again = suite("verdict", "limits", "--json")
    assert json.loads(again.stdout) == json.loads((run / "limits.json").read_text())


def test_what_was_interrupted_is_finished(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "limits"
    begun = suite.start("limits", *ONE, "--out", "limits")
    until = time.monotonic() + 120
    while time.monotonic() < until and not (run / "trials.jsonl").exists() or len(trials_of(run)) < 4:
        time.sleep(0.05)
    begun.send_signal(signal.SIGINT)
    _, said = begun.communicate(timeout=120)
    assert begun.returncode == 130
    assert "interleave limits --resume" in said
    before = trials_of(run)
    ended = suite("limits", "--resume", "limits")
    assert ended.returncode in (0, 3), ended.stderr  # 3: busy as the machine is, a model keeps up with nothing
    after = trials_of(run)
    assert after[:len(before)] == before, "nothing is measured again"
    assert [trial["trial"] for trial in after] == list(range(len(after)))
    assert json.loads((run / "limits.json").read_text())["finished"]


def test_time_that_is_over_leaves_what_is_known(suite: Suite, tmp_path: Path) -> None:
    ended = suite("limits", *ONE, "--out", "limits", "--within", "1s")
    assert "the time of --within is over; go on with: interleave limits --resume limits" in ended.stderr
    assert ended.returncode == 3 and "interleave: --within was over before any search was" in ended.stderr, ended.stderr
    assert "keeps up with no rung" not in ended.stderr, "nobody knows yet"
    assert not json.loads((tmp_path / "limits" / "limits.json").read_text())["finished"]


def test_a_result_that_cannot_be_written_is_told_and_shown_all_the_same(suite: Suite, tmp_path: Path) -> None:
    suite("limits", *ONE, "--out", "limits", "--within", "1s")
    (tmp_path / "limits" / "limits.json").unlink()
    (tmp_path / "limits" / "limits.json" / "in_the_way").mkdir(parents=True)
    ended = suite("limits", "--resume", "limits", "--within", "1s")
    assert ended.returncode == 2 and "once there is room: interleave verdict limits" in ended.stderr, ended.stderr
    assert "in flight, replies after 10 ms" in ended.stdout


def test_who_was_asked_for_by_name_and_climbs_nothing_is_told(suite: Suite) -> None:
    ended = suite("limits", "--ladders", "rate", "--models", "sequential", "--out", "limits")
    assert ended.returncode == 3 and "sequential was asked for by name and keeps up with no rung" in ended.stderr, ended.stderr


def test_what_cannot_be_is_refused_in_one_line(suite: Suite, tmp_path: Path) -> None:
    for arguments, line in ((["--ladders", "height"], "no ladder is called 'height'; known: in_flight_10ms"),
                            (["--models", "nobody"], "nobody"), (["--resume", "nowhere"], "nowhere"),
                            (["--resume", "x", "--seed", "1"], "leave out --seed"), (["--within", "soon"], "--within takes a time")):
        ended = suite("limits", *arguments)
        assert ended.returncode == 2, arguments
        assert ended.stderr.count("\n") == 1 and line in ended.stderr, ended.stderr
    assert not list(tmp_path.glob("results/*"))


def test_limits_and_comparisons_are_told_apart(suite: Suite) -> None:
    suite("limits", *ONE, "--out", "limits", "--within", "1s")
    resumed = suite("run", "--resume", "limits")
    assert resumed.returncode == 2 and "interleave limits --resume goes on with it" in resumed.stderr
    suite("run", "--workloads", "sleep_many", "--models", "sequential", "--in-flight", "1", "--set", "items=2", "--rounds", "1",
          "--out", "run")
    resumed = suite("limits", "--resume", "run")
    assert resumed.returncode == 2 and "it is a comparison" in resumed.stderr, resumed.stderr
