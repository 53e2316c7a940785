"""The report knows workloads and models from a run's files alone: other names change names alone.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import re

import pytest

import charts
import synthetic_run
from figures import figure_of
from reasons import folded
from run_data import UnusableRun, read_run

NAMES = re.compile(rf"(?<![a-z_])({'|'.join(sorted([*synthetic_run.MODELS, *synthetic_run.WORKLOADS], key=len, reverse=True))})(?![a-z_])")
each_chart = pytest.mark.parametrize("chart", charts.ALL, ids=lambda chart: chart.name)


def write_with(out, change, **settings):
    """A run whose files went through `change`, as one document."""
    for name, content in change(synthetic_run.build(**settings)).items():
        lines = name.endswith(".jsonl")
        (out / name).write_text("".join(json.dumps(each) + "\n" for each in content) if lines else json.dumps(content))
    return read_run(out)


def renamed(content):
    """Every model and workload under another name, which sorts as before; a family keeps its name, which may be a model's as well."""
    changed = json.loads(NAMES.sub(r"zz_\1", json.dumps(content)))
    for model in changed["plan.json"]["models"]:
        model["family"] = model["family"].removeprefix("zz_")
    for workload in changed["plan.json"]["workloads"].values():
        workload["axes"] = json.loads(json.dumps(workload["axes"]).replace("zz_", ""))
    return changed


def marks(chart, run):
    return sorted(str(artist.get_gid()) for artist in figure_of(chart, run).findobj(lambda artist: artist.get_gid()))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return write_with(tmp_path_factory.mktemp("plain"), lambda content: content, models=6, rounds=16)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    return write_with(tmp_path_factory.mktemp("foreign"), renamed, models=6, rounds=16)


@each_chart
def test_under_other_names_every_chart_has_the_same_marks(chart, plain, foreign):
    assert marks(chart, foreign) == sorted(NAMES.sub(r"zz_\1", mark) if not mark.startswith("tile:") else
                                           ":".join([NAMES.sub(r"zz_\1", mark.rsplit(":", 1)[0]), mark.rsplit(":", 1)[1]])
                                           for mark in marks(chart, plain))


@pytest.mark.parametrize(("file", "key", "line"), [
    ("plan.json", "workloads", "plan.json: has no workloads; use the interleave that made the run"),
    ("verdict.json", "margin_percent", r"verdict.json: has no margin_percent; `interleave verdict .*` makes it anew")])
def test_a_file_that_does_not_describe_what_is_in_it_is_refused_in_one_line(file, key, line, tmp_path):
    def change(content):
        del content[file][key]
        return content

    with pytest.raises(UnusableRun, match=line) as refused:
        write_with(tmp_path, change, models=2, rounds=1)
    assert "\n" not in str(refused.value)


def test_an_unknown_family_is_refused_by_name(tmp_path):
    def change(content):
        content["plan.json"]["models"][0]["family"] = "actors"
        return content

    with pytest.raises(UnusableRun, match="sequential is of family 'actors', but this report knows sequential, threads"):
        write_with(tmp_path, change, models=2, rounds=1)


def test_a_workload_of_a_kind_nobody_has_seen_finds_its_charts(tmp_path):
    """It waits without a server, and computes, against a dial of its own."""
    def change(content):
        described = content["plan.json"]["workloads"]["sleep_many"]
        described.update(computes=True, axes=[{"name": "weight", "unit": "kg", "of": "parameter"}])
        for place, point in enumerate(each for each in content["plan.json"]["points"] if each["workload"] == "sleep_many"):
            point.update(in_flight=100, parameters={"weight": str(place)}, ranks_by="makespan")
        return content

    run = write_with(tmp_path, change, models=3, rounds=2)
    groups = [group for group in charts.by_name("cpu_share").groups(run) if group.points[0].workload.name == "sleep_many"]
    assert [(group.along.label, [group.along.value(point) for point in group.points]) for group in groups] == [("kg", [0, 1, 2])]
    assert not any(group.points[0].workload.name == "sleep_many" for group in charts.by_name("efficiency").groups(run))


def test_reasons_that_differ_in_numbers_are_one():
    assert folded(["item 0: got 00000000000000ff", "item 12: got 0000000000000a0f", "peak was 7", "item 3: got 00000000000000fe"]) == [
        "item 0–12: got …", "peak was 7"]
