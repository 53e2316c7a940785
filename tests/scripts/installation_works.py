"""Promise: `cmake --install` makes a tree that works wherever it is put, away from the build.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import subprocess

BUILD = pathlib.Path(os.environ["INTERLEAVE_BUILD"])


def test_the_installed_program_finds_its_models(tmp_path: pathlib.Path) -> None:
    made = subprocess.run(["cmake", "--install", BUILD, "--prefix", tmp_path / "in a folder"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    moved = (tmp_path / "in a folder").rename(tmp_path / "moved")
    listed = subprocess.run([moved / "bin" / "interleave", "list", "models", "--json"], capture_output=True, text=True, cwd="/")
    assert listed.returncode == 0, listed.stderr
    built = {path.name for path in (BUILD / "libexec" / "interleave").iterdir() if path.is_file() and os.access(path, os.X_OK)}
    named = json.dumps(json.loads(listed.stdout))
    assert built and not {name for name in built if not name.startswith("native_") and f'"{name}"' not in named}
