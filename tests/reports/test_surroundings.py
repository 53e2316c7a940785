"""Nothing around the report changes a picture or brings a traceback: settings, folders, names of bytes, faults of its own.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import warnings

import pytest

import command
import report
from conftest import REPORTS

ONE_CHART = ("--only", "efficiency", "--theme", "light", "--format", "svg,png")


def drawn(directory, out, cwd="/", **environment):
    ran = subprocess.run([sys.executable, REPORTS / "report.py", directory, "--out", out, *ONE_CHART], env={**os.environ, **environment},
                         capture_output=True, cwd=cwd, timeout=280)
    assert (ran.returncode, ran.stderr) == (0, b""), ran
    return {file.name: file.read_bytes() for file in sorted(out.iterdir()) if file.suffix != ".html"}


@pytest.fixture(scope="module")
def run_dir(made):
    return made(models=3, rounds=2)


@pytest.fixture(scope="module")
def undisturbed(run_dir, tmp_path_factory):
    return drawn(run_dir, tmp_path_factory.mktemp("undisturbed"))


SETTINGS = "axes.facecolor: ff0000\nfont.size: 30\ntext.usetex: True\nno.such.key: 1\n"


def test_a_matplotlibrc_changes_nothing_wherever_it_is(run_dir, undisturbed, tmp_path):
    (tmp_path / "config" / "stylelib").mkdir(parents=True)
    for place in (tmp_path / "matplotlibrc", tmp_path / "config" / "matplotlibrc", tmp_path / "config" / "stylelib" / "own.mplstyle"):
        place.write_text(SETTINGS)
    (tmp_path / "config" / "stylelib" / "bytes.mplstyle").write_bytes(b"\xff\xfe")
    home = tmp_path / "home" / ".config" / "matplotlib"
    shutil.copytree(tmp_path / "config", home)
    assert drawn(run_dir, tmp_path / "1", cwd=tmp_path) == undisturbed
    assert drawn(run_dir, tmp_path / "2", MATPLOTLIBRC=str(tmp_path / "matplotlibrc")) == undisturbed
    assert drawn(run_dir, tmp_path / "3", MPLCONFIGDIR=str(tmp_path / "config"), MPLBACKEND="no such") == undisturbed
    assert drawn(run_dir, tmp_path / "4", HOME=str(tmp_path / "home")) == undisturbed


def test_the_command_finds_its_python_whatever_the_settings(run_dir, tmp_path):
    if "INTERLEAVE_BUILD" not in os.environ:
        pytest.skip("no build is named: ctest does")
    (tmp_path / "matplotlibrc").write_bytes(b"\xff\xfe")
    ran = subprocess.run([os.path.join(os.environ["INTERLEAVE_BUILD"], "bin", "interleave"), "report", run_dir, "--out", tmp_path / "o", *ONE_CHART],
                         env={**os.environ, "MPLBACKEND": "no such", "PYTHONOPTIMIZE": "2"}, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert (ran.returncode, ran.stderr) == (0, ""), ran


def test_without_docstrings_it_draws_the_same(run_dir, undisturbed, tmp_path):
    assert drawn(run_dir, tmp_path / "o", PYTHONOPTIMIZE="2") == undisturbed


@pytest.mark.parametrize("name", [b"caf\xe9", b"$x_{1$", b"a<b>&\"'", b"tab\tnew\nline\x1b", "測定".encode()],
                         ids=["latin-1", "dollar", "markup", "control", "chinese"])
def test_a_run_may_be_called_anything(run_dir, tmp_path, name):
    place = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))
    shutil.copytree(run_dir, place)
    ran = subprocess.run([sys.executable, REPORTS / "report.py", place, *ONE_CHART, "--theme", "dark"], capture_output=True, timeout=280,
                         env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert (ran.returncode, ran.stderr) == (0, b""), ran
    assert name in ran.stdout, "as it is, for who copies it"
    html = open(os.path.join(place, "report", "report.html"), "rb").read().decode("utf-8")
    shown = name.decode("utf-8", "replace")
    assert not shown.isprintable() or shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split('"')[0] in html
    missing = subprocess.run([sys.executable, REPORTS / "report.py", place + "-not"], capture_output=True, timeout=280)
    assert missing.returncode == 2 and b"Traceback" not in missing.stderr and name in missing.stderr


def test_without_a_pool_of_processes_it_draws_all_the_same(run_dir, undisturbed, tmp_path, monkeypatch, capsys):
    def no_pool(*_, **__):
        raise OSError(30, "Read-only file system")  # as with a read-only /dev/shm

    monkeypatch.setattr(command, "ProcessPoolExecutor", no_pool)
    assert command.main([str(run_dir), "--out", str(tmp_path / "o"), *ONE_CHART]) == 0, capsys.readouterr().err
    assert {file.name: file.read_bytes() for file in (tmp_path / "o").iterdir() if file.suffix != ".html"} == undisturbed


def test_without_any_folder_for_a_cache_one_line_says_so(run_dir, tmp_path):
    """No home and no place for temporary files: as in a container whose root is read-only."""
    nowhere = {name: "/dev/null/x" for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    code = ("import sys, tempfile; sys.path.insert(0, sys.argv[1]); tempfile._candidate_tempdir_list = lambda: ['/dev/null/x'];"
            "import report; sys.exit(report.main(sys.argv[2:]))")
    ran = subprocess.run([sys.executable, "-c", code, REPORTS, run_dir, "--out", tmp_path / "o"], env={**os.environ, **nowhere},
                         capture_output=True, text=True, timeout=280)
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1, ran.stderr
    assert "/dev/null/x/matplotlib cannot be written to" in ran.stderr and "set TMPDIR" in ran.stderr


@pytest.mark.parametrize(("error", "said", "status"), [
    (KeyError("a\nb"), "this should not have happened: KeyError: 'a\\\\nb' (INTERLEAVE_TRACEBACK=1 shows where)", 2),
    (RecursionError("too deep"), "this should not have happened: RecursionError: too deep (INTERLEAVE_TRACEBACK=1 shows where)", 2),
    (KeyboardInterrupt(), "interrupted", 130)], ids=["key", "recursion", "interrupt"])
def test_what_nobody_foresaw_is_one_line(monkeypatch, capfd, error, said, status):
    def fail(_):
        raise error

    monkeypatch.setattr(command, "main", fail)
    monkeypatch.delenv("INTERLEAVE_TRACEBACK", raising=False)
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)
    assert report.main([]) == status
    assert capfd.readouterr().err == f"interleave report: {said}\n".replace("\\\\", "\\")


def test_an_interrupt_is_one_line_too(made):
    reading = subprocess.Popen([sys.executable, REPORTS / "report.py", made(models=9, rounds=30)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not any("trials.jsonl" in link for link in open_files(reading.pid)) and reading.poll() is None:
        pass  # until it reads the run: what Python does before that is not ours
    os.killpg(reading.pid, signal.SIGINT)
    out, err = reading.communicate(timeout=280)
    assert (reading.returncode, err) in ((130, "interleave report: interrupted\n"), (0, "")), (out, err)


def open_files(pid):
    try:
        return [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_descriptor_is_no_harm(run_dir, tmp_path, closed):
    ran = subprocess.run(["sh", "-c", f'exec "$@" {closed}>&-', "sh", sys.executable, REPORTS / "report.py", run_dir, *ONE_CHART, "--out",
                          tmp_path / "o"], capture_output=True, text=True, timeout=280)
    assert ran.returncode == 0 and ran.stderr == "", ran
    missing = subprocess.run(["sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, REPORTS / "report.py", run_dir / "none"],
                             capture_output=True, text=True, timeout=280)
    assert (missing.returncode, missing.stdout) == (2, "")


@pytest.mark.parametrize("wanted", ["", "1"])
def test_the_whole_story_is_told_to_who_asks(monkeypatch, capsys, wanted):
    """Of what nobody foresaw; damaged files are foreseen."""
    def unforeseen(arguments):
        raise RuntimeError("a thing\nin two lines")
    monkeypatch.setattr(command, "main", unforeseen)
    monkeypatch.setattr(report, "undisturbed_matplotlib", contextlib.nullcontext)
    monkeypatch.setenv("INTERLEAVE_TRACEBACK", wanted)
    with warnings.catch_warnings():
        assert report.main(["somewhere"]) == 2
    told = capsys.readouterr().err
    assert "RuntimeError: a thing in two lines" in told.splitlines()[0] and ("Traceback" in told) == bool(wanted)
    assert wanted or told.count("\n") == 1
