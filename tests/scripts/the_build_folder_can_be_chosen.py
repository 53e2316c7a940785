"""Promise: where the source tree cannot be written, the scripts say so in one line, and build where they are told to.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import subprocess

import pytest

SCRIPTS = pathlib.Path(__file__).parents[2] / "scripts"


def refused(script: str, *arguments: str, **changes: str) -> str:
    """The only line that a script says that installs nothing, because all is there."""
    done = subprocess.run([SCRIPTS / script, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/",
                          env={**os.environ, **changes})
    assert done.returncode == 2, done
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("script", ["run", "test"])
def test_a_folder_that_cannot_be_written_is_named(script: str) -> None:
    for said in (refused(script, "--build-dir", "/proc/build"), refused(script, "--build-dir=/proc/build"),
                 refused(script, INTERLEAVE_BUILD_DIR="/proc/build")):
        assert "cannot build in /proc/build" in said and "--build-dir or INTERLEAVE_BUILD_DIR" in said
    assert "takes a directory" in refused(script, "--build-dir")


@pytest.mark.parametrize("script", ["run", "test"])
def test_cmake_builds_where_it_is_told(script: str, tmp_path: pathlib.Path) -> None:
    """cmake is a stand-in that says what it was asked for: building everything anew is not what is tested."""
    said = tmp_path / "said"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "cmake").write_text(f'#!/bin/sh\necho "$PWD $*" >> "{said}"\nexit 1\n')
    (tmp_path / "bin" / "cmake").chmod(0o755)
    done = subprocess.run([SCRIPTS / script, "--build-dir", "elsewhere"], capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=tmp_path,
                          env={**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})
    assert done.returncode == 2
    (asked,) = said.read_text().splitlines()
    assert asked.startswith(f"{SCRIPTS.parent} --preset release -B {tmp_path / 'elsewhere'}")
