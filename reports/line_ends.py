"""Names at the right of a panel, each as near to the end of its line as it fits.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.axes import Axes

from look import Look, Stroke
from sheet import spread, width_of

SIZE = 13  # points of a slide


def room_for(names: list[str]) -> float:
    """Inches of a slide to the right of the panel."""
    return 0.7 + max((width_of(name, SIZE) for name in names), default=0.0)


def put_names(look: Look, axes: Axes, names: list[str], ends: list[float], strokes: dict[str, Stroke]) -> None:
    """`ends` are in data. Smaller where there are too many names for the height."""
    inches = axes.get_window_extent().height / axes.figure.dpi / look.scale
    size = min(SIZE, 72 * inches / (1.35 * len(names)))
    levels = [axes.transAxes.inverted().transform(axes.transData.transform((1, end)))[1] for end in ends]
    for name, level in zip(names, spread(levels, 1.35 * size / 72 / inches, 0, 1)):
        axes.plot([1.02], [level], color=strokes[name].color, marker=strokes[name].marker, transform=axes.transAxes, clip_on=False, markersize=0.5 * size * look.scale)
        axes.text(1.035, level, name, transform=axes.transAxes, va="center", fontsize=size * look.scale, gid=f"label:{name}")
