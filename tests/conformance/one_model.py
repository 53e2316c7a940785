"""The model that a run of these tests is about, and one trial of it against a workload's oracle and the server's ledger.

SPDX-License-Identifier: Apache-2.0
"""
import os
from pathlib import Path

import pytest

from measured_server import Server, Trial, describe, point

MODEL = Path(os.environ["INTERLEAVE_MODEL"])
ABOUT = describe(MODEL)
ALONE = ABOUT["family"] == "sequential"  # the only family that may refuse more than one in flight
CAPABILITIES = {"deadline", "offload", "sub-lanes", "queue", "keeping", "datagrams"}


def offered(workload: str) -> None:
    """Ends the test where the model has no body for the workload: a capability that it needs is one that the model lacks, which no model
    does that stands for its family."""
    if workload in ABOUT["workloads"]:
        return
    why = ABOUT["skips"][workload]
    assert any(capability in why for capability in CAPABILITIES - set(ABOUT["capabilities"])), why
    assert ALONE or not ABOUT["bears_family"], why
    pytest.skip(why)


def right(trial: Trial, at: dict) -> None:
    assert trial.status == 0, trial.stderr
    assert trial.checks <= {"disturbed", *(["overloaded"] if "arrivals" in at["parameters"] else [])}, "which are the machine's"
    assert sum(trial.outcomes.values()) == at["items"]
    assert trial.tape["peak_in_flight"] <= at["in_flight"]
    if ledger := trial.ledger:
        asked = trial.json["requests"]
        seen = {key: ledger[key] for key in ("items", "unique", "requests", "missing", "duplicates", "unexpected", "early_retries")}
        assert seen == {"items": asked["ids"], "unique": asked["unique"], "requests": asked["total"],
                        "missing": asked["ids"] - asked["unique"], "duplicates": 0, "unexpected": 0, "early_retries": 0}
        assert ledger["fingerprint"] == trial.json["fingerprint"]
        assert ledger["peak_in_flight"] <= at["in_flight"]


def run(workload: str, tmp_path: Path, server: Server | None, ids_an_item: int = 1, **load) -> Trial:
    """A trial that must be right, or refused for the sake of in_flight by a model that does one at a time."""
    offered(workload)
    at = point(workload, server, **load)
    ids = ids_an_item * at["items"]
    trial = Trial(MODEL, at, tmp_path, server, ids)
    if trial.status == 77 and ALONE and at["in_flight"] > 1:
        assert len(trial.stderr.strip().splitlines()) == 1 and trial.json is None
        at["in_flight"] = 1
        trial = Trial(MODEL, at, tmp_path, server, ids)
    right(trial, at)
    return trial
