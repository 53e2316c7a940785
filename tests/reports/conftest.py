"""Where the report's code is, and made-up runs to read.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPORTS = HERE.parents[1] / "reports"
sys.path[:0] = [str(HERE), str(REPORTS)]

import synthetic_costs  # noqa: E402
import synthetic_limits  # noqa: E402
import synthetic_run  # noqa: E402
from counts_data import counts_from  # noqa: E402
from limits_data import limits_from  # noqa: E402
from machine_data import machine_costs_from  # noqa: E402
from run_data import read_run  # noqa: E402


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """made(rounds=6, models=9, ...) writes a run once a session and answers its directory."""
    runs = {}

    def make(**settings):
        key = tuple(sorted(settings.items()))
        if key not in runs:
            runs[key] = synthetic_run.write(tmp_path_factory.mktemp("run"), **settings)
        return runs[key]

    return make


def with_what_stands_beside(run):
    run.limits = limits_from(synthetic_limits.build(models=len(run.models)))
    run.counts = counts_from(synthetic_costs.counts(models=len(run.models)))
    run.machine_costs = machine_costs_from(synthetic_costs.machine_costs())
    return run


@pytest.fixture(scope="session")
def many(made):
    """A run of nine models: more than one panel holds. Limits, counts and what the machine charges stand beside it."""
    return with_what_stands_beside(read_run(made(models=9, rounds=6)))


@pytest.fixture(scope="session")
def few(made):
    """A run of six models and enough rounds to win."""
    return with_what_stands_beside(read_run(made(models=6, rounds=16)))


@pytest.fixture(scope="session")
def nothing(made):
    """A run without a single trial."""
    return read_run(made(models=4, rounds=6, empty=True))
