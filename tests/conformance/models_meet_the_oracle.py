"""One model against the oracles of what fetches, sleeps and computes, and the server's ledger, on tiny loads with every fault."""
# SPDX-License-Identifier: Apache-2.0
import json
import socket
import subprocess
import threading

import pytest

from measured_server import BUILD, DELAY, NO_DELAY, PATIENCE_S, Server, Trial, fault_names, point, profile
from one_model import ALONE, MODEL, offered, run


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
    assert trial.tape["unstarted"] <= 60 and trial.tape["start_lag_ns"]["max"] <= trial.tape["makespan_ns"]


def test_a_stall_is_in_the_latency_of_all_that_came_meanwhile(server, tmp_path):
    """One lane, an item every 4 ms, one in a hundred takes 200 ms: 50 others are due meanwhile, and wait."""
    stalls = {"kind": "bimodal", "low_us": 200, "high_us": 200_000, "shape": 0.01}
    trial = run("download", tmp_path, server, items=200, in_flight=1, seed=9, of=profile(stalls),
                parameters={"arrivals": "constant", "rate": "250"})
    assert trial.tape["service_ns"]["p90"] < 100_000_000, "few items are slow by themselves"
    assert trial.tape["start_lag_ns"]["p90"] > 100_000_000, "many had to wait for them"
    if "overloaded" in trial.checks:  # the machine was too busy for 250 items a second: then there is no latency to be told
        assert "latency_ns" not in trial.tape
    else:
        assert trial.tape["latency_ns"]["p90"] > 100_000_000


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
