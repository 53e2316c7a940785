"""A build's costs in a file: the same build passes, one more call does not, and a file that is none is named.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from conftest import MODELS, PATIENCE, Suite, build


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with one model: counting takes seconds."""
    return build(tmp_path_factory.mktemp("build") / "small", "sequential")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Path:
    suite = Suite(tmp_path_factory.mktemp("baseline"))
    ended = suite("baseline", "update", "b.json", "--build", small, "--only", "counts")
    assert ended.returncode == 0 and "counted" in ended.stdout, ended.stdout + ended.stderr
    return suite.directory / "b.json"


def test_a_baseline_says_where_it_is_from(kept: Path) -> None:
    baseline = json.loads(kept.read_text())
    assert baseline["schema"] == 1 and baseline["profile"] == "gate" and baseline["cells"] == []
    assert set(baseline["machine"]) == {"cpu", "cores", "kernel"} and set(baseline["cpu_key"]) == {"cpu", "glibc", "level"}
    assert {each["model"] for each in baseline["counts"]} == {"sequential"}


def test_the_same_build_passes(suite: Suite, small: Path, kept: Path) -> None:
    ended = suite("gate", "--baseline", kept, small, "--only", "counts", "--markdown", "b.md")
    assert ended.returncode == 0 and "Pass (exit 0)" in ended.stdout, ended.stdout + ended.stderr
    assert (suite.directory / "b.md").read_text().count("\n") <= 40


def test_one_more_call_fails(suite: Suite, small: Path, kept: Path) -> None:
    ended = suite("gate", "--baseline", kept, small, "--only", "counts", "--inject", "call", "--json", "now.json")
    assert ended.returncode == 1 and "Regression (exit 1)" in " ".join(ended.stdout.split()), ended.stdout + ended.stderr
    now = json.loads((suite.directory / "now.json").read_text())
    failures = {row["model"] for row in now["compared"]["rows"] if row["weight"] == "failure"}
    assert now["compared"]["status"] == 1 and failures == {"sequential"} and "Regression" in now["compared"]["summary"]
    assert {each["model"] for each in now["counts"]} == {"sequential"}, "and the figures, as a baseline has them"


def test_an_interrupted_update_leaves_the_old_one(suite: Suite, started) -> None:
    old = suite.directory / "b.json"
    old.write_text("old")
    process = started("baseline", "update", old)
    for line in process.stderr:
        if line.startswith("round 1 "):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "interrupted" in err and old.read_text() == "old", err


def test_nothing_measured_replaces_nothing(suite: Suite, tmp_path: Path) -> None:
    broken = build(tmp_path / "broken")
    worker = broken / "libexec" / "interleave" / "sequential"
    worker.write_text(f'#!/bin/bash\n[ "$1" = --point ] && {{ echo "no such luck" >&2; exit 5; }}\nexec {MODELS / "sequential"} "$@"\n')
    worker.chmod(0o755)
    old = suite.directory / "b.json"
    old.write_text("old")
    ended = suite("baseline", "update", old, "--build", broken, "--only", "counts")
    assert ended.returncode == 3 and "no such luck" in ended.stdout, ended.stdout + ended.stderr
    assert old.read_text() == "old" and [file.name for file in suite.directory.glob("b.json*")] == ["b.json"]


def test_who_does_its_work_wrong_at_times_is_told(suite: Suite, tmp_path: Path) -> None:
    """In every third trial: the median of the others would not show it."""
    at_times = build(tmp_path / "at_times")
    worker = at_times / "libexec" / "interleave" / "sequential"
    worker.write_text(f"""#!/bin/bash
if [ "$1" = --point ]; then
  echo >> {tmp_path}/trials
  [ $(($(wc -l < {tmp_path}/trials) % 3)) = 0 ] && {{ echo "no such luck" >&2; exit 5; }}
fi
exec {MODELS / "sequential"} "$@"
""")
    worker.chmod(0o755)
    ended = suite("baseline", "update", "b.json", "--build", at_times, "--only", "times", "--rounds", 10)
    said = " ".join(ended.stdout.split())
    assert ended.returncode == 3 and "no such luck in 3 of 10 rounds" in said, ended.stdout + ended.stderr
    assert not (suite.directory / "b.json").exists()


@pytest.mark.parametrize(("text", "told"), [(None, "there is no"), ("{", "no baseline"), ('{"schema":7}', "no baseline"), ('{"schema":1}', "damaged")])
def test_a_file_that_is_none_is_named(suite: Suite, text: str | None, told: str) -> None:
    file = suite.directory / "b.json"
    if text is not None:
        file.write_text(text)
    ended = suite("gate", "--baseline", file)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "b.json" in ended.stderr and told in ended.stderr, ended.stderr


@pytest.mark.parametrize("words", [["--models", "sequential"], ["--seed", "3"], ["--inject", "5%"], ["a", "b"]])
def test_what_a_baseline_settles_is_not_chosen(suite: Suite, kept: Path, words: list[str]) -> None:
    ended = suite("gate", "--baseline", kept, *words)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "--" in ended.stderr, ended.stderr


def test_a_folder_that_is_not_there_is_said_first(suite: Suite) -> None:
    ended = suite("baseline", "update", "nowhere/b.json")
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "nowhere is no directory" in ended.stderr, ended.stderr
