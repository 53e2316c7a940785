"""A trace as a short film: the picture appears from left to right, in time.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.animation import PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from look import Look
from timeline_data import Trace
from timeline_picture import Picture, picture_of

PIXELS = 960  # wide
FRAMES_A_SECOND, FRAMES, STILL = 12, 72, 24  # six seconds, and two of the whole picture


class OnePalette(PillowWriter):
    """A palette of each frame's own would make the ground flicker."""

    def finish(self) -> None:
        palette = self._frames[-1].convert("RGB").quantize(255)
        self._frames = [frame.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE) for frame in self._frames]
        super().finish()


def pixels_of(picture: Picture, dpi: float) -> np.ndarray:
    picture.figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def boxes_of(picture: Picture, height: int) -> list[tuple[int, int, int, int]]:
    """Left, right, top and bottom of each model's axes, in pixels from the upper left corner."""
    extents = [axes.get_window_extent() for axes in picture.panels]
    return [(round(box.x0), round(box.x1), height - round(box.y1), height - round(box.y0)) for box in extents]


def frame_of(whole: np.ndarray, bare: np.ndarray, boxes: list[tuple[int, int, int, int]], share: float, head: tuple[int, ...]) -> np.ndarray:
    """The first `share` of each panel is there, the rest is yet to come."""
    frame = whole.copy()
    for left, right, top, bottom in boxes:
        at = left + round(share * (right - left))
        frame[top:bottom, at:right + 1] = bare[top:bottom, at:right + 1]
        if share < 1:
            frame[top:bottom, max(left, at - 1):at + 1] = head
    return frame


def write_animation(trace: Trace, look: Look, file: Path) -> None:
    """A GIF of eight seconds that begins anew."""
    with look.in_force():
        picture, start = picture_of(trace, look), picture_of(trace, look, empty=True)
        dpi = PIXELS / picture.figure.get_figwidth()
        whole, bare = pixels_of(picture, dpi), pixels_of(start, dpi)
        high, wide = whole.shape[:2]
        head = tuple(round(255 * part) for part in (*to_rgb(look.color("text")), 1))
        screen = Figure(figsize=(wide / 100, high / 100), dpi=100)
        image = screen.figimage(whole)
        writer = OnePalette(fps=FRAMES_A_SECOND)
        writer.setup(screen, str(file), dpi=100)
        boxes = boxes_of(picture, high)
        for number in range(FRAMES + STILL):
            image.set_data(frame_of(whole, bare, boxes, min(1.0, number / FRAMES), head))
            writer.grab_frame()
        writer.finish()
