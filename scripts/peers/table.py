"""Rows of a comparison, their table and their JSON.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Row:
    """One figure of ours, beside a peer's where there is one.

    ratio is ours / peer: the median over rounds of the ratio within a round, not the ratio of the medians.
    target bounds the ratio where there is a peer, and `ours` where there is none; None: shown, not judged.
    """

    name: str
    ours: float | None
    peer: float | None = None
    ratio: float | None = None
    lower_is_better: bool = True
    target: float | None = None
    peer_name: str = ""
    unit: str = ""
    rounds: int = 1
    missing: str = ""  # why there is no figure
    failed: bool = False  # there is none because the measurement went wrong: never met

    @property
    def met(self) -> bool | None:
        if self.failed:
            return False
        figure = self.ratio if self.ratio is not None else self.ours
        if self.target is None or figure is None:
            return None
        return figure <= self.target if self.lower_is_better else figure >= self.target

    def as_json(self) -> dict[str, object]:
        return {**dataclasses.asdict(self), "met": self.met}


def compared(name: str, ours: Sequence[float], peer: Sequence[float], **rest: object) -> Row:
    """A row from the same rounds of both sides: ours[i] and peer[i] were measured next to each other."""
    ratios = [a / b for a, b in zip(ours, peer, strict=True)]
    return Row(name, statistics.median(ours), statistics.median(peer), statistics.median(ratios), rounds=len(ratios), **rest)


def alone(name: str, ours: Sequence[float], **rest: object) -> Row:
    """A row without a peer: the median over rounds."""
    return Row(name, statistics.median(ours), rounds=len(ours), **rest)


def absent(name: str, why: str, **rest: object) -> Row:
    """A row that this machine or build has no figure for, with the reason."""
    return Row(name, None, rounds=0, missing=why, **rest)


def failed(name: str, why: object, **rest: object) -> Row:
    """A row whose measurement went wrong, with the reason."""
    return absent(name, str(why), failed=True, **rest)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _cells(row: Row) -> list[str]:
    if row.ours is None:
        return [row.name, ("FAILED: " if row.failed else "not measured: ") + row.missing]
    sign = "<=" if row.lower_is_better else ">="
    peer = f"{_figure(row.peer)} {row.peer_name}" if row.peer is not None else ""
    ratio = f"{row.ratio:.3f}" if row.ratio is not None else ""
    target = f"{sign} {row.target:g}" if row.target is not None else ""
    met = {True: "yes", False: "NO", None: ""}[row.met]
    return [row.name, f"{_figure(row.ours)} {row.unit}".strip(), peer, ratio, target, met]


def as_line(row: Row) -> str:
    """The row by itself: its name and what is to say of it."""
    head = HEAD[1:]
    cells = _cells(row)[1:]
    if len(cells) < len(head):
        return f"{row.name}: {cells[0]}"
    words = [cell if label in ("ours", "peer") else f"{label} {cell}" for label, cell in zip(head, cells) if cell]
    return f"{row.name}: {', '.join(words)}"


def ending(rows: Sequence[Row], selected: int) -> list[str]:
    """The last lines: a line for each target that was missed, each measurement that failed and each target without a figure to judge,
    and then the sum of it."""
    missed = [row for row in rows if row.target is not None and row.met is False]
    lost = [row for row in rows if row.failed and row.target is None]
    open_targets = [row for row in rows if row.target is not None and row.met is None]
    judged = sum(row.met is not None for row in rows if row.target is not None)
    lines = [f"{'missed' if row in missed else 'failed'}: {as_line(row)}" for row in (*missed, *lost)]
    lines += [as_line(row) for row in open_targets]
    rest = f"; not measured: {', '.join(row.name for row in open_targets)}" if open_targets else ""
    rest += f"; {selected - len(rows)} of {selected} rows were not measured" if len(rows) < selected else ""
    if missed:
        return [*lines, f"{len(missed)} of {judged} targets missed: {', '.join(row.name for row in missed)}{rest}"]
    if lost:
        return [*lines, f"no target missed, but {len(lost)} rows failed: {', '.join(row.name for row in lost)}{rest}"]
    return [*lines, f"all {judged} targets that were measured are met{rest}" if judged else f"no row with a target was measured{rest}"]


HEAD = ["", "ours", "peer", "ours/peer", "target", "met"]


def as_table(rows: Sequence[Row]) -> str:
    """Plain text, one line a row; a row without a figure says why instead."""
    head = HEAD
    cells = [head] + [_cells(row) for row in rows]
    full = [line for line in cells if len(line) == len(head)]
    widths = [max(len(line[i]) for line in full) for i in range(len(head))]
    widths[0] = max(len(line[0]) for line in cells)
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in cells)
