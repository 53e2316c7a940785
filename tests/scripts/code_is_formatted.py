"""Every C++ file is as clang-format-19 leaves it: the version is pinned, since each formats a little differently."""
# SPDX-License-Identifier: Apache-2.0
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("harness", "models", "workloads", "tests")


def test_every_file_is_as_the_formatter_leaves_it():
    files = sorted(str(file.relative_to(ROOT)) for folder in FOLDERS for ending in ("*.hpp", "*.cpp") for file in (ROOT / folder).rglob(ending))
    assert len(files) > 100, "looked in the wrong place"
    done = subprocess.run(["clang-format-19", "--dry-run", "--Werror", *files], cwd=ROOT, capture_output=True, text=True, check=False)
    differing = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line})
    assert done.returncode == 0, f"format them with `clang-format-19 -i {' '.join(differing)}`"
