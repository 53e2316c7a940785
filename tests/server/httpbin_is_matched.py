"""The well-known paths beside httpbin itself, as Debian packages it: the same bytes are sent to both, and what each makes of them is the same,
but for the differences that docs/server.md lists, each of which is a test below.

SPDX-License-Identifier: Apache-2.0
"""
import http.client
import json
import threading
import urllib.parse

import pytest

from wire import WAIT

httpbin = pytest.importorskip("httpbin", reason="python3-httpbin is not installed: scripts/setup installs it")
serving = pytest.importorskip("werkzeug.serving")

FORM = "application/x-www-form-urlencoded"
MULTIPART = 'multipart/form-data; boundary="the edge"'
PARTS = (b'--the edge\r\nContent-Disposition: form-data; name="plain"\r\n\r\none\r\n'
         b'--the edge\r\nContent-Disposition: form-data; name="plain"\r\n\r\ntwo\r\n'
         b'--the edge\r\nContent-Disposition: form-data; name="text"; filename="t.txt"\r\nContent-Type: text/plain\r\n\r\nof a file\r\n'
         b'--the edge\r\nContent-Disposition: form-data; name="raw"; filename="r.bin"\r\n\r\n\xff\x00\xfe\r\n'
         b'--the edge--\r\n')


@pytest.fixture(scope="module")
def original():
    class Quiet(serving.WSGIRequestHandler):
        def log(self, *_):
            pass

    bin_server = serving.make_server("127.0.0.1", 0, httpbin.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=bin_server.serve_forever)
    thread.start()
    yield bin_server.server_port
    bin_server.shutdown()
    thread.join(WAIT)


class Got:
    """A reply, without what must differ: the port."""

    def __init__(self, port: int, method: str, target: str, fields, body: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in fields:
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        reply = connection.getresponse()
        self.status, self.body = reply.status, reply.read()
        self.type = (reply.getheader("Content-Type") or "").partition(";")[0]
        self.allow = set(filter(None, (reply.getheader("Allow") or "").replace(" ", "").split(",")))
        location = reply.getheader("Location")
        self.location = location and location.replace(f":{port}", ":PORT")
        self.fields = {name.lower() for name, _ in reply.getheaders()}
        self.json = json.loads(self.body.replace(f":{port}".encode(), b":PORT")) if self.type == "application/json" and self.body else None
        connection.close()


@pytest.fixture()
def both(server, original):
    def ask(method: str, target: str, *fields: tuple[str, str], body: bytes = b"") -> tuple[Got, Got]:
        return Got(server.port, method, target, fields, body), Got(original, method, target, fields, body)
    return ask


JSON = [
    ("GET", "/get", [], b""),
    ("GET", "/get?a=1&a=2&b=&c&d=x%20y+z&%C3%A9=%E2%82%AC&a=3", [], b""),
    ("GET", "/get?&&a=1&=2", [], b""),
    ("GET", "/get", [("X-One", "1"), ("x-one", "2"), ("X-Two-3d", "t"), ("User-Agent", "me/1"), ("Accept", "*/*")], b""),
    ("GET", "/headers", [("X-One", "1"), ("X-One", "2"), ("X-One", "3"), ("Accept", "a/b"), ("Accept", "c/d")], b""),
    ("GET", "/ip", [], b""),
    ("GET", "/user-agent", [("User-Agent", "curl/1")], b""),
    ("GET", "/anything", [], b""),
    ("GET", "/anything/below/that?q=1", [], b""),
    ("TRACE", "/anything", [], b""),
    *((method, path, [("Content-Type", kind)] if kind else [], body)
      for method, path in (("POST", "/post"), ("PUT", "/put"), ("PATCH", "/patch"), ("DELETE", "/delete"), ("POST", "/anything"), ("PUT", "/anything/x?a=1"))
      for kind, body in (("", b""), ("", b"words"), (FORM, b"hello"), (FORM, b"a=1&b=x+y&a=2&c=%41"), (FORM + "; charset=utf-8", b"k=v"), ("text/plain", b"a=1"),
                         ("application/json", b'{"a": [1, 2.5, null, true], "b": {"c": "\\u00e9"}}'), ("application/json", b"[1, 2"), ("", b"42"), ("", b'"s"'),
                         ("application/octet-stream", b"\xff\xfe\x00\x01"), ("", "h\u00e9".encode()), (MULTIPART, PARTS), (MULTIPART, b"no parts"))),
]


@pytest.mark.parametrize("method, target, fields, body", JSON)
def test_the_same_is_told(both, method, target, fields, body):
    ours, its = both(method, target, *fields, body=body)
    assert (ours.status, ours.type) == (its.status, its.type) == (200, "application/json")
    if "url" in its.json:  # its is an IRI: see below
        ours.json["url"], its.json["url"] = urllib.parse.unquote(ours.json["url"]), urllib.parse.unquote(its.json["url"])
    assert ours.json == its.json


def test_who_forwards_is_believed(both):
    ours, its = both("GET", "/get", ("X-Forwarded-For", "10.1.2.3"), ("X-Forwarded-Proto", "https"))
    assert (ours.json["origin"], ours.json["url"]) == (its.json["origin"], its.json["url"]) == ("10.1.2.3", "https://127.0.0.1:PORT/get")


@pytest.mark.parametrize("target, body", [("/delay/0", b""), ("/delay/0.01?a=1", b"")])
def test_a_delay_tells_the_same_and_more(both, target, body):
    ours, its = both("GET", target, body=body)
    assert (ours.status, its.status) == (200, 200)
    assert {key: value for key, value in ours.json.items() if key not in ("method", "json")} == its.json


@pytest.mark.parametrize("codes", ["200", "204", "304", "400", "404", "500", "503", "599", "200,200", "404:1,404:3", "500:0.9,500:0.1", "201:1e-3,201", "301", "302", "303",
                                   "305", "307", "300", "306"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "HEAD"])
def test_a_status_is_the_same(both, method, codes):
    ours, its = both(method, f"/status/{codes}")
    assert (ours.status, ours.location, len(ours.body)) == (its.status, its.location, len(its.body))


@pytest.mark.parametrize("codes", ["401", "407"])
def test_a_status_has_the_same_fields(both, codes):
    ours, its = both("GET", f"/status/{codes}")
    assert ours.status == its.status and ours.fields & {"www-authenticate", "proxy-authenticate"} == its.fields & {"www-authenticate", "proxy-authenticate"} != set()


@pytest.mark.parametrize("codes", ["x", "200,x", "200:y,500", "200:1:2,500"])
def test_bad_codes_are_refused_by_both(both, codes):
    ours, its = both("GET", f"/status/{codes}")
    assert ours.status == 400 and its.status in (400, 500)


@pytest.mark.parametrize("target", ["/redirect/1", "/redirect/3", "/redirect/3?absolute=true", "/redirect/1?absolute=true", "/redirect/3?absolute=false", "/relative-redirect/2",
                                    "/relative-redirect/1", "/absolute-redirect/2", "/absolute-redirect/1"])
def test_redirects_lead_the_same_way(both, target):
    ours, its = both("GET", target)
    assert (ours.status, ours.location) == (its.status, its.location) and ours.status == 302


@pytest.mark.parametrize("target, size", [("/bytes/0", 0), ("/bytes/100", 100), ("/bytes/100?seed=3", 100), ("/stream-bytes/100?chunk_size=7", 100), ("/stream-bytes/100", 100),
                                          ("/drip?duration=0&numbytes=5", 5), ("/drip?duration=0&numbytes=5&code=418&delay=0", 5), ("/drip?duration=0", 10)])
def test_bodies_have_the_same_size_and_kind(both, target, size):
    ours, its = both("GET", target)
    assert (ours.status, ours.type, len(ours.body)) == (its.status, its.type, len(its.body)) and len(ours.body) == size
    if "drip" in target:
        assert ours.body == its.body


@pytest.mark.parametrize("target", ["/drip?numbytes=0", "/drip?numbytes=0&duration=1"])
def test_no_bytes_cannot_drip(both, target):
    ours, its = both("GET", target)
    assert ours.status == its.status == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/get", "/headers", "/ip", "/user-agent", "/post", "/put", "/patch", "/delete", "/anything", "/anything/x", "/status/204", "/bytes/5", "/stream-bytes/5",
                                  "/drip?duration=0", "/redirect/1", "/relative-redirect/1", "/absolute-redirect/1"])
def test_each_path_has_the_same_methods(both, path, method):
    ours, its = both(method, path)
    assert ours.status == its.status
    if method == "OPTIONS" or its.status == 405:
        assert ours.allow == its.allow


def test_a_seed_chooses_the_bytes(both):
    one, two, again = (both("GET", f"/bytes/50?seed={seed}")[0].body for seed in (1, 2, 1))
    assert one == again != two


# ---- What docs/server.md lists as different ----

@pytest.mark.parametrize("target, ours_is, its_is", [
    ("/delay/5m", 400, 500), ("/delay/-1", 400, 500), ("/redirect/0", 400, 500), ("/redirect/x", 400, 404), ("/bytes/x", 400, 404), ("/drip?numbytes=x", 400, 500),
    ("/drip?duration=5m", 400, 500), ("/bytes/1K", 200, 404), ("/bytes/5?x=1", 400, 200), ("/drip?duration=0&x=1", 400, 200), ("/status/200:1", 200, 400)])
def test_what_is_wrong_is_a_400_here(both, target, ours_is, its_is):
    ours, its = both("GET", target)
    assert (ours.status, its.status) == (ours_is, its_is)


def test_a_delay_takes_any_method_here(server, original):
    ours = Got(server.port, "POST", "/delay/0", [("Content-Type", FORM)], b"hello")
    assert (ours.json["form"], ours.json["data"], ours.json["method"]) == ({"hello": ""}, "", "POST")
    assert Got(original, "POST", "/delay/0", [], b"").status == 405


def test_all_headers_are_told_here(both):
    ours, its = both("GET", "/headers", ("Via", "1.1 x"))
    assert ours.json["headers"]["Via"] == "1.1 x" and "Via" not in its.json["headers"]


def test_a_body_in_chunks_is_read_here(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT)
    connection.request("POST", "/post", iter([b"by ", b"chunks"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert json.loads(connection.getresponse().read())["data"] == "by chunks"
    connection.close()


def test_a_url_is_told_as_it_was_asked(both):
    ours, its = both("GET", "/anything/%C3%A9?q=%C3%A9")
    assert ours.json["url"].endswith("/anything/%C3%A9?q=%C3%A9") and urllib.parse.unquote(ours.json["url"]) == urllib.parse.unquote(its.json["url"])


def test_json_that_is_too_deep_is_none(server):
    for depth in (100, 1000, 500_000):
        told = Got(server.port, "POST", "/post", [], b"[" * depth + b"]" * depth)
        assert (told.json["json"] is None) == (depth > 200)
