"""Promise: what is known of a workload or a model is what it says of itself: no other code compares or spells its name.

A workload that is added touches its own folder, not the harness, the reports and the scripts as well.

SPDX-License-Identifier: Apache-2.0
"""
import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2]
TWINS = ROOT / "models" / "native"
# Names, and the folder that may spell each.
OWNERS = {path.parent.name: path.parent for path in (*ROOT.glob("workloads/*/spec.hpp"), *ROOT.glob("models/*/main.cpp"))}
OWNERS |= {f"native_{name}": TWINS for name in re.findall(r"^add_twin\((\w+)", (TWINS / "CMakeLists.txt").read_text(encoding="utf-8"), re.MULTILINE)}
NAMES = sorted(OWNERS)
PART = 5  # as many letters of a name are as good as the name
# Words that are no name where they stand: (folder, name) and why.
EXCEPTIONS = {(folder, "sequential"): "a family of models, too" for folder in ("harness", "reports", "scripts", "cmake")}
# What is measured beside peers, and its targets, are chosen by name: in this one file, which holds nothing but data.
DATA = ROOT / "scripts" / "peers" / "targets.py"


def files(folder: str) -> list[pathlib.Path]:
    found = [path for path in sorted((ROOT / folder).rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    assert found, "looked in the wrong place"
    return found


def is_python(path: pathlib.Path) -> bool:
    return path.suffix == ".py" or path.read_bytes().startswith(b"#!/usr/bin/python3")


def is_part_of_a_name(text: object) -> bool:
    return isinstance(text, str) and len(text) >= PART and any(text in name for name in NAMES)


def names_in(literal: str) -> list[str]:
    """The names among the words of a literal such as `x/fibers`; one with spaces is prose."""
    return [] if re.search(r"\s", literal) else [word for word in re.findall(r"\w+", literal) if word in NAMES]


_OR_COMMENT = r"#include[^\n]*|//[^\n]*|/\*.*?\*/"
_CPP = re.compile(rf'"((?:\\.|[^"\\\n])*)"|{_OR_COMMENT}', re.DOTALL)
_JS = re.compile(rf"([\"'`])((?:\\.|(?!\1)[^\\])*)\1|{_OR_COMMENT}", re.DOTALL)
_ASKED_FOR_A_PART = re.compile(r"\b(?:starts_with|ends_with|contains|r?find|compare|startsWith|endsWith|includes|indexOf)\(\s*$")


def spelt_in_c(text: str, literals: re.Pattern[str]) -> list[tuple[int, str]]:
    """Lines with a literal that is a name, or a part that somebody looks for; comments and includes may say what they like."""
    found = []
    for match in literals.finditer(text):
        literal, line = match[literals.groups] or "", text.count("\n", 0, match.start()) + 1
        part = literal.strip("_/")
        if is_part_of_a_name(part) and _ASKED_FOR_A_PART.search(text, max(0, match.start() - 40), match.start()):
            found.append((line, literal))
        elif not re.search(r"\.counterparts = \{[^}]*$", text[:match.start()]):  # what a model says of itself
            found += [(line, name) for name in names_in(literal)]
    return found


def spelt_in_cpp(text: str) -> list[tuple[int, str]]:
    return spelt_in_c(text, _CPP)


def spelt_in_js(text: str) -> list[tuple[int, str]]:
    return spelt_in_c(text, _JS)


def spelt_in_cmake(text: str) -> list[tuple[int, str]]:
    return [(number, word) for number, line in enumerate(text.splitlines(), start=1)
            for word in re.findall(r"\w+", line.partition("#")[0]) if word in NAMES]


def spelt_in_python(text: str) -> list[tuple[int, str]]:
    return [(node.lineno, name) for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) for name in names_in(node.value)]


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


FINDERS = {".cpp": (spelt_in_cpp,), ".hpp": (spelt_in_cpp,), ".js": (spelt_in_js,), ".cmake": (spelt_in_cmake,), ".in": (spelt_in_cmake,)}


def found_in(path: pathlib.Path, folder: str) -> list[tuple[int, str]]:
    finders = FINDERS.get(path.suffix, ())
    if is_python(path):
        finders = (compared_in_python,) if path == DATA else (spelt_in_python, compared_in_python)
    elif folder == "scripts":
        finders = (compared_in_shell,)
    text = path.read_text(encoding="utf-8") if finders else ""
    return [(line, name) for finder in finders for line, name in finder(text)
            if (folder, name) not in EXCEPTIONS and OWNERS.get(name) not in path.parents]


@pytest.mark.parametrize("folder", ["harness", "reports", "scripts", "models", "workloads", "cmake"])
def test_no_name_is_known(folder: str) -> None:
    found = [f"{path.relative_to(ROOT)}:{line}: {name}" for path in files(folder) for line, name in found_in(path, folder)]
    assert not found, "\n".join(["ask the description (plan.json, --describe) instead:", *found])


def test_the_file_that_may_spell_names_is_data() -> None:
    """A constant there is looked up by whoever imports it; what it decides is a target, never how something is measured."""
    document, *rest = ast.parse(DATA.read_text(encoding="utf-8")).body
    assert isinstance(document, ast.Expr) and rest
    for statement in rest:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_twins_have_names_too() -> None:
    assert {name for name, owner in OWNERS.items() if owner == TWINS} == {f"native_{path.stem}" for path in TWINS.glob("*.cpp")}


@pytest.mark.parametrize(("line", "caught"), [
    ('if workload == "download": pass', True), ('if "sequential" != name: pass', True), ('x in ("compute", "sleep_many")', True),
    ('workload.startswith("download")', True), ('"process" in self.name', True), ('name.endswith("_per_item")', True),
    ('{"thread_pool": run_it, "fibers": other}[name]', True), ('match x:\n  case "fibers": pass', True),
    ('RUNS = {"thread_pool": lambda: 1}', True),
    ('TWINS = (("uv_callbacks", "native_uv"),)', False), ('TARGETS = {"uv_callbacks": 1.05}', False), ('family == "sequential_"', False),
    ('style == "callback"', False), ('Point(items, items, "sleep_many")', False),
    ('path.name.startswith("native_")', True)])
def test_the_finder_knows_a_comparison_from_a_table(line: str, caught: bool) -> None:
    assert bool(compared_in_python(line)) is caught


@pytest.mark.parametrize(("line", "caught"), [
    ('if (name == "compute") return;', True), ('{"download", Profile{}}', True), ('return 1;  // not "compute"', False),
    ('json["computes"]', False), ('name.starts_with("download_")', True), ('name.find("_per_item") != npos', True), ('at("x/fibers")', True),
    ('get("http://a", "fibers")', True), ('/* "fibers" */ x', False), ('"models compute as fast"', False), ('path.ends_with(".json")', False),
    ('#include "download/spec.hpp"', False),
    ('.counterparts = {"fibers"}', False), ('.counterparts = {}}; f("fibers")', True)])
def test_the_finder_reads_cpp(line: str, caught: bool) -> None:
    assert bool(spelt_in_cpp(line)) is caught


@pytest.mark.parametrize(("line", "caught"), [
    ("if (row.workload === 'download') return;", True), ('name.startsWith("thread_")', True), ("`${run}/fibers`", True),
    ("// 'download'", False), ('"it\'s" + family', False), ("label('what a download costs')", False)])
def test_the_finder_reads_javascript(line: str, caught: bool) -> None:
    assert bool(spelt_in_js(line)) is caught


def test_the_finder_reads_cmake() -> None:
    assert spelt_in_cmake("set(models thread_pool uv_callbacks)") and not spelt_in_cmake("set(models ${all})  # not thread_pool")


@pytest.mark.parametrize(("line", "caught"), [
    ('SLEEPING = "sleep_many"', True), ('TARGETS = {"uv_callbacks": 1.05}', True), ('spec("sleepers/fibers")', True),
    ('"""What a download costs."""', False), ('f"{place}/cpu"', False)])
def test_a_constant_hides_no_name(line: str, caught: bool) -> None:
    assert bool(spelt_in_python(line)) is caught


def test_the_finder_reads_shell() -> None:
    assert compared_in_shell('[[ $1 == download ]]') and compared_in_shell("  compute | fibers) echo;;")
    assert not compared_in_shell("interleave run --workloads download")
