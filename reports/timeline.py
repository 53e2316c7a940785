"""`interleave report` of what `interleave trace --out` left: a picture in each theme, and an animation.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

from command import Parser, UsageError, chosen, one, put, refuse
from console import say
from drawing import FORMATS, bytes_of
from look import SIZES, THEMES, Look
from run_data import UnusableRun
from timeline_animation import write_animation
from timeline_data import Trace, read_trace
from timeline_picture import picture_of

ABOUT = "Draws what interleave trace left in a directory: timeline-THEME.svg and .png, and timeline.gif."


def parser() -> argparse.ArgumentParser:
    made = Parser(prog="interleave report", description=ABOUT, epilog="Exit status: 0 fine, 2 usage or a directory that is damaged.")
    made.add_argument("directory", type=Path, metavar="DIR", help="a directory of interleave trace")
    made.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: DIR)")
    made.add_argument("--theme", default="both", metavar="|".join((*THEMES, "both")), help="of the picture files (default: both)")
    made.add_argument("--size", default="slide", metavar="|".join(SIZES), help="12.8 inches wide or 6.5 (default: slide)")
    made.add_argument("--format", default="svg,png", metavar=",".join(FORMATS), help="of the picture files (default: svg,png)")
    made.add_argument("--no-animation", action="store_true", help="no timeline.gif")
    made.add_argument("--json", action="store_true", help="print what was written as one JSON line")
    return made


def write_pictures(trace: Trace, out: Path, asked: argparse.Namespace) -> list[Path]:
    themes = THEMES if asked.theme == "both" else chosen(asked.theme, THEMES, "theme")
    size, written = one(asked.size, tuple(SIZES), "size"), []
    formats = chosen(asked.format, FORMATS, "format")
    out.mkdir(parents=True, exist_ok=True)
    for theme in themes:
        look = Look(theme, size)
        with look.in_force():
            figure = picture_of(trace, look).figure
            for file_format in formats:
                written.append(out / f"timeline-{theme}.{file_format}")
                put(written[-1], bytes_of(figure, file_format))
    if not asked.no_animation:
        written.append(out / "timeline.gif")
        write_animation(trace, Look(themes[0]), written[-1])
    return written


def main(arguments: list[str]) -> int:
    try:
        asked = parser().parse_args(arguments)
        written = write_pictures(read_trace(asked.directory), asked.out or asked.directory, asked)
        names = [str(file) for file in written]
        say(json.dumps({"files": names}) if asked.json else "\n".join(names))
    except (UsageError, UnusableRun) as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}" if error.filename else str(error))
    return 0
