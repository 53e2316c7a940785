"""What CPU work between replies costs: efficiency against the CPU's share of an item.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from groups import groups_by_dial
from number_text import plain
from scaling import Quantity

CHART = ScalingChart(
    name="cpu_share",
    heading="Waiting and computing mixed",
    about="Efficiency (ideal / makespan) of loads that wait and compute against the share of computing, every round a dot",
    quantity=Quantity(("efficiency",), 1, "efficiency\n(ideal / makespan)", lambda value: plain(value, 3), "efficiency",
                      linear=True),
    wants=lambda point: point.workload.mixes,
    how="Dots: rounds; line: median. A loop that computes keeps all its other items waiting. The computing part of the ideal "
        "is calibrated in each trial: a little above 1 is noise.",
    empty="No load of this run waits and computes, or none of its trials ended.",
    group=groups_by_dial,
    least_places=2)
