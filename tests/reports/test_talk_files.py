"""A talk's files: pictures of 2880 x 1620, a PDF page a slide, a presentation that can be edited, the same bytes each time.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest

import command
import synthetic_limits
from conftest import REPORTS

DRAW, TEXT, PRESENTATION = ("{urn:oasis:names:tc:opendocument:xmlns:" + each + ":1.0}" for each in ("drawing", "text", "presentation"))


def asked(*arguments, **environment):
    return subprocess.run([sys.executable, REPORTS / "report.py", *map(str, arguments)], text=True, capture_output=True, timeout=280,
                          env={**os.environ, **environment})


@pytest.fixture(scope="module")
def run_dir(made):
    return made(models=5, rounds=2)


@pytest.fixture(scope="module")
def written(run_dir, tmp_path_factory):
    """What is said of it, and its folder."""
    folder = tmp_path_factory.mktemp("talk")
    limits = synthetic_limits.write(folder / "limits", models=5)
    ran = asked(run_dir, "--talk", "--limits", limits, "--theme", "dark", "--out", folder / "talk", "--json")
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    return json.loads(ran.stdout), folder


def test_each_slide_is_a_picture_with_notes_beside(written):
    told, folder = written
    names = {file.name for file in (folder / "talk").iterdir()}
    assert {str(folder / "talk" / name) for name in names} == set(told["files"])
    for number, slide in enumerate(told["slides"], start=1):
        stem = f"{number:02}-{slide['name']}"
        assert {f"{stem}-dark.svg", f"{stem}-dark.png", f"{stem}.txt"} <= names
        assert (folder / "talk" / f"{stem}.txt").read_text().startswith(slide["title"])
    for name in names:
        if name.endswith(".png"):
            header = (folder / "talk" / name).read_bytes()[16:24]
            assert (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")) == (2880, 1620), name
    assert {f"{each}-step{step}-dark.png" for each in ("03-cpu",) for step in (1, 2)} <= names, "a build-up"
    assert {each["name"] for each in told["slides"]} >= {"question", "keeps_up", "cpu", "memory", "cpu_trap", "limits", "families"}


def test_a_page_of_the_pdf_is_a_slide(written):
    told, folder = written
    pdf = (folder / "talk" / "talk-dark.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", pdf)) == len(told["slides"]) and b"/MediaBox [ 0 0 921.6 518.4 ]" in pdf


def pages_of(file):
    with zipfile.ZipFile(file) as odp:
        return ElementTree.fromstring(odp.read("content.xml")).findall(f".//{DRAW}page")


def frames_in(page, kind):
    return ["\n".join("".join(line.itertext()) for line in frame.iter(f"{TEXT}p")) for frame in page.iter(f"{DRAW}frame") if frame.get(f"{PRESENTATION}class") == kind]


def test_the_presentation_has_titles_and_notes_as_text_and_a_page_a_step(written):
    told, folder = written
    pages = pages_of(folder / "talk" / "talk-dark.odp")
    pictures = [file for file in told["files"] if file.endswith(".png")]
    assert len(pages) == len(pictures) > len(told["slides"])
    titles = [frames_in(page, "title") for page in pages]
    assert list(dict.fromkeys(title for (title,) in titles)) == [slide["title"] for slide in told["slides"]]
    assert all("How sure:" in notes for page in pages for notes in frames_in(page, "notes")) and all(frames_in(page, "notes") for page in pages)


def test_the_presentation_can_be_opened(written, tmp_path):
    """By LibreOffice, which comes with the set-up."""
    told, folder = written
    subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/home", "--convert-to", "pdf", "--outdir", tmp_path,
                    folder / "talk" / "talk-dark.odp"], check=True, capture_output=True, timeout=200)
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "talk-dark.pdf").read_bytes())) == len(pages_of(folder / "talk" / "talk-dark.odp"))


def test_the_same_run_is_the_same_talk_whatever_the_settings(made, tmp_path):
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.facecolor: ff0000\n")
    said = [asked(made(models=2, rounds=1), "--talk", "--theme", "light", "--out", tmp_path / name, **settings)
            for name, settings in (("1", {}), ("2", {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "TZ": "Asia/Tokyo"}))]
    assert [ran.returncode for ran in said] == [0, 0], said
    one, other = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in "12")
    assert one == other and "talk-light.odp" in one


def test_what_a_run_lacks_is_left_out_and_said(made, tmp_path):
    ran = asked(made(models=1, rounds=1), "--talk", "--theme", "light", "--out", tmp_path / "o")
    assert ran.returncode == 0 and ran.stderr == "", ran
    assert "Left out: limits: no limits (--limits DIR" in ran.stdout and "Left out: families: no two loads" in ran.stdout
    assert not list((tmp_path / "o").glob("*families*")) and (tmp_path / "o" / "01-question-light.png").exists()


def test_without_odf_the_rest_is_written(made, tmp_path):
    (tmp_path / "odf.py").write_text("")
    ran = asked(made(models=1, rounds=1), "--talk", "--theme", "light", "--out", tmp_path / "o", PYTHONPATH=str(tmp_path))
    assert ran.returncode == 2 and len(ran.stderr.splitlines()) == 1 and "Debian: python3-odf" in ran.stderr
    assert (tmp_path / "o" / "talk-light.pdf").exists() and not (tmp_path / "o" / "talk-light.odp").exists()


@pytest.fixture
def refused(capsys):
    def line(*arguments):
        assert command.main(list(map(str, arguments))) == 2
        said = capsys.readouterr()
        assert said.out == "" and len(said.err.splitlines()) == 1, said
        return said.err
    return line


def test_what_is_no_talk_is_one_line(made, refused, tmp_path):
    run = made(models=1, rounds=1)
    assert "one run's directory" in refused(run, run, "--talk")
    assert "--talk has no --only" in refused(run, "--talk", "--only", "latency") and "light, dark" in refused(run, "--talk", "--theme", "sepia")
    assert "no such directory; `interleave limits` makes one" in refused(run, "--talk", "--limits", tmp_path / "nowhere")
    assert "limits.json: missing; `interleave limits` makes" in refused(run, "--talk", "--limits", run)
    limits = synthetic_limits.write(tmp_path / "limits", models=2)
    file = limits / "limits.json"
    whole = json.loads(file.read_text())
    for wrong, said in ({**whole, "schema": 2}, "schema 2"), ({**whole, "ladders": [{}]}, "damaged"), ({**whole, "models": []}, "damaged"):
        file.write_text(json.dumps(wrong))
        assert said in refused(run, "--talk", "--limits", limits) and said in refused(limits)
    file.write_text("{")
    assert "damaged" in refused(limits)
    file.unlink()
    assert f"interleave verdict {limits}" in refused(limits)
