"""Colours, markers and sizes: hue says the family, marker and line style say the library.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import matplotlib

from plan_data import FAMILIES, Model

matplotlib.use("Agg")
import matplotlib.style  # noqa: E402  (after the back end is chosen)

HERE = Path(__file__).resolve().parent
THEMES = ("light", "dark")
SIZES = {"slide": 1.0, "paper": 6.5 / 12.8}  # of the slide's 12.8 inches

# Okabe and Ito, "Color universal design" (2008): four hues, moved a little so that families stay apart (CIEDE2000) under deuteranopia and protanopia, too.
# All values of one theme differ, so that the page can turn each into a CSS variable.
PALETTE = {
    "light": {"ground": "#fefefe", "text": "#1b1f24", "soft": "#57606b", "grid": "#d5d9de", "faint": "#c3c8ce",
              "void": "#8b9199", "unresolved": "#d9dce1", "limited": "#f3ead2", "sequential": "#22262b",
              "threads": "#ce5800", "processes": "#56b4e9", "callbacks": "#1670a9", "coroutines": "#03a07c",
              "on_bright": "#0b0d10", "on_deep": "#ffffff"},
    "dark": {"ground": "#111418", "text": "#e6e6e6", "soft": "#a3abb5", "grid": "#30363e", "faint": "#434a53",
             "void": "#8a9099", "unresolved": "#3a4048", "limited": "#2e2a1c", "sequential": "#f4f4f4",
             "threads": "#dc6f34", "processes": "#6ccbff", "callbacks": "#3a83be", "coroutines": "#0bb995",
             "on_bright": "#0b0d10", "on_deep": "#0d0f12"},
}
DEEP = ("callbacks", "sequential")  # in the light theme text on these is light
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")
LINES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (3, 1, 1, 1, 1, 1)))
# Place in MARKERS and LINES of each library, by what its name or what it waits with holds.
LIBRARIES = (("uv", 1), ("asio", 0), ("beast", 3), ("tbb", 2), ("uring", 4), ("epoll", 2))


@dataclass(frozen=True)
class Stroke:
    """How one model is drawn everywhere."""

    color: str
    marker: str
    line: str | tuple


@dataclass(frozen=True)
class Look:
    """A theme at a size. `scale` is 1 for a slide of 12.8 x 7.2 inches."""

    theme: str = "light"
    size: str = "slide"

    @property
    def scale(self) -> float:
        return SIZES[self.size]

    def color(self, role: str) -> str:
        return PALETTE[self.theme][role]

    def on(self, family: str) -> str:
        """The colour of text on a tile of the family's."""
        return self.color("on_deep" if family in DEEP else "on_bright")

    @contextmanager
    def in_force(self) -> Iterator[None]:
        with matplotlib.style.context([HERE / f"{self.size}.mplstyle", HERE / f"{self.theme}.mplstyle"], after_reset=True):
            yield

    def strokes(self, models: dict[str, Model]) -> dict[str, Stroke]:
        """One stroke a model. Two models of a family and library get neighbouring markers."""
        taken: set[tuple[str, int]] = set()
        strokes = {}
        for model in by_family(models.values()):
            place = library_place(model)
            while (model.family, place) in taken:
                place = (place + 1) % len(MARKERS)
            taken.add((model.family, place))
            strokes[model.name] = Stroke(self.color(model.family), MARKERS[place], LINES[place % len(LINES)])
        return strokes


def library_place(model: Model) -> int:
    text = f"{model.library} {model.back_end}".lower()
    return next((place for key, place in LIBRARIES if key in text), 0)


def by_family(models) -> list[Model]:
    """In the order of FAMILIES, then by name."""
    return sorted(models, key=lambda model: (FAMILIES.index(model.family), model.name))
