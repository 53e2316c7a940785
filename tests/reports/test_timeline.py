"""What `interleave trace` left becomes a picture and an animation, or one line that says why not.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image, ImageChops

import timeline_animation
from conftest import REPORTS
from drawing import bytes_of
from look import Look
from run_data import UnusableRun
from timeline_animation import FRAMES, FRAMES_A_SECOND, STILL, write_animation
from timeline_data import read_trace
from timeline_picture import heading_of, note_of, picture_of, title_of

MS = 1_000_000


def item(number: int, lane: int, begin: int, reply: int, end: int) -> dict:
    stages = [{"stage": "waits", "from_ns": begin * MS, "to_ns": reply * MS}]
    if end > reply:
        stages.append({"stage": "computes", "from_ns": reply * MS, "to_ns": end * MS})
    return {"item": number, "lane": lane, "outcome": "OK", "start_ns": begin * MS, "end_ns": end * MS, "stages": stages, "threads": [10]}


def thread(name: str, process: int, end: int, turns: int = 0) -> dict:
    states = [{"state": "waits", "call": "epoll_wait", "from_ns": 0, "to_ns": end * MS - 1000},
              {"state": "runs", "call": "", "from_ns": end * MS - 1000, "to_ns": end * MS}]
    return {"thread": process, "process": process, "name": name, "from_ns": 0, "to_ns": end * MS, "turns": turns, "waits_ns": 0, "runs_ns": 0,
            "states": states, "calls": []}


def model(name: str, family: str, in_flight: int, took: int, items: list[dict], threads: list[dict], skipped: str = "") -> dict:
    return {"model": name, "family": family, "style": "", "library": "", "back_end": "", "in_flight": in_flight, "skipped": skipped, "reasons": [],
            "notes": [f"A note on {name}."], "clock_error_ns": 40, "call_ns": 30_000, "run_ns": took * MS, "calls": 1, "joined": 0, "items": items,
            "threads": threads}


def written(directory: Path, *models: dict, **changes: object) -> Path:
    raw = {"schema": 1, "version": "1", "commit": "c", "load": {"workload": "download", "seed": 7, "items": 3}, "models": list(models), **changes}
    (directory / "timeline.json").write_text(json.dumps(raw))
    return directory


ONE_BY_ONE = model("sequential", "sequential", 1, 90, [item(0, 1, 0, 30, 30), item(1, 1, 30, 60, 60), item(2, 1, 60, 80, 90)], [thread("main", 10, 90)])
AT_ONCE = model("a_loop_of_coroutines", "coroutines", 3, 31, [item(each, each + 1, 0, 20, 30) for each in range(3)], [thread("main", 10, 31, turns=4)])


@pytest.fixture()
def classic(tmp_path: Path) -> Path:
    return written(tmp_path, ONE_BY_ONE, AT_ONCE)


def report(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, REPORTS / "report.py", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_the_title_says_how_long_it_took(tmp_path: Path) -> None:
    assert title_of(read_trace(written(tmp_path, ONE_BY_ONE, AT_ONCE))) == "3 items of download: one after another 90.0\u00a0ms, 3 at a time 31.0\u00a0ms."
    slower = {**AT_ONCE, "model": "b", "run_ns": 45 * MS}
    assert title_of(read_trace(written(tmp_path, AT_ONCE, slower))) == "3 items of download: 3 at a time 31.0\u00a0ms to 45.0\u00a0ms."


def test_every_stage_of_every_item_is_drawn_and_every_thread(classic: Path) -> None:
    with Look().in_force():
        axes = picture_of(read_trace(classic), Look()).panels
    drawn = [patch.get_gid() for each in axes for patch in each.patches]
    assert sorted(gid for gid in drawn if gid.startswith("waits:a_loop")) == [f"waits:a_loop_of_coroutines:{each}" for each in range(3)]
    assert "computes:sequential:2" in drawn and "runs:sequential:main" in drawn
    compute = next(patch for patch in axes[0].patches if patch.get_gid() == "computes:sequential:2")
    assert (compute.get_x(), compute.get_x() + compute.get_width()) == (80, 90)
    assert axes[0].get_xlim() == axes[1].get_xlim()  # one axis of time for all


def test_no_text_leaves_the_picture_or_lies_on_another(tmp_path: Path) -> None:
    crowd = model("a_model_with_a_name_that_goes_on_and_on", "threads", 20, 60, [item(each, each % 20 + 1, each // 20 * 20, each // 20 * 20 + 18, each // 20 * 20 + 20) for each in range(60)],
                  [thread(f"process {each}", 10 + each, 60) for each in range(30)])
    look = Look("dark")
    with look.in_force():
        figure = picture_of(read_trace(written(tmp_path, ONE_BY_ONE, crowd, AT_ONCE)), look).figure
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        outside = [text for text in texts_of(figure) if not figure.bbox.padded(1).contains(*text.get_window_extent().min)
                   or not figure.bbox.padded(1).contains(*text.get_window_extent().max)]
        assert not outside, [text.get_text() for text in outside]
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(figure)]
    crossing = [(a, b) for at, (a, one) in enumerate(boxes) for b, other in boxes[at + 1:] if one.overlaps(other)]
    assert not crossing


def texts_of(figure) -> list:
    labels = [label for axes in figure.axes for label in (*axes.get_yticklabels(), *axes.texts, axes.xaxis.label)]
    return [text for text in (*figure.texts, *labels) if text.get_text() and text.get_visible()]


def test_what_is_not_shown_is_said(tmp_path: Path) -> None:
    crowd = model("pool", "processes", 3, 31, AT_ONCE["items"], [thread(f"process {each}", each, 31) for each in range(14)])
    trace = read_trace(written(tmp_path, crowd, {**AT_ONCE, "model": "other", "skipped": "it cannot"}))
    assert heading_of(trace.models[0]) == "3 in flight, 14 processes, 2 of them not shown, done in 31.0\u00a0ms"
    assert "Skipped: other." in note_of(trace) and "A note on pool." in note_of(trace)


def test_the_picture_is_the_same_bytes_again(classic: Path) -> None:
    def svg() -> bytes:
        with Look().in_force():
            return bytes_of(picture_of(read_trace(classic), Look()).figure, "svg")
    assert svg() == svg()


def test_the_animation_begins_with_nothing_and_ends_with_all(classic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (FRAMES + STILL) / FRAMES_A_SECOND <= 10
    monkeypatch.setattr(timeline_animation, "FRAMES", 4)
    monkeypatch.setattr(timeline_animation, "STILL", 1)
    write_animation(read_trace(classic), Look(), classic / "timeline.gif")
    with Image.open(classic / "timeline.gif") as film:
        assert film.width == timeline_animation.PIXELS and film.n_frames >= 5
        frames = []
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(film.convert("RGB"))
    clearly = [ImageChops.difference(frame, frames[-1]).convert("L").point(lambda value: 255 * (value > 40)) for frame in frames[:-1]]
    changes = [difference.getbbox() for difference in clearly]  # what palettes make of one colour is no change
    lefts = [box[0] for box in changes if box]
    assert lefts[0] < lefts[1] < lefts[2]  # what is yet to come begins further right
    assert (classic / "timeline.gif").stat().st_size < 1 << 20


def test_a_run_that_is_drawn_into_a_traces_directory_is_a_run(classic: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    ended = report(tmp_path / "run", "--out", classic)
    assert ended.returncode == 2 and "plan.json" in ended.stderr, ended.stderr


def test_what_cannot_be_drawn_is_one_line(tmp_path: Path) -> None:
    for text, words in [("{", "is no trace that can be drawn"), ("[]", "of another schema"), ('{"schema": 2}', "of another schema"),
                        ('{"schema": 1}', "KeyError"), ('{"schema": 1, "load": {"workload": "w", "seed": 1, "items": 1}, "models": []}', "no model ran")]:
        (tmp_path / "timeline.json").write_text(text)
        with pytest.raises(UnusableRun, match=words):
            read_trace(tmp_path)
    ended = report(tmp_path)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "timeline.json" in ended.stderr, ended.stderr
