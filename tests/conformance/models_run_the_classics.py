"""One model against the oracles of the literature's programs: boards, primes, queues, races, names, chains, retries, files."""
# SPDX-License-Identifier: Apache-2.0
import re
import socket
from pathlib import Path

import pytest

from measured_server import DELAY, NO_DELAY, Server, Trial, point, profile
from one_model import ABOUT, ALONE, MODEL, offered, run


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
        assert "one item at a time" in trial.stderr
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
