"""Sentences computed from the verdict: what a chart's title states, and which loads a chart speaks of.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from typing import Callable

from groups import Group
from number_text import NBSP, plain, seconds_text, tick
from plan_data import Point
from run_data import Run


def names(models: list[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    if len(models) > most:
        return ", ".join(models[: most - 1]) + f" and {len(models) - most + 1} more"
    return models[0] if len(models) == 1 else ", ".join(models[:-1]) + " and " + models[-1]


def amount(ranks_by: str, value: float) -> str:
    """The ranked quantity in words; values as verdict.json has them."""
    if ranks_by in ("cpu_per_item", "cpu_keeping_up"):
        return f"{seconds_text(value / 1e9)} of CPU an item"
    return seconds_text(value / 1e9)


def finding_at(run: Run, point: Point, where: str) -> str:
    """One clause: who leads at this load, at which value; says so where nobody does."""
    verdict = run.verdicts.get(point.id)
    if verdict is None:
        return f"{where}: no verdict"
    leaders = verdict.get("leaders") or []
    medians = {cell["model"]: cell.get("median") for cell in verdict.get("cells", [])}
    value = medians.get(leaders[0]) if leaders else None
    at_value = f" at {amount(point.ranks_by, value)}" if value is not None and point.ranks_by != "none" else ""
    lead, runner_up = verdict.get("lead_percent"), verdict.get("runner_up")
    kind = verdict.get("verdict")
    if kind in ("wins", "leading") and leaders:
        verb = "wins" if kind == "wins" else "leads" if len(leaders) == 1 else "lead together"
        ahead = ""
        if runner_up:
            ahead = f", {plain(lead, 2)}{NBSP}% better than {runner_up}" if lead is not None else f"; {runner_up} did not keep the load up"
        return f"{where}: {names(leaders)} {verb}{at_value}{ahead}"
    if kind == "tie" and leaders:
        return f"{where}: {names(leaders)} tie{at_value}"
    if kind == "single" and leaders:
        return f"{where}: only {leaders[0]} is ranked{',' if at_value else ''}{at_value}"
    if kind == "unresolved":
        return f"{where}: nobody is shown to win: {names(leaders)} are too close to call" if len(leaders) > 1 else (
            f"{where}: nobody is shown to win")
    return f"{where}: {why_nobody(verdict)}"


def why_nobody(verdict: dict) -> str:
    """Why no model is ranked at a load, in a few words; the verdict's sentence has more."""
    cells = verdict.get("cells", [])
    left_out = [each for cell in cells for each in cell.get("left_out", [])]
    for status, words in (("too_slow", "every model is too slow"), ("skipped", "every model is skipped")):
        if cells and all(cell.get("status") == status for cell in cells):
            return words
    no_value = left_out and all(each["check"] == "value" for each in left_out)
    return "not ranked" if no_value or verdict.get("ranks_by") == "none" else "no valid trial"


def in_place(point: Point) -> str:
    """A load as a sentence begins: the plan's words for it."""
    return ", ".join([point.series, f"{point.in_flight:,} in flight", *([f"{point.cores} cores"] if point.cores != 1 else [])])


def finding(run: Run, groups: list[Group]) -> str:
    """The title sentence of a chart: the last ranked place on the axis of the first group that has one."""
    for group in groups:
        ranked = [point for point in group.points if point.ranks_by != "none" and point.id in run.verdicts]
        if ranked:
            place = f"{tick(group.along.value(ranked[-1]))} {group.along.unit}"
            where = f"{group.title}, {place}"
            return finding_at(run, ranked[-1], where[0].upper() + where[1:]) + "."
    return "Nothing here is ranked."


def verdict_finding(run: Run, groups: list[Group], ranks_by: str) -> str | None:
    """The verdict at the last place that this quantity ranks, in the first group that has one; None if it ranks nowhere."""
    ranked = [(group, point) for group in groups for point in reversed(group.points)
              if point.ranks_by == ranks_by and point.id in run.verdicts]
    if not ranked:
        return None
    group, point = next((each for each in ranked if run.verdicts[each[1].id].get("leaders")), ranked[0])
    return finding_at(run, point, place_of(group, point)) + "."


def place_of(group: Group, point: Point) -> str:
    return f"{group.title}, {tick(group.along.value(point))} {group.along.unit}"


def spread_finding(run: Run, groups: list[Group], path: tuple[str, ...], what: str, text: Callable[[float], str]) -> str:
    """The least and the most of a quantity that is shown, not ranked, at the place where models differ most."""
    best = None
    for group in groups:
        for point in [each for each in group.points if each.ranks_by != "none"] or group.points:
            medians = {name: value for name in run.models if (value := run.median(point.id, name, *path)) is not None and value > 0}
            if medians:
                least, most = min(medians, key=medians.get), max(medians, key=medians.get)
                if best is None or medians[most] / medians[least] > best[0]:
                    best = (medians[most] / medians[least], place_of(group, point), least, most, medians)
    if best is None:
        return f"No valid trial tells of {what}."
    _, place, least, most, medians = best
    if least == most:
        return f"{place}: {what} of {least} is {text(medians[least])}."
    return f"{place}: {what} from {text(medians[least])} ({least}) to {text(medians[most])} ({most})."
