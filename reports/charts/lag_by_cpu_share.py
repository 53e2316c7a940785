"""The CPU trap: how late a loop is when items compute between replies, inline and with the work handed over.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from groups import groups_by_dial
from number_text import seconds_text
from run_data import MEASURED
from scaling import Quantity

CHART = ScalingChart(
    name="lag_by_cpu_share",
    heading="Loop lag as items compute",
    about="How late a heartbeat every 10 ms is on a model's loops (p99) against the share of computing, every round a dot",
    quantity=Quantity((MEASURED, "loop_lag_ns", "p99"), 1e6, "loop lag,\np99 (ms)", lambda value: seconds_text(value / 1e9), "p99 loop lag"),
    wants=lambda point: point.workload.mixes,
    how="Dots: rounds; line: median; both axes logarithmic. A loop that computes is late for all its other items; one that hands the work over is not. "
        "Models without a loop have none. Shown, not ranked.",
    empty="No load of this run waits and computes on a loop, or none of its trials ended.",
    group=groups_by_dial,
    least_places=2)
