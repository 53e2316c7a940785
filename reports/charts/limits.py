"""Limits: how far each family goes on each ladder, and what ends it there.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from chart import Chart
from limits_data import Ladder, Reach, shown_of
from look import Look
from plan_data import FAMILIES
from provenance import note
from run_data import Run
from sheet import empty_sheet, new_sheet
from table import Table

HEADING = "How far each goes"
ENDS = {"too_slow": "slower than asked", "unsustained": "not as many in flight", "overloaded": "a backlog that grows", "lag": "loop lag",
        "server": "the server's end", "refused": "refused: a limit", "ladder": "the ladder's end", "void": "void trials", "open": "no end yet", "memory": ""}
ROOM = 0.95  # for the words at a bar's end, of the longest bar
COLUMNS = 2


def ladders_of(run: Run) -> list[Ladder]:
    """Of the models to be shown; those on which somebody keeps up with at least one rung."""
    if run.limits is None:
        return []
    kept = [Ladder(each.name, each.said, each.unit, each.values, tuple(reach for reach in each.reaches if reach.model in run.models or reach.model not in run.measured))
            for each in run.limits.ladders]
    return [ladder for ladder in kept if any(reach.limit is not None for reach in ladder.reaches)]


def bars_of(run: Run) -> int:
    return sum(reach.limit is not None for ladder in ladders_of(run) for reach, _ in shown_of(ladder, FAMILIES))


def end_text(reach: Reach) -> str:
    return ENDS.get(reach.ended_by, reach.ended_by.replace("_", " "))


def widest(ladders: list[Ladder]) -> tuple[float, Ladder, Reach, Reach] | None:
    """Where families are furthest apart: by how many times, on which ladder, who goes further, and who does not. Who may go further than was seen is
    never the one that is left behind."""
    found = []
    for ladder in ladders:
        reached = [reach for reach, _ in shown_of(ladder, FAMILIES) if reach.limit]
        stopped = [reach for reach in reached if not reach.may_go_further and reach.ended_by != "refused"]
        if len(reached) > 1 and stopped:
            least = min(stopped, key=lambda reach: ladder.share(reach.limit))
            most = max(reached, key=lambda reach: ladder.share(reach.limit))
            found.append((ladder.further(most.limit, least.limit), ladder, most, least))
    return max(found, key=lambda each: each[0], default=None)


def title_of(run: Run) -> str:
    apart = widest(ladders_of(run))
    if apart is None or apart[0] < 1.02:
        return "No family is shown to go further than another on any of these axes."
    _, ladder, most, least = apart
    return f"{ladder.said[:1].upper()}{ladder.said[1:]}: {ladder.text(most)} for {most.family}, {ladder.text(least)} for {least.family}."


def draw_ladder(look: Look, axes: Axes, ladder: Ladder, families: list[str]) -> None:
    for row, family in enumerate(families):
        axes.text(-0.02, row, family, ha="right", va="center", fontsize=13 * look.scale, color=look.color("text"))
    for reach, variants in shown_of(ladder, tuple(families)):
        draw_reach(look, axes, ladder, reach, variants, families.index(reach.family))
    axes.set_xlim(0, 1 + ROOM)
    axes.set_ylim(len(families) - 0.5, -0.5)
    axes.set_title(ladder.said, fontsize=14 * look.scale, pad=6 * look.scale)
    axes.set_axis_off()
    axes.plot([0, 0], [-0.45, len(families) - 0.55], color=look.color("soft"), linewidth=1.2 * look.scale)


def draw_reach(look: Look, axes: Axes, ladder: Ladder, reach: Reach, variants: list[Reach], row: int) -> None:
    length = 0.0 if reach.limit is None else max(0.006, ladder.share(reach.limit))
    ends = [length, *(ladder.share(each.limit) for each in variants if each.limit is not None)]
    axes.barh(row, length, height=0.6, color=look.color(reach.family), linewidth=0, hatch="//" if reach.may_go_further else None,
              edgecolor=look.color("ground"), gid=f"bar:{ladder.name}:{reach.model}")
    if max(ends) > length:
        axes.plot([length, max(ends)], [row, row], color=look.color("soft"), linewidth=1.2 * look.scale)
    for each in variants:
        if each.limit is not None:
            axes.plot([ladder.share(each.limit)] * 2, [row - 0.36, row + 0.36], color=look.color("text"), linewidth=1.6 * look.scale,
                      gid=f"variant:{ladder.name}:{each.model}")
    words = axes.text(max(ends) + 0.02, row, ladder.text(reach), va="center", fontsize=13 * look.scale, fontweight="bold")
    if end_text(reach):
        axes.annotate(end_text(reach), xy=(1, 0.5), xycoords=words, xytext=(6 * look.scale, 0), textcoords="offset points", va="center",
                      fontsize=11 * look.scale, color=look.color("soft"))


def small_print(run: Run, how: str) -> str:
    """Limits that stand beside a run are of another directory."""
    if run.searches:
        return note(run, [], how)
    return f"{how} Limits of {run.limits.name}, {run.limits.trials_done:,} trials{'' if run.limits.finished else ', not finished'}."


def figure(run: Run, look: Look) -> Figure:
    ladders = ladders_of(run)
    if not ladders:
        return empty_sheet(look, HEADING, "No limits: `interleave limits` looks for them, and its directory has them.", note(run, []))
    families = [family for family in FAMILIES if any(reach.family == family for ladder in ladders for reach in ladder.reaches)]
    rows = -(-len(ladders) // COLUMNS)
    how = ("Bar: the model that stands for its family; ticks: its other models. Further right is further, logarithmic, from the ladder's first rung to its last. "
           "Hatched, ≥ and ≤: it may go further, for the server's or the ladder's end came first. a–b: most trials keep up with a, the best with b.")
    sheet = new_sheet(look, title_of(run), small_print(run, how), rows, COLUMNS, left=1.45, gap_x=1.5, gap_y=0.62, bottom=0.2, head=0.45,
                      row_height=0.3 * len(families))
    places = [axes for row in sheet.panels for axes in row]
    for ladder, axes in zip(ladders, places):
        draw_ladder(look, axes, ladder, families)
    for axes in places[len(ladders):]:
        axes.set_axis_off()
    return sheet.figure


def table(run: Run) -> Table:
    made = Table(["axis", "family", "model", "limit", "ended by", "reason"])
    for ladder in ladders_of(run):
        for bearer, variants in shown_of(ladder, FAMILIES):
            made.rows += [[ladder.said, reach.family, reach.model, ladder.text(reach), end_text(reach) or "–", reach.reason or "–"]
                          for reach in (bearer, *variants)]
    return made


CHART = Chart("limits", HEADING, "The furthest load that each family keeps up with, an axis a panel, and what ends it there", figure, table,
              lambda run: bars_of(run) > 1, leads=True, of_searches=True)
