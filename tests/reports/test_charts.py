"""Every chart is drawn, shows every model and every round, keeps void trials grey, and says so where it has nothing.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

import charts
from drawing import draw
from look import HERE, PALETTE, THEMES, Look
from run_data import FAMILIES
from scaling import shown_models

LOOKS = [Look(theme, size) for theme in THEMES for size in ("slide", "paper")]
ALONG_AN_AXIS = [chart for chart in charts.ALL if hasattr(chart, "QUANTITY")]
each_chart = pytest.mark.parametrize("chart", charts.ALL, ids=lambda chart: chart.NAME)
each_scaling_chart = pytest.mark.parametrize("chart", ALONG_AN_AXIS, ids=lambda chart: chart.NAME)


def figure_of(chart, run, look=Look()):
    with look.in_force():
        figure = chart.figure(run, look)
        figure.draw_without_rendering()
    return figure


def lines_of(figure, prefix):
    """gid without the prefix: how many marks it has, over all panels."""
    found = {}
    for axes in figure.axes:
        for line in axes.lines:
            gid = str(line.get_gid())
            if gid.startswith(prefix + ":"):
                name = gid[len(prefix) + 1:]
                found[name] = found.get(name, 0) + len(line.get_xdata())
    return found


def texts_of(figure):
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


@each_chart
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.theme}-{look.size}")
def test_every_chart_is_drawn_in_every_look(chart, few, look):
    with look.in_force():
        figure = chart.figure(few, look)
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
                    count = len(run.values(point.id, model, *chart.QUANTITY.path, verdict=verdict))
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
    shown = {name for group in chart.groups(run) for name in shown_models(run, group, chart.QUANTITY)}
    assert shown and set(lines_of(figure, "median")) == shown
    assert shown <= set(texts_of(figure))


def test_void_is_grey(few):
    figure = figure_of(charts.by_name("cpu_per_item"), few)
    void = [line for axes in figure.axes for line in axes.lines if str(line.get_gid()).startswith("void:")]
    assert void and {to_hex(line.get_color()) for line in void} == {Look().color("void")}


def test_a_void_round_does_not_move_the_median(few):
    point, model = "download-local-c100-k1", "uv_callbacks"
    valid = few.values(point, model, "cpu_per_item_ns")
    assert len(few.trials_of(point, model, "void")) == 1 and len(valid) == 15
    assert few.median(point, model, "cpu_per_item_ns") == sorted(valid)[7]


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
    formats = ("svg", "png", "pdf")
    assert draw(chart, few, Look("dark"), formats) == draw(chart, few, Look("dark"), formats)


@each_chart
@pytest.mark.parametrize("which", ["few", "many"])
def test_no_text_is_cut_at_the_edge(chart, which, request):
    figure = figure_of(chart, request.getfixturevalue(which))
    width, height = figure.bbox.width, figure.bbox.height
    for text in figure.findobj(lambda artist: hasattr(artist, "get_text") and artist.get_visible()):
        if not text.get_text().strip():
            continue
        box = text.get_window_extent()
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{text.get_text()!r} at {box} of {width} x {height}"


@pytest.mark.parametrize("theme", THEMES)
def test_style_files_and_palette_agree(theme):
    text = (HERE / f"{theme}.mplstyle").read_text()
    assert f"axes.facecolor: {PALETTE[theme]['ground'][1:]}" in text
    assert f"text.color: {PALETTE[theme]['text'][1:]}" in text
    assert len(set(PALETTE[theme].values())) == len(PALETTE[theme]), "the page maps colours to roles"


def linear(color):
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.1."""
    light, dark = sorted((float(np.dot([0.2126, 0.7152, 0.0722], linear(color))) for color in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in to_xyz @ rgb / np.array([0.95047, 1, 1.08883])]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen_by_deuteranopes(color):
    """Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009)."""
    matrix = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    return lab(np.clip(matrix @ linear(color), 0, 1))


@pytest.mark.parametrize("theme", THEMES)
def test_families_stay_apart_for_deuteranopes(theme):
    for one, other in combinations(FAMILIES, 2):
        distance = np.linalg.norm(seen_by_deuteranopes(PALETTE[theme][one]) - seen_by_deuteranopes(PALETTE[theme][other]))
        assert distance >= 20, f"{one} and {other}: {distance:.1f}"


@pytest.mark.parametrize("theme", THEMES)
def test_text_and_marks_stand_out_from_the_ground(theme):
    colors = PALETTE[theme]
    assert contrast(colors["text"], colors["ground"]) >= 7
    assert contrast(colors["soft"], colors["ground"]) >= 4.5
    for role in (*FAMILIES, "void"):
        assert contrast(colors[role], colors["ground"]) >= (2.2 if role == "processes" else 3), role
