"""Runs as nobody would make them: one model or twenty, names without end, nothing but voids, figures that are missing.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import copy
import json
import random
from pathlib import Path

import synthetic_limits
import synthetic_run
from limits_data import limits_from
from run_data import Run, read_run

LONG = "a_{}_for_each_and_every_single_item_that_there_is"
FIGURES = ("cpu_per_item_ns", "efficiency", "memory", "tape")


def generate(seed: int, directory: Path) -> Run:
    """The kinds come in turn, the rest is drawn: how many models and rounds, which loads, whether there are limits."""
    rng = random.Random(seed)
    kind = ("plain", "twenty", "one", "voids", "long", "missing", "lost", "offloaded")[seed % 8]
    models = 1 if kind == "one" else 9 if kind == "twenty" else rng.randint(2, 9)
    content = synthetic_run.build(seed=seed, rounds=rng.randint(1, 3), models=models)
    with_declarations(content)
    if kind != "offloaded":
        with_fewer_loads(content, rng)
    {"twenty": with_twenty_models, "voids": with_nothing_but_voids, "long": with_long_names, "missing": with_missing_figures,
     "lost": with_lost_rounds}.get(kind, lambda content, rng: None)(content, rng)
    for name, each in content.items():
        lines = name.endswith(".jsonl")
        (directory / name).write_text("".join(json.dumps(trial) + "\n" for trial in each) if lines else json.dumps(each))
    run = read_run(directory)
    if rng.random() < 0.6 or kind == "offloaded":
        run.limits = limits_from(synthetic_limits.build(seed=seed, models=models, none=rng.random() < 0.1))
    return run


def with_declarations(content: dict) -> None:
    """What verdict.json says of loads in plain words."""
    families = content["verdict.json"]["families"]
    if families is None:
        return
    for number, row in enumerate(families["rows"]):
        row["said"] = f"fetch, replies after {number} ms, 1,000 at once" if number % 2 else ""


def with_fewer_loads(content: dict, rng: random.Random) -> None:
    """None of them may be left."""
    share = rng.choice((0.0, 0.2, 0.5, 0.8, 1.0, 1.0))
    kept = {point["id"] for point in content["plan.json"]["points"] if rng.random() < share}
    for name in ("plan.json", "verdict.json"):
        content[name]["points"] = [point for point in content[name]["points"] if point["id"] in kept]
    content["plan.json"]["skips"] = [skip for skip in content["plan.json"]["skips"] if skip["point"] in kept]
    content["trials.jsonl"] = [trial for trial in content["trials.jsonl"] if trial["point"] in kept]
    families = content["verdict.json"]["families"]
    if families:
        families["rows"] = [row for row in families["rows"] if row["point"] in kept]


def with_twenty_models(content: dict, rng: random.Random) -> None:
    originals = list(content["plan.json"]["models"])
    for number in range(20 - len(originals)):
        model = copy.deepcopy(originals[number % len(originals)])
        twin = f"{model['name']}_{number}"
        content["trials.jsonl"] += [{**trial, "model": twin} for trial in content["trials.jsonl"] if trial["model"] == model["name"]]
        content["plan.json"]["models"].append({**model, "name": twin})


def with_nothing_but_voids(content: dict, rng: random.Random) -> None:
    for trial in content["trials.jsonl"]:
        trial.update(verdict="void", reasons=[{"check": "ledger", "text": "2 requests more than the items account for"}], cpu_per_item_ns=None, efficiency=None, makespan_ns=None)
    for verdict in content["verdict.json"]["points"]:
        verdict.update(verdict="none", leaders=[], runner_up=None, lead_percent=None, pairs=[], sentence="no valid trial")
        for cell in verdict["cells"]:
            cell.update(status="void", median=None)
    for row in (content["verdict.json"]["families"] or {"rows": []})["rows"]:
        row["best"] = None


def with_long_names(content: dict, rng: random.Random) -> None:
    text = json.dumps(content)
    for model in (each for each in synthetic_run.MODELS if each != "sequential"):  # which is a family, too
        text = text.replace(f'"{model}"', f'"{LONG.format(model)}"')
    content.update(json.loads(text))
    for row in (content["verdict.json"]["families"] or {"rows": []})["rows"]:
        row["said"] = row["said"] and row["said"] * 3


def with_missing_figures(content: dict, rng: random.Random) -> None:
    gone = rng.sample(FIGURES, rng.randint(1, len(FIGURES)))
    for trial in content["trials.jsonl"]:
        trial.update(dict.fromkeys(gone))


def with_lost_rounds(content: dict, rng: random.Random) -> None:
    """Half of the models do not keep up from some number in flight on."""
    weak = {model["name"]: rng.choice((1, 10, 100, 10**9)) for model in content["plan.json"]["models"]}
    in_flight = {point["id"]: point["in_flight"] for point in content["plan.json"]["points"]}
    for trial in content["trials.jsonl"]:
        if in_flight[trial["point"]] >= weak[trial["model"]] and trial["verdict"] == "valid":
            trial.update(verdict="void", reasons=[{"check": "sustained", "text": "only 71 % of the plateau was at 100 in flight"}], cpu_per_item_ns=None, efficiency=None)
