"""CPU per item of the process tree against in_flight, for loads that fetch or wait.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from family_findings import cost
from number_text import seconds_text
from scaling import Quantity

CHART = ScalingChart(
    name="cpu_per_item",
    heading="CPU per item",
    about="CPU of the whole process tree per item against in_flight, every round a dot, for loads that fetch or wait",
    quantity=Quantity(("cpu_per_item_ns",), 1e3, "CPU per item (µs)", lambda value: seconds_text(value / 1e9),
                      "CPU per item", "cpu_per_item"),
    wants=lambda point: point.ranks_by in ("cpu_per_item", "cpu_keeping_up"),
    how="Dots: rounds; line: median; both axes logarithmic; user and system time of all processes and threads. Grey: rounds in which "
        "the load was not kept up with, which are no price.",
    empty="No load of this run fetches or waits, or none of its trials ended.",
    least_places=2,
    finding=cost)
