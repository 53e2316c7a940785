"""The charts of limits, counterparts, percentiles and the profile show what the files say, and no more.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import combinations

import pytest

import charts
import synthetic_limits
from charts import counterparts, families, latency, limits, percentiles, profile, throughput
from conftest import REPORTS
from figures import figure_of, lines_of, texts_of
from limits_data import limits_from, shown_of
from look import Look
from number_text import NBSP
from plan_data import FAMILIES
from run_data import read_limits, read_run


def gids(figure, prefix):
    return {str(artist.get_gid())[len(prefix) + 1:] for artist in figure.findobj(lambda each: str(each.get_gid()).startswith(prefix + ":"))}


def test_a_search_is_drawn_and_nothing_else_of_it(tmp_path):
    directory = synthetic_limits.write(tmp_path / "limits", models=6)
    ran = subprocess.run([sys.executable, REPORTS / "report.py", directory, "--theme", "light", "--format", "svg"], capture_output=True, text=True, timeout=280)
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    assert [file.name for file in (directory / "report").glob("*.svg")] == ["limits-light.svg"]
    assert "not finished" not in (directory / "report" / "report.html").read_text()


def test_a_bar_a_family_and_a_tick_a_variant(many):
    figure = figure_of(limits.CHART, many)
    raw = synthetic_limits.build()
    bears = {model["model"] for model in raw["models"] if model["bears_family"]}
    for ladder in raw["ladders"]:
        there = {each["model"] for each in ladder["models"] if each["limit"] is not None}
        assert {gid.split(":")[1] for gid in gids(figure, "bar") if gid.startswith(ladder["name"] + ":")} >= there & bears
        assert {gid.split(":")[1] for gid in gids(figure, "variant") if gid.startswith(ladder["name"] + ":")} == there - bears


def test_what_ended_it_stands_at_the_bar_and_its_reason_in_the_table(many):
    texts = texts_of(figure_of(limits.CHART, many))
    rows = limits.CHART.table(many).rows
    for ladder in synthetic_limits.build()["ladders"]:
        for each in ladder["models"]:
            assert any(row[0] == ladder["said"] and row[2] == each["model"] and row[5] == each["reason"] for row in rows)
            if each["model"] in synthetic_limits.BEARERS:
                assert limits.ENDS[each["ended_by"]] in texts


def test_limits_beside_a_run_are_not_said_to_be_the_run_s(made, tmp_path):
    directory = synthetic_limits.write(tmp_path / "how_far", models=6)
    run = read_run(made(models=2, rounds=2))
    run.limits = read_limits(directory)
    beside, alone = (" ".join(texts_of(figure_of(limits.CHART, each))) for each in (run, read_run(directory)))
    assert f"Limits of how_far, {run.limits.trials_done:,} trials." in beside and f"Run {run.name}" not in beside
    assert "Run how_far, " in alone


def one_ladder(*models, first=1, last=10_000):
    """Model, family, limit, and what ended it."""
    made = [{"model": model, "limit": limit, "ended_by": by, "reason": by, "finished": True} for model, _, limit, by in models]
    return limits_from({"schema": 1, "finished": True, "trials_done": 9, "models": [{"model": model, "family": family, "bears_family": True} for model, family, _, _ in models],
                        "ladders": [{"name": "x", "said": "in flight", "unit": "", "values": [first, last], "models": made}]})


@pytest.mark.parametrize(("unit", "interval", "by", "said"), [("", [240, 320], "lag", "240–320"), ("", [320, 420], "lag", "320–420"), ("us", [240, 320], "lag", f"240–320{NBSP}µs"),
                                                             ("%", [240, 320], "lag", f"240–320{NBSP}%"), ("", [240, 320], "server", "≥320"), ("", [240, 320], "open", "320?")])
def test_what_a_repeat_may_find_is_an_interval(unit, interval, by, said):
    made = limits_from({"finished": True, "trials_done": 9, "models": [{"model": "uv_callbacks", "family": "callbacks", "bears_family": True}],
                        "ladders": [{"name": "x", "said": "x", "unit": unit, "values": [1, 1000],
                                     "models": [{"model": "uv_callbacks", "limit": 320, "interval": interval, "ended_by": by, "reason": by}]}]})
    assert made.ladders[0].text(made.ladders[0].reaches[0]) == said


@pytest.mark.parametrize(("first", "last", "sign"), [(1, 10_000, "≥"), (10_000, 1, "≤")])
def test_who_may_go_further_is_not_said_to_be_behind(first, last, sign, many):
    run = read_run(many.directory)
    run.limits = one_ladder(("thread_pool", "threads", 100, "server"), ("uv_callbacks", "callbacks", 1000, "too_slow"), first=first, last=last)
    title = limits.title_of(run)
    if sign == "≥":
        assert title == "No family is shown to go further than another on any of these axes."
    else:
        assert title == "In flight: ≤100 for threads, 1,000 for callbacks."
    assert f"{sign}100" in texts_of(limits.figure(run, Look()))


def test_the_furthest_stands_for_a_family_without_a_bearer():
    made = one_ladder(("a", "threads", 10, "lag"), ("b", "threads", 1000, "lag"))
    ladder = made.ladders[0]
    plain = [reach.__class__(**{**reach.__dict__, "bears_family": False}) for reach in ladder.reaches]
    (bearer, variants), = shown_of(ladder.__class__(ladder.name, ladder.said, ladder.unit, ladder.values, tuple(plain)), FAMILIES)
    assert bearer.model == "b" and [each.model for each in variants] == ["a"]


def test_a_single_bar_is_no_chart(many):
    run = read_run(many.directory)
    run.limits = one_ladder(("thread_pool", "threads", 100, "lag"), ("uv_callbacks", "callbacks", None, "too_slow"))
    assert not limits.CHART.shows(run)
    run.limits = one_ladder(("thread_pool", "threads", 100, "lag"), ("uv_callbacks", "callbacks", 7, "too_slow"))
    assert limits.CHART.shows(run)


def test_a_pair_s_ratio_is_of_the_first_to_the_second(many):
    pairs = {(pair.model, pair.other): pair for pair in counterparts.pairs_of(many)}
    raw = many.verdict["families"]["counterparts"]
    assert {(each["b"], each["a"]) for each in raw} == set(pairs)
    assert counterparts.title_of(list(pairs.values())) == "thread_pool takes 27 % less CPU per item than its counterpart process_pool."
    figure = figure_of(counterparts.CHART, many)
    assert {name for name in gids(figure, "interval")} == {f"{each['b']} : {each['a']}" for each in raw if each["low"]}
    assert len(gids(figure, "median")) == len(raw) >= 3


def test_pairs_that_are_not_told_apart_are_not_said_to_differ():
    alike = [counterparts.Pair("a", "b", 1.02, 0.99, 1.05, 4), counterparts.Pair("c", "d", 3.0, None, None, 4)]
    assert counterparts.title_of(alike) == "None of 2 declared pairs is told apart in CPU per item."


def test_percentiles_have_a_line_a_round_and_end_where_items_do(many):
    figure = figure_of(percentiles.CHART, many)
    for point in percentiles.points(many):
        ends = 4 if point.items >= 10_000 else 3
        for model in many.models:
            rounds = len(many.trials_of(point.id, model))
            if rounds:
                assert lines_of(figure, "lines")[f"{model}:{point.id}"] == rounds * (ends + 1)
                assert lines_of(figure, "median")[f"{model}:{point.id}"] == ends
    few = percentiles.points(many)[0]
    assert [key for key, _, _ in percentiles.known(few.__class__(**{**few.__dict__, "items": 999}))] == ["p50", "p90"]


def test_the_profile_counts_loads(many):
    factors = profile.factors_of(many)
    for name, each in factors.items():
        assert sum(factor <= 1.0 for factor in each) == sum(
            min((cell["median"] for cell in verdict["cells"] if cell["status"] == "valid"), default=None) == next(
                (cell["median"] for cell in verdict["cells"] if cell["model"] == name and cell["status"] == "valid"), "none")
            for verdict in many.verdict["points"] if verdict["ranks_by"] != "none")
    assert profile.within([1.0, 1.2, float("inf")], 1.2) == pytest.approx(2 / 3)
    told = re.match(r"Of (\d+) loads, (\w+) is within 5 % of the best at (\d+), (\w+) at (\d+)\.", profile.title_of(factors))
    assert sum(factor <= 1.05 for factor in factors[told[2]]) == int(told[3]) > int(told[5]) == sum(factor <= 1.05 for factor in factors[told[4]])


def test_keeping_up_has_its_line(few):
    figure = figure_of(charts.by_name("efficiency"), few)
    lines = figure.findobj(lambda artist: artist.get_gid() == "line")
    assert lines and {round(float(line.get_ydata()[0]), 6) for line in lines} == {0.05}, "the axis is of the loss"


def test_memory_is_told_as_what_a_gibibyte_holds(few):
    chart = charts.by_name("memory")
    group = chart.groups(few)[0]
    point = group.points[-1]
    value = few.median(point.id, "uv_callbacks", "memory", "per_item_bytes")
    assert chart.quantity.place(value) == pytest.approx(2**30 / value / 1000)


def test_the_family_table_has_eight_rows_at_most_and_they_are_furthest_apart(many):
    told = [row for row in families.data_of(many)["rows"] if row["best"] and row["point"] in many.points]
    kept = families.rows_of(many)
    assert len(told) > 8 == len(kept) and [row for row in told if row in kept] == kept
    assert min(map(families.apart, kept)) >= max(families.apart(row) for row in told if row not in kept)
    figure = figure_of(families.CHART, many)
    assert figure.get_figheight() == pytest.approx(7.2), "16:9"
    assert len(families.CHART.table(many).rows) >= len(told)


def test_an_axis_with_one_place_is_left_out_where_others_have_two(few):
    for name in ("efficiency", "cpu_per_item", "memory", "latency_at_rate"):
        groups = charts.by_name(name).groups(few)
        assert groups and all(len(group.points) >= 2 for group in groups), name


def test_limits_of_a_directory_are_shown_beside_a_run(made, tmp_path):
    directory = synthetic_limits.write(tmp_path / "limits", models=3)
    ran = subprocess.run([sys.executable, REPORTS / "report.py", made(models=3, rounds=2), "--limits", directory, "--only", "limits", "--theme", "light", "--format", "svg",
                          "--out", tmp_path / "o", "--json"], capture_output=True, text=True, timeout=280)
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    assert json.loads(ran.stdout)["files"][0].endswith("limits-light.svg") and "shortest wait" in (tmp_path / "o" / "limits-light.svg").read_text()


def test_titles_of_charts_are_about_families(many):
    titles = {name: charts.by_name(name).title(many, charts.by_name(name).groups(many)) for name in ("efficiency", "cpu_per_item", "memory")}
    assert re.match(r"download \S+ \S+: threads, callbacks and coroutines keep up with 1,000 in flight, processes with 100\.", titles["efficiency"])
    assert re.match(r"download \S+ \S+: at 100 in flight, processes take 2.\d times the CPU of c\w+\.", titles["cpu_per_item"])
    assert re.match(r".+ in flight: processes take [23]\d times the memory of callbacks, item by item\.", titles["memory"])


def test_throughput_is_items_by_makespan_and_its_numbers_do_not_cover_each_other(many):
    figure = figure_of(charts.by_name("throughput"), many)
    group = throughput.groups(many)[0]
    point = group.points[-1]
    (line,) = [each for axes in figure.axes for each in axes.lines if each.get_gid() == "median:asio_coroutines"][:1]
    assert line.get_xdata()[-1] == pytest.approx(1e9 * point.items / many.median(point.id, "asio_coroutines", "makespan_ns"))
    assert line.get_ydata()[-1] == pytest.approx(many.median(point.id, "asio_coroutines", "tape", "service_ns", "p99") / 1e6)
    boxes = [text.get_window_extent() for text in figure.findobj(lambda artist: str(artist.get_gid()).startswith("number:") and artist.get_visible())]
    assert len(boxes) > 4 and not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_the_chart_of_closed_loops_has_no_open_ones(many):
    closed, opened = latency.points(many), percentiles.points(many)
    assert closed and opened and not {point.id for point in closed} & {point.id for point in opened}
    run = read_run(many.directory)
    run.points = {point.id: point for point in opened}
    assert percentiles.CHART.shows(run) and not latency.CHART.shows(run)
