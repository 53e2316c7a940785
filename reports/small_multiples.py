"""Arranges panels: a row a group; direct labels for up to six models, a column a family for more.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from math import isnan

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from groups import Group, remarks
from look import Look, by_family
from run_data import Run
from scaling import Panel, Quantity, common_limits, label_of, shown_models
from sheet import new_sheet, spread, width_of

MOST_SERIES = 6  # in one panel
LABEL_SIZE = 13  # of the models' names, in points of a slide


def draw(run: Run, look: Look, groups: list[Group], quantity: Quantity, title: str, note: str) -> Figure:
    """Every group as a row. `groups` is not empty."""
    rows = [shown_models(run, group, quantity) for group in groups]
    layout = draw_labelled if max(len(models) for models in rows) <= MOST_SERIES else draw_families
    return layout(run, look, groups, rows, quantity, title, note)


def head_row(run: Run, look: Look, group: Group, axes: Axes) -> None:
    """The group's title and remarks above its first panel."""
    words = remarks(run, group)
    place = {"xy": (0, 1), "xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False, "va": "bottom"}
    axes.annotate(group.title, xytext=(0, (22 if words else 6) * look.scale), fontweight="bold", fontsize=15 * look.scale, **place)
    axes.annotate(words, xytext=(0, 5 * look.scale), color=look.color("soft"), fontsize=11.5 * look.scale, **place)


def label_y(look: Look, axes: Axes, words: str) -> None:
    """At one distance in every row, however wide the tick labels are."""
    axes.set_ylabel(words, fontsize=13 * look.scale)
    inches = axes.get_window_extent().width / axes.figure.dpi
    axes.yaxis.set_label_coords(-0.82 * look.scale / inches, 0.5)


def label_x(groups: list[Group], rows: list[list[Axes]]) -> None:
    """Below the last row of those that share an axis."""
    for place, (group, row) in enumerate(zip(groups, rows)):
        if place + 1 == len(groups) or groups[place + 1].along.label != group.along.label:
            for axes in row:
                axes.set_xlabel(group.along.label)


def draw_labelled(run: Run, look: Look, groups: list[Group], rows: list[list[str]], quantity: Quantity, title: str,
                  note: str) -> Figure:
    labels = [label_of(run, group, quantity, name) for group, models in zip(groups, rows) for name in models]
    sheet = new_sheet(look, title, note, len(groups), right=room_for(labels), gap_y=1.15, head=0.6)
    for group, models, (axes,) in zip(groups, rows, sheet.panels):
        panel = Panel(run, look, group, quantity, models, axes)
        ends = panel.draw([])
        head_row(run, look, group, axes)
        label_y(look, axes, quantity.label)
        label_ends(look, panel, ends)
    label_x(groups, sheet.panels)
    return sheet.figure


def room_for(labels: list[str]) -> float:
    """Inches of a slide that the longest name needs, with its key and a margin."""
    return max(2.45, 0.6 + max(width_of(label, LABEL_SIZE) for label in labels))


def label_ends(look: Look, panel: Panel, ends: list[tuple[str, float, float]]) -> None:
    """The models' names at the right, as near to the ends of their lines as they fit."""
    axes = panel.axes
    box = axes.get_window_extent()
    wanted = [box.y0 if isnan(y) else axes.transData.transform((x, y))[1] for _, x, y in ends]
    height = 18 * look.scale * axes.figure.dpi / 72
    for (name, x, y), level in zip(ends, spread(wanted, height, box.y0, box.y1)):
        level = (level - box.y0) / box.height
        if not isnan(y) and x > panel.places[-1] - panel.room:  # a longer leader would read as data
            axes.annotate("", xy=(x, y), xytext=(1.02, level), textcoords="axes fraction", annotation_clip=False,
                          arrowprops={"arrowstyle": "-", "color": look.color("faint"), "linewidth": 0.8 * look.scale, "shrinkB": 4})
        label = label_of(panel.run, panel.group, panel.quantity, name)
        axes.text(1.045, level, label, transform=axes.transAxes, va="center", fontsize=LABEL_SIZE * look.scale, gid=f"label:{name}")
        axes.plot([1.028], [level], transform=axes.transAxes, clip_on=False, marker=panel.strokes[name].marker,
                  color=panel.strokes[name].color if label == name else look.color("void"), markersize=7 * look.scale, gid=f"key:{name}")


def column_of(run: Run, name: str) -> str:
    """Sequential runs stand with the threads: they are one."""
    family = run.models[name].family
    return "threads" if family == "sequential" else family


def columns_of(run: Run, present: set[str]) -> list[tuple[str, list[str]]]:
    """A column a family with its models; a family of more than MOST_SERIES gets as many columns as it needs."""
    families: dict[str, list[str]] = {}
    for model in by_family(run.models.values()):
        if model.name in present:
            families.setdefault(column_of(run, model.name), []).append(model.name)
    columns = []
    for family, names in families.items():
        parts = -(-len(names) // MOST_SERIES)
        size = -(-len(names) // parts)
        columns += [(family, names[start:start + size]) for start in range(0, len(names), size)]
    return columns


def draw_families(run: Run, look: Look, groups: list[Group], rows: list[list[str]], quantity: Quantity, title: str,
                  note: str) -> Figure:
    columns = columns_of(run, {name for models in rows for name in models})
    tallest = max(len(names) for _, names in columns)
    sheet = new_sheet(look, title, note, len(groups), len(columns), row_height=1.9, gap_y=1.1, head=0.95 + 0.21 * tallest)
    for axes, (family, names) in zip(sheet.panels[0], columns):
        head_column(run, look, axes, family, names)
    for group, models, axes_row in zip(groups, rows, sheet.panels):
        panels = []
        for (_, names), axes in zip(columns, axes_row):
            panels.append(Panel(run, look, group, quantity, [name for name in models if name in names], axes))
            panels[-1].draw([name for name in models if name not in names])
        common_limits(panels)
        head_row(run, look, group, axes_row[0])
        label_y(look, axes_row[0], quantity.label)
        for axes in axes_row[1:]:
            axes.tick_params(labelleft=False)
            if len(group.points) > 4:
                axes.tick_params(axis="x", labelsize=10 * look.scale)
        axes_row[0].tick_params(axis="x", labelsize=(10 if len(group.points) > 4 else 13) * look.scale)
    label_x(groups, sheet.panels)
    return sheet.figure


def head_column(run: Run, look: Look, axes: Axes, family: str, names: list[str]) -> None:
    """The family's name and the keys of its models, above the first row's head."""
    strokes = look.strokes(run.models)
    handles = [Line2D([], [], color=strokes[name].color, marker=strokes[name].marker, linestyle=strokes[name].line)
               for name in names]
    legend = axes.legend(handles, names, title=family, loc="lower left", borderaxespad=0, borderpad=0, labelspacing=0.2,
                         handlelength=2.6, fontsize=11 * look.scale, alignment="left",
                         bbox_to_anchor=(0, 1 + 46 * look.scale / 72 * axes.figure.dpi / axes.get_window_extent().height))
    legend.get_title().set(fontsize=12 * look.scale, fontweight="bold")
