"""Our models as programs: which there are, and one trial of one of them.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile
from collections.abc import Iterator

from .processes import CLIENT_CORE, Failure, SetupError, ended_at_last, proportional_bytes, run, start, time_to_spawn_and_wait
from .servers import LOCAL


ONE_AT_A_TIME = "sequential"  # the family


@dataclasses.dataclass(frozen=True)
class Build:
    """A build tree of the project."""

    folder: pathlib.Path

    @property
    def serve(self) -> list[str]:
        """The command that starts the server."""
        return [str(self._program(self.folder / "bin" / "interleave")), "serve"]

    def _program(self, path: pathlib.Path) -> pathlib.Path:
        if not os.access(path, os.X_OK):
            raise SetupError(f"{path} is not built: cmake --preset release && cmake --build --preset release")
        return path

    def worker(self, name: str) -> pathlib.Path | None:
        """The program of a model or native twin; None where it is not built (an optional library is missing)."""
        for folder in ("libexec/interleave", "libexec/interleave/native"):
            path = self.folder / folder / name
            if path.is_file() and os.access(path, os.X_OK):
                return path
        return None

    def models(self) -> Iterator[dict[str, object]]:
        """What each model says of itself (--describe), by name; the native twins are none."""
        for path in sorted((self.folder / "libexec" / "interleave").iterdir()):
            if path.is_file() and os.access(path, os.X_OK) and not path.name.startswith("native_"):
                yield json.loads(run([str(path), "--describe"], None).out)


@dataclasses.dataclass(frozen=True)
class Point:
    """What a trial is asked for; times in microseconds."""

    items: int
    in_flight: int
    workload: str = "download"
    port: int = 0
    profile: dict[str, object] = dataclasses.field(default_factory=lambda: LOCAL)
    seed: int = 1
    timeout_us: int = 0
    parameters: dict[str, str] = dataclasses.field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps({"schema": 1, "cores": 1, "policies": {}, **dataclasses.asdict(self)})


Description = dict[str, object]  # what a model says of itself


def family_of(model: Description) -> str:
    """Its family; where the description has none, what its style says."""
    return str(model.get("family") or {"callback": "callbacks", "coroutine": "coroutines"}.get(str(model["style"]), ""))


def able_to(models: list[Description], workload: str) -> list[Description]:
    """Models that run the workload with several items in flight."""
    return [model for model in models if workload in model["workloads"] and family_of(model) != ONE_AT_A_TIME]


class Limit(Exception):
    """This machine cannot run the point (exit 77); the text is the worker's reason."""


def _start_of_a_trial(worker: pathlib.Path, asked: pathlib.Path, out: pathlib.Path, phases: int | None = None) -> list[str]:
    """The command of one trial: the one place that knows how a worker is started. `asked` holds the point, `out` takes what the
    trial came to, and `phases`, if given, is a descriptor on which a line is written as each phase begins."""
    command = [str(worker), "--point", str(asked), "--out", str(out)]
    return command if phases is None else [*command, "--phase-fd", str(phases)]


@contextlib.contextmanager
def _asked(point: Point) -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
    """The file that asks for the point, and the place for what it came to."""
    with tempfile.TemporaryDirectory(prefix="interleave-trial-") as folder:
        asked, out = pathlib.Path(folder, "point.json"), pathlib.Path(folder, "trial.json")
        asked.write_text(point.as_json(), encoding="utf-8")
        yield asked, out


def _judged(status: int, err: str, out: pathlib.Path) -> dict[str, object]:
    said = err.strip().splitlines()[-1] if err.strip() else f"exit {status}"
    if status == 77:
        raise Limit(said)
    if status != 0:
        raise Failure(said)
    return json.loads(out.read_text(encoding="utf-8"))


def trial(worker: pathlib.Path, point: Point, before: tuple[str, ...] = ()) -> dict[str, object]:
    """One trial on the client's core; `before` goes in front of the command (valgrind). Returns its trial.json.

    Raises Limit, or Failure if the trial was wrong.
    """
    with _asked(point) as (asked, out):
        ended = run([*before, *_start_of_a_trial(worker, asked, out)], CLIENT_CORE, 300)
        return _judged(ended.status, ended.err, out)


def times_of_trials(worker: pathlib.Path, point: Point, rounds: int) -> Iterator[float]:
    """Seconds from start to end of a trial, beyond those of `true`, a round."""
    with _asked(point) as (asked, out):
        for _ in range(rounds):
            took = time_to_spawn_and_wait(_start_of_a_trial(worker, asked, out), CLIENT_CORE)
            yield took - time_to_spawn_and_wait(["true"], CLIENT_CORE)


def trial_with_memory(worker: pathlib.Path, point: Point) -> tuple[dict[str, object], int]:
    """One trial, and the largest proportional set size seen while its run was on, in bytes (its whole tree)."""
    with _asked(point) as (asked, out):
        phases, told = os.pipe()
        process = start(_start_of_a_trial(worker, asked, out, told), CLIENT_CORE, pass_fds=(told,), stderr=subprocess.PIPE)
        os.close(told)
        with ended_at_last(process):
            largest = _largest_while_running(process, phases)
            err = process.communicate(timeout=300)[1]
        return _judged(process.returncode, err, out), largest


def _largest_while_running(process: subprocess.Popen[str], phases: int) -> int:
    largest, seen = 0, b""
    os.set_blocking(phases, False)
    with os.fdopen(phases, "rb", buffering=0) as pipe:
        while b"over" not in seen:
            try:
                process.wait(timeout=0.25)  # each look walks the page tables, at the cost of who is looked at
                break
            except subprocess.TimeoutExpired:
                seen += pipe.read() or b""
            if b"run" in seen:
                largest = max(largest, proportional_bytes(process.pid))
    return largest
