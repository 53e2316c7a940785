"""Promise: a comparison tells each row as it is measured, keeps what it has when interrupted, and names last what was missed.

No row here is measured: they are made up.
SPDX-License-Identifier: Apache-2.0
"""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

SCRIPTS = pathlib.Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
rows = importlib.import_module("peers.rows")
processes = importlib.import_module("peers.processes")


def script():
    loader = importlib.machinery.SourceFileLoader("compare_peers", str(SCRIPTS / "compare_peers"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare_peers", loader))
    loader.exec_module(module)
    return module


def groups(figures: dict[str, float | str | Exception], targets: dict[str, float], after=lambda: None):
    """Two groups of made-up rows; a figure that is an exception is raised where it is due, and one that is a text
    is why there is none. `after` is called when all are told."""
    def measure(wanted):
        for spec in wanted.values():
            if isinstance(figures[spec.name], Exception):
                raise figures[spec.name]
            yield spec.absent(figures[spec.name]) if isinstance(figures[spec.name], str) else spec.alone([figures[spec.name]])
        after()

    specs = {name: rows.RowSpec(name, name.rpartition("/")[0] or name, 60, targets.get(name), unit="us") for name in figures}
    return [rows.Group(what, tuple(spec for name, spec in specs.items() if name.startswith("s") == (what == "server")), measure)
            for what in ("server", "models")]


FIGURES = {"s/fast/cpu": 0.5, "s/slow/cpu": 2.0, "s/shown": 7.0, "models/a": 1.0, "models/b": 3.0}
TARGETS = {"s/fast/cpu": 1.0, "s/slow/cpu": 1.0, "models/a": 1.0}


def ran(capfd, *arguments: str, figures=None, targets=None, after=lambda: None, module=None) -> tuple[int, str, str]:
    status = (module or script()).main(list(arguments), lambda _: groups(figures or FIGURES, TARGETS if targets is None else targets, after))
    return status, *capfd.readouterr()


def test_by_default_the_rows_with_a_target_are_measured_and_the_missed_are_named_last(capfd) -> None:
    status, out, err = ran(capfd)
    assert status == 1
    assert err.splitlines()[1:] == ["s/fast/cpu: 0.5 us, target <= 1, met yes", "s/slow/cpu: 2 us, target <= 1, met NO",
                                    "models/a: 1 us, target <= 1, met yes"]
    assert out.splitlines()[-2:] == ["missed: s/slow/cpu: 2 us, target <= 1, met NO", "1 of 3 targets missed: s/slow/cpu"]
    assert "s/shown" not in out and "models/b" not in out


def test_a_quick_one_names_what_it_missed_too(capfd) -> None:
    status, out, _ = ran(capfd, "server", "--quick")
    assert (status, out.splitlines()[-1]) == (1, "1 of 2 targets missed: s/slow/cpu")


def test_no_target_missed_is_status_0(capfd) -> None:
    status, out, _ = ran(capfd, "models")
    assert (status, out.splitlines()[-1]) == (0, "all 1 targets that were measured are met")
    status, out, _ = ran(capfd, "models", targets={}, figures={"models/a": 1.0})
    assert status == 0 and out == "no row with a target was measured\n"


@pytest.mark.parametrize(("pattern", "expected"), [
    ("s/shown", ["s/shown"]), ("*/cpu", ["s/fast/cpu", "s/slow/cpu"]), ("models/b, s/f*", ["s/fast/cpu", "models/b"])])
def test_rows_are_chosen_by_name_or_glob_whether_they_have_a_target_or_not(capfd, pattern, expected) -> None:
    _, _, err = ran(capfd, "--only", pattern)
    assert [line.split(":")[0] for line in err.splitlines()[1:]] == expected


def test_all_are_measured_where_all_are_asked_for(capfd) -> None:
    _, _, err = ran(capfd, "--all")
    assert [line.split(":")[0] for line in err.splitlines()[1:]] == list(FIGURES)


def test_an_unknown_row_is_answered_with_the_known_in_one_line(capfd) -> None:
    status, out, err = ran(capfd, "--only", "s/fast/cpu,nope*")
    assert (status, out, err) == (2, "", "compare_peers: --only: no row is called 'nope*'; known: s/*, models/* (--list shows each)\n")


def test_the_list_has_each_row_its_target_and_how_long_it_takes(capfd) -> None:
    status, out, err = ran(capfd, "--list")
    assert (status, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[1:6] == [["s/fast/cpu", "<=", "1", "60", "s"], ["s/slow/cpu", "<=", "1", "60", "s"], ["s/shown", "-", "60", "s"],
                          ["models/a", "<=", "1", "60", "s"], ["models/b", "-", "60", "s"]]
    assert out.splitlines()[-1] == "3 rows have a target and are the default: about 3.0 minutes; all 5: about 4.0"


def test_a_target_without_a_figure_is_named_last(capfd) -> None:
    figures = {"models/a": "valgrind is not installed", "models/b": 3.0}
    status, out, _ = ran(capfd, "models", targets={"models/a": 1.0, "models/b": 4.0}, figures=figures)
    assert status == 0
    assert out.splitlines()[-2:] == ["models/a: not measured: valgrind is not installed",
                                     "all 1 targets that were measured are met; not measured: models/a"]
    status, out, _ = ran(capfd, "models", targets={"models/a": 1.0}, figures=figures)
    assert out.splitlines()[-1] == "no row with a target was measured; not measured: models/a"


def test_a_row_that_fails_costs_no_other_group_its_rows(capfd) -> None:
    status, out, _ = ran(capfd, figures={**FIGURES, "s/fast/cpu": processes.Failure("no reply")})
    assert status == 1
    assert out.splitlines()[-1] == "2 of 3 targets missed: s/fast/cpu, s/slow/cpu", "neither was measured"
    assert "models/a" in out and "FAILED: no reply" in out


def test_a_row_without_a_target_that_fails_is_no_missed_target(capfd) -> None:
    status, out, _ = ran(capfd, "--only", "models/b", figures={**FIGURES, "models/b": processes.Failure("no reply")})
    assert (status, out.splitlines()[-1]) == (2, "no target missed, but 1 rows failed: models/b")


INTERRUPTED = """
import os, pathlib, signal, sys, threading
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import rows_survive_an_interrupt as fake
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts the tests may ignore it
sys.exit(fake.script().main(sys.argv[3:], lambda _: fake.groups(fake.FIGURES, fake.TARGETS, threading.Event().wait)))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_measured_is_printed_and_written_at_an_interrupt(tmp_path: pathlib.Path, number: int) -> None:
    file = tmp_path / "rows.json"
    command = [sys.executable, "-c", INTERRUPTED, pathlib.Path(__file__).parent, SCRIPTS, "--json", file]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}) as process:
        told = [process.stderr.readline() for _ in range(3)]  # each comes when it is measured: the next never ends
        assert told[-1].startswith("s/slow/cpu: 2 us")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "compare_peers: interrupted; what is measured follows\n"
    assert [line.split()[0] for line in out.splitlines()[1:3]] == ["s/fast/cpu", "s/slow/cpu"]
    assert out.splitlines()[-1] == "1 of 2 targets missed: s/slow/cpu; 1 of 3 rows were not measured"
    assert [(row["name"], row["met"]) for row in json.loads(file.read_text(encoding="utf-8"))] == [("s/fast/cpu", True), ("s/slow/cpu", False)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("while_measuring", [False, True])
def test_an_interrupt_while_they_are_told_costs_nothing(capfd, tmp_path: pathlib.Path, number: int, while_measuring: bool) -> None:
    """It took the table and the file, and so did a second one after what interrupted the measuring."""
    module, file, before = script(), tmp_path / "rows.json", signal.signal(signal.SIGINT, signal.default_int_handler)
    table, hit = module.as_table, (lambda: os.kill(os.getpid(), number))
    module.as_table = lambda rows: hit() or table(rows)
    try:
        status, out, _ = ran(capfd, "models", "--json", str(file), after=hit if while_measuring else lambda: None, module=module)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (status, out.splitlines()[-1]) == (130 if while_measuring else 0, "all 1 targets that were measured are met")
    assert [row["name"] for row in json.loads(file.read_text(encoding="utf-8"))] == ["models/a"]


def test_a_file_that_cannot_be_written_is_named(capfd) -> None:
    status, out, err = ran(capfd, "models", "--json", "/dev/full")
    assert status == 2 and err.splitlines()[-1] == "compare_peers: /dev/full: No space left on device"
    assert "models/a" in out, "the table is told first"
