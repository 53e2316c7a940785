"""Draws a map of loads: a tile's colour is the family that leads, its text who and by how much.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from findings import names, why_nobody
from look import Look
from number_text import plain, tick
from plan_data import FAMILIES, Point
from reasons import DIFFERS, PATIENCE, in_common, last_place, pattern, reason_from
from run_data import Run
from sheet import WIDTH, new_sheet, width_of
from table import Table

MOST_FOOTNOTES = 9
MOST_MARKS = 5
TILE_WIDTH = 0.94  # of the distance between columns
MARKS_SIZE = 8  # points of a slide
TEXT_SIZE = 10.5  # the same of what a tile says, at most
LEFT, RIGHT = 3.4, 0.3  # margins, in inches of a slide
UNRANKED = {"void": "void", "skipped": "skipped", "too_slow": "too slow"}  # statuses of cells, in words


@dataclass(frozen=True)
class Map:
    """Loads by row label and column value."""

    x_label: str
    columns: list[float]
    rows: list[tuple[str, dict[float, Point]]]

    def points(self) -> list[Point]:
        return [point for _, row in self.rows for point in row.values()]

    @property
    def room(self) -> float:
        """Inches of a slide for a line in a tile."""
        return TILE_WIDTH * (WIDTH - LEFT - RIGHT) / len(self.columns) - 0.1


class Footnotes:
    """Void, skipped and too slow models of the tiles, numbered: reasons of a model that differ only in their numbers share a footnote."""

    def __init__(self) -> None:
        self.reasons: dict[tuple[str, str, str], list[str]] = {}

    def add(self, model: str, status: str, reason: str) -> int:
        key = (model, status, pattern(reason))
        self.reasons.setdefault(key, []).append(reason)
        return 1 + list(self.reasons).index(key)

    def text(self) -> str:
        lines = [f"[{number}] {model} {status}: {in_common(reasons).rstrip('.')}."
                 for number, ((model, status, _), reasons) in enumerate(self.reasons.items(), start=1)]
        shown, more = " ".join(lines[:MOST_FOOTNOTES]), len(lines) - MOST_FOOTNOTES
        if DIFFERS in shown:
            shown += f" ({DIFFERS}: a number that differs from tile to tile; the report has them.)"
        return shown + (f" And {more} more, in the report." if more > 0 else "")


def any_ended(run: Run, points: list[Point]) -> bool:
    return any(run.trials_of(point.id, model, verdict) for point in points for model in run.models for verdict in ("valid", "void"))


def families_of(run: Run, models: list[str]) -> list[str]:
    present = {run.measured[model].family for model in models if model in run.measured}
    return [family for family in FAMILIES if family in present]


def words_of(verdict: dict) -> list[str]:
    """What a tile says: who, and by how much."""
    kind, leaders, lead = verdict.get("verdict"), verdict.get("leaders") or [], verdict.get("lead_percent")
    ahead = f"+{plain(lead, 2)} %" if lead is not None else ""
    if kind in ("wins", "leading") and len(leaders) == 1:
        return [leaders[0], f"{'wins' if kind == 'wins' else 'leads'} {ahead}".strip()]
    if kind in ("tie", "leading"):
        who = leaders if len(leaders) == 2 else [f"{len(leaders)} models"]
        return [*who, f"{'tie' if kind == 'tie' else 'lead'} {ahead}".strip()]
    if kind == "single" and leaders:
        return [leaders[0], "alone is ranked"]
    if kind == "unresolved":
        needed = verdict.get("rounds_needed")
        return ["unresolved", f"between {len(leaders)}", f"~{needed:,} rounds" if needed else ""]
    return [why_nobody(verdict)]


def is_led(verdict: dict) -> bool:
    """Somebody leads others. A model that alone is ranked leads nobody."""
    return verdict.get("verdict") in ("wins", "leading", "tie") and bool(verdict.get("leaders"))


def is_alone(verdict: dict) -> bool:
    return verdict.get("verdict") == "single" and bool(verdict.get("leaders"))


def draw_tile(run: Run, look: Look, axes: Axes, x: float, y: float, point: Point, notes: Footnotes, room: float) -> None:
    verdict = run.verdicts.get(point.id, {})
    families = families_of(run, leading(run, point))
    shared = len(leading(run, point)) > 1
    width, height = TILE_WIDTH, 0.9
    left, low = x - width / 2, y - height / 2
    for index, family in enumerate(families):
        axes.add_patch(Rectangle((left + index * width / len(families), low), width / len(families), height, linewidth=0,
                                 facecolor=look.color(family), hatch="//" if shared else None, edgecolor=look.color("ground"),
                                 gid=f"tile:{point.id}:{family}"))
    if not families:
        axes.add_patch(Rectangle((left, low), width, height, facecolor=look.color("unresolved"), linewidth=0,
                                 gid=f"tile:{point.id}:none"))
    color = look.on(families[0]) if len(families) == 1 and not shared else look.color("text")
    box = {"facecolor": look.color("ground"), "edgecolor": "none", "pad": 2 * look.scale} if families and shared else None
    words = [word for word in words_of(verdict) if word]
    size = TEXT_SIZE * min(1, room / max(width_of(word, TEXT_SIZE) for word in words))  # a long name must not cover its neighbour
    axes.text(x, y - 0.06, "\n".join(words), ha="center", va="center", color=color, bbox=box, fontsize=size * look.scale, linespacing=1.15,
              gid=f"tiletext:{point.id}")
    marks = fitting(*tile_marks(run, point, notes), room)
    if marks:
        small = {"facecolor": look.color("ground"), "edgecolor": "none", "pad": 1 * look.scale} if families else None
        size = MARKS_SIZE * min(1, room / width_of(marks, MARKS_SIZE))  # of many columns even the shortest is too wide
        axes.text(left + 0.03, low + height - 0.03, marks, ha="left", va="bottom", fontsize=size * look.scale, bbox=small,
                  color=look.color("text"), gid=f"marks:{point.id}")


def why_of(cell: dict) -> str:
    patience = [reason_from(each) for each in cell.get("left_out", []) if each["check"] == PATIENCE]
    return last_place(patience[0]) if cell["status"] == "too_slow" and patience else cell["reason"] or "no reason given"


def unranked(run: Run, point: Point) -> list[tuple[str, str, str]]:
    """Model, status in words and reason of those that were there, or were to be."""
    return [(cell["model"], UNRANKED[cell["status"]], why_of(cell)) for cell in run.verdicts.get(point.id, {}).get("cells", [])
            if cell["status"] in UNRANKED and cell["model"] in run.models]


def lost_rounds(run: Run, point: Point) -> list[str]:
    """Of ranked models, how many rounds count as the worst of all."""
    return [f"{cell['model']}: {cell['rounds_unsustained']} of {len(cell['values'])} rounds counted as lost"
            for cell in run.verdicts.get(point.id, {}).get("cells", [])
            if cell["status"] == "valid" and cell.get("rounds_unsustained") and cell["model"] in run.models]


def not_run(run: Run, point: Point) -> list[str]:
    """Models of an unfinished run that have neither a trial nor a skip here."""
    return [name for name in run.models if (name, point.id) not in run.skips
            and not any(run.trials_of(point.id, name, verdict) for verdict in ("valid", "void", "skipped"))]


def tile_marks(run: Run, point: Point, notes: Footnotes) -> tuple[list[str], list[int]]:
    """Server-limited, what was not run, and the numbers of the footnotes for the models that are not ranked."""
    missing = not_run(run, point)
    numbers = [notes.add(*each) for each in unranked(run, point) if each[0] not in missing]
    words = ["server-limited"] if run.server_limited(point.id) else []
    if missing:
        words.append(f"{len(missing)} not run")
    return words, sorted(set(numbers))


def fitting(words: list[str], numbers: list[int], room: float) -> str:
    """The words and as many of the numbers as there is room for."""
    for count in range(min(len(numbers), MOST_MARKS), 0, -1):
        cited = ", ".join([*map(str, numbers[:count]), *(["…"] if count < len(numbers) else [])])
        text = " ".join([*words, f"[{cited}]"])
        if width_of(text, MARKS_SIZE) <= room:
            return text
    return " ".join([*words, *(["[…]"] if numbers else [])])


def draw(run: Run, look: Look, shown: Map, title: str, make_note) -> Figure:
    """`make_note(words)` answers the small print. The footnotes' length decides how much room they get."""
    notes = Footnotes()
    for point in shown.points():
        tile_marks(run, point, notes)
    sheet = new_sheet(look, title, make_note(notes.text()), left=LEFT, right=RIGHT, bottom=0.8, head=0.6,
                      row_height=0.85 * len(shown.rows), note_lines=7)
    axes = sheet.panels[0][0]
    axes.set_xlim(-0.5, len(shown.columns) - 0.5)
    axes.set_ylim(len(shown.rows) - 0.5, -0.5)
    for y, (_, row) in enumerate(shown.rows):
        for x, column in enumerate(shown.columns):
            if column in row:
                draw_tile(run, look, axes, x, y, row[column], notes, shown.room)
    axes.set_xticks(range(len(shown.columns)), [tick(column) for column in shown.columns])
    axes.set_yticks(range(len(shown.rows)), [label for label, _ in shown.rows], fontsize=11.5 * look.scale)
    axes.tick_params(length=0)
    axes.grid(False)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlabel(shown.x_label)
    put_key(run, look, axes, shown.points())
    return sheet.figure


def leading(run: Run, point: Point) -> list[str]:
    """The models whose families colour the tile."""
    verdict = run.verdicts.get(point.id, {})
    return verdict["leaders"] if is_led(verdict) or is_alone(verdict) else []


def put_key(run: Run, look: Look, axes: Axes, points: list[Point]) -> None:
    """Which colour is which family, and what hatched and grey tiles are: of those that are drawn."""
    led = [leading(run, point) for point in points]
    families = families_of(run, [model for leaders in led for model in leaders])
    key = {family: Rectangle((0, 0), 1, 1, facecolor=look.color(family), linewidth=0) for family in families}
    if any(len(leaders) > 1 for leaders in led):
        key["several models"] = Rectangle((0, 0), 1, 1, facecolor=look.color("void"), hatch="///", edgecolor=look.color("ground"), linewidth=0)
    if not all(led):
        key["no leader"] = Rectangle((0, 0), 1, 1, facecolor=look.color("unresolved"), linewidth=0)
    axes.legend(list(key.values()), list(key), loc="lower left", ncol=len(key),
                bbox_to_anchor=(0, 1.0), borderaxespad=0.4, borderpad=0, handlelength=1.2, handletextpad=0.4, columnspacing=1.3,
                fontsize=11 * look.scale)


def title_of(run: Run, points: list[Point]) -> str:
    """How many of the ranked loads each family leads, alone or with others; loads with one ranked model are told apart."""
    ranked = [point for point in points if is_led(run.verdicts.get(point.id, {}))]
    alone = sum(is_alone(run.verdicts.get(point.id, {})) for point in points)
    rest = f" At {alone} more only one model is ranked." if alone else ""
    if not ranked:
        return "No load of this map has a leader." + rest.replace(" more", "")
    led = {family: sum(family in families_of(run, run.verdicts[p.id]["leaders"]) for p in ranked) for family in FAMILIES}
    best = sorted((family for family in FAMILIES if led[family]), key=lambda family: -led[family])
    parts = [f"{family} {'lead or share the lead at ' if index == 0 else ''}{led[family]}" for index, family in enumerate(best)]
    return f"Of {len(ranked)} ranked load{'s' if len(ranked) > 1 else ''} {names(parts, 5)}.{rest}"


def table_of(run: Run, points: list[Point]) -> Table:
    table = Table(["load", "verdict", "leaders", "lead (%)", "runner-up", "rounds needed", "in words", "not ranked", "rounds lost"])
    for point in points:
        verdict = run.verdicts.get(point.id, {})
        lead = verdict.get("lead_percent")
        missing = [f"{model} {status}: {why}" for model, status, why in unranked(run, point)]
        table.rows.append([point.label, str(verdict.get("verdict", "none")), ", ".join(verdict.get("leaders") or []) or "–",
                           plain(lead, 3) if lead is not None else "–", verdict.get("runner_up") or "–",
                           str(verdict.get("rounds_needed") or "–"), verdict.get("sentence", ""), "; ".join(missing),
                           "; ".join(lost_rounds(run, point))])
    return table
