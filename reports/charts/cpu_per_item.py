"""CPU per item of the process tree against in_flight, for loads without delay.

SPDX-License-Identifier: Apache-2.0
"""
from chart import ScalingChart
from number_text import seconds_text
from scaling import Quantity

CHART = ScalingChart(
    name="cpu_per_item",
    heading="CPU per item",
    about="CPU of the whole process tree per item against in_flight, every round a dot, for loads without delay",
    quantity=Quantity(("cpu_per_item_ns",), 1e3, "CPU per item (µs)", lambda value: seconds_text(value / 1e9),
                      "CPU per item", "cpu_per_item"),
    wants=lambda point: point.ranks_by == "cpu_per_item",
    how="Dots: rounds; line: median; both axes logarithmic; user and system time of all processes and threads.",
    empty="No load of this run is without delay, or none of its trials ended.")
