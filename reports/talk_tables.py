"""Slides of words and tables: the question, callbacks against coroutines, and where each family wins.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from matplotlib.patches import Rectangle

from charts.families import cell_text, columns_of, data_of, name_of, rows_of, tint
from number_text import plain, put_log_ticks, tick
from run_data import Run
from talk_canvas import BIG, BODY_TOP, TEXT, Canvas, Slide, cut, fitted
from family_data import bearers
from family_words import count, listed, sentence

MOST_PAIRS = 6


def question(run: Run) -> Slide:
    models = bearers(run)
    loads = len(run.points)
    done = sum(trial.verdict == "valid" for trial in run.trials)
    title = f"How far does each of {count(len(models))} families go" if run.searches else f"Which of {count(len(models))} families suits which load" if len(models) > 1 else f"What {'does' if 'sequential' in models else 'do'} {listed(list(models))} cost at which load"

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        axes = canvas.blank(0.4, 0.3, 12.4, BODY_TOP)
        for row, (family, model) in enumerate(models.items()):
            y = BODY_TOP - 0.5 - row * 0.72
            axes.add_patch(Rectangle((0.5, y - 0.2), 0.4, 0.4, facecolor=canvas.look.color(family), linewidth=0))
            axes.text(1.2, y, family, fontsize=26, fontweight="bold", va="center")
            axes.text(4.2, y, cut(model, BIG, 8.0), fontsize=BIG, va="center", color=canvas.look.color("soft"))
        words = [f"{loads:,} load{'s' if loads != 1 else ''}, {done:,} trial{'s' if done != 1 else ''}, each in a fresh process,", "and each proven: every outcome, every request."]
        axes.text(0.5, 1.15, "\n".join(words), fontsize=BIG, va="center", linespacing=1.4)
    notes = ("What it shows: the families that are compared, and the model that stands for each, named beforehand and never by result.\n"
             f"How it was measured: run {run.name}, {size_of(run)}, against a server whose delays and errors are drawn from a seed ({run.plan.get('seed', '?')}) and counted.\n"
             f"How sure: {len(run.voids()):,} of {len(run.trials):,} trials failed a proof or did not keep the load up, and are not counted as valid.")
    return Slide("question", sentence(title)[:-1] + "?", notes, draw)


def size_of(run: Run) -> str:
    return f"{len(run.trials):,} trials" if run.searches else f"{run.plan.get('rounds', '?')} rounds in random order"


@dataclass(frozen=True)
class Pair:
    """How many times the CPU of a callback a coroutine takes; above 1 it costs more."""

    name: str
    ratio: float
    low: float | None
    high: float | None
    loads: int


def declared(run: Run) -> list[dict]:
    """Pairs of one library, as a model declares them; a is the one with callbacks."""
    found = []
    for each in (run.verdict.get("families") or {}).get("counterparts", []):
        families = [run.models[each[key]].family if each[key] in run.models else "" for key in ("a", "b")]
        if each["cpu_ratio"] and sorted(families) == ["callbacks", "coroutines"]:
            found.append(each if families[0] == "callbacks" else turned(each))
    return found[:MOST_PAIRS]


def turned(each: dict) -> dict:
    one_over = {key: 1 / each[key] if each[key] else None for key in ("cpu_ratio", "low", "high")}
    return {**each, "a": each["b"], "b": each["a"], "cpu_ratio": one_over["cpu_ratio"], "low": one_over["high"], "high": one_over["low"]}


def pairs_of(run: Run) -> tuple[list[Pair], str, str]:
    """What is shown, on what it is told, and which they are: two declared pairs or more; one, load by load; or those who stand for the families."""
    known = declared(run)
    if len(known) > 1:
        pairs = [Pair(f"{each['b']} / {each['a']}", each["cpu_ratio"], each["low"], each["high"], each["loads"]) for each in known]
        return pairs, "on the same library", "Each pair is of one library, and differs in nothing but callbacks and coroutines: the median of the loads that both keep up with, with its interval over loads."
    models = bearers(run)
    a, b = (known[0]["a"], known[0]["b"]) if known else (models.get("callbacks"), models.get("coroutines"))
    if not a or not b:
        return [], "", ""
    which = f"{b} against {a}, load by load: the middle round, and a bar from the least to the most. "
    same = "They are of one library, and differ in nothing else." if known else "They are of different libraries, so the style is not all that differs."
    return by_load(run, a, b), "on the same library" if known else "here", which + same


def by_load(run: Run, a: str, b: str) -> list[Pair]:
    """Load by load, where both keep up: the middle round, the least and the most."""
    found = []
    for row in rows_of(run):
        ratios = round_ratios(run, row["point"], a, b)
        if ratios and all(run.status(row["point"], model) == "valid" for model in (a, b)):
            found.append(Pair(name_of(row), ratios[len(ratios) // 2], ratios[0], ratios[-1], 1))
    return found[:MOST_PAIRS]


def round_ratios(run: Run, point: str, a: str, b: str) -> list[float]:
    """Ascending, of the rounds that both have."""
    costs = [{trial.round: value for trial in run.trials_of(point, model) if (value := trial.value("cpu_per_item_ns"))} for model in (a, b)]
    return sorted(costs[1][each] / costs[0][each] for each in costs[0] if each in costs[1])


def pairs_title(pairs: list[Pair], what: str) -> str:
    kind = "loads" if all(pair.loads == 1 for pair in pairs) else "pairs"
    told = [pair for pair in pairs if pair.low is not None and pair.high is not None]
    dearer = [pair for pair in told if pair.low > 1]
    cheaper = [pair for pair in told if pair.high < 1]
    least, most = (100 * (pick(pair.ratio for pair in pairs) - 1) for pick in (min, max))
    if told and len(dearer) == len(pairs):
        return sentence(f"A coroutine costs {between(least, most)} % more CPU than a callback {what}", f"{what}, coroutines cost {between(least, most)} % more CPU than callbacks")
    if told and len(cheaper) == len(pairs):
        return sentence(f"A coroutine costs {between(-most, -least)} % less CPU than a callback {what}", f"{what}, coroutines cost {between(-most, -least)} % less CPU than callbacks")
    if dearer or cheaper:
        return sentence(f"Coroutines cost more CPU than callbacks at {len(dearer)} of {len(pairs)} {kind}, less at {len(cheaper) or 'none'}")
    return sentence(f"Coroutines and callbacks are not told apart {what}")


def between(low: float, high: float) -> str:
    one, other = (tick(round(value, 1) if value < 10 else round(value)) for value in (low, high))
    return one if one == other else f"{one} to {other}"


def against(run: Run) -> Slide | None:
    pairs, what, which = pairs_of(run)
    if len(pairs) < 2:
        return None

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        draw_pairs(canvas, pairs)
    notes = ("What it shows: how many times the CPU of a callback a coroutine takes; right of the line it takes more. " + which + "\n"
             "How it was measured: CPU per item of the whole process tree, both in the same round, so that what changes slowly on the machine is left out.\n"
             "How sure: " + "; ".join(f"{pair.name}: {plain(pair.ratio)} [{ends(pair)}]" for pair in pairs) + ".")
    return Slide("callbacks_coroutines", pairs_title(pairs, what), notes, draw)


def ends(pair: Pair) -> str:
    return "no interval" if pair.low is None or pair.high is None else f"{plain(pair.low)}, {plain(pair.high)}"


def draw_pairs(canvas: Canvas, pairs: list[Pair]) -> None:
    look, names, right = canvas.look, 5.2, 11.0
    axes = canvas.axes(names, 1.15, right, BODY_TOP)
    values = [1.0, *(value for pair in pairs for value in (pair.ratio, pair.low, pair.high) if value)]
    low, high = min(min(values) / 1.04, 0.9), max(max(values) * 1.04, 1.1)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    put_log_ticks(axes.xaxis, low, high, lambda at: f"{at:g}×")
    axes.set_ylim(len(pairs) - 0.4, -0.6)
    axes.set_yticks([])
    axes.axvline(1, color=look.color("text"), linewidth=2)
    axes.set_xlabel("CPU of a coroutine, to that of a callback")
    for row, pair in enumerate(pairs):
        y = BODY_TOP - (row + 0.6) * (BODY_TOP - 1.15) / (len(pairs) + 0.2)
        canvas.write(names - 0.2, y, "\n".join(fitted(pair.name, TEXT, names - 0.7, 2)), ha="right")
        if pair.low and pair.high:
            axes.plot([pair.low, pair.high], [row, row], color=look.color("text"), linewidth=3, zorder=2, gid=f"interval:{row}")
        axes.plot([pair.ratio], [row], "o", color=look.color("coroutines"), markersize=14, zorder=3, gid=f"ratio:{row}")
        canvas.write(right + 0.2, y, f"{100 * (pair.ratio - 1):+.0f} %", BIG, fontweight="bold")


def families(run: Run) -> Slide | None:
    rows = rows_of(run)
    if len(rows) < 2:
        return None
    models = columns_of(run, rows)
    if len(models) < 2:
        return None

    def draw(canvas: Canvas, shown: tuple[str, ...]) -> None:
        draw_families(run, canvas, rows, models)
    data = data_of(run)
    notes = ("What it shows: how much worse each family is than the best of those that keep up with the load: CPU per item; where items compute, time; at a rate, p99 latency. Slow: it does not keep up "
             f"({100 * data['keeps_up_at']:.0f} % of what is possible). Hatched: not told apart from the best.\n"
             f"How it was measured: the families stand as {', '.join(models)}, named beforehand; all in the same rounds.\n"
             f"How sure: intervals of {data['level_percent']:.0f} % a pair, over {run.verdict.get('rounds', '?')} rounds.")
    return Slide("families", families_title(run, rows, models), notes, draw)


def best_of(row: dict) -> set[str]:
    """The best, and who is not told apart from it."""
    return {cell["model"] for cell in row["cells"] if cell["status"] == "valid" and (cell["factor"] < 1.005 or not cell["told_apart"])}


def families_title(run: Run, rows: list[dict], models: list[str]) -> str:
    led = {model: sum(model in best_of(row) for row in rows) for model in models}
    most = max(led.values())
    best = [run.models[model].family for model in models if led[model] == most]
    rest = [f"{listed([run.models[model].family])} at {led[model]}" for model in sorted(models, key=led.get, reverse=True) if 0 < led[model] < most]
    ahead = f"{listed(best)} {'is' if best == ['sequential'] else 'are'} best or as good at {most} of {len(rows)} loads"
    short = f"{len(best)} families are best or as good at {most} of {len(rows)} loads"
    return sentence(*(", ".join([ahead, *rest[:count]]) for count in range(len(rest), -1, -1)), short)


def draw_families(run: Run, canvas: Canvas, rows: list[dict], models: list[str]) -> None:
    look = canvas.look
    width = min(1.75, 7.4 / len(models))
    left = 12.4 - width * len(models)
    axes = canvas.blank(0.3, 0.25, 12.4, BODY_TOP)
    height = min(0.8, (BODY_TOP - 0.25 - 0.5) / len(rows))
    for column, model in enumerate(models):
        axes.text(left + (column + 0.5) * width, BODY_TOP - 0.22, cut(run.models[model].family, TEXT, width - 0.05), ha="center", va="center", fontsize=TEXT)
    for place, row in enumerate(rows):
        y = BODY_TOP - 0.5 - (place + 0.5) * height
        axes.text(left - 0.15, y, "\n".join(fitted(name_of(row), TEXT, left - 0.55, 1 if height < 0.58 else 2)), ha="right", va="center", fontsize=TEXT, linespacing=1.05)
        for column, model in enumerate(models):
            draw_cell(axes, look, left + column * width, y, width, height, next(cell for cell in row["cells"] if cell["model"] == model))


def draw_cell(axes, look, x: float, y: float, width: float, height: float, cell: dict) -> None:
    valid = cell["status"] == "valid"
    apart = not valid or cell["told_apart"] or cell["factor"] < 1.005
    axes.add_patch(Rectangle((x + 0.03, y - 0.46 * height), width - 0.06, 0.92 * height, facecolor=tint(look, cell["factor"]) if valid else look.color("unresolved"),
                             edgecolor=look.color("faint"), linewidth=0, hatch=None if apart else "//", gid=f"cell:{cell['model']}"))
    text = cell_text(cell)
    box = None if apart else {"facecolor": tint(look, cell["factor"]), "edgecolor": "none", "pad": 1.5}
    axes.text(x + width / 2, y, text, ha="center", va="center", fontsize=BIG, fontweight="bold" if text == "best" else "normal", bbox=box)
