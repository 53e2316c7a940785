"""The family table: how much worse each family is than the best of them, for the loads that stand for their kind.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math

from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from chart import Chart
from look import Look
from provenance import note
from run_data import Run
from sheet import empty_sheet, new_sheet, width_of
from table import Table

HEADING = "The families, beside each other"
MOST_ROWS = 8  # of a picture; the table has all
LEFT, RIGHT = 4.5, 0.35  # margins, in inches of a slide
BIG, SMALL, ROW_NAME = 22, 11, 16  # points of a slide
DEEPEST = 4.0  # the factor from which on a tile is coloured most
STATUSES = {"slow": "slow", "too_slow": "slow", "void": "void", "skipped": "–", "not_run": "–"}


def data_of(run: Run) -> dict:
    """`families` of verdict.json; empty where fewer than two of the run's models stand for families."""
    found = run.verdict.get("families") or {}
    columns = [column for column in found.get("columns", []) if column["model"] in run.models]
    return {**found, "columns": columns} if len(columns) > 1 else {}


def rows_of(run: Run) -> list[dict]:
    """The rows with plain words, or all where none has any; of loads at which somebody is best. Where there are too many, those at which families are
    furthest apart, in the order of the plan."""
    ranked = [row for row in data_of(run).get("rows", []) if row["best"] and row["point"] in run.points]
    told = [row for row in ranked if row["said"]] or ranked
    kept = sorted(told, key=apart, reverse=True)[:MOST_ROWS]
    return [row for row in told if row in kept]


def apart(row: dict) -> float:
    """How far the worst family is from the best: who does not keep up is further than any factor."""
    return max((math.inf if STATUSES.get(cell["status"]) == "slow" else cell.get("factor") or 1.0) for cell in row["cells"])


def columns_of(run: Run, rows: list[dict]) -> list[str]:
    """Models, without those that run none of the rows."""
    cells = [cell for row in rows for cell in row["cells"]]
    able = {cell["model"] for cell in cells if STATUSES.get(cell["status"]) != "–"}
    return [column["model"] for column in data_of(run).get("columns", []) if column["model"] in able]


def factor_text(factor: float) -> str:
    if factor < 1.005:
        return "best"
    if factor < 1.995:
        return f"+{100 * (factor - 1):.0f} %"
    return f"{factor:.1f}×" if factor < 9.95 else f"{factor:.0f}×"


def cell_text(cell: dict) -> str:
    return factor_text(cell["factor"]) if cell["status"] == "valid" else STATUSES[cell["status"]]


def small_text(cell: dict) -> str:
    """The best of the family's other models, and its figure."""
    variant = cell.get("variant")
    return f"{variant['model']} {factor_text(variant['factor'])}" if variant else ""


def tint(look: Look, factor: float) -> str:
    """From the ground to the deepest, by the logarithm of the factor."""
    share = 0.08 + 0.6 * min(1.0, max(0.0, math.log(factor) / math.log(DEEPEST)))
    return to_hex([(1 - share) * ground + share * deep for ground, deep in zip(to_rgb(look.color("ground")), to_rgb(look.color("threads")))])


def name_of(row: dict) -> str:
    name = row["said"] or row["label"]
    return name[:1].upper() + name[1:]


def draw_cell(axes, look: Look, x: float, y: float, cell: dict) -> None:
    valid = cell["status"] == "valid"
    told_apart = not valid or cell["told_apart"] or cell["factor"] < 1.005
    axes.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=tint(look, cell["factor"]) if valid else look.color("unresolved"),
                             edgecolor=look.color("faint"), linewidth=0, hatch=None if told_apart else "//", gid=f"cell:{cell['model']}"))
    small = small_text(cell)
    text = cell_text(cell)
    axes.text(x, y - (0.1 if small else 0), text, ha="center", va="center", fontsize=BIG * look.scale, color=look.color("text"),
              fontweight="bold" if text == "best" else "normal")
    if small:
        size = SMALL * min(1, 1.6 / max(width_of(small, SMALL), 0.1))
        axes.text(x, y + 0.28, small, ha="center", va="center", fontsize=size * look.scale, color=look.color("soft"))


def left_out(run: Run, rows: list[dict]) -> str:
    more = sum(bool(row["best"] and row["said"]) for row in data_of(run)["rows"]) - len(rows)
    return f" Of {len(rows) + more} such loads those at which families are furthest apart." if more > 0 else ""


def title_of(run: Run) -> str:
    sentences = run.verdict.get("sentences") or []
    return sentences[0] if sentences else f"{HEADING}."


def figure(run: Run, look: Look) -> Figure:
    rows = rows_of(run)
    if not rows:
        return empty_sheet(look, HEADING, "No load has a best among two families or more.", note(run, []))
    models = columns_of(run, rows)
    data = data_of(run)
    how = (f"CPU per item (where items compute: time; at a rate: p99 latency) against the best of those that keep up with the load ({data['keeps_up_at']:.0%} of what is "
           f"possible, else slow). Hatched: not told apart from the best ({data['level_percent']:.0f} % interval). "
           f"Families stand as {', '.join(models)}.{left_out(run, rows)}")
    sheet = new_sheet(look, title_of(run), note(run, [run.points[row["point"]] for row in rows], how), left=LEFT, right=RIGHT, bottom=0.1, head=0.55,
                      row_height=0.5 * len(rows))
    axes = sheet.panels[0][0]
    axes.set(xlim=(-0.5, len(models) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_axis_off()
    for y, row in enumerate(rows):
        size = ROW_NAME * min(1, (LEFT - 0.5) / width_of(name_of(row), ROW_NAME))
        axes.text(-0.56, y, name_of(row), ha="right", va="center", fontsize=size * look.scale, color=look.color("text"))
        for x, model in enumerate(models):
            draw_cell(axes, look, x, y, next(cell for cell in row["cells"] if cell["model"] == model))
    for x, model in enumerate(models):
        axes.text(x, -0.62, run.models[model].family, ha="center", va="bottom", fontsize=18 * look.scale, fontweight="bold",
                  color=look.color("text"))
    return sheet.figure


def table(run: Run) -> Table:
    made = Table(["load", "family", "model", "against the best", "least", "most", "told apart", "keeps up", "best variant"])
    for row in data_of(run).get("rows", []):
        for cell in row["cells"]:
            if cell["model"] not in run.models:
                continue
            bounds = [f"{cell[key]:.3f}" if cell.get(key) is not None else "–" for key in ("low", "high")]
            made.rows.append([row["label"], cell["family"], cell["model"], cell_text(cell), *bounds,
                              "yes" if cell.get("told_apart") else "no", cell["keeps_up"] or "–", small_text(cell) or "–"])
    return made


CHART = Chart("families", HEADING, "How much worse each family is than the best, at the loads that stand for their kind", figure, table,
              lambda run: bool(rows_of(run)), leads=True)
