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


def write_files(folder: Path) -> None:
    files = re.findall(r"^File `([^`]+)`:\n\n```\w+\n(.*?)^```$", TEXT, re.M | re.S)
    assert [name for name, _ in files] == ["relay_race/model.hpp", "relay_race/main.cpp", "CMakeLists.txt"]
    for name, content in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)


def test_the_model_of_the_text_builds_runs_and_conforms(tmp_path):
    write_files(tmp_path)
    commands = re.search(r"^Built and run:\n\n```sh\n(.*?)^```$", TEXT, re.M | re.S).group(1)
    done = subprocess.run(["sh", "-ec", commands], cwd=tmp_path, env={**os.environ, "INTERLEAVE_BUILD": str(BUILD)},
                          capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in done.stdout, done.stdout
    assert "relay_race/sleep_many" in done.stdout

    model = tmp_path / "build/libexec/interleave/relay_race"
    about = json.loads(subprocess.run([model, "--describe"], capture_output=True, check=True, timeout=60).stdout)
    assert about["capabilities"] == ["deadline", "offload"] and about["skips"] == {}
    checks = Path(__file__).with_name("models_meet_the_oracle.py")
    conforms = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", checks],
                              env={**os.environ, "INTERLEAVE_MODEL": str(model)}, capture_output=True, text=True, timeout=400)
    assert conforms.returncode == 0, conforms.stdout
    assert "skipped" not in conforms.stdout
