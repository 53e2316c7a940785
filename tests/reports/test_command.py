"""The command line: what it writes, and one clear line for everything that cannot be done.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

import charts
import command
import synthetic_limits
from conftest import REPORTS


def report(*arguments):
    return subprocess.run([sys.executable, REPORTS / "report.py", *map(str, arguments)], capture_output=True, text=True, timeout=280)


def refused_to(stdout, *arguments):
    """The one line on stderr of a call that cannot write to stdout."""
    with open(stdout, "w", encoding="utf-8") as out:
        ran = subprocess.run([sys.executable, REPORTS / "report.py", *map(str, arguments)], stdout=out, stderr=subprocess.PIPE,
                             text=True, timeout=280)
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1, ran
    return ran.stderr


def refused(*arguments):
    """The one line on stderr of a call that must end with 2."""
    ran = report(*arguments)
    assert ran.returncode == 2 and ran.stdout == "", ran
    line = ran.stderr.strip()
    assert "\n" not in line and "Traceback" not in line, line
    return line


@pytest.fixture
def run_dir(made, tmp_path):
    return shutil.copytree(made(models=3, rounds=2), tmp_path / "run")


def test_it_writes_the_formats_and_themes_asked_for(run_dir, tmp_path):
    ran = report(run_dir, "--only", "cpu_per_item,efficiency", "--theme", "dark", "--format", "pdf,svg", "--json", "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    names = {file.name for file in (tmp_path / "o").iterdir()}
    assert names == {"report.html", "cpu_per_item-dark.svg", "cpu_per_item-dark.pdf", "efficiency-dark.svg", "efficiency-dark.pdf"}
    said = json.loads(ran.stdout)
    assert said["report"].endswith("report.html") and len(said["files"]) == 5


def test_by_default_it_writes_into_the_run_s_report_folder(run_dir):
    assert report(run_dir, "--only", "efficiency", "--size", "paper").returncode == 0
    names = {file.name for file in (run_dir / "report").iterdir()}
    assert names == {"report.html", *(f"efficiency-{theme}.{form}" for theme in ("light", "dark") for form in ("svg", "png"))}


def test_a_second_run_gives_the_same_files(run_dir, tmp_path):
    for out in ("a", "b"):
        assert report(run_dir, "--out", tmp_path / out, "--only", "efficiency").returncode == 0
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_charts_are_listed():
    listed = json.loads(report("--list-charts", "--json").stdout)
    assert [each["name"] for each in listed] == [chart.name for chart in charts.ALL]
    assert all(each["about"] for each in listed)
    told = report("--list-charts").stdout
    assert all(chart.name in told for chart in charts.ALL)


def test_a_missing_directory(tmp_path):
    assert "no such directory" in refused(tmp_path / "nowhere")


def test_no_directory_and_too_many(run_dir):
    assert "results/" in refused()
    assert "two to compare" in refused(run_dir, run_dir, run_dir)


@pytest.mark.parametrize("name", ["plan.json", "environment.json", "trials.jsonl", "verdict.json"])
def test_a_missing_file_is_named(run_dir, name):
    (run_dir / name).unlink()
    assert name in refused(run_dir) and "missing" in refused(run_dir)


def test_a_run_without_a_verdict_yet_says_where_to_get_it(run_dir):
    (run_dir / "verdict.json").unlink()
    assert f"run `interleave verdict {run_dir}` first" in refused(run_dir)
    (run_dir / "plan.json").unlink()
    assert "is it the directory of a run?" in refused(run_dir).replace(str(run_dir), "it")


@pytest.mark.parametrize("name", ["plan.json", "environment.json", "verdict.json"])
def test_a_torn_file_is_named(run_dir, name):
    file = run_dir / name
    file.write_text(file.read_text()[:100])
    line = refused(run_dir)
    assert name in line and "damaged" in line


def test_a_damaged_trial_is_named_by_its_line(run_dir):
    lines = (run_dir / "trials.jsonl").read_text().splitlines()
    lines[4] = lines[4][:50]
    (run_dir / "trials.jsonl").write_text("\n".join(lines) + "\n")
    assert "trials.jsonl:5: damaged" in refused(run_dir)


def test_a_torn_last_trial_is_left_out(run_dir, tmp_path):
    text = (run_dir / "trials.jsonl").read_text()
    (run_dir / "trials.jsonl").write_text(text[:-40])
    ran = report(run_dir, "--only", "efficiency", "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    assert "This run is not finished: 1 trials are missing" in (tmp_path / "o" / "report.html").read_text().replace("\n", " ")


@pytest.mark.parametrize("name", ["plan.json", "verdict.json"])
def test_another_schema_is_refused(run_dir, name):
    content = json.loads((run_dir / name).read_text())
    (run_dir / name).write_text(json.dumps({**content, "schema": 2}))
    line = refused(run_dir)
    assert name in line and "schema 2" in line


def change(file, edit):
    content = json.loads(file.read_text())
    edit(content)
    file.write_text(json.dumps(content))


@pytest.mark.parametrize(("name", "edit", "told"), [
    ("plan.json", lambda plan: plan.pop("workloads"), "has no workloads"),
    ("plan.json", lambda plan: plan["points"][2].pop("label"), "points[2] has no label"),
    ("plan.json", lambda plan: plan["models"][1].pop("family"), "models[1] has no family"),
    ("plan.json", lambda plan: plan.update(points={}), "points is not a list"),
    ("verdict.json", lambda verdict: verdict.pop("error_percent"), "has no error_percent"),
    ("verdict.json", lambda verdict: verdict.update(margin_percent="5 %"), "margin_percent is not a number"),
    ("verdict.json", lambda verdict: verdict["points"][1].pop("cells"), "points[1] has no cells"),
    ("verdict.json", lambda verdict: verdict["points"][0]["cells"][1].pop("reason"), "points[0].cells[1] has no reason"),
    ("verdict.json", lambda verdict: verdict["families"]["rows"][3].pop("said"), "families.rows[3] has no said"),
    ("verdict.json", lambda verdict: verdict["families"]["rows"][4]["cells"][1].pop("factor"), "families.rows[4].cells[1] has no factor"),
    ("verdict.json", lambda verdict: verdict.update(families=[1]), "families is not an object"),
    ("verdict.json", lambda verdict: verdict["points"][0].update(lead_percent=float("nan")), "NaN is no number")],
    ids=lambda each: each if isinstance(each, str) and " " in each else "")
def test_what_a_file_lacks_is_named_with_its_place(run_dir, name, edit, told, capsys):
    change(run_dir / name, edit)
    assert command.main([str(run_dir)]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and f"{run_dir / name}: " in line and told in line, line


@pytest.mark.parametrize(("edit", "told"), [({"round": "x"}, "round is not a whole number"), ({"efficiency": float("nan")}, "NaN is no number")])
def test_a_trial_that_cannot_be_is_named_by_its_line(run_dir, edit, told, capsys):
    lines = (run_dir / "trials.jsonl").read_text().splitlines()
    lines[2] = json.dumps({**json.loads(lines[2]), **edit})
    (run_dir / "trials.jsonl").write_text("\n".join(lines) + "\n")
    assert command.main([str(run_dir)]) == 2
    assert f"trials.jsonl:3: damaged line (ValueError: {told})" in capsys.readouterr().err


@pytest.mark.parametrize(("settings", "told"), [({"models": 1, "rounds": 1}, "Which concurrency model wins"), ({"models": 3, "rounds": 1, "empty": True}, "trials are missing"),
                                                ({"models": 3, "rounds": 1}, "Every trial is void")], ids=["one model", "no trial", "only voids"])
def test_a_run_with_next_to_nothing_has_a_page_that_says_so(made, tmp_path, settings, told):
    directory = shutil.copytree(made(**settings), tmp_path / "run")
    if "void" in told:
        trials = [json.loads(line) for line in (directory / "trials.jsonl").read_text().splitlines()]
        void = {"verdict": "void", "reasons": [{"check": "ledger", "text": "2 requests more"}], **dict.fromkeys(("tape", "worker", "memory", "cpu_per_item_ns", "efficiency", "makespan_ns"))}
        (directory / "trials.jsonl").write_text("".join(json.dumps({**trial, **void}) + "\n" for trial in trials))
    if settings.get("empty"):
        change(directory / "plan.json", lambda plan: plan.update(order=[{"trial": 0, "round": 0, "point": plan["points"][0]["id"], "model": "sequential"}]))
    ran = report(directory, "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert ran.returncode == 0 and ran.stderr == "", ran.stderr
    assert told in (tmp_path / "o" / "report.html").read_text()


def test_extra_keys_are_no_harm(run_dir, tmp_path):
    for name in ("plan.json", "verdict.json", "environment.json"):
        content = json.loads((run_dir / name).read_text())
        (run_dir / name).write_text(json.dumps({**content, "added_later": {"a": [1, 2]}}))
    assert report(run_dir, "--only", "efficiency", "--out", tmp_path / "o").returncode == 0


def test_files_of_different_runs_are_refused(run_dir):
    content = json.loads((run_dir / "plan.json").read_text())
    content["models"] = content["models"][1:]
    (run_dir / "plan.json").write_text(json.dumps(content))
    assert "different runs" in refused(run_dir)


def test_unknown_names_are_answered_with_the_known(run_dir):
    unknown = refused(run_dir, "--only", "pie")
    assert "pie" in unknown and "efficiency" in unknown
    assert "svg, png, pdf" in refused(run_dir, "--format", "jpeg")
    assert "light, dark" in refused(run_dir, "--theme", "sepia")
    assert "slide, paper" in refused(run_dir, "--size", "poster")
    assert "known" in refused(run_dir, "--only", "")
    assert "one size only" in refused(run_dir, "--size", "slide,paper")
    assert "download-local-c100-k1" in refused(run_dir, "--load", "no-such-load")


def test_the_load_of_the_forest_can_be_chosen(run_dir, tmp_path):
    asked = "sleep_many-local-c100-k1"
    ran = report(run_dir, "--load", asked, "--only", "ratios", "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    assert "sleep_many, 100 in flight" in (tmp_path / "o" / "ratios-light.svg").read_text()


def test_two_runs_are_compared_cell_by_cell(made, tmp_path):
    ran = report(made(models=3, rounds=2), made(models=5, rounds=3), "--only", "ratios", "--theme", "light", "--format", "svg",
                 "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    html = (tmp_path / "o" / "report.html").read_text()
    section = html[html.index('<section id="compared">'):]
    section = section[:section.index("</section>")]
    assert section.count("<tr>") > 40 and "not paired" in section
    assert 'href="#compared"' in html and html.index('id="compared"') < html.index('id="workloads"'), "what was asked for comes first"
    assert "<h1>What differs: " in html and "<td>rounds</td><td>2</td><td>3</td>" in section
    assert "asio_callbacks" not in section.split("Cell by cell</h3>")[1], "only models of both runs"
    assert "<td>uv_callbacks</td><td>not here</td>" in section, "what one run alone has is said"


def test_two_runs_are_compared_on_stdout_too(made, tmp_path):
    runs = (made(models=3, rounds=2), made(models=3, rounds=2))
    drawn = ("--only", "ratios", "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    said = json.loads(report(*runs, *drawn, "--json").stdout)["comparison"]
    assert said["here"] == str(runs[0]) and len(said["cells"]) > 40
    assert set(said["cells"][0]) == {"point", "load", "model", "quantity", "here", "there", "ratio", "low", "high", "word", "note"}
    lines = report(*runs, *drawn).stdout.splitlines()
    assert max(map(len, lines[:-3])) <= 100, "a family a line"
    assert f"{len(said['cells'])} cells: 0 slower, 0 faster, 0 same within 5\u00a0%, {len(said['cells'])} unresolved." in lines[-2]
    assert "valid ones in both runs would do" in lines[-2]


def with_points(directory, wanted):
    """The run with those loads alone."""
    for name in ("plan.json", "verdict.json"):
        content = json.loads((directory / name).read_text())
        content["points"] = [point for point in content["points"] if wanted(point["id"])]
        (directory / name).write_text(json.dumps(content))
    trials = [json.loads(line) for line in (directory / "trials.jsonl").read_text().splitlines()]
    (directory / "trials.jsonl").write_text("".join(json.dumps(each) + "\n" for each in trials if wanted(each["point"])))
    plan = json.loads((directory / "plan.json").read_text())
    plan["skips"] = [skip for skip in plan["skips"] if wanted(skip["point"])]
    (directory / "plan.json").write_text(json.dumps(plan))
    return directory


@pytest.mark.parametrize(("wanted", "absent"), [
    ("download-local-c100-k1", {"winners_by_cpu_share", "cpu_share", "compute_cores", "compute_grain", "efficiency", "loop_lag"}),
    ("download_compute-delay-cpu_share_10-offload_inline-c10-k1", {"winners_by_cpu_share", "cpu_share", "compute_cores", "memory"})])
def test_a_run_of_one_load_has_no_chart_without_it(run_dir, tmp_path, wanted, absent):
    with_points(run_dir, lambda point: point == wanted)
    ran = report(run_dir, "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    drawn = {file.name.removesuffix("-light.svg") for file in (tmp_path / "o").glob("*.svg")}
    assert drawn and not drawn & absent
    html = (tmp_path / "o" / "report.html").read_text()
    assert set(re.findall(r'id="chart-(\w+)"', html)) == drawn
    assert "was not run" not in html and "No load of this run" not in html
    assert all(charts.by_name(name).heading in html.split("Left out, because")[1].split("</p>")[0] for name in absent)


def test_what_is_asked_for_by_name_is_drawn_though_it_shows_nothing(run_dir, tmp_path):
    with_points(run_dir, lambda point: point == "download-local-c100-k1")
    ran = report(run_dir, "--only", "cpu_share", "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert ran.returncode == 0 and "No load of this run waits and computes" in (tmp_path / "o" / "cpu_share-light.svg").read_text()


def test_fewer_models_are_drawn_and_the_verdicts_stay(made, tmp_path):
    directory = made(models=6, rounds=16)
    ran = report(directory, "--families", "coroutines,processes", "--models", "uv_callbacks", "--theme", "light", "--format", "svg",
                 "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    svg = (tmp_path / "o" / "makespan-light.svg").read_text()
    assert set(re.findall(r'id="median:(\w+)"', svg)) == {"asio_coroutines", "process_pool", "uv_callbacks"}
    assert "Shown: 3 of 6 models; verdicts are of all." in svg.replace("\n", " ")
    html = (tmp_path / "o" / "report.html").read_text()
    for verdict in json.loads((directory / "verdict.json").read_text())["points"]:
        assert verdict["sentence"].replace("'", "&#39;") in html
    assert "This run is not finished" not in html
    told = html[html.index('<section id="void">'):html.index('<section id="method">')]
    assert "process_pool" in told and "asio_callbacks" not in told and "<td>sequential</td>" not in told


def test_models_that_are_not_there_are_answered_with_those_that_are(run_dir):
    assert "sequential, thread_pool, process_pool" in refused(run_dir, "--models", "fibers")
    assert "sequential, threads, processes, callbacks, coroutines" in refused(run_dir, "--families", "actors")
    assert refused(run_dir, "--families", "coroutines").endswith("no model of coroutines in this run; it has sequential, threads, processes")


def test_what_was_left_out_is_said_on_the_page(run_dir, tmp_path):
    drawn = ("--only", "efficiency", "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert report(run_dir, "--models", "thread_pool", *drawn).returncode == 0
    html = " ".join((tmp_path / "o" / "report.html").read_text().split())
    assert "Shown are 1 of 3 models. Left out, as was asked: sequential, process_pool." in html
    assert f"interleave report {run_dir} --models thread_pool --only efficiency</code>" in html, "the page says how it was made"


def test_a_directory_of_limits_is_a_page_with_a_table_of_limits(tmp_path):
    directory = synthetic_limits.write(tmp_path / "limits", models=5)
    ran = report(directory, "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert ran.returncode == 0, ran.stderr
    html = (tmp_path / "o" / "report.html").read_text()
    table = html[html.index('<section id="chart-limits">'):].split("</table>")[0]
    content = json.loads((directory / "limits.json").read_text())
    for ladder in content["ladders"]:
        assert ladder["said"][1:] in table
    assert table.count('<th scope="col">') == 1 + 4 and "refused: a limit" in table, "sequential, threads, processes and callbacks"
    assert "<h1>How far each concurrency model goes</h1>" in html and "How wins and ties are told" not in html
    assert 'id="limits">{' in html and 'id="verdict"' not in html, "a search has no verdict"


def test_a_search_is_not_compared(run_dir, tmp_path):
    directory = synthetic_limits.write(tmp_path / "limits", models=5)
    assert "has no verdicts to compare" in refused(run_dir, directory) and "--limits" in refused(directory, run_dir)


def test_a_slide_has_pixels_for_a_slide(run_dir, tmp_path):
    assert report(run_dir, "--only", "latency", "--theme", "light", "--format", "png", "--out", tmp_path / "o").returncode == 0
    header = (tmp_path / "o" / "latency-light.png").read_bytes()[16:24]
    assert (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")) == (2880, 1620)


def test_an_unwritable_place_is_named(run_dir, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot write" in refused(run_dir, "--out", tmp_path / "file" / "below")


def test_a_full_place_is_named(run_dir, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "report.html").symlink_to("/dev/full")
    line = refused(run_dir, "--only", "ratios", "--theme", "light", "--format", "svg", "--out", tmp_path / "o")
    assert line == f"interleave report: cannot write {tmp_path / 'o' / 'report.html'}: No space left on device"


def test_a_full_stdout_is_said(run_dir, tmp_path):
    wanted = "interleave report: cannot write to stdout: No space left on device\n"
    assert refused_to("/dev/full", run_dir, "--only", "ratios", "--theme", "light", "--format", "svg", "--out", tmp_path / "o") == wanted
    assert refused_to("/dev/full", "--list-charts") == refused_to("/dev/full", "--help") == wanted


def test_an_unknown_option_is_one_line(run_dir):
    line = refused(run_dir, "--bogus")
    assert "--bogus" in line and line.endswith("see interleave report --help")
    assert "--theme" in refused(run_dir, "--theme")


def test_a_user_without_a_home_is_not_told_about_matplotlib(run_dir, tmp_path):
    (tmp_path / "scratch").mkdir()
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "MPL"))}
    ran = subprocess.run([sys.executable, REPORTS / "report.py", run_dir, "--only", "ratios", "--out", tmp_path / "o"], text=True,
                         env={**environment, "HOME": "/dev/null", "TMPDIR": str(tmp_path / "scratch")}, capture_output=True, timeout=280)
    assert ran.returncode == 0 and ran.stderr == "", ran
    assert not list((tmp_path / "scratch").iterdir()), "nothing is left behind"
