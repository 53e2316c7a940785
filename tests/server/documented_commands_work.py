"""Every curl command of docs/server.md, run in a shell against a server of its own, ends as the text beside it says.

SPDX-License-Identifier: Apache-2.0
"""
import pathlib
import re
import subprocess

import pytest

import oracle
from wire import WAIT, Server

TEXT = (pathlib.Path(__file__).parents[2] / "docs" / "server.md").read_text()
BLOCKS = re.findall(r"^```(sh|console)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
# "curl ... # exit status, status code where there is one: words, some of them "quoted from the output""
COMMANDS = [line for kind, block in BLOCKS if kind == "sh" for line in block.splitlines() if line.startswith("curl ")]


def played(command: str, server: Server) -> tuple[int, str]:
    """Exit status and output of a command as a user would type it, but for the ports."""
    script = f"S=http://127.0.0.1:8080\nC=http://127.0.0.1:8081\n{command}"
    script = script.replace(":8080", f":{server.port}").replace(":8081", f":{server.control_port}")
    result = subprocess.run(["bash", "-c", script], capture_output=True, timeout=WAIT)
    return result.returncode, result.stdout.decode("latin-1").replace("\r", "")


def last_status(output: str) -> str:
    codes = re.findall(r"^HTTP/1\.[01] (\d{3}) ", output, re.MULTILINE)
    return codes[-1] if codes else "none"


@pytest.mark.parametrize("line", COMMANDS)
def test_the_command_ends_as_the_text_says(line):
    told = re.fullmatch(r"(curl .*?) +# (\d+)(?: (\d{3}))?: (.*)", line)
    assert told, "a command without what comes of it"
    command, exit_status, status, words = told.groups()
    with Server() as server:
        code, output = played(command, server)
    assert code == int(exit_status), output[:300]
    assert last_status(output) == (status or "none")
    for quoted in re.findall(r'"([^"]+)"', words):
        assert quoted in output


def test_every_fault_has_a_command():
    named = {name for line in COMMANDS for name in re.findall(r"fault=(\w+)", line)}
    assert named >= set(oracle.FAULTS) - {"none", "status", "reset_body"}  # reset@2048 is reset_body


def test_the_first_example_prints_what_it_shows():
    (session,) = [block for kind, block in BLOCKS if kind == "console" and "curl" in block]
    command, *shown = session[session.index("$ curl") + 2:].splitlines()
    with Server() as server:
        code, output = played(command, server)
    assert code == 0 and shown and all(line in output.splitlines() for line in shown)
