"""Maps, forests, quantiles and outcomes show what the verdict and the trials say.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import re
from dataclasses import replace
from statistics import median

import pytest
from matplotlib.colors import to_hex

import charts
import winner_map
from charts import outcomes, ratios, winners
from figures import figure_of, lines_of, texts_of
from findings import finding_at
from groups import CORES, groups_by_dial, groups_of
from look import Look
from plan_data import model_from
from provenance import note
from number_text import seconds_text
from run_data import MEASURED, read_run
from sheet import new_sheet
from table import remark
from winner_map import Footnotes, title_of


def test_tiles_say_who_leads_and_keep_void_and_skipped(few):
    figure = figure_of(charts.by_name("winners"), few)
    gids = [str(patch.get_gid()) for axes in figure.axes for patch in axes.patches]
    for verdict in few.verdict["points"]:
        if few.points[verdict["id"]].parameter("cpu_share") is not None:
            continue
        tiles = [gid.rsplit(":", 1)[1] for gid in gids if gid.startswith(f"tile:{verdict['id']}:")]
        led = verdict["verdict"] in ("wins", "tie", "leading", "single")
        assert set(tiles) == ({few.models[name].family for name in verdict["leaders"]} if led else {"none"})
    (note,) = figure.findobj(lambda artist: artist.get_gid() == "note")
    words = " ".join(note.get_text().split())
    assert "process_pool void: sustained: peak in flight was 7, asked were 10" in words
    assert "sequential skipped: in_flight … is above what sequential can have: 1 (" in words
    marks = [text.get_text() for text in figure.findobj(lambda a: str(a.get_gid()).startswith("marks:download-local-c1000-k1"))]
    assert marks and "server-limited" in marks[0]


def test_a_footnote_is_true_of_every_tile_that_cites_it():
    notes = Footnotes()
    cited = [notes.add("thread_per_item", "void", f"sustained: {reason}") for reason in (
        "5.9 items under way on average, 20 were asked for", "at most 51 requests in flight, 100 were asked for",
        "97.9 items under way on average, 200 were asked for")]
    assert cited == [1, 2, 1]
    assert "[1] thread_per_item void: sustained: … items under way on average, … were asked for." in notes.text()
    assert "[2] thread_per_item void: sustained: at most 51 requests in flight, 100 were asked for." in notes.text()


@pytest.mark.parametrize("left", [winner_map.LEFT, 7.0])  # narrow, as where there are many columns
def test_marks_stay_in_their_tile(made, monkeypatch, left):
    monkeypatch.setattr(winner_map, "LEFT", left)
    run = read_run(made(models=9, rounds=6))
    for verdict in run.verdict["points"]:
        verdict["server_limited"] = True
        for cell in verdict["cells"][2:]:
            cell.update(status="void", reason=f"{cell['model']} failed a check")
    figure = figure_of(charts.by_name("winners"), run)
    tiles = {}
    for patch in figure.findobj(lambda artist: str(artist.get_gid()).startswith("tile:")):
        point = patch.get_gid().split(":")[1]
        tiles[point] = max(tiles.get(point, 0), patch.get_window_extent().x1)
    marks = {text.get_gid().split(":")[1]: text for text in figure.findobj(lambda artist: str(artist.get_gid()).startswith("marks:"))}
    assert len(marks) == len(tiles) > 10
    for point, text in marks.items():
        assert text.get_window_extent().x1 <= tiles[point] and "server-limited [" in text.get_text()


def test_to_be_alone_is_not_to_lead(made):
    run = read_run(made(models=6, rounds=16))
    points = winners.shown(run).points()
    before = title_of(run, points)
    verdict = next(run.verdicts[point.id] for point in points if run.verdicts[point.id]["verdict"] == "wins")
    verdict["verdict"] = "single"
    ranked = int(re.match(r"Of (\d+) ranked", before).group(1))
    assert title_of(run, points).startswith(f"Of {ranked - 1} ranked")
    assert title_of(run, points).endswith("At 1 more only one model is ranked.") and "only one model" not in before


def test_a_run_that_is_not_finished_says_so_under_every_map(made):
    run = read_run(made(models=6, rounds=16))
    assert "Not finished" not in note(run, [])
    planned = len(run.trials)
    del run.trials[88:]
    assert f"Not finished: 88 of {planned:,} trials." in note(run, [])
    cell = next(iter(run.verdicts.values()))["cells"][0]
    cell["rounds_not_needed"] = planned - 88
    assert "Not finished" not in note(run, []), "a race that is decided is finished"


def test_the_value_stands_with_its_owner(few):
    point = next(few.points[key] for key, verdict in few.verdicts.items() if verdict["verdict"] == "wins" and verdict["runner_up"])
    leader, runner_up = few.verdicts[point.id]["leaders"][0], few.verdicts[point.id]["runner_up"]
    assert re.fullmatch(rf"here: {leader} wins at [\d.,]+\s.*, [\d.,]+\s% better than {runner_up}", finding_at(few, point, "here"))


def test_the_family_is_what_the_model_says_it_is():
    assert model_from({"name": "process_pool", "style": "blocking", "family": "coroutines"}).family == "coroutines"


@pytest.mark.parametrize("group", [lambda points: groups_of(points, CORES), groups_by_dial], ids=["cores", "grain"])
def test_loads_of_one_axis_are_titled_apart(few, group):
    computing = [replace(point, in_flight=lanes) for point in few.points.values() if point.workload.only_computes for lanes in (20, 1000)]
    titles = [each.title for each in group(computing)]
    assert len(titles) == len(set(titles)) >= 4
    assert {title.split(" in flight")[0].split(", ")[-1] for title in titles} == {"20", "1,000"}


def test_a_lane_a_core_is_said_only_where_it_is_so(made):
    run = read_run(made(models=6, rounds=16))
    figure = winners.figure(run, Look())
    assert any("compute has a lane a core" in " ".join(text.split()) for text in texts_of(figure))
    assert not any("in flight" in group.title for group in groups_of([p for p in run.points.values() if p.workload.only_computes], CORES))
    some = next(point for point in run.points.values() if point.workload.only_computes)
    run.points[some.id] = replace(some, in_flight=20)
    assert not any("a lane a core" in " ".join(text.split()) for text in texts_of(winners.figure(run, Look())))


@pytest.mark.parametrize("shorter", [1, 100, 10_000])
@pytest.mark.parametrize("name", ["latency", "wake_up_lag", "loop_lag"])
def test_axis_and_title_count_in_one_unit(name, shorter, made):
    run = read_run(made(models=6, rounds=16))
    for trial in run.trials:
        times = trial.at("measured", f"{name.replace('latency', 'service')}_ns") or {}
        times.update({quantile: value // shorter for quantile, value in times.items()})
    figure = figure_of(charts.by_name(name), run)
    (unit,) = {re.search(r"\((.*)\)$", axes.get_xlabel()).group(1) for axes in figure.axes}
    (title,) = figure.findobj(lambda artist: artist.get_gid() == "title")
    assert set(re.findall(r"\d\s(µs|ms|ns|s)\b", title.get_text().split(" in flight")[-1])) == {unit}


def test_an_unresolved_or_unranked_tile_is_grey(few):
    figure = figure_of(charts.by_name("winners"), few)
    grey = {str(p.get_gid()): to_hex(p.get_facecolor()) for axes in figure.axes for p in axes.patches}
    unresolved = [v["id"] for v in few.verdict["points"] if v["verdict"] in ("unresolved", "none")
                  and few.points[v["id"]].parameter("cpu_share") is None]
    assert len(unresolved) >= 2
    assert {grey[f"tile:{each}:none"] for each in unresolved} == {Look().color("unresolved")}


def test_the_forest_shows_every_round_and_the_verdict_s_interval(few):
    point = ratios.point_of(few)
    shown = ratios.ratios(few, point)
    figure = figure_of(charts.by_name("ratios"), few)
    rounds, intervals = lines_of(figure, "rounds"), lines_of(figure, "interval")
    best = few.verdicts[point.id]["leaders"][0]
    cells = {cell["model"]: cell for cell in few.verdicts[point.id]["cells"]}
    rivals = {name for name, cell in cells.items() if cell["status"] == "valid"} - {best}
    assert set(rounds) == set(intervals) == rivals and len(rivals) >= 3
    for ratio in shown:
        both = sum(bool(x and y) for x, y in zip(cells[best]["values"], cells[ratio.other]["values"]))
        assert rounds[ratio.other] == both
        assert ratio.low <= ratio.median <= ratio.high
        assert median(ratio.rounds) == pytest.approx(ratio.median), "the dots and the verdict tell the same"
        assert ratio.median >= 0.999, "the best is not worse than another"


def test_a_turned_pair_is_turned_back(few):
    """Whichever of a pair is named first, the ratio is how many times better the best is."""
    point = ratios.point_of(few)
    before = ratios.ratios(few, point)
    verdict = few.verdicts[point.id]
    original = verdict["pairs"]
    verdict["pairs"] = [{**p, "a": p["b"], "b": p["a"], "median_ratio": 1 / p["median_ratio"], "low": 1 / p["high"], "high": 1 / p["low"]}
                        for p in original]
    try:
        after = ratios.ratios(few, point)
    finally:
        verdict["pairs"] = original
    assert [r.other for r in after] == [r.other for r in before]
    for one, other in zip(before, after):
        assert (other.median, other.low, other.high) == pytest.approx((one.median, one.low, one.high))


@pytest.mark.parametrize("name", ["latency", "wake_up_lag", "loop_lag"])
def test_quantiles_show_every_round_and_stop_where_items_are_few(name, few):
    figure = figure_of(charts.by_name(name), few)
    rounds = lines_of(figure, "rounds")
    assert len(rounds) > 8
    for gid, count in rounds.items():
        model, point, quantile = gid.split(":")
        assert count == len(few.trials_of(point, model))
        if quantile == "p999" and name != "loop_lag":
            assert few.points[point].items >= 10_000
    assert lines_of(figure, "median").keys() == rounds.keys()


def test_the_table_of_latency_tells_when_the_first_the_middle_and_the_last_result_came(few):
    table = charts.by_name("latency").table(few)
    assert table.headers[-4:] == ["first result", "median result", "last result", "remark"]
    for row in table.rows:
        assert len(row) == len(table.headers)
    row = next(row for row in table.rows if "–" not in row[-4:-1])
    point = next(point for point in few.points.values() if point.label == row[0])
    (first, middle, last), cell = row[-4:-1], (point.id, row[1])
    tell = lambda key: seconds_text(few.median(*cell, MEASURED, key) / 1e9)
    assert (first, middle, last) == (tell("first_end_ns"), tell("median_end_ns"), tell("last_end_ns")) and first != last


@pytest.mark.parametrize("name", ["latency", "wake_up_lag", "loop_lag"])
def test_the_key_lists_the_quantiles_that_are_drawn(name, made):
    run = read_run(made(models=6, rounds=16))
    run.points = {key: replace(point, items=200) for key, point in run.points.items()}
    for trial in run.trials:
        if trial.raw["worker"]:
            trial.raw["worker"]["heartbeats"] = 200
    figure = figure_of(charts.by_name(name), run)
    drawn = {gid.rsplit(":", 1)[1] for gid in lines_of(figure, "median")}
    (key,) = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    assert {text.get_text() for text in key.get_texts()} == drawn == {"p50", "p90"}


def test_the_map_s_key_lists_the_families_that_lead(made):
    run = read_run(made(models=6, rounds=16))
    led = next(point for point in run.verdicts if run.verdicts[point]["verdict"] == "wins")
    run.points = {key: point for key, point in run.points.items() if key == led}
    (key,) = [axes.get_legend() for axes in figure_of(charts.by_name("winners"), run).axes]
    assert [text.get_text() for text in key.get_texts()] == [run.models[run.verdicts[led]["leaders"][0]].family]


def test_outcomes_are_written_for_every_model(few):
    figure = figure_of(charts.by_name("outcomes"), few)
    written = {str(t.get_gid()): t.get_text() for t in figure.findobj(lambda a: str(a.get_gid()).startswith("outcome:"))}
    assert written["outcome:uv_callbacks:download-error-c1000-k1:TIMEOUT"] == "100"
    assert written["outcome:uv_callbacks:download-error-c1000-k1:OK"] == "7,500"
    assert "all" in outcomes.title(few, few.points["download-error-c1000-k1"])


def test_outcomes_that_differ_are_called_out(made):
    run = read_run(made(models=6, rounds=16))
    trial = run.trials_of("download-error-c1000-k1", "uv_callbacks")[0]
    trial.raw["tape"]["outcomes"]["OK"] -= 1
    assert "which should be one" in outcomes.title(run, run.points["download-error-c1000-k1"])
    assert outcomes.sentence(run, run.points["download-error-c100-k1"]) == outcomes.title(run, run.points["download-error-c1000-k1"])


def test_outcomes_of_all_loads_are_one_sentence(few):
    told = outcomes.sentence(few, few.points["download-error-c1000-k1"])
    assert re.match(rf"At all {len(few.points)} loads every model met the same outcomes in every valid round; download error 1-10ms, 1,000 in flight: 7,500 OK, ", told)


def test_policies_keep_loads_apart(many):
    mixed = [point for point in many.points.values() if point.parameter("cpu_share")]
    groups = groups_by_dial(mixed)
    assert len(groups) == 4
    assert all(len({point.parameter("offload") for point in group.points}) == 1 for group in groups)


SLOW = "compute-local-grain_100-c1-k1"  # where sequential is too slow


def test_what_is_too_slow_is_in_last_place_and_not_dropped(few):
    cell = next(cell for cell in few.verdicts[SLOW]["cells"] if cell["model"] == "sequential")
    assert cell["status"] == "too_slow" and few.trials_of(SLOW, "sequential"), "it finished rounds, and they are shown"
    assert ("sequential", SLOW) not in few.skips
    focused = replace(few, focus=SLOW)
    texts = texts_of(ratios.figure(focused, Look()))
    rows = [text for text in texts if text in few.models]
    assert rows[-1] == "sequential" and "too slow: > 1.50 s" in texts
    assert [row[2:4] for row in ratios.table(few).rows if row[0] == few.points[SLOW].label][-1] == ["sequential", "> 1.50 s, in last place"]
    (small,) = figure_of(charts.by_name("winners"), few).findobj(lambda artist: artist.get_gid() == "note")
    assert "sequential too slow: > 1.50 s, in last place: a trial takes 2.96 s" in " ".join(small.get_text().split())
    assert "too slow: > 1.50 s, in last place" in remark(few, SLOW, "sequential")


@pytest.mark.parametrize("percent", [3.0, 5.0])
def test_the_shaded_strip_is_the_verdict_s_margin(percent, made):
    run = read_run(made(models=6, rounds=16))
    run.verdict["margin_percent"] = percent
    figure = ratios.figure(run, Look())
    (strip,) = figure.findobj(lambda artist: artist.get_gid() == "margin")
    ends = strip.get_xy()[:, 0] if not hasattr(strip, "get_x") else [strip.get_x(), strip.get_x() + strip.get_width()]
    assert (min(ends), max(ends)) == pytest.approx((1 / (1 + percent / 100), 1 + percent / 100))
    assert any(f"±{percent:g} %" in text for text in texts_of(figure))


@pytest.mark.parametrize("turned", [False, True])
def test_a_null_beside_a_level_is_no_end(turned, made):
    """The other model has lost rounds: JSON has no infinity."""
    run = read_run(made(models=6, rounds=16))
    point = ratios.point_of(run)
    best = run.verdicts[point.id]["leaders"][0]
    pair = next(pair for pair in run.verdicts[point.id]["pairs"] if best in (pair["a"], pair["b"]))
    other = pair["b"] if pair["a"] == best else pair["a"]
    a, b = (other, best) if turned else (best, other)
    pair.update(a=a, b=b, median_ratio=None, level_percent=99.5, **({"low": None, "high": 0.5} if turned else {"low": 2.0, "high": None}))
    shown = next(each for each in ratios.ratios(run, point) if each.other == other)
    assert (shown.median, shown.low, shown.high) == (ratios.NO_END, 2.0, ratios.NO_END)
    figure = ratios.figure(run, Look())
    figure.draw_without_rendering()
    assert "∞  [2.000, ∞]" in texts_of(figure) and other in texts_of(figure)
    pair.update(level_percent=None, low=None, high=None)
    shown = next(each for each in ratios.ratios(run, point) if each.other == other)
    assert (shown.low, shown.high) == (None, None), "without a level there is no interval at all"


def test_a_round_that_was_not_kept_up_is_lost_and_said_to_be(few):
    point = "sleep_many-local-c100-k1"
    (lost,) = few.trials_of(point, "thread_pool", "void")
    assert few.is_lost(lost) and remark(few, point, "thread_pool").startswith("counted as lost: sustained: only 71 %")
    assert "1 round counted as lost (grey)" in note(few, [few.points[point]])
    void = few.trials_of("download-local-c10-k1", "process_pool", "void")
    assert void and not any(map(few.is_lost, void)), "a cell that is void has nothing to lose"


def test_a_title_ends_inside_the_picture():
    for title in ("download error 1-10ms, limit 200ms, 10 in flight: all 4 models met the same outcomes in every valid round: 37 OK, "
                  "2 NOT_FOUND, 10 HTTP_ERROR, 1 TIMEOUT.", "W" * 90):
        sheet = new_sheet(Look(), title, "")
        sheet.figure.draw_without_rendering()
        (text,) = sheet.figure.findobj(lambda artist: artist.get_gid() == "title")
        assert text.get_window_extent().x1 <= sheet.figure.bbox.x1


@pytest.mark.parametrize(("status", "words"), [("too_slow", "every model is too slow"), ("skipped", "every model is skipped")])
def test_a_load_without_a_ranked_model_says_what_became_of_all(status, words, made):
    run = read_run(made(models=2, rounds=2))
    point = next(iter(run.points.values()))
    run.verdicts[point.id] = {"verdict": "none", "leaders": [], "ranks_by": "makespan", "cells": [{"model": "sequential", "status": status, "left_out": []}]}
    assert finding_at(run, point, "here") == f"here: {words}"
