"""Numbers as people read them, and ticks for axes that carry them.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator


NBSP = "\u00a0"  # a number and its unit stay on one line


def plain(value: float, digits: int = 3) -> str:
    """`digits` significant figures, thousands with commas, no exponent: 0.00412, 41.2, 41,200."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "n/a"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{round(value, places):,.{places}f}"


def tick(value: float) -> str:
    """A tick: as few figures as are exact."""
    text = f"{value:,.10f}".rstrip("0").rstrip(".")
    return text or "0"


def bytes_text(value: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if abs(value) < 1024:
            return f"{plain(value)}{NBSP}{unit}"
        value /= 1024
    return f"{plain(value)}{NBSP}GiB"


def seconds_text(seconds: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if abs(seconds) * factor >= 1:
            return f"{plain(seconds * factor)}{NBSP}{unit}"
    return f"{plain(seconds * 1e9)}{NBSP}ns"


def log_ticks(low: float, high: float) -> list[float]:
    """Round values inside [low, high], some three to eight of them however narrow or wide it is."""
    span = high / low
    if span < 6:
        for bins in (5, 8, 12):
            ticks = [t for t in MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= t <= high and t > 0]
            if len(ticks) >= 3:
                break
        return ticks
    steps = (1, 2, 5) if span < 200 else (1,)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = 1 if len(decades) <= 8 else 2
    return [s * 10.0**d for d in decades for s in steps if d % every == 0 and low * 0.999 <= s * 10.0**d <= high * 1.001]


def put_log_ticks(axis: Axis, low: float, high: float, text=tick) -> None:
    axis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))


# Efficiencies that label an axis of the loss, 1 - efficiency.
EFFICIENCIES = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
LEAST_LOSS = 5e-5  # an efficiency above 0.99995 is drawn there


def loss(efficiency: float) -> float:
    return max(1 - efficiency, LEAST_LOSS)


def put_efficiency_ticks(axis: Axis, least: float, most: float) -> None:
    """Ticks for losses in [least, most]."""
    ticks = [1 - e for e in EFFICIENCIES if least * 0.999 <= 1 - e <= most * 1.001]
    if most / least > 20:  # on a long axis 0 and 0.2 would be printed over each other
        ticks = [t for t in ticks if t != 1 - 0.2]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(round(1 - value, 6))))
