"""Our models as programs: which there are, and one trial of one of them.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import tempfile
from collections.abc import Iterator

from .processes import CLIENT_CORE, SERVER_CORE, Failure, SetupError, run, time_to_spawn_and_wait
from .servers import LOCAL
from .targets import DOWNLOADING


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
        """What each model says of itself (--describe), by name; the native twins, which lie in a folder of their own, are none."""
        for path in sorted((self.folder / "libexec" / "interleave").iterdir()):
            if path.is_file() and os.access(path, os.X_OK):
                yield json.loads(run([str(path), "--describe"], None).out)


@dataclasses.dataclass(frozen=True)
class Point:
    """What a trial is asked for; times in microseconds."""

    items: int
    in_flight: int
    workload: str = DOWNLOADING
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


def _start_of_a_trial(worker: pathlib.Path, asked: pathlib.Path, before: tuple[str, ...] = ()) -> list[str]:
    """The command of one trial: the one place that knows how a worker is started. `asked` holds the point; what it came to is the last
    line on stdout. `before` goes in front of the worker (valgrind, which is slow)."""
    harness = next(parent / "bin" / "interleave" for parent in worker.parents if (parent / "bin" / "interleave").is_file())
    return [str(harness), "trial", "--point", str(asked), *(["--slower", "100"] if before else []), "--", *before, str(worker)]


@contextlib.contextmanager
def _asked(point: Point) -> Iterator[pathlib.Path]:
    """The file that asks for the point."""
    with tempfile.TemporaryDirectory(prefix="interleave-trial-") as folder:
        asked = pathlib.Path(folder, "point.json")
        asked.write_text(point.as_json(), encoding="utf-8")
        yield asked


_OF_TIMES = ("disturbed", "sustained")  # checks of when things happened, not of what was done


def trial(worker: pathlib.Path, point: Point, before: tuple[str, ...] = ()) -> dict[str, object]:
    """One trial on the client's core. Returns what the harness read off the tape and what the worker says of itself, and under
    `pss_bytes` the most memory that was seen while its run was on (its whole tree).

    Raises Limit, or Failure if the trial was wrong.
    """
    with _asked(point) as asked:
        ended = run(_start_of_a_trial(worker, asked, before), CLIENT_CORE, 300)
    said = ended.err.strip().splitlines()[-1] if ended.err.strip() else f"exit {ended.status}"
    if ended.status == 77:
        raise Limit(said)
    lines = ended.out.splitlines()
    line = json.loads(lines[-1]) if lines else {"reasons": []}
    late = before and lines and all(reason["check"] in _OF_TIMES for reason in line["reasons"])  # a tracer takes its time
    if ended.status != 0 and not late:
        raise Failure(said)
    return {**line["worker"], **line["tape"], "pss_bytes": max((look["pss_bytes"] for look in line["looks"]), default=None)}


def times_of_trials(worker: pathlib.Path, point: Point, rounds: int) -> Iterator[float]:
    """Seconds from start to end of a trial beyond those of `true`, a round: the slope over ten more trials of one harness, for a run
    starts its harness and makes what all bodies are cut from once. As in a run, the harness is on the server's core."""
    more = 10
    with _asked(point) as asked:
        start = _start_of_a_trial(worker, asked)
        at = start.index("--")
        for _ in range(rounds):
            one, many = (time_to_spawn_and_wait([*start[:at], "--repetitions", str(count), *start[at:]], CLIENT_CORE, SERVER_CORE)
                         for count in (1, 1 + more))
            yield (many - one) / more - time_to_spawn_and_wait(["true"], CLIENT_CORE)
