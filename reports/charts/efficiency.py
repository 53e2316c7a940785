"""Efficiency against in_flight, for loads that wait.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from family_findings import keeping_up
from number_text import plain
from scaling import Quantity

CHART = ScalingChart(
    name="efficiency",
    heading="Who keeps up",
    about="Ideal / makespan against in_flight, every round a dot, for loads that wait, and the efficiency from which a model keeps up",
    quantity=Quantity(("efficiency",), 1, "efficiency\n(ideal / makespan)", lambda value: plain(value, 4),
                      "efficiency", as_loss=True, line=0.95, line_means="keeps up: 0.95"),
    wants=lambda point: point.ranks_by == "cpu_keeping_up" and not point.workload.computes,
    how="Dots: rounds; line: median; the axis is logarithmic in the loss, 1 - efficiency. "
        "Dashed: from there on a model keeps up with its load.",
    empty="No load of this run waits, or none of its trials ended.",
    least_places=2,
    finding=keeping_up)
