"""Two runs are compared by ratios with intervals that are exact, and a word is said only where they show it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
from itertools import combinations
from math import comb

import pytest

import synthetic_run
from comparison import NO_DIFFERENCE, alpha_of, compare
from mann_whitney import cut, interval, rounds_needed, ways
from run_data import read_run


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (4, 4), (5, 3)])
def test_orders_are_counted_as_by_enumeration(m, n):
    counts = [0] * (m * n + 1)
    for places in combinations(range(m + n), m):
        counts[sum(place - rank for rank, place in enumerate(places))] += 1
    assert list(ways(m, n)) == counts and sum(counts) == comb(m + n, m)


@pytest.mark.parametrize(("m", "n"), [(6, 6), (5, 8), (30, 30)])
@pytest.mark.parametrize("alpha", [0.05, 0.0005])
def test_what_is_cut_off_has_the_probability_asked_for_at_most(m, n, alpha):
    ends = cut(m, n, alpha)
    assert 2 * sum(ways(m, n)[:ends]) <= alpha * comb(m + n, m) < 2 * sum(ways(m, n)[:ends + 1])


def test_few_rounds_have_no_interval():
    assert interval([1.0, 1.1], [2.0, 2.1], 0.05).low is None
    assert rounds_needed(0.05) == 4  # 2 of 70 orders
    assert interval([1.0, 1.1, 1.2, 1.3], [2.0, 2.1, 2.2, 2.3], 0.05).excludes_one


def run_of(folder, scale):
    """uv_callbacks costs `scale` times as much."""
    content = synthetic_run.build(models=4, rounds=12, seed=1)
    for point in content["verdict.json"]["points"]:
        for cell in point["cells"]:
            if cell["model"] == "uv_callbacks" and cell["median"]:
                cell.update(median=cell["median"] * scale, values=[value and value * scale for value in cell["values"]])
    for name, body in content.items():
        (folder / name).write_text("".join(json.dumps(each) + "\n" for each in body) if name.endswith("l") else json.dumps(body))
    return read_run(folder)


@pytest.fixture
def runs(tmp_path):
    def of(*scales):
        for name in "ab":
            (tmp_path / name).mkdir(exist_ok=True)
        return [run_of(tmp_path / name, scale) for name, scale in zip("ab", scales)]
    return of


def test_the_same_numbers_show_no_difference(runs):
    comparison = compare(*runs(1, 1))
    assert len(comparison.cells) > 60
    assert {cell.word for cell in comparison.cells} == {NO_DIFFERENCE}


@pytest.mark.parametrize(("scales", "word"), [((1.5, 1), "slower"), ((1, 1.5), "faster")])
def test_what_differs_is_named(runs, scales, word):
    comparison = compare(*runs(*scales))
    assert {cell.word for cell in comparison.cells if cell.model != "uv_callbacks"} == {NO_DIFFERENCE}
    assert {cell.word for cell in comparison.cells if cell.model == "uv_callbacks" and cell.ratio.low} == {word}
    assert {cell.ranks_by for cell in comparison.cells if cell.word == word} == {"cpu_per_item", "cpu_keeping_up", "makespan", "latency"}


def test_a_difference_below_three_percent_is_none(runs):
    comparison = compare(*runs(1.02, 1))
    assert {cell.word for cell in comparison.cells} == {NO_DIFFERENCE}


def test_the_certainty_is_shared_among_the_cells(runs):
    comparison = compare(*runs(1.5, 1))
    cell = next(each for each in comparison.cells if each.word == "slower")
    values = [[value for value in each["values"] if value] for run in (comparison.here, comparison.there)
              for each in run.verdicts[cell.point.id]["cells"] if each["model"] == "uv_callbacks"]
    assert cell.ratio == interval(*values, alpha_of(len(comparison.cells)))


def test_loads_that_are_not_the_same_work_are_left_out_and_named(runs, tmp_path):
    here, _ = runs(1, 1)
    content = json.loads((tmp_path / "b" / "plan.json").read_text())
    content["points"][0]["items"] += 1
    (tmp_path / "b" / "plan.json").write_text(json.dumps(content))
    comparison = compare(here, read_run(tmp_path / "b"))
    label = content["points"][0]["label"]
    assert comparison.unlike == (label,) and label in comparison.summary()
    assert label not in {cell.point.label for cell in comparison.cells}
