"""Sentences computed from the verdict: what a chart's title states, and which loads a chart speaks of.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from groups import Group
from number_text import plain, seconds_text, tick
from run_data import Point, Run


def names(models: list[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    if len(models) > most:
        return ", ".join(models[: most - 1]) + f" and {len(models) - most + 1} more"
    return models[0] if len(models) == 1 else ", ".join(models[:-1]) + " and " + models[-1]


def amount(ranks_by: str, value: float) -> str:
    """The ranked quantity in words; values as verdict.json has them."""
    if ranks_by == "efficiency":
        return f"{plain(value, 4 if value >= 0.9 else 3)} of the ideal"
    if ranks_by == "cpu_per_item":
        return f"{seconds_text(value / 1e9)} of CPU an item"
    return seconds_text(value / 1e9)


def finding_at(run: Run, point: Point, where: str) -> str:
    """One clause: who leads at this load, with which value; says so where nobody does."""
    verdict = run.verdicts.get(point.id)
    if verdict is None:
        return f"{where}: no verdict"
    leaders = verdict.get("leaders") or []
    medians = {cell["model"]: cell.get("median") for cell in verdict.get("cells", [])}
    value = medians.get(leaders[0]) if leaders else None
    with_value = f" ({amount(point.ranks_by, value)})" if value is not None and point.ranks_by != "none" else ""
    lead, runner_up = verdict.get("lead_percent"), verdict.get("runner_up")
    kind = verdict.get("verdict")
    if kind in ("wins", "leading") and leaders:
        verb = "wins" if kind == "wins" else "leads" if len(leaders) == 1 else "lead together"
        ahead = f", {plain(lead, 2)} % better than {runner_up}" if lead is not None and runner_up else ""
        return f"{where}: {names(leaders)} {verb}{ahead}{with_value}"
    if kind == "tie" and leaders:
        return f"{where}: {names(leaders)} tie{with_value}"
    if kind == "single" and leaders:
        return f"{where}: only {leaders[0]} has valid trials{with_value}"
    if kind == "unresolved":
        return f"{where}: nobody is shown to win: {names(leaders)} are too close to call" if len(leaders) > 1 else (
            f"{where}: nobody is shown to win")
    return f"{where}: nothing is ranked"


def finding(run: Run, groups: list[Group]) -> str:
    """The title sentence of a chart: the last ranked place on the axis of the first group that has one."""
    for group in groups:
        ranked = [point for point in group.points if point.ranks_by != "none" and point.id in run.verdicts]
        if ranked:
            place = f"{tick(group.along.value(ranked[-1]))} {group.along.unit}"
            where = f"{group.title}, {place}"
            return finding_at(run, ranked[-1], where[0].upper() + where[1:]) + "."
    return "Nothing here is ranked."
