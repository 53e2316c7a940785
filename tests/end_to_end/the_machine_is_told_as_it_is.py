"""What the run is given (control groups, variables, programs, the machine itself) is found out, said, and never mixed up.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import BUILD, FETCH, INTERLEAVE, LYING, PATIENCE, SLEEP, Suite, finished, trials_of, wait_for, wrapped

MODELS = BUILD / "libexec" / "interleave"


class Group:
    """A control group of version 1 that a command can be started in."""

    def __init__(self, controller: str, path: Path) -> None:
        self.controller, self.path = controller, path

    def set(self, file: str, value: object) -> None:
        (self.path / file).write_text(f"{value}\n")

    def run(self, suite: Suite, *arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
        enter = f'echo $$ > "{self.path}/cgroup.procs" && exec "$0" "$@"'
        return subprocess.run(["bash", "-c", enter, INTERLEAVE, *map(str, arguments)], cwd=suite.directory,
                              env={**suite.environment, **changes}, capture_output=True, text=True, timeout=PATIENCE, check=False)


def own_group(controller: str) -> Path | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, group = line.split(":", 2)
        if controller in controllers.split(","):
            return Path("/sys/fs/cgroup") / controllers / group.lstrip("/")
    return None


@pytest.fixture()
def group(request: pytest.FixtureRequest) -> Iterator[Group]:
    """A group below this process's, in the hierarchy of the controller that the test asks for."""
    controller = request.param
    above = own_group(controller)
    if above is None:
        pytest.skip(f"no hierarchy of version 1 for {controller} here")
    outer = above / f"interleave-test-{os.getpid()}"
    inner = outer / "inner"
    try:
        inner.mkdir(parents=True)
    except OSError as error:
        pytest.skip(f"no group can be made in {above}: {error.strerror}")
    yield Group(controller, inner)
    deadline = time.monotonic() + 60
    while (inner / "cgroup.procs").read_text() and time.monotonic() < deadline:  # what a killed run leaves ends with it
        time.sleep(0.005)
    for each in (inner, outer):
        each.rmdir()


def doctor(suite: Suite, group: Group) -> str:
    return group.run(suite, "doctor").stdout


# Work for more than the quota allows in any period.
COMPUTE = ["--workloads", "compute", "--in-flight", "2", "--set", "items=10000", "--set", "grain=5000", "--models", "sequential,thread_pool"]


@pytest.mark.parametrize("group", ["cpu"], indirect=True)
def test_a_quota_that_is_used_up_voids_the_trial_and_not_the_model(suite: Suite, tmp_path: Path, group: Group) -> None:
    Group("cpu", group.path.parent).set("cpu.cfs_quota_us", 20_000)  # of 100,000, and inherited
    assert "0.20 cores in periods of 100 ms" in doctor(suite, group) and "cpu.cfs_quota_us" in doctor(suite, group)
    run = tmp_path / "run"
    ended = group.run(suite, "run", *COMPUTE, "--rounds", 2, "--out", run)
    assert "0.20 cores" in ended.stderr, "said before the run starts"
    assert json.loads((run / "environment.json").read_text())["machine"]["cgroup"]["cpu"]["cores"] == pytest.approx(0.2)
    # A skipped trial has run nothing that could be spoilt, but its start may have met the quota.
    throttled = [trial for trial in trials_of(run) if trial["throttled_periods"] > 0 and trial["verdict"] != "skipped"]
    assert throttled and all(trial["verdict"] == "void" for trial in throttled)
    assert any("throttled" in json.dumps(trial["reasons"]) for trial in throttled), [trial["reasons"] for trial in throttled]


@pytest.mark.parametrize("group", ["cpu"], indirect=True)
def test_a_run_is_not_resumed_under_another_quota(suite: Suite, tmp_path: Path, group: Group) -> None:
    run = tmp_path / "run"
    assert suite("run", *SLEEP, "--models", "sequential", "--rounds", 1, "--out", run).returncode == 0
    group.set("cpu.cfs_quota_us", 50_000)
    ended = group.run(suite, "run", "--resume", run)
    assert ended.returncode == 2 and "quota: none then, 0.5 now" in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


@pytest.mark.parametrize("group", ["pids"], indirect=True)
def test_tasks_that_a_group_does_not_have_left_skip_a_model(suite: Suite, tmp_path: Path, group: Group) -> None:
    Group("pids", group.path.parent).set("pids.max", 40)
    assert "tasks left to the cgroup" in doctor(suite, group)
    run = tmp_path / "run"
    load = ["--workloads", "sleep_many", "--in-flight", 39, "--set", "items=39", "--set", "least=1ms", "--set", "most=2ms"]
    ended = group.run(suite, "run", *load, "--models", "thread_pool", "--rounds", 1, "--out", run)
    (trial,) = trials_of(run)
    assert trial["verdict"] == "skipped" and "pids.max: 40, in use" in json.dumps(trial["reasons"]), trial["reasons"]
    assert ended.returncode == 3, ended.stderr


# Many small processes, each smaller than the harness, which is therefore whom the kernel would kill.
CROWD = """case "$1" in --describe) ;; *)
  for i in $(seq 30); do bash -c 'x=$(head -c 2000000 /dev/zero | tr "\\0" x); sleep 1' & done; wait ;;
esac"""


@pytest.mark.parametrize("group", ["memory"], indirect=True)
def test_memory_that_runs_out_takes_the_worker_and_not_the_run(suite: Suite, tmp_path: Path, group: Group) -> None:
    group.set("memory.limit_in_bytes", 50 << 20)
    assert "GiB of memory left to the cgroup" in doctor(suite, group)
    wrapped(tmp_path / "models", LYING / "honest", CROWD)
    run = tmp_path / "run"
    ended = group.run(suite, "run", *SLEEP, "--models", "honest", "--models-dir", tmp_path / "models", "--rounds", 1, "--out", run)
    killed = int(dict(line.split() for line in (group.path / "memory.oom_control").read_text().splitlines()).get("oom_kill", 1))
    assert killed > 0, "a test that does not run out of memory proves nothing"
    assert ended.returncode in (0, 1), ended
    assert len(trials_of(run)) == 1


def test_a_library_that_the_user_benchmarks_with_changes_no_trial(suite: Suite, tmp_path: Path) -> None:
    for name, value in (("BENCHMARK_FILTER", "nothing"), ("BENCHMARK_REPETITIONS", "3")):
        ended = suite("run", *FETCH, "--models", "sequential", "--rounds", 1, "--out", tmp_path / name, **{name: value})
        assert ended.returncode == 0, ended.stderr
        (trial,) = trials_of(tmp_path / name)
        assert trial["ledger"]["requests"] == 5


def test_variables_that_tune_libraries_are_kept_and_said(suite: Suite, tmp_path: Path) -> None:
    tuned = {"MALLOC_ARENA_MAX": "1", "UV_THREADPOOL_SIZE": "9", "TBB_NO_UTF_8": os.fsdecode(b"caf\xe9")}
    ended = suite("run", *SLEEP, "--models", "sequential", "--rounds", 1, "--out", tmp_path / "run", **tuned)
    assert ended.returncode == 0 and "warning: MALLOC_ARENA_MAX, TBB_NO_UTF_8, UV_THREADPOOL_SIZE" in ended.stderr
    machine = json.loads((tmp_path / "run" / "environment.json").read_text())["machine"]
    assert {**machine["tuning"], **tuned, "TBB_NO_UTF_8": "caf\ufffd"} == machine["tuning"]
    assert suite("doctor", "--json", **tuned).stderr == ""
    assert suite("run", "--resume", tmp_path / "run", **tuned).returncode == 0
    resumed = suite("run", "--resume", tmp_path / "run")
    assert resumed.returncode == 2 and "MALLOC_ARENA_MAX" in resumed.stderr


def test_a_worker_has_no_descriptor_of_the_harness(suite: Suite, tmp_path: Path) -> None:
    listing = tmp_path / "descriptors"
    wrapped(tmp_path / "models", MODELS / "sequential",
            f'case "$1" in --describe) ;; *) ls -l /proc/$$/fd > {listing} ;; esac')
    leak = os.open("/dev/zero", os.O_RDONLY)
    try:
        ended = subprocess.run([INTERLEAVE, "run", *FETCH, "--models", "mine/sequential", "--models-dir", f"mine={tmp_path / 'models'}",
                                "--rounds", "1", "--out", tmp_path / "run"], env=suite.environment, cwd=tmp_path, pass_fds=[leak],
                               capture_output=True, text=True, timeout=PATIENCE, check=False)
    finally:
        os.close(leak)
    assert ended.returncode == 0, ended.stderr
    links = [line.split(" -> ") for line in listing.read_text().splitlines() if " -> " in line]
    held = {int(left.split()[-1]): target for left, target in links}
    assert held.pop(255) == str(tmp_path / "models" / "model"), "the script that bash reads"
    assert set(held) == {0, 1, 2, 3, 4, 5} and held[3].startswith("socket:"), held
    assert "interleave-tape" in held[4] and "interleave-inputs" in held[5], held


def test_another_machine_does_not_finish_a_run(suite: Suite, tmp_path: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one core cannot be taken away")
    run = tmp_path / "run"
    assert suite("run", *SLEEP, "--models", "sequential", "--rounds", 1, "--out", run).returncode == 0
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    one = str(min(os.sched_getaffinity(0)))
    ended = subprocess.run(["taskset", "-c", one, INTERLEAVE, "run", "--resume", run], env=suite.environment, capture_output=True,
                           text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1, ended.stderr
    assert "allowed cores" in ended.stderr and f"[{one}] now" in ended.stderr
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before


def test_a_program_that_is_replaced_ends_the_run(suite: Suite, started, tmp_path: Path) -> None:
    models, run = tmp_path / "models", tmp_path / "run"
    models.mkdir()
    shutil.copy(LYING / "honest", models / "honest")
    process = started("run", *SLEEP, "--set", "least=50ms", "--set", "most=50ms", "--models", "honest", "--models-dir", models, "--rounds", 500,
                      "--out", run)
    wait_for(lambda: finished(run) >= 2, process)
    shutil.copy(LYING / "fewer_threads", models / "new")
    (models / "new").rename(models / "honest")
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and f"honest ({models / 'honest'}) has been replaced" in err.splitlines()[-1], err
    assert "--resume" not in err
    kept = trials_of(run)
    assert 2 <= len(kept) < 500 and {trial["verdict"] for trial in kept} == {"valid"}
    assert (run / "verdict.json").exists()


def test_ones_own_last_run_is_nobody_else(suite: Suite) -> None:
    facts = json.loads(suite("doctor", "--json").stdout)
    use = facts["machine"]["present_use"]
    assert 0 <= use["busy_share"] <= 1 and 0 <= use["stolen_share"] <= 1
    said = [finding["what"] for finding in facts["findings"]]
    assert any("something else is running" in what for what in said) == (use["busy_share"] > 0.15), "not what was a minute ago"
