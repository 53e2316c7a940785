"""Makespan against in_flight, of loads for which nothing says how far from the ideal they are.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from number_text import seconds_text
from scaling import Quantity

CHART = ScalingChart(
    name="makespan",
    heading="Makespan",
    about="Time from the run's start to the end of its last item against in_flight, every round a dot, for loads on which nothing waits",
    quantity=Quantity(("makespan_ns",), 1e9, "makespan (s)", lambda value: seconds_text(value / 1e9), "makespan"),
    wants=lambda point: not point.workload.computes and point.ranks_by not in ("cpu_keeping_up", "latency"),  # whose efficiency, or latency, says more
    how="Dots: rounds; line: median. Both axes logarithmic. Loads may differ in their "
        "number of items, so compare models at one place, not places.",
    empty="No trial of a load that waits or fetches has ended.")
