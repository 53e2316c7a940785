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

from .model_rows import Effort
from .processes import CLIENT_CORE, Failure, run
from .rows import TWO_CORES, Group, RowSpec, Wanted, by_work
from .servers import Ours
from .table import Row
from .targets import DOWNLOADING, INSTRUCTIONS, SLEEPERS, SLEEPING, TWINS
from .workers import Build, Description, Limit, Point, able_to, times_of_trials, trial


def _instructions(build: Build, name: str, items: int, folder: pathlib.Path) -> int:
    """User instructions of one run under callgrind: between the two looks at the CPU clocks, so without the oracle's checks."""
    out = folder / f"{name}-{items}"
    worker = build.worker(name)
    assert worker is not None
    with Ours(build.serve, items, 100) as server:
        trial(worker, Point(items, 100, port=server.port),
              (shutil.which("valgrind") or "valgrind", "--tool=callgrind", "--dump-before=interleave::tree_cpu()", f"--callgrind-out-file={out}"))
    dumps = sorted(folder.glob(f"{out.name}.*"))
    if len(dumps) != 2:
        raise Failure(f"{name} under callgrind: expected tree_cpu() before and after the run, saw {len(dumps)} calls")
    counted = re.search(r"^(?:summary|totals): (\d+)", dumps[1].read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    if counted is None:
        raise Failure(f"{name} under callgrind: a dump without a sum")
    return int(counted[1])


def _instruction_specs() -> Iterator[RowSpec]:
    for model, twin in TWINS.items():
        yield RowSpec(f"instructions/{model}", f"instructions/{model}", 16, INSTRUCTIONS.get(model), peer_name=twin)


def _all_instructions(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """User instructions an item, as the slope between two numbers of items: start-up cancels out."""
    few, many = 2000, max(4000, effort.items(12_000))
    with tempfile.TemporaryDirectory(prefix="interleave-callgrind-") as folder:
        for spec in wanted.values():
            model, twin = spec.name.split("/")[1], spec.peer_name
            if shutil.which("valgrind") is None:
                yield spec.absent("valgrind is not installed: ./scripts/setup installs it")
                continue
            if build.worker(model) is None or build.worker(twin) is None:
                yield spec.absent(f"{twin if build.worker(model) else model} is not built")
                continue
            try:
                slopes = [(_instructions(build, each, many, pathlib.Path(folder)) - _instructions(build, each, few, pathlib.Path(folder)))
                          / (many - few) for each in (model, twin)]
            except Failure as failure:
                yield spec.failed(failure)
                continue
            yield spec.compared(slopes[:1], slopes[1:])


def _sleeper_specs(models: list[Description]) -> Iterator[RowSpec]:
    for model in models:
        bytes_target, cpu_target = SLEEPERS.get(str(model["name"]), (None, None))
        work = f"sleepers/{model['name']}"
        yield RowSpec(f"{work}/bytes", work, 10, bytes_target)
        yield RowSpec(f"{work}/cpu", work, 10, cpu_target, unit="us")


def _sleepers(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """Bytes and CPU of a task that sleeps, a million of them asleep together, due on a grid of 10 ms."""
    items, longest_ms = effort.items(1_000_000), max(1500, int(6000 * effort.scale))
    point = Point(items, items, SLEEPING, parameters={"least": f"{longest_ms - 1000}ms", "most": f"{longest_ms}ms", "grid": "10ms"})
    for work, specs in by_work(wanted).items():
        worker = build.worker(work.split("/")[1])
        assert worker is not None
        try:
            result = trial(worker, point)
            if result["pss_bytes"] is None:
                raise Failure("nobody looked at its memory while they slept")
        except Limit as limit:
            yield from (spec.absent(limit) for spec in specs)
            continue
        except Failure as failure:
            yield from (spec.failed(failure) for spec in specs)
            continue
        for spec in specs:
            yield spec.alone([result["cpu_run_ns"]["total"] / items / 1e3 if spec.unit else (result["pss_bytes"] - result["memory_before_bytes"]) / items])


def _record(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """CPU time of one item's record on the tape, the two looks at the clock included."""
    (spec,) = wanted.values()
    program = build.folder / "bin" / "record_benchmark"
    if not program.exists():
        yield spec.absent(f"{program} is not built")
        return
    values = []
    for _ in range(effort.rounds_of(3)):
        ended = run([str(program), "--benchmark_filter=record_one_item", "--benchmark_format=json"], CLIENT_CORE)
        if ended.status != 0:
            raise Failure(f"{program.name}: {ended.err.strip()}")
        values.append(json.loads(ended.out)["benchmarks"][0]["cpu_time"])
    yield spec.alone(values)


def _trial_costs(build: Build, effort: Effort, wanted: Wanted) -> Iterator[Row]:
    """How much longer a trial of one item takes, start to end, than starting `true`; the start of the harness is not counted."""
    for spec in wanted.values():
        worker = build.worker(spec.name.split("/")[1])
        assert worker is not None
        try:
            with Ours(build.serve, 1, 1) as server:
                more = list(times_of_trials(worker, Point(1, 1, port=server.port), effort.rounds_of(11)))
        except Failure as failure:
            yield spec.failed(failure)
            continue
        yield spec.alone([statistics.median(more) * 1e3])


def groups(build: Build, models: list[Description], effort: Effort) -> list[Group]:
    costs = tuple(RowSpec(f"trial/{model['name']}", f"trial/{model['name']}", 0.5, 4.0, unit="ms")
                  for model in models if DOWNLOADING in model["workloads"])
    return [Group("models", tuple(_instruction_specs()), lambda wanted: _all_instructions(build, effort, wanted), (TWO_CORES,)),
            Group("models", tuple(_sleeper_specs(able_to(models, SLEEPING))), lambda wanted: _sleepers(build, effort, wanted)),
            Group("models", (RowSpec("record", "record", 5, 60, unit="ns"),), lambda wanted: _record(build, effort, wanted)),
            Group("models", costs, lambda wanted: _trial_costs(build, effort, wanted), (TWO_CORES,))]
