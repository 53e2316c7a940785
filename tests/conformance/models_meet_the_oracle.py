"""One model against every workload's oracle and the server's ledger, on tiny loads with every fault."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
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


HANDED_ON = {  # producers, consumers, capacity, items; how long producers pause and consumers take
    "one each": (1, 1, 1, 30, "100us", "100us"),
    "many to one": (7, 1, 3, 60, "0s", "200us"),
    "slow consumers": (2, 4, 5, 120, "100us", "4ms"),
    "more consumers than items": (3, 40, 20, 20, "1ms", "0s"),
}


@pytest.mark.parametrize("how", HANDED_ON)
def test_hands_items_on_through_a_bounded_queue(tmp_path, how):
    producers, consumers, capacity, items, pause, takes = HANDED_ON[how]
    offered("pipeline")
    at = point("pipeline", None, items=items, in_flight=producers,
               parameters={"consumers": str(consumers), "capacity": str(capacity), "pause": pause, "takes": takes})
    trial = Trial(MODEL, at, tmp_path)
    if trial.status == 77 and ALONE:
        pytest.skip(trial.stderr)
    assert trial.status == 0, trial.stderr
    assert trial.checks <= {"disturbed"} and trial.outcomes == {"OK": items}
    queue = trial.tape["queue"]
    assert queue["capacity"] == capacity >= queue["most_at_once"]
    assert trial.worker["claims"]["threads"] in (1, producers + consumers + 1)
    if how == "slow consumers":
        assert queue["blocked"] > 0 and queue["blocked_ns"] > 0 and queue["queued_ns"]["p50"] > 0, "producers are the faster ones"


# Who may decide a group is a quarter of a second apart at least: a busy machine must not turn who is first.
APART = {"kind": "uniform", "low_us": 100_000, "high_us": 1_000_000, "sigma": 0}
FAILING = [("status", 503, 100_000), ("reset", 200, 100_000), ("truncate", 200, 50_000), ("hang", 200, 50_000)]


def race(server, tmp_path: Path, mode: str, faults: list, racers: int = 3) -> Trial:
    """Twelve groups, of which some may have nobody to call off."""
    offered("race")
    at = point("race", server, items=12, in_flight=4, timeout_us=1_500_000, of=profile(APART, faults),
               parameters={"mode": mode, "racers": str(racers)})
    trial = Trial(MODEL, at, tmp_path, server, ids=racers * 12)
    assert trial.status == 0, trial.stderr
    assert trial.checks <= {"disturbed"}
    asked = trial.json["requests"]
    assert trial.ledger["duplicates"] == trial.ledger["unexpected"] == 0
    assert trial.ledger["peak_in_flight"] <= racers * 4
    assert asked["called_off"] / 2 <= trial.ledger["cut_by_client"], "whom nobody waits for is called off"
    return trial


@pytest.mark.parametrize("racers", [2, 4])
def test_the_first_one_wins_and_the_others_are_called_off(server, tmp_path, racers):
    trial = race(server, tmp_path, "first", [], racers)
    assert trial.outcomes == {"OK": 12}
    assert trial.json["requests"]["called_off"] == 12 * (racers - 1)


@pytest.mark.parametrize("offload", ["threads", "processes"])
def test_work_that_was_handed_over_is_not_called_off(server, tmp_path, offload):
    """The second is answered some 300 ms behind the first, which computes on its reply for longer than that: the crew of one does them in turns."""
    offered("race")
    at = point("race", server, items=1, in_flight=1, policies={"offload": offload}, parameters={"racers": "2", "work": "800ms"},
               of=profile({"kind": "uniform", "low_us": 100_000, "high_us": 700_000, "sigma": 0}))
    trial = Trial(MODEL, at, tmp_path, server, ids=2)
    assert trial.status == 0, trial.stderr
    assert trial.checks <= {"disturbed"} and trial.outcomes == {"OK": 1}
    assert trial.ledger["completed"] == 2 and trial.ledger["cut_by_client"] == 0, "all were answered, and the work of all done"


def test_whoever_fails_does_not_win(server, tmp_path):
    trial = race(server, tmp_path, "first", FAILING)
    assert trial.outcomes["OK"] >= 8


def test_one_failure_calls_off_its_group(server, tmp_path):
    trial = race(server, tmp_path, "all", FAILING)
    assert 0 < trial.outcomes["OK"] < 12 and len(trial.outcomes) > 2
    assert trial.json["requests"]["called_off"] > 2


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


@pytest.mark.parametrize("of", [NO_DELAY, DELAY], ids=["at_once", "delayed"])
def test_looks_names_up(server, tmp_path, of):
    """Of 120 names 17 are under .invalid; answers are lost, twice running some, are cut off, or tell of a failure."""
    faults = [("hang", 200, 200_000), ("truncate", 200, 200_000), ("status", 503, 50_000), ("status", 404, 50_000)]
    trial = run("resolve", tmp_path, server, items=120, in_flight=10, timeout_us=150_000, of=profile(of, faults))
    assert set(trial.outcomes) == {"OK", "NOT_FOUND", "HTTP_ERROR", "TIMEOUT"}
    lookups = trial.ledger["lookups"]
    assert lookups["truncated"] == lookups["over_tcp"] > 20 and lookups["lost"] > 24
    assert trial.ledger["retries"] - lookups["over_tcp"] == trial.json["requests"]["total"] - 120 - lookups["over_tcp"] > 20


def test_the_classic_names_are_looked_up_at_once(server, tmp_path):
    asked = 1 if ALONE else 18
    trial = run("resolve", tmp_path, server, items=18, in_flight=asked, of=profile({"kind": "fixed", "low_us": 200_000, "high_us": 200_000, "sigma": 0}))
    assert trial.outcomes == {"OK": 18}
    assert trial.ledger["connections_used"] == trial.ledger["peak_in_flight"] == asked


def test_a_name_server_that_is_not_there_is_a_time_out(tmp_path):
    offered("resolve")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    at = {**point("resolve", None, items=4, in_flight=1 if ALONE else 2, timeout_us=50_000, parameters={"attempts": "3"}), "name_port": port}
    trial = Trial(MODEL, at, tmp_path)
    assert trial.outcomes == {"TIMEOUT": 4}, trial.stderr
    assert trial.tape["service_ns"]["p50"] >= 150_000_000, "three attempts, and never early"


def own_memory(server: Server, tmp_path: Path, offload: str) -> None:
    """Ends the test where items are done by processes, whose memory no thread of another can save for them; which is told."""
    if offload == "inline" or "download_save" not in ABOUT["workloads"]:
        return
    at = point("download_save", server, items=2, in_flight=1, parameters={"save": "offload"}, policies={"offload": offload})
    trial = Trial(MODEL, at, tmp_path, server)
    assert trial.status == (77 if ABOUT["family"] == "processes" or "processes" in ABOUT["threads"] else 0), trial.stderr
    if trial.status == 77:
        assert trial.stderr.count("\n") == 1 and "memory" in trial.stderr
        pytest.skip(trial.stderr)


@pytest.mark.parametrize("of", [NO_DELAY, DELAY], ids=["at_once", "delayed"])
@pytest.mark.parametrize(("save", "offload"), [("none", "inline"), ("inline", "inline"), ("offload", "threads")])
def test_saves_what_came(server, tmp_path, save, offload, of):
    """What is not OK leaves no file; the files are read back by `interleave trial`, and gone with it."""
    own_memory(server, tmp_path, offload)
    faults = [("status", 404, 100_000), ("truncate", 200, 100_000), ("chunked", 200, 100_000), ("chunk_bytes", 200, 50_000), ("reset_body", 200, 50_000)]
    trial = run("download_save", tmp_path, server, items=100, in_flight=10, of=profile(of, faults), parameters={"save": save}, policies={"offload": offload})
    assert trial.outcomes == {"OK": 75, "NOT_FOUND": 10, "TRUNCATED": 10, "RESET": 5}


@pytest.mark.parametrize("trap", ["", "trap '' XFSZ"], ids=["killed", "told"])
@pytest.mark.parametrize("offload", ["inline", "threads"])
def test_a_file_that_cannot_be_written_ends_the_trial_and_leaves_nothing(server, tmp_path, monkeypatch, offload, trap):
    """No file of the worker's may grow beyond half a KiB, as on a full disk; or the attempt kills it."""
    offered("download_save")
    own_memory(server, tmp_path, offload)
    scratch, worker = tmp_path / "scratch", tmp_path / "worker"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    worker.write_text(f'#!/bin/sh\n{trap}\nulimit -f 1\nexec {MODEL} "$@"\n')
    worker.chmod(0o755)
    saved = {"parameters": {"save": "inline" if offload == "inline" else "offload"}, "policies": {"offload": offload}}
    trial = Trial(worker, point("download_save", server, items=20, in_flight=1 if ALONE else 4, **saved), tmp_path, server)
    assert trial.status == 2 and trial.json is None
    assert "cannot be saved: File too large" in trial.stderr.splitlines()[0] if trap else re.search("SIGXFSZ|File size limit", trial.stderr)
    assert list(scratch.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(server, tmp_path):
    offered("download_save")
    at = {**point("download_save", server, items=20, in_flight=1), "folder": str(tmp_path / "nowhere")}
    trial = Trial(MODEL, at, tmp_path, server)
    assert trial.status == 2 and "items cannot be saved into" in trial.stderr and trial.stderr.count("\n") == 1


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
