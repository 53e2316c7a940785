"""Two runs side by side, cell by cell, by the rules of `interleave compare`: the same words for the same rounds. Not a gate: the runs are not paired in time.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Any

from findings import amount, names
from mann_whitney import Interval, interval, rounds_needed
from number_text import NBSP, plain, seconds_text
from plan_data import FAMILIES, Point
from run_data import Run
from around_run import differences
from table import Table

CERTAINTY = 0.95  # that all intervals of a comparison hold at once: shared among its cells (Bonferroni)
MARGIN = 0.05     # an interval that lies beyond it is a difference, one that lies within it is none
WORDS = ("slower", "faster", "same", "unresolved")
SERVER = "(server)"  # stands where models do: its CPU a request
LOST_KINDS = ("unsustained", "slow")  # rounds that count as the worst of all


@dataclass(frozen=True)
class Cell:
    """A model, or the server, at a load that both runs have. `note` says why where the word does not come from the ratio."""

    point: Point
    model: str
    here: float
    there: float
    ratio: Interval
    note: str = ""

    @property
    def quantity(self) -> str:
        if self.model == SERVER:
            return "CPU a request"
        return {"latency": "p99 latency", "makespan": "makespan"}.get(self.point.ranks_by, "CPU an item")

    @property
    def word(self) -> str:
        """What it is here, against there."""
        if self.note:
            return "slower" if self.ratio.ratio > 1 else "faster"
        return word_of(self.ratio.low, self.ratio.high)

    @property
    def percent(self) -> str:
        """Above 0 % is slower here."""
        return percent_text(self.ratio.ratio)

    @property
    def interval(self) -> str:
        low, high = self.ratio.low, self.ratio.high
        return f"{percent_text(low)} to {percent_text(high)}" if low is not None and high is not None else self.note or "too few rounds"

    def texts(self) -> list[str]:
        return [self.point.label, self.model, self.quantity, *(self.amount(value) for value in (self.here, self.there)), self.percent, self.interval, self.word]

    def amount(self, value: float) -> str:
        if not math.isfinite(value):
            return "too slow"
        if self.model == SERVER:
            return seconds_text(value / 1e9)
        return amount(self.point.ranks_by if self.point.ranks_by != "none" else "cpu_per_item", value)


def word_of(low: float | None, high: float | None, margin: float = MARGIN) -> str:
    above = 1 + margin
    if low is None or high is None:
        return "unresolved"
    if low >= above:
        return "slower"
    if high <= 1 / above:
        return "faster"
    return "same" if low >= 1 / above and high <= above else "unresolved"


def percent_text(ratio: float) -> str:
    """Such as +12 %, or ×3.1 from twice on."""
    if not math.isfinite(ratio):
        return "lost"
    if ratio == 0:
        return "lost there"
    if ratio >= 2:
        return f"×{plain(ratio, 2)}"
    return f"{100 * (ratio - 1):+.1f}{NBSP}%".replace("-0.0", "+0.0")


@dataclass(frozen=True)
class Gap:
    """A cell that one run has a value of, and the other has not."""

    load: str
    model: str
    what: str


@dataclass(frozen=True)
class Comparison:
    here: Run
    there: Run
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    left_out: tuple[Gap, ...]  # without a value in both
    unlike: tuple[str, ...]    # labels of loads that have one id and are not the same work

    HEADERS = ["load", "model", "quantity", "here", "there", "here against there", "interval", "here it is"]

    def medians(self) -> Table:
        """What differs the most comes first."""
        return Table(list(self.HEADERS), [cell.texts() for cell in sorted(self.cells, key=by_weight)])

    def verdicts(self) -> Table:
        """Loads of both, and what each run says of them, where that is not the same."""
        table = Table(["load", "here", "leaders here", "there", "leaders there"])
        for point in common(self.here, self.there):
            pair = [each.verdicts.get(point.id) for each in (self.here, self.there)]
            if all(pair) and len({(verdict.get("verdict"), tuple(verdict.get("leaders") or ())) for verdict in pair}) > 1:
                table.rows.append([point.label, *(cell for verdict in pair for cell in (
                    str(verdict.get("verdict")), names(verdict.get("leaders") or ["–"], 8)))])
        return table

    def families(self) -> Table:
        """What became of each family's cells; the server's are a row of their own."""
        table = Table(["family", "cells", *WORDS, "middle", "least to most"])
        for family in (*FAMILIES, SERVER):
            mine = [cell for cell in self.cells if family_of(self.here, cell.model) == family]
            if mine:
                ratios = [cell.ratio.ratio for cell in mine]
                table.rows.append([family, str(len(mine)), *(str(sum(cell.word == word for cell in mine)) for word in WORDS), percent_text(median(ratios)),
                                   f"{percent_text(min(ratios))} to {percent_text(max(ratios))}"])
        return table

    def missing(self) -> Table:
        """What one run alone has."""
        return table_of_gaps(self.gaps)

    def without_values(self) -> Table:
        """What neither has."""
        return table_of_gaps(self.left_out)

    def around(self) -> Table:
        return Table(["what", "here", "there"], [list(row) for row in differences(self.here, self.there)])

    def sentences(self) -> list[str]:
        """A family a sentence, of those of which something is shown; one for all where nothing is."""
        said = [sentence for family in FAMILIES if (sentence := self.sentence_of(family))]
        return said or ["Nothing is shown to have changed by 5 % or more." if self.cells else "The two runs have no cell in common."]

    def sentence_of(self, family: str) -> str | None:
        mine = [cell for cell in self.cells if family_of(self.here, cell.model) == family]
        parts = []
        for word in ("slower", "faster"):
            differ = [cell for cell in mine if cell.word == word]
            if differ:
                most = (max if word == "slower" else min)(differ, key=lambda cell: cell.ratio.ratio)
                parts.append(f"{word} at {len(differ)} of {len(mine)} cells (most at {most.point.label}, {most.model}: {most.percent}, {most.interval})")
        return f"{family[:1].upper()}{family[1:]} {'are' if family != 'sequential' else 'is'} {' and '.join(parts)}." if parts else None

    def summary(self) -> str:
        counts = {word: sum(cell.word == word for cell in self.cells) for word in WORDS}
        told = f"{self.here.name} against {self.there.name}, {len(self.cells)} cells: " + ", ".join(
            f"{count} {word}{f' within {100 * MARGIN:g}{NBSP}%' if word == 'same' else ''}" for word, count in counts.items()) + "."
        if self.cells and all(cell.ratio.low is None for cell in self.cells):
            told += f" No cell has rounds enough for an interval at this certainty: {rounds_needed(alpha_of(len(self.cells)))} valid ones in both runs would do."
        if self.gaps:
            told += f" {len(self.gaps)} {'cell is' if len(self.gaps) == 1 else 'cells are'} in one run alone."
        return told + (f" Left out, for they are not the same work in both: {', '.join(self.unlike)}." if self.unlike else "")

    def as_text(self) -> list[str]:
        """What differs, a line a cell; the families; the summary."""
        lines = [f"{cell.word}: {cell.model}, {cell.point.label}: {cell.percent} ({cell.interval})" for cell in sorted(self.cells, key=by_weight)
                 if cell.word in ("slower", "faster")]
        lines += [f"only in one: {gap.load}, {gap.model or 'all'}: {gap.what}" for gap in self.gaps]
        lines += [f"not the same: {what}: {here} here, {there} there" for what, here, there in differences(self.here, self.there)]
        return [*lines, *table_lines(self.families()), self.summary()]

    def as_json(self) -> dict[str, Any]:
        return {"here": str(self.here.directory), "there": str(self.there.directory), "certainty": CERTAINTY, "margin": MARGIN,
                "cells": [{"point": cell.point.id, "load": cell.point.label, "model": cell.model, "quantity": cell.quantity,
                           "here": finite(cell.here), "there": finite(cell.there), "ratio": finite(cell.ratio.ratio), "low": finite(cell.ratio.low),
                           "high": finite(cell.ratio.high), "word": cell.word, "note": cell.note} for cell in self.cells],
                "gaps": [vars(gap) for gap in self.gaps], "left_out": [vars(gap) for gap in self.left_out], "unlike": list(self.unlike),
                "sentences": self.sentences(), "differences": [list(row) for row in differences(self.here, self.there)]}


def table_of_gaps(gaps: tuple[Gap, ...]) -> Table:
    return Table(["load", "model", "what is missing"], [[gap.load, gap.model or "all", gap.what] for gap in gaps])


def by_weight(cell: Cell) -> tuple[int, float]:
    """Slower first, then faster, then what is open; the greater the change the earlier."""
    order = ("slower", "faster", "unresolved", "same").index(cell.word)
    return order, -abs(math.log(min(max(cell.ratio.ratio, 1e-9), 1e9)))


def table_lines(table: Table) -> list[str]:
    lines = [table.headers, *table.rows] if table.rows else []
    widths = [max(map(len, column)) for column in zip(*lines)]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines]


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def family_of(run: Run, model: str) -> str:
    return SERVER if model == SERVER else run.measured[model].family if model in run.measured else ""


def alpha_of(cells: int) -> float:
    return (1 - CERTAINTY) / max(1, cells)


def work_of(point: Point) -> tuple:
    """What makes two loads the same work; how a run describes them may have changed."""
    return (point.workload.name, point.items, point.in_flight, point.cores, point.ranks_by, point.profile, point.delay_us,
            point.parameters)


def common(here: Run, there: Run) -> list[Point]:
    return [point for point in here.points.values() if point.id in there.points and work_of(point) == work_of(there.points[point.id])]


@dataclass(frozen=True)
class Rounds:
    """A cell of one run: more is slower, and a lost round is worse than any."""

    status: str
    why: str
    values: tuple[float, ...]

    @property
    def counts(self) -> bool:
        return self.status in ("valid", "too_slow")


def rounds_of(run: Run, point: Point) -> dict[str, Rounds]:
    found = {}
    for cell in run.verdicts.get(point.id, {}).get("cells", []):
        if cell["model"] in run.models:
            lost = sum(each["rounds"] for each in cell.get("left_out", []) if each["kind"] in LOST_KINDS)
            values = [value for value in cell.get("values") or [] if value and value > 0]
            found[cell["model"]] = Rounds(cell["status"], cell.get("reason", ""), (*values, *([math.inf] * lost)))
    return found


def server_rounds(run: Run, point: Point, models: list[str]) -> tuple[float, ...]:
    """CPU of the server a request: of each round in which all of the models have a valid trial, the geometric mean over them."""
    rounds: dict[int, list[float]] = {}
    for model in models:
        for trial in run.trials_of(point.id, model):
            requests, cpu = trial.value("ledger", "requests"), trial.value("ledger", "cpu_ns", "total")
            if requests and cpu and requests > 0 and cpu > 0:
                rounds.setdefault(trial.round, []).append(math.log(cpu / requests))
    return tuple(math.exp(sum(logs) / len(logs)) for logs in rounds.values() if len(logs) == len(models))


class Comparer:
    def __init__(self, here: Run, there: Run) -> None:
        self.here, self.there = here, there
        self.pending: list[tuple[Point, str, tuple[float, ...], tuple[float, ...]]] = []
        self.too_slow: list[Cell] = []
        self.gaps: list[Gap] = []
        self.left_out: list[Gap] = []

    def compare(self) -> Comparison:
        alike = common(self.here, self.there)
        same = {point.id for point in alike}
        for point in alike:
            self.compare_point(point)
        unlike = [point.label for point in self.here.points.values() if point.id in self.there.points and point.id not in same]
        for run, other, where in ((self.here, self.there, "here"), (self.there, self.here, "there")):
            self.gaps += [Gap(point.label, "", f"only {where}") for point in run.points.values() if point.id not in other.points]
        alpha = alpha_of(len(self.pending) + len(self.too_slow))
        cells = tuple(Cell(point, model, middle(mine), middle(theirs), interval(mine, theirs, alpha)) for point, model, mine, theirs in self.pending)
        return Comparison(self.here, self.there, (*cells, *self.too_slow), tuple(self.gaps), tuple(self.left_out), tuple(unlike))

    def compare_point(self, point: Point) -> None:
        mine, theirs = rounds_of(self.here, point), rounds_of(self.there, point)
        both = [model for model in dict.fromkeys((*mine, *theirs)) if self.is_shown(model) and self.compare_cell(point, model, mine.get(model), theirs.get(model))]
        if both:
            here, there = server_rounds(self.here, point, both), server_rounds(self.there, point, both)
            if here and there:
                self.pending.append((point, SERVER, here, there))
            elif here or there:
                self.gaps.append(Gap(point.label, SERVER, f"no figures {'there' if here else 'here'}"))

    def is_shown(self, model: str) -> bool:
        """A model that was left out when drawing is no gap."""
        return model in self.here.models or model not in self.here.measured

    def compare_cell(self, point: Point, model: str, mine: Rounds | None, theirs: Rounds | None) -> bool:
        """Whether both have rounds with values."""
        for one, other, where in ((mine, theirs, "there"), (theirs, mine, "here")):
            if one is None:
                if other.counts:
                    self.gaps.append(Gap(point.label, model, f"not {'here' if where == 'there' else 'there'}"))
                return False
        if not mine.counts or not theirs.counts:
            one, where = (mine, "here") if not mine.counts else (theirs, "there")
            neither = not mine.counts and not theirs.counts
            (self.left_out if neither else self.gaps).append(Gap(point.label, model, f"{one.status.replace('_', ' ')} {'in both' if neither else where}: {one.why}"))
            return False
        slow_here, slow_there = mine.status == "too_slow", theirs.status == "too_slow"
        if slow_here and slow_there:
            self.left_out.append(Gap(point.label, model, f"too slow in both: {mine.why}"))
        elif slow_here:
            self.too_slow.append(Cell(point, model, math.inf, middle(theirs.values), Interval(math.inf, None, None), f"too slow here: {mine.why}"))
        elif slow_there:
            self.too_slow.append(Cell(point, model, middle(mine.values), math.inf, Interval(0, None, None), f"too slow there: {theirs.why}"))
        elif mine.values and theirs.values:
            self.pending.append((point, model, mine.values, theirs.values))
            return True
        return False


def middle(values: tuple[float, ...]) -> float:
    return median(values) if values else math.nan


def compare(here: Run, there: Run) -> Comparison:
    return Comparer(here, there).compare()
