"""Promise: without wrk or nginx, compare_peers says so in one line and exits with 2, before it measures anything; rows that need
neither are measured.

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
cost_rows, model_rows, rows, server_rows = (importlib.import_module(f"peers.{name}")
                                           for name in ("cost_rows", "model_rows", "rows", "server_rows"))
servers = importlib.import_module("peers.servers")


@pytest.fixture
def without(tmp_path: pathlib.Path):
    """Runs it with a build in which there is next to nothing, on a machine with less."""
    harness = tmp_path / "bin" / "interleave"
    harness.parent.mkdir()
    (tmp_path / "libexec" / "interleave" / "native").mkdir(parents=True)
    harness.touch(mode=0o755)
    return lambda *arguments: subprocess.run([SCRIPTS / "compare_peers", "--build", tmp_path, *arguments], env={"PATH": str(tmp_path)},
                                             capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [(), ("models",), ("--only", "waiting_memory")])
def test_without_wrk(without, arguments: tuple[str, ...]) -> None:
    done = without(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "compare_peers: wrk is not installed: ./scripts/setup installs it\n"


def test_rows_that_need_no_wrk_are_measured_without(without) -> None:
    done = without("--only", "record")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "no row with a target was measured; not measured: record")


def test_each_row_says_what_it_needs() -> None:
    groups = [*server_rows.groups(None, effort := model_rows.Effort(1), 20_000), *model_rows.groups(None, [], effort),
              *cost_rows.groups(None, [], effort)]
    assert all(set(group.needs) <= set(rows.NEEDS) for group in groups)
    named = {name: rows.needs_of(rows.select(groups, "all", [name], False)) for name in ("record", "twins/*", "start/ready", "nginx/1/*")}
    assert named == {"record": [], "twins/*": ["two cores"], "start/ready": ["two cores", "nginx"], "nginx/1/*": list(rows.NEEDS)}


def test_without_nginx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers.shutil, "which", lambda *_, **__: None)  # nginx lives in /usr/sbin whatever PATH says
    with pytest.raises(processes.SetupError, match="^nginx is not installed: ./scripts/setup installs it$"):
        servers.nginx_program()
