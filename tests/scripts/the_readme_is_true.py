"""Promise: the README names every model and workload there is and none else, and no link in the documents is dead.

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
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not {"build", ".git"} & set(path.relative_to(ROOT).parts)
                   and path.relative_to(ROOT).parts[:1] != ("results",) or path == ROOT / "results" / "README.md")


def named_in_first_columns(text: str) -> set[str]:
    tables = text.split("## What is compared")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in tables.splitlines() if line.startswith("|")]
    return set(re.findall(r"`(\w+)`", " ".join(rows)))


def test_every_model_and_workload_is_named() -> None:
    models = {path.parent.name for path in (ROOT / "models").glob("*/main.cpp")}
    workloads = {path.parent.name for path in (ROOT / "workloads").glob("*/spec.hpp")}
    assert named_in_first_columns((ROOT / "README.md").read_text(encoding="utf-8")) == models | workloads


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: pathlib.Path) -> None:
    prose = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)  # a lambda looks like a link
    targets = re.findall(r"\]\(([^)#\s]+)", prose)
    assert [t for t in targets if not t.startswith(("http:", "https:")) and not (document.parent / t).exists()] == []


def test_the_commands_of_the_readme_exist() -> None:
    commands = set(re.findall(r"release/bin/interleave (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(commands) >= 5
    for command in commands:
        done = subprocess.run([BUILD / "bin" / "interleave", command, "--help"], capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stderr)


def test_the_quick_profile_is_what_run_runs() -> None:
    listed = subprocess.run([BUILD / "bin" / "interleave", "list", "--json"], capture_output=True, text=True)
    assert listed.returncode == 0, listed.stderr
    assert "quick" in json.dumps(json.loads(listed.stdout))
