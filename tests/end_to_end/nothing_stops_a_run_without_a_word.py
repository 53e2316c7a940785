"""A run goes on where nobody reads what it says, and stops with one line and status 2 where it cannot go on.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from conftest import FETCH, INTERLEAVE, PATIENCE, SLEEP, Suite, finished, trials_of, wait_for

ROUNDS = 3
TINY = ["run", *SLEEP, "--models", "sequential", "--rounds", str(ROUNDS)]


def in_shell(suite: Suite, script: str, *arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
    """The script, in which "$0" "$@" is the program with the arguments."""
    return subprocess.run(["bash", "-c", script, INTERLEAVE, *map(str, arguments)], cwd=suite.directory, env={**suite.environment, **changes},
                          capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)


def in_a_world_of_its_own(suite: Suite, flags: str, script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The script as root of name spaces of its own, whose mounts and interfaces are gone with it."""
    flags = flags if os.getuid() == 0 else f"{flags} --map-root-user"
    if subprocess.run(["unshare", *flags.split(), "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip(f"unshare {flags} is not allowed here")
    return subprocess.run(["unshare", *flags.split(), "bash", "-c", script, INTERLEAVE, *map(str, arguments)], cwd=suite.directory,
                          env=suite.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-", "<&- 2>&-", "2> >(exec true)"])
def test_nobody_needs_to_read_the_progress(suite: Suite, tmp_path: Path, stderr: str) -> None:
    run = tmp_path / "run"
    for disposition in ("", "trap '' PIPE; "):
        ended = in_shell(suite, f'{disposition}"$0" "$@" {stderr}', *TINY, "--out", run)
        assert ended.returncode == 0 and "sleep_many" in ended.stdout, ended
        assert len(trials_of(run)) == ROUNDS
        subprocess.run(["rm", "-r", run], check=True)


def test_a_table_that_is_lost_is_told(suite: Suite, tmp_path: Path) -> None:
    for number, stdout in enumerate((">&-", ">/dev/full")):
        ended = in_shell(suite, f'"$0" "$@" {stdout}', *TINY, "--out", tmp_path / f"run{number}")
        assert ended.returncode == 2 and "cannot write" in ended.stderr.splitlines()[-1], ended


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_was_ignored_stays_ignored(suite: Suite, tmp_path: Path, number: signal.Signals) -> None:
    run = tmp_path / "run"
    process = subprocess.Popen([INTERLEAVE, "run", *SLEEP, "--set", "most=30ms", "--models", "sequential", "--rounds", "8", "--out", run],
                               env=suite.environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
    wait_for(lambda: finished(run) >= 1, process)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert len(trials_of(run)) == 8


def test_a_full_scratch_folder_stops_the_run_and_voids_nothing(suite: Suite, tmp_path: Path) -> None:
    scratch, run = tmp_path / "scratch", tmp_path / "run"
    scratch.mkdir()
    fill = f'mount -t tmpfs -o size=64k none "{scratch}" && {{ head -c 100000 /dev/zero > "{scratch}/filled" 2>/dev/null || true; }} && '
    ended = in_a_world_of_its_own(suite, "--mount", fill + f'TMPDIR="{scratch}" exec "$0" "$@"', *TINY, "--out", run)
    assert ended.returncode == 2, ended
    last = ended.stderr.splitlines()[-1]
    assert str(scratch) in last and "the disk is full" in last and "--resume" in last, ended.stderr
    assert finished(run) == 0
    assert suite("run", "--resume", run).returncode == 0, "once there is room"


def test_a_full_results_folder_is_named(suite: Suite, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    small = f'mount -t tmpfs -o size=64k none "{results}" && exec "$0" "$@"'
    ended = in_a_world_of_its_own(suite, "--mount", small, *TINY[:-1], 400, "--out", results / "run")
    assert ended.returncode == 2 and str(results) in ended.stderr.splitlines()[-1], ended.stderr


def test_a_file_that_may_not_grow_is_named(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    ended = in_shell(suite, 'ulimit -f 1; exec "$0" "$@"', *TINY, "--out", run)
    assert ended.returncode == 2 and str(run) in ended.stderr.splitlines()[-1] and "too large" in ended.stderr, ended
    assert not run.exists(), "nothing was begun"
    ended = in_shell(suite, 'ulimit -f 20; exec "$0" "$@"', *TINY[:-1], 30, "--out", run)
    assert ended.returncode == 2 and "trials.jsonl" in ended.stderr.splitlines()[-1], ended
    assert 0 < finished(run) < 30 and suite("run", "--resume", run).returncode == 0


def test_an_archive_gives_its_verdict(suite: Suite, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert suite(*TINY, "--out", run).returncode == 0
    table = suite("verdict", run).stdout
    (run / "verdict.json").unlink()
    protect = f'mount --bind "{run}" "{run}" && mount -o remount,ro,bind "{run}" && exec "$0" "$@"'
    ended = in_a_world_of_its_own(suite, "--mount", protect, "verdict", run)
    assert ended.returncode == 0 and ended.stdout == table
    assert ended.stderr.count("\n") == 1 and "cannot write" in ended.stderr and "Read-only" in ended.stderr, ended.stderr


def test_without_a_loopback_interface_one_line_says_so(suite: Suite, tmp_path: Path) -> None:
    ended = in_a_world_of_its_own(suite, "--net", 'exec "$0" "$@"', "run", *FETCH, "--models", "sequential", "--rounds", 1, "--out", tmp_path / "run")
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1, ended.stderr
    assert "127.0.0.1 cannot be used" in ended.stderr and "/usr" not in ended.stderr
    assert not (tmp_path / "run").exists()
    doctor = in_a_world_of_its_own(suite, "--net", 'exec "$0" "$@"', "doctor")
    assert doctor.returncode == 2 and "ip link set lo up" in doctor.stdout
    sleeps = in_a_world_of_its_own(suite, "--net", 'exec "$0" "$@"', *TINY, "--out", tmp_path / "sleeps")
    assert sleeps.returncode == 0, "what needs no server needs no network"


def test_an_address_that_is_taken_is_told_without_where_boost_noticed(suite: Suite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = suite("serve", "--port", taken.getsockname()[1])
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1, ended.stderr
    assert "in use" in ended.stderr and "[" not in ended.stderr


def test_runs_within_one_second_have_directories_of_their_own(suite: Suite, tmp_path: Path) -> None:
    for _ in range(3):
        ended = suite(*TINY[:-1], "1")
        assert ended.returncode == 0, ended.stderr
    assert len(list((tmp_path / "results").iterdir())) == 3


def test_the_line_to_resume_is_one_for_a_shell(suite: Suite, started, tmp_path: Path) -> None:
    run = tmp_path / "it's a run; $HOME"
    process = started("run", *SLEEP, "--set", "most=50ms", "--models", "sequential", "--rounds", 200, "--out", run)
    wait_for(lambda: finished(run) >= 1, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    line = err.splitlines()[-1].rpartition("go on with: ")[2]
    assert shlex.split(line) == ["interleave", "run", "--resume", str(run)]


def test_a_harness_that_is_stopped_blames_nobody(suite: Suite, started, tmp_path: Path) -> None:
    """The server and the models have started meanwhile; whoever waited for them too long was the harness itself."""
    run = tmp_path / "run"
    process = started("run", *FETCH, "--models", "sequential", "--rounds", 30, "--out", run)
    for _ in range(3):
        done = finished(run)
        wait_for(lambda: finished(run) > done, process)
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGCONT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert {trial["verdict"] for trial in trials_of(run)} == {"valid"}
