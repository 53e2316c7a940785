"""Reads the files of a run (plan, environment, trials, verdict) into plain data for charts and tables.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

SCHEMA = 1
FAMILIES = ("sequential", "threads", "processes", "callbacks", "coroutines")


class UnusableRun(Exception):
    """A directory that cannot be reported on; the text is one line that says what to do."""


@dataclass(frozen=True)
class Model:
    """One contestant, as plan.json describes it."""

    name: str
    style: str = ""
    library: str = ""
    back_end: str = ""
    threads: str = ""

    @property
    def family(self) -> str:
        """One of FAMILIES. Blocking code counts as threads unless processes run it: on fibers and on stolen tasks, too."""
        name = self.name.rpartition("/")[2]  # without the label of another build of it
        if name.split("#")[0] == "sequential":
            return "sequential"
        if self.style == "callback":
            return "callbacks"
        if self.style == "coroutine":
            return "coroutines"
        return "processes" if "process" in name else "threads"


@dataclass(frozen=True)
class Point:
    """One load of the plan. Delays in microseconds, 0 and 0 where the server answers at once; `parameters` are those of the
    workload and the policies of the models."""

    id: str
    label: str
    workload: str
    items: int
    in_flight: int
    cores: int
    ranks_by: str
    profile: str
    delay_us: tuple[int, int]
    parameters: tuple[tuple[str, str], ...]

    @property
    def delayed(self) -> bool:
        return self.delay_us[1] > 0

    @property
    def delay_text(self) -> str:
        """Such as `50–150 ms`; empty without delay."""
        if not self.delayed:
            return ""
        low, high = self.delay_us
        in_ms = low % 1000 == 0 and high % 1000 == 0
        low, high, unit = (low // 1000, high // 1000, "ms") if in_ms else (low, high, "µs")
        return f"{low:,} {unit}" if low == high else f"{low:,}–{high:,} {unit}"

    def parameter(self, name: str) -> str | None:
        return dict(self.parameters).get(name)


@dataclass(frozen=True)
class Trial:
    """One line of trials.jsonl. `raw` is the whole line."""

    number: int
    round: int
    point: str
    model: str
    verdict: str
    reasons: tuple[str, ...]
    raw: dict[str, Any] = field(repr=False, hash=False, compare=False)

    def value(self, *path: str) -> float | None:
        """The number at the path, such as value("memory", "per_item_bytes"); None if absent, null or not a number."""
        at: Any = self.raw
        for key in path:
            if not isinstance(at, dict) or key not in at:
                return None
            at = at[key]
        return float(at) if isinstance(at, (int, float)) and not isinstance(at, bool) else None


# A void trial's line has no figures of its own; what its worker said is good enough to be shown grey.
FROM_WORKER = {("efficiency",): ("worker", "efficiency"), ("makespan_ns",): ("worker", "makespan_ns")}


def void_value(trial: Trial, path: tuple[str, ...], items: int) -> float | None:
    if path == ("cpu_per_item_ns",):
        total = trial.value("worker", "cpu_run_ns", "total")
        return None if total is None or not items else total / items
    return trial.value(*FROM_WORKER.get(path, path))


@dataclass
class Run:
    """A run's files. `skips` maps (model, point id) to the reason; it holds those of the plan and of the trials."""

    directory: Path
    plan: dict[str, Any]
    environment: dict[str, Any]
    verdict: dict[str, Any]
    points: dict[str, Point]
    models: dict[str, Model]
    trials: list[Trial]
    skips: dict[tuple[str, str], str]
    focus: str | None = None  # the point that charts of one load show; None: they choose

    def __post_init__(self) -> None:
        self._cells: dict[tuple[str, str], list[Trial]] = {}
        for trial in self.trials:
            self._cells.setdefault((trial.point, trial.model), []).append(trial)
        self.verdicts = {each["id"]: each for each in self.verdict.get("points", [])}

    @property
    def name(self) -> str:
        return self.directory.resolve().name

    @property
    def planned(self) -> int:
        """How many trials a finished run has."""
        return len(self.plan.get("order", []))

    def trials_of(self, point: str, model: str, verdict: str = "valid") -> list[Trial]:
        return [trial for trial in self._cells.get((point, model), []) if trial.verdict == verdict]

    def values(self, point: str, model: str, *path: str, verdict: str = "valid") -> list[float]:
        """The quantity in every round that has it, in the order of rounds."""
        trials = sorted(self.trials_of(point, model, verdict), key=lambda trial: trial.round)
        found = [trial.value(*path) for trial in trials]
        if verdict == "void":
            items = self.points[point].items
            found = [void_value(trial, path, items) if value is None else value for trial, value in zip(trials, found)]
        return [value for value in found if value is not None]

    def median(self, point: str, model: str, *path: str) -> float | None:
        values = self.values(point, model, *path)
        return median(values) if values else None

    def server_limited(self, point: str) -> bool:
        return bool(self.verdicts.get(point, {}).get("server_limited"))

    def voids(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.verdict == "void"]


def missing_advice(file: Path) -> str:
    """A run writes its verdict last, so one that was cut short, or is not over, has a plan and no verdict."""
    if file.name == "verdict.json" and (file.parent / "plan.json").is_file():
        return f"run `interleave verdict {file.parent}` first"
    return f"is {file.parent} the directory of a run?"


def damage_advice(file: Path) -> str:
    """The verdict is computed from the other files; these are written once."""
    return f"`interleave verdict {file.parent}` makes it anew" if file.name == "verdict.json" else "start a new run"


def read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnusableRun(f"{file}: missing; {missing_advice(file)}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnusableRun(f"{file}: damaged ({error}); {damage_advice(file)}") from None
    except OSError as error:
        raise UnusableRun(f"{file}: {error.strerror}") from None
    if not isinstance(content, dict):
        raise UnusableRun(f"{file}: damaged (not a JSON object)")
    return content


def check_schema(content: dict[str, Any], where: str) -> None:
    if content.get("schema") != SCHEMA:
        raise UnusableRun(f"{where}: schema {content.get('schema')!r}, but this report reads schema {SCHEMA}; "
                          "use the interleave that made the run")


def read_trials(file: Path) -> list[Trial]:
    """Every whole line; a torn last line (the run was cut while writing it) is left out."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise UnusableRun(f"{file}: missing; is {file.parent} the directory of a run?") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableRun(f"{file}: damaged ({error})") from None
    trials = []
    for number, line in enumerate(lines[:-1], start=1):
        try:
            raw = json.loads(line)
            check_schema(raw, f"{file}:{number}")
            trials.append(Trial(raw["trial"], raw["round"], raw["point"], raw["model"], raw["verdict"],
                                tuple(raw.get("reasons", ())), raw))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnusableRun(f"{file}:{number}: damaged line ({type(error).__name__}: {error})") from None
    return trials


def point_from(raw: dict[str, Any]) -> Point:
    profile = raw.get("profile") or {}
    delay = profile.get("delay") or {}
    moving = delay.get("kind", "none") != "none"
    settings = {**(raw.get("parameters") or {}), **(raw.get("policies") or {})}
    return Point(raw["id"], raw.get("label", raw["id"]), raw["workload"], raw["items"], raw["in_flight"],
                 raw.get("cores", 1), raw.get("ranks_by", "none"), profile.get("name", ""),
                 (delay.get("low_us", 0), delay.get("high_us", 0)) if moving else (0, 0),
                 tuple(sorted((key, str(value)) for key, value in settings.items())))


def model_from(raw: dict[str, Any]) -> Model:
    return Model(raw["name"], raw.get("style", ""), raw.get("library", ""), raw.get("back_end", ""),
                 str(raw.get("threads", "")))


def read_run(directory: Path) -> Run:
    """Reads a run's directory. Raises UnusableRun in one line."""
    if not directory.is_dir():
        raise UnusableRun(f"{directory}: no such directory; `interleave run` makes one, results/ holds them")
    plan = read_json(directory / "plan.json")
    check_schema(plan, str(directory / "plan.json"))
    environment = read_json(directory / "environment.json")
    verdict = read_json(directory / "verdict.json")
    check_schema(verdict, str(directory / "verdict.json"))
    trials = read_trials(directory / "trials.jsonl")
    try:
        points = {raw["id"]: point_from(raw) for raw in plan["points"]}
        models = {raw["name"]: model_from(raw) for raw in plan["models"]}
        skips = {(skip["model"], skip["point"]): skip["reason"] for skip in plan.get("skips", [])}
        for trial in trials:
            if trial.point not in points or trial.model not in models:
                raise UnusableRun(f"{directory / 'trials.jsonl'}: trial {trial.number} names a point or model "
                                  "that plan.json does not have; the files are of different runs")
            if trial.verdict == "skipped":
                skips.setdefault((trial.model, trial.point), "; ".join(trial.reasons) or "no reason given")
        return Run(directory, plan, environment, verdict, points, models, trials, skips)
    except (KeyError, TypeError, AttributeError) as error:
        raise UnusableRun(f"{directory}: damaged plan.json or verdict.json ({type(error).__name__}: {error})") from None
