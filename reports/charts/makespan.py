"""Makespan against in_flight, with the ideal that no admission in item order can beat.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from number_text import seconds_text
from scaling import Quantity

CHART = ScalingChart(
    name="makespan",
    heading="Makespan",
    about="Time from the run's start to the end of its last item against in_flight, every round a dot, with the ideal",
    quantity=Quantity(("makespan_ns",), 1e9, "makespan (s)", lambda value: seconds_text(value / 1e9), "makespan", ideal=True),
    wants=lambda point: not point.workload.computes,
    how="Dots: rounds; line: median; bar: the ideal (none without delay). Both axes logarithmic. Loads may differ in their "
        "number of items, so compare models at one place, not places.",
    empty="No trial of a load that waits or fetches has ended.")
