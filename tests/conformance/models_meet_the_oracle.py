"""One model against every workload's oracle and the server's ledger, on tiny loads with every fault."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from measured_server import BUILD, DELAY, NO_DELAY, PATIENCE_S, Server, Trial, describe, fault_names, point, profile

MODEL = Path(os.environ["INTERLEAVE_MODEL"])
ABOUT = describe(MODEL)
ALONE = ABOUT["family"] == "sequential"  # the only family that may refuse more than one in flight


@pytest.fixture(scope="module")
def server():
    it = Server()
    yield it
    it.stop()


def offered(workload: str) -> None:
    """Ends the test where the model has no body for the workload, which must come with a reason."""
    if workload in ABOUT["workloads"]:
        return
    assert len(ABOUT["skips"][workload]) > 10
    pytest.skip(ABOUT["skips"][workload])


def right(trial: Trial, at: dict) -> None:
    assert trial.status == 0, trial.stderr
    assert trial.checks <= {"disturbed", "overloaded"}, "which are the machine's"
    assert sum(trial.outcomes.values()) == at["items"]
    assert trial.tape["peak_in_flight"] <= at["in_flight"]
    if ledger := trial.ledger:
        asked = trial.json["requests"]
        seen = {key: ledger[key] for key in ("items", "unique", "requests", "missing", "duplicates", "unexpected", "early_retries")}
        assert seen == {"items": asked["ids"], "unique": asked["unique"], "requests": asked["total"],
                        "missing": asked["ids"] - asked["unique"], "duplicates": 0, "unexpected": 0, "early_retries": 0}
        assert ledger["fingerprint"] == trial.json["fingerprint"]
        assert ledger["peak_in_flight"] <= at["in_flight"]


def run(workload: str, tmp_path: Path, server: Server | None, ids_an_item: int = 1, **load) -> Trial:
    """A trial that must be right, or refused for the sake of in_flight by a model that does one at a time."""
    offered(workload)
    at = point(workload, server, **load)
    ids = ids_an_item * at["items"]
    trial = Trial(MODEL, at, tmp_path, server, ids)
    if trial.status == 77 and ALONE and at["in_flight"] > 1:
        assert len(trial.stderr.strip().splitlines()) == 1 and trial.json is None
        at["in_flight"] = 1
        trial = Trial(MODEL, at, tmp_path, server, ids)
    right(trial, at)
    return trial


@pytest.mark.parametrize("in_flight", [1, 7, 16])
def test_downloads_without_delay(server, tmp_path, in_flight):
    trial = run("download", tmp_path, server, items=90, in_flight=in_flight, of=profile(NO_DELAY))
    assert trial.outcomes == {"OK": 90}


@pytest.mark.parametrize("seed", [1, 2**63])
def test_downloads_with_delays_and_errors(server, tmp_path, seed):
    faults = [("status", 418, 200_000), ("status", 404, 100_000), ("status", 503, 50_000)]
    trial = run("download", tmp_path, server, items=100, in_flight=10, seed=seed, of=profile(DELAY, faults))
    assert trial.outcomes == {"OK": 65, "HTTP_ERROR": 25, "NOT_FOUND": 10}
    assert trial.ledger["fates"]["status_418"] == 20


@pytest.mark.parametrize("fault", fault_names())
def test_each_fault_has_its_outcome(server, tmp_path, fault):
    """A quarter of the items; the connection must be replaced where it broke, and what follows be right."""
    trial = run("download", tmp_path, server, items=16, in_flight=4, timeout_us=300_000,
                of=profile(DELAY, [(fault, 200, 250_000)]))
    assert trial.ledger["fates"].get(fault, 0) >= 4, trial.ledger["fates"]


def test_every_fault_at_once(server, tmp_path):
    faults = [("status", status, 20_000) for status in (418, 404, 500, 503, 429, 204, 301, 599)]
    faults += [(fault, 200, 20_000) for fault in fault_names()]
    trial = run("download", tmp_path, server, items=200, in_flight=20, timeout_us=400_000, of=profile(DELAY, faults))
    assert set(trial.outcomes) == {"OK", "NOT_FOUND", "HTTP_ERROR", "TIMEOUT", "RESET", "TRUNCATED", "MALFORMED"}


def test_a_deadline_is_never_early_and_frees_the_lane(server, tmp_path):
    trial = run("download", tmp_path, server, items=6, in_flight=3, timeout_us=200_000,
                of=profile(DELAY, [("hang", 200, 1_000_000)]))
    assert trial.outcomes == {"TIMEOUT": 6}
    assert trial.tape["first_end_ns"] >= 200_000_000  # the worker's clock, from the start of the run


def test_as_many_are_in_flight_as_asked(server, tmp_path):
    """The delay is long, so that even on a busy machine the last lane starts before the first reply."""
    asked, items = (1, 3) if ALONE else (32, 64)
    trial = run("download", tmp_path, server, items=items, in_flight=asked,
                of=profile({"kind": "fixed", "low_us": 500_000, "high_us": 500_000, "sigma": 0}))
    assert trial.ledger["peak_in_flight"] == asked
    assert trial.ledger["connections_used"] == asked


@pytest.mark.parametrize("workload, ids", [("download", 1), ("download_chain", 2), ("download_compute", 1)])
def test_no_item_starts_before_it_is_due(server, tmp_path, workload, ids):
    trial = run(workload, tmp_path, server, ids_an_item=ids, items=60, in_flight=8, of=profile(NO_DELAY),
                parameters={"arrivals": "poisson", "rate": "200"})
    assert trial.tape["makespan_ns"] > 150_000_000, "60 arrivals at 200 a second"
    assert trial.tape["start_lag_ns"]["max"] >= 0


def test_a_stall_is_in_the_latency_of_all_that_came_meanwhile(server, tmp_path):
    """One lane, an item every 4 ms, one in a hundred takes 200 ms: 50 others are due meanwhile, and wait."""
    stalls = {"kind": "bimodal", "low_us": 200, "high_us": 200_000, "shape": 0.01}
    trial = run("download", tmp_path, server, items=200, in_flight=1, seed=9, of=profile(stalls),
                parameters={"arrivals": "constant", "rate": "250"})
    if "overloaded" in trial.checks:
        pytest.skip("the machine was too busy for 250 items a second")
    assert trial.tape["service_ns"]["p90"] < 100_000_000, "few items are slow by themselves"
    assert trial.tape["latency_ns"]["p90"] > 100_000_000, "many had to wait for them"


def test_connections_are_given_back(server, tmp_path):
    run("download", tmp_path, server, items=20, in_flight=5)
    server.wait_for("no open connection", lambda state: state["connections_open"] == 0)


@pytest.mark.parametrize("grid", ["0us", "5ms"])
def test_sleeps_are_never_early(tmp_path, grid):
    trial = run("sleep_many", tmp_path, None, items=200, in_flight=50, parameters={"least": "200us", "most": "6ms", "grid": grid})
    assert trial.outcomes == {"OK": 200}


def test_items_that_never_wait_do_not_deepen_the_stack(tmp_path):
    run("sleep_many", tmp_path, None, items=50_000, in_flight=3, parameters={"least": "0us", "most": "0us"})
    run("compute", tmp_path, None, items=100_000, in_flight=3, parameters={"grain": "1"})


@pytest.mark.parametrize("cores", [1, 2])
def test_computes(tmp_path, cores):
    run("compute", tmp_path, None, items=64, in_flight=8, cores=cores, parameters={"grain": "5000"})


@pytest.mark.parametrize("at_once", [1, 24])
def test_plays_an_exhibition(tmp_path, at_once):
    trial = run("exhibition", tmp_path, None, items=24, in_flight=at_once, parameters={"pairs": "3", "scale": "100000"})
    assert trial.outcomes == {"OK": 24}


@pytest.mark.parametrize("digits", ["4", "8"])
def test_finds_primes(tmp_path, digits):
    run("primes", tmp_path, None, items=60, in_flight=4, cores=2, parameters={"digits": digits})


@pytest.mark.parametrize("offload", ["inline", "threads", "processes"])
def test_delegates_reads_and_sums(tmp_path, offload):
    trial = run("executors", tmp_path, None, items=80, in_flight=8, cores=2, policies={"offload": offload}, parameters={"squares": "5000"})
    assert trial.outcomes == {"OK": 80}


@pytest.mark.parametrize(("slow", "offload"), [("waits", "inline"), ("computes", "inline"), ("computes", "threads"), ("computes", "processes")])
def test_ticks_beside_a_slow_function(tmp_path, slow, offload):
    trial = run("spinner", tmp_path, None, items=21, in_flight=2, policies={"offload": offload}, parameters={"period": "1ms", "lasts": "10ms", "slow": slow})
    assert trial.outcomes == {"OK": 21}
    assert trial.tape["wake_up_lag_ns"]["max"] > 0, "no tick is late by nothing"


@pytest.mark.parametrize("offload", ["inline", "threads", "processes"])
@pytest.mark.parametrize("share", ["0", "50", "100"])
def test_computes_on_what_it_downloads(server, tmp_path, offload, share):
    faults = [("status", 418, 100_000), ("reset", 200, 100_000)]
    trial = run("download_compute", tmp_path, server, items=100, in_flight=10, cores=2, policies={"offload": offload},
                parameters={"cpu_share": share, "squares_per_us": "50", "work": "1ms"},
                of=profile(NO_DELAY if share == "100" else DELAY, faults))
    assert trial.outcomes == {"OK": 80, "HTTP_ERROR": 10, "RESET": 10}
    claims, inline = trial.worker["claims"], run("download_compute", tmp_path, server, items=100, in_flight=10, cores=2,
                                               parameters={"cpu_share": "0"}).worker["claims"]
    assert claims["threads"] - inline["threads"] == (0 if offload == "inline" else 2)
    assert claims["processes"] - inline["processes"] == (2 if offload == "processes" else 0)


@pytest.mark.parametrize("of", [NO_DELAY, DELAY], ids=["at_once", "delayed"])
def test_an_item_may_have_a_connection_of_its_own(server, tmp_path, of):
    faults = [("status", 404, 100_000), ("reset", 200, 50_000), ("chunked", 200, 50_000), ("close_delimited", 200, 50_000), ("hang", 200, 20_000)]
    kept = run("download", tmp_path, server, items=100, in_flight=10, timeout_us=300_000, of=profile(of, faults))
    assert kept.ledger["connections_used"] < 50
    fresh = run("download", tmp_path, server, items=100, in_flight=10, timeout_us=300_000, of=profile(of, faults), parameters={"connections": "fresh"})
    assert fresh.ledger["connections_used"] == 100 == fresh.json["requests"]["connections"]
    assert fresh.outcomes == kept.outcomes and fresh.ledger["fingerprint"] == kept.ledger["fingerprint"]


@pytest.mark.parametrize("of", [NO_DELAY, DELAY], ids=["at_once", "delayed"])
def test_asks_for_a_name_only_where_the_image_came(server, tmp_path, of):
    """Of 240 ids a quarter fails, in every way: some images, and some metadata of images that came."""
    faults = [("status", 404, 100_000), ("reset", 200, 50_000), ("truncate", 200, 50_000), ("hang", 200, 50_000)]
    trial = run("download_chain", tmp_path, server, ids_an_item=2, items=120, in_flight=10, timeout_us=400_000, of=profile(of, faults))
    asked = trial.json["requests"]
    assert asked["ids"] == 240 and 120 < asked["unique"] == asked["total"] < 240
    assert set(trial.outcomes) == {"OK", "NOT_FOUND", "RESET", "TRUNCATED", "TIMEOUT"}
    without_image = asked["ids"] - asked["unique"]
    assert 0 < without_image < 120 - trial.outcomes["OK"], "some had an image, and no name"


@pytest.mark.parametrize("attempts", [1, 2, 16])
def test_asks_again_where_the_server_is_busy(server, tmp_path, attempts):
    faults = [("status", 503, 300_000), ("status", 429, 100_000), ("status", 500, 50_000), ("reset", 200, 50_000)]
    trial = run("retry", tmp_path, server, items=100, in_flight=10, of=profile(DELAY, faults),
                parameters={"attempts": str(attempts), "backoff": "1us" if attempts == 16 else "500us"})
    retries = trial.ledger["retries"]
    assert retries == trial.json["requests"]["total"] - 100 and (retries > 0) == (attempts > 1)
    assert trial.outcomes["HTTP_ERROR"] == 45 if attempts == 1 else 5 < trial.outcomes["HTTP_ERROR"] < 45
    assert trial.outcomes["RESET"] >= 5


def test_comes_again_no_sooner_than_it_is_told(server, tmp_path):
    of = profile(DELAY, [("status", 503, 50_000), ("status", 429, 50_000)], retry_after_s=1)
    trial = run("retry", tmp_path, server, items=20, in_flight=2, of=of, parameters={"backoff": "0s"})
    assert trial.ledger["retries"] >= 2 and trial.ledger["early_retries"] == 0
    assert trial.tape["makespan_ns"] >= 1_000_000_000


def test_loops_measure_their_lag(server, tmp_path):
    trial = run("download_compute", tmp_path, server, items=100, in_flight=10, parameters={"cpu_share": "10", "squares_per_us": "1"},
                of=profile({"kind": "fixed", "low_us": 10_000, "high_us": 10_000, "sigma": 0}))
    loops = trial.worker["claims"]["loops"]
    assert (trial.worker["heartbeats"] > 0) == (loops > 0), "a loop has a heartbeat (loop_lag.hpp), nothing else has one"


def test_a_dead_server_ends_the_trial(tmp_path):
    offered("download")
    doomed = Server()
    try:
        at = point("download", doomed, items=400, in_flight=1 if ALONE else 4, timeout_us=2_000_000,
                   of=profile({"kind": "fixed", "low_us": 100_000, "high_us": 100_000, "sigma": 0}))
        doomed.begin(at)
        (tmp_path / "point.json").write_text(json.dumps(at))
        worker = subprocess.Popen([BUILD / "bin/interleave", "trial", "--point", tmp_path / "point.json", "--", MODEL],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        doomed.wait_for("a request", lambda state: state["in_flight"] > 0)
    finally:
        doomed.process.kill()
        doomed.process.wait()
    _, stderr = worker.communicate(timeout=PATIENCE_S)
    assert worker.returncode in (1, 2), stderr
    assert stderr.strip()


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


class Deaf:
    """A server that answers one connection's first item, closes it, and takes up no other: its accept queue is full, so that whoever
    connects waits for ever."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port = self.listener.getsockname()[1]
        self.queue: list[socket.socket] = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        with self.listener.accept()[0] as only, only.makefile("rb") as asked:
            for reply in ("Content-Length: 0", "Content-Length: 0\r\nConnection: close"):
                while asked.readline() not in (b"\r\n", b""):
                    pass
                if "close" in reply:
                    self.fill_the_queue()
                only.sendall(f"HTTP/1.1 200 OK\r\n{reply}\r\n\r\n".encode())

    def fill_the_queue(self) -> None:
        for _ in range(4):
            self.queue.append(socket.socket())
            self.queue[-1].setblocking(False)
            self.queue[-1].connect_ex(("127.0.0.1", self.port))

    def stop(self) -> None:
        self.thread.join(PATIENCE_S)
        for each in (*self.queue, self.listener):
            each.close()


def test_a_connection_that_nobody_takes_up_is_given_up_at_the_limit(tmp_path):
    offered("download")
    deaf = Deaf()
    try:
        at = {**point("download", None, items=2, in_flight=1, timeout_us=300_000), "port": deaf.port}
        trial = Trial(MODEL, at, tmp_path)
    finally:
        deaf.stop()
    assert trial.outcomes == {"OK": 1, "TIMEOUT": 1}, trial.stderr
    assert trial.tape["service_ns"]["max"] >= 300_000_000, "never sooner"
