"""Open loop: the tail of latency against the rate at which items come.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

from chart import ScalingChart
from groups import Along, Group, apart_of, groups_of, number, others
from number_text import seconds_text
from plan_data import Point
from scaling import Quantity

RATE = "rate"
OFFERED = Along("items offered a second", "a second", lambda point: number(point, RATE) if point.ranks_by == "latency" else math.nan,
                lambda point: (*apart_of(point), others(point, RATE), point.in_flight, point.delay_us), dial=RATE)


def by_rate(points: list[Point]) -> list[Group]:
    return groups_of(points, OFFERED)


CHART = ScalingChart(
    name="latency_at_rate",
    heading="Latency against the offered rate",
    about="p99 latency, counted from when an item was due, against the rate at which items come, every round a dot",
    quantity=Quantity(("latency_p99_ns",), 1e6, "p99 latency (ms)", lambda value: seconds_text(value / 1e9), "p99 latency", "latency"),
    wants=lambda point: point.ranks_by == "latency",
    how="Dots: rounds; line: median; both axes logarithmic. Whatever waits behind a stall is in it, whole. A rate with which a model has a backlog that grows has no p99.",
    empty="No load of this run has items that come at a rate, or none of its trials ended.",
    group=by_rate,
    least_places=2)
