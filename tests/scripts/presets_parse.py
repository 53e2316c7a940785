"""Promise: cmake reads the presets, and each visible one builds into a folder of its own.

SPDX-License-Identifier: Apache-2.0
"""
import json
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PRESETS = ("asan", "dev", "release", "tidy", "tsan")


@pytest.mark.parametrize(("kind", "expected"), [
    ("configure", PRESETS), ("build", PRESETS), ("test", ("asan", "dev", "release", "tsan"))])
def test_cmake_lists_the_presets(kind: str, expected: tuple[str, ...]) -> None:
    listed = subprocess.run(["cmake", "-S", ROOT, f"--list-presets={kind}"], cwd=ROOT, capture_output=True, text=True)
    assert listed.returncode == 0, listed.stderr
    names = sorted(line.split('"')[1] for line in listed.stdout.splitlines() if '"' in line)
    assert tuple(names) == expected


def test_what_is_measured_is_built_by_the_compiler_the_notes_name() -> None:
    presets = {p["name"]: p for p in json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))["configurePresets"]}
    assert presets["release"]["cacheVariables"] == {"CMAKE_BUILD_TYPE": "Release"}
    assert "-fsanitize=thread" in presets["tsan"]["cacheVariables"]["CMAKE_CXX_FLAGS_INIT"]
