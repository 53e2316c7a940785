"""Outcomes: what the items came to in every model, which has to be the same.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.axes import Axes

from chart import Chart
from findings import in_place
from groups import groups_of
from look import Look, by_family
from provenance import note
from plan_data import Point
from run_data import MEASURED, Run, Trial
from sheet import empty_sheet, new_sheet
from table import Table, remark

KINDS = ("OK", "NOT_FOUND", "HTTP_ERROR", "TIMEOUT", "REFUSED", "RESET", "TRUNCATED", "MALFORMED", "CANCELLED")
MOST_PANELS = 1  # the table has all loads


def counts_of(trial: Trial) -> dict[str, int] | None:
    """None where the worker left no result."""
    counts = trial.at(MEASURED, "outcomes")
    return {kind: int(counts.get(kind, 0)) for kind in KINDS} if isinstance(counts, dict) else None


def seen(run: Run, point: str, model: str, kind: str, verdict: str) -> list[int]:
    found = (counts_of(trial) for trial in run.trials_of(point, model, verdict))
    return [counts[kind] for counts in found if counts is not None]


def kinds_at(run: Run, point: str) -> list[str]:
    return [kind for kind in KINDS if any(n for m in run.models for v in ("valid", "void") for n in seen(run, point, m, kind, v))]


def points(run: Run) -> list[Point]:
    """Of each group the largest load, those with the most kinds of outcome first."""
    ended = [[p for p in group.points if kinds_at(run, p.id)] for group in groups_of(list(run.points.values()))]
    largest = [group[-1] for group in ended if group]
    return sorted(largest, key=lambda point: -len(kinds_at(run, point.id)))


def span(counts: list[int]) -> str:
    if not counts:
        return "–"
    return f"{counts[0]:,}" if len(set(counts)) == 1 else f"{min(counts):,}–{max(counts):,}"


def title(run: Run, point: Point) -> str:
    met = met_at(run, point.id)
    models = sum(bool(run.trials_of(point.id, model, "valid")) for model in run.models)
    if not met:
        return f"{in_place(point)}: no valid trial."
    if len(met) > 1:
        return f"{in_place(point)}: valid trials met {len(met)} different sets of outcomes, which should be one."
    words = ", ".join(f"{count:,} {kind}" for kind, count in zip(KINDS, met.pop()) if count)
    return f"{in_place(point)}: all {models} models met the same outcomes in every valid round: {words}."


def met_at(run: Run, point: str) -> set[tuple[int, ...]]:
    """The sets of outcomes of the valid rounds: one, if all is well."""
    found = (counts_of(trial) for model in run.models for trial in run.trials_of(point, model))
    return {tuple(counts.values()) for counts in found if counts is not None}


def sentence(run: Run, shown: Point) -> str:
    """Of all loads, with the one that is shown as an example; of one that is not well where there is any."""
    met = {point.id: sets for point in run.points.values() if (sets := met_at(run, point.id))}
    unwell = [point for point in met if len(met[point]) > 1]
    if unwell or shown.id not in met or len(met) == 1:
        return title(run, run.points[unwell[0]] if unwell else shown)
    words = ", ".join(f"{count:,} {kind}" for kind, count in zip(KINDS, next(iter(met[shown.id]))) if count)
    return f"At all {len(met)} loads every model met the same outcomes in every valid round; {in_place(shown)}: {words}."


def figure(run: Run, look: Look):
    chosen = points(run)[:MOST_PANELS]
    if not chosen:
        return empty_sheet(look, "Outcomes", "No trial has ended, so no item came to anything.", note(run, []))
    rows = by_family(run.models.values())
    sheet = new_sheet(look, sentence(run, chosen[0]), note(run, chosen, "Items of one round by outcome; grey: void trials, whose counts "
                      "may differ from the valid ones."), len(chosen), 1, left=2.3, bottom=0.15, head=0.9, gap_y=0.95,
                      row_height=0.36 * len(rows))
    for point, (axes,) in zip(chosen, sheet.panels):
        draw_panel(run, look, point, axes)
    return sheet.figure


def draw_panel(run: Run, look: Look, point: Point, axes: Axes) -> None:
    kinds, models = kinds_at(run, point.id), by_family(run.models.values())
    axes.set_title(in_place(point), pad=26 * look.scale)
    axes.set_xlim(-0.5, len(kinds) + 0.5)
    axes.set_ylim(len(models) - 0.5, -0.5)
    axes.set_yticks(range(len(models)), [model.name for model in models])
    axes.set_xticks(range(len(kinds) + 1), [*kinds, "rounds"])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    for side in axes.spines.values():
        side.set_visible(False)
    for row, model in enumerate(models):
        axes.axhline(row + 0.5, color=look.color("grid"), linewidth=0.8 * look.scale)
        write_row(run, look, point, model.name, row, kinds, axes)


def write_row(run: Run, look: Look, point: Point, model: str, row: int, kinds: list[str], axes: Axes) -> None:
    place = {"ha": "center", "va": "center", "fontsize": 12.5 * look.scale}
    valid, void = len(run.trials_of(point.id, model)), len(run.trials_of(point.id, model, "void"))
    if not valid and not void:
        axes.text((len(kinds) - 1) / 2, row, run.absence(point.id, model), color=look.color("soft"), style="italic", **place)
        return
    for column, kind in enumerate(kinds):
        verdict = "valid" if valid else "void"
        axes.text(column, row, span(seen(run, point.id, model, kind, verdict)), gid=f"outcome:{model}:{point.id}:{kind}",
                  color=look.color("text" if valid else "void"), **place)
    axes.text(len(kinds), row, f"{valid}" + (f" + {void} void" if void else ""), color=look.color("soft"), **place)
    axes.plot([-0.44], [row], "s", color=look.color(run.models[model].family), markersize=8 * look.scale)


def table(run: Run) -> Table:
    made = Table(["load", "model", *KINDS, "valid rounds", "void rounds", "remark"])
    for point in points(run):
        for model in by_family(run.models.values()):
            valid, void = run.trials_of(point.id, model.name), run.trials_of(point.id, model.name, "void")
            made.rows.append([point.label, model.name, *(span(seen(run, point.id, model.name, kind, "valid")) for kind in KINDS),
                              str(len(valid)), str(len(void)), remark(run, point.id, model.name)])
    return made


CHART = Chart("outcomes", "Outcomes", "What the items came to in every model (errors, time-outs, resets); the same work has the same "
              "outcomes", figure, table, lambda run: bool(points(run)))
