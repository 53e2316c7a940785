"""Puts everything into one HTML page: pictures inline, tables, reasons; no link leaves it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import shlex
from typing import Any

import jinja2

import charts
from comparison import Comparison
from inline_svg import inline_svg, title_of
from look import HERE, PALETTE, Look
from reasons import pattern, ranged
from run_data import Run
from table import Table

LOOK = Look("light", "slide")


def flat(content: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested JSON as rows of key and value, keys joined by spaces."""
    if isinstance(content, dict):
        return [row for key, value in content.items() for row in flat(value, f"{prefix} {key}".strip())]
    if isinstance(content, list):
        return [(prefix, ", ".join(str(each) for each in content))]
    return [(prefix, str(content))]


def embedded_json(content: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def void_rows(run: Run) -> list[tuple[str, str, str, str, str]]:
    """Model, load, reason, how many trials and what they count as, in the order of the first of each. Reasons that differ in their numbers alone share
    a row."""
    alike: dict[tuple[str, str, str, bool], list[str]] = {}
    for trial in run.voids():
        alike.setdefault((trial.model, run.points[trial.point].label, pattern(trial.why), run.is_lost(trial)), []).append(trial.why)
    return [(model, load, ranged(whys), str(len(whys)), "lost" if lost else "left out") for (model, load, _, lost), whys in alike.items()]


def skip_rows(run: Run) -> list[tuple[str, str, str]]:
    return [(model, run.points[point].label if point in run.points else point, reason)
            for (model, point), reason in run.skips.items()]


def slow_rows(run: Run) -> list[tuple[str, str, str]]:
    return [(model, run.points[point].label, words) for (model, point), words in run.too_slow.items()]


def rounds_of(run: Run, verdict: dict[str, Any]) -> str:
    """What a verdict rests on, where rounds are missing."""
    planned, rests_on = run.verdict["rounds"], verdict.get("rounds", 0)
    return f"{rests_on} of {planned} rounds" if 0 < rests_on < planned else ""


def verdict_rows(run: Run) -> list[dict[str, str]]:
    return [{"label": each.get("label", each["id"]), "verdict": each.get("verdict", ""), "sentence": each.get("sentence", ""),
             "rounds": rounds_of(run, each), "limited": bool(each.get("server_limited"))} for each in run.verdict.get("points", [])]


def compared(comparison: Comparison | None) -> list[tuple[str, Table]]:
    return [("Verdicts", comparison.verdicts()), ("Medians", comparison.medians())] if comparison else []


def percent_text(percent: float) -> str:
    return f"{percent:g} %"


def left_out(names: tuple[str, ...]) -> str:
    return ", ".join(chart.heading for chart in charts.ALL if chart.name not in names)


def render(run: Run, comparison: Comparison | None, names: tuple[str, ...], inline: dict[str, str]) -> str:
    shown = []
    for chart in charts.ALL:
        if chart.name in names:
            title = title_of(inline[chart.name])
            shown.append({"name": chart.name, "heading": chart.heading, "about": chart.about, "leads": chart.leads, "title": title,
                          "table": chart.table(run), "svg": inline_svg(chart.name, title, chart.about, inline[chart.name], LOOK.theme)})
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                                     undefined=jinja2.StrictUndefined)
    return environment.get_template("page.html").render(
        run=run, comparison=comparison, compared=compared(comparison), shown=shown, left_out=left_out(names), palette=PALETTE, verdicts=verdict_rows(run),
        voids=void_rows(run), skips=skip_rows(run), slow=slow_rows(run),
        environment=flat(run.environment), command=shlex.join(run.plan.get("command", [])), verdict_json=embedded_json(run.verdict),
        margin=percent_text(run.verdict["margin_percent"]), error=percent_text(run.verdict["error_percent"]),
        certainty=percent_text(100 - run.verdict["error_percent"]), power=percent_text(run.verdict["power_percent"]), done=len(run.trials), planned=run.planned)
