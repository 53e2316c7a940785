"""What an item costs, what the machine charges, and what goes on while a trial runs: each shows what was measured, and says what was not.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import math
import shutil

import pytest
from matplotlib.colors import to_hex

import charts
import command
import synthetic_costs
from family_data import bearers
from figures import figure_of, lines_of, texts_of
from look import Look
from run_data import UnusableRun, read_counts, read_run
from slices_data import Course, course_of, courses, middle_of, point_of

COSTS, MACHINE, OVER_TIME = (charts.by_name(name) for name in ("costs", "machine_costs", "over_time"))
LOAD = "download-local-c100-k1"


@pytest.fixture
def directory(made, tmp_path):
    """A run's directory of one's own."""
    shutil.copytree(made(models=4, rounds=1), tmp_path / "run")
    return tmp_path / "run"


def note_of(figure) -> str:
    (note,) = figure.findobj(lambda artist: artist.get_gid() == "note")
    return " ".join(note.get_text().split())


def test_the_load_that_was_counted_is_the_one_that_is_shown(many):
    (title,) = figure_of(COSTS, many).findobj(lambda artist: artist.get_gid() == "title")
    words = " ".join(title.get_text().split())
    assert words.startswith("download local, 100 in flight: an item takes ") and " of CPU and " in words
    assert {row[0] for row in COSTS.table(many).rows} == {many.points[LOAD].label}


def test_every_model_has_a_dot_for_each_cost_that_it_has(many):
    marks = lines_of(figure_of(COSTS, many), "median")
    with_cpu = {name for name in many.models if many.values(LOAD, name, "cpu_per_item_ns")}
    assert {f"{name}:CPU" for name in with_cpu} == {key for key in marks if key.endswith(":CPU")}
    counted = {name for name in many.models if name in many.counts.of}
    assert {f"{name}:system calls" for name in counted} == {key for key in marks if key.endswith(":system calls")}
    assert "process_pool:instructions" not in marks, "they were lost with its processes"
    assert lines_of(figure_of(COSTS, many), "rounds")["thread_pool:context switches"] == 6


def test_what_was_not_counted_is_missing_and_a_count_of_none_is_not(many):
    figure = figure_of(COSTS, many)
    assert "tbb_arena" not in many.counts.of
    rows = {row[1]: row for row in COSTS.table(many).rows}
    assert rows["tbb_arena"][6:10] == ["–"] * 4 and rows["thread_pool"][6:8] == ["2.00", "0"]
    hollow = [line for axes in figure.axes for line in axes.lines if line.get_gid() == "median:thread_pool:allocations"]
    assert [to_hex(line.get_markerfacecolor()) for line in hollow] == [Look().color("ground")]
    assert "–" in texts_of(figure)


def test_who_stands_for_a_family_is_bold(many):
    labels = {label.get_text(): label.get_fontweight() for label in figure_of(COSTS, many).axes[0].get_yticklabels()}
    assert {name for name, weight in labels.items() if weight == "bold"} == set(bearers(many).values()) & set(labels)


def test_without_counts_only_what_was_measured_is_drawn(directory):
    run = read_run(directory)
    figure = figure_of(COSTS, run)
    assert run.counts is None and len(figure.axes) == 3
    assert "not counted in trials: `interleave anatomy --into DIR`" in note_of(figure)


def test_counts_and_costs_in_the_directory_are_found(directory):
    synthetic_costs.write(directory, models=4)
    run = read_run(directory)
    assert run.counts.value("uv_callbacks", "system_calls_per_item") == 2.9 and MACHINE.shows(run)
    assert MACHINE.shows(run.of_workload("download")) and run.of_models(["thread_pool"]).counts is run.counts


@pytest.mark.parametrize(("content", "said"), [("{", "counts.json: damaged"), ('{"schema": 7}', "schema 7"), ('{"schema": 1, "models": []}', "damaged (KeyError"),
                                               ('{"schema": 1, "load": {"workload": "x", "items": 1, "in_flight": 1}, "models": [3]}', "damaged (TypeError")])
def test_counts_that_are_damaged_are_refused_in_one_line(directory, content, said):
    (directory / "counts.json").write_text(content)
    with pytest.raises(UnusableRun) as refused:
        read_run(directory)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_prices_that_are_damaged_are_refused_in_one_line(directory):
    costs = synthetic_costs.machine_costs()
    costs["costs"][0]["low_ns"] = 5.0
    (directory / "machine_costs.json").write_text(json.dumps(costs))
    with pytest.raises(UnusableRun, match="l1_hit has no middle half around its median.*interleave doctor --costs --into"):
        read_run(directory)


def test_counts_of_another_file_may_be_given(directory, tmp_path, capsys):
    file = tmp_path / "other.json"
    assert command.main([str(directory), "--counts", str(file)]) == 2
    assert "`interleave anatomy --json` prints such a file" in capsys.readouterr().err
    file.write_text(json.dumps(synthetic_costs.counts(models=4)))
    assert "uv_callbacks" in read_counts(file).of
    assert command.main([str(directory), "--talk", "--counts", str(file)]) == 2
    assert "--talk has no --counts" in capsys.readouterr().err


def test_every_price_has_a_mark_and_its_family_s_colour(few):
    figure = figure_of(MACHINE, few)
    known = [cost for cost in few.machine_costs if cost.median_ns is not None]
    assert set(lines_of(figure, "median")) == {cost.name for cost in known} == set(lines_of(figure, "interval"))
    colours = {line.get_gid(): to_hex(line.get_color()) for line in figure.axes[0].lines}
    assert colours["median:thread_start"] == Look().color("threads") and colours["median:l1_hit"] == Look().color("soft")
    assert "a program run and waited for: /bin/true: No such file or directory" in note_of(figure)
    assert ["a program run and waited for", "–", "–"] == next(row[:3] for row in MACHINE.table(few).rows if "program" in row[0])


def test_a_course_tells_gaps_and_evenness():
    even = Course(1000.0, (1.0,) * 20, (1.0,) * 20)
    stalled = Course(1000.0, (5 / 3,) * 10 + (0.0,) * 8 + (5 / 3,) * 2, (1.0,) * 10 + (math.nan,) * 8 + (400.0, 1.0))
    assert (even.steady, even.longest_gap_ms) == (1.0, 0.0)
    assert (stalled.steady, stalled.longest_gap_ms) == (0.6, 400.0)
    assert stalled.shares(10) == pytest.approx([1 / 6] * 5 + [0.0] * 4 + [1 / 6])
    assert middle_of([even, stalled, even]).rates == even.rates
    assert even.places[0] == 2.5 and even.places[-1] == 97.5


def test_the_thick_line_is_the_median_and_faint_ones_are_rounds(few):
    figure = figure_of(OVER_TIME, few)
    chosen = sorted((point_of(few, workload) for workload in few.workloads), key=lambda point: not point.workload.connects)[:2]
    assert all(point.in_flight > 1 for point in chosen), "though sequential code has a course with one alone"
    medians, rounds = lines_of(figure, "median"), lines_of(figure, "lines")
    assert medians and set(medians) == set(rounds)
    assert {key.partition(":")[2] for key in medians} == {point.id for point in chosen}
    name, point = "thread_pool", chosen[0]
    count = len(courses(few, point, name)[0].rates)
    assert medians[f"{name}:{point.id}"] == 2 * count, "two panels"
    assert rounds[f"{name}:{point.id}"] == 2 * 5 * (count + 1), "five of sixteen rounds, each with a break behind it"
    assert "faint: rounds (5 of them at most)" in note_of(figure)


def test_too_many_models_are_those_that_stand_for_families(many):
    shown = {key.partition(":")[0] for key in lines_of(figure_of(OVER_TIME, many), "median")}
    assert shown <= set(bearers(many).values()) and "the table has all" in note_of(figure_of(OVER_TIME, many))
    assert {row[1] for row in OVER_TIME.table(many).rows} == set(many.models)


def test_a_run_of_before_is_left_out_with_a_reason(directory):
    run = read_run(directory)
    assert OVER_TIME.shows(run)
    for trial in run.trials:
        (trial.raw["tape"] or {}).pop("over_time", None)
    assert not OVER_TIME.shows(run)
    assert any("measured before trials did" in text.replace("\n", " ") for text in texts_of(figure_of(OVER_TIME, run)))


@pytest.mark.parametrize("damage", [{"finished": "x", "median_us": []}, {"finished": [1, 2], "median_us": [3]}, {"finished": [0, 0], "median_us": [0, 0]}, [], None, {"finished": [-1], "median_us": [1]}])
def test_a_course_that_is_damaged_is_none(directory, damage):
    trial = read_run(directory).trials_of(LOAD, "thread_pool")[0]
    assert course_of(trial) is not None
    trial.raw["tape"]["over_time"] = damage
    assert course_of(trial) is None
