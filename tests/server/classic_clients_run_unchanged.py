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


# The list that published clients download by, and the names that their metadata gives and they call files by.
BOOK = """
AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM
DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW
KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PT
PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN
VU WS YE ZA ZM ZW""".lower().split()
NAMES = {"bn": "Brunei Darussalam", "cd": "Congo (Kinshasa)", "cg": "Congo (Brazzaville)", "ci": "C\u00f4te d'Ivoire", "kp": "Korea, North", "kr": "Korea, South",
         "mk": "Macedonia", "ru": "Russian Federation", "sz": "Swaziland", "tl": "Timor-Leste", "us": "United States of America", "vc": "Grenadines", "tw": "Taiwan"}


def test_the_countries_are_those_of_the_book(classic):
    port = classic.ready["classic"]["local"]
    assert [code for code in CODES if classic.ask(f"/flags/{code}/{code}.gif", port=port).status == 200] == BOOK


@pytest.mark.parametrize("code", NAMES)
def test_a_country_has_the_name_that_its_file_gets(classic, code):
    got = classic.ask(f"/flags/{code}/metadata.json", port=classic.ready["classic"]["local"])
    assert json.loads(got.body)["country"] == NAMES[code]


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
