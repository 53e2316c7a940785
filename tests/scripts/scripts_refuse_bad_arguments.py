"""Promise: a wrong argument of a script gets one clear line and exit 2; --help explains; shellcheck is content.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import subprocess

import pytest

SCRIPTS = pathlib.Path(__file__).parents[2] / "scripts"


def ran(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPTS / script, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/")


@pytest.mark.parametrize("script", ["setup", "run", "test", "gate", "compare_peers"])
def test_help_shows_the_usage(script: str) -> None:
    done = ran(script, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: ") and done.stderr == ""


def test_help_needs_no_docstring() -> None:
    done = subprocess.run([SCRIPTS / "compare_peers", "--help"], capture_output=True, text=True, env={**os.environ, "PYTHONOPTIMIZE": "2"})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("script", "arguments", "named"), [
    ("setup", ["--no-such-option"], "--no-such-option"),
    ("gate", [], "which revision"),
    ("gate", ["HEAD", "--times", "sometimes"], "sometimes"),
    ("gate", ["HEAD", "--no-such-option"], "--no-such-option"),
    ("gate", ["no/such/revision"], "no/such/revision"),
    ("compare_peers", ["clients"], "clients"),
    ("compare_peers", ["--rounds", "0"], "--rounds"),
    ("compare_peers", ["--json", "/no/such/folder/rows.json"], "/no/such/folder"),
    ("compare_peers", ["--only", "no/such/row"], "no/such/row"),
    ("compare_peers", ["--build", "/no/such/build"], "/no/such/build"),
])
def test_the_fault_is_named_in_the_last_line(script: str, arguments: list[str], named: str) -> None:
    done = ran(script, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert named in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("script", ["scripts/setup", "scripts/run", "scripts/test", "scripts/gate", ".ci/run"])
def test_the_shell_scripts_stop_at_the_first_fault(script: str) -> None:
    text = (SCRIPTS.parent / script).read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert subprocess.run(["bash", "-n", SCRIPTS.parent / script]).returncode == 0
