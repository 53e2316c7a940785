"""A model is what its program says it is; two of one name are refused, or told apart by a label.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import BUILD, LYING, SLEEP, Suite, plan_of, trials_of

MODELS = BUILD / "libexec" / "interleave"


@pytest.fixture()
def another_build(tmp_path: Path) -> Path:
    """A directory with a further build of `sequential`, under another file name."""
    directory = tmp_path / "another"
    directory.mkdir()
    shutil.copy(MODELS / "sequential", directory / "renamed")
    return directory


@pytest.mark.parametrize("command", [["run", *SLEEP, "--rounds", 1], ["list", "models"]], ids=["run", "list"])
def test_a_second_program_of_one_name_is_refused(suite: Suite, another_build: Path, command: list[object]) -> None:
    ended = suite(*command, "--models-dir", another_build)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1, ended.stderr
    for named in ("'sequential'", str(MODELS / "sequential"), str(another_build / "renamed"), "--models-dir other="):
        assert named in ended.stderr


def test_a_label_puts_two_builds_beside_each_other(suite: Suite, tmp_path: Path, another_build: Path) -> None:
    run = tmp_path / "run"
    ended = suite("run", *SLEEP, "--models-dir", f"old={another_build}", "--models", "old/sequential,sequential", "--rounds", 2, "--out", run)
    assert ended.returncode == 0, ended.stderr
    executables = {model["name"]: model["executable"] for model in plan_of(run)["models"]}
    assert executables == {"sequential": str(MODELS / "sequential"), "old/sequential": str(another_build / "renamed")}
    assert {trial["model"] for trial in trials_of(run)} == {"sequential", "old/sequential"}
    programs = json.loads((run / "environment.json").read_text())["programs"]
    assert {"interleave", "sequential", "old/sequential"} == set(programs)
    assert suite("run", "--resume", run).returncode == 0
    assert suite("verdict", run).returncode == 0


def test_several_directories_may_be_given(suite: Suite, another_build: Path) -> None:
    ended = suite("list", "models", "--json", "--models-dir", f"a={another_build}", "--models-dir", f"b={another_build}", "--models-dir", LYING)
    assert {"a/sequential", "b/sequential", "sequential", "honest"} <= {model["name"] for model in json.loads(ended.stdout)}


def test_one_directory_twice_is_one(suite: Suite) -> None:
    ended = suite("list", "models", "--models-dir", LYING, "--models-dir", f"{LYING}/.", "--models-dir", MODELS)
    assert ended.returncode == 0, ended.stderr


def test_an_equals_sign_in_a_name_is_no_label(suite: Suite, tmp_path: Path) -> None:
    directory = tmp_path / "a=b"
    shutil.copytree(LYING, directory)
    listed = suite("list", "models", "--json", "--models-dir", directory)
    assert listed.returncode == 0 and "honest" in listed.stdout, listed.stderr


@pytest.mark.parametrize(("given", "named"), [("old=/nonexistent", "/nonexistent is not a directory"), ("a/b=/tmp", "'a/b'"), ("=/tmp", "''")])
def test_a_bad_label_is_refused(suite: Suite, given: str, named: str) -> None:
    ended = suite("list", "models", "--models-dir", given)
    assert ended.returncode == 2 and named in ended.stderr and ended.stderr.count("\n") == 1, ended.stderr


def test_a_renamed_program_is_told_by_its_name(suite: Suite, another_build: Path) -> None:
    ended = suite("run", *SLEEP, "--models", "renamed", "--models-dir", f"old={another_build}")
    assert ended.returncode == 2 and "describes itself as 'old/sequential'" in ended.stderr and "--describe" in ended.stderr, ended.stderr
    assert "--describe" in suite("run", *SLEEP, "--models", "nonsense").stderr
