"""Which rows there are before any is measured: their names, targets and about how long each takes, and choosing among them.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Callable, Iterator, Sequence

from . import table
from .table import Row


@dataclasses.dataclass(frozen=True)
class RowSpec:
    """One row. Its name is what --only takes; rows of one `work` are measured together. `seconds` is about what that takes."""

    name: str
    work: str
    seconds: float
    target: float | None = None
    lower_is_better: bool = True
    unit: str = ""
    peer_name: str = ""

    @property
    def target_text(self) -> str:
        return "" if self.target is None else f"{'<=' if self.lower_is_better else '>='} {self.target:g}"

    def _rest(self) -> dict[str, object]:
        return {"target": self.target, "lower_is_better": self.lower_is_better, "unit": self.unit}

    def compared(self, ours: Sequence[float], peer: Sequence[float]) -> Row:
        return table.compared(self.name, ours, peer, peer_name=self.peer_name, **self._rest())

    def alone(self, ours: Sequence[float]) -> Row:
        return table.alone(self.name, ours, **self._rest())

    def absent(self, why: object) -> Row:
        return table.absent(self.name, str(why), **self._rest())

    def failed(self, why: object) -> Row:
        return table.failed(self.name, why, **self._rest())


Wanted = dict[str, RowSpec]  # by name


@dataclasses.dataclass(frozen=True)
class Group:
    """Rows that one function measures: those of them that it is given, which need not be all."""

    what: str  # server or models
    rows: tuple[RowSpec, ...]
    measure: Callable[[Wanted], Iterator[Row]]
    needs: tuple[str, ...] = ()  # what there must be before any is measured, of NEEDS


TWO_CORES, WRK, NGINX = NEEDS = ("two cores", "wrk", "nginx")


def needs_of(selected: Sequence[tuple[Group, Wanted]]) -> list[str]:
    """What the selected rows need, each once."""
    return [need for need in NEEDS if any(need in group.needs for group, _ in selected)]


class Unknown(Exception):
    """A pattern that fits no row; the text is one line."""


def select(groups: Sequence[Group], what: str, patterns: Sequence[str], everything: bool) -> list[tuple[Group, Wanted]]:
    """The rows that the patterns name; without patterns those with a target, or all. Raises Unknown."""
    known = [spec.name for group in groups for spec in group.rows]
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise Unknown(f"--only: no row is called '{pattern}'; known: {', '.join(heads(known))} (--list shows each)")

    def is_wanted(spec: RowSpec) -> bool:
        if patterns:
            return any(fnmatch.fnmatchcase(spec.name, pattern) for pattern in patterns)
        return everything or spec.target is not None

    chosen = [(group, {spec.name: spec for spec in group.rows if is_wanted(spec)})
              for group in groups if patterns or what in (group.what, "all")]
    return [(group, wanted) for group, wanted in chosen if wanted]


def heads(names: Sequence[str]) -> list[str]:
    """Names by their first part: `nginx/*`, `record`."""
    return list(dict.fromkeys(f"{name.partition('/')[0]}/*" if "/" in name else name for name in names))


def seconds_of(selected: Sequence[tuple[Group, Wanted]]) -> float:
    return sum({spec.work: spec.seconds for _, wanted in selected for spec in wanted.values()}.values())


def listed(groups: Sequence[Group], what: str) -> str:
    """A line a row: name, target, seconds; then what the default and all of them take."""
    shown = [spec for group in groups if what in (group.what, "all") for spec in group.rows]
    width = max(len(spec.name) for spec in shown)
    lines = [f"{'':<{width}}  {'target':<10}  about"]
    lines += [f"{spec.name:<{width}}  {spec.target_text or '-':<10}  {spec.seconds:.0f} s" for spec in shown]
    default, everything = (select(groups, what, (), each) for each in (False, True))
    lines.append(f"{sum(len(wanted) for _, wanted in default)} rows have a target and are the default: "
                 f"about {seconds_of(default) / 60:.1f} minutes; all {len(shown)}: about {seconds_of(everything) / 60:.1f}")
    return "\n".join(lines)


def by_work(wanted: Wanted) -> dict[str, list[RowSpec]]:
    """The rows of each piece of work, in their order."""
    works: dict[str, list[RowSpec]] = {}
    for spec in wanted.values():
        works.setdefault(spec.work, []).append(spec)
    return works
