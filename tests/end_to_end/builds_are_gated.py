"""Two builds beside each other: what is slower fails, what is missing is named, and nothing measured is no pass.

SPDX-License-Identifier: Apache-2.0
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import xml.etree.ElementTree
from pathlib import Path

import pytest

from conftest import BUILD, LYING, MODELS, PATIENCE, SLEEP, Suite, build, wait_for

# Short trials of one model that computes; too few rounds for contamination to be told, whatever the machine does.
SMALL = ["--workloads", "compute", "--models", "sequential", "--in-flight", "1", "--set", "items=200", "--set", "grain=2000", "--seed", "1"]
COMPUTE = [*SMALL, "--only", "times"]
RUN = [*SLEEP, "--profile", "quick", "--models", "sequential", "--seed", "1"]
NAP = [*RUN, "--only", "times"]


def test_equal_programs_are_an_a_a_run(suite: Suite, tmp_path: Path) -> None:
    ended = suite("gate", BUILD, BUILD, *COMPUTE, "--rounds", 2, "--json", "gate.json")
    assert ended.returncode == 3, ended.stdout + ended.stderr
    said = " ".join(ended.stdout.split())
    assert "this is an A/A run" in said and "2 rounds are too few" in said
    document = json.loads((tmp_path / "gate.json").read_text())
    assert document["identical"] and document["exit_status"] == 3 and document["seed"] == 1
    quantities = {each["quantity"]: each for each in document["cells"][0]["quantities"]}
    assert [name for name, each in quantities.items() if each["judged"]] == ["CPU an item", "makespan"]
    for each in quantities.values():  # the machine may have disturbed a round
        assert len(each["log_ratios"]) == len(each["base_pair"]) == len(each["head_pair"]) <= 2
    assert {"alu", "ping_pong", "echo"} == set(document["controls"])


def test_a_slower_program_fails_in_every_form(suite: Suite, tmp_path: Path) -> None:
    ended = suite("gate", BUILD, BUILD, *COMPUTE, "--inject", "300%", "--rounds", 9, "--confirm", 9, "--json", "g.json", "--markdown", "g.md",
                  "--junit", "g.xml", "--github")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "Regression (exit 1)" in ended.stdout and "::error title=interleave gate::" in ended.stdout
    assert max(len(line) for line in ended.stdout.replace(str(BUILD), "b").splitlines() if not line.startswith("::")) <= 80
    document = json.loads((tmp_path / "g.json").read_text())
    assert document["injected_percent"] == 300 and not document["identical"]
    assert "slower" in [each["verdict"] for each in document["cells"][0]["quantities"]]
    assert (tmp_path / "g.md").read_text().count("\n") <= 40
    assert xml.etree.ElementTree.parse(tmp_path / "g.xml").find("testsuite").get("failures") != "0"


def test_equal_programs_count_alike(suite: Suite) -> None:
    ended = suite("gate", BUILD, BUILD, *SMALL, "--only", "counts", "--json", "g.json")
    assert ended.returncode == 0 and "0 more, 0 fewer. Pass (exit 0)" in ended.stdout, ended.stdout + ended.stderr
    counts = json.loads((suite.directory / "g.json").read_text())["counts"]
    assert {each["count"] for each in counts} >= {"system calls", "allocations", "bytes allocated", "threads started"}
    instructions = [each["base"] for each in counts if each["count"] == "instructions"]
    assert instructions and all(value > 2000 for value in instructions), "a step of the grain is one or more"


@pytest.mark.parametrize(("more", "told"), [("call", "system calls"), ("allocation", "allocations")])
def test_one_more_an_item_is_a_regression(suite: Suite, more: str, told: str) -> None:
    ended = suite("gate", BUILD, BUILD, *SMALL, "--only", "counts", "--inject", more)
    assert ended.returncode == 1 and "Regression (exit 1)" in ended.stdout, ended.stdout + ended.stderr
    assert any(told in line and line.endswith("more") for line in ended.stdout.splitlines()), ended.stdout
    assert "1.00 instead of 0.00 an item" in ended.stdout


def test_a_model_that_strace_may_not_trace_is_said(suite: Suite, tmp_path: Path) -> None:
    """A regression that nobody counted is no pass."""
    head = build(tmp_path / "head")
    worker = head / "libexec" / "interleave" / "sequential"
    worker.write_text(f'#!/bin/bash\n[ "$1" = --point ] && {{ echo "no such luck" >&2; exit 77; }}\nexec {MODELS / "sequential"} "$@"\n')
    worker.chmod(0o755)
    ended = suite("gate", BUILD, head, *SMALL, "--only", "counts")
    assert ended.returncode == 4 and "missing in HEAD: skipped: no such luck" in " ".join(ended.stdout.split()), ended.stdout + ended.stderr


def with_server(folder: Path, first: str) -> Path:
    """A build with our models whose server is another program: it does `first`, then what ours does."""
    (folder / "bin").mkdir(parents=True)
    (folder / "libexec").symlink_to(MODELS.parent)
    server = folder / "bin" / "interleave"
    server.write_text(f'#!/bin/bash\n{first}\nexec {BUILD}/bin/interleave "$@"\n')
    server.chmod(0o755)
    return folder


def test_another_server_is_no_a_a_run(suite: Suite, tmp_path: Path) -> None:
    """Equal models were an A/A run, "any alarm is false", whatever the server was."""
    head = with_server(tmp_path / "head", "")
    ended = suite("gate", BUILD, head, *COMPUTE, "--rounds", 1, "--json", "g.json")
    assert ended.returncode == 3 and "A/A" not in ended.stdout + ended.stderr, ended.stdout + ended.stderr
    assert json.loads((suite.directory / "g.json").read_text())["identical"] is False


def test_a_base_whose_server_is_older_is_measured(suite: Suite, tmp_path: Path) -> None:
    """It knows no flag of a kind of load that is not asked for here, and its workers' contract is ours."""
    base = with_server(tmp_path / "base", 'for word; do [ "$word" = --names ] && { echo "what is --names?" >&2; exit 2; }; done')
    words = ["--workloads", "download", "--models", "sequential", "--in-flight", "1", "--set", "items=20"]
    ended = suite("gate", base, BUILD, *words, "--only", "times", "--rounds", 1, "--json", "g.json")
    assert ended.returncode == 3, "one round says nothing: " + ended.stderr
    assert json.loads((suite.directory / "g.json").read_text())["cells"][0]["quantities"][0]["log_ratios"]
    ended = suite("gate", base, BUILD, *words, "--only", "counts")
    assert ended.returncode == 0 and "Pass" in ended.stdout, ended.stdout + ended.stderr
    ended = suite("gate", base, BUILD, "--workloads", "resolve", "--models", "sequential", "--in-flight", "1", "--profile", "classics", "--only", "counts")
    assert ended.returncode == 4 and "what is --names?" in " ".join(ended.stdout.split()), "there it is asked for: " + ended.stdout + ended.stderr


def test_an_interrupt_ends_the_counting(suite: Suite, started) -> None:
    process = started("gate", BUILD, BUILD, *SMALL, "--only", "counts")
    for line in process.stderr:
        if line.startswith("counting "):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and out == "" and "interrupted" in err, err


def test_what_does_other_work_is_not_counted(suite: Suite, tmp_path: Path) -> None:
    """A head that leaves an item out makes fewer calls: no gain."""
    sides = []
    for name in ("honest", "dropped_item"):  # under one name, which the programs do not tell
        side = build(tmp_path / name)
        worker = side / "libexec" / "interleave" / "model"
        worker.write_text(f'#!/bin/bash\n[ "$1" = --describe ] && exec {LYING / "honest"} "$@"\nexec {LYING / name} "$@"\n')
        worker.chmod(0o755)
        sides.append(side)
    ended = suite("gate", *sides, "--workloads", "download", "--models", "honest", "--in-flight", "1", "--only", "counts")
    assert ended.returncode == 4 and "did not do the work: oracle:" in " ".join(ended.stdout.split()), ended.stdout + ended.stderr


def test_a_users_variable_slows_nobody_down(suite: Suite) -> None:
    """One that was left in the environment would be in both arms, and in every other run."""
    ended = suite("run", *RUN, "--rounds", 1, "--out", "run", INTERLEAVE_BUSY_NS="900000000")
    assert ended.returncode == 0 and "1 of 1 trials" in ended.stderr, ended.stderr
    trial = json.loads((suite.directory / "run" / "trials.jsonl").read_text())
    assert trial["makespan_ns"] < 900_000_000, "three items of 0.9 s each"


def test_a_model_of_one_side_is_named(suite: Suite, tmp_path: Path) -> None:
    few, more = build(tmp_path / "few", "sequential"), build(tmp_path / "more", "sequential", "thread_pool")
    words = [*SLEEP, "--profile", "quick", "--models", "sequential,thread_pool", "--rounds", 1]
    ended = suite("gate", more, few, *words)
    assert ended.returncode == 4 and "thread_pool: missing: BASE alone has this model" in ended.stdout, ended.stdout + ended.stderr
    ended = suite("gate", few, more, *words)
    assert ended.returncode == 4 and "thread_pool: new: HEAD alone has this model" in ended.stdout, ended.stdout + ended.stderr


def test_a_void_cell_is_named(suite: Suite, tmp_path: Path) -> None:
    broken = build(tmp_path / "broken")
    worker = broken / "libexec" / "interleave" / "sequential"
    worker.write_text(f'#!/bin/bash\n[ "$1" = --point ] && exit 5\nexec {MODELS / "sequential"} "$@"\n')
    worker.chmod(0o755)
    ended = suite("gate", BUILD, broken, *NAP, "--rounds", 5)
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "sequential: void: worker: it ended with status 5" in ended.stdout and "in HEAD" in " ".join(ended.stdout.split())
    assert "round 4" not in ended.stderr, "three rounds without a whole one are enough"


def test_both_are_started_from_one_path(suite: Suite, tmp_path: Path) -> None:
    """Argument vectors and environments of all trials of a block are as long as each other's."""
    log = tmp_path / "log"
    sides = [build(tmp_path / name) for name in ("base", "a_head_with_a_long_name")]
    for side in sides:
        worker = side / "libexec" / "interleave" / "sequential"
        worker.write_text(f'#!/bin/bash\n[ "$1" = --point ] && echo "$0 $* $(env | wc -c)" >> {log}\nexec {MODELS / "sequential"} "$@"\n')
        worker.chmod(0o755)
    suite("gate", *sides, *NAP, "--rounds", 2)
    started = log.read_text().splitlines()
    assert len(started) >= 8, "more where the machine disturbed one"
    assert len(set(started)) == 2, "one line a block"
    assert started[0].split()[0].endswith("/worker")


def test_a_program_that_is_replaced_meanwhile_is_noticed(suite: Suite, started, tmp_path: Path) -> None:
    """It was started half written, or measured as if nothing had happened."""
    head = build(tmp_path / "head", "sequential")
    process = started("gate", BUILD, head, *COMPUTE)
    for line in process.stderr:
        if line.startswith("round 1 "):
            break
    worker = head / "libexec" / "interleave" / "sequential"
    shutil.copy(MODELS / "thread_pool", worker.with_name("other"))
    worker.with_name("other").rename(worker)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2 and out == "" and "HEAD's sequential" in err and "has been replaced since the gate was begun" in err, err


COMMANDS = ["--rounds", 10, "--confirm", 8, "--seed", "1"]


def test_commands_are_gated(suite: Suite) -> None:
    ended = suite("gate", "--command-base", "sleep 0.01", "--command-head", "sleep 0.1", *COMMANDS, "--json", "g.json")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    cell = json.loads((suite.directory / "g.json").read_text())["cells"][0]
    verdicts = {each["quantity"]: each["verdict"] for each in cell["quantities"]}
    assert set(verdicts) == {"wall time", "CPU", "peak memory"} and verdicts["wall time"] == "slower"


def test_a_commands_memory_counts(suite: Suite) -> None:
    command = "/usr/bin/python3 -I -S -c 'x = str(1) * {}'"
    ended = suite("gate", "--command-base", command.format(1), "--command-head", command.format(50_000_000), *COMMANDS, "--json", "g.json")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    cell = json.loads((suite.directory / "g.json").read_text())["cells"][0]
    assert {each["quantity"]: each["verdict"] for each in cell["quantities"]}["peak memory"] == "slower"


def test_a_command_that_fails_is_named(suite: Suite) -> None:
    ended = suite("gate", "--command-base", "true", "--command-head", "echo no such luck >&2; exit 3", *COMMANDS)
    said = " ".join(ended.stdout.split())
    assert ended.returncode == 4 and "void: it ended with status 3: no such luck in HEAD" in said, ended.stdout + ended.stderr


def test_equal_commands_are_an_a_a_run(suite: Suite) -> None:
    ended = suite("gate", "--command-base", "true", "--command-head", "true", "--rounds", 1)
    assert ended.returncode == 3 and "this is an A/A run" in ended.stdout, ended.stdout + ended.stderr


@pytest.mark.parametrize("words", [["--command-base", "true"], ["--command-head", "true"], [BUILD, BUILD, "--command-base", "true", "--command-head", "true"],
                                   ["--command-base", "true", "--command-head", "true", "--inject", "5%"], []])
def test_commands_come_in_pairs(suite: Suite, words: list) -> None:
    ended = suite("gate", *words)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1, ended.stderr
    assert "--command-" in ended.stderr or "commands are measured alone" in ended.stderr, ended.stderr


def test_two_runs_are_compared(suite: Suite, tmp_path: Path) -> None:
    assert suite("run", *RUN, "--rounds", 2, "--out", "run").returncode == 0
    ended = suite("gate", "run", "run")
    assert ended.returncode == 3 and "0 slower" in ended.stdout, "two rounds say nothing"
    ended = suite("gate", "run", BUILD)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "one of the two is a run" in ended.stderr, ended.stderr


def test_a_plan_is_said_and_not_measured(suite: Suite, tmp_path: Path) -> None:
    ended = suite("gate", BUILD, BUILD, "--dry-run")
    assert ended.returncode == 0 and "30 rounds of 4 trials" in ended.stdout, ended.stderr
    assert "thread_pool: CPU an item, makespan, server's CPU" in ended.stdout


@pytest.mark.parametrize(("items", "judged"), [("1500", True), ("400", False)])
def test_a_tail_is_judged_of_many_items(suite: Suite, items: str, judged: bool) -> None:
    loads = ["--workloads", "download", "--set", "arrivals=poisson", "--set", "rate=4000", "--set", f"items={items}", "--in-flight", "20"]
    ended = suite("gate", BUILD, BUILD, *loads, "--models", "uv_callbacks", "--dry-run")
    assert ended.returncode == 0 and ("p99 latency" in ended.stdout) == judged, ended.stdout + ended.stderr


def test_an_interrupted_gate_says_nothing(suite: Suite, started) -> None:
    process = started("gate", BUILD, BUILD, *COMPUTE)
    for line in process.stderr:
        if line.startswith("round 1 "):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and out == "" and "interrupted" in err, err


@pytest.mark.parametrize(("words", "told"), [
    ([BUILD], "BASE and HEAD"),
    ([BUILD, BUILD, "--workloads", "nonsense"], "sleep_many"),
    ([BUILD, BUILD, "--models", "nonsense"], "unknown model 'nonsense'"),
    ([BUILD, BUILD, "--rounds", "0"], "--rounds"),
    ([BUILD, BUILD, "--inject", "5 apples"], "--inject"),
    ([BUILD, BUILD, "--inject", "5%", "--only", "counts"], "leave one of them out"),
    ([BUILD, "/usr"], "/usr is neither a build folder"),
    ([BUILD, "/nonexistent"], "git"),
    ([BUILD, BUILD, "--json", "/nonexistent/g.json"], "/nonexistent"),
    ([BUILD, BUILD, "--junit", "/tmp"], "it is a folder"),
    ([BUILD, BUILD, "--models", ""], "unknown model ''"),
    ([BUILD, BUILD, "--workloads", ""], "unknown workload ''"),
])
def test_bad_arguments_are_refused(suite: Suite, words: list, told: str) -> None:
    ended = suite("gate", *words)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and told in ended.stderr, ended.stderr


def test_loads_that_no_model_can_run_are_no_pass(suite: Suite) -> None:
    """What was counted beside them passed, and of times nothing had been measured."""
    words = ["--workloads", "compute", "--models", "sequential", "--in-flight", "7", "--set", "items=200", "--set", "grain=2000"]
    ended = suite("gate", BUILD, BUILD, *words, "--rounds", 1)
    assert ended.returncode == 3 and "Of times nothing was measured (exit 3)" in " ".join(ended.stdout.split()), ended.stdout + ended.stderr


def test_other_flags_are_refused(suite: Suite, tmp_path: Path) -> None:
    one, other = build(tmp_path / "one", "sequential"), build(tmp_path / "other", "sequential")
    (one / "CMakeCache.txt").write_text("CMAKE_BUILD_TYPE:STRING=Release\nCMAKE_CXX_FLAGS:STRING=\n")
    (other / "CMakeCache.txt").write_text("CMAKE_BUILD_TYPE:STRING=Debug\nCMAKE_CXX_FLAGS:STRING=\n")
    ended = suite("gate", one, other, *NAP, "--rounds", 1)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "CMAKE_BUILD_TYPE: 'Release' against 'Debug'" in ended.stderr, ended.stderr
    assert suite("gate", one, other, *NAP, "--rounds", 1, "--any-flags").returncode != 2


def test_another_compiler_of_the_same_name_is_refused(suite: Suite, tmp_path: Path) -> None:
    sides = [build(tmp_path / name, "sequential") for name in ("one", "other")]
    for side, version in zip(sides, ("12.2.0", "14.2.0"), strict=True):
        (side / "CMakeCache.txt").write_text("CMAKE_BUILD_TYPE:STRING=Release\nCMAKE_CXX_COMPILER:FILEPATH=/usr/bin/c++\n")
        (side / "CMakeFiles/3.25.1").mkdir(parents=True)
        (side / "CMakeFiles/3.25.1/CMakeCXXCompiler.cmake").write_text(f'set(CMAKE_CXX_COMPILER_ID "GNU")\nset(CMAKE_CXX_COMPILER_VERSION "{version}")\n')
    ended = suite("gate", *sides, *NAP, "--rounds", 1)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "CMAKE_CXX_COMPILER_VERSION: '12.2.0' against '14.2.0'" in ended.stderr, ended.stderr


class Repository:
    """A project whose build takes programs of the real build."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("")

    def git(self, *words: object) -> None:
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *map(str, words)], cwd=self.directory, check=True, capture_output=True)

    def commit(self, more: str) -> None:
        (self.directory / "CMakeLists.txt").write_text(
            f'cmake_minimum_required(VERSION 3.25)\nproject(made_up NONE)\n{more}\nfile(COPY "{BUILD}/bin/interleave" DESTINATION "${{PROJECT_BINARY_DIR}}/bin")\n'
            f'file(COPY "{MODELS}/sequential" DESTINATION "${{PROJECT_BINARY_DIR}}/libexec/interleave")\n')
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", "a commit")


@pytest.fixture()
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture()
def gate(suite: Suite, repository: Repository, tmp_path: Path):
    """The gate within the repository, with a cache of its own."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        environment = {**suite.environment, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return subprocess.run([BUILD / "bin" / "interleave", "gate", *map(str, words)], cwd=repository.directory, env=environment, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)

    return run


def cached(tmp_path: Path) -> set[str]:
    return {entry.name for entry in (tmp_path / "cache" / "interleave" / "gate").iterdir() if entry.is_dir()}


def test_revisions_are_built_once(gate, repository: Repository, tmp_path: Path) -> None:
    repository.commit("# another one")
    ended = gate("HEAD~1", "HEAD", *NAP, "--rounds", 1)
    assert ended.returncode == 3 and ended.stderr.count("building ") == 2, ended.stdout + ended.stderr
    assert "this is an A/A run" in ended.stderr, "another commit, and the same programs"
    assert len(cached(tmp_path)) == 2
    again = gate("HEAD~1", "HEAD", *NAP, "--rounds", 1)
    assert again.returncode == 3 and "building " not in again.stderr, again.stderr
    listed = subprocess.run(["git", "worktree", "list"], cwd=repository.directory, capture_output=True, text=True, check=True).stdout
    assert listed.count("\n") == 1, "no worktree is left behind"


def test_a_revision_that_does_not_build_is_said(gate, repository: Repository, tmp_path: Path) -> None:
    repository.commit('message(FATAL_ERROR "no such luck")')
    ended = gate("HEAD~1", "HEAD", *NAP)
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("building ")]
    assert ended.returncode == 2 and len(lines) == 1 and "does not build: CMake Error" in lines[0], ended.stderr
    assert len(cached(tmp_path)) == 1, "half a build is no build"
    assert Path(lines[0].partition("(log: ")[2].rstrip(")")).exists()


def test_an_interrupted_build_leaves_nothing(gate, repository: Repository, tmp_path: Path, suite: Suite) -> None:
    """Its worktree stayed in the repository until the next gate."""
    repository.commit('execute_process(COMMAND "${CMAKE_COMMAND}" -E touch "$ENV{BEGUN}")\nexecute_process(COMMAND sleep infinity)')
    begun = tmp_path / "begun"
    environment = {**suite.environment, "XDG_CACHE_HOME": str(tmp_path / "cache"), "BEGUN": str(begun)}
    process = subprocess.Popen([BUILD / "bin" / "interleave", "gate", "HEAD", "HEAD", *NAP], cwd=repository.directory, env=environment, stderr=subprocess.PIPE, text=True)
    wait_for(begun.exists, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    listed = subprocess.run(["git", "worktree", "list"], cwd=repository.directory, capture_output=True, text=True, check=True).stdout
    assert listed.count("\n") == 1 and cached(tmp_path) == set(), listed


def test_what_a_killed_git_left_is_cleared(gate, repository: Repository, tmp_path: Path) -> None:
    """A worktree that git was killed over stays locked, and no later one could be made in its place. Those of the user are not ours to forget."""
    repository.git("worktree", "add", "--detach", "--lock", tmp_path / "cache/interleave/gate/at/source", "HEAD")
    repository.git("worktree", "add", "--detach", tmp_path / "mine", "HEAD")
    shutil.rmtree(tmp_path / "cache")
    shutil.rmtree(tmp_path / "mine")
    ended = gate("HEAD", "HEAD", *NAP, "--rounds", 1)
    assert ended.returncode == 3 and "fatal" not in ended.stderr, ended.stderr
    listed = subprocess.run(["git", "worktree", "list"], cwd=repository.directory, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in listed.splitlines()] == [str(repository.directory), str(tmp_path / "mine")], listed


def test_changes_in_the_working_tree_are_in_no_revision(gate, repository: Repository) -> None:
    (repository.directory / "CMakeLists.txt").write_text("# changed\n")
    ended = gate("HEAD", "HEAD", *NAP, "--rounds", 1)
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "CMakeLists.txt" in ended.stderr, ended.stderr
    assert gate("HEAD", "HEAD", *NAP, "--rounds", 1, "--allow-dirty").returncode == 3


def test_an_unknown_revision_is_refused(gate, repository: Repository, tmp_path: Path) -> None:
    for base, head in (("HEAD", "v9"), ("v9", "HEAD"), ("HEAD~7", "HEAD"), ("--help-me", "HEAD")):
        ended = gate("--", base, head)
        assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "nor a revision that is here" in ended.stderr, ended.stderr
    assert not (tmp_path / "cache").exists(), "nothing was built for it"


def test_a_shallow_clone_is_told(gate, repository: Repository, tmp_path: Path) -> None:
    repository.commit("# another one")
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.directory}", tmp_path / "clone")
    repository.directory = tmp_path / "clone"
    ended = gate("HEAD~1", "HEAD")
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "git fetch --unshallow" in ended.stderr, ended.stderr


def test_a_place_without_a_repository_is_told(suite: Suite) -> None:
    ended = suite("gate", "HEAD~1", "HEAD", GIT_CEILING_DIRECTORIES=str(suite.directory.parent))
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1 and "is in no git repository" in ended.stderr, ended.stderr
