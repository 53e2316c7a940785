"""Many runs over time are read together; what cannot be read with them is named. The gate's selftest refuses what it cannot do.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from conftest import SCRIPTS, SLEEP, Suite

ROOT = SCRIPTS.parent

RUNS = 10


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One real run, told again as a run a day; from the sixth on it takes 10 % longer."""
    suite = Suite(tmp_path_factory.mktemp("history"))
    ended = suite("run", *SLEEP, "--models", "sequential", "--rounds", 3, "--seed", 1, "--out", "run")
    assert ended.returncode == 0, ended.stderr
    made = []
    for day in range(RUNS):
        run = suite.directory / f"run{day}"
        shutil.copytree(suite.directory / "run", run)
        plan = json.loads((run / "plan.json").read_text())
        plan |= {"created": f"2026-01-{day + 1:02d}T00:00:00Z", "commit": f"c{day}"}
        (run / "plan.json").write_text(json.dumps(plan))
        lines = [json.loads(line) for line in (run / "trials.jsonl").read_text().splitlines()]
        for line in lines:
            line |= {"cpu_per_item_ns": (1000 + day % 2) * (1.1 if day >= 5 else 1), "efficiency": 0.99, "verdict": "valid", "reasons": []}
        (run / "trials.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        made.append(run)
    return made


def test_a_step_is_named_by_its_commit(suite: Suite, runs: list[Path]) -> None:
    ended = suite("history", *reversed(runs))
    assert ended.returncode == 0 and "% from commit c5 on" in " ".join(ended.stdout.split()), ended.stdout + ended.stderr
    assert max(map(len, ended.stdout.replace(str(runs[0].parent), "").splitlines())) <= 80
    document = json.loads(suite("history", *runs, "--json").stdout)
    assert [run["commit"] for run in document["runs"]] == [f"c{day}" for day in range(RUNS)]
    assert [change["at"] for change in document["series"][0]["changes"]] == [5]
    assert "0 steps" in suite("history", *runs, "--least", "20%").stdout
    assert "1 step" in suite("history", *runs, "--least", "9.9%").stdout, "a share, and no logarithm: that of 10 % is 9.5"
    (suite.directory / "README.md").write_text("no run")
    among = suite("history", *runs, "README.md", "nowhere")
    assert among.returncode == 0 and "README.md" in among.stdout and "nowhere" in among.stdout, "what is no run is left out by name"


def test_it_is_drawn(suite: Suite, runs: list[Path]) -> None:
    ended = suite("history", *runs, "--chart", "h.svg")
    assert ended.returncode == 0, ended.stderr
    chart = (suite.directory / "h.svg").read_text()
    assert "<svg" in chart and suite("history", *runs, "--chart", "again.svg").returncode == 0
    assert (suite.directory / "again.svg").read_text() == chart
    assert suite("history", "nowhere", "--chart", "again.svg").returncode == 2
    assert (suite.directory / "again.svg").read_text() == chart, "what cannot be drawn replaces nothing"


@pytest.mark.parametrize(("words", "told"), [(["nowhere"], "nowhere"), ([], "dirs"), (["RUN"], "two runs or more"), (["RUN", "RUN", "--chart", "h.gif"], ".svg or .png"),
                                             (["RUN", "RUN", "--least", "little"], "--least")])
def test_bad_arguments_are_refused(suite: Suite, runs: list[Path], words: list[str], told: str) -> None:
    ended = suite("history", *(runs[0] if word == "RUN" else word for word in words))
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and told in ended.stderr, ended.stderr


@pytest.mark.parametrize(("words", "told"), [(["--out", "."], "exists"), (["--short", "--full"], "--full"), (["--gates", "0"], "--gates")])
def test_a_selftest_that_cannot_be_is_refused(suite: Suite, words: list[str], told: str) -> None:
    ended = suite("selftest", *words)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and told in ended.stderr, ended.stderr


def test_gates_become_a_page(suite: Suite) -> None:
    """The rates are counted from the files: one alarm of two, and the exact bound."""
    quantity = {"quantity": "CPU an item", "judged": True, "verdict": "fine", "ratio": 1.0, "p": 0.4, "round_sd": 0.02, "detectable": 0.03,
                "log_ratios": [0.0] * 9, "base_pair": [0.001] * 9, "head_pair": [0.05] * 9}
    for number, status in enumerate([0, 1]):
        cell = {"load": "a load", "model": "m", "quantities": [quantity | {"verdict": "slower" if status else "fine"}]}
        gate = {"exit_status": status, "identical": True, "injected_percent": 0, "injected_calls": 0, "injected_allocations": 0, "contaminated": "", "cells": [cell],
                "counts": [], "controls": {}}
        (suite.directory / f"equal_{number}.json").write_text(json.dumps(gate))
    ended = suite.script("error_rates", "--machine", "a machine", ".")
    assert ended.returncode == 0, ended.stderr
    assert "| equal programs, one model | 2 | 1 | 97 % | 1 pass, 0 inconclusive |" in ended.stdout
    assert "of 4 such samples 2 have a median beyond 3 %" in ended.stdout
    assert "No gate with a slow-down was measured." in ended.stdout
    (suite.directory / "layout_1.json").write_text(json.dumps(gate | {"identical": False, "cells": [cell | {"quantities": [quantity | {"ratio": 0.95}]}]}))
    ended = suite.script("error_rates", "--machine", "a machine", ".")
    assert "| equal sources, laid out anew | 1 | 1 | 5.0 % | 5.0 % |" in ended.stdout and "| equal programs, one model | 2 | 1 | 97 % |" in ended.stdout, ended.stdout + ended.stderr
    assert "No model that lies was tried." in ended.stdout
    told = [("liar", ["oracle"], "void", ["oracle", "ledger"]), ("liar", ["oracle", "ledger"], "void", ["oracle"]), ("sly", ["tape"], "valid", ["tape"]),
            ("honest", [], "valid", []), ("honest", [], "void", ["tape"])]
    lies = [{"load": "a load", "model": model, "checks": checks, "verdict": verdict, "reasons": [{"check": found, "text": ""} for found in by], "right": not by}
            for model, checks, verdict, by in told]
    (suite.directory / "lies.json").write_text(json.dumps({"schema": 1, "lies": lies}))
    ended = suite.script("error_rates", "--machine", "a machine", ".")
    assert "2 models, one lie each" in ended.stdout and "| `ledger` | 1 | 0 |\n| `oracle` | 2 | 2 |\n| `tape` | 1 | 0 |\n" in ended.stdout, ended.stdout
    assert "Of 2 trials of the same models without a lie 1 were void" in ended.stdout
    cells = [{"load": load, "model": "m", "quantities": [quantity | {"verdict": verdict, "ratio": 1.05, "round_sd": sd, "detectable": least}, *more]}
             for load, verdict, sd, least, more in [("computing", "slower", 0.03, 0.045, [quantity | {"quantity": "makespan"}]),
                                                    ("busy", "fine", 0.04, 0.06, [])]]
    (suite.directory / "slower_1.json").write_text(json.dumps(gate | {"injected_percent": 5, "cells": cells}))
    ended = suite.script("error_rates", "--machine", "a machine", ".")
    assert "| computing | m | 1 of 1 | 1 of 1 | 1 of 1 | +5.0 % |" in ended.stdout, ended.stdout + ended.stderr
    assert "| busy (flat out: damps) | m | 0 of 1 | none | none | +5.0 % |" in ended.stdout, ended.stdout
    stored = suite.script("error_rates", "--machine", "a machine", "--store", "all.jsonl", ".")
    assert stored.stdout == ended.stdout and suite.script("error_rates", "--machine", "a machine", "all.jsonl").stdout == ended.stdout
    nowhere = suite.script("error_rates", "--machine", "a machine", "--store", "nowhere/all.jsonl", ".")
    assert nowhere.returncode == 2 and nowhere.stderr.count("\n") == 1 and "nowhere/all.jsonl.new" in nowhere.stderr, nowhere.stderr
    older = json.loads((suite.directory / "equal_0.json").read_text())
    del older["counts"]
    (suite.directory / "equal_0.json").write_text(json.dumps(older))
    ended = suite.script("error_rates", "--machine", "a machine", ".")
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "equal_0.json lacks counts" in ended.stderr, ended.stderr
    (suite.directory / "equal_0.json").write_text("{")
    ended = suite.script("error_rates", "--machine", "a machine", ".")
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "equal_0.json" in ended.stderr, ended.stderr


def test_the_page_of_error_rates_is_made_of_what_is_stored(suite: Suite) -> None:
    page = (ROOT / "docs" / "error_rates.md").read_text()
    machine = re.search(r"measured on (.*?)\. Rates are of this machine", page).group(1)
    made = suite.script("error_rates", "--machine", machine, ROOT / "results" / "gates" / "two_cores.jsonl")
    assert made.stdout == page, "scripts/error_rates --machine TEXT results/gates/two_cores.jsonl > docs/error_rates.md"
