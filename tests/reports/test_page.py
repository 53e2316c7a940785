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
import page as page_of
from browser import Browser
import synthetic_limits
from conftest import REPORTS
from drawing import draw
from run_data import read_run

VOID_ELEMENTS = {"meta", "link", "br", "img", "input", "hr"}
ACROSS = [chart for chart in charts.ALL if chart.name in page_of.ACROSS and chart.name not in ("limits", "machine_costs")]  # which are in files of their own
OF_WORKLOADS = [chart for chart in charts.ALL if chart.name not in page_of.ACROSS]


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


def test_it_is_small_enough_to_mail(html):
    """With 30 rounds, some ten thousand trials, it was 3.9 MB; above 4.8 it is thinned."""
    assert len(html.encode()) <= 2_600_000


@pytest.mark.parametrize(("share", "gone"), [(0.9, {"trials"}), (0.1, {"trials", "verdict"})])
def test_a_page_that_would_be_too_large_leaves_the_raw_data_out_and_says_so(made, monkeypatch, share, gone):
    run = read_run(made(models=4, rounds=6))
    svg = draw(charts.by_name("makespan"), run, page_of.LOOK, ("svg",))["svg"].decode()
    pictures = {page_of.Place("makespan"): svg}
    whole = page_of.render(run, None, ("makespan",), pictures, "")
    monkeypatch.setattr(page_of, "MOST_BYTES", int(share * len(whole)))
    html = page_of.render(run, None, ("makespan",), pictures, "")
    assert set(re.findall(r'<script type="application/json" id="(\w+)">', html)) == {"plan", "environment", "verdict", "trials"} - gone
    assert "in the run's directory" in html.replace("&#39;", "'") and "in the run's directory" not in whole.replace("&#39;", "'")
    assert ('class="rounds"' in html) == ("verdict" not in gone)


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
    for chart in ACROSS:
        drawn = re.findall(r"<text[^>]*>(.*?)</text>", (out / f"{chart.name}-light.svg").read_text(), re.S)
        shown = re.findall(r"<text[^>]*>(.*?)</text>", section_of(html, f"chart-{chart.name}"), re.S)
        assert shown == drawn and len(drawn) > 5


def sections_of(html, chart):
    """Where a chart stands: once with each workload that it shows."""
    return [section_of(html, name) for name in re.findall(rf'<section id="(chart-{chart.name}(?:-\d+)?)">', html)]


def test_every_round_is_a_dot_with_its_workload(html, many):
    for name in ("efficiency", "makespan", "cpu_per_item"):
        chart = charts.by_name(name)
        count = sum(len(many.values(point.id, model, *chart.quantity.path))
                    for group in chart.groups(many) for point in group.points for model in many.models)
        sections = sections_of(html, chart)
        paths = re.findall(r'class="rounds" d="([^"]*)"', "".join(sections))
        assert sum(path.count("h0") for path in paths) == count > 100
        assert len(sections) == len({point.workload for group in chart.groups(many) for point in group.points})


def test_a_workload_has_its_charts_its_verdicts_and_a_row_a_cell(html, many):
    for number, name in enumerate(many.workloads):
        part = html[html.index(f'<details class="workload" id="workload-{name}-{number}">'):]
        part = part.split('<details class="workload"')[1].split('<section id="void">')[0]
        loads = [point for point in many.points.values() if point.workload.name == name]
        cells = part[part.index("<h3>Cells</h3>"):].split("</table>")[0]
        assert cells.count("<tr>") == 1 + len(loads) * len(many.models)
        assert all(f'<th scope="row">{point.label}</th>' in part for point in loads)
        assert '<section id="chart-' in part
    everywhere = {chart.name for chart in OF_WORKLOADS if sections_of(html, chart)}
    assert everywhere == {chart.name for chart in OF_WORKLOADS}


def section_of(html, name):
    section = html[html.index(f'<section id="{name}">'):]
    return section[:section.index("</section>")]


def test_void_and_skipped_are_listed_in_full(html, many):
    skipped, void = section_of(html, "skipped"), section_of(html, "void")
    assert skipped.count("<tr><td>") == len(many.skips) > 10
    kinds = {(trial.model, trial.point, trial.reasons) for trial in many.voids()}
    assert void.count("<tr><td>") == len(kinds) > 4
    assert skipped.count("<details>") == len({model for model, _ in many.skips}), "folded, a model a fold"
    assert void.count("<details>") == len({trial.model for trial in many.voids()}) and "void: 2 trials" not in void


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


def embedded(html, name):
    return json.loads(re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.S).group(1))


def test_the_embedded_data_are_the_run_s(html, many):
    assert embedded(html, "verdict") == many.verdict and embedded(html, "environment") == many.environment
    trials = embedded(html, "trials")
    assert len(trials["rows"]) == len(many.trials)
    for row, trial in zip(trials["rows"], many.trials):
        told = dict(zip(trials["columns"], row))
        assert (told["trial"], trials["points"][told["point"]], trials["models"][told["model"]], told["verdict"]) == (trial.number, trial.point, trial.model, trial.verdict)
        assert told["cpu_per_item_ns"] == pytest.approx(trial.value("cpu_per_item_ns"))
        assert bool(told["reasons"]) == (trial.verdict != "valid")


def test_the_answer_comes_before_all_else(html):
    places = [html.index(f'<section id="{name}">') for name in ("chart-families", "sentences", "chart-winners", "workloads", "void", "surroundings", "method", "raw")]
    assert places == sorted(places)
    assert "threads keep up with event loops" in section_of(html, "sentences")
    assert html.count('<section id="chart-families">') == 1


def test_the_family_table_is_text(html, many):
    table = section_of(html, "chart-families").split("</table>")[0]
    rows = [row for row in many.verdict["families"]["rows"] if row["best"]]
    assert table.count('<th scope="row"') == len(rows) > 20
    assert table.count(">best</td>") + table.count(">best<span") + table.count(">best<small") >= len(rows)
    hatched = sum(cell["status"] == "valid" and not cell["told_apart"] and cell["factor"] >= 1.005 for row in rows for cell in row["cells"])
    assert table.count("(not told apart)") == hatched


def test_every_chart_s_words_for_who_cannot_see_it_are_what_it_finds(html):
    for chart in (*ACROSS, *OF_WORKLOADS):
        for section in sections_of(html, chart):
            (title,) = re.findall(r'<svg [^>]*aria-labelledby="[^"]*"><title id="[^"]*-title">(.*?)</title><desc', section)
            assert title.rstrip(".") != chart.heading and title.endswith(".") and len(title) < 260, title
            assert section.count("<tr>") > 1


def test_command_and_environment_are_shown(page):
    text = " ".join(page.text)
    assert "interleave run --seed 1" in text
    assert "Made-up CPU at 2.0 GHz" in text and "libuv" in text


def test_the_same_run_gives_the_same_page(made, tmp_path):
    pages = [write_page(made(models=9, rounds=6), tmp_path / out, "--only", "families,efficiency,ratios") for out in "ab"]
    assert pages[0] == pages[1]


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
    assert "<script>alert" not in html and html.count("</script>") == html.count("<script")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    started = Browser(tmp_path_factory.mktemp("chromium"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def address(html, out):
    return (out / "report.html").as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (1920, "light")])
def test_it_fits_any_screen_without_network_or_complaint(browser, address, tmp_path, width, scheme):
    browser.complaints.clear()
    browser.requests.clear()
    browser.open(address, width, 1000, scheme)
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert browser.run("document.documentElement.scrollWidth") == width, "only what is wide scrolls, in its own box"
    browser.run("scrollTo(0, 0)")
    browser.picture(tmp_path / "page.png")
    import matplotlib.image
    pixels = matplotlib.image.imread(tmp_path / "page.png")[:, :, :3]
    assert (pixels[5, 5].mean() > 0.9) == (scheme == "light"), "the ground follows the colour scheme"
    assert pixels.std() > 0.02, "the page is not blank"
    assert not browser.complaints and set(browser.requests) <= {address, "about:blank"}


COLUMN = "[...[...document.querySelectorAll('section#chart-families table')][0].tBodies[0].rows].map(row => row.cells[%d].dataset.sort)"


def test_a_click_and_a_key_sort_a_table(browser, address):
    browser.open(address)
    header = "document.querySelector('#chart-families thead th:nth-child(3)')"
    before = browser.run(COLUMN % 2)
    browser.click("#chart-families thead th:nth-child(3) button")
    ascending = browser.run(COLUMN % 2)
    assert browser.run(f"{header}.getAttribute('aria-sort')") == "ascending"
    assert ascending != before and sorted(ascending) == sorted(before) and ascending[0] == "best"
    browser.run(f"{header}.querySelector('button').focus()")
    browser.press("Enter")
    assert browser.run(f"{header}.getAttribute('aria-sort')") == "descending"
    amounts = [value for value in browser.run(COLUMN % 2) if value != "best" and value[-1] in "%×"]
    size = [float(value[:-1]) if value.endswith("×") else 1 + float(value[1:-2]) / 100 for value in amounts]
    assert size == sorted(size, reverse=True) and len(size) > 5
    browser.run(f"{header}.previousElementSibling.querySelector('button').focus()")
    browser.press(" ")
    assert browser.run("[...document.querySelectorAll('#chart-families th[aria-sort]')].map(each => each.cellIndex)") == [1]


def test_numbers_with_units_sort_by_what_they_are(browser, address):
    """The p99 latencies of a workload, from microseconds to seconds."""
    browser.open(address)
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    seconds = {"µs": 1e-6, "ms": 1e-3, "s": 1}
    table = "document.querySelector('#workload-download-0 > .wide:last-of-type table')"
    for descends in (False, True):
        browser.run(f"{table}.tHead.rows[0].cells[10].querySelector('button').click()")
        texts = browser.run(f"[...{table}.tBodies[0].rows].map(row => row.cells[10].textContent)")
        numbers = [text.split() for text in texts if text != "–"]
        values = [float(number.replace(",", "")) * seconds[unit] for number, unit in numbers]
        assert values == sorted(values, reverse=descends) and {unit for _, unit in numbers} == set(seconds)
        assert "–" in texts and set(texts[len(values):]) == {"–"}, "what is missing comes last, either way"


def test_a_link_to_what_is_folded_unfolds_it(browser, address, html):
    wanted = re.search(r'<section id="(chart-makespan[^"]*)">', html).group(1)
    browser.open(f"{address}#{wanted}")
    assert browser.run(f"document.getElementById('{wanted}').closest('details').open")
    assert not browser.run("document.querySelector('#workload-compute-2').open")
    browser.click("#workload-compute-2 > summary")
    assert browser.run("document.querySelector('#workload-compute-2').open")
    browser.click("#fold")
    assert browser.run("[...document.querySelectorAll('details.workload')].some(each => each.open)") is False


def test_the_keyboard_begins_with_the_answer(browser, address):
    browser.open(address)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    assert browser.run("document.activeElement.getBoundingClientRect().top") >= 0, "it is seen as it has the focus"
    browser.press("Enter")
    browser.press("Tab")
    assert browser.run("document.activeElement.closest('section').id") == "chart-families"
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_data_are_saved_without_network(browser, address, tmp_path, many):
    browser.open(address)
    browser.requests.clear()
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path), eventsEnabled=True)
    browser.click("#save")
    browser.wait_for_event("Browser.downloadProgress", lambda told: told["state"] == "completed")
    (saved,) = tmp_path.glob("*.json")
    content = json.loads(saved.read_text())
    assert set(content) == {"plan", "environment", "verdict", "limits", "trials"} and content["verdict"] == many.verdict
    assert content["limits"]["ladders"]
    assert not [each for each in browser.requests if not each.startswith("blob:")] and not browser.complaints


def test_on_paper_everything_is_unfolded(browser, address):
    browser.open(address)
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("[...document.querySelectorAll('details')].filter(each => !each.open).every(each => each.classList.contains('numbers'))")
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert not browser.run("[...document.querySelectorAll('details')].some(each => each.open)")
