"""One model as a program: what it says of itself, what it refuses, and what it is by hand."""
# SPDX-License-Identifier: Apache-2.0
import json
import subprocess

import pytest

from measured_server import NO_DELAY, PATIENCE_S, Trial, point, profile
from one_model import ABOUT, MODEL, offered, run


BAD = {
    "an unknown workload": ({"workload": "nosuch"}, "nosuch"),
    "an unknown policy": ({"policies": {"nosuch": "1"}}, "nosuch"),
    "no items": ({"items": 0}, "items"),
    "more in flight than items": ({"in_flight": 11}, "in_flight"),
    "another schema": ({"schema": 2}, "schema"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_line_and_exit_2(tmp_path, what):
    change, named = BAD[what]
    trial = Trial(MODEL, {**point("compute", None, items=10, in_flight=1), **change}, tmp_path)
    assert trial.status == 2 and trial.json is None
    assert named in trial.stderr and len(trial.stderr.strip().splitlines()) == 1


def test_it_says_what_it_is():
    assert ABOUT["schema"] == 1
    assert ABOUT["name"] == MODEL.name
    assert ABOUT["style"] in ("blocking", "callback", "coroutine")
    assert ABOUT["family"] in ("sequential", "processes", "threads", "callbacks", "coroutines")
    assert ABOUT["language"] == "C++"
    assert ABOUT["library"] and ABOUT["back_end"] and ABOUT["threads"]
    assert set(ABOUT["workloads"]) | set(ABOUT["skips"]) >= {"download", "sleep_many", "compute", "download_compute", "exhibition", "primes", "executors", "spinner"}
    assert not set(ABOUT["workloads"]) & set(ABOUT["skips"])


def flags(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([MODEL, *arguments], capture_output=True, text=True, timeout=PATIENCE_S)


def test_it_is_a_google_benchmark_program(server):
    load = ["--items=30", "--in-flight=1", "--set", "least=1ms", "--set=most=2ms"]
    done = flags("--benchmark_filter=sleep_many", "--benchmark_format=json", *load)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["benchmarks"]
    assert row["name"].startswith(f"{MODEL.name}/sleep_many/")
    assert row["real_time"] >= 30 * 1.0 and row["time_unit"] == "ms"  # thirty naps of a millisecond or more, one by one
    if "download" in ABOUT["workloads"]:
        server.begin(point("download", server, items=20, in_flight=1, seed=1, of=profile(NO_DELAY)))
        done = flags("--benchmark_filter=/download/", f"--server=127.0.0.1:{server.port}", "--items=20", "--in-flight=1")
        server.ask("POST", "/end")
        assert done.returncode == 0, done.stderr
        done = flags("--benchmark_filter=/download/", "--items=20", "--in-flight=1")
        assert done.returncode == 2 and "needs --server" in done.stderr


@pytest.mark.parametrize("bad", [["--nosuch"], ["--benchmark_filter=nosuch"], ["--items"], ["--items=x"], ["--set=least"],
                                 ["--point=/nonexistent", "--out=/dev/null", "--tape=0", "--inputs=0", "--control=0"], ["--point=/dev/null"], ["--server=example.org:80"],
                                 ["--items=0"], ["--in-flight=0"], ["--items=5", "--in-flight=6"], ["--cores=0"], ["--seed=-1"]])
def test_bad_flags_are_exit_2(bad):
    done = flags(*bad)
    assert done.returncode == 2
    assert done.stderr.strip() and "terminate" not in done.stderr


def test_a_flag_out_of_range_is_one_line():
    done = flags("--items", "0")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == f"{MODEL.name}: --items=0 must be a whole number from 1 to 4294967294\n"


def test_help_tells_its_own_flags_and_google_benchmarks():
    done = flags("--help")
    assert done.returncode == 0 and done.stderr == ""
    for flag in ("--server", "--profile", "--items", "--in-flight", "--seed", "--cores", "--set", "--policy", "--point", "--out",
                 "--tape", "--inputs", "--control", "--describe", "--benchmark_filter"):
        assert flag in done.stdout, flag


def test_a_description_that_is_lost_is_told():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([MODEL, "--describe"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S)
    assert done.returncode == 2 and "cannot write" in done.stderr and done.stderr.count("\n") == 1


def test_another_seed_than_the_servers_is_hinted_at(server):
    offered("download")
    server.begin(point("download", server, items=20, in_flight=1, seed=2, of=profile(NO_DELAY)))
    done = flags("--benchmark_filter=/download/", f"--server=127.0.0.1:{server.port}", "--items=20", "--in-flight=1", "--seed=1")
    server.ask("POST", "/end")
    assert done.returncode == 1 and "same --profile, --seed, --items and --time-scale?" in done.stderr
