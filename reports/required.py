"""What the report cannot do without in a run's files: a file that lacks it is refused in one line that names the place.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

from typing import Any, Callable

NUMBER, WHOLE, TEXT, LIST, TABLE = (int, float), (int,), (str,), (list,), (dict,)
WORDS = {NUMBER: "a number", WHOLE: "a whole number", TEXT: "a text", LIST: "a list", TABLE: "an object"}
Needs = dict[str, tuple[type, ...]]

OF_PLAN: Needs = {"workloads": TABLE, "points": LIST, "models": LIST}
OF_POINT: Needs = {"id": TEXT, "label": TEXT, "series": TEXT, "workload": TEXT, "items": WHOLE, "in_flight": WHOLE}
OF_MODEL: Needs = {"name": TEXT, "family": TEXT}
OF_VERDICT: Needs = {"margin_percent": NUMBER, "error_percent": NUMBER}
OF_VERDICT_POINT: Needs = {"id": TEXT, "cells": LIST, "pairs": LIST}
OF_CELL: Needs = {"model": TEXT, "status": TEXT, "reason": TEXT}
OF_FAMILY_ROW: Needs = {"point": TEXT, "said": TEXT, "label": TEXT, "cells": LIST}
OF_FAMILY_CELL: Needs = {"family": TEXT, "model": TEXT, "status": TEXT}
OF_VALID_FAMILY_CELL: Needs = {**OF_FAMILY_CELL, "factor": NUMBER, "told_apart": (bool,)}
WORDS[(bool,)] = "true or false"


class Lacks(Exception):
    """Where something is missing or of another kind, in a few words."""


def check(what: Any, where: str, needs: Needs) -> None:
    if not isinstance(what, dict):
        raise Lacks(f"{where} is not an object")
    for key, kinds in needs.items():
        if key not in what:
            raise Lacks(f"{where} has no {key}" if where else f"has no {key}")
        if not isinstance(what[key], kinds) or (isinstance(what[key], bool) and bool not in kinds):
            raise Lacks(f"{where}.{key} is not {WORDS[kinds]}".lstrip("."))


def check_each(items: Any, where: str, needs: Needs | Callable[[Any], Needs]) -> None:
    if not isinstance(items, list):
        raise Lacks(f"{where} is not a list")
    for number, item in enumerate(items):
        check(item, f"{where}[{number}]", needs(item) if callable(needs) else needs)


def check_plan(plan: dict[str, Any]) -> None:
    check(plan, "", OF_PLAN)
    check_each(plan["points"], "points", OF_POINT)
    check_each(plan["models"], "models", OF_MODEL)


def check_verdict(verdict: dict[str, Any]) -> None:
    check(verdict, "", OF_VERDICT)
    check_each(verdict.get("points", []), "points", OF_VERDICT_POINT)
    for number, point in enumerate(verdict.get("points", [])):
        check_each(point["cells"], f"points[{number}].cells", OF_CELL)
    families = verdict.get("families") or {}
    check(families, "families", {})
    check_each(families.get("rows", []), "families.rows", OF_FAMILY_ROW)
    for number, row in enumerate(families.get("rows", [])):
        if "best" not in row:
            raise Lacks(f"families.rows[{number}] has no best")
        check_each(row["cells"], f"families.rows[{number}].cells", needs_of_family_cell)
        for cell in row["cells"]:
            if "keeps_up" not in cell:
                raise Lacks(f"families.rows[{number}] has a cell without keeps_up")


def needs_of_family_cell(cell: Any) -> Needs:
    return OF_VALID_FAMILY_CELL if isinstance(cell, dict) and cell.get("status") == "valid" else OF_FAMILY_CELL
