"""A worker as a plain Google Benchmark program: its columns mean what they say, and what fails is told once."""
# SPDX-License-Identifier: Apache-2.0
import json
import subprocess

import pytest

from measured_server import BUILD, PATIENCE_S, Server, point, profile

WORKERS = BUILD / "libexec/interleave"
COMPUTE = ["--benchmark_filter=/compute/", "--items=200", "--in-flight=4", "--set", "grain=300000", "--benchmark_format=json"]


def run(model: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run([WORKERS / model, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, env=environment or None)


def row(done: subprocess.CompletedProcess) -> dict:
    assert done.returncode == 0, done.stderr
    (only,) = json.loads(done.stdout)["benchmarks"]
    return only


# Its column was the main thread's alone: compare.py found a pool a hundred times cheaper than it is.
@pytest.mark.parametrize("model", ["thread_pool", "process_pool", "sequential"])
def test_the_cpu_column_is_the_whole_trees(model):
    arguments = [*COMPUTE, "--in-flight=1"] if model == "sequential" else COMPUTE
    only = row(run(model, *[each for each in arguments if each != "--in-flight=4" or model != "sequential"]))
    assert only["cpu_time"] * 1000 == pytest.approx(only["cpu_us_per_item"] * 200, rel=1e-3), "milliseconds, and microseconds an item"
    assert "tree_cpu_s" not in only


def test_the_cores_are_an_affinity():
    """Threads of a library obey no number: on one core, what computes takes as long as its CPU time."""
    only = row(run("thread_pool", *COMPUTE, "--cores=1"))
    assert only["real_time"] >= 0.95 * only["cpu_time"], only


def test_there_is_no_efficiency_where_there_is_no_ideal():
    only = row(run("sequential", "--benchmark_filter=sleep_many", "--items=5", "--in-flight=1", "--set", "least=0s", "--set", "most=0s",
                   "--benchmark_format=json"))
    assert "efficiency" not in only and "NaN" not in json.dumps(only)


def test_a_long_run_is_announced():
    """The report comes at its end."""
    started = subprocess.Popen([WORKERS / "sequential", "--benchmark_filter=sleep_many", "--items=100", "--set", "least=1s", "--set", "most=1s"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert any("sequential/sleep_many: takes at least 100 s" in line for line in started.stderr)
    finally:
        started.kill()
        started.communicate()


def test_repetitions_are_each_a_trial():
    done = run("sequential", "--benchmark_filter=sleep_many", "--items=3", "--in-flight=1", "--set", "least=1ms", "--set", "most=2ms",
               "--benchmark_repetitions=3", "--benchmark_format=json")
    assert done.returncode == 0, done.stderr
    assert len([each for each in json.loads(done.stdout)["benchmarks"] if each["run_type"] == "iteration"]) == 3


def test_the_first_failure_ends_it():
    """The library of Debian 12 crashes over repetitions of which the first has failed."""
    done = run("sequential", "--benchmark_filter=/download/", "--server=127.0.0.1:1", "--items=3", "--in-flight=1", "--benchmark_repetitions=3")
    assert done.returncode == 2 and done.stderr.strip().count("sequential/download") == 1, done


def test_a_report_that_is_lost_is_told():
    done = run("sequential", "--benchmark_filter=sleep_many", "--items=2", "--in-flight=1", "--set", "least=1ms", "--set", "most=2ms",
               "--benchmark_out=/dev/full")
    assert done.returncode == 2 and "cannot write /dev/full" in done.stderr


def test_a_flag_without_effect_is_refused():
    done = run("sequential", "--benchmark_min_time=2")
    assert done.returncode == 2 and "no effect" in done.stderr and done.stderr.count("\n") == 1


def test_a_server_of_another_time_scale_is_noticed():
    """Its replies come earlier than the profile says: nothing is faster for that."""
    server = Server()
    try:
        server.begin(point("download", server, items=10, in_flight=2, seed=1, of=profile({"kind": "fixed", "low_us": 1000, "high_us": 1000, "sigma": 0})))
        done = run("thread_pool", "--benchmark_filter=/download/", f"--server=127.0.0.1:{server.port}", "--profile=burst", "--items=10", "--in-flight=2")
        server.ask("POST", "/end")
    finally:
        server.stop()
    assert done.returncode == 1 and "--time-scale" in done.stderr, done.stderr


def trials(tmp_path, repetitions: int, worker: list) -> subprocess.CompletedProcess:
    (tmp_path / "point.json").write_text(json.dumps(point("sleep_many", None, items=2, in_flight=1, parameters={"least": "1ms", "most": "2ms"})))
    return subprocess.run([BUILD / "bin/interleave", "trial", "--repetitions", str(repetitions), "--point", tmp_path / "point.json", "--", *worker],
                          capture_output=True, text=True, timeout=PATIENCE_S)


def test_a_trial_is_repeated_until_one_is_not_right(tmp_path):
    right = trials(tmp_path, 3, [WORKERS / "sequential"])
    assert right.returncode == 0 and [json.loads(line)["tape"]["missing"] for line in right.stdout.splitlines()] == [0, 0, 0], right.stderr
    wrong = trials(tmp_path, 3, ["sh", "-c", "echo started >&2; exit 9"])
    assert wrong.returncode == 9 and wrong.stderr.count("started") == 1 and not wrong.stdout, wrong


def test_variables_of_the_library_reach_no_trial(tmp_path):
    """One trial is one iteration, whatever the user's shell says."""
    (tmp_path / "point.json").write_text(json.dumps(point("sleep_many", None, items=2, in_flight=1, parameters={"least": "1ms", "most": "2ms"})))
    for variable in ("BENCHMARK_REPETITIONS=3", "BENCHMARK_FILTER=foo", "BENCHMARK_LIST_TESTS=1"):
        done = subprocess.run(["env", variable, BUILD / "bin/interleave", "trial", "--point", tmp_path / "point.json", "--", WORKERS / "sequential"],
                              capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, (variable, done.stderr)
