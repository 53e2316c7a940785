"""Runs made before plan.json described workloads and families: what their other fields let one conclude.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from typing import Any


def workloads_of(plan: dict[str, Any], trials: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The plan's descriptions, and for each workload without one what its points and trials show."""
    with_ledger = {trial["point"] for trial in trials if trial.get("ledger")}
    found: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(point["workload"] for point in plan["points"]):
        found[name] = (plan.get("workloads") or {}).get(name) or concluded(
            [point for point in plan["points"] if point["workload"] == name], with_ledger)
    return found


def concluded(points: list[dict[str, Any]], with_ledger: set[str]) -> dict[str, Any]:
    """A ledger tells of a server, a makespan that ranks of computing; numbers among the parameters are dials."""
    connects = any(point["id"] in with_ledger for point in points)
    computes = any(point.get("ranks_by") == "makespan" for point in points)
    numbers = {key for point in points for key, value in (point.get("parameters") or {}).items() if is_number(value)}
    return {"connects": connects, "waits": connects or not computes, "computes": computes, "lanes": "cores" if computes and not connects else "items",
            "axes": [{"name": name, "unit": name.replace("_", " "), "of": "parameter"} for name in sorted(numbers)]}


def is_number(text: Any) -> bool:
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def family_of(model: dict[str, Any]) -> str:
    """The description's family; else by how its bodies are written and what it runs on."""
    if model.get("family"):
        return model["family"]
    by_style = {"callback": "callbacks", "coroutine": "coroutines"}.get(model.get("style", ""))
    threads = str(model.get("threads", ""))
    if by_style:
        return by_style
    if "processes" in threads:
        return "processes"
    return "sequential" if threads == "1" and model.get("back_end") == "blocking calls" else "threads"
