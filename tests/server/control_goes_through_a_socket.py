"""--control-socket: control through a unix socket; what is already at the path is not taken away from anybody.

SPDX-License-Identifier: Apache-2.0
"""
import json
import pathlib
import signal
import socket
import stat
import subprocess

import pytest

from wire import PROGRAM, WAIT, eventually, plain_profile


def at(path: pathlib.Path) -> subprocess.Popen:
    return subprocess.Popen([*PROGRAM, "--with-parent", "--control-socket", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture()
def path(tmp_path) -> pathlib.Path:
    return tmp_path / "control"


@pytest.fixture()
def served(path):
    process = at(path)
    yield process, json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    complaints = process.communicate(timeout=WAIT)[1]
    assert (process.returncode, complaints) in ((0, ""), (-signal.SIGKILL, ""))


def control(path: pathlib.Path, method: str, target: str, body=None) -> dict:
    text = "" if body is None else json.dumps(body)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(WAIT)
        connection.connect(str(path))
        connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
        answer = b""
        while piece := connection.recv(1 << 16):
            answer += piece
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def refused(path) -> str:
    result = subprocess.run([*PROGRAM, "--control-socket", str(path)], capture_output=True, text=True, timeout=WAIT)
    assert result.returncode == 2 and result.stderr.count("\n") == 1 and result.stdout == "" and "--control-socket" in result.stderr
    return result.stderr


def test_runs_begin_and_end_through_it(served, path):
    ready = served[1]
    assert ready["control_socket"] == str(path) and "control_port" not in ready
    run = {"run": "r", "seed": 1, "items": 1, "in_flight": 1, "profile": plain_profile()}
    assert control(path, "POST", "/begin", run) == {"ok": True}
    with socket.create_connection(("127.0.0.1", ready["port"]), timeout=WAIT) as data:
        data.sendall(b"GET /item/0 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert data.recv(12) == b"HTTP/1.1 200"
    assert control(path, "POST", "/end")["unique"] == 1


def test_it_is_for_this_user_alone(served, path):
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_is_gone_when_the_server_is(served, path, sent):
    served[0].send_signal(sent)
    assert served[0].wait(WAIT) == 0 and not path.exists()


def test_what_a_dead_server_left_is_replaced(served, path):
    served[0].kill()
    served[0].wait(WAIT)
    assert path.exists()
    again = at(path)
    again.stdout.readline()
    assert control(path, "GET", "/state")["run"] is None
    again.kill()
    again.communicate(timeout=WAIT)


def test_a_server_that_drains_leaves_the_path_to_the_next(served, path):
    first, ready = served
    with socket.create_connection(("127.0.0.1", ready["port"]), timeout=WAIT) as busy:
        busy.sendall(b"GET /x?delay=2s HTTP/1.1\r\nHost: x\r\n\r\n")
        eventually(lambda: control(path, "GET", "/state")["in_flight"] == 1, "the request under way")
        first.send_signal(signal.SIGTERM)
        eventually(lambda: not path.exists(), "the path free")
        assert first.poll() is None, "it is free while the first one drains"
        second = at(path)
        second.stdout.readline()
        assert first.wait(WAIT) == 0
    assert control(path, "GET", "/state")["run"] is None
    second.send_signal(signal.SIGINT)
    assert second.communicate(timeout=WAIT)[1] == "" and second.returncode == 0


def test_it_is_gone_when_the_server_could_not_start(path):
    taken = socket.create_server(("127.0.0.1", 0))
    port = str(taken.getsockname()[1])
    result = subprocess.run([*PROGRAM, "--control-socket", str(path), "--classic", "--local-port", port], capture_output=True, text=True, timeout=WAIT)
    taken.close()
    assert result.returncode == 2 and port in result.stderr and not path.exists()


def test_a_server_that_lives_keeps_its_socket(served, path):
    assert "another program listens there" in refused(path)
    assert control(path, "GET", "/state")["run"] is None


def test_what_is_no_socket_is_left_alone(path):
    path.write_text("mine")
    assert "no socket" in refused(path)
    assert path.read_text() == "mine"


def test_paths_that_cannot_be(tmp_path):
    assert "bytes" in refused(tmp_path / ("x" * 200))
    assert "No such file" in refused(tmp_path / "nowhere" / "control")


def test_it_excludes_the_port(path):
    result = subprocess.run([*PROGRAM, "--control-socket", str(path), "--control-port", "0"], capture_output=True, text=True, timeout=WAIT)
    assert result.returncode == 2 and "--control-port" in result.stderr and result.stderr.count("\n") == 1
