#!/usr/bin/python3
"""Writes made-up run directories for the report's tests: seeded, with void trials, lost rounds, skips, what is too slow, ties
and server-limited points.

Usage: synthetic_run.py OUT [--seed N] [--rounds N] [--models N] [--empty]
SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import argparse
import json
import math
import random
from pathlib import Path
from statistics import median

# name: style, library, back end, CPU ns an item at 100 in flight, loss of efficiency at 1,000, bytes an item, most in flight
MODELS = {
    "sequential": ("blocking", "POSIX", "blocking calls", 9000, 0.02, 9000, 1),
    "thread_pool": ("blocking", "Boost.Asio 1.26.0", "blocking calls", 6500, 0.011, 12_000, 10_000),
    "process_pool": ("blocking", "POSIX", "blocking calls", 8400, 0.015, 150_000, 512),
    "uv_callbacks": ("callback", "libuv 1.44.2", "epoll", 4350, 0.0045, 5200, 10**6),
    "asio_callbacks": ("callback", "Boost.Asio 1.26.0", "epoll", 4060, 0.0042, 5300, 10**6),
    "asio_coroutines": ("coroutine", "Boost.Asio 1.26.0", "epoll", 4110, 0.0043, 6100, 10**6),
    "epoll_coroutines": ("coroutine", "none", "epoll", 3970, 0.0041, 5000, 10**6),
    "tbb_arena": ("blocking", "oneTBB 2021.8", "blocking calls", 7000, 0.012, 13_000, 10_000),
    "uring_coroutines": ("coroutine", "liburing 2.3", "io_uring", 3950, 0.004, 5100, 10**6),
}
PROFILES = {
    "local": {"kind": "none", "low_us": 0, "high_us": 0, "sigma": 0},
    "short": {"kind": "uniform", "low_us": 5000, "high_us": 15_000, "sigma": 0},
    "delay": {"kind": "uniform", "low_us": 50_000, "high_us": 150_000, "sigma": 0},
    "long": {"kind": "uniform", "low_us": 500_000, "high_us": 1_500_000, "sigma": 0},
    "error": {"kind": "uniform", "low_us": 1000, "high_us": 10_000, "sigma": 0},
}
ITEMS_IN_FLIGHT = {"name": "in_flight", "unit": "items in flight", "of": "load"}
# What each workload says of itself: the report knows no more of them.
WORKLOADS = {
    "download": {"summary": "fetch every item", "connects": True, "waits": True, "computes": False, "offloads": False, "ideal": "exact",
                 "axes": [ITEMS_IN_FLIGHT], "lanes": "items"},
    "sleep_many": {"summary": "every item only waits", "connects": False, "waits": True, "computes": False, "offloads": False,
                   "ideal": "exact", "axes": [ITEMS_IN_FLIGHT], "lanes": "items"},
    "compute": {"summary": "every item computes", "connects": False, "waits": False, "computes": True, "offloads": False,
                "ideal": "calibrated", "axes": [{"name": "grain", "unit": "squares an item", "of": "parameter"}], "lanes": "cores"},
    "download_compute": {"summary": "fetch, then compute", "connects": True, "waits": True, "computes": True, "offloads": True,
                         "ideal": "calibrated", "axes": [ITEMS_IN_FLIGHT, {"name": "cpu_share", "unit": "% CPU share", "of": "parameter"}],
                         "lanes": "items"},
}
FAMILIES = {"callback": "callbacks", "coroutine": "coroutines", "blocking": "threads"}  # by style, but for
FAMILY_OF = {"sequential": "sequential", "process_pool": "processes"}
LEAST_ROUNDS_TO_WIN = 15
MARGIN = 0.05


def a_point(workload: str, profile: str, in_flight: int, items: int, cores: int = 1, policies: dict | None = None,
            **parameters: object) -> dict:
    named = {"short": "delay", "long": "delay"}.get(profile, profile)
    delay = PROFILES[profile]
    delayed = delay["kind"] != "none"
    span = f" {delay['low_us'] // 1000}-{delay['high_us'] // 1000}ms" if delayed else ""
    series = ", ".join([workload + (f" {named}{span}" if WORKLOADS[workload]["connects"] else ""),
                        *(f"{k} {v}" for k, v in {**parameters, **(policies or {})}.items())])
    label = f"{series}, {in_flight} in flight" + (f", {cores} cores" if cores != 1 else "")
    ranks_by = "cpu_per_item"
    if workload in ("compute", "download_compute"):
        ranks_by = "makespan"
    elif "rate" in parameters:
        ranks_by = "latency"
    elif delayed or workload == "sleep_many":
        ranks_by = "cpu_keeping_up"
    elif in_flight == 1:
        ranks_by = "none"
    extra = "".join(f"-{k}_{v}" for k, v in {**parameters, **(policies or {})}.items())
    return {"id": f"{workload}-{profile}{extra}-c{in_flight}-k{cores}", "series": series, "label": label, "workload": workload,
            "items": items, "in_flight": in_flight, "cores": cores, "seed": 1, "timeout_us": 10_000_000, "ranks_by": ranks_by,
            "profile": {"name": named, "delay": {**delay, "shape": 0.0, "trace_us": []}, "bytes": [1024, 4096], "faults": [],
                        "rate": [0, 0], "retry_after_s": 0},
            "parameters": {k: str(v) for k, v in parameters.items()}, "policies": policies or {}}


def points() -> list[dict]:
    made = [a_point("download", "local", n, 40_000) for n in (1, 10, 100, 1000)]
    made += [a_point("download", "short", n, 40 * n) for n in (1, 10)]
    made += [a_point("download", "delay", n, 10 * n) for n in (100, 1000)]
    made += [a_point("download", "long", 10_000, 20_000)]
    made += [a_point("download", "error", n, 10 * n) for n in (100, 1000)]
    made += [a_point("download", "local", 100, 20_000, arrivals="poisson", rate=rate) for rate in (2000, 10_000)]
    made += [a_point("sleep_many", "local", n, 3 * n) for n in (100, 1000, 10_000)]
    made += [a_point("compute", "local", cores, 100_000_000 // grain, cores, grain=grain)
             for grain in (100, 1000, 10_000, 100_000) for cores in (1, 2)]
    made += [a_point("download_compute", "delay", n, 10 * n, 1, {"offload": where}, cpu_share=share)
             for share in (1, 10, 50) for where in ("inline", "threads") for n in (10, 100)]
    return made


def why_skipped(model: str, point: dict) -> str | None:
    most = MODELS[model][6]
    if point["workload"] != "compute" and point["in_flight"] > most:
        return f"in_flight {point['in_flight']} is above what {model} can have: {most} (ulimit -u)"
    if model == "tbb_arena" and point["workload"] == "sleep_many":
        return "needs a lane that sleeps; tbb_arena has none"
    return None


def is_too_slow(model: str, point: dict, round_: int) -> bool:
    """A profile's patience for it is over after two rounds."""
    return model == "sequential" and point["workload"] == "compute" and point["parameters"]["grain"] == "100" and round_ > 1


def a_skipped_trial(number: int, round_: int, point: dict, model: str) -> dict:
    """Nothing was started, so all that a trial would measure is null."""
    reason = {"check": "patience", "text": "a trial takes 2.96 s, the profile quick has patience for 1.50 s", "limit_s": 1.5}
    return {"schema": 1, "trial": number, "round": round_, "point": point["id"], "model": model, "verdict": "skipped",
            "reasons": [reason], **dict.fromkeys(("worker", "tape", "ledger", "census", "memory", "tree", "run_queue_wait_ns",
            "throttled_periods", "exit_status", "signal", "started_at", "wall_ns", "cpu_per_item_ns", "efficiency", "makespan_ns")),
            "server_limited": False}


def quantities(rng: random.Random, model: str, point: dict) -> dict:
    """Plausible figures of one trial."""
    _, _, _, cpu, lost, bytes_per_item, _ = MODELS[model]
    style, n, items = MODELS[model][0], point["in_flight"], point["items"]
    noise = math.exp(rng.gauss(0, 0.012) + (rng.random() < 0.08) * rng.random() * 0.1)
    low, high = point["profile"]["delay"]["low_us"], point["profile"]["delay"]["high_us"]
    cpu_ns = cpu * (1 + 0.09 * abs(math.log10(n) - 2)) * noise
    if point["workload"] == "compute":
        grain = int(point["parameters"]["grain"])
        spread = point["cores"] if style == "blocking" and model != "sequential" else 1
        ideal = items * grain * 0.31 / point["cores"]
        makespan = (items * grain * 0.31 + items * cpu * 0.05) / spread * noise
        cpu_ns = makespan / items
    else:
        wait = (low + high) / 2 * 1000 if high else (100e6 if point["workload"] == "sleep_many" else 0)
        ideal = wait * items / n
        loss = lost * (n / 1000) ** 0.35 * math.exp(rng.gauss(0, 0.08))
        share = int(point["parameters"].get("cpu_share", 0)) / 100
        if share and style != "blocking" and point["policies"].get("offload") == "inline":
            loss = min(0.9, loss + 0.3 * share)
        makespan = ideal / (1 - loss) if ideal else cpu_ns * items * 1.03
    return {"cpu": cpu_ns, "ideal": ideal, "makespan": makespan, "efficiency": ideal / makespan if ideal else 0.0,
            "bytes": bytes_per_item * math.exp(rng.gauss(0, 0.02)), "wait": (low + high) * 500}


def quantiles(rng: random.Random, base: float, width: float) -> dict:
    return {key: round(base * factor ** width * math.exp(rng.gauss(0, 0.05 * factor ** 0.4)))
            for key, factor in (("p50", 1), ("p90", 1.8), ("p99", 4), ("p999", 9), ("max", 16))}


def outcomes(point: dict) -> dict[str, int]:
    items = point["items"]
    if point["profile"]["name"] != "error":
        return {"OK": items}
    wrong = {"NOT_FOUND": items * 4 // 100, "HTTP_ERROR": items * 20 // 100, "TIMEOUT": items // 100}
    return {"OK": items - sum(wrong.values()), **wrong}


def over_time(point: dict, tape: dict) -> dict:
    """Nothing in the first slice where items wait; then evenly, what is left with the last."""
    slices = min(50, point["items"] // 10)
    idle = 1 if tape["ideal_ns"] else 0
    each = point["items"] // (slices - idle)
    finished = [0] * idle + [each] * (slices - idle)
    finished[-1] += point["items"] - sum(finished)
    usual = tape["service_ns"]["p50"] / 1e3
    return {"finished": finished, "median_us": [round(usual * (1 + 0.1 * (place % 3))) if count else 0 for place, count in enumerate(finished)]}


def a_trial(rng: random.Random, number: int, round_: int, point: dict, model: str) -> dict:
    q = quantities(rng, model, point)
    slow = MODELS[model][3] / 4000
    reasons = []
    if model == "uv_callbacks" and round_ == 1 and point["in_flight"] == 100:
        reasons = [{"check": "ledger", "text": f"{round_ + 2} requests more than the items account for"}]
    if model == "process_pool" and point["workload"] == "download" and point["in_flight"] == 10:
        reasons = [{"check": "sustained", "text": "peak in flight was 7, asked were 10"}]
    if model == "thread_pool" and round_ == 2 and point["workload"] == "sleep_many":
        reasons = [{"check": "sustained", "text": f"only 71 % of the plateau was at {point['in_flight']} in flight"}]
    connects = point["workload"].startswith("download")
    tape = {"makespan_ns": round(q["makespan"]), "ideal_ns": round(q["ideal"]), "efficiency": q["efficiency"],
            "outcomes": outcomes(point), "wrong": 0, "missing": 0, "doubled": 0, "mean_in_flight": point["in_flight"] * 0.99,
            "first_end_ns": round(q["makespan"] / 100), "median_end_ns": round(q["makespan"] / 2), "last_end_ns": round(q["makespan"]),
            "service_ns": quantiles(rng, q["wait"] + 90_000 * slow * math.sqrt(point["in_flight"]), 0.4 if q["wait"] else 0.9),
            "first_byte_ns": quantiles(rng, q["wait"] + 80_000 * slow, 0.8),
            "wake_up_lag_ns": quantiles(rng, 22_000 * slow * (1 + point["in_flight"] / 900), 1.1) if connects else
            {key: 0 for key in ("p50", "p90", "p99", "p999", "max")}}
    if point["items"] >= 100:
        tape["over_time"] = over_time(point, tape)
    if point["ranks_by"] == "latency":
        tape["latency_ns"] = quantiles(rng, 200_000 * slow * int(point["parameters"]["rate"]) / 2000, 1)
    worker = {"schema": 1, "model": model, "workload": point["workload"], "cpu_run_ns": {"total": round(q["cpu"] * point["items"])},
              "loop_lag_ns": quantiles(rng, 40_000 * (1 + 80 * int(point["parameters"].get("cpu_share", 0))), 1)
              if connects and MODELS[model][0] != "blocking" else None,
              "heartbeats": 5000 if connects and MODELS[model][0] != "blocking" else 0}
    killed = model == "asio_callbacks" and round_ == 0 and point["in_flight"] == 10_000
    if killed:
        reasons = [{"check": "exit", "text": "the worker was killed by SIGKILL (9)"}]
    figures = {} if reasons else {"cpu_per_item_ns": q["cpu"], "efficiency": q["efficiency"], "makespan_ns": round(q["makespan"])}
    if figures and "latency_ns" in tape:
        figures["latency_p99_ns"] = tape["latency_ns"]["p99"]
    return {"schema": 1, "trial": number, "round": round_, "point": point["id"], "model": model,
            "verdict": "void" if reasons else "valid", "reasons": reasons, "worker": None if killed else worker, "tape": None if killed else tape,
            "ledger": {"peak_in_flight": point["in_flight"]} if connects else None,
            "census": {"threads": 1, "processes": 1, "sampled": True},
            "memory": {"plateau_pss_bytes": round(q["bytes"] * point["in_flight"]), "per_item_bytes": q["bytes"]},
            "tree": {"user_ns": 1, "system_ns": 1, "max_rss_bytes": 1, "voluntary_switches": round(slow * point["items"] / 10), "involuntary_switches": 1 + round_},
            "run_queue_wait_ns": 0, "throttled_periods": 0, "exit_status": 0, "signal": None, "started_at": "2026-01-01T00:00:00Z",
            "wall_ns": round(q["makespan"]), "cpu_per_item_ns": None, "efficiency": None, "makespan_ns": None,
            "server_limited": limited(point), **figures}


def limited(point: dict) -> bool:
    return point["id"] == "download-local-c1000-k1"


KEYS = {"makespan": "makespan_ns", "latency": "latency_p99_ns"}


def kind_of(trial: dict) -> str:
    checks = {reason["check"] for reason in trial["reasons"]}
    if trial["verdict"] == "skipped":
        return "too_slow" if "patience" in checks else "skipped"
    return "unsustained" if checks == {"sustained"} else "void"


def left_out_of(mine: list[dict], skip: str | None) -> list[dict]:
    """One entry a kind and check, as the harness folds them."""
    found: dict[tuple, dict] = {}
    for trial in mine:
        if trial["verdict"] != "valid":
            first = trial["reasons"][0]
            found.setdefault((kind_of(trial), first["check"]), {"kind": kind_of(trial), **first, "rounds": 0})["rounds"] += 1
    return ([{"kind": "skipped", "check": "", "text": skip, "rounds": 0}] if skip else []) + list(found.values())


def said(reason: dict) -> str:
    return f"{reason['check']}: {reason['text']}" if reason["check"] else reason["text"]


def cell_of(model: str, mine: list[dict], key: str, rounds: int, skip: str | None) -> dict:
    valid = {t["round"]: t[key] for t in mine if t["verdict"] == "valid"}
    void = [t for t in mine if t["verdict"] == "void"]
    left_out = left_out_of(mine, skip)
    rounds_of = {kind: sum(each["rounds"] for each in left_out if each["kind"] == kind) for kind in ("unsustained", "skipped", "too_slow")}
    status = "too_slow" if rounds_of["too_slow"] else "skipped" if skip else "valid" if valid and len(void) <= len(valid) else "void"
    of_status = [each for each in left_out if status in ("valid", each["kind"]) or (status, each["kind"]) == ("void", "unsustained")]
    ordered = sorted(valid.values())
    return {"model": model, "status": status, "reason": said(of_status[0]) if of_status else "" if mine else "not run",
            "left_out": left_out, "rounds_valid": len(valid), "rounds_void": len(void), "rounds_unsustained": rounds_of["unsustained"],
            "rounds_skipped": rounds_of["skipped"] + rounds_of["too_slow"], "level_percent": 95.0 if len(ordered) >= 6 else None, "median": median(ordered) if ordered else None,
            "low": ordered[0] if len(ordered) >= 6 else None, "high": ordered[-1] if len(ordered) >= 6 else None,
            "values": [valid.get(r) for r in range(rounds)]}


def pair_of(a: dict, b: dict) -> dict:
    ratios = sorted(y / x for x, y in zip(a["values"], b["values"]) if x and y)
    cut = len(ratios) // 5
    enough = len(ratios) >= 12
    return {"a": a["model"], "b": b["model"], "median_ratio": median(ratios) if ratios else 1.0, "rounds": len(ratios), "p": 0.01,
            "level_percent": 99.5 if enough else None,
            "low": ratios[cut] if enough else None, "high": ratios[-1 - cut] if enough else None}


BEARERS = ("sequential", "process_pool", "thread_pool", "uv_callbacks", "asio_coroutines")


def families_of(verdicts: list[dict], chosen: list[str]) -> dict | None:
    """A stand-in, too: of what ranks, each bearer against the best of them."""
    bearers = [model for model in BEARERS if model in chosen]
    if len(bearers) < 2:
        return None
    family = {model: FAMILY_OF.get(model, FAMILIES[MODELS[model][0]]) for model in bearers}
    rows = []
    for verdict in verdicts:
        cells = {cell["model"]: cell for cell in verdict["cells"] if cell["model"] in bearers}
        costs = {model: cell["median"] for model, cell in cells.items()
                 if cell["status"] == "valid" and cell["median"]}
        best = min(costs, key=costs.get, default=None)
        row = []
        for model in bearers:
            status = cells[model]["status"] if model in cells else "not_run"
            status = "void" if status == "valid" and model not in costs else status
            cell = {"family": family[model], "model": model, "status": status, "keeps_up": "yes" if verdict["ranks_by"] == "cpu_keeping_up" else None,
                    "reason": "", "variant": None}
            if status == "valid":
                factor = costs[model] / costs[best]
                cell |= {"factor": factor, "low": 0.99 * factor, "high": 1.01 * factor, "told_apart": factor > 1.01}
            row.append(cell)
        rows.append({"point": verdict["id"], "said": "", "label": verdict["label"], "by": "cpu_per_item_ns", "best": best, "cells": row})
    pairs = [("process_pool", "thread_pool", 0.73, 0.68, 0.8), ("asio_callbacks", "asio_coroutines", 1.02, 1.01, 1.04), ("thread_pool", "tbb_arena", 1.08, None, None)]
    counterparts = [{"a": a, "b": b, "loads": 9, "cpu_ratio": ratio, "low": low, "high": high} for a, b, ratio, low, high in pairs
                    if {a, b} <= set(chosen) and any(row["best"] for row in rows)]
    return {"counterparts": counterparts, "keeps_up_at": 0.95, "level_percent": 95.0, "columns": [{"family": family[m], "model": m} for m in bearers], "rows": rows}


def verdict_at(point: dict, cells: list[dict], rounds: int) -> dict:
    """A simple stand-in for the harness's statistics: the same fields, and every kind of verdict somewhere."""
    ranked = sorted((c for c in cells if c["status"] == "valid"), key=lambda c: c["median"])
    pairs = [pair_of(a, b) for i, a in enumerate(ranked) for b in ranked[i + 1:]]
    ratio = {(p["a"], p["b"]): p["median_ratio"] for p in pairs}
    kind, leaders, runner_up, lead = "none", [], None, None
    if point["ranks_by"] != "none" and ranked:
        best = ranked[0]["model"]
        near = [c["model"] for c in ranked[1:] if ratio[best, c["model"]] < 1 + MARGIN]
        leaders = [best, *near]
        behind = [c["model"] for c in ranked[1:] if c["model"] not in near]
        if behind:
            runner_up, lead = behind[0], 100 * (ratio[best, behind[0]] - 1)
        kind = "single" if len(ranked) == 1 else "leading" if rounds < LEAST_ROUNDS_TO_WIN else "tie" if near else "wins"
        if kind == "tie" and point["in_flight"] == 10:
            kind = "unresolved"
    names = " and ".join(leaders)
    sentence = {"none": "not ranked", "single": f"only {names} is ranked", "unresolved": f"unresolved between {names}",
                "wins": f"{names} wins: {lead or 0:.1f} % better than {runner_up}", "tie": f"{names} tie",
                "leading": f"{names} leading (too few rounds to call it a win)"}[kind]
    slow = [cell["model"] for cell in cells if cell["status"] == "too_slow"]
    sentence += f"; last: {', '.join(slow)} (too slow)" if slow and leaders else ""
    return {"id": point["id"], "label": point["label"], "series": point["series"], "in_flight": point["in_flight"], "cores": point["cores"],
            "rounds": min((p["rounds"] for p in pairs), default=rounds) if leaders else 0, "too_slow": slow, "ranks_by": point["ranks_by"], "unit": "ns" if point["ranks_by"] == "makespan" else "ns/item", "margin_percent": 100 * MARGIN,
            "server_limited": limited(point), "verdict": kind, "leaders": leaders, "runner_up": runner_up, "lead_percent": lead,
            "rounds_needed": 44 if kind == "unresolved" else None, "sentence": sentence, "cells": cells, "pairs": pairs}


def build(seed: int = 1, rounds: int = 6, models: int = 9, empty: bool = False) -> dict[str, object]:
    """The contents of the four files."""
    rng = random.Random(seed)
    chosen = list(MODELS)[:models]
    grid = points()
    skips = [{"model": m, "point": p["id"], "reason": why} for p in grid for m in chosen if (why := why_skipped(m, p))]
    skipped = {(s["model"], s["point"]): s["reason"] for s in skips}
    trials: list[dict] = []
    for round_ in range(0 if empty else rounds):
        for point in grid:
            trials += [(a_skipped_trial(len(trials) + i, round_, point, m) if is_too_slow(m, point, round_) else
                        a_trial(rng, len(trials) + i, round_, point, m))
                       for i, m in enumerate(m for m in chosen if (m, point["id"]) not in skipped)]
    verdicts = []
    for point in grid:
        key = KEYS.get(point["ranks_by"], "cpu_per_item_ns")
        here = [t for t in trials if t["point"] == point["id"]]
        cells = [cell_of(m, [t for t in here if t["model"] == m], key, rounds, skipped.get((m, point["id"]))) for m in chosen]
        verdicts.append(verdict_at(point, cells, rounds))
    plan = {"schema": 1, "version": "0.1.0", "commit": "0123abc", "created": "2026-01-01T00:00:00Z", "seed": seed, "profile": "quick",
            "rounds": rounds, "block": 6, "command": ["interleave", "run", "--seed", str(seed)], "points": grid, "skips": skips,
            "workloads": {name: WORKLOADS[name] for name in dict.fromkeys(point["workload"] for point in grid)},
            "models": [{"name": m, "style": MODELS[m][0], "family": FAMILY_OF.get(m, FAMILIES[MODELS[m][0]]), "library": MODELS[m][1], "back_end": MODELS[m][2], "threads": "in words",
                        "language": "C++", "executable": f"libexec/{m}", "skips": {}, "policies": ["offload"], "workloads": list(WORKLOADS),
                        "capabilities": ["deadline"]} for m in chosen],
            "order": [{"trial": t["trial"], "round": t["round"], "point": t["point"], "model": t["model"]} for t in trials]}
    environment = {"schema": 1, "cpu": {"model": "Made-up CPU at 2.0 GHz", "cores": 2}, "kernel": "6.1.0", "compiler": "GCC 12.2.0",
                   "flags": "-O2", "libraries": {"libuv": "1.44.2", "Boost": "1.81"}}
    claimed = sum(v["verdict"] in ("wins", "tie") for v in verdicts)
    verdict = {"schema": 1, "profile": "quick", "rounds": rounds, "version": "0.1.0", "margin_percent": 100 * MARGIN,
               "error_percent": 5.0, "power_percent": 80.0, "rounds_to_win": LEAST_ROUNDS_TO_WIN, "trials_planned": len(trials),
               "trials_done": len(trials), "points": verdicts, "tiles": claimed, "expected_wrong_tiles": 0.05 * claimed}
    verdict |= {"families": families_of(verdicts, chosen), "sentences": ["Where items wait, threads keep up with event loops up to 1000 in flight, at 1.5 times their CPU."]}
    return {"plan.json": plan, "environment.json": environment, "trials.jsonl": trials, "verdict.json": verdict}


def write(out: Path, **settings) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in build(**settings).items():
        lines = name.endswith(".jsonl")
        text = "".join(json.dumps(t) + "\n" for t in content) if lines else json.dumps(content, indent=1) + "\n"
        (out / name).write_text(text, encoding="utf-8")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description="writes a made-up run directory")
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--models", type=int, default=len(MODELS), help=f"1 to {len(MODELS)}")
    parser.add_argument("--empty", action="store_true", help="no trial at all")
    asked = parser.parse_args()
    write(asked.out, seed=asked.seed, rounds=asked.rounds, models=asked.models, empty=asked.empty)


if __name__ == "__main__":
    main()
