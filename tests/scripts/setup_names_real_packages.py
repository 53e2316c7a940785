"""Promise: setup's lists hold packages that exist, install quietly and exclude each other nowhere.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import pwd
import subprocess
import tempfile
from collections.abc import Iterator

import pytest

SETUP = pathlib.Path(__file__).parents[2] / "scripts" / "setup"


def packages(*options: str) -> list[str]:
    return subprocess.run([SETUP, "--list", *options], check=True, capture_output=True, text=True).stdout.split()


def test_every_package_is_known_to_apt() -> None:
    wanted = packages()
    known = subprocess.run(["apt-cache", "pkgnames"], check=True, capture_output=True, text=True).stdout.split()
    assert not set(wanted) - set(known)
    assert len(wanted) == len(set(wanted))


def test_what_run_needs_is_part_of_what_test_needs() -> None:
    assert set(packages("--run-only")) < set(packages())


def test_what_would_exclude_boost_1_81_is_not_asked_for() -> None:
    plan = subprocess.run(["apt-get", "install", "--simulate", "--no-install-recommends", *packages()], capture_output=True, text=True)
    assert plan.returncode == 0, plan.stderr
    assert "\nRemv " not in plan.stdout


@pytest.fixture
def shop() -> Iterator[pathlib.Path]:
    """A folder that everybody may read, for programs in the place of real ones; its apt-get must not run."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        program(folder / "apt-get", "echo apt-get must not run >&2; exit 99")
        yield folder


def program(path: pathlib.Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
    path.chmod(0o755)


def set_up(script: pathlib.Path, shop: pathlib.Path, *options: str, **how: object) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{shop}:{os.environ['PATH']}"}
    return subprocess.run([script, *options], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, **how)


def test_nothing_missing_is_silent_and_asks_apt_nothing(shop: pathlib.Path) -> None:
    done = set_up(SETUP, shop)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_root_the_command_is_printed_and_nothing_done(shop: pathlib.Path) -> None:
    program(shop / "dpkg-query", "echo 'git installed'; echo 'cmake config-files'; exit 1")
    (shop / "setup").write_bytes(SETUP.read_bytes())  # nobody may not be allowed to read the checkout
    (shop / "setup").chmod(0o755)
    nobody = {"user": pwd.getpwnam("nobody").pw_uid, "extra_groups": []} if os.geteuid() == 0 else {}
    done = set_up(shop / "setup", shop, "--run-only", **nobody)
    assert done.returncode == 2
    assert "must not run" not in done.stderr
    before, _, named = done.stderr.splitlines()[-1].partition(" --no-install-recommends ")
    assert before == "sudo apt-get update && sudo apt-get install"
    assert sorted(named.split()) == sorted(name for name in packages("--run-only") if name != "git")


def test_a_half_installed_package_is_named_as_the_cause(shop: pathlib.Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("the script asks dpkg only where it may install: as root, which this is not")
    program(shop / "dpkg-query", "exit 1")
    program(shop / "dpkg", "echo 'The following packages are only half configured: x'")
    done = set_up(SETUP, shop)
    assert done.returncode == 2
    assert "dpkg --configure -a" in done.stderr and "must not run" not in done.stderr


def test_a_system_without_apt_is_told_what_to_install(tmp_path: pathlib.Path) -> None:
    for tool in ("bash", "env"):
        (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run([SETUP], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "not a Debian system" in done.stderr and "libboost1.81-dev" in done.stderr
