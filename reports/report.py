#!/usr/bin/python3
"""Draws the charts of a run directory and writes one report.html that needs no network.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

sys.dont_write_bytecode = True  # an installation may be read-only
sys.path.insert(0, str(Path(__file__).resolve().parent))

from scratch import give_matplotlib_a_folder  # noqa: E402

give_matplotlib_a_folder()  # before it is imported

import charts  # noqa: E402
import page  # noqa: E402
from drawing import FORMATS, draw  # noqa: E402
from look import SIZES, THEMES, Look  # noqa: E402
from run_data import Run, UnusableRun, read_run  # noqa: E402

NAMES = tuple(chart.name for chart in charts.ALL)
USAGE_ERROR = 2


class UsageError(Exception):
    """What was asked makes no sense; the text is one line."""


@dataclass(frozen=True)
class Task:
    """One chart in one theme; `for_page` asks for the SVG whatever the formats."""

    chart: str
    look: Look
    formats: tuple[str, ...]


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


def say(text: str) -> None:
    """One print to stdout. What cannot be written there is forgotten, or Python would complain once more at its end."""
    try:
        print(text, flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise OSError(error.errno, error.strerror, "to stdout") from None


def put(file: Path, content: bytes) -> None:
    """Writes it. Errors carry the path, which those of a write (a full disk) do not."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="interleave report", description=__doc__.splitlines()[0],
                                   epilog="Exit status: 0 fine, 2 usage or a directory that is missing or damaged.")
    made.add_argument("directories", nargs="*", type=Path, metavar="DIR",
                      help="a run's directory, such as results/<run>; a second one is compared with it")
    made.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: DIR/report)")
    made.add_argument("--theme", default="both", metavar="|".join((*THEMES, "both")), help="of the picture files (default: both)")
    made.add_argument("--size", default="slide", metavar="|".join(SIZES), help="12.8 or 6.5 inches wide (default: slide)")
    made.add_argument("--format", default="svg,png", metavar=",".join(FORMATS), help="of the picture files (default: svg,png)")
    made.add_argument("--only", default=",".join(NAMES), metavar="CHART,...", help="these charts alone (see --list-charts)")
    made.add_argument("--load", metavar="ID", help="the load that charts of one load show, by its id in plan.json")
    made.add_argument("--json", action="store_true", help="print what was written as one JSON line")
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
    chart = next(each for each in charts.ALL if each.name == task.chart)
    return task, draw(chart, RUN, task.look, task.formats)


def tasks_of(names: tuple[str, ...], themes: tuple[str, ...], size: str, formats: tuple[str, ...]) -> list[Task]:
    """The page's pictures are the light slides, whatever else is asked: CSS turns them dark."""
    looks = {Look(theme, size): formats for theme in themes}
    page_look = page.LOOK
    looks[page_look] = tuple(dict.fromkeys((*looks.get(page_look, ()), "svg")))
    return [Task(name, look, wanted) for name in names for look, wanted in looks.items()]


def write_report(run: Run, other: Run | None, asked: argparse.Namespace) -> list[Path]:
    names = chosen(asked.only, NAMES, "chart")
    formats = chosen(asked.format, FORMATS, "format")
    themes = THEMES if asked.theme == "both" else chosen(asked.theme, THEMES, "theme")
    size = one(asked.size, tuple(SIZES), "size")
    if asked.load is not None:
        run.focus = one(asked.load, tuple(p for p, v in run.verdicts.items() if v.get("pairs") and v.get("leaders")), "load")
    out = asked.out or run.directory / "report"
    out.mkdir(parents=True, exist_ok=True)
    global RUN
    RUN = run
    written, inline = [], {}
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        for task, made in pool.map(perform, tasks_of(names, themes, size, formats)):
            if task.look == page.LOOK:
                inline[task.chart] = made["svg"].decode()
            if task.look.theme not in themes or task.look.size != size:
                continue
            for file_format in formats:
                written.append(out / f"{task.chart}-{task.look.theme}.{file_format}")
                put(written[-1], made[file_format])
    written.append(out / "report.html")
    put(written[-1], page.render(run, other, names, inline).encode())
    return written


def perform_command(asked: argparse.Namespace) -> None:
    if asked.list_charts:
        list_charts(asked.json)
        return
    if not 1 <= len(asked.directories) <= 2:
        raise UsageError("give one run's directory, or two to compare; results/ holds them")
    runs = [read_run(directory) for directory in asked.directories]
    written = write_report(runs[0], runs[1] if len(runs) > 1 else None, asked)
    if asked.json:
        say(json.dumps({"report": str(written[-1]), "files": [str(file) for file in written]}))
    else:
        say(f"{len(written) - 1} pictures and {written[-1]}")


def main(arguments: list[str]) -> int:
    try:
        perform_command(parser().parse_args(arguments))
    except (UsageError, UnusableRun) as error:
        print(f"interleave report: {error}", file=sys.stderr)
        return USAGE_ERROR
    except OSError as error:
        what = f"cannot write {error.filename}: {error.strerror}" if error.filename else str(error)
        print(f"interleave report: {what}", file=sys.stderr)
        return USAGE_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
