"""Promise: without wrk or nginx, compare_peers says so in one line and exits with 2, before it measures anything.

SPDX-License-Identifier: Apache-2.0
"""
import importlib
import pathlib
import subprocess
import sys

import pytest

SCRIPTS = pathlib.Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
processes = importlib.import_module("peers.processes")
servers = importlib.import_module("peers.servers")


def test_without_wrk(tmp_path: pathlib.Path) -> None:
    done = subprocess.run([SCRIPTS / "compare_peers"], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "compare_peers: wrk is not installed: ./scripts/setup installs it\n"


def test_without_nginx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.shutil, "which", lambda *_, **__: None)  # nginx lives in /usr/sbin whatever PATH says
    with pytest.raises(processes.SetupError, match="^nginx is not installed: ./scripts/setup installs it$"):
        servers.nginx_program()
