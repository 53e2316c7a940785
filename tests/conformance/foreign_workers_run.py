"""docs/worker_contract.md is enough: a worker that was written from it, in another language, is judged like any other."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from measured_server import BUILD, DELAY, PATIENCE_S, Server, Trial, point, profile

WORKER = Path(__file__).with_name("a_worker_in_python.py")
NAPS = {"least": "5ms", "most": "20ms"}


@pytest.fixture(scope="module")
def server():
    it = Server()
    yield it
    it.stop()


def test_it_is_short():
    assert WORKER.read_text().count("\n") <= 80


@pytest.mark.parametrize("grid", ["0us", "10ms"])
def test_it_sleeps(tmp_path, grid):
    trial = Trial(WORKER, point("sleep_many", None, items=40, in_flight=8, parameters={**NAPS, "grid": grid}), tmp_path)
    assert trial.status == 0, trial.stderr
    assert trial.outcomes == {"OK": 40} and trial.tape["peak_in_flight"] == 8


def test_it_downloads(server, tmp_path):
    faults = [("status", 418, 200_000), ("status", 404, 100_000)]
    trial = Trial(WORKER, point("download", server, items=50, in_flight=5, of=profile(DELAY, faults)), tmp_path, server)
    assert trial.status == 0, trial.stderr
    assert trial.outcomes == {"OK": 35, "HTTP_ERROR": 10, "NOT_FOUND": 5}
    assert trial.ledger["missing"] == trial.ledger["unexpected"] == 0 and trial.ledger["fingerprint"] == trial.json["fingerprint"]


def test_it_makes_connections_anew(server, tmp_path):
    trial = Trial(WORKER, point("download", server, items=50, in_flight=5, parameters={"connections": "fresh"}), tmp_path, server)
    assert trial.status == 0, trial.stderr
    assert trial.ledger["connections_used"] == 50


# With more it would be faster than a load of so many cores can be, which is void.
@pytest.mark.parametrize("cores", [1, 2])
def test_it_has_as_many_cores_as_the_load_says(tmp_path, cores):
    told = tmp_path / "told"
    told.write_text("#!/bin/sh\ngrep Cpus_allowed_list /proc/self/status >&2\nexit 3\n")
    told.chmod(0o755)
    trial = Trial(told, point("compute", None, items=8, in_flight=2, cores=cores, parameters={"grain": "1000"}), tmp_path)
    assert trial.status == 3, trial.stderr
    ranges = [each.split("-") for each in trial.stderr.split()[1].split(",")]
    assert sum(int(each[-1]) - int(each[0]) + 1 for each in ranges) == min(cores, len(os.sched_getaffinity(0)))


def test_it_is_ranked_beside_others(tmp_path):
    shutil.copy(WORKER, tmp_path / "python_threads")
    (tmp_path / "python_threads").chmod(0o755)
    done = subprocess.run([BUILD / "bin/interleave", "run", "--models-dir", tmp_path, "--models", "python_threads,thread_pool", "--workloads", "sleep_many",
                           "--in-flight", "4", "--set", "items=8", "--set", "least=50ms", "--set", "most=90ms", "--rounds", "2", "--out", tmp_path / "run"],
                          capture_output=True, text=True, timeout=PATIENCE_S, env={**os.environ, "INTERLEAVE_LOCK": str(tmp_path / "lock")})
    lines = [json.loads(line) for line in (tmp_path / "run/trials.jsonl").read_text().splitlines()]
    assert {line["model"] for line in lines if line["verdict"] == "valid"} == {"python_threads", "thread_pool"}, done.stderr
    assert all(line["cpu_per_item_ns"] > 0 for line in lines if line["verdict"] == "valid"), "the harness's own sum, where the worker has none"


# Workers that break the contract: each is void, or refused, with the check's name, and the harness goes on.
STUB = """#!/usr/bin/env python3
import argparse, json, mmap, os, socket, struct, sys, time
parser = argparse.ArgumentParser()
for flag, kind in (("--point", str), ("--out", str), ("--tape", int), ("--inputs", int), ("--control", int)):
    parser.add_argument(flag, type=kind)
asked = parser.parse_args()
point, control = json.load(open(asked.point)), socket.socket(fileno=asked.control).makefile("rw")
tape = mmap.mmap(asked.tape, 0)
items = point["items"]
def mix(x, b=None):
    if b is not None:
        return mix(mix(x) ^ b)
    x = (x + 0x9E3779B97F4A7C15) % 2**64
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ x >> 27) * 0x94D049BB133111EB % 2**64
    return x ^ x >> 31
def record(item, start, end, **other):
    at = {"digest": mix(item, 0), "lane": 0, "status": 0, "outcome": 0, "finishes": 1, **other}
    struct.pack_into("<qqqqqQIHBBQ", tape, 64 + 64 * item, 0, start, 0, end, 0, at["digest"], at["lane"], at["status"], at["outcome"], at["finishes"], 0)
def say(line): print(line, file=control, flush=True)
def begin():
    say("connected"); say("ready")
    assert control.readline() == "go\\n"
    struct.pack_into("<q", tape, 16, time.monotonic_ns())
def one_by_one(upto, **other):
    for item in range(upto):
        start = time.monotonic_ns()
        time.sleep(0.003)
        record(item, start, time.monotonic_ns(), **other)
def over():
    say("over")
    assert control.readline() == "noted\\n"
def write_out(text='{"claims":{"threads":1,"processes":1,"loops":0},"cpu_run_ns":null}'):
    open(asked.out, "w").write(text)
"""
BROKEN = {
    "right": ("begin(); one_by_one(items); over(); write_out()", None),
    "outside its records": ("begin(); one_by_one(items); tape[64 + 64 * items + 3] = 7; over(); write_out()", "tape"),
    "too few": ("begin(); one_by_one(items - 1); over(); write_out()", "oracle"),
    "twice": ("begin(); one_by_one(items, finishes=2); over(); write_out()", "oracle"),
    "no records at all": ("begin(); over(); write_out()", "oracle"),
    "after the end": ("begin(); one_by_one(items - 1); over(); record(items - 1, time.monotonic_ns(), time.monotonic_ns() + 1); write_out()", "tape"),
    "an outcome that is none": ("begin(); one_by_one(items, outcome=99); over(); write_out()", "tape"),
    "a lane that is none": ("begin(); one_by_one(items, lane=7); over(); write_out()", "tape"),
    "without saying that it is over": ("begin(); one_by_one(items); write_out()", "worker"),
    "without being let go": ("write_out()", "worker"),
    "into the head of the tape": ("begin(); one_by_one(items); tape[30] = 7; over(); write_out()", "tape"),
    "over the kind of the tape": ("begin(); one_by_one(items); tape[0:8] = b'x' * 8; over(); write_out()", "tape"),
    "into what is reserved": ("begin(); one_by_one(items); tape[64 + 63] = 7; over(); write_out()", "tape"),
    "a first byte from another time": ("begin(); one_by_one(items); struct.pack_into('<q', tape, 64 + 16, 1); over(); write_out()", "window"),
    "due at a time of its own": ("begin(); one_by_one(items); struct.pack_into('<q', tape, 64, 1); over(); write_out()", "window"),
    "begun before it was let go": ("begin(); one_by_one(items); struct.pack_into('<q', tape, 16, time.monotonic_ns() - 10**9); over(); write_out()", "window"),
    "without saying when it began": ("begin(); one_by_one(items); struct.pack_into('<q', tape, 16, 0); over(); write_out()", "window"),
    "times that wrap": ("begin(); [record(i, -2**62, 2**62) for i in range(items)]; over(); write_out()", "window"),
}


def broken(tmp_path: Path, what: str) -> Path:
    worker = tmp_path / "worker"
    worker.write_text(STUB + what + "\n")
    worker.chmod(0o755)
    return worker


@pytest.mark.parametrize("how", BROKEN)
def test_a_worker_that_breaks_the_contract_is_void_with_the_checks_name(tmp_path, how):
    what, check = BROKEN[how]
    trial = Trial(broken(tmp_path, what), point("sleep_many", None, items=4, in_flight=2, parameters={"least": "1ms", "most": "2ms"}), tmp_path)
    assert trial.status == (1 if check else 0), trial.stderr
    assert check is None or check in trial.checks, trial.json["reasons"]


def test_the_file_of_records_cannot_be_truncated(tmp_path):
    cut = ("begin(); one_by_one(items)\ntry:\n    os.ftruncate(asked.tape, 64)\nexcept OSError as error:\n    print(error, file=sys.stderr)\n"
           "over(); write_out()")
    trial = Trial(broken(tmp_path, cut), point("sleep_many", None, items=4, in_flight=2, parameters={"least": "1ms", "most": "2ms"}), tmp_path)
    assert trial.status == 0 and "not permitted" in trial.stderr


def run_of(tmp_path: Path, models: dict[str, str], rounds: int = 1) -> tuple[subprocess.CompletedProcess, list[dict]]:
    """A run of stubs that do so; with its trials."""
    (tmp_path / "models").mkdir()
    for name, what in models.items():
        describe = json.dumps({"schema": 1, "name": name, "family": "threads", "style": "blocking", "language": "Python", "library": "", "back_end": "",
                               "threads": "1", "capabilities": [], "workloads": ["sleep_many"], "skips": {}, "policies": []})
        worker = broken(tmp_path, what)
        lines = worker.read_text().splitlines()
        lines.insert(1, f"import sys\nif '--describe' in sys.argv: print({describe!r}); sys.exit()")
        worker.write_text("\n".join(lines) + "\n")
        worker.rename(tmp_path / "models" / name)
    done = subprocess.run([BUILD / "bin/interleave", "run", "--models-dir", tmp_path / "models", "--models", ",".join(models), "--workloads", "sleep_many",
                           "--in-flight", "1", "--set", "items=2", "--set", "least=1ms", "--set", "most=2ms", "--rounds", str(rounds), "--out", tmp_path / "run"],
                          capture_output=True, text=True, timeout=PATIENCE_S, env={**os.environ, "INTERLEAVE_LOCK": str(tmp_path / "lock")})
    return done, [json.loads(each) for each in (tmp_path / "run/trials.jsonl").read_text().splitlines()]


def is_void_as(line: dict, check: str) -> bool:
    return line["verdict"] == "void" and check in {reason["check"] for reason in line["reasons"]}


@pytest.mark.parametrize("out", ["", "{", "[]", '{"claims":7,"cpu_run_ns":null}'])
def test_what_it_says_may_be_anything_and_never_ends_the_run(tmp_path, out):
    done, (line,) = run_of(tmp_path, {"odd": f"begin(); one_by_one(items); over(); write_out({out!r})"})
    assert is_void_as(line, "worker"), line
    assert done.returncode == 1, done.stderr


RIGHT = "begin(); one_by_one(items); over(); "
# What each does to the harness: stop it, keep it waiting for ever, take its memory or its stack. Moved to the harness's own process group, none is
# reached by a signal to its own.
HOSTILE = {
    "bytes_on_stderr": 'sys.stderr.buffer.write(b"\\xe9chec\\n"); sys.stderr.flush(); os._exit(2)',
    "stderr_a_pipe": 'err = os.readlink("/proc/self/fd/2"); os.unlink(err); os.mkfifo(err); os._exit(2)',
    "out_a_folder": RIGHT + 'os.makedirs(asked.out + "/within")',
    "out_a_pipe": RIGHT + "os.mkfifo(asked.out)",
    "out_endless": RIGHT + 'os.symlink("/dev/zero", asked.out)',
    "out_deep": RIGHT + """write_out('{"claims":' + "[" * 400000 + "]" * 400000 + "}")""",
    "no_folder": RIGHT + "import shutil; shutil.rmtree(os.path.dirname(asked.out))",
    "all_names_folders": """folder = os.path.dirname(asked.out); [os.makedirs(f"{folder}/{name}/in") for name in ("room", "saved", "trial.json")]
for name in ("point.json", "worker.stderr"): os.unlink(f"{folder}/{name}"); os.makedirs(f"{folder}/{name}/in")""",
    "babbles": 'begin()\nwhile True: say("x\\n" * 1000)',
    "never_ends_its_line": 'while True: control.write("x" * 4096)',
    "moves": 'os.setpgid(0, os.getpgid(os.getppid()))\nwhile True: say("x")',
}


def test_no_worker_stops_a_run_or_keeps_it_waiting(tmp_path):
    done, lines = run_of(tmp_path, HOSTILE, rounds=2)
    assert done.returncode == 1, done.stderr
    assert len(lines) == 2 * len(HOSTILE)
    assert [line for line in lines if not is_void_as(line, "worker")] == []
    assert any("\ufffdchec" in reason["text"] for line in lines for reason in line["reasons"])


def test_a_worker_does_not_know_the_seed_of_what_its_items_are_to_do(tmp_path):
    run_of(tmp_path, {"curious": f"open({str(tmp_path / 'seen')!r}, 'w').write(str(point['seed'])); sys.exit(2)"})
    assert (tmp_path / "seen").read_text() == "0"


def test_who_leaves_has_not_kept_up_once_it_runs_and_is_wrong_once_it_is_over(tmp_path):
    no_more = "print('no more threads', file=sys.stderr); sys.exit(77)"
    done, lines = run_of(tmp_path, {"before": no_more, "meanwhile": "begin(); " + no_more, "afterwards": RIGHT + no_more})
    assert {line["model"]: (line["verdict"], {reason["check"] for reason in line["reasons"]}) for line in lines} == {
        "before": ("skipped", {"limit"}), "meanwhile": ("void", {"sustained"}), "afterwards": ("void", {"worker"})}
    assert done.returncode == 1


def test_who_is_slow_is_told_from_who_hangs(tmp_path):
    """Half a minute, most of which the worker sleeps: no limit is shorter."""
    done, lines = run_of(tmp_path, {"slow": "begin()\nwhile True: one_by_one(1); time.sleep(0.5)"}, rounds=2)
    assert [(line["verdict"], line["reasons"][0]["check"]) for line in lines] == [("void", "patience"), ("skipped", "patience")]
    assert done.returncode == 3, "nobody is at fault"


LEAVES = RIGHT + """write_out()
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(TOLD, "a") as told: print(os.getpid(), file=told)
        os.close(write); os.close(read); time.sleep(120)
    os._exit(0)
os.close(write); os.wait(); os.read(read, 1)
"""


def is_alive(pid: str) -> bool:
    return Path("/proc", pid).exists()


def test_who_outlives_its_worker_is_ended_and_voids_the_trial(tmp_path):
    done, lines = run_of(tmp_path, {"leaves": LEAVES.replace("TOLD", repr(str(tmp_path / "told")))}, rounds=2)
    assert done.returncode == 1, done.stderr
    assert all(is_void_as(line, "worker") and "behind" in line["reasons"][-1]["text"] for line in lines), lines
    pids = (tmp_path / "told").read_text().split()
    assert len(pids) == 2 and not any(is_alive(pid) for pid in pids)


# A helper that belongs to nobody by then works for the run all the same.
HELPED = """begin()
read, write = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        while time.process_time() < 0.1: pass
    os._exit(0)
os.close(write); os.wait(); os.read(read, 1)
one_by_one(items); over(); write_out()
"""


def test_the_work_of_a_helper_without_a_parent_is_counted(tmp_path):
    trial = Trial(broken(tmp_path, HELPED), point("sleep_many", None, items=2, in_flight=1, parameters={"least": "1ms", "most": "2ms"}), tmp_path)
    assert trial.status == 0, trial.stderr
    assert trial.json["tree_cpu_ns"] >= 90e6, trial.json


def test_how_it_ended_is_known_whatever_the_starter_ignores(tmp_path):
    (tmp_path / "point.json").write_text(json.dumps(point("sleep_many", None, items=4, in_flight=2)))
    done = subprocess.run([BUILD / "bin/interleave", "trial", "--point", tmp_path / "point.json", "--", "sh", "-c", "exit 3"], capture_output=True, timeout=PATIENCE_S,
                          preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    assert done.returncode == 3, done.stderr


def test_what_others_left_to_the_harness_is_not_touched(tmp_path):
    trial = json.dumps(point("sleep_many", None, items=4, in_flight=2, parameters={"least": "1ms", "most": "2ms"}))
    (tmp_path / "point.json").write_text(trial)
    worker = broken(tmp_path, RIGHT + "write_out()")
    # The shell's child is that of the program it becomes.
    done = subprocess.run(["bash", "-c", 'sleep 600 >&- 2>&- & echo $! >&2; exec "$@"', "-", BUILD / "bin/interleave", "trial", "--point", tmp_path / "point.json",
                           "--", worker], capture_output=True, text=True, timeout=PATIENCE_S)
    others = done.stderr.split()[0]
    assert done.returncode == 0 and is_alive(others), done.stderr
    os.kill(int(others), 9)


def test_a_trial_is_json_whatever_the_worker_says(tmp_path):
    for out in ("{", '{"claims":NaN}', "\udce9"):
        what = RIGHT + f'open(asked.out, "wb").write({os.fsencode(out)!r})'
        trial = Trial(broken(tmp_path, what), point("sleep_many", None, items=4, in_flight=2, parameters={"least": "1ms", "most": "2ms"}), tmp_path)
        assert trial.status == 1 and trial.checks == {"worker"} and trial.json["worker"] is None, trial.stderr


def test_a_file_that_is_none_is_refused_by_our_own_workers(tmp_path):
    (tmp_path / "point.json").write_text(json.dumps(point("sleep_many", None, items=4, in_flight=1)))
    with open(tmp_path / "short", "wb+") as short:
        done = subprocess.run([BUILD / "libexec/interleave/sequential", "--point", tmp_path / "point.json", "--out", tmp_path / "out", "--tape", str(short.fileno()),
                               "--inputs", str(short.fileno()), "--control", "0"], pass_fds=[short.fileno()], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "--tape" in done.stderr
