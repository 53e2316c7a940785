"""The data table under a chart: every number the chart shows, as text.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from groups import Group
from look import by_family
from reasons import folded
from run_data import Run, Trial


@dataclass
class Table:
    headers: list[str]
    rows: list[list[str]] = field(default_factory=list)


def table_of(run: Run, groups: list[Group], path: tuple[str, ...], text: Callable[[float], str]) -> Table:
    """One row a cell: median, least and most over its valid rounds, and how many rounds were valid and void."""
    table = Table(["load", "model", "median", "least", "most", "valid rounds", "void rounds", "remark"])
    for group in groups:
        for point in group.points:
            for model in by_family(run.models.values()):
                values = run.values(point.id, model.name, *path)
                void = len(run.trials_of(point.id, model.name, "void"))
                middle = run.median(point.id, model.name, *path)
                numbers = [text(middle), text(min(values)), text(max(values))] if values else ["–", "–", "–"]
                table.rows.append([point.label, model.name, *numbers, str(len(values)), str(void),
                                   remark(run, point.id, model.name)])
    return table


def remark(run: Run, point: str, model: str) -> str:
    if (model, point) in run.skips:
        return f"skipped: {run.skips[model, point]}"
    voids = run.trials_of(point, model, "void")
    words = [f"too slow: {run.too_slow[model, point]}"] if (model, point) in run.too_slow else [
        f"skipped in some rounds: {reason}" for reason in reasons_of(run.trials_of(point, model, "skipped"))]
    words += [f"void: {reason}" for reason in reasons_of([trial for trial in voids if not run.is_lost(trial)])]
    words += [f"counted as lost: {reason}" for reason in reasons_of([trial for trial in voids if run.is_lost(trial)])]
    if run.server_limited(point):
        words.append("server-limited")
    return "; ".join(words)


def reasons_of(trials: list[Trial]) -> list[str]:
    return folded(str(reason) for trial in trials for reason in trial.reasons)
