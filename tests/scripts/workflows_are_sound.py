"""Promise: workflows parse, use few actions and these by commit, run what is in the repository, may write nothing and end.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ["INTERLEAVE_BUILD"])
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
ALLOWED = {"actions/checkout", "actions/cache"}
RECIPES = sorted((ROOT / "docs" / "ci").iterdir())
STYLE = "{extends: default, rules: {line-length: {max: 140}, truthy: {check-keys: false}, document-start: disable}}"

each_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)


def steps_of(workflow: dict) -> list[dict]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def commands_of(step: dict) -> list[str]:
    return [line.strip() for line in step.get("run", "").splitlines() if line.strip() and not line.strip().startswith("#")]


def test_there_are_two() -> None:
    assert [file.name for file in WORKFLOWS] == ["ci.yml", "gate.yml"]


@pytest.mark.parametrize("file", [*WORKFLOWS, *RECIPES], ids=lambda file: file.name)
def test_yamllint_is_content(file: pathlib.Path) -> None:
    done = subprocess.run(["yamllint", "--strict", "-d", STYLE, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@each_workflow
def test_actions_are_few_and_named_by_commit(file: pathlib.Path) -> None:
    text = file.read_text(encoding="utf-8")
    used = [step["uses"] for step in steps_of(yaml.safe_load(text)) if "uses" in step]
    assert used
    for action in used:
        name, _, commit = action.partition("@")
        assert name in ALLOWED, f"{name} is none of {', '.join(sorted(ALLOWED))}"
        assert re.fullmatch(r"[0-9a-f]{40}", commit), f"{action}: a tag can be moved, a commit cannot"
        assert re.search(rf"{re.escape(action)}  # v\d+\.\d+\.\d+$", text, re.MULTILINE), f"{action}: say which version that is"


def test_recipes_give_the_gate_what_it_knows() -> None:
    help_text = subprocess.run([BUILD / "bin" / "interleave", "gate", "--help"], capture_output=True, text=True, check=True).stdout
    for file in RECIPES:
        options = set(re.findall(r"(?<= )--[a-z-]+", "".join(line.split("#")[0] for line in file.read_text().split("interleave gate", 1)[1].splitlines())))
        assert options & {"--junit"}, file.name
        assert options - {"--requests"} <= set(re.findall(r"--[a-z-]+", help_text)), file.name


@each_workflow
def test_what_is_run_is_a_program_of_the_repository(file: pathlib.Path) -> None:
    commands = [command for step in steps_of(yaml.safe_load(file.read_text(encoding="utf-8"))) for command in commands_of(step)]
    assert commands
    presets = {each["name"] for each in json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))["configurePresets"] if not each.get("hidden")}
    for command in commands:
        words = shlex.split(command)
        if words[0] == "cmake":
            assert words[words.index("--preset") + 1] in presets, command
            continue
        program = ROOT / words[0]
        assert program.is_file() and os.access(program, os.X_OK), f"{command}: no such program"


@each_workflow
def test_it_may_read_alone_and_ends(file: pathlib.Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"] and workflow["concurrency"]["cancel-in-progress"] is True
    for name, job in workflow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 120, name
        assert job["container"]["image"] == "debian:12", name
        assert "permissions" not in job, name
