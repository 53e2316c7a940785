"""`serve --classic`: the flags of 194 countries on LOCAL, DELAY and ERROR.

SPDX-License-Identifier: Apache-2.0
"""
import io
import json
import time

import pytest
from PIL import Image

from wire import Server

CODES = [a + b for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"]


@pytest.fixture(scope="module")
def classic():
    with Server("--classic", "--local-port", "0", "--delay-port", "0", "--error-port", "0", "--time-scale", "0.01") as server:
        yield server


def test_there_are_194_flags_each_a_picture_of_its_own(classic):
    port, pictures = classic.ready["classic"]["local"], {}
    for code in CODES:
        got = classic.ask(f"/flags/{code}/{code}.gif", port=port)
        if got.status == 200:
            assert got.fields("Content-Type") == ["image/gif"]
            pictures[code] = got.body
        else:
            assert got.status == 404
    assert len(pictures) == 194 == len(set(pictures.values()))
    for content in pictures.values():
        picture = Image.open(io.BytesIO(content))
        picture.load()
        assert (picture.format, picture.size) == ("GIF", (64, 40)) and len(set(picture.getdata())) >= 3


def test_metadata_names_the_country(classic):
    got = classic.ask("/flags/br/metadata.json", port=classic.ready["classic"]["local"])
    assert json.loads(got.body) == {"country": "Brazil", "gif_cc": "BR"}


@pytest.mark.parametrize("path", ["/flags/xx/xx.gif", "/flags/br/cn.gif", "/flags/BR/BR.gif", "/flags/br/other.json", "/flags/br"])
def test_anything_else_is_not_found(classic, path):
    assert classic.ask(path, port=classic.ready["classic"]["local"]).status == 404


def test_delay_waits_and_never_fails(classic):
    for code in ("br", "cn", "in"):
        start = time.monotonic()
        assert classic.ask(f"/flags/{code}/{code}.gif", port=classic.ready["classic"]["delay"]).status == 200
        assert time.monotonic() - start >= 0.005


def test_error_answers_418_to_a_quarter(classic):
    ports, statuses = classic.ready["classic"], []
    for code in CODES:
        if classic.ask(f"/flags/{code}/{code}.gif", port=ports["local"]).status == 200:
            for name in (f"{code}.gif", "metadata.json"):
                statuses.append(classic.ask(f"/flags/{code}/{name}", port=ports["error"]).status)
    assert (len(statuses), statuses.count(418), statuses.count(200)) == (388, 97, 291)
