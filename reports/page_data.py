"""What the page says beside its pictures: the family table, the limits, each workload's cells, what is missing, the machine and its noise, raw data.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from charts import families, limits
from findings import amount
from limits_data import shown_of
from look import by_family
from number_text import NBSP, bytes_text, plain, seconds_text
from plan_data import FAMILIES, Point, Workload
from reasons import pattern, ranged
from run_data import MEASURED, Run
from table import Table, remark

DEEPEST = 4.0  # the factor from which on a cell of the family table is coloured most


def slug(name: str) -> str:
    """Fit for an id."""
    return re.sub(r"[^A-Za-z0-9_]", "-", name)


@dataclass(frozen=True)
class FamilyCell:
    """`depth` says how deep it is coloured, in percent; None: grey. `variant` is the family's best other model."""

    text: str
    variant: str
    words: str
    depth: int | None
    best: bool
    told_apart: bool


def told_rows(run: Run) -> list[dict[str, Any]]:
    """Every load with plain words (all, where none has any) at which somebody is best."""
    ranked = [row for row in families.data_of(run).get("rows", []) if row["best"] and row["point"] in run.points]
    return [row for row in ranked if row["said"]] or ranked


def family_columns(run: Run) -> list[tuple[str, str]]:
    """Family, and the model that stands for it."""
    return [(run.models[model].family, model) for model in families.columns_of(run, told_rows(run))]


def family_rows(run: Run) -> list[dict[str, Any]]:
    models = families.columns_of(run, told_rows(run))
    return [{"name": families.name_of(row), "label": row["label"], "cells": [family_cell(cell) for model in models for cell in row["cells"] if cell["model"] == model]}
            for row in told_rows(run)]


def family_cell(cell: dict[str, Any]) -> FamilyCell:
    valid = cell["status"] == "valid"
    best = valid and cell["factor"] < 1.005
    told_apart = not valid or best or bool(cell.get("told_apart"))
    ends = f", interval {cell['low']:.2f} to {cell['high']:.2f}" if valid and cell.get("low") is not None and cell.get("high") is not None else ""
    why = f": {cell['reason']}" if not valid and cell.get("reason") else ""
    words = (f"{cell['factor']:.3g} times the best{ends}" if valid else cell["status"].replace("_", " ") + why) + ("" if told_apart else ", not told apart from the best")
    depth = round(8 + 60 * min(1.0, max(0.0, math.log(cell["factor"]) / math.log(DEEPEST)))) if valid else None
    return FamilyCell(families.cell_text(cell), families.small_text(cell), words, depth, best, told_apart)


def limit_columns(run: Run) -> list[str]:
    present = {reach.family for ladder in limits.ladders_of(run) for reach in ladder.reaches}
    return [family for family in FAMILIES if family in present]


def limit_rows(run: Run) -> list[dict[str, Any]]:
    """An axis a row, a family a cell: how far it goes, what ends it, and its other models."""
    rows = []
    for ladder in limits.ladders_of(run):
        by_name = {bearer.family: (bearer, variants) for bearer, variants in shown_of(ladder, FAMILIES)}
        cells = []
        for family in limit_columns(run):
            bearer, variants = by_name.get(family, (None, []))
            cells.append({"text": ladder.text(bearer) if bearer else "–", "end": limits.end_text(bearer) if bearer else "", "why": bearer.reason if bearer else "",
                          "others": ", ".join(f"{each.model} {ladder.text(each)}" for each in variants)})
        rows.append({"name": ladder.said[:1].upper() + ladder.said[1:], "cells": cells})
    return rows


@dataclass(frozen=True)
class Part:
    """One workload of the run, to be unfolded."""

    workload: Workload
    slug: str
    loads: int
    told: str
    verdicts: list[dict[str, Any]]
    cells: Table


def parts_of(run: Run) -> list[Part]:
    found = []
    for number, (name, workload) in enumerate(run.workloads.items()):
        mine = run.of_workload(name)
        verdicts = [] if run.searches else verdict_rows(mine)
        found.append(Part(workload, f"{slug(name)}-{number}", len(mine.points), leaders_text(mine), verdicts, cell_table(mine)))
    return found


def leaders_text(run: Run) -> str:
    """Such as `coroutines lead 5, threads 2; 3 are open`: alone or among others."""
    counts: dict[str, int] = {}
    for verdict in run.verdicts.values():
        led = {run.measured[model].family for model in verdict.get("leaders") or [] if model in run.measured} if verdict.get("verdict") in ("wins", "tie", "leading") else set()
        for family in led:
            counts[family] = counts.get(family, 0) + 1
    if not counts:
        return ""
    told = sorted(counts.items(), key=lambda each: (-each[1], FAMILIES.index(each[0])))
    return ", ".join(f"{family} {'lead or share the lead at ' if place == 0 else ''}{count}" for place, (family, count) in enumerate(told))


def rounds_of(run: Run, verdict: dict[str, Any]) -> str:
    """What a verdict rests on, where rounds are missing."""
    planned, rests_on = run.verdict.get("rounds", 0), verdict.get("rounds", 0)
    return f"{rests_on} of {planned} rounds" if 0 < rests_on < planned else ""


def verdict_rows(run: Run) -> list[dict[str, Any]]:
    return [{"label": each.get("label", each["id"]), "verdict": each.get("verdict", ""), "sentence": each.get("sentence", ""),
             "rounds": rounds_of(run, each), "limited": bool(each.get("server_limited"))} for each in run.verdict.get("points", [])]


def cell_table(run: Run) -> Table:
    """A row a model at a load, with what ranks and what is shown beside."""
    table = Table(["load", "model", "family", "state", "what ranks", "against the best", "interval", "efficiency", "CPU an item", "bytes in flight", "p99", "makespan", "rounds", "remark"])
    for point in run.points.values():
        best = min((cell["median"] for cell in verdict_cells(run, point) if cell.get("status") == "valid" and cell.get("median")), default=None)
        for model in by_family(run.models.values()):
            if run.searches and not run.tried(point.id, model.name):
                continue  # most rungs are nobody's
            cell = next((each for each in verdict_cells(run, point) if each["model"] == model.name), {})
            table.rows.append([point.label, model.name, model.family, (cell.get("status") or run.absence(point.id, model.name)).replace("_", " "),
                               *ranked_texts(point, cell, best), *measured_texts(run, point, model.name), str(len(run.trials_of(point.id, model.name))),
                               remark(run, point.id, model.name)])
    return table


def verdict_cells(run: Run, point: Point) -> list[dict[str, Any]]:
    return run.verdicts.get(point.id, {}).get("cells", [])


def ranked_texts(point: Point, cell: dict[str, Any], best: float | None) -> list[str]:
    """What ranks, how many times the best that is, and its interval."""
    middle = cell.get("median")
    if point.ranks_by == "none" or not middle:
        return ["–"] * 3
    ends = [amount(point.ranks_by, cell[key]).split(" of CPU")[0] for key in ("low", "high") if cell.get(key)]
    return [amount(point.ranks_by, middle).replace(" of CPU an item", f"{NBSP}CPU"), f"{middle / best:.3f}×" if best else "–", " to ".join(ends) if len(ends) == 2 else "–"]


MEASURES = ((("efficiency",), lambda value: plain(value, 4)), (("cpu_per_item_ns",), lambda value: seconds_text(value / 1e9)),
            (("memory", "per_item_bytes"), bytes_text), ((MEASURED, "service_ns", "p99"), lambda value: seconds_text(value / 1e9)),
            (("makespan_ns",), lambda value: seconds_text(value / 1e9)))


def measured_texts(run: Run, point: Point, model: str) -> list[str]:
    """Medians of what was measured; at a rate the p99 is that of the latency."""
    found = []
    for path, text in MEASURES:
        value = run.median(point.id, model, "latency_p99_ns") if path[-1] == "p99" else None
        value = run.median(point.id, model, *path) if value is None else value
        found.append("–" if value is None else text(value))
    return found


def void_rows(run: Run) -> list[tuple[str, str, str, str, str]]:
    """Model, load, reason, how many trials and what they count as, in the order of the first of each. Reasons that differ in their numbers alone share
    a row."""
    alike: dict[tuple[str, str, str, bool], list[str]] = {}
    for trial in run.voids():
        alike.setdefault((trial.model, run.points[trial.point].label, pattern(trial.why), run.is_lost(trial)), []).append(trial.why)
    return [(model, load, ranged(whys), str(len(whys)), "lost" if lost else "left out") for (model, load, _, lost), whys in alike.items()]


def skip_rows(run: Run) -> list[tuple[str, str, str]]:
    return [(model, run.points[point].label if point in run.points else point, reason)
            for (model, point), reason in run.skips.items()]


def slow_rows(run: Run) -> list[tuple[str, str, str]]:
    return [(model, run.points[point].label, words) for (model, point), words in run.too_slow.items()]


def by_model(rows: list[tuple[str, ...]], what: str) -> list[dict[str, Any]]:
    """Folded: of each model how many there are, and its rows without its name. `what` is one of them; a row that counts trials has them in place 3."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1:])
    counts = {model: sum(int(row[2]) if len(row) > 2 else 1 for row in mine) for model, mine in found.items()}
    return [{"model": model, "told": f"{counts[model]} {what if counts[model] == 1 else what + 's'}{checks_of(mine)}", "rows": mine} for model, mine in found.items()]


def checks_of(rows: list[tuple[str, ...]]) -> str:
    """Of trials: which checks failed."""
    checks = dict.fromkeys(row[1].split(":")[0] for row in rows if len(row) > 2 and ":" in row[1])
    return f" ({', '.join(checks)})" if checks else ""


def noise_rows(run: Run) -> list[tuple[str, str]]:
    """How quiet it was: what the machine said before, and what the rounds say."""
    machine = run.environment.get("machine")
    machine = machine if isinstance(machine, dict) else {}
    rows = []
    if isinstance(machine.get("load_average"), list):
        rows.append(("load average before the run", ", ".join(str(each) for each in machine["load_average"])))
    for key, words in (("busy_share", "cores busy with other work before the run"), ("stolen_share", "time stolen by the host before the run")):
        value = (machine.get("present_use") or {}).get(key) if isinstance(machine.get("present_use"), dict) else None
        if isinstance(value, (int, float)):
            rows.append((words, f"{100 * value:.0f}{NBSP}%"))
    overshoot = machine.get("sleep_overshoot_ns")
    if isinstance(overshoot, dict) and isinstance(overshoot.get("p99"), (int, float)):
        rows.append(("a sleep ends late by (p99)", seconds_text(overshoot["p99"] / 1e9)))
    return rows + round_noise(run)


def round_noise(run: Run) -> list[tuple[str, str]]:
    spreads = [(spread, verdict.get("label", verdict["id"]), cell["model"]) for verdict in run.verdicts.values() for cell in verdict.get("cells", [])
               if cell.get("status") == "valid" and (spread := spread_of(cell.get("values") or [])) is not None]
    rows = []
    if spreads:
        most = max(spreads)
        rows.append(("scatter of a cell's rounds (robust deviation of what ranks)", f"{100 * median(each[0] for each in spreads):.1f}{NBSP}% in the middle cell, "
                     f"{100 * most[0]:.0f}{NBSP}% in the worst ({most[2]}, {most[1]})"))
    disturbed = sum(any(reason.check == "disturbed" for reason in trial.reasons) for trial in run.trials)
    throttled = sum((trial.value("throttled_periods") or 0) > 0 for trial in run.trials)
    limited = sum(run.server_limited(point) for point in run.points)
    return rows + [("trials that the machine disturbed (void)", str(disturbed)), ("trials that a CPU quota throttled", str(throttled)),
                   ("loads at which the server was the limit", str(limited))]


def spread_of(values: list[float | None]) -> float | None:
    present = [value for value in values if value]
    if len(present) < 3:
        return None
    middle = median(present)
    return 1.4826 * median(abs(value - middle) for value in present) / middle


def embedded_json(content: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


RAW = (("cpu_per_item_ns", ("cpu_per_item_ns",)), ("efficiency", ("efficiency",)), ("makespan_ns", ("makespan_ns",)), ("latency_p99_ns", ("latency_p99_ns",)),
       ("bytes_per_item", ("memory", "per_item_bytes")), ("service_p50_ns", (MEASURED, "service_ns", "p50")), ("service_p99_ns", (MEASURED, "service_ns", "p99")))


def raw_trials(run: Run) -> dict[str, Any]:
    """Every trial's figures in columns, points and models by their place in lists."""
    points, models = list(run.points), list(run.measured)
    place = {name: number for number, name in enumerate(points)}, {name: number for number, name in enumerate(models)}
    rows = [[trial.number, trial.round, place[0][trial.point], place[1][trial.model], trial.verdict, trial.why if trial.verdict != "valid" else "",
             *(shortened(trial.value(*path)) for _, path in RAW)] for trial in run.trials]
    return {"columns": ["trial", "round", "point", "model", "verdict", "reasons", *(name for name, _ in RAW)], "points": points, "models": models, "rows": rows}


def shortened(value: float | None) -> float | int | None:
    """Nine figures are more than a clock has."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(f"{value:.9g}")


def raw_data(run: Run) -> dict[str, str]:
    """Name: JSON for a script element."""
    plan = {key: value for key, value in run.plan.items() if key != "order"}
    found = {"plan": plan, "environment": run.environment, **({} if run.searches else {"verdict": run.verdict}), **({"limits": asdict(run.limits)} if run.limits else {}),
             "trials": raw_trials(run)}
    return {name: embedded_json(content) for name, content in found.items()}
