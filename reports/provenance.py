"""The small print under every chart: which run, how many rounds, what is missing.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from typing import Iterable

from plan_data import Point
from run_data import Run


def note(run: Run, points: Iterable[Point], words: str = "", footnotes: str = "") -> str:
    """`words` say how to read the marks; then come the run's name, whether it is finished, and the cells that are not shown, or
    `footnotes`."""
    here = [point.id for point in points]
    voids = [trial for trial in run.voids() if trial.point in here]
    lost = sum(map(run.is_lost, voids))
    void = len(voids) - lost
    slow = list(dict.fromkeys(model for model, point in run.too_slow if point in here))
    skipped = list(dict.fromkeys(model for model, point in run.skips if point in here))
    parts = [words] if words else []
    size = f"{len(run.trials):,} trials" if run.searches else f"{run.plan.get('rounds', '?')} rounds"
    parts.append(f"Run {run.name}, {size}, seed {run.plan.get('seed', '?')}.")
    if len(run.models) < len(run.measured):
        parts.append(f"Shown: {len(run.models)} of {len(run.measured)} models; verdicts are of all.")
    if len(run.trials) < run.planned:
        parts.append(f"Not finished: {len(run.trials):,} of {run.planned:,} trials.")
    if void:
        parts.append(f"{void} void {'trial' if void == 1 else 'trials'}, not ranked{'' if footnotes else ' (grey)'}.")
    if lost:
        parts.append(f"{lost} {'round' if lost == 1 else 'rounds'} counted as lost{'' if footnotes else ' (grey)'}: "
                     "the load was not kept up.")
    if footnotes:
        parts.append(footnotes)
        return " ".join(parts)
    if slow:
        parts.append(f"Too slow at some load, in last place there: {listed(slow)}.")
    if skipped:
        parts.append(f"Skipped at some load: {listed(skipped)}; the report lists the reasons.")
    return " ".join(parts)


def listed(models: list[str]) -> str:
    return ", ".join(models[:5]) + (f" and {len(models) - 5} more" if len(models) > 5 else "")
