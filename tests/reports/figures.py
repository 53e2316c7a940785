"""Draws a chart once a session, and reads the marks and words of the figure.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from functools import lru_cache

from look import Look


class _ById:
    """Runs are not hashable; one is the same as itself."""

    def __init__(self, run):
        self.run = run

    def __hash__(self):
        return id(self.run)

    def __eq__(self, other):
        return self.run is other.run


def figure_of(chart, run, look=Look()):
    return _figure_of(chart, _ById(run), look)


@lru_cache(maxsize=None)
def _figure_of(chart, held, look):
    with look.in_force():
        figure = chart.figure(held.run, look)
        figure.draw_without_rendering()
    return figure


def lines_of(figure, prefix):
    """gid without the prefix: how many marks it has, over all panels."""
    found = {}
    for axes in figure.axes:
        for line in axes.lines:
            gid = str(line.get_gid())
            if gid.startswith(prefix + ":"):
                name = gid[len(prefix) + 1:]
                found[name] = found.get(name, 0) + len(line.get_xdata())
    return found


def texts_of(figure):
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]
