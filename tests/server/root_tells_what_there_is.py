"""GET / is a page that lists what the server can do, for browsers and for terminals; it is made of the server's own tables.

SPDX-License-Identifier: Apache-2.0
"""
import html.parser
import re

import pytest

import oracle
from wire import Server


def links(page: str) -> list[str]:
    found: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.extend(value for name, value in attrs if tag == "a" and name == "href")

    Reader().feed(page)
    return found


def test_a_browser_gets_html_and_others_text(server):
    text, page = server.ask("/"), server.ask("/", "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    assert text.fields("Content-Type")[0].startswith("text/plain") and b"<" not in text.body
    assert page.fields("Content-Type")[0].startswith("text/html") and page.body.startswith(b"<!doctype html>") and page.fields("Vary") == ["Accept"]


def test_it_names_every_fault_every_key_and_every_profile(server):
    for got in (server.ask("/"), server.ask("/", "Accept: text/html")):
        words = set(re.findall(r"[\w-]+", got.body.decode()))
        assert words >= set(oracle.FAULTS) - {"none", "status"}
        assert words >= {"delay", "status", "bytes", "chunks", "drip", "shed_above", "local", "remote", "busy", "flaky", "hostile", "burst", "echo", "anything", "stream-bytes", "ready"}


def test_its_links_lead_somewhere():
    with Server() as server:
        paths = links(server.ask("/", "Accept: text/html").body.decode())
        assert len(paths) > 20
        for path in paths:
            method = path.strip("/").upper() if path in ("/post", "/put", "/patch", "/delete") else "GET"
            if "drip" in path or "delay/" in path:
                continue  # they take seconds
            got = server.ask(path, method=method)
            assert got.bytes.startswith(b"HTTP/1.1 ") and got.status in (200, 302, 500, 503), path


@pytest.mark.parametrize("target, status", [("/?status=418", 418), ("/index.html", 404)])
def test_what_is_not_the_page_is_as_before(server, target, status):
    assert server.ask(target).status == status
