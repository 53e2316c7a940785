"""Memory: how many items in flight a gibibyte holds.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from family_findings import room
from number_text import bytes_text
from scaling import Quantity

CHART = ScalingChart(
    name="memory",
    heading="Items in flight in a gibibyte",
    about="How many items in flight 1 GiB holds: by the proportional set size of the process tree at the plateau, above that before the run, every round a dot",
    quantity=Quantity(("memory", "per_item_bytes"), 1e3, "thousand items in\nflight in 1 GiB", bytes_text, "memory per item in flight", per=2**30),
    wants=lambda point: point.in_flight > 1 and not point.workload.computes,
    how="Dots: rounds; line: median; both axes logarithmic; more is smaller. Shown, not ranked. Connections, buffers, stacks and frames are in it.",
    empty="No trial of this run measured memory at a plateau.",
    least_places=2,
    finding=room)
