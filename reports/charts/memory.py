"""Memory per item in flight.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from number_text import bytes_text
from scaling import Quantity

CHART = ScalingChart(
    name="memory",
    heading="Memory per item in flight",
    about="Proportional set size of the process tree at the plateau, above that before the run, per item in flight, every round a dot",
    quantity=Quantity(("memory", "per_item_bytes"), 1024, "memory per item\nin flight (KiB)", bytes_text,
                      "memory per item in flight"),
    wants=lambda point: point.in_flight > 1 and not point.workload.computes,
    how="Dots: rounds; line: median; both axes logarithmic. Shown, not ranked. Connections, buffers, stacks and frames are in it.",
    empty="No trial of this run measured memory at a plateau.")
