"""Made-up contents of what may stand beside a run: counts.json and machine_costs.json.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
from pathlib import Path

import synthetic_run

# Calls, allocations, bytes and instructions an item, by style.
OF_STYLE = {"blocking": (2.0, 0.0, 0.0, 3100.0), "callback": (2.9, 2.0, 310.0, 2700.0), "coroutine": (2.4, 3.0, 720.0, 2900.0)}
MACHINE = (("l1_hit", "a read from the first cache", "", 1.3), ("memory_read", "a read from memory", "", 95.0), ("system_call", "a system call", "", 110.0),
           ("thread_switch", "a switch to another thread", "threads", 1300.0), ("thread_start", "a thread started and joined", "threads", 21_000.0),
           ("loopback_round_trip", "a byte to and fro over TCP", "", 24_000.0), ("process_start", "a process forked and waited for", "processes", 160_000.0),
           ("synced_write", "4 KiB written and synced", "", 1_900_000.0))


def counts(models: int = 9, without: str = "tbb_arena") -> dict:
    """Of so many models; a limit kept one from being counted, and instructions of processes are lost."""
    told = []
    for name in list(synthetic_run.MODELS)[:models]:
        calls, allocations, size, instructions = OF_STYLE[synthetic_run.MODELS[name][0]]
        line = {"model": name, "skipped": "runs only in_flight 1" if name == without else "", "system_calls": {"sendto": 1.0}, "system_calls_per_item": calls,
                "allocations_per_item": allocations, "allocated_bytes_per_item": size, "started": 0}
        told.append({**line, "instructions_per_item": instructions} if name != "process_pool" else line)
    return {"schema": 1, "load": {"workload": "download", "items": 2000, "in_flight": 100}, "models": told}


def machine_costs() -> dict:
    """One of them could not be measured."""
    known = [{"name": name, "said": said, "family": family, "batches": 51, "operations": 100, "median_ns": ns, "low_ns": 0.97 * ns, "high_ns": 1.1 * ns, "why_not": ""}
             for name, said, family, ns in MACHINE]
    unknown = {"name": "program_start", "said": "a program run and waited for", "family": "processes", "batches": 0, "operations": 2, "median_ns": None, "low_ns": None,
               "high_ns": None, "why_not": "/bin/true: No such file or directory"}
    return {"schema": 1, "costs": [*known, unknown]}


def write(directory: Path, models: int = 9) -> Path:
    (directory / "counts.json").write_text(json.dumps(counts(models)))
    (directory / "machine_costs.json").write_text(json.dumps(machine_costs()))
    return directory
