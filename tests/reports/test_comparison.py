"""Two runs are compared by ratios with intervals that are exact, and a word is said only where they show it.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import math
from itertools import combinations
from math import comb

import pytest

import synthetic_run
from comparison import SERVER, alpha_of, compare, word_of
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
    assert interval([1.0, 1.1, 1.2, 1.3], [2.0, 2.1, 2.2, 2.3], 0.05).high < 1


def test_a_lost_round_is_worse_than_any_and_as_bad_as_another():
    lost = interval([1.0, math.inf, 1.0, 1.0], [1.0, 1.0, math.inf, 1.0], 0.5)
    assert lost.ratio == 1 and (lost.low, lost.high) == (1, 1)
    assert interval([math.inf] * 4, [1.0] * 4, 0.05).low == math.inf


def test_many_rounds_are_not_counted_one_by_one():
    m = n = 101
    share = 2 * sum(ways(m, n)[:cut(m, n, 0.05)]) / comb(m + n, m)
    assert share == pytest.approx(0.05, rel=0.02)


def with_another_uv(content, scale):
    """uv_callbacks costs `scale` times as much, and the server has a price of its own."""
    for point in content["verdict.json"]["points"]:
        for cell in point["cells"]:
            if cell["model"] == "uv_callbacks" and cell["median"]:
                cell.update(median=cell["median"] * scale, values=[value and value * scale for value in cell["values"]])
    for trial in content["trials.jsonl"]:
        if trial["ledger"]:
            trial["ledger"].update(requests=100, cpu_ns={"total": 1000})
    return content


def run_of(folder, content):
    folder.mkdir(exist_ok=True)
    for name, body in content.items():
        (folder / name).write_text("".join(json.dumps(each) + "\n" for each in body) if name.endswith("l") else json.dumps(body))
    return read_run(folder)


@pytest.fixture
def runs(tmp_path):
    """Of two contents, each with uv_callbacks at a price, and changed by a function."""
    def of(*scales, change=lambda content: None):
        contents = [with_another_uv(synthetic_run.build(models=4, rounds=16, seed=1), scale) for scale in scales]
        change(contents[0])
        return [run_of(tmp_path / name, content) for name, content in zip("ab", contents)]
    return of


def test_the_same_numbers_are_never_a_difference(runs):
    comparison = compare(*runs(1, 1))
    assert len(comparison.cells) > 60 and not comparison.gaps
    assert not {cell.word for cell in comparison.cells} & {"slower", "faster"}
    assert sum(cell.word == "same" for cell in comparison.cells) > 60
    assert comparison.sentences() == ["Nothing is shown to have changed by 5 % or more."]


@pytest.mark.parametrize(("scales", "word"), [((1.5, 1), "slower"), ((1, 1.5), "faster")])
def test_what_differs_is_named(runs, scales, word):
    comparison = compare(*runs(*scales))
    assert not {cell.word for cell in comparison.cells if cell.model != "uv_callbacks"} & {"slower", "faster"}
    assert {cell.word for cell in comparison.cells if cell.model == "uv_callbacks" and cell.ratio.low} == {word}
    assert {cell.quantity for cell in comparison.cells if cell.word == word} == {"CPU an item", "makespan", "p99 latency"}
    (sentence,) = comparison.sentences()
    assert sentence.startswith(f"Callbacks are {word} at ") and ("+50.0" if word == "slower" else "-33.3") in sentence
    (row,) = [row for row in comparison.families().rows if row[0] == "callbacks"]
    assert row[1] == row[2 if word == "slower" else 3]
    assert comparison.medians().rows[0][1] == "uv_callbacks", "what differs the most comes first"


@pytest.mark.parametrize(("low", "high", "word"), [(1.05, 1.2, "slower"), (1.04, 1.2, "unresolved"), (0.96, 1.04, "same"), (0.9, 1.04, "unresolved"), (0.8, 0.95, "faster"),
                                                   (None, None, "unresolved")])
def test_a_word_needs_the_whole_interval(low, high, word):
    assert word_of(low, high) == word


def test_the_certainty_is_shared_among_the_cells(runs):
    comparison = compare(*runs(1.5, 1))
    cell = next(each for each in comparison.cells if each.word == "slower")
    values = [[value for value in each["values"] if value] for run in (comparison.here, comparison.there)
              for each in run.verdicts[cell.point.id]["cells"] if each["model"] == "uv_callbacks"]
    assert cell.ratio == interval(*values, alpha_of(len(comparison.cells)))


def test_loads_that_are_not_the_same_work_are_left_out_and_named(runs):
    comparison = compare(*runs(1, 1, change=lambda content: content["plan.json"]["points"][0].update(items=7)))
    label = comparison.here.plan["points"][0]["label"]
    assert comparison.unlike == (label,) and label in comparison.summary()
    assert label not in {cell.point.label for cell in comparison.cells}


def cell_in(content, model, status):
    return next(cell for point in content["verdict.json"]["points"] for cell in point["cells"] if (cell["model"], cell["status"]) == (model, status))


def test_what_one_run_alone_has_is_a_gap_and_not_silence(runs):
    comparison = compare(*runs(1, 1, change=lambda content: cell_in(content, "thread_pool", "valid").update(status="void", reason="ledger: 2 too many")))
    (gap,) = comparison.gaps
    assert (gap.model, gap.what) == ("thread_pool", "void here: ledger: 2 too many")
    assert "1 cell is in one run alone" in comparison.summary() and any("2 too many" in row[2] for row in comparison.missing().rows)


def test_who_became_too_slow_is_slower(runs):
    comparison = compare(*runs(1, 1, change=lambda content: cell_in(content, "thread_pool", "valid").update(status="too_slow", reason="a trial takes 9 s")))
    (cell,) = [cell for cell in comparison.cells if cell.word in ("slower", "faster")]
    assert (cell.model, cell.word, cell.note, cell.texts()[3]) == ("thread_pool", "slower", "too slow here: a trial takes 9 s", "too slow")
    assert json.loads(json.dumps(comparison.as_json(), allow_nan=False))


@pytest.mark.parametrize(("changed", "word", "percent"), [("here", "slower", "lost"), ("there", "faster", "lost there")])
def test_too_slow_is_worse_than_rounds_of_which_most_are_lost(runs, changed, word, percent):
    """Without the middle of both there is no ratio, and yet a word."""
    def too_slow(content):
        cell_in(content, "thread_pool", "valid").update(status="too_slow", reason="a trial takes 9 s")

    def lost(content):
        cell = cell_in(content, "thread_pool", "valid")
        cell.update(values=cell["values"][:1], left_out=[{"kind": "unsustained", "rounds": 5}])

    here, there = runs(1, 1, change=too_slow if changed == "here" else lost)[0], runs(1, 1, change=lost if changed == "here" else too_slow)[0]
    (cell,) = [cell for cell in compare(here, there).cells if cell.note]
    assert (cell.word, cell.percent) == (word, percent)


def test_models_that_are_not_drawn_are_no_gaps(runs):
    here, there = runs(1, 1)
    comparison = compare(here.of_models(["thread_pool"]), there)
    assert {cell.model for cell in comparison.cells} == {"thread_pool", SERVER} and not comparison.gaps


def test_another_machine_and_other_programs_are_told(runs):
    def change(content):
        content["environment.json"].update(kernel="6.2.0", programs={"thread_pool": {"crc32c": "1"}, "interleave": {"crc32c": "2"}}, load_average=[3, 2, 1])
    here, there = runs(1, 1, change=change)
    there.environment["programs"] = {"thread_pool": {"crc32c": "1"}, "interleave": {"crc32c": "3"}}
    rows = compare(here, there).around().rows
    assert ["kernel", "6.2.0", "6.1.0"] in rows and ["programs", "not those of there: interleave", "–"] in rows
    assert len(rows) == 2, "a load average is of the moment"
