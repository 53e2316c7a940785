"""docs/add_a_workload.md is true: the files in its text, written into an empty folder, are a workload that is measured; its body broken, it is void."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import subprocess

from measured_server import BUILD, SOURCE

TEXT = (SOURCE / "docs/add_a_workload.md").read_text()


def commands(heading: str) -> str:
    return re.search(rf"^{heading}:\n\n```sh\n(.*?)^```$", TEXT, re.M | re.S).group(1)


def shell(text: str, folder, wanted=(0,)) -> str:
    environment = {**os.environ, "INTERLEAVE_BUILD": str(BUILD), "INTERLEAVE_LOCK": str(folder / "lock")}
    done = subprocess.run(["sh", "-ec", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=800)
    assert done.returncode in wanted, done.stdout + done.stderr
    assert "warning:" not in done.stdout, done.stdout
    return done.stdout


def test_the_workload_of_the_text_is_built_measured_and_proven(tmp_path):
    files = re.findall(r"^File `([^`]+)`.*?:\n\n```\w+\n(.*?)^```$", TEXT, re.M | re.S)
    assert [name for name, _ in files] == ["mixing/mix.hpp", "mixing/spec.hpp", "mixing/mixing.hpp", "CMakeLists.txt"]
    for name, content in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    shell(commands("Built"), tmp_path)
    measure = commands("Measured")
    listed = shell(measure, tmp_path, wanted=(0, 1))  # 1: void, as a busy machine makes trials
    assert "wait, then mix a number" in listed and "--set times=100" in listed
    plan = json.loads((tmp_path / "results/mixing/plan.json").read_text())
    assert plan["workloads"]["mixing"]["axes"][1] == {"name": "times", "unit": "mixings an item", "of": "parameter"}
    trials = [json.loads(line) for line in (tmp_path / "results/mixing/trials.jsonl").read_text().splitlines()]
    assert len(trials) == 6
    assert {check["check"] for trial in trials for check in trial["reasons"]} <= {"sustained", "disturbed"}
    assert {trial["model"] for trial in trials if trial["verdict"] == "valid"} == {"mixing/thread_pool", "mixing/uv_callbacks", "mixing/asio_coroutines"}

    body = tmp_path / "mixing/mixing.hpp"  # the oracle is the spec's, and not the body's
    body.write_text(body.read_text().replace("return mix_item(load, item);", "return mix_item(load, item == 7 ? 6 : item);", 1))
    shell("cmake --build build --target mixing_thread_pool", tmp_path)
    broken = measure.splitlines()[1].replace("mixing/thread_pool,mixing/uv_callbacks,mixing/asio_coroutines", "mixing/thread_pool").replace("results/mixing", "results/broken")
    shell(broken, tmp_path, wanted=(1,))
    trials = [json.loads(line) for line in (tmp_path / "results/broken/trials.jsonl").read_text().splitlines()]
    assert all(trial["verdict"] == "void" and "oracle" in {reason["check"] for reason in trial["reasons"]} for trial in trials)

    lists = tmp_path / "CMakeLists.txt"  # a model of several files is made of all of them
    lists.write_text(lists.read_text().replace("add_workload(mixing", "add_workload(mixing MODELS beast_coroutines) #", 1))
    shell("cmake build", tmp_path)
    shell("grep -rq --include=build.ninja --include=build.make beast_coroutines/lane.cpp build", tmp_path)
