"""The data table under a chart: every number the chart shows, as text.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from groups import Group
from look import by_family
from reasons import folded
from run_data import Run


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
    reasons = folded(str(reason) for trial in run.trials_of(point, model, "void") for reason in trial.reasons)
    words = [f"void: {reason}" for reason in reasons]
    if run.server_limited(point):
        words.append("server-limited")
    return "; ".join(words)
