"""The charts, one module each, in the order of the page.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from charts import (compute_cores, compute_grain, costs, counterparts, cpu_per_item, cpu_share, efficiency, families, lag_by_cpu_share, latency, latency_at_rate,
                    limits, loop_lag, machine_costs, makespan, memory, outcomes, over_time, percentiles, profile, ratios, throughput, wake_up_lag, winners, winners_by_cpu_share)

ALL = tuple(module.CHART for module in (families, limits, winners, winners_by_cpu_share, efficiency, cpu_per_item, memory, costs, cpu_share, lag_by_cpu_share, counterparts,
                                        ratios, latency_at_rate, percentiles, latency, throughput, over_time, profile, makespan, compute_cores, compute_grain, wake_up_lag, loop_lag, outcomes, machine_costs))


def by_name(name: str):
    return next(chart for chart in ALL if chart.name == name)
