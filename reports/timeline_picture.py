"""The picture of a trace: models below each other on one axis of time, their lanes above their threads.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from look import Look
from number_text import seconds_text
from sheet import HEIGHT, NOTE_COLUMNS, TITLE_SIZE, WIDTH, lines_of, title_lines_of, width_of
from timeline_data import Item, Thread, Trace, TracedModel

LANE, THREAD, HEAD, GAP = 0.3, 0.19, 0.32, 0.12  # inches of a slide: rows, a model's heading, the room between its two kinds of rows
LEFT, RIGHT, AXIS = 1.25, 0.35, 0.62
MOST_THREADS = 12  # rows a model; more are counted
SHADES = {"waits": 0.22, "unread": 0.22, "mixes": 0.45, "connects": 0.5, "reads": 0.62, "computes": 1.0}  # of the family's colour, on the ground
KEY = ((("waits",), "waits"), (("mixes",), "waits or computes"), (("unread",), "its reply lies unread"), (("reads", "connects"), "reads or connects"), (("computes",), "computes"),
       (("runs",), "thread runs"))


def time_text(ms: float) -> str:
    return seconds_text(ms / 1e3)


def range_text(models: list[TracedModel]) -> str:
    times = [time_text(min(model.took for model in models)), time_text(max(model.took for model in models))]
    return " to ".join(dict.fromkeys(times))


def title_of(trace: Trace) -> str:
    """How long it took one after another, and at a time. Who was the fastest of these is not for one traced run to say."""
    single = [model for model in trace.models if model.in_flight == 1]
    several = [model for model in trace.models if model.in_flight > 1]
    parts = []
    if single:
        parts.append(f"one after another {range_text(single)}")
    if several:
        parts.append(f"{max(model.in_flight for model in several)} at a time {range_text(several)}")
    return f"{trace.items} items of {trace.workload}: {', '.join(parts)}."


def note_of(trace: Trace) -> str:
    call, error = (max(getattr(model, key) for model in trace.models) for key in ("call_ns", "clock_error_ns"))
    parts = [f"One run a model under strace, seed {trace.seed}: a picture, no measurement of speed. A system call takes its thread some "
             f"{seconds_text(call / 1e9)} here; calls and records are on one clock within {seconds_text(error / 1e9)}. "
             "A number stands where its item begins. A mark on a thread is a time in which it runs, or waits for a core."]
    parts += [f"{model.name}: {note}" for model in trace.models for note in model.notes]
    if trace.skipped:
        parts.append(f"Skipped: {', '.join(trace.skipped)}.")
    return " ".join(parts)


def tint(look: Look, color: str, share: float) -> str:
    return to_hex([(1 - share) * ground + share * deep for ground, deep in zip(to_rgb(look.color("ground")), to_rgb(look.color(color)))])


def shown_threads(model: TracedModel) -> tuple[Thread, ...]:
    return model.threads[:MOST_THREADS]


def height_of(model: TracedModel) -> float:
    return LANE * len(model.lanes) + GAP + THREAD * len(shown_threads(model))


@dataclass(frozen=True)
class Picture:
    """A figure, and the axes of each model in it."""

    figure: Figure
    panels: list[Axes]


def edge_of(look: Look, color: str, what: str) -> dict:
    """Hatched, where something is there for nobody."""
    return {"edgecolor": look.color(color), "hatch": "////", "linewidth": 0} if what == "unread" else {"edgecolor": "none"}


def put_item(axes: Axes, look: Look, model: TracedModel, item: Item, top: float) -> None:
    for span in item.stages:
        axes.add_patch(Rectangle((span.begin, top + 0.04), span.end - span.begin, LANE - 0.08, facecolor=tint(look, model.family, SHADES[span.what]),
                                 **edge_of(look, model.family, span.what), gid=f"{span.what}:{model.name}:{item.number}"))
    axes.plot([item.begin, item.begin], [top + 0.02, top + LANE - 0.02], color=look.color(model.family), linewidth=2 * look.scale)
    deep = item.stages and SHADES[item.stages[0].what] > 0.6
    axes.annotate(str(item.number), (item.begin, top + LANE / 2), (4 * look.scale, 0), textcoords="offset points", ha="left", va="center_baseline",
                  fontsize=11 * look.scale, color=look.on(model.family) if deep else look.color("text"), clip_on=True)


def put_thread(axes: Axes, look: Look, model: TracedModel, thread: Thread, top: float) -> None:
    middle = top + THREAD / 2
    axes.plot([thread.begin, thread.end], [middle, middle], color=look.color("faint"), linewidth=1.2 * look.scale, solid_capstyle="butt", zorder=1)
    for span in thread.states:
        if span.what == "runs":  # an edge of its own keeps the shortest one visible
            axes.add_patch(Rectangle((span.begin, top + 0.03), span.end - span.begin, THREAD - 0.06, facecolor=look.color("soft"),
                                     edgecolor=look.color("soft"), linewidth=0.7 * look.scale, zorder=2, gid=f"runs:{model.name}:{thread.name}"))


def put_rows(axes: Axes, look: Look, model: TracedModel, empty: bool) -> None:
    places, labels = [], []
    lanes = model.lanes
    for row, lane in enumerate(lanes):
        places.append(LANE * (row + 0.5))
        labels.append(f"lane {lane}")
        for item in model.items:
            if item.lane == lane and not empty:
                put_item(axes, look, model, item, LANE * row)
    for row, thread in enumerate(shown_threads(model)):
        top = LANE * len(lanes) + GAP + THREAD * row
        places.append(top + THREAD / 2)
        labels.append(thread.name)
        if not empty:
            put_thread(axes, look, model, thread, top)
    axes.set_yticks(places, labels)
    for row, label in enumerate(axes.get_yticklabels()):
        label.set_fontsize((12 if row < len(lanes) else 10) * look.scale)
        label.set_color(look.color("text" if row < len(lanes) else "soft"))


def counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def heading_of(model: TracedModel) -> str:
    parts = ["one at a time" if model.in_flight == 1 else f"{model.in_flight} in flight"]
    if model.processes > 1:
        parts.append(f"{model.processes} processes")
    if len(model.threads) > model.processes or model.processes == 1:
        parts.append(counted(len(model.threads), "thread", "threads"))
    if hidden := len(model.threads) - len(shown_threads(model)):
        parts.append(f"{hidden} of them not shown")
    if turns := sum(thread.turns for thread in model.threads):
        parts.append(counted(turns, "turn of a loop", "turns of loops"))
    return ", ".join((*parts, f"done in {time_text(model.took)}"))


def put_heading(axes: Axes, look: Look, model: TracedModel) -> None:
    name = axes.annotate(model.name, (0, 1), (0, 6 * look.scale), xycoords="axes fraction", textcoords="offset points", ha="left", va="bottom",
                         fontsize=14 * look.scale, fontweight="bold", color=look.color(model.family), annotation_clip=False)
    axes.annotate(heading_of(model), (1, 0), (10 * look.scale, 0), xycoords=name, textcoords="offset points", ha="left", va="bottom",
                  fontsize=12 * look.scale, color=look.color("soft"), annotation_clip=False)


def put_key(figure: Figure, look: Look, trace: Trace, top: float, height: float) -> None:
    """What the shades mean that occur, in no family's colour."""
    occur = {span.what for model in trace.models for item in model.items for span in item.stages} | {"runs"}
    at = LEFT
    for kinds, words in KEY:
        if not occur & set(kinds):
            continue
        is_thread = kinds[0] == "runs"
        color = look.color("soft") if is_thread else tint(look, "text", SHADES[kinds[0]] * 0.9)
        high = THREAD - 0.06 if is_thread else LANE - 0.08
        figure.add_artist(Rectangle((at / WIDTH, 1 - (top + 0.1 + high / 2) / height), 0.32 / WIDTH, high / height, facecolor=color, **edge_of(look, "text", kinds[0]),
                                    transform=figure.transFigure))
        figure.text((at + 0.4) / WIDTH, 1 - (top + 0.1) / height, words, va="center", ha="left", fontsize=12 * look.scale)
        at += 0.75 + width_of(words, 12)


def picture_of(trace: Trace, look: Look, empty: bool = False) -> Picture:
    """`empty`: everything but what happened, for an animation to begin with."""
    scale = look.scale
    title, small_print = title_lines_of(title_of(trace)), lines_of(note_of(trace), NOTE_COLUMNS, 5)
    head, foot = 0.35 + 0.36 * len(title), 0.22 + 0.19 * len(small_print)
    rows = sum(height_of(model) + HEAD for model in trace.models) + 0.2 * len(trace.models)
    height = max(HEIGHT * 0.6, head + 0.35 + rows + AXIS + foot)
    figure = Figure(figsize=(WIDTH * scale, height * scale))
    figure.text(0.3 / WIDTH, 1 - 0.28 / height, "\n".join(title), va="top", ha="left", linespacing=1.25, fontsize=TITLE_SIZE * scale,
                fontweight="bold", gid="title")
    figure.text(0.3 / WIDTH, 0.14 / height, "\n".join(small_print), va="bottom", ha="left", linespacing=1.3, fontsize=10 * scale,
                color=look.color("soft"), gid="note")
    put_key(figure, look, trace, head, height)
    panels, top = [], head + 0.35
    for model in trace.models:
        top += HEAD
        own = height_of(model)
        axes = figure.add_axes((LEFT / WIDTH, 1 - (top + own) / height, 1 - (LEFT + RIGHT) / WIDTH, own / height))
        axes.set(xlim=(0, trace.longest * 1.01), ylim=(own, 0))
        put_rows(axes, look, model, empty)
        put_heading(axes, look, model)
        axes.grid(False, axis="y")
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_visible(model is trace.models[-1])
        axes.tick_params(axis="y", length=0)
        axes.tick_params(axis="x", labelbottom=False, length=0)
        panels.append(axes)
        top += own + 0.2
    panels[-1].tick_params(axis="x", labelbottom=True, length=4 * scale)
    panels[-1].set_xlabel("ms since the run's start")
    return Picture(figure, panels)
