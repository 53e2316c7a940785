"""`interleave report --talk`: which slides a run has something for, and the files that they become.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import io
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import matplotlib.style
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from drawing import METADATA, bytes_of
from look import HERE, Look
from run_data import Run
from talk_bars import limits, memory
from talk_canvas import Canvas, Slide
from talk_lines import cpu, keeps_up
from talk_tables import against, families, question
from talk_trap import trap

MOST_SLIDES = 8
ODP_DPI = 150  # of pictures in the presentation: 1920 x 1080
# Each with what is missing where a run has nothing for it.
SLIDES = ((question, ""), (keeps_up, "no loads that wait at two numbers in flight or more"), (cpu, "no CPU figures at two numbers in flight or more"),
          (memory, "no load at which two families measured memory"), (trap, "no loads that wait and compute in two shares or more"),
          (limits, "no limits (--limits DIR: a directory of `interleave limits`)"), (against, "no two loads that callbacks and coroutines both keep up with"),
          (families, "no two loads with a best among two families or more"))


@dataclass(frozen=True)
class Talk:
    slides: tuple[Slide, ...]
    left_out: tuple[tuple[str, str], ...]  # name, and why


def talk_of(run: Run) -> Talk:
    """In order. A run of `interleave limits` has no rounds, so it has the slides of its limits alone."""
    slides, left_out = [], []
    for make, why in SLIDES:
        has_none = run.searches and make not in (question, limits)
        slide = None if has_none else make(run)
        why = "a search has no rounds of one load" if has_none else why
        if slide is None:
            left_out.append((make.__name__.replace("against", "callbacks_coroutines").replace("trap", "cpu_trap"), why))
        else:
            slides.append(slide)
    return Talk(tuple(slides[:MOST_SLIDES]), tuple(left_out))


def in_force(look: Look):
    return matplotlib.style.context([HERE / "talk.mplstyle", HERE / f"{look.theme}.mplstyle"], after_reset=True)


def figure_of(slide: Slide, look: Look, step: int, titled: bool = True) -> Figure:
    """Inside in_force(look). The last step is the whole slide."""
    canvas = Canvas(look)
    slide.draw(canvas, slide.steps[step])
    if titled:
        canvas.put_title(slide.title)
    return canvas.figure


@dataclass(frozen=True)
class Frame:
    """One step of one slide in one theme."""

    slide: int
    step: int
    theme: str
    last: bool

    def name(self, talk: Talk) -> str:
        step = "" if self.last else f"-step{self.step + 1}"
        return f"{self.slide + 1:02}-{talk.slides[self.slide].name}{step}-{self.theme}"


TALK: Talk | None = None  # set before the pool forks


def perform(frame: Frame) -> dict[str, bytes]:
    """SVG, PNG, and the picture of the presentation, which has its title as text."""
    slide, look = TALK.slides[frame.slide], Look(frame.theme)
    with in_force(look):
        figure = figure_of(slide, look, frame.step)
        made = {each: bytes_of(figure, each) for each in ("svg", "png")}
        for title in figure.findobj(lambda artist: artist.get_gid() == "title"):
            title.set_visible(False)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=ODP_DPI, metadata=METADATA["png"])
        return {**made, "picture": out.getvalue()}


def performed(frames: list[Frame]) -> list[dict[str, bytes]]:
    """On several cores; one after the other where there can be no pool."""
    try:
        pool = ProcessPoolExecutor(min(os.cpu_count() or 1, 4), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN))
        try:
            return list(pool.map(perform, frames))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    except (OSError, ImportError, NotImplementedError, BrokenProcessPool):
        return list(map(perform, frames))


def pdf_of(talk: Talk, look: Look) -> bytes:
    """A page a slide."""
    out = io.BytesIO()
    with in_force(look), PdfPages(out, metadata=METADATA["pdf"]) as pages:
        for slide in talk.slides:
            pages.savefig(figure_of(slide, look, len(slide.steps) - 1))
    return out.getvalue()


def notes_of(slide: Slide) -> bytes:
    return f"{slide.title}\n\n{slide.notes}\n".encode("utf-8", "replace")


def frames_of(talk: Talk, themes: tuple[str, ...]) -> list[Frame]:
    return [Frame(number, step, theme, step + 1 == len(slide.steps)) for theme in themes for number, slide in enumerate(talk.slides)
            for step in range(len(slide.steps))]


def files_of(talk: Talk, themes: tuple[str, ...]) -> tuple[dict[str, bytes], str]:
    """All files by name, and a line where the presentation could not be made."""
    global TALK
    TALK = talk
    frames = frames_of(talk, themes)
    made = performed(frames)
    files = {f"{number:02}-{slide.name}.txt": notes_of(slide) for number, slide in enumerate(talk.slides, start=1)}
    for frame, pictures in zip(frames, made):
        files |= {f"{frame.name(talk)}.{each}": pictures[each] for each in ("svg", "png")}
    files |= {f"talk-{theme}.pdf": pdf_of(talk, Look(theme)) for theme in themes}
    try:
        import talk_odp
    except ImportError as error:
        return files, f"no talk.odp: Python has no module {error.name} (Debian: python3-odf); all else is written"
    for theme in themes:
        pages = [(talk.slides[frame.slide], pictures["picture"]) for frame, pictures in zip(frames, made) if frame.theme == theme]
        files[f"talk-{theme}.odp"] = talk_odp.presentation(pages, Look(theme))
    return files, ""


def write(run: Run, out: Path, themes: tuple[str, ...], put) -> tuple[list[Path], Talk, str]:
    """Writes the talk by put(file, content)."""
    talk = talk_of(run)
    files, missing = files_of(talk, themes)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        put(out / name, content)
    return [out / name for name in files], talk, missing
