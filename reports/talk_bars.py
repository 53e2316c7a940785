"""Slides of bars: how many items in flight a gibibyte holds, and how far each family goes.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from charts.limits import bars_of, end_text, ladders_of, widest
from family_data import bearers
from family_findings import GIB, fullest, memory_title, per_gib
from family_words import listed, rounded, sentence, times
from limits_data import Ladder, shown_of
from number_text import tick
from plan_data import FAMILIES
from run_data import Run
from sheet import width_of
from talk_canvas import BODY_TOP, BIG, MOST_SERIES, TEXT, Canvas, Slide, cut

NAMES = 2.6  # inches for the families' names
MOST_PANELS = 4
SHORT_ENDS = {"too_slow": "slow", "unsustained": "not held", "overloaded": "backlog", "lag": "loop lag", "server": "server", "refused": "refused",
              "ladder": "end of scale", "void": "void", "open": "open", "memory": ""}


def memory(run: Run) -> Slide | None:
    point = fullest(run)
    if point is None:
        return None
    held = per_gib(run, point)
    families = tuple(held)

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        axes = canvas.blank(0.4, 0.5, 12.4, BODY_TOP)
        height = min(1.1, (BODY_TOP - 1.2) / len(families))
        scale = (12.2 - 0.4 - NAMES - 1.6) / max(held.values())
        axes.text(0.4 + NAMES, BODY_TOP - 0.25, f"items in flight in 1 GiB, {tick(point.in_flight)} at once", fontsize=TEXT, va="center", color=canvas.look.color("soft"))
        for row, family in enumerate(families):
            if family not in shown:
                continue
            y = BODY_TOP - 1.0 - row * height
            axes.text(0.4 + NAMES - 0.2, y, family, ha="right", va="center", fontsize=BIG, fontweight="bold")
            axes.barh(y, held[family] * scale, left=0.4 + NAMES, height=0.62 * height, color=canvas.look.color(family), linewidth=0, gid=f"bar:{family}")
            axes.text(0.4 + NAMES + held[family] * scale + 0.15, y, rounded(held[family]), va="center", fontsize=BIG)
    models = bearers(run)
    each = ", ".join(f"{models[family]} {rounded(GIB / held[family] / 1024)} KiB" for family in families)
    notes = (f"What it shows: 1 GiB divided by what an item in flight takes, at {point.label}: {each}.\n"
             "How it was measured: the proportional set size of the process tree at the plateau, above that before the run, divided by the items in flight. Connections, buffers, stacks and frames are in it.\n"
             f"How sure: medians of rounds, shown and not ranked; at {tick(point.in_flight)} in flight what a model costs at all is in it, shared by so many.")
    return Slide("memory", memory_title(held), notes, draw, families)


def chosen(ladders: list[Ladder]) -> list[Ladder]:
    """At most four, those on which families are furthest apart, in the order of the table."""
    def apart(ladder: Ladder) -> float:
        reached = [ladder.share(reach.limit) for reach, _ in shown_of(ladder, FAMILIES) if reach.limit is not None]
        return max(reached) - min(reached) if len(reached) > 1 else -1.0
    kept = sorted(ladders, key=apart, reverse=True)[:MOST_PANELS]
    return [ladder for ladder in ladders if ladder in kept]


def limits_title(ladders: list[Ladder]) -> str:
    families = {reach.family for ladder in ladders for reach in ladder.reaches}
    if len(families) == 1:
        reach, _ = shown_of(ladders[0], FAMILIES)[0]
        return sentence(f"{ladders[0].said}: {listed([reach.family])} {ladders[0].text(reach)}", f"So far {listed([reach.family])} go, axis by axis")
    found = widest(ladders)
    if found is None or found[0] < 1.02:
        return sentence("No family is shown to go further than another")
    factor, ladder, most, least = found
    reached = f"{listed([most.family])} {'reaches' if most.family == 'sequential' else 'reach'}"
    return sentence(f"{ladder.said}: {reached} {ladder.text(most)}, {listed([least.family])} {ladder.text(least)}",
                    f"{ladder.said}: {listed([most.family])} {ladder.text(most)}, {listed([least.family])} {ladder.text(least)}",
                    f"{listed([most.family])} go {times(factor)} as far as {listed([least.family])}, on one axis")


def limits(run: Run) -> Slide | None:
    ladders = chosen(ladders_of(run))
    if bars_of(run) < 2 or not ladders:
        return None
    families = tuple(family for family in FAMILIES if any(reach.family == family for ladder in ladders for reach in ladder.reaches))[-MOST_SERIES:]

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        columns = 1 if len(ladders) == 1 else 2
        rows = -(-len(ladders) // columns)
        height = (BODY_TOP - 0.35) / rows
        for index, ladder in enumerate(ladders):
            left = 0.4 + (index % columns) * 6.15
            draw_panel(canvas, ladder, families, shown, left, BODY_TOP - (index // columns) * height, height, 5.9 if columns > 1 else 12.0)
    found = run.limits
    notes = ("What it shows: the furthest load that each family keeps up with, on a logarithmic scale from the ladder's first rung to its last; ≥ and ≤: the server or the ladder ended first, "
             "so the family may go further.\n" + "\n".join(f"{ladder.said}: " + "; ".join(
                 f"{reach.model} {ladder.text(reach)}, {end_text(reach) or reach.reason}" for reach, _ in shown_of(ladder, families)) for ladder in ladders)
             + f"\nHow it was measured: up by four rungs until one fails, then halves. Of the last that was kept up with two trials do, of the next five do not. {found.trials_done:,} trials.\n"
             "How sure: there are about eight rungs to a decade, and a disturbed trial only ever fails, so the second best of six decides: a rung up or down is noise." + ("" if found.finished else " The search is not finished."))
    return Slide("limits", limits_title(ladders), notes, draw, families)


def draw_panel(canvas: Canvas, ladder: Ladder, families: tuple[str, ...], shown: tuple[str, ...], left: float, top: float, height: float, width: float) -> None:
    axes = canvas.blank(left, top - height, left + width, top)
    row_height = (height - 0.75) / len(families)
    axes.text(left, top - 0.28, cut(ladder.said, TEXT, width, "bold"), fontsize=TEXT, fontweight="bold", va="center")
    start = left + 1.75
    room = width - 1.75 - 2.05  # of the bars: what stands behind them has the rest
    for reach, _ in shown_of(ladder, tuple(family for family in families if family in shown)):
        y = top - 0.75 - (families.index(reach.family) + 0.1) * row_height
        length = 0.03 if reach.limit is None else max(0.03, room * ladder.share(reach.limit))
        axes.text(start - 0.12, y, reach.family, ha="right", va="center", fontsize=TEXT)
        axes.barh(y, length, left=start, height=0.72 * row_height, color=canvas.look.color(reach.family), linewidth=0, hatch="//" if reach.may_go_further else None,
                  edgecolor=canvas.look.color("ground"), gid=f"bar:{ladder.name}:{reach.family}")
        words = f"{ladder.text(reach)}"
        more = SHORT_ENDS.get(reach.ended_by, "")
        axes.text(start + length + 0.12, y, words, va="center", fontsize=TEXT, fontweight="bold")
        if more and not reach.may_go_further:
            at = start + length + 0.12 + width_of(words, TEXT, "bold") + 0.12
            if at + width_of(more, TEXT) <= left + width:
                axes.text(at, y, more, va="center", fontsize=TEXT, color=canvas.look.color("soft"))
