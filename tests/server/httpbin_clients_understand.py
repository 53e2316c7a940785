"""The well-known httpbin paths, asked by curl, httpx and aiohttp.

SPDX-License-Identifier: Apache-2.0
"""
import asyncio
import json
import subprocess

import aiohttp
import httpx
import pytest

import oracle
from wire import WAIT


@pytest.fixture()
def base(server) -> str:
    return f"http://127.0.0.1:{server.port}"


def curl(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["curl", "-sS", "--max-time", str(int(WAIT)), *arguments], capture_output=True, timeout=2 * WAIT)


def test_get_tells_arguments_and_headers(base):
    told = httpx.get(base + "/get", params={"a": "b c"}, headers={"X-Mine": "yes"}).json()
    assert told["args"] == {"a": "b c"}
    assert {name.lower(): value for name, value in told["headers"].items()}["x-mine"] == "yes"


def test_anything_tells_method_and_data(base):
    told = json.loads(curl("-X", "PATCH", "-d", "some data", base + "/anything/below?q=1").stdout)
    assert (told["method"], told["data"], told["args"], told["url"]) == ("PATCH", "", {"q": "1"}, base + "/anything/below?q=1")
    assert told["form"] == {"some data": ""}, "curl says that it is a form's"


def test_headers(base):
    assert json.loads(curl("-H", "X-One: 1", base + "/headers").stdout)["headers"]["X-One"] == "1"


@pytest.mark.parametrize("status", [200, 204, 304, 404, 418, 429, 500, 503])
def test_status_in_three_clients(base, status):
    async def aio() -> int:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/status/{status}") as got:
            return got.status

    assert httpx.get(f"{base}/status/{status}").status_code == status
    assert asyncio.run(aio()) == status
    assert curl("-o", "/dev/null", "-w", "%{http_code}", f"{base}/status/{status}").stdout == str(status).encode()


def test_status_draws_by_weight(base):
    with httpx.Client() as client:
        statuses = [client.get(base + "/status/200:9,500:1").status_code for _ in range(200)]
    assert set(statuses) == {200, 500} and statuses.count(200) > statuses.count(500)


def test_delay_in_seconds(base):
    got = httpx.get(base + "/delay/0.1")
    assert got.status_code == 200 and got.elapsed.total_seconds() >= 0.1
    assert httpx.get(base + "/delay/301").status_code == 400


@pytest.mark.parametrize("size", [0, 1, 65536])
def test_bytes(base, size):
    assert httpx.get(f"{base}/bytes/{size}").content == oracle.body(0, size)


def test_large_bodies_arrive_whole(base):
    assert curl("-o", "/dev/null", "-w", "%{size_download}", base + "/bytes/20000000").stdout == b"20000000"


@pytest.mark.parametrize("path", ["/bytes/1G", "/x?bytes=1G&chunks=1000"])
def test_a_body_may_have_a_gibibyte(base, path):
    assert curl("-o", "/dev/null", "-w", "%{size_download}", base + path).stdout == str(1 << 30).encode()
    assert httpx.get(base + "/bytes/1073741825").status_code == 400


def test_stream_bytes_is_chunked(base):
    got = httpx.get(base + "/stream-bytes/5000?chunk_size=700")
    assert got.content == oracle.body(0, 5000) and got.headers["transfer-encoding"] == "chunked"


def test_drip(base):
    got = httpx.get(base + "/drip?duration=0.1&numbytes=5&delay=0.05&code=418")
    assert (got.status_code, len(got.content)) == (418, 5) and got.elapsed.total_seconds() >= 0.05


def test_redirects_are_followed_to_their_end(base):
    assert httpx.get(base + "/redirect/4", follow_redirects=True).url.path == "/get"
    assert curl("-L", "-o", "/dev/null", "-w", "%{num_redirects} %{http_code}", base + "/redirect/4").stdout == b"4 200"


def test_a_redirect_loop_is_given_up(base):
    with pytest.raises(httpx.TooManyRedirects):
        httpx.get(base + "/redirect-loop", follow_redirects=True)
    assert curl("-L", "--max-redirs", "5", base + "/redirect-loop").returncode == 47


def test_echo(base):
    assert httpx.put(base + "/echo", content=b"\0\1", headers={"Content-Type": "x/y"}).content == b"\0\1"
    assert curl("-H", "Transfer-Encoding: chunked", "-d", "by chunks", base + "/echo").stdout == b"by chunks"


@pytest.mark.parametrize("path, named", [("/status/99", "status"), ("/drip?speed=1", "speed"), ("/bytes/x", "bytes"),
                                         ("/redirect/0", "redirect"), ("/stream-bytes/5?x=1", "x")])
def test_bad_parameters_are_refused_by_name(base, path, named):
    got = httpx.get(base + path)
    assert got.status_code == 400 and named in got.text


@pytest.mark.parametrize("query, error", [
    ("fault=empty", httpx.RemoteProtocolError), ("fault=malformed", httpx.RemoteProtocolError),
    ("fault=truncate", httpx.RemoteProtocolError), ("fault=reset", httpx.ReadError), ("fault=hang", httpx.ReadTimeout),
    ("fault=bad_chunk", httpx.RemoteProtocolError), ("fault=two_lengths", httpx.RemoteProtocolError),
])
def test_faults_are_the_errors_httpx_knows(base, query, error):
    with pytest.raises(error):
        httpx.get(f"{base}/x?{query}", timeout=0.5 if "hang" in query else WAIT)


@pytest.mark.parametrize("query, code", [("fault=empty", 52), ("fault=reset", 56), ("fault=truncate", 18), ("fault=bad_chunk", 56)])
def test_faults_are_the_errors_curl_knows(base, query, code):
    assert curl("-o", "/dev/null", f"{base}/x?{query}").returncode == code
