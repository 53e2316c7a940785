"""Starting, stopping, and command lines that make no sense.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from wire import PROGRAM, WAIT, Server, eventually, plain_profile, reply, request, silent, until_end


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=WAIT)


def test_the_ready_line_goes_to_an_inherited_descriptor():
    reading, writing = os.pipe()
    process = subprocess.Popen([*PROGRAM, "--with-parent", "--ready-fd", str(writing)], pass_fds=[writing])
    os.close(writing)
    with os.fdopen(reading) as pipe:
        ready = json.loads(pipe.read())  # to its end: the server closes it
    assert ready["pid"] == process.pid and ready["port"] > 0 and ready["control_port"] > 0
    process.kill()
    process.wait(WAIT)


def test_a_port_in_use_is_told_and_the_other_server_lives():
    with Server() as first:
        for options in (["--port"], ["--control-port"], ["--names", "--name-port"]):
            second = run(*options, str(first.port))
            assert second.returncode == 2 and f"port {first.port} is in use" in second.stderr
            assert second.stderr.count("\n") == 1
        assert first.ask("/ready").status == 200


@pytest.mark.parametrize("arguments, named", [
    (["--profile", "nosuch"], "nosuch"), (["--items", "0"], "items"), (["--port", "70000"], "port"), (["--nosuch"], "nosuch"),
    (["--time-scale", "-1"], "time-scale"), (["--time-scale", "nan"], "time-scale"), (["--seed", "-1"], "seed"), (["--delay-trace", "/nowhere/at/all"], "/nowhere/at/all"),
    (["--time-scale", "1000"], "300"), (["--fault-ports", "--late-accept", "soon"], "late-accept"),
])
def test_a_bad_command_line_is_one_line_and_exit_2(arguments, named):
    if arguments == ["--time-scale", "1000"]:
        arguments = ["--profile", "delay", *arguments]
    result = run(*arguments)
    assert result.returncode == 2 and named in result.stderr and result.stderr.count("\n") == 1 and result.stdout == ""


def test_help_tells_every_option():
    text = run("--help").stdout
    for option in ("--profile", "--seed", "--items", "--time-scale", "--port", "--control-port", "--control-socket", "--ready-fd", "--with-parent",
                   "--shards", "--classic", "--fault-ports", "--names", "--name-port", "--delay-trace", "--listen-anywhere"):
        assert option in text


def test_sigterm_lets_a_reply_end_and_takes_no_more():
    with Server() as server, server.connect() as busy, server.connect() as idle:
        busy.sendall(request("/x?delay=500ms&bytes=3"))
        eventually(lambda: server.state()["in_flight"] == 1, "the request under way")
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""
        assert len(reply(busy).body) == 3
        assert server.process.wait(WAIT) == 0
        with pytest.raises(ConnectionRefusedError):
            server.connect()


@pytest.mark.parametrize("fault", ["hang", "hang_header", "stall", "hang&delay=50ms"])
def test_sigterm_does_not_wait_for_a_hang(fault):
    with Server() as server, server.connect() as hanging, server.connect() as busy:
        hanging.sendall(request(f"/x?fault={fault}"))
        busy.sendall(request("/x?delay=1s&bytes=1"))
        eventually(lambda: server.state()["in_flight"] == 2, "the requests under way")
        server.process.send_signal(signal.SIGTERM)
        until_end(hanging)
        assert silent(busy, 0.01), "the hang ends first"
        assert len(reply(busy).body) == 1 and server.process.wait(WAIT) == 0


def test_sigint_ends_at_once():
    with Server() as server, server.connect() as busy:
        busy.sendall(request("/x?delay=100s"))
        eventually(lambda: server.state()["in_flight"] == 1, "the request under way")
        assert server.stop(signal.SIGINT) == 0


# A parent that starts the server, tells its ready line, and is gone.
PARENT = [sys.executable, "-c", "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True); "
          "print(p.stdout.readline(), flush=True)", *PROGRAM, "--with-parent"]


def test_its_parent_may_be_process_1():
    """As in a container."""
    container = ["unshare", "--map-root-user", "--fork", "--pid"]
    allowed = subprocess.run([*container, "true"], capture_output=True, text=True, timeout=WAIT)
    if allowed.returncode != 0:
        pytest.skip(f"namespaces are not allowed here: {allowed.stderr.strip()}")
    parent = subprocess.run([*container, *PARENT], capture_output=True, text=True, timeout=WAIT)
    assert json.loads(parent.stdout)["port"] > 0 and parent.stderr == ""


def test_a_parent_that_is_gone_before_is_missed():
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run([*PROGRAM, "--with-parent", "--ready-fd", str(writing)], pass_fds=[writing], capture_output=True, text=True,
                           timeout=WAIT)
    os.close(writing)
    assert ended.returncode == 2 and "ready line" in ended.stderr


def test_it_ends_with_its_parent():
    parent = subprocess.run(PARENT, capture_output=True, text=True, timeout=WAIT)
    ready = json.loads(parent.stdout)

    def gone() -> bool:
        try:
            socket.create_connection(("127.0.0.1", ready["port"]), timeout=WAIT).close()
            return False
        except ConnectionRefusedError:
            return True

    eventually(gone, "the server gone with its parent")


def test_it_listens_on_loopback_alone_unless_told():
    def addresses(port: int) -> set[str]:
        lines = [line.split() for table in ("tcp", "tcp6") if os.path.exists(f"/proc/net/{table}") for line in open(f"/proc/net/{table}").readlines()[1:]]
        return {local.split(":")[0] for _, local, _, state, *_ in lines if state == "0A" and int(local.split(":")[1], 16) == port}

    with Server() as server:
        assert addresses(server.port) == {"0100007F"} == addresses(server.control_port)
    with Server("--listen-anywhere") as server:
        # One socket of IPv6 for both, where there is IPv6.
        assert addresses(server.port) in ({"0" * 8}, {"0" * 32}) and addresses(server.control_port) == {"0100007F"}


@pytest.mark.parametrize("text, scale, named", [("5\n", "1", "line 1"), ("1ms\n301s\n", "1", "line 2"), ("200s\n", "2", "300"), ("# none\n", "1", "no delay")])
def test_a_bad_trace_is_refused(tmp_path, text, scale, named):
    (tmp_path / "trace").write_text(text)
    result = run("--delay-trace", str(tmp_path / "trace"), "--time-scale", scale)
    assert result.returncode == 2 and named in result.stderr and result.stderr.count("\n") == 1


def test_a_trace_of_delays_is_drawn_from(tmp_path):
    (tmp_path / "trace").write_text("# measured\n40ms\n\n20ms\n")
    with Server("--delay-trace", str(tmp_path / "trace"), "--items", "4", "--profile", "local") as server:
        server.begin(plain_profile(delay={"kind": "trace", "low_us": 0, "high_us": 0, "sigma": 0, "trace_us": [20_000, 40_000]}), 4)
        delays = []
        for item in range(4):
            parsed, due, _ = server.ask(f"/item/{item}").fields("X-Times")[0].split(",")
            delays.append(int(due) - int(parsed))
        assert sorted(delays) == [20_000_000, 20_000_000, 40_000_000, 40_000_000]
        server.end()
        with server.connect() as connection:
            connection.sendall(request("/item/0"))
            assert silent(connection, 0.015)
            assert reply(connection).status == 200
