"""Promise: what is known of a workload or a model is what it says of itself: no other code compares or spells its name.

A workload that is added touches its own folder, not the harness, the reports and the scripts as well.

SPDX-License-Identifier: Apache-2.0
"""
import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2]
NAMES = sorted({path.parent.name for path in (*ROOT.glob("workloads/*/spec.hpp"), *ROOT.glob("models/*/main.cpp"))})
PART = 5  # as many letters of a name are as good as the name
# Words that are no name where they stand: (folder, name) and why.
EXCEPTIONS = {
    ("harness", "sequential"): "a family of models, too",
    ("reports", "sequential"): "a family of models, too",
}


def files(folder: str) -> list[pathlib.Path]:
    found = [path for path in sorted((ROOT / folder).rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    assert found, "looked in the wrong place"
    return found


def is_python(path: pathlib.Path) -> bool:
    return path.suffix == ".py" or path.read_bytes().startswith(b"#!/usr/bin/python3")


def is_part_of_a_name(text: object) -> bool:
    return isinstance(text, str) and len(text) >= PART and any(text in name for name in NAMES)


def spelt_in_cpp(text: str) -> list[tuple[int, str]]:
    """Lines with a literal that is a name; comments may say what they like."""
    code = re.sub(r"//[^\n]*", "", text)
    return [(number, name) for number, line in enumerate(code.splitlines(), start=1)
            for name in re.findall(r'"(\w+)"', line) if name in NAMES]


def spelt_in_python(text: str) -> list[tuple[int, str]]:
    return [(node.lineno, node.value) for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in NAMES]


def strings(node: ast.AST) -> list[str]:
    """The literals of an operand, also those of a tuple, list or set."""
    inner = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
    return [each.value for each in inner if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def is_data(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) or isinstance(node, (ast.Tuple, ast.List)) and all(map(is_data, node.elts))


def compared_at(node: ast.AST) -> list[str]:
    """What a node compares with a literal; a dict of names is a table as long as it holds data and is not looked up on the spot."""
    if isinstance(node, ast.Compare):
        return [text for side in (node.left, *node.comparators) for text in strings(side)
                if text in NAMES or is_part_of_a_name(text) and "name" in ast.unparse(node).replace(repr(text), "")]
    if isinstance(node, ast.MatchValue):
        return [text for text in strings(node.value) if text in NAMES]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("startswith", "endswith", "find", "index", "count", "removeprefix", "removesuffix"):
            return [text for argument in node.args for text in strings(argument) if is_part_of_a_name(text.strip("_"))]
        if node.func.attr == "get" and isinstance(node.func.value, ast.Dict):
            return [text for key in node.func.value.keys if key for text in strings(key) if text in NAMES]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        return [text for key in node.value.keys if key for text in strings(key) if text in NAMES]
    if isinstance(node, ast.Dict):
        return [text for key, value in zip(node.keys, node.values) if key and not is_data(value) for text in strings(key) if text in NAMES]
    return []


def compared_in_python(text: str) -> list[tuple[int, str]]:
    return [(node.lineno, name) for node in ast.walk(ast.parse(text)) if hasattr(node, "lineno") for name in compared_at(node)]


def compared_in_shell(text: str) -> list[tuple[int, str]]:
    name = rf"({'|'.join(NAMES)})\b"
    return [(number, found[0]) for number, line in enumerate(text.splitlines(), start=1)
            if (found := re.findall(rf'(?:[!=]=|=~|\s=)\s*"?{name}', line) + re.findall(rf"^\s*{name}\s*(?:\||\))", line))]


FINDERS = {"harness": (spelt_in_cpp,), "reports": (spelt_in_python, compared_in_python), "scripts": (compared_in_python, compared_in_shell)}


def found_in(path: pathlib.Path, folder: str) -> list[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    cpp, python = path.suffix in (".cpp", ".hpp"), is_python(path)
    wanted = [finder for finder in FINDERS[folder] if cpp == finder.__name__.endswith("cpp") and python == finder.__name__.endswith("python")]
    return [each for finder in wanted for each in finder(text)]


@pytest.mark.parametrize("folder", FINDERS)
def test_no_name_is_known(folder: str) -> None:
    found = [f"{path.relative_to(ROOT)}:{line}: {name}" for path in files(folder) for line, name in found_in(path, folder)
             if (folder, name) not in EXCEPTIONS]
    assert not found, "\n".join(["ask the description (plan.json, --describe) instead:", *found])


@pytest.mark.parametrize(("line", "caught"), [
    ('if workload == "download": pass', True), ('if "sequential" != name: pass', True), ('x in ("compute", "sleep_many")', True),
    ('workload.startswith("download")', True), ('"process" in self.name', True), ('name.endswith("_per_item")', True),
    ('{"thread_pool": run_it, "fibers": other}[name]', True), ('match x:\n  case "fibers": pass', True),
    ('RUNS = {"thread_pool": lambda: 1}', True),
    ('TWINS = (("uv_callbacks", "native_uv"),)', False), ('TARGETS = {"uv_callbacks": 1.05}', False), ('family == "sequential_"', False),
    ('style == "callback"', False), ('Point(items, items, "sleep_many")', False)])
def test_the_finder_knows_a_comparison_from_a_table(line: str, caught: bool) -> None:
    assert bool(compared_in_python(line)) is caught


@pytest.mark.parametrize(("line", "caught"), [
    ('if (name == "compute") return;', True), ('{"download", Profile{}}', True), ('return 1;  // not "compute"', False),
    ('json["computes"]', False)])
def test_the_finder_reads_cpp(line: str, caught: bool) -> None:
    assert bool(spelt_in_cpp(line)) is caught


def test_the_finder_reads_shell() -> None:
    assert compared_in_shell('[[ $1 == download ]]') and compared_in_shell("  compute | fibers) echo;;")
    assert not compared_in_shell("interleave run --workloads download")
