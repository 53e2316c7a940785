"""The page: whole, readable by machines and screen readers, and alone in the world.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import charts
import synthetic_limits
from conftest import REPORTS

VOID_ELEMENTS = {"meta", "link", "br", "img", "input", "hr"}
CHROMIUM = ["/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0"]


class Reader(HTMLParser):
    """Checks nesting; keeps elements, ids and text."""

    def __init__(self):
        super().__init__()
        self.open, self.elements, self.text, self.faults = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]} at {self.getpos()}")
        else:
            self.open.pop()

    def handle_data(self, data):
        self.text.append(data)


def write_page(directory, out, *arguments):
    subprocess.run([sys.executable, REPORTS / "report.py", directory, "--out", out, "--theme", "light", "--format", "svg", *arguments],
                   check=True, capture_output=True, text=True, timeout=280)
    return (out / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def out(made, tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def html(made, out):
    return write_page(made(models=9, rounds=6), out, "--limits", synthetic_limits.write(out / "limits"))


@pytest.fixture(scope="module")
def page(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_it_is_well_formed(page):
    assert not page.faults and not page.open
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_inner_reference_has_its_target(page, html):
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    wanted = set(re.findall(r'(?:href="#|url\(#)([^")]+)', html))
    assert len(wanted) > 20 and wanted <= ids


def test_it_refers_to_nothing_outside(page, html):
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base"), tag
        for name in ("src", "href", "xlink:href", "srcset", "action", "poster"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    assert not re.search(r"@import|url\((?!#)", html)
    assert "http://" not in html and "https://" not in html


def test_it_is_small_enough_to_mail(made, tmp_path):
    """Even with nine models, 38 loads and 30 rounds: some ten thousand trials."""
    html = write_page(made(models=9, rounds=30), tmp_path)
    assert len(html.encode()) <= 3_000_000, "5 MB is the limit for a run with twice the models"


def test_every_verdict_sentence_void_and_skip_is_there(page, many):
    text = " ".join(" ".join(page.text).split())
    assert len(many.verdict["points"]) > 20
    for verdict in many.verdict["points"]:
        assert verdict["sentence"] in text and verdict["label"] in text
    reasons = {str(reason) for trial in many.voids() for reason in trial.reasons} | set(many.skips.values())
    assert len(reasons) > 3
    for reason in reasons:
        assert reason in text


def test_every_word_and_number_of_a_picture_is_in_the_page(html, out):
    for chart in charts.ALL:
        drawn = re.findall(r"<text[^>]*>(.*?)</text>", (out / f"{chart.name}-light.svg").read_text(), re.S)
        shown = re.findall(r"<text[^>]*>(.*?)</text>", section_of(html, f"chart-{chart.name}"), re.S)
        assert shown == drawn and len(drawn) > 5


def test_every_round_is_still_a_dot_in_the_page(html, many):
    for name in ("efficiency", "makespan", "cpu_per_item"):
        chart = charts.by_name(name)
        count = sum(len(many.values(point.id, model, *chart.quantity.path))
                    for group in chart.groups(many) for point in group.points for model in many.models)
        paths = re.findall(r'class="rounds" d="([^"]*)"', section_of(html, f"chart-{name}"))
        assert sum(path.count("h0") for path in paths) == count > 100


def section_of(html, name):
    section = html[html.index(f'<section id="{name}">'):]
    return section[:section.index("</section>")]


def test_void_and_skipped_are_listed_in_full(html, many):
    assert section_of(html, "skipped").count("<tr>") == 1 + len(many.skips) > 10
    kinds = {(trial.model, trial.point, trial.reasons) for trial in many.voids()}
    assert section_of(html, "void").count("<tr>") == 1 + len(kinds) > 4


def test_what_is_too_slow_and_what_is_lost_is_listed(html, many):
    assert section_of(html, "too-slow").count("&gt; 1.50 s, in last place") == len(many.too_slow) == 2
    assert not set(many.too_slow) & set(many.skips)
    lost = re.findall(r"<td>lost</td>", section_of(html, "void"))
    assert len(lost) == len({trial.point for trial in many.voids() if many.is_lost(trial)}) == 3


def test_the_method_says_what_the_verdict_does(page, many):
    text = " ".join(" ".join(page.text).split())
    assert "leads each other model by 5 % or more" in text and "lie within ±5 %" in text
    assert "the level 1 − 5 % / pairs" in text and "at once in at least 95 % of runs" in text and "one run's error rate" in text
    assert f"fewer than {many.verdict['rounds_to_win']} rounds" in text and "Holm" not in text


def test_the_embedded_verdict_is_the_run_s(html, many):
    embedded = re.search(r'<script type="application/json" id="verdict">(.*?)</script>', html, re.S).group(1)
    assert json.loads(embedded) == many.verdict


def test_the_answer_comes_before_the_verdicts(html):
    assert html.index('<section id="chart-families">') < html.index('<section id="sentences">') < html.index('<section id="verdicts">')
    assert "threads keep up with event loops" in section_of(html, "sentences")
    assert html.count('<section id="chart-families">') == 1


def test_every_chart_has_title_desc_and_table(html):
    for chart in charts.ALL:
        section = section_of(html, f"chart-{chart.name}")
        assert f'<title id="{chart.name}-title">' in section and f'<desc id="{chart.name}-desc">' in section
        assert section.count("<tr>") > 1


def test_command_and_environment_are_shown(page):
    text = " ".join(page.text)
    assert "interleave run --seed 1" in text
    assert "Made-up CPU at 2.0 GHz" in text and "libuv" in text


def test_the_same_run_gives_the_same_page(made, html, out, tmp_path):
    assert write_page(made(models=9, rounds=6), tmp_path, "--limits", out / "limits") == html


def test_a_run_s_words_cannot_become_markup(made, tmp_path):
    directory = tmp_path / "run"
    import synthetic_run
    content = synthetic_run.build(models=2, rounds=2)
    content["verdict.json"]["points"][0]["sentence"] = "<script>alert(1)</script></script>"
    for name, body in content.items():
        directory.mkdir(exist_ok=True)
        text = "".join(json.dumps(t) + "\n" for t in body) if name.endswith("l") else json.dumps(body)
        (directory / name).write_text(text)
    html = write_page(directory, tmp_path / "out", "--only", "efficiency")
    assert "<script>alert" not in html and html.count("</script>") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_renders_it_without_network_or_complaint(html, out, tmp_path, scheme):
    picture = tmp_path / "page.png"
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else ["--blink-settings=preferredColorScheme=1"]
    ran = subprocess.run([*CHROMIUM, *dark, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,2000",
                          f"--screenshot={picture}", (out / "report.html").as_uri()], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert not re.search(r"CONSOLE|ERR_|Refused to", ran.stderr), ran.stderr
    import matplotlib.image
    pixels = matplotlib.image.imread(picture)[:, :, :3]
    assert (pixels[5, 5].mean() > 0.9) == (scheme == "light"), "the ground follows the colour scheme"
    assert pixels.std() > 0.02, "the page is not blank"
