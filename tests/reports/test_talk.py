"""Slides hold what a talk needs: one idea, great type, nothing over another, titles that are true of the data.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import os
import re
from itertools import combinations
from statistics import median

import pytest
from matplotlib.text import Text

import synthetic_limits
import talk
from charts import families as families_chart
from generated_run import generate
from limits_data import limits_from, shown_of
from look import THEMES, Look
from number_text import NBSP
from plan_data import FAMILIES
from run_data import read_run
from family_data import bearers

LEAST_TEXT, MOST_WORDS, MOST_SERIES = 18, 14, 5  # points, and how many
RUNS = int(os.environ.get("INTERLEAVE_TALK_RUNS", "8"))  # 200 where somebody has a quarter of an hour


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """The run of a seed, made once, and its talk."""
    made = {}

    def make(seed):
        if seed not in made:
            run = generate(seed, tmp_path_factory.mktemp("generated"))
            made[seed] = run, talk.talk_of(run)
        return made[seed]

    return make


def texts_drawn(figure, monkeypatch):
    """What is drawn, with its size and place: a figure has ticks besides that lie outside of its axes."""
    drawn = []
    draw = Text.draw
    monkeypatch.setattr(Text, "draw", lambda text, renderer, *rest: (drawn.append(text), draw(text, renderer, *rest)))
    figure.canvas.draw()
    monkeypatch.setattr(Text, "draw", draw)
    return [text for text in drawn if text.get_text().strip() and text.get_visible()]


@pytest.mark.parametrize("seed", range(RUNS))
def test_every_slide_can_be_read_from_the_back(seed, generated, monkeypatch):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    run, made = generated(seed)
    look = Look(THEMES[seed % 2])
    assert 1 <= len(made.slides) <= 8
    with talk.in_force(look):
        for slide in made.slides:
            figure = talk.figure_of(slide, look, len(slide.steps) - 1)
            FigureCanvasAgg(figure)
            assert tuple(figure.get_size_inches()) == (12.8, 7.2)
            texts = texts_drawn(figure, monkeypatch)
            boxes = [text.get_window_extent() for text in texts]
            for text, box in zip(texts, boxes):
                assert text.get_fontsize() >= LEAST_TEXT, (slide.name, text.get_text())
                inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height
                assert inside, (slide.name, text.get_text(), box)
            for (one, box), (other, its) in combinations(zip(texts, boxes), 2):
                apart = min(box.x1, its.x1) - max(box.x0, its.x0) <= 1 or min(box.y1, its.y1) - max(box.y0, its.y0) <= 1
                assert apart, (slide.name, one.get_text(), other.get_text())


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_slide_has_one_sentence_and_few_series(seed, generated):
    run, made = generated(seed)
    for slide in made.slides:
        assert len(slide.title.split()) <= MOST_WORDS and slide.title[-1] in ".?" and slide.title[0] == slide.title[0].upper(), slide.title
        assert len(slide.series) <= MOST_SERIES
        assert [len(step) for step in slide.steps] == (list(range(1, len(slide.series) + 1)) if len(slide.series) > 2 else [len(slide.series)])
        assert all(part in slide.notes for part in ("What it shows:", "How it was measured:", "How sure:"))
    assert all(why for _, why in made.left_out) and len(made.slides) + len(made.left_out) == len(talk.SLIDES)


def title_of(made, name):
    return next((slide.title.replace(NBSP, " ") for slide in made.slides if slide.name == name), "")


def middle(run, point, model, *path):
    """From the trials themselves."""
    values = [value for trial in run.trials if (trial.point, trial.model, trial.verdict) == (point, model, "valid") and (value := trial.value(*path)) is not None]
    return median(values) if values else None


def about(text):
    """The number in a title, and how far rounding may have moved it."""
    value = float(text.replace(",", ""))
    return pytest.approx(value, rel=0.06)


@pytest.mark.parametrize("seed", range(RUNS))
def test_titles_are_true_of_the_data(seed, generated):
    run, made = generated(seed)
    models = bearers(run)
    told = re.match(r"(\w+(?: code)?) takes? ([\d.,]+) times the memory of (\w+(?: code)?)", title_of(made, "memory"))
    if told:
        more, factor, less = told.groups()
        key = {family: model for family, model in models.items()}
        found = [middle(run, point.id, key[more.lower().split()[0]], "memory", "per_item_bytes") / small for point in run.points.values()
                 if (small := middle(run, point.id, key[less.split()[0]], "memory", "per_item_bytes")) and small > 0
                 and middle(run, point.id, key[more.lower().split()[0]], "memory", "per_item_bytes")]
        assert any(each == about(factor) for each in found), (told.group(0), found)
    told = re.match(r"At ([\d,]+) in flight, (\w+(?: code)?) takes? ([\d.,]+) times the CPU of (\w+(?: code)?)", title_of(made, "cpu"))
    if told:
        at, more, factor, less = told.groups()
        found = [middle(run, point.id, models[more.split()[0]], "cpu_per_item_ns") / cheap for point in run.points.values() if point.in_flight == int(at.replace(",", ""))
                 and (cheap := middle(run, point.id, models[less.split()[0]], "cpu_per_item_ns")) and middle(run, point.id, models[more.split()[0]], "cpu_per_item_ns")]
        assert any(each == about(factor) for each in found), (told.group(0), found)
    told = re.match(r"(.+?) keeps? up with ([\d,]+) (?:items )?in flight", title_of(made, "keeps_up"))
    if told and not told.group(1).startswith(("No family", "All")) and "families" not in told.group(1):
        for family in re.split(r", | and ", told.group(1).lower()):
            assert any(middle(run, point.id, models[family.split()[0]], "efficiency") >= 0.95 for point in run.points.values() if point.in_flight == int(told.group(2).replace(",", ""))
                       and middle(run, point.id, models[family.split()[0]], "efficiency") is not None), told.group(0)


@pytest.mark.parametrize("seed", range(RUNS))
def test_titles_of_tables_and_limits_are_true(seed, generated):
    run, made = generated(seed)
    told = re.match(r"(.+?) (?:are|is) best or as good at (\d+) of (\d+) loads", title_of(made, "families"))
    if told and "families" not in told.group(1):
        rows = families_chart.rows_of(run)
        assert int(told.group(3)) == len(rows)
        for family in re.split(r", | and ", told.group(1).lower()):
            good = [cell for row in rows for cell in row["cells"] if cell["family"] == family.split()[0] and cell["status"] == "valid" and (cell["factor"] < 1.005 or not cell["told_apart"])]
            assert len(good) == int(told.group(2)), told.group(0)
    told = re.match(r"(.+): (\w+)(?: code)? (?:reach |reaches )?(\S+(?: [µmn]?s| %)?), (\w+)(?: code)? (.+)\.$", title_of(made, "limits"))
    if told:
        said, further, most, nearer, least = told.groups()
        ladder = next(each for each in run.limits.ladders if each.said.lower() == said.lower())
        ends = {reach.family: reach for reach, _ in shown_of(ladder, FAMILIES)}
        texts = {family: ladder.text(reach).replace(NBSP, " ") for family, reach in ends.items()}
        assert (texts[further], texts[nearer]) == (most, least) and not ends[nearer].may_go_further, told.group(0)
        assert ladder.share(ends[further].limit) > ladder.share(ends[nearer].limit)


def test_without_offloading_the_slide_names_the_loop_that_stalls_longest(whole):
    whole.points = {key: point for key, point in whole.points.items() if point.parameter("offload") != "threads"}
    told = re.match(r"At (\d+) % CPU, the loop of (\w+) stands still for (\d+) ms\.", title_of(talk.talk_of(whole), "cpu_trap"))
    share, family, lag = told.groups()
    (key,) = [point.id for point in whole.points.values() if point.parameter("cpu_share") == share and point.in_flight == 100]
    lags = {each: middle(whole, key, model, "worker", "loop_lag_ns", "p99") for each, model in bearers(whole).items()}
    assert lags[family] == max(value for value in lags.values() if value) == pytest.approx(int(lag) * 1e6, rel=0.06) and share == "50"


@pytest.fixture
def whole(made):
    """A run of everything, to be changed."""
    run = read_run(made(models=9, rounds=2))
    run.limits = limits_from(synthetic_limits.build())
    return run


def changed(run, model, key, change, point=""):
    for trial in run.trials:
        if trial.model == model and point in trial.point and trial.verdict == "valid":
            holder, name = (trial.raw, key[0]) if len(key) == 1 else (trial.raw[key[0]], key[1])
            if holder and holder.get(name) is not None:
                holder[name] = change(holder[name])


def lower_coroutines(run):
    changed(run, "asio_coroutines", ("efficiency",), lambda value: 0.5 * value, "download-delay-c1000")


def dearer_callbacks(run):
    changed(run, "uv_callbacks", ("cpu_per_item_ns",), lambda value: 20 * value)


def fatter_callbacks(run):
    changed(run, "uv_callbacks", ("memory", "per_item_bytes"), lambda value: 500 * value)


def calmer_loops(run):
    for trial in run.trials:
        if trial.raw.get("worker") and trial.raw["worker"].get("loop_lag_ns"):
            trial.raw["worker"]["loop_lag_ns"]["p99"] = 1_000_000


def cheaper_coroutines(run):
    """In one pair the callback is named first, in the other the coroutine."""
    run.verdict["families"]["counterparts"] = [{"a": "asio_callbacks", "b": "asio_coroutines", "loads": 9, "cpu_ratio": 0.8, "low": 0.7, "high": 0.9},
                                               {"a": "epoll_coroutines", "b": "uv_callbacks", "loads": 9, "cpu_ratio": 1.25, "low": 1.1, "high": 1.3}]


def better_processes(run):
    for row in run.verdict["families"]["rows"]:
        for cell in row["cells"]:
            cell.update(status="valid", factor=1.0 if cell["family"] == "processes" else 3.0, low=1.0, high=3.0, told_apart=True)


def shorter_limits(run):
    raw = synthetic_limits.build()
    for ladder in raw["ladders"]:
        for number, model in enumerate(ladder["models"]):
            model.update(limit=ladder["values"][0] * (1 if ladder["name"] != "wait" or model["model"] != "thread_pool" else 0.1), ended_by="too_slow", task_ns=None, in_flight_per_gib=None)
    run.limits = limits_from(raw)


@pytest.mark.parametrize(("name", "change", "before", "after"), [
    ("keeps_up", lower_coroutines, "Threads, callbacks and coroutines keep up with 1,000 in flight, processes with 100", ""), ("cpu", dearer_callbacks, "of c", "callbacks take"),
    ("memory", fatter_callbacks, "of callbacks", "Callbacks take"), ("cpu_trap", calmer_loops, "0 ms", "1 ms"),
    ("callbacks_coroutines", cheaper_coroutines, "", "20 % less CPU"), ("families", better_processes, "", "Processes are best or as good at 8 of 8"),
    ("limits", shorter_limits, "", "Shortest wait, 100 in flight: threads reach 10 ms")])
def test_other_data_have_another_title(name, change, before, after, whole):
    was = title_of(talk.talk_of(whole), name)
    change(whole)
    now = title_of(talk.talk_of(whole), name)
    assert was != now and before in was and after in now, (was, now)
    if name == "keeps_up":
        assert "coroutines" not in now.split(" keep up with 1,000")[0], now


def test_a_tie_is_not_called_a_difference(whole):
    for model in whole.models:
        changed(whole, model, ("cpu_per_item_ns",), lambda value: 5000.0)
        changed(whole, model, ("memory", "per_item_bytes"), lambda value: 5000.0)
    made = talk.talk_of(whole)
    assert title_of(made, "cpu").endswith("all pay about the same CPU per item.")
    assert title_of(made, "memory") == "In memory, all families are alike."


def test_of_one_family_nothing_is_compared(whole):
    titles = {slide.name: slide.title.replace(NBSP, " ") for slide in talk.talk_of(whole.of_models(["thread_pool"])).slides}
    assert titles["question"] == "What do threads cost at which load?" and titles["keeps_up"] == "Threads keep up with 1,000 items in flight."
    assert re.match(r"With 1,000 in flight, an item costs threads \d[\d.]* µs of CPU\.", titles["cpu"])
    assert re.match(r"In flight, replies after 10 ms: threads ≥?[\d.,]+\.", titles["limits"]) and "memory" not in titles


def test_a_search_has_the_slides_of_its_limits_alone(tmp_path):
    made = talk.talk_of(read_run(synthetic_limits.write(tmp_path / "limits")))
    assert [slide.name for slide in made.slides] == ["question", "limits"]
