"""What went on while trials ran: each one's makespan in equal slices, how many items ended in each and how long those took.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import Any

from family_data import arrives, bearers
from plan_data import Point
from run_data import Run, Trial

STEADY = 0.5  # of its mean rate: a slice in which less is finished is not steady
TURNS = 5     # items of a lane: with fewer there is a beginning and an end, and nothing between


@dataclass(frozen=True)
class Course:
    """One trial's, or the middle of several, slice by slice. Rates are to the mean rate of the trial; times in ms, NaN where no item ended."""

    makespan_ms: float
    rates: tuple[float, ...]
    times_ms: tuple[float, ...]

    @property
    def slice_ms(self) -> float:
        return self.makespan_ms / len(self.rates)

    @property
    def places(self) -> list[float]:
        """The middles of the slices, in percent of the run."""
        return [100 * (place + 0.5) / len(self.rates) for place in range(len(self.rates))]

    @property
    def steady(self) -> float:
        """The share of slices with at least half of the mean rate."""
        return sum(rate >= STEADY for rate in self.rates) / len(self.rates)

    @property
    def longest_gap_ms(self) -> float:
        """Slices in a row in which nothing ended."""
        longest = here = 0
        for rate in self.rates:
            here = 0 if rate else here + 1
            longest = max(longest, here)
        return longest * self.slice_ms

    def shares(self, parts: int) -> list[float]:
        """Of all items, how many ended in each of so many parts of the run."""
        sums = [0.0] * parts
        for place, rate in enumerate(self.rates):
            sums[place * parts // len(self.rates)] += rate
        return [each / (sum(sums) or 1) for each in sums]


def course_of(trial: Trial) -> Course | None:
    """None of a trial that does not tell it: of few items, or of a harness before it did."""
    finished, times_us, makespan = numbers(trial.at("tape", "over_time", "finished")), numbers(trial.at("tape", "over_time", "median_us")), trial.value("tape", "makespan_ns")
    if not finished or len(times_us) != len(finished) or not makespan or makespan <= 0 or not sum(finished):
        return None
    return Course(makespan / 1e6, tuple(count * len(finished) / sum(finished) for count in finished), tuple(us / 1e3 if count else math.nan for count, us in zip(finished, times_us)))


def numbers(found: Any) -> list[float]:
    return found if isinstance(found, list) and all(isinstance(each, (int, float)) and each >= 0 for each in found) else []


def courses(run: Run, point: Point, model: str) -> list[Course]:
    """Of the valid rounds, in their order; of one number of slices."""
    found = [course for trial in sorted(run.trials_of(point.id, model), key=lambda trial: trial.round) if (course := course_of(trial))]
    return [course for course in found if len(course.rates) == len(found[0].rates)]


def middle_of(rounds: list[Course]) -> Course:
    """Slice by slice the median over rounds. `rounds` is not empty."""
    times = [[course.times_ms[place] for course in rounds if not math.isnan(course.times_ms[place])] for place in range(len(rounds[0].times_ms))]
    return Course(median(course.makespan_ms for course in rounds), tuple(median(rates) for rates in zip(*(course.rates for course in rounds))),
                  tuple(median(each) if each else math.nan for each in times))


def has_course(run: Run, point: Point, model: str) -> bool:
    """Reads one trial alone, mostly."""
    return any(course_of(trial) for trial in run.trials_of(point.id, model))


def point_of(run: Run, workload: str) -> Point | None:
    """The load that shows most: with more than one in flight, where most families have a course, every lane has several items, and most are in flight."""
    standing = list(bearers(run).values())
    told = {point: sum(has_course(run, point, model) for model in standing) for point in run.points.values() if point.workload.name == workload}
    found = [point for point, count in told.items() if count or any(has_course(run, point, model) for model in run.models)]
    if run.focus in {point.id for point in found}:
        return run.points[run.focus]
    return max(found, key=lambda point: (point.in_flight > 1, told[point], not arrives(point), point.items >= TURNS * point.in_flight, point.in_flight, point.items), default=None)
