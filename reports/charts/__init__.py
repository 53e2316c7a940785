"""The charts, one module each, in the order of the page.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from charts import (compute_cores, compute_grain, cpu_per_item, cpu_share, efficiency, families, latency, limits, loop_lag, makespan, memory,
                    outcomes, ratios, wake_up_lag, winners, winners_by_cpu_share)

ALL = tuple(module.CHART for module in (families, limits, winners, winners_by_cpu_share, ratios, efficiency, makespan, cpu_per_item, cpu_share,
                                        compute_cores, compute_grain, memory, latency, wake_up_lag, loop_lag, outcomes))


def by_name(name: str):
    return next(chart for chart in ALL if chart.name == name)
