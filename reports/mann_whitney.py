"""An interval for the ratio of two groups of rounds that are not paired, from ranks alone.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, isinf, sqrt
from statistics import NormalDist, median
from typing import Sequence


@dataclass(frozen=True)
class Interval:
    """The median of the ratios of each value here to each there (Hodges and Lehmann), and where its true value is with the certainty
    that was asked for (Moses); no ends where there are too few rounds for that."""

    ratio: float
    low: float | None
    high: float | None


MOST_COUNTED = 10_000  # pairs; beyond, the normal distribution is as good


@lru_cache(maxsize=None)
def ways(m: int, n: int) -> tuple[int, ...]:
    """In how many orders of m and n values just u of the m n pairs have the first above the second, for each u: the coefficients of
    the Gaussian binomial."""
    counts = [1] + [0] * (m * n)
    for i in range(1, m + 1):
        for u in range(m * n, n + i - 1, -1):  # times 1 - q^(n + i)
            counts[u] -= counts[u - n - i]
        for u in range(i, m * n + 1):  # divided by 1 - q^i
            counts[u] += counts[u - i]
    return tuple(counts)


def cut(m: int, n: int, alpha: float) -> int:
    """How many of the sorted ratios may be cut off at each end, so that the true one is cut off with probability alpha at most."""
    if m * n > MOST_COUNTED:
        return max(0, int(m * n / 2 + NormalDist().inv_cdf(alpha / 2) * sqrt(m * n * (m + n + 1) / 12) - 1))
    counts = ways(m, n)
    total, below = sum(counts), 0
    for u, count in enumerate(counts):
        below += count
        if 2 * below > alpha * total:
            return u
    return 0


def rounds_needed(alpha: float) -> int:
    """The least number of rounds on each side that gives an interval."""
    return next(rounds for rounds in range(1, 100) if 2 <= alpha * comb(2 * rounds, rounds))


def interval(here: Sequence[float], there: Sequence[float], alpha: float) -> Interval:
    """All values are above 0, and there is one at least on each side; a lost round is infinite, and as bad as another."""
    ratios = sorted(1.0 if isinf(a) and isinf(b) else a / b for a in here for b in there)
    cut_off = cut(len(here), len(there), alpha)
    if cut_off == 0:
        return Interval(median(ratios), None, None)
    return Interval(median(ratios), ratios[cut_off - 1], ratios[-cut_off])
