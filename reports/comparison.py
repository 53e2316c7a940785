"""Two runs side by side: the same loads and models, as ratios with intervals. Not a gate: the runs are not paired in time.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from findings import amount, names
from mann_whitney import Interval, interval, rounds_needed
from number_text import plain
from plan_data import Point
from run_data import Run
from table import Table

CERTAINTY = 0.95  # that no word of a comparison is wrong for chance: shared among its cells (Bonferroni)
DIFFERENCE = 1.03  # a ratio from here on is worth a word
NO_DIFFERENCE = "no difference shown"


@dataclass(frozen=True)
class Cell:
    """A model at a load that both runs have. `word` says what it is here, against there."""

    point: Point
    model: str
    here: float
    there: float
    ratio: Interval

    @property
    def ranks_by(self) -> str:
        return self.point.ranks_by if self.point.ranks_by != "none" else "cpu_per_item"

    @property
    def word(self) -> str:
        if not self.ratio.excludes_one or 1 / DIFFERENCE < self.ratio.ratio < DIFFERENCE:
            return NO_DIFFERENCE
        return "slower" if self.ratio.ratio > 1 else "faster"

    def texts(self) -> list[str]:
        ends = [plain(end, 4) if end is not None else "–" for end in (self.ratio.low, self.ratio.high)]
        return [self.point.label, self.model, *(amount(self.ranks_by, value) for value in (self.here, self.there)),
                plain(self.ratio.ratio, 4), *ends, self.word]


@dataclass(frozen=True)
class Comparison:
    here: Run
    there: Run
    cells: tuple[Cell, ...]
    unlike: tuple[str, ...]  # labels of loads that have one id and are not the same work

    HEADERS = ["load", "model", "here", "there", "here / there", "low", "high", "here it is"]

    def medians(self) -> Table:
        return Table(list(self.HEADERS), [cell.texts() for cell in self.cells])

    def verdicts(self) -> Table:
        """Loads of both, and what each run says of them."""
        table = Table(["load", "here", "leaders here", "there", "leaders there"])
        for point in common(self.here, self.there):
            pair = [each.verdicts.get(point.id) for each in (self.here, self.there)]
            if all(pair):
                table.rows.append([point.label, *(cell for verdict in pair for cell in (
                    str(verdict.get("verdict")), names(verdict.get("leaders") or ["–"], 8)))])
        return table

    def summary(self) -> str:
        counts = {word: sum(cell.word == word for cell in self.cells) for word in ("slower", "faster", NO_DIFFERENCE)}
        told = f"{self.here.name} against {self.there.name}, {len(self.cells)} cells: " + ", ".join(
            f"{count} {word}" for word, count in counts.items()) + "."
        if self.cells and all(cell.ratio.low is None for cell in self.cells):
            needed = rounds_needed(alpha_of(len(self.cells)))
            told += f" No cell has rounds enough for an interval at this certainty: {needed} valid ones in both runs would do."
        return told + (f" Left out, for they are not the same work in both: {', '.join(self.unlike)}." if self.unlike else "")

    def as_text(self) -> list[str]:
        """A line a cell, in columns, and the summary."""
        lines = [list(self.HEADERS), *(cell.texts() for cell in self.cells)] if self.cells else []
        widths = [max(map(len, column)) for column in zip(*lines)]
        return ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines] + [self.summary()]

    def as_json(self) -> dict:
        return {"here": str(self.here.directory), "there": str(self.there.directory), "certainty": CERTAINTY,
                "cells": [{"point": cell.point.id, "load": cell.point.label, "model": cell.model, "quantity": cell.ranks_by,
                           "here": cell.here, "there": cell.there, "ratio": cell.ratio.ratio, "low": cell.ratio.low,
                           "high": cell.ratio.high, "word": cell.word} for cell in self.cells],
                "unlike": list(self.unlike)}


def alpha_of(cells: int) -> float:
    return (1 - CERTAINTY) / max(1, cells)


def work_of(point: Point) -> tuple:
    """What makes two loads the same work; how a run describes them may have changed."""
    return (point.workload.name, point.items, point.in_flight, point.cores, point.ranks_by, point.profile, point.delay_us,
            point.parameters)


def common(here: Run, there: Run) -> list[Point]:
    return [point for point in here.points.values() if point.id in there.points and work_of(point) == work_of(there.points[point.id])]


def rounds_of(run: Run, point: Point) -> dict[str, tuple[float, list[float]]]:
    """Of each model with a median: it, and the values of its rounds. Values of 0 have no ratio."""
    cells = run.verdicts.get(point.id, {}).get("cells", [])
    rounds = {cell["model"]: (cell.get("median"), [value for value in cell.get("values") or [] if value and value > 0]) for cell in cells}
    return {model: found for model, found in rounds.items() if model in run.models and all(found)}


def compare(here: Run, there: Run) -> Comparison:
    pairs = [(point, model, mine, theirs) for point in common(here, there) for theirs_of in [rounds_of(there, point)]
             for model, mine in rounds_of(here, point).items() if (theirs := theirs_of.get(model))]
    alpha = alpha_of(len(pairs))
    cells = tuple(Cell(point, model, mine[0], theirs[0], interval(mine[1], theirs[1], alpha)) for point, model, mine, theirs in pairs)
    same = {point.id for point in common(here, there)}
    return Comparison(here, there, cells, tuple(point.label for point in here.points.values() if point.id in there.points and point.id not in same))
