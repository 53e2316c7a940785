"""Promise: scripts/classics writes every classic's headline from a stored run, shows what was not measured as such, and refuses the rest.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ["INTERLEAVE_BUILD"])
SCRIPT = ROOT / "scripts" / "classics"
PATIENCE = 300


def classics(directory: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, directory], capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The plan of the whole profile, of which a second is measured."""
    folder = tmp_path_factory.mktemp("classics")
    command = [BUILD / "bin" / "interleave", "run", "--profile", "classics", "--models", "four", "--within", "1s", "--out", folder / "run"]
    environment = {**os.environ, "INTERLEAVE_LOCK": str(folder / "lock")}
    subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, check=False)
    return folder / "run"


def test_each_of_the_sixteen_rows_has_its_headline(run: pathlib.Path) -> None:
    written = classics(run)
    assert written.returncode == 0, written.stderr
    rows = {int(number) for heading in re.findall(r"^## ([\d, ]+)\.", written.stdout, re.MULTILINE) for number in heading.split(",")}
    assert rows == set(range(1, 17))
    assert "not run" in written.stdout, "a second is not enough for them all"


def test_figures_are_medians_of_valid_rounds(run: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for name in ("plan.json", "environment.json"):
        (tmp_path / name).write_text((run / name).read_text())
    points = {(point["workload"], point["in_flight"], point["parameters"].get("naps")): point["id"]
              for point in json.loads((run / "plan.json").read_text())["points"]}
    trials = [{"model": "sequential", "point": points["sleep_many", 1, "10ms"], "verdict": verdict, "tape": {"makespan_ns": ns}}
              for verdict, ns in (("valid", 30e6), ("valid", 31e6), ("valid", 90e6), ("void", 1))]
    (tmp_path / "trials.jsonl").write_text("".join(json.dumps(trial) + "\n" for trial in trials))
    written = classics(tmp_path)
    assert written.returncode == 0, written.stderr
    assert "| `sequential` | 31 ms : not run |" in written.stdout


def test_what_is_no_run_is_refused_in_one_line(run: pathlib.Path, tmp_path: pathlib.Path) -> None:
    refused = classics(tmp_path)
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "is not the directory of a run" in refused.stderr
    plan = json.loads((run / "plan.json").read_text())
    plan["points"] = [point for point in plan["points"] if point["in_flight"] != 1]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    for name in ("environment.json", "trials.jsonl"):
        (tmp_path / name).write_text((run / name).read_text())
    refused = classics(tmp_path)
    assert refused.returncode == 2 and "0 loads of the run, not one" in refused.stderr
