"""Two runs side by side: the same loads and models, as numbers. Not a gate: the runs are not paired in time.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from findings import amount, names
from number_text import plain
from run_data import Run
from table import Table


def verdicts(run: Run, other: Run) -> Table:
    """Loads of both, and what each run says of them."""
    table = Table(["load", "here", "leaders here", "there", "leaders there"])
    for point in run.points.values():
        pair = [each.verdicts.get(point.id) for each in (run, other)]
        if all(pair):
            table.rows.append([point.label, *(cell for verdict in pair for cell in (
                str(verdict.get("verdict")), names(verdict.get("leaders") or ["–"], 8)))])
    return table


def medians(run: Run, other: Run) -> Table:
    """Cells that both runs have: the median of what ranks, and the ratio here / there."""
    table = Table(["load", "model", "here", "there", "here / there"])
    for point in run.points.values():
        mine, theirs = ({cell["model"]: cell.get("median") for cell in each.verdicts.get(point.id, {}).get("cells", [])}
                        for each in (run, other))
        for model, median in mine.items():
            against = theirs.get(model)
            if median and against:
                ranks_by = point.ranks_by if point.ranks_by != "none" else "cpu_per_item"
                words = [amount(ranks_by, value) for value in (median, against)]
                table.rows.append([point.label, model, *words, plain(median / against, 4)])
    return table
