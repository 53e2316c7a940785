"""Compute scaling: the efficiency of pure CPU work against the size of its items.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from groups import groups_by_dial
from number_text import plain
from scaling import Quantity

CHART = ScalingChart(
    name="compute_grain",
    heading="Compute scaling against grain",
    about="Efficiency (ideal / makespan) of pure CPU work against the size of an item, every round a dot",
    quantity=Quantity(("efficiency",), 1, "efficiency\n(ideal / makespan)", lambda value: plain(value, 3), "efficiency",
                      linear=True),
    wants=lambda point: point.workload.only_computes,
    how="Dots: rounds; line: median. The smaller the items, the more of the time goes into handing them out.",
    empty="No load of this run only computes, or none of its trials ended.",
    group=groups_by_dial,
    least_places=2)
