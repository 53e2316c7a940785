"""Every chart is drawn, shows every model and every round, keeps void trials grey, and says so where it has nothing.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import math
import re

import pytest
from matplotlib.text import Annotation
from matplotlib.colors import to_hex

import charts
from drawing import draw
from figures import figure_of, lines_of, texts_of
from look import Look
from run_data import read_run
from scaling import shown_models

LOOKS = [Look("light", "slide"), Look("dark", "paper")]
ALONG_AN_AXIS = [chart for chart in charts.ALL if hasattr(chart, "quantity")]
each_chart = pytest.mark.parametrize("chart", charts.ALL, ids=lambda chart: chart.name)
each_scaling_chart = pytest.mark.parametrize("chart", ALONG_AN_AXIS, ids=lambda chart: chart.name)


@each_chart
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.theme}-{look.size}")
def test_every_chart_is_drawn_in_every_look(chart, few, look):
    figure = figure_of(chart, few, look)
    assert figure.get_figwidth() == pytest.approx(12.8 * look.scale)
    assert to_hex(figure.get_facecolor()) == look.color("ground")
    assert not figure.findobj(lambda artist: artist.get_gid() == "empty")


@each_chart
def test_the_title_is_a_sentence_with_a_finding(chart, many):
    (title,) = figure_of(chart, many).findobj(lambda artist: artist.get_gid() == "title")
    words = title.get_text().replace("\n", " ")
    assert words.endswith(".") and len(words.split()) > 5
    assert re.search(r"\d", words) or any(name in words for name in many.models)


@each_scaling_chart
@pytest.mark.parametrize("which", ["few", "many"])
def test_every_round_of_every_model_is_a_dot(chart, which, request):
    run = request.getfixturevalue(which)
    wanted, void = {}, {}
    for group in chart.groups(run):
        for point in group.points:
            for model in run.models:
                for verdict, counts in (("valid", wanted), ("void", void)):
                    count = len(run.values(point.id, model, *chart.quantity.path, verdict=verdict))
                    if count:
                        counts[f"{model}:{point.id}"] = counts.get(f"{model}:{point.id}", 0) + count
    figure = figure_of(chart, run)
    assert sum(wanted.values()) > 50
    assert lines_of(figure, "rounds") == wanted
    assert lines_of(figure, "void") == void


@each_scaling_chart
@pytest.mark.parametrize("which", ["few", "many"])
def test_every_model_has_a_line_and_its_name(chart, which, request):
    run = request.getfixturevalue(which)
    figure = figure_of(chart, run)
    shown = {name for group in chart.groups(run) for name in shown_models(run, group, chart.quantity)}
    assert shown and set(lines_of(figure, "median")) == shown
    assert shown <= set(texts_of(figure))


@pytest.fixture
def with_less_memory(made):
    """A run whose uv_callbacks gave memory back at every load, and asio_callbacks in one round of one."""
    run = read_run(made(models=6, rounds=16))
    once = run.trials_of("download-local-c100-k1", "asio_callbacks")[3]
    for trial in run.trials:
        if trial.model == "uv_callbacks" or trial is once:
            trial.raw["memory"] = {**trial.raw["memory"], "per_item_bytes": -163840.0}
    return run


def test_what_is_not_measurable_has_no_place_on_a_log_axis(with_less_memory):
    chart = charts.by_name("memory")
    figure = figure_of(chart, with_less_memory)
    rounds = lines_of(figure, "rounds")
    assert rounds["asio_callbacks:download-local-c100-k1"] == 15
    assert not any(key.startswith("uv_callbacks:") for key in (*rounds, *lines_of(figure, "void")))
    assert "uv_callbacks (not measurable)" in texts_of(figure)
    assert all(min(axes.get_ylim()) > 1 for axes in figure.axes), "KiB: what is drawn is above 4"
    leaders = figure.findobj(lambda artist: isinstance(artist, Annotation) and artist.arrow_patch is not None)
    assert leaders and all(math.isfinite(each.xy[1]) and each.xy[1] > 1 for each in leaders)


def test_what_is_left_out_is_counted_and_told(with_less_memory):
    chart = charts.by_name("memory")
    (note,) = figure_of(chart, with_less_memory).findobj(lambda artist: artist.get_gid() == "note")
    points = [point for group in chart.groups(with_less_memory) for point in group.points]
    count = 1 + sum(len(with_less_memory.trials_of(point.id, "uv_callbacks")) for point in points)
    assert f"Left out: {count:,} rounds of 0 or less (not measurable)." in " ".join(note.get_text().split())
    rows = [row for row in chart.table(with_less_memory).rows if row[1] == "uv_callbacks" and row[5] != "0"]
    assert rows and {cell for row in rows for cell in row[2:5]} == {"not measurable"}


def test_a_long_name_is_not_cut(made, tmp_path):
    directory = made(models=6, rounds=6)
    name = "a_process_for_each_and_every_item"
    for file in directory.iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace("process_pool", name))
    figure = figure_of(charts.by_name("makespan"), read_run(tmp_path))
    assert name in texts_of(figure)
    assert_nothing_is_cut(figure)


def test_void_is_grey(few):
    figure = figure_of(charts.by_name("cpu_per_item"), few)
    void = [line for axes in figure.axes for line in axes.lines if str(line.get_gid()).startswith("void:")]
    assert void and {to_hex(line.get_color()) for line in void} == {Look().color("void")}


def test_a_void_round_does_not_move_the_median(few):
    point, model = "download-local-c100-k1", "uv_callbacks"
    valid = few.values(point, model, "cpu_per_item_ns")
    assert len(few.trials_of(point, model, "void")) == 1 and len(valid) == 15
    assert few.median(point, model, "cpu_per_item_ns") == sorted(valid)[7]


def test_a_void_trial_is_shown_by_what_its_worker_said(few):
    point, model = "download-local-c100-k1", "uv_callbacks"
    (trial,) = few.trials_of(point, model, "void")
    assert trial.raw["cpu_per_item_ns"] is None and trial.raw["efficiency"] is None
    (cpu,) = few.values(point, model, "cpu_per_item_ns", verdict="void")
    assert cpu * few.points[point].items == pytest.approx(trial.raw["worker"]["cpu_run_ns"]["total"])
    assert few.values(point, model, "makespan_ns", verdict="void") == [trial.raw["tape"]["makespan_ns"]]


def test_a_killed_worker_has_nothing_to_show_but_is_counted(few):
    figure = figure_of(charts.by_name("efficiency"), few)
    point = "download-long-c10000-k1"
    assert few.trials_of(point, "asio_callbacks", "void")
    assert f"asio_callbacks:{point}" not in lines_of(figure, "void")
    (note,) = figure.findobj(lambda artist: artist.get_gid() == "note")
    assert "void trials" in note.get_text()


def test_server_limited_points_are_shaded_and_named(few):
    figure = figure_of(charts.by_name("cpu_per_item"), few)
    shades = figure.findobj(lambda artist: artist.get_gid() == "limited:download-local-c1000-k1")
    assert shades
    assert any("server-limited" in text and "1,000" in text for text in texts_of(figure))


def test_one_in_flight_is_shown_but_called_not_ranked(few):
    figure = figure_of(charts.by_name("cpu_per_item"), few)
    assert any(name.endswith(":download-local-c1-k1") for name in lines_of(figure, "rounds"))
    assert any("not ranked at 1" in text for text in texts_of(figure))


def test_ticks_are_plain_numbers(few):
    figure = figure_of(charts.by_name("efficiency"), few)
    labels = [label.get_text() for axes in figure.axes for label in axes.get_xticklabels()]
    assert {"1", "10", "100", "1,000", "10,000"} <= set(labels)


@each_chart
def test_nothing_to_show_is_said(chart, nothing):
    figure = figure_of(chart, nothing)
    (words,) = figure.findobj(lambda artist: artist.get_gid() == "empty")
    assert len(words.get_text().split()) > 5


@each_chart
def test_the_table_has_every_header_and_only_text(chart, many):
    table = chart.table(many)
    assert table.rows
    for row in table.rows:
        assert len(row) == len(table.headers) and all(isinstance(cell, str) for cell in row)


def test_skips_stand_in_the_table_with_their_reason(many):
    rows = charts.by_name("efficiency").table(many).rows
    skipped = [row for row in rows if row[1] == "process_pool" and "1000 in flight" in row[0]]
    assert skipped and all("ulimit -u" in row[-1] for row in skipped)


@each_chart
def test_the_same_run_gives_the_same_bytes(chart, few):
    formats = ("svg", "png") if chart is not charts.ALL[0] else ("svg", "png", "pdf")
    assert draw(chart, few, Look("dark", "paper"), formats) == draw(chart, few, Look("dark", "paper"), formats)


@each_chart
@pytest.mark.parametrize("which", ["few", "many"])
def test_no_text_is_cut_at_the_edge(chart, which, request):
    assert_nothing_is_cut(figure_of(chart, request.getfixturevalue(which)))


def assert_nothing_is_cut(figure):
    width, height = figure.bbox.width, figure.bbox.height
    for text in figure.findobj(lambda artist: hasattr(artist, "get_text") and artist.get_visible()):
        if not text.get_text().strip():
            continue
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{text.get_text()!r} at {box} of {width} x {height}"
