"""The command line of `interleave report`: what is asked, and the files that are written for it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import argparse
import gc
import json
import os
import shlex
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

import charts
import page
import talk
from comparison import Comparison, compare
from console import complain, say
from drawing import FORMATS, draw
from look import SIZES, THEMES, Look
from plan_data import FAMILIES
from run_data import Run, UnusableRun, legible, read_counts, read_limits, read_run

NAMES = tuple(chart.name for chart in charts.ALL)
USAGE_ERROR = 2
ABOUT = "Draws the charts of a run directory and writes one report.html that needs no network."  # no docstring: python -OO has none


class UsageError(Exception):
    """What was asked makes no sense; the text is one line."""


@dataclass(frozen=True)
class Task:
    """One chart in one theme; of one workload's loads alone, or (None) of all."""

    chart: str
    look: Look
    formats: tuple[str, ...]
    workload: str | None = None


def chosen(text: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names in a comma-separated text, in the order of `known`."""
    asked = [name.strip() for name in text.split(",") if name.strip()]
    known_text = ", ".join(known) or "none"
    unknown = [name for name in asked if name not in known]
    if unknown or not asked:
        raise UsageError(f"unknown {what} {', '.join(repr(name) for name in unknown) or repr(text)}; known: {known_text}")
    return tuple(name for name in known if name in asked)


def one(text: str, known: tuple[str, ...], what: str) -> str:
    names = chosen(text, known, what)
    if len(names) > 1:
        raise UsageError(f"one {what} only, not {text!r}; known: {', '.join(known)}")
    return names[0]


class Parser(argparse.ArgumentParser):
    """Usage errors are exceptions of one line, not pages."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")

    def print_help(self, file: TextIO | None = None) -> None:
        say(self.format_help().rstrip("\n"))


def put(file: Path, content: bytes) -> None:
    """Writes it. Errors carry the path, which those of a write (a full disk) do not."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="interleave report", description=ABOUT,
                  epilog="Exit status: 0 fine, 2 usage or a directory that is missing or damaged, 130 interrupted.")
    made.add_argument("directories", nargs="*", type=Path, metavar="DIR",
                      help="a run's directory, such as results/<run>; a second one is what the first is compared with")
    made.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: DIR/report)")
    made.add_argument("--theme", default="both", metavar="|".join((*THEMES, "both")), help="of the picture files (default: both)")
    made.add_argument("--size", default="slide", metavar="|".join(SIZES),
                      help="12.8 inches wide (PNG: 2880 pixels) or 6.5 (default: slide)")
    made.add_argument("--format", default="svg,png", metavar=",".join(FORMATS), help="of the picture files (default: svg,png)")
    made.add_argument("--only", metavar="CHART,...",
                      help="these charts alone (see --list-charts; default: all that the run has something for)")
    made.add_argument("--models", metavar="MODEL,...", help="draw these models alone; verdicts stay those of all that were measured")
    made.add_argument("--families", metavar="FAMILY,...", help=f"the same of families ({', '.join(FAMILIES)}); with --models: both")
    made.add_argument("--load", metavar="ID", help="the load that charts of one load show, by its id in plan.json")
    made.add_argument("--talk", action="store_true", help="write slides for a talk instead: DIR/talk, at most eight, as SVG, PNG, PDF and ODP, with notes")
    made.add_argument("--limits", type=Path, metavar="DIR", help="a directory of `interleave limits`, to be shown beside the run")
    made.add_argument("--counts", type=Path, metavar="FILE", help="what `interleave anatomy --json` printed, for the chart `costs` (default: DIR/counts.json, if it is there)")
    made.add_argument("--json", action="store_true", help="print what was written, and of two runs the comparison, as one JSON line")
    made.add_argument("--list-charts", action="store_true", help="name the charts and end; with --json as JSON")
    return made


def list_charts(as_json: bool) -> None:
    if as_json:
        say(json.dumps([{"name": chart.name, "about": chart.about} for chart in charts.ALL]))
        return
    width = max(map(len, NAMES))
    say("\n".join(f"{chart.name:<{width}}  {chart.about}" for chart in charts.ALL))


RUN: Run | None = None  # set before the pool forks, so that the run is read once


def perform(task: Task) -> tuple[Task, dict[str, bytes]]:
    run = RUN if task.workload is None else RUN.of_workload(task.workload)
    made = draw(charts.by_name(task.chart), run, task.look, task.formats)
    if not gc.isenabled():
        gc.collect()  # figures are full of cycles
    return task, made


def begin_drawing() -> None:
    """In a process of the pool: what was there before it is looked through no more for garbage, and the rest once a chart. An eighth less time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.disable()


def performed(tasks: list[Task]) -> list[tuple[Task, dict[str, bytes]]]:
    """On several cores; here, one after the other, where there can be no pool (a read-only /dev/shm, no more processes)."""
    try:
        pool = ProcessPoolExecutor(min(os.cpu_count() or 1, 4), initializer=begin_drawing)
        try:
            return list(pool.map(perform, tasks))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    except (OSError, ImportError, NotImplementedError, BrokenProcessPool):
        return list(map(perform, tasks))


def tasks_of(names: tuple[str, ...], places: list[page.Place], themes: tuple[str, ...], size: str, formats: tuple[str, ...]) -> list[Task]:
    """Files, and the page's pictures: light slides, whatever else is asked, which CSS turns dark."""
    tasks: dict[tuple[str, Look, str | None], tuple[str, ...]] = {(name, Look(theme, size), None): formats for name in names for theme in themes}
    for place in places:
        key = place.chart, page.LOOK, place.drawn_of
        tasks[key] = tuple(dict.fromkeys((*tasks.get(key, ()), "svg")))
    return [Task(name, look, wanted, workload) for (name, look, workload), wanted in tasks.items()]


def with_something_to_show(run: Run) -> tuple[str, ...]:
    return tuple(chart.name for chart in charts.ALL if chart.shows(run) and (not run.searches or chart.of_searches))


def thinned(run: Run, models: str | None, families: str | None) -> Run:
    """The run with the models asked for alone; all of them where neither is asked."""
    if models is None and families is None:
        return run
    named = chosen(models, tuple(run.models), "model") if models is not None else ()
    of = chosen(families, FAMILIES, "family") if families is not None else ()
    kept = [name for name, model in run.models.items() if name in named or model.family in of]
    if not kept:
        present = [family for family in FAMILIES if any(model.family == family for model in run.models.values())]
        raise UsageError(f"no model of {families} in this run; it has {', '.join(present)}")
    return run.of_models(kept)


def again(asked: argparse.Namespace) -> str:
    """The command that makes this page; where it is written and how pictures look is no part of it."""
    options = [(f"--{name}", value) for name in ("limits", "counts", "models", "families", "load", "only") if (value := getattr(asked, name)) is not None]
    return legible(shlex.join(["interleave", "report", *map(str, asked.directories), *(str(part) for option in options for part in option)]))


def write_report(run: Run, comparison: Comparison | None, asked: argparse.Namespace) -> list[Path]:
    names = chosen(asked.only, NAMES, "chart") if asked.only is not None else with_something_to_show(run)
    formats = chosen(asked.format, FORMATS, "format")
    themes = THEMES if asked.theme == "both" else chosen(asked.theme, THEMES, "theme")
    size = one(asked.size, tuple(SIZES), "size")
    if asked.load is not None:
        run.focus = one(asked.load, tuple(p for p, v in run.verdicts.items() if v.get("pairs") and v.get("leaders")), "load")
    out = asked.out or run.directory / "report"
    out.mkdir(parents=True, exist_ok=True)
    global RUN
    RUN = run
    places = page.places_of(run, names)
    written, inline = [], {}
    for task, made in performed(tasks_of(names, places, themes, size, formats)):
        if task.look == page.LOOK and "svg" in made:
            inline[task.chart, task.workload] = made["svg"].decode()
        if task.workload is not None or task.look.theme not in themes or task.look.size != size:
            continue
        for file_format in formats:
            written.append(out / f"{task.chart}-{task.look.theme}.{file_format}")
            put(written[-1], made[file_format])
    written.append(out / "report.html")
    put(written[-1], page.render(run, comparison, names, {place: inline[place.chart, place.drawn_of] for place in places}, again(asked)).encode("utf-8", "replace"))
    return written


def without_searches(runs: list[Run]) -> list[Run]:
    for run in runs:
        if run.searches:
            raise UsageError(f"{run.directory} is one of `interleave limits`, which has no verdicts to compare; `--limits {run.directory}` shows it beside a run")
    return runs


def with_limits(run: Run, directory: Path | None) -> Run:
    if directory is not None:
        run.limits = read_limits(directory)
    return run


def with_counts(run: Run, file: Path | None) -> Run:
    if file is not None:
        run.counts = read_counts(file)
    return run


def refuse_what_is_of_charts(asked: argparse.Namespace) -> None:
    """A talk has slides, not charts."""
    usual = parser()
    for option in ("only", "format", "size", "load", "counts"):
        if getattr(asked, option) != usual.get_default(option):
            raise UsageError(f"--talk has no --{option}: its slides are those that the run has something for, as SVG, PNG, PDF and ODP")


def write_talk(run: Run, asked: argparse.Namespace) -> int:
    themes = THEMES if asked.theme == "both" else chosen(asked.theme, THEMES, "theme")
    out = asked.out or run.directory / "talk"
    written, made, missing = talk.write(run, out, themes, put)
    left_out = dict(made.left_out)
    if asked.json:
        say(json.dumps({"talk": str(out), "files": [str(file) for file in written], "slides": [{"name": slide.name, "title": slide.title} for slide in made.slides],
                        "left_out": left_out}))
    else:
        titles = [f"{number}. {slide.title}" for number, slide in enumerate(made.slides, start=1)]
        say("\n".join([*titles, *(f"Left out: {name}: {why}." for name, why in left_out.items()), f"{len(written)} files in {out}"]))
    if missing:
        complain(missing)
    return USAGE_ERROR if missing else 0


def perform_command(asked: argparse.Namespace) -> int:
    if asked.list_charts:
        list_charts(asked.json)
        return 0
    if asked.talk and len(asked.directories) != 1:
        raise UsageError("a talk is of one run's directory; results/ holds them")
    if asked.talk:
        refuse_what_is_of_charts(asked)
    if not 1 <= len(asked.directories) <= 2:
        raise UsageError("give one run's directory, or two to compare; results/ holds them")
    runs = [thinned(read_run(directory), asked.models, asked.families) for directory in asked.directories[:1]]
    runs += [read_run(directory) for directory in asked.directories[1:]]
    runs[0] = with_limits(runs[0], asked.limits)
    runs[0] = with_counts(runs[0], asked.counts)
    if asked.talk:
        return write_talk(runs[0], asked)
    comparison = compare(*without_searches(runs)) if len(runs) > 1 else None
    written = write_report(runs[0], comparison, asked)
    if asked.json:
        compared = {"comparison": comparison.as_json()} if comparison else {}
        say(json.dumps({"report": str(written[-1]), "files": [str(file) for file in written], **compared}))
    else:
        say("\n".join([*(comparison.as_text() if comparison else []), f"{len(written) - 1} pictures and {written[-1]}"]))
    return 0


def main(arguments: list[str]) -> int:
    try:
        return perform_command(parser().parse_args(arguments))
    except (UsageError, UnusableRun) as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}" if error.filename else str(error))


def refuse(why: str) -> int:
    complain(why)
    return USAGE_ERROR
