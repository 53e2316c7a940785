"""Writes made-up directories of `interleave limits`: seeded, with every end that a search can come to, and families without a limit.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import math
import random
from pathlib import Path

import synthetic_run

# name: said, unit, easiest and hardest rung, whether it is a task
LADDERS = {
    "in_flight_10ms": ("in flight, replies after 10 ms", "", 1, 10_000, False),
    "wait": ("shortest wait, 100 in flight", "us", 100_000, 100, False),
    "task_50": ("smallest task at 50 % of the ideal", "squares", 1_000_000, 10, True),
    "cpu_share": ("CPU share of an item, handed to threads", "%", 1, 96, False),
}
ENDS = ("too_slow", "unsustained", "overloaded", "lag", "server", "ladder", "void")
BEARERS = synthetic_run.BEARERS


def a_model(rng: random.Random, name: str, first: float, last: float, is_a_task: bool) -> dict:
    if name == "sequential":
        return {"model": name, "limit": None, "first_failed": first, "ended_by": "refused", "finished": True, "reason": "one item at a time: runs only in_flight 1"}
    share = rng.random()
    limit = float(f"{math.exp(math.log(first) + share * (math.log(last) - math.log(first))):.1e}")
    made = {"model": name, "limit": limit, "first_failed": limit, "ended_by": rng.choice(ENDS), "reason": f"{name} came to its end", "finished": True, "rounds": 3,
            "bytes_per_item": 5000.0, "in_flight_per_gib": float(round(10 ** rng.uniform(4, 5.7))), "costs": [{"value": limit, "cpu_per_item_ns": 20_000.0}]}
    return {**made, "task_ns": limit * 0.3} if is_a_task else made


def build(seed: int = 1, models: int = 9, finished: bool = True, none: bool = False) -> dict[str, object]:
    """The contents of limits.json; `none`: nobody keeps up with anything."""
    rng = random.Random(seed)
    chosen = list(synthetic_run.MODELS)[:models]
    family = {model: synthetic_run.FAMILY_OF.get(model, synthetic_run.FAMILIES[synthetic_run.MODELS[model][0]]) for model in chosen}
    ladders = []
    for name, (said, unit, first, last, is_a_task) in LADDERS.items():
        reaches = [a_model(rng, model, first, last, is_a_task) for model in chosen]
        if none:
            reaches = [{"model": each["model"], "limit": None, "first_failed": first, "ended_by": "too_slow", "reason": "41 % of the ideal", "finished": True} for each in reaches]
        ladders.append({"name": name, "said": said, "unit": unit, "keeps_up": 0.95, "is_a_task": is_a_task, "label": said, "values": [first, last], "models": reaches})
    return {"schema": 1, "version": "0.1.0", "finished": finished, "trials_done": 301, "ladders": ladders,
            "models": [{"model": model, "family": family[model], "bears_family": model in BEARERS} for model in chosen]}


def write(out: Path, **settings) -> Path:
    """A directory with a search's plan, and not a single trial."""
    synthetic_run.write(out, models=settings.get("models", 9), empty=True)
    plan = json.loads((out / "plan.json").read_text())
    (out / "plan.json").write_text(json.dumps({**plan, "profile": "limits", "order": [], "ladders": []}))
    (out / "verdict.json").unlink()
    (out / "limits.json").write_text(json.dumps(build(**settings)))
    return out
