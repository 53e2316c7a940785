"""Promise: scripts/gate fails on counts, lets times advise unless they are to fail, and passes on what is neither: a mistake, an interrupt.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import shutil
import subprocess

import pytest

GATE = pathlib.Path(__file__).parents[2] / "scripts" / "gate"
# Stands for the built program: ends as it is told, and says what it was asked for.
PROGRAM = """#!/bin/bash
echo "$*" >> asked
[[ "$*" == *"--only counts"* ]] && exit "$COUNTS"
exit "$TIMES"
"""


@pytest.fixture
def repository(tmp_path: pathlib.Path) -> pathlib.Path:
    """With a set-up and a CMake that do nothing but put the program in place."""
    for name, text in {"scripts/setup": "#!/bin/bash\n", "stubs/cmake": "#!/bin/bash\nmkdir -p build/gate/bin\ncp program build/gate/bin/interleave\n",
                       "program": PROGRAM}.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    shutil.copy(GATE, tmp_path / "scripts")
    for words in (["init", "-q"], ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "one"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize(("counts", "times", "mode", "status", "gates"), [
    (0, 0, "advise", 0, 2), (0, 1, "advise", 0, 2), (0, 3, "advise", 0, 2), (0, 4, "advise", 0, 2), (0, 2, "advise", 2, 2), (0, 130, "advise", 130, 2),
    (1, 0, "advise", 1, 2), (1, 1, "advise", 1, 2), (1, 130, "advise", 130, 2), (2, 0, "advise", 2, 1), (4, 0, "advise", 4, 1), (130, 0, "advise", 130, 1),
    (0, 1, "fail", 1, 2), (0, 3, "fail", 3, 2), (1, 3, "fail", 1, 2), (0, 1, "none", 0, 1), (1, 1, "none", 1, 1)])
def test_the_status_is(repository: pathlib.Path, counts: int, times: int, mode: str, status: int, gates: int) -> None:
    environment = {**os.environ, "PATH": f"{repository}/stubs:{os.environ['PATH']}", "COUNTS": str(counts), "TIMES": str(times)}
    done = subprocess.run([repository / "scripts" / "gate", "HEAD", "--times", mode], env=environment, capture_output=True, text=True)
    asked = (repository / "asked").read_text().splitlines()
    assert (done.returncode, len(asked)) == (status, gates), done.stderr
    assert ("only advises" in done.stderr) == (mode == "advise" and gates == 2 and times in (1, 3, 4)), done.stderr
    assert all("gate HEAD build/gate --allow-dirty" in line for line in asked), "a changed tree is what is to be measured"
