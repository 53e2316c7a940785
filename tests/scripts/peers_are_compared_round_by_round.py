"""Promise: a row's ratio is the median of the rounds' ratios, a target is judged in its direction, nginx and wrk are counted right.

SPDX-License-Identifier: Apache-2.0
"""
import importlib
import math
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "scripts"))
table = importlib.import_module("peers.table")
model_rows = importlib.import_module("peers.model_rows")
servers = importlib.import_module("peers.servers")
wrk = importlib.import_module("peers.wrk")


def test_the_ratio_is_within_rounds() -> None:
    row = table.compared("x", [1.0, 20.0, 3.0], [2.0, 10.0, 3.0])
    assert (row.ours, row.peer, row.ratio, row.rounds) == (3.0, 3.0, 1.0, 3)


@pytest.mark.parametrize(("ratio", "lower", "met"), [(0.9, True, True), (0.91, True, False), (0.91, False, True), (0.89, False, False)])
def test_a_target_has_a_direction(ratio: float, lower: bool, met: bool) -> None:
    row = table.compared("x", [ratio], [1.0], lower_is_better=lower, target=0.9)
    assert row.met is met
    assert row.as_json()["met"] is met
    assert ("NO" in table.as_table([row])) is not met


def test_a_row_without_a_figure_is_not_judged_and_says_why() -> None:
    row = table.absent("x", "no such model", target=1.0)
    assert row.met is None
    assert table.as_table([row]).splitlines()[-1].endswith("not measured: no such model")


def test_rounds_turn_the_order_and_leave_out_what_cannot_run() -> None:
    seen: list[str] = []

    def run(name: str) -> tuple[float, float]:
        seen.append(name)
        if name == "b":
            raise model_rows.Limit("one core only")
        if name == "d":
            raise model_rows.Failure("wrong: item 3")
        return 1.0, 1.0

    measured, refused = model_rows._rounds({name: (lambda name=name: run(name)) for name in "abcd"}, 3)
    assert "".join(seen) == "abcd" + "ca" + "ac"
    assert (refused["b"].missing, refused["b"].met) == ("one core only", None)
    assert (refused["d"].missing, refused["d"].met) == ("wrong: item 3", False)
    assert {name: len(each) for name, each in measured.items()} == {"a": 3, "b": 0, "c": 3, "d": 0}


def test_the_bound_is_exceeded_by_the_median_in_5_percent_of_samples_at_most() -> None:
    for n in range(5, 13):
        bound = model_rows.upper_bound([float(i) for i in range(n)])
        at_or_above = n - 1 - int(bound)  # values above the bound
        # The true median exceeds the bound only if at most `at_or_above` of n fair coins show "above".
        assert sum(math.comb(n, k) for k in range(at_or_above + 1)) / 2**n <= 0.05
        assert sum(math.comb(n, k) for k in range(at_or_above + 2)) / 2**n > 0.05
    assert model_rows.upper_bound([1.0] * 4) is None


def test_nginx_is_counted_under_wrk() -> None:
    with servers.Nginx(100) as nginx:
        swung = wrk.swing(nginx, "/", 3, 0.2)
        answered = nginx.requests()
    assert nginx.process.returncode == 0
    assert 0 < swung.requests_per_s * 0.2 < answered
    assert 0 < swung.server_us * swung.requests_per_s < 1.1e6  # us of CPU a second: one core at most
    assert 0 < swung.client_us * swung.requests_per_s < 1.1e6


def test_a_slow_machine_measures_fewer_items() -> None:
    effort = model_rows.Effort(7)
    assert model_rows.items_for(0.4, 120_000, 40_000, effort) == 40_000
    assert model_rows.items_for(0.4, 20_000, 40_000, effort) == 8000
    assert model_rows.items_for(0.4, 500, 40_000, effort) == 4000
    assert model_rows.items_for(0.4, 120_000, 40_000, model_rows.Effort(2, 0.1)) == 4000
