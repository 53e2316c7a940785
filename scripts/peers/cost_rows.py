"""What the harness itself costs: instructions, bytes a sleeper, a record, a trial.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import pathlib
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator

from .model_rows import TWINS, Effort
from .processes import CLIENT_CORE, Failure, run, time_to_spawn_and_wait
from .servers import Ours
from .table import Row, absent, alone, compared, failed
from .workers import Build, Limit, Point, trial, trial_with_memory

_INSTRUCTION_TARGETS = {"uv_callbacks": 1.05, "asio_coroutines": 1.10}


def _instructions(build: Build, name: str, items: int, folder: pathlib.Path) -> int:
    """User instructions of one run under callgrind: between the two looks at the CPU clocks, so without the oracle's checks."""
    out = folder / f"{name}-{items}"
    worker = build.worker(name)
    assert worker is not None
    with Ours(build.serve, items, 100) as server:
        trial(worker, Point(items, 100, port=server.port),
              ("valgrind", "--tool=callgrind", "--dump-before=interleave::tree_cpu()", f"--callgrind-out-file={out}"))
    dumps = sorted(folder.glob(f"{out.name}.*"))
    if len(dumps) != 2:
        raise Failure(f"{name} under callgrind: expected tree_cpu() before and after the run, saw {len(dumps)} calls")
    counted = re.search(r"^(?:summary|totals): (\d+)", dumps[1].read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    if counted is None:
        raise Failure(f"{name} under callgrind: a dump without a sum")
    return int(counted[1])


def instructions(build: Build, effort: Effort) -> Iterator[Row]:
    """User instructions an item, as the slope between two numbers of items: start-up cancels out."""
    if shutil.which("valgrind") is None:
        yield absent("user instructions an item", "valgrind is not installed: ./scripts/setup installs it")
        return
    few, many = 2000, max(4000, effort.items(12_000))
    with tempfile.TemporaryDirectory(prefix="interleave-callgrind-") as name:
        folder = pathlib.Path(name)
        for model, twin in TWINS:
            title = f"{model}: user instructions an item"
            if build.worker(model) is None or build.worker(twin) is None:
                yield absent(title, f"{twin if build.worker(model) else model} is not built")
                continue
            try:
                slopes = [(_instructions(build, each, many, folder) - _instructions(build, each, few, folder)) / (many - few)
                          for each in (model, twin)]
            except Failure as failure:
                yield failed(title, failure)
                continue
            yield compared(title, slopes[:1], slopes[1:], target=_INSTRUCTION_TARGETS.get(model), peer_name=twin)


def sleepers(build: Build, effort: Effort) -> Iterator[Row]:
    """Bytes and CPU of a task that sleeps, a million of them asleep together, due on a grid of 10 ms."""
    items, longest_ms = effort.items(1_000_000), max(1500, int(6000 * effort.scale))
    for model in build.models():
        if "sleep_many" not in model["workloads"] or model["name"] == "sequential":
            continue
        name, worker = str(model["name"]), build.worker(str(model["name"]))
        assert worker is not None
        epoll = name == "epoll_coroutines"
        point = Point(items, items, "sleep_many", parameters={"least": f"{longest_ms - 1000}ms", "most": f"{longest_ms}ms", "grid": "10ms"})
        try:
            result, largest = trial_with_memory(worker, point)
        except Limit as limit:
            yield absent(f"{name}: {items:,} asleep", str(limit))
            continue
        except Failure as failure:
            yield failed(f"{name}: {items:,} asleep", failure)
            continue
        yield alone(f"{name}: bytes a task, {items:,} asleep", [(largest - result["memory_before_bytes"]) / items],
                    target=190 if epoll else None)
        yield alone(f"{name}: CPU a task, {items:,} asleep", [result["cpu_run_ns"]["total"] / items / 1e3],
                    target=0.8 if epoll else None, unit="us")


def record(build: Build, effort: Effort) -> Iterator[Row]:
    """CPU time of one item's record on the tape, the two looks at the clock included."""
    program = build.folder / "bin" / "record_benchmark"
    if not program.exists():
        yield absent("one record", f"{program} is not built")
        return
    values = []
    for _ in range(effort.rounds):
        ended = run([str(program), "--benchmark_filter=record_one_item", "--benchmark_format=json"], CLIENT_CORE)
        if ended.status != 0:
            raise Failure(f"{program.name}: {ended.err.strip()}")
        values.append(json.loads(ended.out)["benchmarks"][0]["cpu_time"])
    yield alone("one record", values, target=60, unit="ns")


def trial_cost(build: Build, effort: Effort) -> Iterator[Row]:
    """How much longer a trial of one item takes, start to end, than starting `true`."""
    for model in build.models():
        if "download" not in model["workloads"]:
            continue
        name, worker = str(model["name"]), build.worker(str(model["name"]))
        more = []
        with tempfile.TemporaryDirectory(prefix="interleave-trial-") as folder, Ours(build.serve, 1, 1) as server:
            asked, out = pathlib.Path(folder, "point.json"), pathlib.Path(folder, "trial.json")
            asked.write_text(Point(1, 1, port=server.port).as_json(), encoding="utf-8")
            command = [str(worker), "--point", str(asked), "--out", str(out)]
            for _ in range(effort.rounds_of(31)):
                more.append(time_to_spawn_and_wait(command, CLIENT_CORE) - time_to_spawn_and_wait(["true"], CLIENT_CORE))
        yield alone(f"{name}: a trial of one item, beyond starting `true`", [statistics.median(more) * 1e3], target=4.0, unit="ms")
