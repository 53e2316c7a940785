"""Reasons of void and skipped trials: read, and folded where they differ in their numbers alone.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable

NUMBER = re.compile(r"\b[0-9a-f]{16}\b|\d+(?:[.,]\d+)*")  # digests are 16 hex digits
DIFFERS = "…"
SUSTAINED = "sustained"  # the check that the asked concurrency was kept up
PATIENCE = "patience"    # the check that a trial took no longer than the profile waits


@dataclass(frozen=True)
class Reason:
    """Which check failed ("" where it is not told) and what it saw."""

    check: str
    text: str
    limit_s: float = 0  # that the check allows; 0: it is not of a time

    def __str__(self) -> str:
        return f"{self.check}: {self.text}" if self.check else self.text


def reason_from(raw: Any) -> Reason:
    """`{"check", "text"}`, and `limit_s` where there is one."""
    return Reason(str(raw["check"]), str(raw["text"]), float(raw.get("limit_s", 0)))


def last_place(reason: Reason) -> str:
    """What is said of a model that took longer than the profile has patience for: "> 1.50 s, in last place: a trial takes ..."."""
    return (f"> {reason.limit_s:.2f} s, " if reason.limit_s else "") + f"in last place: {reason.text}"


def pattern(text: str) -> str:
    """What reasons have in common that differ in their numbers alone."""
    return NUMBER.sub(DIFFERS, text)


def in_common(texts: list[str]) -> str:
    """The words of texts of one pattern; a number stays where all have it."""
    return merged(texts, lambda _: DIFFERS)


def ranged(texts: list[str]) -> str:
    """The same with the least and the most where numbers differ: "5.9–97.9 items under way"."""
    return merged(texts, lambda found: f"{min(found, key=size)}–{max(found, key=size)}" if all(map(is_plain, found)) else DIFFERS)


def merged(texts: list[str], of_different) -> str:
    columns = [list(column) for column in zip(*(NUMBER.findall(text) for text in texts))]
    kept = iter([column[0] if len(set(column)) == 1 else of_different(column) for column in columns])
    return NUMBER.sub(lambda _: next(kept), texts[0])


def is_plain(number: str) -> bool:
    return not re.fullmatch(r"[0-9a-f]{16}", number)


def size(number: str) -> float:
    """Of what NUMBER finds; more than one point, as in 127.0.0.1, counts as the first part."""
    parts = number.replace(",", "").split(".")
    return float(".".join(parts[:2]))


def folded(texts: Iterable[str]) -> list[str]:
    """One text a pattern, in the order of the first of each."""
    by_pattern: dict[str, list[str]] = {}
    for text in texts:
        by_pattern.setdefault(pattern(text), []).append(text)
    return [ranged(same) for same in by_pattern.values()]
