"""The charts, one module each: NAME, HEADING, ABOUT, and figure(run, look) and table(run), data in and figure or rows out.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from charts import cpu_per_item, efficiency

ALL = (efficiency, cpu_per_item)


def by_name(name: str):
    return next(chart for chart in ALL if chart.NAME == name)
