"""Promise: docs/gallery.md is what scripts/gallery writes of its pictures, each small and none left over, and the script refuses what is no run.

SPDX-License-Identifier: Apache-2.0
"""
import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "gallery"
sys.path.insert(0, str(ROOT / "tests" / "reports"))


@pytest.fixture(scope="module")
def gallery():
    loader = importlib.machinery.SourceFileLoader("gallery", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("gallery", loader))
    sys.modules["gallery"] = module
    loader.exec_module(module)
    return module


def shown_in(gallery, docs: pathlib.Path) -> list:
    """The charts of the pictures, in the order of the page, with what the pictures find."""
    pictures = {file.stem: file.read_text() for file in (docs / gallery.PICTURES).iterdir()}
    assert set(pictures) <= {chart.name for chart in gallery.charts.ALL}, "a picture of a chart that is no more"
    return [gallery.Shown(chart.name, gallery.title_of(pictures[chart.name])) for chart in gallery.charts.ALL if chart.name in pictures]


def test_the_gallery_is_what_the_script_writes(gallery) -> None:
    document = (ROOT / "docs" / "gallery.md").read_text()
    head = document.splitlines()[4]
    assert re.match(r"A run of the profile \w+: .*, 2 cores, \d+ rounds, version [\d.]+, \d{4}-\d\d-\d\d\.", head)
    assert document == gallery.markdown(head, shown_in(gallery, ROOT / "docs"))


def test_pictures_are_small(gallery) -> None:
    sizes = {file.name: file.stat().st_size for file in (ROOT / "docs" / gallery.PICTURES).iterdir()}
    assert len(sizes) > 12 and max(sizes.values()) <= 150_000, sizes


def test_a_run_becomes_a_gallery(gallery, tmp_path: pathlib.Path) -> None:
    import synthetic_run
    run, docs = synthetic_run.write(tmp_path / "run", models=2, rounds=1), tmp_path / "docs"
    (docs / gallery.PICTURES).mkdir(parents=True)
    (docs / gallery.PICTURES / "gone.svg").write_text("<svg/>")
    written = subprocess.run([SCRIPT, run, "--docs", docs], capture_output=True, text=True, timeout=300, check=False)
    assert written.returncode == 0 and written.stderr == "", written.stderr
    document = (docs / "gallery.md").read_text()
    shown = shown_in(gallery, docs)
    assert document == gallery.markdown(document.splitlines()[4], shown) and len(shown) > 8
    assert document.count("\n![") == len(shown) and all(each.finding in document for each in shown if "[" not in each.finding)


def test_what_is_no_run_is_refused_in_one_line(tmp_path: pathlib.Path) -> None:
    for arguments in ([tmp_path], [tmp_path / "none"]):
        refused = subprocess.run([SCRIPT, *arguments, "--docs", tmp_path], capture_output=True, text=True, timeout=300, check=False)
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "Traceback" not in refused.stderr, refused
