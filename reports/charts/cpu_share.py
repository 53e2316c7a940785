"""What CPU work between replies costs: efficiency against the CPU's share of an item.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from groups import CPU_SHARE
from number_text import plain
from scaling import Quantity

CHART = ScalingChart(
    name="cpu_share",
    heading="Waiting and computing mixed",
    about="Efficiency (ideal / makespan) of download_compute against the CPU's share of an item's ideal time, every round a dot",
    quantity=Quantity(("efficiency",), 1, "efficiency\n(ideal / makespan)", lambda value: plain(value, 3), "efficiency",
                      linear=True),
    wants=lambda point: point.parameter("cpu_share") is not None,
    how="Dots: rounds; line: median. A loop that computes keeps all its other items waiting. The computing part of the ideal "
        "is calibrated in each trial: a little above 1 is noise.",
    empty="The workload download_compute was not run.",
    along=CPU_SHARE)
