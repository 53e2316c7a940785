"""Puts everything into one HTML page: pictures inline, tables, reasons; no link leaves it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Any

import jinja2

import charts
import page_data
from comparison import Comparison
from inline_svg import Styles, inline_svg, title_of
from look import HERE, PALETTE, Look
from run_data import Run
from around_run import flat

LOOK = Look("light", "slide")
MOST_BYTES = 4_800_000  # a page that is larger is not mailed
# Charts that are about all loads together; the others stand with the workloads that they show.
ACROSS = ("families", "limits", "winners", "winners_by_cpu_share", "costs", "counterparts", "ratios", "profile", "outcomes", "machine_costs")
FIRST = ("families", "limits", "winners")  # of these those on the first screen, each in a place of its own


@dataclass(frozen=True)
class Place:
    """Where a chart stands: with a workload, or (None) with what is about all. `drawn_of` is the workload that its picture is drawn of alone."""

    chart: str
    workload: str | None = None
    drawn_of: str | None = None


def places_of(run: Run, names: tuple[str, ...]) -> list[Place]:
    """A chart that shows one workload is drawn once; one that shows several is drawn for each, without the others."""
    found = []
    for name in names:
        chart = charts.by_name(name)
        shown = [] if name in ACROSS else [workload for workload in run.workloads if chart.shows(run.of_workload(workload))]
        found += [Place(name, workload, workload if len(shown) > 1 else None) for workload in shown] or [Place(name)]
    return found


def percent_text(percent: float) -> str:
    return f"{percent:g} %"


def left_out(names: tuple[str, ...]) -> str:
    return ", ".join(chart.heading for chart in charts.ALL if chart.name not in names)


def shown_of(run: Run, place: Place, svg: str, number: int, styles: Styles) -> dict[str, Any]:
    """A chart as the template takes it; its title is what it finds."""
    chart = charts.by_name(place.chart)
    own = f"{chart.name}-{number}" if place.drawn_of else chart.name
    title = title_of(svg)
    return {"id": own, "name": chart.name, "heading": chart.heading, "about": chart.about, "workload": place.workload, "title": title,
            "table": chart.table(run.of_workload(place.drawn_of) if place.drawn_of else run), "svg": styles.shared(inline_svg(own, title, chart.about, svg, LOOK.theme))}


def missing_models(run: Run) -> list[str]:
    return [name for name in run.measured if name not in run.models]


def charts_of(run: Run, pictures: dict[Place, str]) -> tuple[list[dict[str, Any]], str]:
    """The charts with their places, and the styles that they share."""
    workloads, styles = list(run.workloads), Styles()
    shown = [shown_of(run, place, svg, workloads.index(place.workload) if place.workload else 0, styles) for place, svg in pictures.items()]
    return shown, styles.css()


def percents_of(verdict: dict[str, Any]) -> dict[str, str]:
    error = verdict.get("error_percent", 5)
    return {"margin": percent_text(verdict["margin_percent"]), "error": percent_text(error), "certainty": percent_text(100 - error),
            "power": percent_text(verdict.get("power_percent", 80))}


def missing_of(run: Run) -> dict[str, Any]:
    """What is not ranked, folded per model."""
    return {"voids": page_data.by_model(page_data.void_rows(run), "trial"), "skips": page_data.by_model(page_data.skip_rows(run), "load"),
            "slow": page_data.by_model(page_data.slow_rows(run), "load"), "void_count": len(run.voids())}


def first_screen_of(run: Run, shown: list[dict[str, Any]]) -> dict[str, Any]:
    return {"first": {**dict.fromkeys(FIRST), **{each["name"]: each for each in shown if each["name"] in FIRST}},
            "family_columns": page_data.family_columns(run), "family_rows": page_data.family_rows(run), "limit_columns": page_data.limit_columns(run),
            "limit_rows": page_data.limit_rows(run), "sentences": run.verdict.get("sentences") or []}


def render(run: Run, comparison: Comparison | None, names: tuple[str, ...], pictures: dict[Place, str], again: str) -> str:
    """`pictures` are the SVGs of places_of(run, names), as drawn in LOOK; `again` is the command that made the page."""
    shown, styles = charts_of(run, pictures)
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True,
                                     undefined=jinja2.StrictUndefined)
    template = environment.get_template("page.html")
    shows = {"run": run, "comparison": comparison, **first_screen_of(run, shown), "across": [each for each in shown if not each["workload"] and each["name"] not in FIRST],
             "parts": [(part, [each for each in shown if each["workload"] == part.workload.name]) for part in page_data.parts_of(run)],
             **missing_of(run), **percents_of(run.verdict), "noise": page_data.noise_rows(run), "environment": flat(run.environment),
             "left_out": left_out(names), "thinned": missing_models(run), "palette": PALETTE, "styles": styles, "again": again,
             "command": shlex.join(map(str, run.plan.get("command") or [])), "done": len(run.trials), "planned": run.planned}
    raw = page_data.raw_data(run)
    for thinner in THINNER:
        page = template.render(**thinner(shows, raw))
        if len(page) <= MOST_BYTES:
            break
    return page


def all_of_it(shows: dict[str, Any], raw: dict[str, str]) -> dict[str, Any]:
    return {**shows, "raw": raw, "spared": ""}


def without_trials(shows: dict[str, Any], raw: dict[str, str]) -> dict[str, Any]:
    return {**shows, "raw": {name: text for name, text in raw.items() if name != "trials"},
            "spared": "The trials' figures are too many for a page: trials.jsonl in the run's directory has them."}


def without_rounds(shows: dict[str, Any], raw: dict[str, str]) -> dict[str, Any]:
    """Pictures without the dots of single rounds, and no verdict."""
    def bare(chart: dict[str, Any] | None) -> dict[str, Any] | None:
        return chart and {**chart, "svg": ROUNDS.sub("", chart["svg"])}

    return {**shows, "first": {name: bare(chart) for name, chart in shows["first"].items()}, "across": [bare(chart) for chart in shows["across"]],
            "parts": [(part, [bare(chart) for chart in its]) for part, its in shows["parts"]],
            "raw": {name: text for name, text in raw.items() if name not in ("trials", "verdict")},
            "spared": "This run is too large for a page with all of it: single rounds are in the picture files alone, verdict.json and trials.jsonl in the run's directory."}


THINNER = (all_of_it, without_trials, without_rounds)
ROUNDS = re.compile(r'<path[^>]* class="rounds"[^>]*/>')
