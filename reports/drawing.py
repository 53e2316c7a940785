"""Turns a chart into files: the same bytes on every re-run.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import io
from typing import Protocol

from matplotlib.figure import Figure

from look import Look
from run_data import Run

FORMATS = ("svg", "png", "pdf")
# A third less time than the usual 6 for a sixth more bytes: half of the time of a report goes into its PNGs.
HOW = {"png": {"pil_kwargs": {"compress_level": 3}}}
# No dates, no versions: nothing in a file but what is drawn.
METADATA = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None},
            "pdf": {"CreationDate": None, "Creator": None, "Producer": None}}


class Drawable(Protocol):
    def figure(self, run: Run, look: Look) -> Figure: ...


def bytes_of(figure: Figure, file_format: str) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format=file_format, metadata=METADATA[file_format], **HOW.get(file_format, {}))
    return out.getvalue()


def draw(chart: Drawable, run: Run, look: Look, formats: tuple[str, ...]) -> dict[str, bytes]:
    """The chart in each format. The style is in force while it is made and while it is saved."""
    with look.in_force():
        figure = chart.figure(run, look)
        return {each: bytes_of(figure, each) for each in formats}
