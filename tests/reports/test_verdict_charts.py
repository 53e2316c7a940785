"""Maps, forests, quantiles and outcomes show what the verdict and the trials say.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from statistics import median

import pytest
from matplotlib.colors import to_hex

import charts
from charts import outcomes, ratios
from figures import figure_of, lines_of
from groups import CPU_SHARE, groups_of
from look import Look
from run_data import read_run


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
    assert "process_pool void: peak in flight was 7, asked were 10" in words
    assert "sequential skipped: in_flight 10 is above" in words
    marks = [text.get_text() for text in figure.findobj(lambda a: str(a.get_gid()).startswith("marks:download-local-c1000-k1"))]
    assert marks and "server-limited" in marks[0]


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


def test_outcomes_are_written_for_every_model(few):
    figure = figure_of(charts.by_name("outcomes"), few)
    written = {str(t.get_gid()): t.get_text() for t in figure.findobj(lambda a: str(a.get_gid()).startswith("outcome:"))}
    assert written["outcome:uv_callbacks:download-error-c1000-k1:TIMEOUT"] == "100"
    assert written["outcome:uv_callbacks:download-error-c1000-k1:OK"] == "7,500"
    assert "all" in outcomes.title(few, few.points["download-error-c1000-k1"])


def test_outcomes_that_differ_are_called_out(made):
    run = read_run(made(models=6, rounds=16))
    trial = run.trials_of("download-error-c1000-k1", "uv_callbacks")[0]
    trial.raw["worker"]["outcomes"]["OK"] -= 1
    assert "which should be one" in outcomes.title(run, run.points["download-error-c1000-k1"])


def test_policies_keep_loads_apart(many):
    mixed = [point for point in many.points.values() if point.parameter("cpu_share")]
    groups = groups_of(mixed, CPU_SHARE)
    assert len(groups) == 4
    assert all(len({point.parameter("offload") for point in group.points}) == 1 for group in groups)
