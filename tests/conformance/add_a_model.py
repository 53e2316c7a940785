"""docs/add_a_model.md is true: the files in its text, written into an empty folder, are a model that passes."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from measured_server import BUILD, SOURCE

TEXT = (SOURCE / "docs/add_a_model.md").read_text()


def commands(heading: str) -> str:
    return re.search(rf"^{heading}:\n\n```sh\n(.*?)^```$", TEXT, re.M | re.S).group(1)


def write_files(folder: Path) -> None:
    files = re.findall(r"^File `([^`]+)`:\n\n```\w+\n(.*?)^```$", TEXT, re.M | re.S)
    assert [name for name, _ in files] == ["relay_race/model.hpp", "relay_race/main.cpp", "CMakeLists.txt", "town_crier/model.hpp", "town_crier/main.cpp"]
    for name, content in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)


def test_the_model_of_the_text_builds_runs_and_conforms(tmp_path):
    write_files(tmp_path)
    environment = {**os.environ, "INTERLEAVE_BUILD": str(BUILD), "INTERLEAVE_LOCK": str(tmp_path / "lock")}
    done = subprocess.run(["sh", "-ec", commands("Built and run")], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout, done.stdout
    assert "relay_race/sleep_many" in done.stdout

    model = tmp_path / "build/libexec/interleave/relay_race"
    about = json.loads(subprocess.run([model, "--describe"], capture_output=True, check=True, timeout=60).stdout)
    assert about["capabilities"] == ["deadline", "offload", "sub-lanes", "queue", "keeping", "datagrams"] and about["skips"] == {}
    if (BUILD / "bin/interleave").exists():  # not where the server alone is built
        measured = subprocess.run(["sh", "-ec", commands("Measured beside others")], cwd=tmp_path, env=environment, capture_output=True,
                                  text=True, timeout=400)
        assert measured.returncode in (0, 1), measured.stderr  # 1: void, as a busy machine makes trials
        trials = [json.loads(line) for line in (tmp_path / "results/relay_race/trials.jsonl").read_text().splitlines()]
        right = {trial["model"] for trial in trials if {reason["check"] for reason in trial["reasons"]} <= {"sustained", "disturbed"}}
        assert right == {"relay_race", "thread_pool"}

    conforms = conformance(model)
    assert "skipped" not in conforms
    crier = conformance(model.with_name("town_crier"))
    assert "passed" in crier


def conformance(model: Path) -> str:
    checks = sorted(Path(__file__).parent.glob("models_*.py"))
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *checks], env={**os.environ, "INTERLEAVE_MODEL": str(model)},
                          capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout
    return done.stdout
