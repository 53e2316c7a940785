"""Reads the files of a run (plan, environment, trials, verdict) into plain data for charts and tables.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Callable, NoReturn

import counts_data
import machine_data
from counts_data import Counts, counts_from
from limits_data import Limits, limits_from
from machine_data import MachineCost, machine_costs_from
from plan_data import Model, Point, Workload, model_from, point_from, workload_from
from reasons import PATIENCE, SUSTAINED, Reason, folded, last_place, reason_from
from required import Lacks, check_plan, check_verdict

SCHEMA = 1
MEASURED = "measured"  # of a path: see Trial.at


class UnusableRun(Exception):
    """A directory that cannot be reported on; the text is one line that says what to do."""


@dataclass(frozen=True)
class Trial:
    """One line of trials.jsonl. `raw` is the whole line."""

    number: int
    round: int
    point: str
    model: str
    verdict: str
    reasons: tuple[Reason, ...]
    raw: dict[str, Any] = field(repr=False, hash=False, compare=False)

    @property
    def why(self) -> str:
        """Its reasons in one line."""
        return "; ".join(folded(map(str, self.reasons))) or "no reason given"

    @property
    def unsustained(self) -> bool:
        """Void for nothing but that the model did not keep the asked concurrency up."""
        return self.verdict == "void" and {reason.check for reason in self.reasons} == {SUSTAINED}

    def value(self, *path: str) -> float | None:
        """The number at the path, such as value("memory", "per_item_bytes"); None if absent, null or not a number."""
        found = self.at(*path)
        return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None

    def at(self, *path: str) -> Any:
        """What is at the path; None if absent. MEASURED is the tape as the harness read it, else what the worker says."""
        if path[0] == MEASURED:
            read = self.at("tape", *path[1:])
            return self.at("worker", *path[1:]) if read is None else read
        found: Any = self.raw
        for key in path:
            if not isinstance(found, dict) or key not in found:
                return None
            found = found[key]
        return found


# A void trial's line has no figures of its own; what was read or said of it is good enough to be shown grey.
OF_VOID = {("efficiency",): (MEASURED, "efficiency"), ("makespan_ns",): (MEASURED, "makespan_ns")}


def void_value(trial: Trial, path: tuple[str, ...], items: int) -> float | None:
    if path == ("cpu_per_item_ns",):
        total = trial.value("worker", "cpu_run_ns", "total")
        return None if total is None or not items else total / items
    return trial.value(*OF_VOID.get(path, path))


@dataclass
class Run:
    """A run's files. `skips` maps (model, point id) to the reason, of cells that were skipped when planning or in the run; `too_slow`
    maps those that are in last place to what is said of that. `models` are those to be shown, `measured` all that the verdicts are
    about."""

    directory: Path
    plan: dict[str, Any]
    environment: dict[str, Any]
    verdict: dict[str, Any]
    points: dict[str, Point]
    models: dict[str, Model]
    trials: list[Trial]
    skips: dict[tuple[str, str], str]
    too_slow: dict[tuple[str, str], str] = field(default_factory=dict)
    measured: dict[str, Model] = field(default_factory=dict)  # default: as `models`
    focus: str | None = None  # the point that charts of one load show; None: they choose
    limits: Limits | None = None  # of its own directory, or of another one that is shown beside
    counts: Counts | None = None  # of calls and allocations, which no trial has
    machine_costs: tuple[MachineCost, ...] = ()

    def __post_init__(self) -> None:
        self._cells: dict[tuple[str, str], list[Trial]] = {}
        for trial in self.trials:
            self._cells.setdefault((trial.point, trial.model), []).append(trial)
        self.valid_trials = Counter(trial.model for trial in self.trials if trial.verdict == "valid")  # by model; asked for by every chart
        self.verdicts = {each["id"]: each for each in self.verdict.get("points", [])}
        self.measured = self.measured or self.models

    def of_models(self, names: list[str]) -> Run:
        """The same with fewer models to show. Verdicts stay, for they are of all that were measured."""
        return replace(self, models={name: self.models[name] for name in names}, measured=self.measured,
                       trials=[trial for trial in self.trials if trial.model in names],
                       skips={key: reason for key, reason in self.skips.items() if key[0] in names},
                       too_slow={key: words for key, words in self.too_slow.items() if key[0] in names})

    def of_workload(self, name: str) -> Run:
        """The same with the loads of one workload."""
        points = {key: point for key, point in self.points.items() if point.workload.name == name}
        return replace(self, points=points, trials=[trial for trial in self.trials if trial.point in points],
                       verdict={**self.verdict, "points": [each for each in self.verdict.get("points", []) if each["id"] in points]},
                       skips={key: reason for key, reason in self.skips.items() if key[1] in points},
                       too_slow={key: words for key, words in self.too_slow.items() if key[1] in points})

    @property
    def workloads(self) -> dict[str, Workload]:
        """Those that have loads, in the order of the plan."""
        return {point.workload.name: point.workload for point in self.points.values()}

    @property
    def searches(self) -> bool:
        """It is one of `interleave limits`: a search has no verdicts."""
        return "ladders" in self.plan

    @property
    def name(self) -> str:
        return legible(self.directory.resolve().name)

    @property
    def place(self) -> str:
        return legible(str(self.directory))

    @property
    def planned(self) -> int:
        """How many trials a finished run has, of the models and loads to be shown: those of a race that are needed no more are not missing. A search plans none."""
        if self.searches:
            return len(self.trials)
        needless = sum(cell.get("rounds_not_needed", 0) for point in self.verdicts.values() for cell in point.get("cells", []) if cell["model"] in self.models)
        return sum(trial.get("model", "") in self.models and trial.get("point", "") in self.points for trial in self.plan.get("order", [])) - needless

    def trials_of(self, point: str, model: str, verdict: str = "valid") -> list[Trial]:
        return [trial for trial in self._cells.get((point, model), []) if trial.verdict == verdict]

    def tried(self, point: str, model: str) -> bool:
        return (point, model) in self._cells

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

    @property
    def margin(self) -> float:
        """Of wins and ties: 0.05 is 5 %."""
        return self.verdict["margin_percent"] / 100

    def status(self, point: str, model: str) -> str:
        """What the verdict makes of a cell: valid, void, skipped or too_slow; "" if it does not know it."""
        return next((cell["status"] for cell in self.verdicts.get(point, {}).get("cells", []) if cell["model"] == model), "")

    def is_lost(self, trial: Trial) -> bool:
        """Its round counts as the worst of all: the model is ranked, and did not keep the load up."""
        return trial.unsustained and self.status(trial.point, trial.model) == "valid"

    def absence(self, point: str, model: str) -> str:
        """Why a model has nothing to show at a point, in a word or two."""
        if (model, point) in self.too_slow:
            return "too slow"
        if (model, point) in self.skips:
            return "skipped"
        return "void" if self.trials_of(point, model, "void") else "no data" if self.trials_of(point, model) else "not run"

    def voids(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.verdict == "void"]


def legible(path: str) -> str:
    """A path for a page or a picture, which can hold no bytes that are no text."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def missing_advice(file: Path) -> str:
    """A run writes its verdict last, so one that was cut short, or is not over, has a plan and no verdict."""
    if file.name == "verdict.json" and (file.parent / "plan.json").is_file():
        return f"run `interleave verdict {file.parent}` first"
    return f"is {file.parent} the directory of a run?"


def damage_advice(file: Path) -> str:
    """The verdict is computed from the other files; these are written once."""
    return f"`interleave verdict {file.parent}` makes it anew" if file.name == "verdict.json" else "start a new run"


def no_number(text: str) -> NoReturn:
    """JSON has no NaN and no infinity, though Python reads them."""
    raise ValueError(f"{text} is no number")


def read_json(file: Path, if_missing: str = "", if_damaged: str = "") -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_constant=no_number)
    except FileNotFoundError:
        raise UnusableRun(f"{file}: missing; {if_missing or missing_advice(file)}") from None
    except (ValueError, RecursionError) as error:
        raise UnusableRun(f"{file}: damaged ({error}); {if_damaged or damage_advice(file)}") from None
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
            raw = json.loads(line, parse_constant=no_number)
            check_schema(raw, f"{file}:{number}")
            if not isinstance(raw["round"], int):
                raise ValueError("round is not a whole number")
            trials.append(Trial(raw["trial"], raw["round"], raw["point"], raw["model"], raw["verdict"],
                                tuple(map(reason_from, raw.get("reasons", ()))), raw))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnusableRun(f"{file}:{number}: damaged line ({type(error).__name__}: {error})") from None
    return trials


# What stands for the verdict of a search.
WITHOUT_VERDICTS: dict[str, Any] = {"schema": SCHEMA, "margin_percent": 5.0, "error_percent": 5.0, "power_percent": 80.0, "rounds_to_win": 0, "points": [], "tiles": 0}


def read_limits(directory: Path) -> Limits:
    """Reads limits.json. Raises UnusableRun in one line."""
    file = directory / "limits.json"
    if not directory.is_dir():
        raise UnusableRun(f"{directory}: no such directory; `interleave limits` makes one")
    if not file.exists() and (directory / "plan.json").is_file():
        of_a_search = "ladders" in read_json(directory / "plan.json")
        raise UnusableRun(f"{file}: missing; " + (f"run `interleave verdict {directory}` first" if of_a_search else "`interleave limits` makes a directory that has it"))
    raw = read_json(file)
    check_schema(raw, str(file))
    try:
        return replace(limits_from(raw), name=legible(directory.resolve().name))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableRun(f"{file}: damaged ({type(error).__name__}: {error}); `interleave verdict {directory}` makes it anew") from None


def read_counts(file: Path) -> Counts:
    """Reads counts.json, or what `interleave anatomy --json` printed. Raises UnusableRun in one line."""
    raw = read_json(file, "`interleave anatomy --json` prints such a file", "`interleave anatomy` makes it anew")
    check_schema(raw, str(file))
    try:
        return counts_from(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableRun(f"{file}: damaged ({type(error).__name__}: {error}); `interleave anatomy` makes it anew") from None


def read_machine_costs(file: Path) -> tuple[MachineCost, ...]:
    """Reads machine_costs.json. Raises UnusableRun in one line."""
    anew = f"`interleave doctor --costs --into {file.parent}` makes it anew"
    raw = read_json(file, if_damaged=anew)
    check_schema(raw, str(file))
    try:
        return machine_costs_from(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableRun(f"{file}: damaged ({type(error).__name__}: {error}); {anew}") from None


def with_what_stands_beside(run: Run) -> Run:
    """What was counted and measured into its directory, where it was."""
    if (run.directory / counts_data.FILE).exists():
        run.counts = read_counts(run.directory / counts_data.FILE)
    if (run.directory / machine_data.FILE).exists():
        run.machine_costs = read_machine_costs(run.directory / machine_data.FILE)
    return run


def require(check: Callable[[dict[str, Any]], None], content: dict[str, Any], file: Path) -> None:
    try:
        check(content)
    except Lacks as lack:
        raise UnusableRun(f"{file}: {lack}; {'use the interleave that made the run' if file.name == 'plan.json' else damage_advice(file)}") from None


def read_run(directory: Path) -> Run:
    """Reads a run's directory. Raises UnusableRun in one line."""
    if not directory.is_dir():
        raise UnusableRun(f"{directory}: no such directory; `interleave run` makes one, results/ holds them")
    plan = read_json(directory / "plan.json")
    check_schema(plan, str(directory / "plan.json"))
    environment = read_json(directory / "environment.json")
    limits = read_limits(directory) if "ladders" in plan else None
    verdict = read_json(directory / "verdict.json") if limits is None else {**WITHOUT_VERDICTS, "rounds": plan.get("rounds", 0)}
    check_schema(verdict, str(directory / "verdict.json"))
    trials = read_trials(directory / "trials.jsonl")
    require(check_plan, plan, directory / "plan.json")
    require(check_verdict, verdict, directory / "verdict.json")
    try:
        workloads = {name: workload_from(name, raw) for name, raw in plan["workloads"].items()}
        points = {raw["id"]: point_from(raw, workloads[raw["workload"]]) for raw in plan["points"]}
        models = {raw["name"]: model_from(raw) for raw in plan["models"]}
        skips = {(skip["model"], skip["point"]): skip["reason"] for skip in plan.get("skips", [])}
        too_slow = {}
        for trial in trials:
            if trial.point not in points or trial.model not in models:
                raise UnusableRun(f"{directory / 'trials.jsonl'}: trial {trial.number} names a point or model "
                                  "that plan.json does not have; the files are of different runs")
            if trial.verdict == "skipped" and any(reason.check == PATIENCE for reason in trial.reasons):
                too_slow.setdefault((trial.model, trial.point), last_place(next(reason for reason in trial.reasons if reason.check == PATIENCE)))
            elif trial.verdict == "skipped":
                skips.setdefault((trial.model, trial.point), trial.why)
        run = Run(directory, plan, environment, verdict, points, models, trials, skips, too_slow, limits=limits)
        run.skips = {cell: why for cell, why in skips.items() if cell not in too_slow and run.status(*reversed(cell)) in ("", "skipped")}
        return with_what_stands_beside(run)
    except ValueError as error:
        raise UnusableRun(f"{directory / 'plan.json'}: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise UnusableRun(f"{directory}: damaged plan.json or verdict.json ({type(error).__name__}: {error})") from None
