"""What was around a run: its machine, build, programs and seed, and in what two runs differ there.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from typing import Any

from run_data import Run

# Of environment.json: what is another at each moment, and says nothing of what a machine is.
OF_THE_MOMENT = ("load average", "memory available", "present use", "pressure", "sleep overshoot", "throttled", "host", "left")


def flat(content: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested JSON as rows of key and value, keys joined by spaces."""
    if isinstance(content, dict):
        return [row for key, value in content.items() for row in flat(value, f"{prefix} {key}".strip())]
    if isinstance(content, list):
        return [(prefix, ", ".join(str(each) for each in content))]
    return [(prefix, str(content))]


def facts_of(run: Run) -> dict[str, str]:
    """What should be the same in two runs that are to tell of their code."""
    facts = {key: str(run.plan.get(key)) for key in ("version", "commit", "profile", "rounds", "seed") if run.plan.get(key) is not None}
    told = {key: value for key, value in run.environment.items() if key != "programs"}
    for key, value in flat(told):
        words = key.replace("_", " ")
        if not any(each in words for each in OF_THE_MOMENT):
            facts[words] = value
    return facts


def changed_programs(here: Run, there: Run) -> list[str]:
    mine, theirs = (run.environment.get("programs") for run in (here, there))
    if not isinstance(mine, dict) or not isinstance(theirs, dict):
        return []
    return [name for name in mine if name in theirs and mine[name] != theirs[name]]


def differences(here: Run, there: Run) -> list[tuple[str, str, str]]:
    """What, here, there."""
    mine, theirs = facts_of(here), facts_of(there)
    found = [(key, mine.get(key, "not told"), theirs.get(key, "not told")) for key in dict.fromkeys((*mine, *theirs)) if mine.get(key) != theirs.get(key)]
    changed = changed_programs(here, there)
    return found + ([("programs", f"not those of there: {', '.join(changed)}", "–")] if changed else [])
