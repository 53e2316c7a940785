"""Compute scaling: the makespan of pure CPU work against the cores a model may use.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from groups import CORES, groups_of
from number_text import seconds_text
from scaling import Quantity

CHART = ScalingChart(
    name="compute_cores",
    heading="Compute scaling against cores",
    about="Makespan of pure CPU work against the cores a model may use, every round a dot, with the ideal",
    quantity=Quantity(("makespan_ns",), 1e6, "makespan (ms)", lambda value: seconds_text(value / 1e9),
                      "makespan", "makespan", ideal=True),
    wants=lambda point: point.workload.lanes == "cores",
    how="Dots: rounds; line: median; bar: the ideal, all work at the speed of an undisturbed core, spread evenly. Both axes logarithmic.",
    empty="No load of this run only computes, or none of its trials ended.",
    group=lambda points: groups_of(points, CORES),
    least_places=2)
