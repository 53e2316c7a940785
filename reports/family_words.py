"""Sentences about families: as people say them, numbers rounded, at most fourteen words.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from number_text import NBSP, tick

MOST_WORDS = 14
COUNTS = ("no", "one", "two", "three", "four", "five")


def said(family: str) -> str:
    return "sequential code" if family == "sequential" else family


def listed(families: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = [said(family) for family in families]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def verb(families: list[str], plural: str) -> str:
    """Of several, or of one that is a plural already; sequential code is one."""
    return f"{plural}s" if families == ["sequential"] else plural


def sentence(*wordings: str) -> str:
    """The first that is short enough, with a capital and a full stop; the last one however long it is."""
    chosen = next((each for each in wordings if len(each.split()) <= MOST_WORDS), wordings[-1])
    return chosen[:1].upper() + chosen[1:] + "."


def rounded(value: float, digits: int = 2) -> str:
    """Two figures: a sentence has no use for more."""
    if value <= 0:
        return "0"
    text = f"{float(f'{value:.{digits - 1}e}'):.10f}".rstrip("0").rstrip(".")
    return tick(float(text))


def times(factor: float) -> str:
    return f"{rounded(factor)} times"


def seconds(nanoseconds: float) -> str:
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanoseconds >= size:
            return f"{rounded(nanoseconds / size)}{NBSP}{unit}"
    return f"{rounded(nanoseconds)}{NBSP}ns"


def count(number: int) -> str:
    return COUNTS[number] if number < len(COUNTS) else f"{number:,}"
